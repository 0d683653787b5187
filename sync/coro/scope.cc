// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/scope.h"

#include <atomic>
#include <exception>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

Scope::~Scope() {
  if (internal::kDebugChecks && has_started_.load(std::memory_order_relaxed) &&
      !is_joined_.load(std::memory_order_relaxed)) {
    internal::Fatal(
        "a Scope in which tasks were started was destroyed without Join()");
  }
  Delete(TakeEnded());
  // There are others only if a Join() is being destroyed, and then no other
  // thread is about to end one.
  while (!tasks_.alone()) {
    auto* const started = static_cast<Started*>(tasks_.next);
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): not one that is gone.
    started->Unlink();
    delete started;  // That may end another one, which then takes itself out.
  }
}

void Scope::Begin(internal::TaskPromiseBase& task, Work* end,
                  Started* started) noexcept {
  // Relaxed: whoever starts a task is in the scope until then.
  left_.fetch_add(1, std::memory_order_relaxed);
  if constexpr (internal::kDebugChecks) {
    has_started_.store(true, std::memory_order_relaxed);
  }
  lock_.lock();
  Started* const ended = TakeEnded();
  tasks_.Push(started);
  lock_.unlock();
  Delete(ended);
  task.StartOn(Executor::Current(), end);
}

void Scope::End(Started* ended, std::exception_ptr error) noexcept {
  Started* top = ended_.load(std::memory_order_relaxed);
  do {
    ended->next_ended = top;
  } while (!ended_.compare_exchange_weak(top, ended, std::memory_order_release,
                                         std::memory_order_relaxed));
  // A task may end in Set(), which waits for nobody: else whoever starts one,
  // or ends one, next does it.
  if (lock_.try_lock()) {
    Started* const all_ended = TakeEnded();
    lock_.unlock();
    Delete(all_ended);
  }
  // Relaxed: Leave() makes visible what is written here.
  if (error != nullptr && !failed_.exchange(true, std::memory_order_relaxed)) {
    error_ = std::move(error);
    Stop();
  }
  Leave();
}

// Under the lock, or alone.
Scope::Started* Scope::TakeEnded() noexcept {
  Started* const first = ended_.exchange(nullptr, std::memory_order_acquire);
  for (Started* ended = first; ended != nullptr; ended = ended->next_ended) {
    ended->Unlink();
  }
  return first;
}

void Scope::Delete(Started* ended) noexcept {
  while (ended != nullptr) {
    Started* const next = ended->next_ended;
    delete ended;
    ended = next;
  }
}

void Scope::Leave() noexcept {
  // Acquire and release: the last one passes on what all the others did.
  if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) done_.Set();
}

Task<> Scope::Join(StopToken parent) {
  if (internal::kDebugChecks &&
      is_joined_.exchange(true, std::memory_order_relaxed)) {
    internal::Fatal("a Scope was joined a second time");
  }
  Leave();
  const WaitResult result = co_await done_.AsyncWait(parent);
  if (result != WaitResult::kReady) {
    Stop();
    co_await done_;
  }
  if (error_ != nullptr) std::rethrow_exception(error_);
}

Task<> WithScope(StopToken parent, absl::AnyInvocable<Task<>(Scope&)> body) {
  Scope scope;
  scope.Start(body(scope));
  co_await scope.Join(std::move(parent));
}

Task<> WithScope(absl::AnyInvocable<Task<>(Scope&)> body) {
  return WithScope(StopToken(), std::move(body));
}

}  // namespace SYNC_ABI
}  // namespace synclib

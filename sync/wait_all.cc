// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_all.h"

#include <coroutine>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/internal/all_wait.h"
#include "sync/internal/any_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

using internal::AllWait;
using internal::Target;

WaitResult WaitAll(const Waitables& waitables,
                   std::source_location where) noexcept {
  return WaitAll(waitables, WaitOptions(where));
}

WaitResult WaitAll(const Waitables& waitables,
                   const WaitOptions& options) noexcept {
  AllWait wait(waitables.targets());
  const WaitOptions begun = options.Begun();
  while (const Target* missing = wait.Take()) {
    internal::Request request = AllWait::LookingFor(*missing);
    const WaitResult result =
        internal::BlockThread(*missing->core, request, begun);
    // It was not there by then, and so not all were.
    if (result != WaitResult::kReady) return result;
  }
  return WaitResult::kReady;
}

namespace internal {

AllAwaiter::AllAwaiter(const Waitables& waitables,
                       const WaitOptions& options) noexcept
    : LimitedCoroutineWait(nullptr, Request(), options, &Looked),
      wait_(waitables.targets()) {}

AllAwaiter::AllAwaiter(AllAwaiter&& other) noexcept
    : LimitedCoroutineWait(std::move(other)), wait_(std::move(other.wait_)) {}

bool AllAwaiter::await_ready() noexcept {
  if constexpr (kDebugChecks) CheckFirstAwait(*this);
  return false;  // Only the beginning of the wait starts its clock.
}

bool AllAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  set_handle(handle);
  const Target* const missing = wait_.Take();
  if (missing != nullptr) return Wait(missing);
  set_stage(Stage::kOver);
  return false;
}

// True: the coroutine is suspended, and its frame may be gone.
bool AllAwaiter::Wait(const Target* missing) noexcept {
  do {
    set_core(missing->core);
    request = AllWait::LookingFor(*missing);
    Waiter* released;
    std::optional<WaitResult> ended = Begin();
    if (!ended.has_value()) ended = Join(&released);
    if (!ended.has_value()) {
      Trampoline::HandOut(released);
      return true;
    }
    outcome = *ended;
  } while (outcome == WaitResult::kReady &&
           (missing = wait_.Take()) != nullptr);
  set_stage(Stage::kOver);
  return false;
}

void AllAwaiter::Looked(Work* work) {
  auto* const self = static_cast<AllAwaiter*>(work);
  if (!self->DisarmBeforeResuming()) return;
  if (self->outcome == WaitResult::kReady) {
    const Target* const missing = self->wait_.Take();
    if (missing != nullptr && self->Wait(missing)) return;
  }
  self->Resume();
}

}  // namespace internal

internal::AllAwaiter AsyncWaitAll(const Waitables& waitables,
                                  std::source_location where) noexcept {
  return AsyncWaitAll(waitables, WaitOptions(where));
}

internal::AllAwaiter AsyncWaitAll(const Waitables& waitables,
                                  const WaitOptions& options) noexcept {
  return internal::AllAwaiter(waitables, options);
}

}  // namespace SYNC_ABI
}  // namespace synclib

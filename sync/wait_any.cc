// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_any.h"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/internal/any_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace {

using internal::AnyWait;
void Block(AnyWait& wait, uint64_t what) noexcept {
  internal::Request request = AnyWait::Asking(what);
  internal::BlockThread(wait.ended(), request, std::source_location());
}

}  // namespace

AnyResult WaitAny(const Waitables& waitables,
                  std::source_location where) noexcept {
  return WaitAny(waitables, WaitOptions(where));
}

AnyResult WaitAny(const Waitables& waitables,
                  const WaitOptions& options) noexcept {
  const internal::Targets& targets = waitables.targets();
  size_t index;
  if (AnyWait::TakeOne(targets, &index)) return {WaitResult::kReady, index};
  AnyWait wait(targets, /*of_thread=*/true);
  internal::Request request = AnyWait::Asking(AnyWait::kWon);
  WaitResult result = internal::BlockThread(wait.ended(), request, options,
                                            [&]() noexcept { wait.Join(); });
  const AnyWait::Rest rest = wait.Leave();
  if (rest.won) {
    Block(wait, AnyWait::kWon);
    result = WaitResult::kReady;
  }
  if (rest.out) Block(wait, AnyWait::kOut);
  return {result, result == WaitResult::kReady ? wait.winner() : 0};
}

namespace internal {

AnyAwaiter::AnyAwaiter(const Waitables& waitables,
                       const WaitOptions& options) noexcept
    : LimitedCoroutineWait(nullptr, AnyWait::Asking(AnyWait::kWon), options,
                           &Ended),
      targets_(waitables.targets()) {}

AnyAwaiter::AnyAwaiter(AnyAwaiter&& other) noexcept
    : LimitedCoroutineWait(std::move(other)),
      targets_(std::move(other.targets_)) {}

AnyAwaiter::~AnyAwaiter() {
  if (!wait_.has_value() || stage() == Stage::kOver) return;
  Destroyed();
  wait_->Leave();
  wait_->GiveBack();
}

bool AnyAwaiter::await_ready() noexcept {
  if constexpr (kDebugChecks) CheckFirstAwait(*this);
  if (!AnyWait::TakeOne(targets_, &index_)) return false;
  set_stage(Stage::kOver);
  return true;
}

bool AnyAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  set_handle(handle);
  wait_.emplace(targets_, /*of_thread=*/false);
  set_core(&wait_->ended());
  Waiter* released;
  std::optional<WaitResult> ended = Begin();
  if (!ended.has_value()) {
    wait_->Join();
    ended = Join(&released);
  }
  if (!ended.has_value()) {
    Trampoline::HandOut(released);
    return true;
  }
  outcome = *ended;
  return Leave();
}

// True: the coroutine is suspended, and its frame may be gone.
bool AnyAwaiter::Leave() noexcept {
  const AnyWait::Rest rest = wait_->Leave();
  waits_for_out_ = rest.out;
  if (rest.won) {
    outcome = WaitResult::kReady;
    if (Await(AnyWait::kWon, &Won)) return true;
  }
  return AwaitOut();
}

bool AnyAwaiter::AwaitOut() noexcept {
  if (outcome == WaitResult::kReady) index_ = wait_->winner();
  if (waits_for_out_ && Await(AnyWait::kOut, &Out)) return true;
  set_stage(Stage::kOver);
  return false;
}

bool AnyAwaiter::Await(uint64_t what, Function then) noexcept {
  set_function(then);
  Waiter* released;
  if (JoinNext(wait_->ended(), AnyWait::Asking(what), &released)) return false;
  Trampoline::HandOut(released);
  return true;
}

void AnyAwaiter::Ended(Work* work) {
  auto* self = static_cast<AnyAwaiter*>(work);
  if (self->DisarmBeforeResuming() && !self->Leave()) self->Resume();
}

void AnyAwaiter::Won(Work* work) {
  auto* self = static_cast<AnyAwaiter*>(work);
  if (!self->AwaitOut()) self->Resume();
}

void AnyAwaiter::Out(Work* work) { static_cast<AnyAwaiter*>(work)->Resume(); }

}  // namespace internal

internal::AnyAwaiter AsyncWaitAny(const Waitables& waitables,
                                  std::source_location where) noexcept {
  return AsyncWaitAny(waitables, WaitOptions(where));
}

internal::AnyAwaiter AsyncWaitAny(const Waitables& waitables,
                                  const WaitOptions& options) noexcept {
  return internal::AnyAwaiter(waitables, options);
}

}  // namespace SYNC_ABI
}  // namespace synclib

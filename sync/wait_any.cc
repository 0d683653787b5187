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
#include "sync/internal/target.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace {

using internal::AnyWait;
using internal::Trampoline;

// Leaves the arms, and waits until nobody has any of them.
void LeaveWhole(AnyWait& wait) noexcept {
  Trampoline::HandOut(wait.Leave());
  if (wait.has_won()) wait.Await(AnyWait::kWon);
  if (wait.is_out()) wait.Await(AnyWait::kOut);
}

// When none of them was there.
AnyResult BlockForAny(const internal::Targets& targets,
                      const WaitOptions& options) noexcept {
  AnyWait wait(targets, options.where());
  internal::Request request = AnyWait::Asking(AnyWait::kWon);
  const WaitResult result = internal::BlockThread(
      wait.ended(), request, options,
      [&]() noexcept { Trampoline::HandOut(wait.Join()); });
  LeaveWhole(wait);
  if (wait.has_won()) return {WaitResult::kReady, wait.TakeWinner()};
  // What came before it gave up must not be missed.
  size_t index;
  if (AnyWait::TakeOne(targets, &index)) return {WaitResult::kReady, index};
  return {result, AnyResult::kNone};
}

}  // namespace

AnyResult WaitAny(const Waitables& waitables,
                  std::source_location where) noexcept {
  size_t index;
  if (AnyWait::TakeOne(waitables.targets(), &index)) {
    return {WaitResult::kReady, index};
  }
  return BlockForAny(waitables.targets(), WaitOptions(where));
}

AnyResult WaitAny(const Waitables& waitables,
                  const WaitOptions& options) noexcept {
  size_t index;
  if (AnyWait::TakeOne(waitables.targets(), &index)) {
    return {WaitResult::kReady, index};
  }
  return BlockForAny(waitables.targets(), options);
}

namespace internal {

AnyAwaiter::AnyAwaiter(const Waitables& waitables, WaitOptions options) noexcept
    : LimitedCoroutineWait(nullptr, AnyWait::Asking(AnyWait::kWon),
                           std::move(options), &Ended),
      targets_(waitables.targets()) {}

AnyAwaiter::AnyAwaiter(AnyAwaiter&& other) noexcept
    : LimitedCoroutineWait(std::move(other)),
      targets_(std::move(other.targets_)) {}

AnyAwaiter::~AnyAwaiter() {
  if (!wait_.has_value() || stage() == Stage::kOver) return;
  Destroyed();
  LeaveWhole(*wait_);
  wait_->GiveBack();
}

bool AnyAwaiter::await_ready() noexcept {
  if constexpr (kDebugChecks) CheckFirstAwait(stage() == Stage::kIdle);
  if (!AnyWait::TakeOne(targets_, &index_)) return false;
  set_stage(Stage::kOver);
  return true;
}

bool AnyAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  set_handle(handle);
  wait_.emplace(targets_, where);
  set_core(&wait_->ended());
  // Handed out last: that may be the end of the frame.
  Waiter* ring = nullptr;
  std::optional<WaitResult> ended = Begin();
  if (!ended.has_value()) {
    ring = wait_->Join();
    Waiter* released;
    ended = Join(&released);
    Waiter::Append(&ring, released);
  }
  bool is_suspended = true;
  if (ended.has_value()) {
    result_ = *ended;
    is_suspended = Leave(&ring);
  }
  Trampoline::HandOut(ring);
  return is_suspended;
}

// True: the coroutine is suspended, and its frame may be gone.
bool AnyAwaiter::Leave(Waiter** ring) noexcept {
  Waiter::Append(ring, wait_->Leave());
  if (wait_->has_won() && Await(AnyWait::kWon, &Won, ring)) return true;
  return AwaitOut(ring);
}

bool AnyAwaiter::AwaitOut(Waiter** ring) noexcept {
  if (wait_->is_out() && Await(AnyWait::kOut, &Out, ring)) return true;
  set_stage(Stage::kOver);
  return false;
}

bool AnyAwaiter::Await(uint64_t what, Function then, Waiter** ring) noexcept {
  set_function(then);
  Waiter* released;
  if (JoinNext(wait_->ended(), AnyWait::Asking(what), &released)) return false;
  Waiter::Append(ring, released);
  return true;
}

AnyResult AnyAwaiter::await_resume() noexcept {
  if (!wait_.has_value()) return {WaitResult::kReady, index_};
  if (wait_->has_won()) return {WaitResult::kReady, wait_->TakeWinner()};
  // What came before it gave up must not be missed.
  if (AnyWait::TakeOne(targets_, &index_)) return {WaitResult::kReady, index_};
  return {result_, AnyResult::kNone};
}

void AnyAwaiter::Ended(Work* work) {
  auto* self = static_cast<AnyAwaiter*>(work);
  if (!self->DisarmBeforeResuming()) return;
  self->result_ = self->outcome;
  Waiter* ring = nullptr;
  const bool is_suspended = self->Leave(&ring);
  Trampoline::HandOut(ring);
  if (!is_suspended) self->Resume();
}

void AnyAwaiter::Won(Work* work) {
  auto* self = static_cast<AnyAwaiter*>(work);
  Waiter* ring = nullptr;
  const bool is_suspended = self->AwaitOut(&ring);
  Trampoline::HandOut(ring);
  if (!is_suspended) self->Resume();
}

void AnyAwaiter::Out(Work* work) { static_cast<AnyAwaiter*>(work)->Resume(); }

}  // namespace internal

internal::AnyAwaiter AsyncWaitAny(const Waitables& waitables,
                                  std::source_location where) noexcept {
  return AsyncWaitAny(waitables, WaitOptions(where));
}

internal::AnyAwaiter AsyncWaitAny(const Waitables& waitables,
                                  WaitOptions options) noexcept {
  return internal::AnyAwaiter(waitables, std::move(options));
}

}  // namespace SYNC_ABI
}  // namespace synclib

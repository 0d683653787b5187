// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/limited_waiter.h"

#include <optional>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

LimitedWaiter::LimitedWaiter(LimitedWaiter&& other) noexcept
    : LimitedWaiter(other.kind, other.function(), other.core_) {
  where = other.where;
  set_executor(other.executor());
  deadline = other.deadline;
  token_ = std::move(other.token_);
}

void LimitedWaiter::SetOptions(const WaitOptions& options) noexcept {
  where = options.where();
  deadline = options.limit();
  token_ = options.token();
}

std::optional<WaitResult> LimitedWaiter::Begin(Request request,
                                               Waiter** released) noexcept {
  *released = nullptr;
  outcome = WaitResult::kReady;
  gate_.Reset();
  const GivingUp giving_up{&gate_, &token_, deadline.Started()};
  deadline = giving_up.deadline;
  std::optional<WaitResult> ended = core_->Try(this, request, giving_up);
  if (ended.has_value()) return ended;
  if (kind == Kind::kThread) Trampoline::Drain();
  if (token_.stop_possible()) stop_.emplace(token_, OnStop{this});
  if (!deadline.never() && kind != Kind::kThread) {
    TimerQueue* timers = executor() == nullptr ? nullptr : executor()->timers();
    if (timers == nullptr || !timers->Arm(this)) SharedTimers().Arm(this);
  }
  ended = core_->Join(this, request, giving_up, released);
  if (ended.has_value()) Disarm();
  return ended;
}

bool LimitedWaiter::Abort(Waiter** released) noexcept {
  *released = nullptr;
  if (!gate_.GiveUp() || !core_->Remove(this, token_, released)) return false;
  Disarm();
  return true;
}

void LimitedWaiter::Disarm() noexcept {
  stop_.reset();
  TimerQueue::Disarm(this);
}

bool LimitedWaiter::DisarmOrLeave() noexcept {
  stop_.reset();
  return TimerQueue::DisarmOrLeave(this);
}

// Runs in the thread whose queue the timer is in.
Waiter* LimitedWaiter::Expire(TimedWaiter* timer) noexcept {
  auto* self = static_cast<LimitedWaiter*>(timer);
  if (!self->gate_.GiveUp()) return nullptr;
  Waiter* released;
  if (self->core_->Remove(self, self->token_, &released)) released = self;
  if (released != nullptr) self->stop_.reset();
  return released;
}

// Runs in the thread that requests the stop.
void LimitedWaiter::Cancel() noexcept {
  if (!gate_.GiveUp()) return;
  Waiter* released;
  if (core_->Remove(this, token_, &released)) released = this;
  if (released == nullptr) return;  // Whoever granted it has it.
  // The registration whose callback this is.
  stop_.reset();
  Trampoline::HandOut(released);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

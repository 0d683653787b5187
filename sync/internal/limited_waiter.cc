// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/limited_waiter.h"

#include <atomic>
#include <cstdint>
#include <memory>
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
  request = other.request;
  where = other.where;
  set_executor(other.executor());
  set_deadline(other.deadline());
  token_ = std::move(other.token_);
}

void LimitedWaiter::SetOptions(WaitOptions options) noexcept {
  where = options.where();
  set_deadline(options.limit());
  token_ = std::move(options).token();
  sleeps_alone = token_.stop_possible() || !deadline().never();
}

void LimitedWaiter::Start() noexcept {
  outcome = WaitResult::kReady;
  gate_.Reset();
  set_deadline(deadline().Started());
}

std::optional<WaitResult> LimitedWaiter::Begin() noexcept {
  const std::optional<WaitResult> ended = core_->Try(this, giving_up());
  if (!ended.has_value()) Start();
  return ended;
}

std::optional<WaitResult> LimitedWaiter::BeginMissing() noexcept {
  // A wait that was given up after a broadcast must see that.
  if (GivenUp().has_value()) return Begin();
  Start();
  return std::nullopt;
}

GivingUp LimitedWaiter::Arm() noexcept {
  if (token_.stop_possible()) {
    destroys_stop_.store(kUndecided, std::memory_order_relaxed);
    has_stop_ = true;
    std::construct_at(&stop_, token_, OnStop{this});
  }
  if (!deadline().never() && kind != Kind::kThread) {
    TimerQueue* timers = executor() == nullptr ? nullptr : executor()->timers();
    if (timers == nullptr || !timers->Arm(this)) SharedTimers().Arm(this);
  }
  return giving_up();
}

std::optional<WaitResult> LimitedWaiter::JoinNext(WaitCore& core, Request r,
                                                  Waiter** released) noexcept {
  core_ = &core;
  request = r;
  gate_.Reset();
  GivingUp never;
  never.gate = &gate_;  // For Abort().
  return core.Join(this, never, released);
}

bool LimitedWaiter::Abort(Waiter** released, bool has_turn) noexcept {
  *released = nullptr;
  // All of them at once, if this is in no cache.
  Prefetch(ring());
  Prefetch(&destroys_stop_);
  if (!gate_.GiveUp() || !core_->Remove(this, token_, released, has_turn)) {
    return false;
  }
  Disarm();
  return true;
}

// Orders of `destroys_stop_`: relaxed, since EndStop() waits for what the
// callback does; but for kDone, with which that lets go of this object.

void LimitedWaiter::DisarmStop() noexcept {
  if (destroys_stop_.load(std::memory_order_relaxed) == kNobody) return;
  uint64_t who = destroys_stop_.exchange(kOwner, std::memory_order_acquire);
  Waiter* left = nullptr;
  if (who == kUndecided) {
    EndStop();
    who = destroys_stop_.load(std::memory_order_relaxed);
    if (who != kOwner) left = reinterpret_cast<Waiter*>(who);
  } else if (who == kCallback) {
    while (destroys_stop_.load(std::memory_order_acquire) != kDone) {
      FutexWait(destroys_stop_, kOwner, kNever);
    }
  }
  destroys_stop_.store(kNobody, std::memory_order_relaxed);
  Trampoline::HandOut(left);
}

void LimitedWaiter::Disarm() noexcept {
  DisarmStop();
  TimerQueue::Disarm(this);
}

bool LimitedWaiter::DisarmOrLeave() noexcept {
  DisarmStop();
  return TimerQueue::DisarmOrLeave(this);
}

// Runs in the thread whose queue the timer is in.
Waiter* LimitedWaiter::Expire(TimedWaiter* timer) noexcept {
  return static_cast<LimitedWaiter*>(timer)->GiveUp();
}

// Runs in the thread that requests the stop.
void LimitedWaiter::Cancel() noexcept {
  Waiter* const released = GiveUp();
  if (released == nullptr) return;
  if (!IsIn(released)) {
    uint64_t who = kUndecided;
    if (!destroys_stop_.compare_exchange_strong(who, kCallback,
                                                std::memory_order_relaxed,
                                                std::memory_order_relaxed)) {
      destroys_stop_.store(reinterpret_cast<uintptr_t>(released),
                           std::memory_order_relaxed);
      return;
    }
    EndStop();
    destroys_stop_.store(kDone, std::memory_order_release);
    FutexWake(&destroys_stop_, kAllSleepers);
  }
  Trampoline::HandOut(released);
}

// Returns what the caller must hand out, or null: whoever granted the wait, or
// gave it up first, has it.
Waiter* LimitedWaiter::GiveUp() noexcept {
  if (!gate_.GiveUp()) return nullptr;
  Waiter* released;
  if (core_->Remove(this, token_, &released)) {
    Waiter* behind = released;
    released = this;
    Append(&released, behind);
  }
  // By a stop, this is the registration whose callback is running.
  if (IsIn(released)) EndStop();
  return released;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The limits of waits that have no thread of their own to watch the clock.

#ifndef SYNC_INTERNAL_TIMER_H_
#define SYNC_INTERNAL_TIMER_H_

#include <cstdint>

#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/lock.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer_wheel.h"
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Timers that one thread, the owner, fires. Any thread arms and disarms them.
class TimerQueue {
 public:
  enum Owner : bool { kOfEventLoop, kOfTimerThread };

  // Rings `bell` when the owner should look at the clock anew. In the child of
  // a fork(), timers of a timer thread are forgotten.
  TimerQueue(Bell& bell, Owner owner) noexcept
      : bell_(bell),
        of_timer_thread_(owner == kOfTimerThread),
        wheels_{TimerWheel(MonotonicNow()), TimerWheel(WallNow())},
        left_(bell) {}

  // The timer's deadline is a moment that has been Started(). False: the queue
  // is closed, and the timer not armed.
  bool Arm(TimedWaiter* timer) noexcept;

  // After this the timer's function is not running and won't run. Waits while
  // it runs in another thread: for library code only.
  static void Disarm(TimedWaiter* timer) noexcept;

  // The same for one whose wait has been granted, but waits for nobody. False:
  // it could not be had at once, and is the owner's now, who disarms it and
  // hands it out once more.
  static bool DisarmOrLeave(TimedWaiter* timer) noexcept;

  // For the owner. When to call FireDue() next.
  Instant NextLook() noexcept;

  // For the owner. Fires what is due, or some of it, and hands out what has
  // ended. Whether there may be more.
  bool FireDue() noexcept;

  // For the owner. Refuses timers from now on, and leaves those that there
  // are, if any, to the queue that `heir` names.
  void Close(TimerQueue& (*heir)() noexcept) noexcept;

 private:
  enum class Removal { kRemoved, kFiring, kElsewhere };

  TimerWheel& WheelOf(const TimedWaiter& timer) noexcept {
    return wheels_[timer.clock];
  }
  bool Push(TimedWaiter* timer) noexcept;
  static TimerQueue* QueueOf(TimedWaiter* timer) noexcept;
  Removal Remove(TimedWaiter* timer) noexcept;
  bool FireSome(Deadline::Clock clock) noexcept;
  Waiter* Fire(TimedWaiter* timer) noexcept;
  void HandOutLeft() noexcept;

  Lock lock_;
  Bell& bell_;
  const bool of_timer_thread_;
  TimerWheel wheels_[2];                     // By clock.
  int64_t next_look_[2] = {kNever, kNever};  // The owner's, by clock.
  TimedWaiter* firing_ = nullptr;            // Whose function is running.
  bool closed_ = false;
  WorkQueue left_;                 // By DisarmOrLeave(), for the owner.
  Atomic<uint32_t> disarming_{0};  // 1: somebody waits for `firing_` to change.
};

// The queue of the library's timer thread, which this starts if need be.
TimerQueue& SharedTimers() noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_TIMER_H_

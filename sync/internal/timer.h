// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The limits of waits that have no thread of their own to watch the clock.

#ifndef SYNC_INTERNAL_TIMER_H_
#define SYNC_INTERNAL_TIMER_H_

#include <cstdint>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

class TimerQueue;

// Lives in the wait whose limit it is. Belongs to its queue while armed.
struct Timer {
  // Called with no lock held when the deadline has come. Returns a ring to be
  // handed out, or null, and runs no user code itself.
  using Expiry = Waiter* (*)(Timer*) noexcept;

  explicit Timer(Expiry fire) noexcept : fire(fire) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  const Expiry fire;
  Deadline deadline;  // The owner's while the timer is not armed.
  Atomic<TimerQueue*> queue{nullptr};  // Null: not armed.
  // Of a pairing heap: first child, next sibling, and the previous sibling or,
  // for a first child, the parent. A root has no `previous`.
  Timer* child = nullptr;
  Timer* sibling = nullptr;
  Timer* previous = nullptr;
};

// A pairing heap by deadline. Fredman, Sedgewick, Sleator, Tarjan: "The
// pairing heap: a new form of self-adjusting heap", 1986. Push is O(1), the
// rest O(log n) amortized; nothing recurses, nothing allocates.
class TimerHeap {
 public:
  Timer* top() const noexcept { return root_; }
  void Push(Timer* timer) noexcept;
  void Remove(Timer* timer) noexcept;

 private:
  static Timer* Meld(Timer* a, Timer* b) noexcept;
  static Timer* MeldSiblings(Timer* first) noexcept;

  Timer* root_ = nullptr;
};

// Timers that one thread, the owner, fires. Any thread arms and disarms them.
class TimerQueue {
 public:
  // Rings `bell` when the owner should look at the clock anew. Coroutines and
  // callbacks without an executor run on `runner`; null: on the owner.
  explicit TimerQueue(Bell& bell, Executor* runner = nullptr) noexcept
      : bell_(bell), runner_(runner) {}

  // The timer's deadline is a moment that has been Started(). False: the queue
  // is closed, and the timer not armed.
  bool Arm(Timer* timer) noexcept;

  // After this the timer's function is not running and won't run. Waits while
  // it runs in another thread: for library code only. `process` is the
  // ProcessGeneration() in which it was armed.
  static void Disarm(Timer* timer, uint8_t process) noexcept;

  // For the owner. When to call FireDue() next.
  Instant NextLook() noexcept;

  // For the owner. Fires what is due, and hands out what has ended.
  void FireDue() noexcept;

  // For the owner. Refuses timers from now on, and leaves those that there
  // are, if any, to the queue that `heir` names.
  void Close(TimerQueue& (*heir)() noexcept) noexcept;

 private:
  TimerHeap& HeapOf(const Timer& timer) noexcept {
    return heaps_[timer.deadline.clock()];
  }
  void HandOut(Waiter* released) noexcept;

  Lock lock_;
  Bell& bell_;
  Executor* const runner_;
  TimerHeap heaps_[2];       // By clock.
  Timer* firing_ = nullptr;  // Whose function is running.
  bool closed_ = false;
  Atomic<uint32_t> disarming_{0};  // 1: somebody waits for `firing_` to change.
};

// The queue of the library's timer thread, which this starts if need be.
TimerQueue& SharedTimers() noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_TIMER_H_

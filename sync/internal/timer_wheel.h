// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Timers by deadline.

#ifndef SYNC_INTERNAL_TIMER_WHEEL_H_
#define SYNC_INTERNAL_TIMER_WHEEL_H_

#include <cstdint>
#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

class TimerQueue;

// A wait whose limit a queue watches: its timer, while that is armed.
struct TimedWaiter : Waiter {
  // Called with no lock held when the deadline has come. Returns a ring to be
  // handed out, or null, and runs no user code itself.
  using Expiry = Waiter* (*)(TimedWaiter*) noexcept;

  TimedWaiter(Kind k, Function run, Expiry f) noexcept
      : Waiter(k, run, Request(), std::source_location()), fire(f) {}

  // Does not change while the timer is armed.
  Deadline deadline() const noexcept { return Deadline(clock, nanos); }
  void set_deadline(Deadline deadline) noexcept {
    nanos = deadline.nanos();
    clock = deadline.clock();
  }

  const Expiry fire;
  Atomic<TimerQueue*> queue{nullptr};  // Null: not armed.
  // What follows is all that the wheel looks at, and close together.
  int64_t nanos = kNever;
  Deadline::Clock clock = Deadline::kMonotonic;
  uint8_t slot = 0;                   // Of the wheel.
  uint16_t armed_in = 0;              // ProcessGeneration() of the queue.
  TimedWaiter* next_timer = nullptr;  // Those of a slot are a ring.
  TimedWaiter* previous_timer = nullptr;
};

// A hierarchical timing wheel. Varghese and Lauck: "Hashed and hierarchical
// timing wheels", 1987.
//
// The wheel has a time, which its owner moves. A deadline is a number of 16
// hexadecimal digits, and the first digit in which it differs from the wheel's
// time gives a timer its level, the value of this digit its slot there. So all
// timers of a level come before those of the levels above; within a level they
// come in the order of slots. When its time comes to a slot, the wheel moves
// the timers in it down, to the levels of the digits that follow.
//
// A timer enters and leaves in constant time, and moves 15 times at most before
// it is due. Nothing is allocated.
class TimerWheel {
 public:
  // The nearer a deadline is to the wheel's time, the lower the timer starts. A
  // deadline before that is as good as one at it, until the time is set back.
  explicit TimerWheel(int64_t now) noexcept;

  void Push(TimedWaiter* timer) noexcept;
  void Remove(TimedWaiter* timer) noexcept;

  // Any timer; null: there is none.
  TimedWaiter* any() const noexcept;

  // Moves the wheel's time to `now`. Takes out the earliest timer whose
  // deadline is not after that, or one that is due by then and at most a
  // millisecond later, and returns it. Null: there is none; or, with `*more`,
  // that took long: it is to be called again, so that its caller can let go of
  // a lock in between.
  TimedWaiter* PopDue(int64_t now, bool* more) noexcept;

  // When PopDue() will have something to do: the earliest deadline, or a moment
  // before it; of several before the wheel's time, that. kNever: there is no
  // timer.
  int64_t NextLook() const noexcept;

 private:
  static constexpr int kDigitBits = 4;
  static constexpr int kDigits = 64 / kDigitBits;
  static constexpr int kValues = 1 << kDigitBits;
  static constexpr int kNoSlot = -1;
  // The slots before this one are of 1.05 ms, 2^20 ns, or less. They are not
  // moved down, for the sake of an order, when all of their timers are due.
  static constexpr int kFine = 6 * kValues;

  bool MoveSome() noexcept;
  void Empty(int slot) noexcept;
  int FirstSlot() const noexcept;
  uint64_t Start(int slot) const noexcept;
  bool IsPast(int slot, uint64_t time) const noexcept;
  void Restart(int64_t now) noexcept;

  uint64_t time_;         // See Key().
  int moving_ = kNoSlot;  // Whose timers are being moved down.
  uint16_t levels_ = 0;   // A bit for each level with timers.
  uint16_t occupied_[kDigits] =
      {};  // By level: a bit for each slot with timers.
  TimedWaiter* slots_[kDigits * kValues] = {};  // The first timer of each.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_TIMER_WHEEL_H_

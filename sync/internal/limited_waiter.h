// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait that may have a limit and a stop token.

#ifndef SYNC_INTERNAL_LIMITED_WAITER_H_
#define SYNC_INTERNAL_LIMITED_WAITER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/attributes.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

class LimitedWaiter : public TimedWaiter {
 public:
  // `core` may be null if set_core() follows.
  LimitedWaiter(Kind k, Function run, WaitCore* core) noexcept
      : TimedWaiter(k, run, &Expire), core_(core) {}
  // Of a wait that has not begun.
  LimitedWaiter(LimitedWaiter&& other) noexcept;
  ~LimitedWaiter() { EndStop(); }

  WaitCore* core() const noexcept { return core_; }
  void set_core(WaitCore* core) noexcept { core_ = core; }

  // Sets when the next wait gives up.
  void SetOptions(WaitOptions options) noexcept;

  // Starts the clock, for a Join().
  void Start() noexcept;

  // Why the wait is to be given up by now, if it is.
  std::optional<WaitResult> GivenUp() noexcept { return giving_up().Now(); }

  // A value: the wait has ended at once. No value: it has started the clock,
  // and Join() must follow.
  std::optional<WaitResult> Begin() noexcept;

  // The same where what the wait asks for has just been looked for, in vain.
  std::optional<WaitResult> BeginMissing() noexcept;

  // Arms the limit and the token, then joins: what fires before the join only
  // leaves a mark, which the join reads. A thread watches its limit itself. A
  // value: the wait has ended at once, and everything is disarmed. No value: it
  // has joined, this object may be gone already, and the caller hands
  // `*released` out.
  std::optional<WaitResult> Join(Waiter** released) noexcept {
    const GivingUp limits = Arm();
    return Joined(core_->Join(this, limits, released));
  }

  // The same of a wait that takes something. `rules` are its own, for inlining.
  ABSL_ATTRIBUTE_ALWAYS_INLINE std::optional<WaitResult> JoinNow(
      const Rules& rules, Waiter** released) noexcept {
    const GivingUp limits = Arm();
    return Joined(core_->JoinNow(rules, this, limits, released));
  }

  // For a wait whose end has been handed out, and everything disarmed: joins
  // another list, for another request, without limits. A value: kReady at once.
  std::optional<WaitResult> JoinNext(WaitCore& core, Request r,
                                     Waiter** released) noexcept;

  // Takes the wait off its list on its owner's behalf. True: it has ended, its
  // outcome says how, and everything is disarmed. False: it is granted, or
  // being given up, and whoever ends it has it; or the caller, if it is in
  // `*released`. In either case the caller hands `*released` out. `has_turn` is
  // as in WaitCore::Remove().
  bool Abort(Waiter** released, bool has_turn = true) noexcept;

  // When the wait that has begun gives up.
  Deadline limit() const noexcept { return deadline(); }

  // After this nothing refers to this object any more. Waits for library code
  // only, and hands out what a stop that came too late has left behind.
  void Disarm() noexcept;

  // The same for the wait of a thread, whose limit is armed nowhere.
  void DisarmStop() noexcept;

  // The same for what runs when the wait of a coroutine or callback has ended,
  // maybe inside Set(), before anything else. False: the limit can't be put
  // down without waiting for its timer thread, which has this object now, and
  // will hand it out again.
  bool DisarmOrLeave() noexcept;

 private:
  struct OnStop {
    LimitedWaiter* waiter;
    void operator()() const noexcept { waiter->Cancel(); }
  };

  void EndStop() noexcept {
    if (std::exchange(has_stop_, false)) std::destroy_at(&stop_);
  }

  GivingUp giving_up() noexcept { return {&gate_, &token_, deadline()}; }
  GivingUp Arm() noexcept;
  // The rest of a join that has ended so.
  std::optional<WaitResult> Joined(std::optional<WaitResult> ended) noexcept {
    if (ended.has_value()) Disarm();
    return ended;
  }
  static Waiter* Expire(TimedWaiter* timer) noexcept;
  void Cancel() noexcept;
  Waiter* GiveUp() noexcept;

  // Who destroys `stop_`, the first of two: whoever has the wait when it has
  // ended, and waits then for a callback that is running; or that callback, if
  // it comes too late, before it hands out others, whose code may take its
  // time. None of these values, but an address: of the ring of others that the
  // callback has left to the former to hand out.
  enum : uint64_t { kNobody, kUndecided, kOwner, kCallback, kDone };

  // Together, what is looked at when the wait ends.
  Gate gate_;
  bool has_stop_ = false;
  WaitCore* core_;
  StopToken token_;
  Atomic<uint64_t> destroys_stop_{kNobody};
  union {
    StopCallback<OnStop> stop_;  // If `has_stop_`.
  };
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_LIMITED_WAITER_H_

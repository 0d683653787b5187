// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The wait list: who waits, in what order, and how a broadcast reaches all of
// them in one step. wait_core.cc explains the algorithm.

#ifndef SYNC_INTERNAL_WAIT_CORE_H_
#define SYNC_INTERNAL_WAIT_CORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/base/attributes.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_list.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Orders what may end a wait early against its joining the list, and against
// one another: the first to give up is the only one that removes the wait.
class Gate {
 public:
  // For a wait that is over, and may begin anew.
  void Reset() noexcept { state_.store(0, std::memory_order_relaxed); }

  // Called by the wait in the step in which it joins. False: the wait has been
  // given up already.
  bool Join() noexcept {
    // [G1]
    return state_.fetch_add(kJoined, std::memory_order_acq_rel) == 0;
  }

  // Called by a timer, a stop callback, or the waiting thread at its limit.
  // True: the wait has joined, and the caller must Remove() it. False: somebody
  // else does, or the wait is told when it tries to join.
  bool GiveUp() noexcept;

 private:
  static constexpr uint32_t kJoined = 1;
  static constexpr uint32_t kGivenUp = 2;

  Atomic<uint32_t> state_{0};
};

// What may end a wait early. All may be absent.
struct GivingUp {
  Gate* gate = nullptr;
  const StopToken* token = nullptr;
  Deadline deadline;

  // Why the wait is to be given up by now, if it is.
  std::optional<WaitResult> Now() const noexcept {
    // The clock first: a stop before the limit must not be missed.
    const bool passed = deadline.Passed();
    if (token != nullptr && token->stop_requested()) {
      return WaitResult::kCancelled;
    }
    if (passed) return WaitResult::kTimeout;
    return std::nullopt;
  }
};

inline constexpr GivingUp kNeverGivesUp;

// The 16 bytes of a primitive.
class WaitCore {
 public:
  // The layout of the word.
  static constexpr uint64_t kLocked = 1;      // Somebody holds the list.
  static constexpr uint64_t kHasWaiters = 2;  // The list has some who take.
  static constexpr uint64_t kDrain = 4;       // The holder must look once more;
                                              // unlocked, all on it only look.
  static constexpr uint64_t kLockParked = 8;  // Somebody sleeps for the list,
                                              // or a guard.
  static constexpr uint64_t kListBits = 15;
  static constexpr int kPayloadShift = 4;  // The rest is the primitive's own.

  constexpr explicit WaitCore(uint64_t word) noexcept : word_(word) {}
  ~WaitCore() {
    // [D1] Everything that may still happen to the word has happened.
    if (word_.load(std::memory_order_acquire) & kListBits) Abandon();
  }
  WaitCore(const WaitCore&) = delete;
  WaitCore& operator=(const WaitCore&) = delete;

  // Of the word that a wait finds when it begins: whether those who wait are
  // about to be given something; or whether there are such.
  static constexpr bool IsHandingOver(uint64_t word) noexcept {
    constexpr uint64_t kBoth = kLocked | kDrain;
    return (word & kBoth) == kBoth;
  }
  static constexpr bool OthersComeFirst(uint64_t word) noexcept {
    return (word & kHasWaiters) != 0 || IsHandingOver(word);
  }

  // The word, with everything visible that was published in it. [W1]
  uint64_t Read() const noexcept {
    return word_.load(std::memory_order_acquire);
  }

  // Takes `bits` out of the payload, as one step. [B3]
  void ClearBits(uint64_t bits) noexcept {
    word_.fetch_and(~bits, std::memory_order_acq_rel);
  }

  // Applies `step`, which maps a word to the word that follows, list bits
  // untouched, as one step. If it may_release(word, next), the waits that can
  // take what they ask for are released, and handed out afterwards. Returns how
  // many this call handed out. Never waits for anybody. For what is granted to
  // waits one by one: then nobody else takes it meanwhile.
  //
  // A guard is a bit of the payload that one thread at a time has set, while it
  // is at work on what the primitive has beside its words. That is for `step`
  // to clear, on behalf of the thread that has it.
  template <uint64_t kGuard = 0, class S, class MayRelease>
  size_t Give(const S& step, const MayRelease& may_release) noexcept {
    for (;;) {
      uint64_t word = word_.load(std::memory_order_relaxed);
      const uint64_t next = step(word);
      // Also where nothing changes: what came before is published.
      if (std::optional<size_t> count =
              TryGive<kGuard>(word, next, may_release(word, next))) {
        return *count;
      }
      BackOff();
    }
  }

  // The same for what broadcasts: the waits are released in the same step, and
  // this object is touched no more once that is visible.
  template <class S, class MayRelease>
  size_t Broadcast(const S& step, const MayRelease& may_release) noexcept {
    return MustRelease(step, may_release) ? BroadcastLocked(step) : 0;
  }

  // The same of a step that always may, but it is the caller who hands out what
  // is returned: a ring, or null.
  template <class S>
  Waiter* Release(const S& step) noexcept {
    return MustRelease(step, Always) ? ReleaseLocked(step) : nullptr;
  }

  // The may_release of a step that always may.
  static constexpr auto Always = [](uint64_t, uint64_t) noexcept {
    return true;
  };

  // Takes what a wait that begins asks for, if it is there. `take` is as in
  // Rules, with what is asked for. If it may set a guard, this waits while
  // another thread has that.
  template <uint64_t kGuard = 0, class Take>
  bool TakeNow(const Take& take) noexcept {
    [[maybe_unused]] int round = 0;
    for (;;) {
      uint64_t word = Read();
      uint64_t next = word;
      if (!take(&next)) return false;
      if constexpr (kGuard != 0) {
        if (word & kGuard) {
          AwaitChange(word, round++, Deadline());
          continue;
        }
      }
      // [T1] Only who gives publishes something; also where there is something
      // without a change of the word.
      if (next == word ||
          word_.compare_exchange_weak(word, next, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return true;
      }
      BackOff();
    }
  }

  // The same of what is known by its Request only; true: `*got` is what that
  // becomes. Not of what gives by being taken.
  bool TakeNow(const Request& request, uint64_t* got) noexcept {
    return TakeNow([&](uint64_t* word) noexcept {
      *got = request.what;
      return request.rules->take(word, got);
    });
  }

  // The same where what it takes gives to those who wait: if it changes the
  // word, they are released and handed out.
  template <class Take>
  bool TakeAndGive(const Take& take) noexcept {
    for (;;) {
      const uint64_t word = Read();
      uint64_t next = word;
      if (!take(&next)) return false;
      if (next == word || TryGive(word, next, true)) return true;
      BackOff();
    }
  }

  // Grants something to the first `count` waits on the list, or to all there
  // are: to each one unit of the payload. Waits for whoever holds the list.
  // Returns how many.
  size_t Notify(size_t count) noexcept {
    // Relaxed: whoever must be notified has joined before, by what orders the
    // calls.
    const uint64_t word = word_.load(std::memory_order_relaxed);
    return word & kListBits ? NotifyListed(count) : 0;
  }

  // The answer to a wait that need not or may not join: kReady, or why it has
  // been given up. No value: it has to join.
  std::optional<WaitResult> Try(Waiter* waiter,
                                const GivingUp& giving_up) noexcept {
    // In this order: a wait that was given up after a broadcast must see it.
    const std::optional<WaitResult> given_up = giving_up.Now();
    if (Take(waiter)) return WaitResult::kReady;
    return given_up;
  }

  // Joins the list, unless Try() has an answer, or there is one by the time
  // that the list can be had. No value: it has joined, and the waiter may be
  // gone already unless the caller owns it. Then `*released` is a ring that
  // the caller must hand out, with the waiter itself in it, or null.
  std::optional<WaitResult> Join(Waiter* waiter, const GivingUp& giving_up,
                                 Waiter** released) noexcept;

  // The same of a wait that takes something, straight if nothing is in its way.
  // `rules` are the waiter's, for inlining.
  ABSL_ATTRIBUTE_ALWAYS_INLINE std::optional<WaitResult> JoinNow(
      const Rules& rules, Waiter* waiter, const GivingUp& giving_up,
      Waiter** released) noexcept {
    const uint64_t word = word_.load(std::memory_order_relaxed);
    if ((word & kLocked) || !LockToJoin(rules, word, waiter)) {
      return Join(waiter, giving_up, released);
    }
    if (giving_up.gate != nullptr && !giving_up.gate->Join()) {
      return LeaveGivenUp(waiter, giving_up, released);
    }
    if (UnlockAsIs(kHasWaiters)) {
      *released = nullptr;
    } else {
      UnlockAndGrant(nullptr, released, nullptr);
    }
    return std::nullopt;
  }

  // Joins the list, also if what the wait asks for is there: then it may be
  // granted at once. For arms, of what doesn't broadcast. `*released` is as in
  // Join().
  void Enter(Waiter* waiter, Waiter** released) noexcept;

  // How an attempt ended that waits for nobody. Unless it is done, nothing has
  // happened.
  enum class Attempt : uint8_t {
    kDone,
    kMissing,  // What was asked for is not there.
    kBusy,     // Somebody holds the list.
  };

  // To take from several at once. When TryHold() is done, what `request` asks
  // for is there, and stays there until TakeHeld() or LetGo(), whose
  // `*released` is a ring that the caller must hand out, or null. TakeHeld()
  // returns what the request becomes. For what doesn't broadcast.
  struct Held {
    uint64_t word;  // As it was found,
    uint64_t next;  // and as it is with the request met,
    uint64_t what;  // which then is this.
  };
  Attempt TryHold(const Request& request, Held* held) noexcept {
    for (int round = 0;;) {
      uint64_t word = word_.load(std::memory_order_relaxed);
      if (word & kLocked) {
        if (!SpinHint(round++)) return Attempt::kBusy;
        continue;
      }
      *held = {word, word, request.what};
      if (!request.rules->take(&held->next, &held->what)) {
        return Attempt::kMissing;
      }
      // [L1] [T1] Invariant 9.
      if (word_.compare_exchange_weak(word, word | kLocked | kDrain,
                                      std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
        return Attempt::kDone;
      }
      BackOff();
    }
  }
  uint64_t TakeHeld(const Request& request, const Held& held,
                    Waiter** released) noexcept {
    if (LetGoAs(held.next, held)) {
      *released = nullptr;
      return held.what;
    }
    return TakeAndUnlock(request, released);
  }
  void LetGo(const Held& held, Waiter** released) noexcept {
    if (LetGoAs(held.word, held)) {
      *released = nullptr;
    } else {
      Unlock(nullptr, released);
    }
  }

  // Takes a waiter that has joined off the list. True: it is a ring of its
  // own, nothing will reach it, and its outcome is kCancelled if `token` was
  // stopped by then, or else kTimeout. False: it was granted, and whoever hands
  // it out has it: the caller, if it is in `*released`. That is a ring of those
  // for whom it has made way, or null, which the caller hands out. A thread
  // that was to compete gets its turn first, if it `has_turn`.
  bool Remove(Waiter* waiter, const StopToken& token, Waiter** released,
              bool has_turn = true) noexcept;

  // Gives on what a wait was granted, if it was, that is destroyed before it
  // has gone on.
  static void GiveBack(WaitCore* core, const Waiter& waiter) noexcept;

  // For a thread that was woken to compete. True: it was granted, and is off
  // the list. False: it sleeps on, or its wait has ended meanwhile.
  bool Compete(Waiter* waiter) noexcept;

  // Until nobody on the list may be granted what has been given by now: waits
  // for whoever holds the list, if that is so. Returns the word, in which no
  // drain is asked for.
  uint64_t AwaitDrain() noexcept;

  // Until nobody holds the list, or the deadline.
  void AwaitList(Deadline deadline) noexcept;

  // How many waiters are on the list. Waits for whoever holds it.
  size_t Count() noexcept;

 private:
  // An attempt to give, by whoever found `word`. No value: it is another one by
  // now.
  template <uint64_t kGuard = 0>
  std::optional<size_t> TryGive(uint64_t word, uint64_t next,
                                bool may_release) noexcept {
    if constexpr (kGuard != 0) next &= ~kLockParked;
    bool locks = false;
    if (may_release && (word & (kLocked | kHasWaiters | kDrain))) {
      next |= kLocked | kDrain;  // Invariants 7 and 9.
      locks = !(word & kLocked);
    }
    // [B1]
    if (!word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
      return std::nullopt;
    }
    if constexpr (kGuard != 0) {
      if (word & kLockParked) FutexWake(&word_, kAllSleepers);
    }
    return locks ? GrantGiven() : 0;
  }

  // False: the step has been published, and if it releases anybody, that is
  // left to the holder of the list. True: nothing has, and the list is held.
  template <class S, class MayRelease>
  bool MustRelease(const S& step, const MayRelease& may_release) noexcept {
    uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      uint64_t next = step(word);
      if (may_release(word, next)) {
        if (word & kLocked) {
          next |= kDrain;  // Invariant 7: left to the holder.
        } else if (word & kHasWaiters) {
          // [L1] Detach first, publish after: invariant 3.
          if (word_.compare_exchange_weak(word, word | kLocked,
                                          std::memory_order_acquire,
                                          std::memory_order_relaxed)) {
            return true;
          }
          continue;
        }
      }
      // [B1] Also if it is redundant: what came before is published.
      if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return false;
      }
    }
  }

  // Takes the list, which nobody holds in `word`, and puts `waiter` on it.
  // False: what it asks for is there, or the word has changed; and nothing has
  // happened.
  bool LockToJoin(const Rules& rules, uint64_t word, Waiter* waiter) noexcept {
    uint64_t next = word;
    uint64_t what = waiter->request.what;
    if (rules.take(&next, &what)) return false;
    if (rules.join != nullptr) rules.join(&next, &what);
    // [L1] Where to join gives something, also [B1].
    if (!word_.compare_exchange_weak(word, next | kLocked,
                                     std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
      return false;
    }
    waiter->request.what = what;
    waiter->set_stage(Waiter::Stage::kJoined);
    list_.Push(waiter);
    return true;
  }

  template <class S>
  ABSL_ATTRIBUTE_NOINLINE size_t BroadcastLocked(const S& step) noexcept {
    const bool are_alike = list_.AreAlike();
    Waiter* const released = ReleaseLocked(step);
    if (released == nullptr) return 0;
    return are_alike ? Trampoline::HandOutAlike(released)
                     : Trampoline::HandOut(released);
  }
  template <class S>
  Waiter* ReleaseLocked(const S& step) noexcept {
    const uintptr_t before = list_.state();
    Waiter* released;
    uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      uint64_t next = step(word) & ~kListBits;
      released = list_.Grant(&next, nullptr, nullptr);
      next |= BitsOfList();
      // [B2] A drain asked for meanwhile is this one.
      if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        break;
      }
      list_.TakeBack(released, before);
    }
    if (word & kLockParked) FutexWake(&word_, kAllSleepers);
    return released;
  }

  // The rest of Join() for one that is on the list, which is held, and has been
  // given up.
  ABSL_ATTRIBUTE_COLD std::optional<WaitResult> LeaveGivenUp(
      Waiter* waiter, const GivingUp& giving_up, Waiter** released) noexcept;

  size_t NotifyListed(size_t count) noexcept;
  size_t GrantGiven() noexcept;
  bool Lock(const Waiter* linked, Waiter** released) noexcept;
  void AwaitChange(uint64_t word, int round, Deadline deadline) noexcept;

  // Unlocks, without `leaving` (may be null) on the list, and with those in
  // `*released` (or null) who could take what was given meanwhile. False:
  // `leaving` was given what it asks for first, is among them, and its outcome,
  // which says why it leaves, is kReady. That is written before the list is
  // unlocked: then a thread that competes may look at its waiter. `competitor`
  // (may be null) has its turn.
  bool Unlock(Waiter* leaving, Waiter** released,
              const Waiter* competitor = nullptr) noexcept {
    // Who leaves what doesn't broadcast makes way for others.
    if (leaving == nullptr
            ? UnlockAsIs(BitsOfList())
            : leaving->request.rules->broadcasts && LeaveAsIs(leaving)) {
      *released = nullptr;
      return true;
    }
    return UnlockAndGrant(leaving, released, competitor);
  }
  bool UnlockAndGrant(Waiter* leaving, Waiter** released,
                      const Waiter* competitor) noexcept;

  // Unlocks, with `bits` for the list, if nothing has been given since it was
  // locked, and nobody sleeps for it. Otherwise false, and nothing happens.
  bool UnlockAsIs(uint64_t bits) noexcept {
    uint64_t word = word_.load(std::memory_order_relaxed);
    if (word & (kDrain | kLockParked)) return false;
    // [U2]
    return word_.compare_exchange_strong(word, (word & ~kListBits) | bits,
                                         std::memory_order_release,
                                         std::memory_order_relaxed);
  }

  // The same without `leaving` on the list.
  bool LeaveAsIs(Waiter* leaving) noexcept {
    const uintptr_t before = list_.state();
    list_.Remove(leaving);
    if (!UnlockAsIs(BitsOfList())) {
      list_.Restore(leaving, before);
      return false;
    }
    leaving->ring()->Reset();
    return true;
  }

  // The same after TryHold(), since when nobody has touched the list: the word
  // becomes `next`. Only of an empty list: to those who look, something may
  // have been given without a change of the word.
  bool LetGoAs(uint64_t next, const Held& held) noexcept {
    if (held.word & kListBits) return false;
    uint64_t word = held.word | kLocked | kDrain;
    // Relaxed: what is taken was published before [L1], and the list is still
    // handed on by who has handed it on then.
    return word_.compare_exchange_strong(word, next, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }
  uint64_t TakeAndUnlock(Request request, Waiter** released) noexcept;

  // What the word says of the list as it is. Those who look are behind others.
  uint64_t BitsOfList() noexcept {
    if (list_.state() == 0) return 0;
    const Waiter* const first = list_.first();
    if (first == nullptr) return 0;
    return first->looks() ? kDrain : kHasWaiters;
  }

  bool Take(Waiter* waiter) noexcept;
  static bool IsGranted(const Waiter& waiter, uint64_t word) noexcept;
  bool WasForgotten(Waiter* waiter) noexcept;
  void Abandon() noexcept;

  Atomic<uint64_t> word_;
  WaitList list_;  // Touched by the holder only.
};

static_assert(sizeof(WaitCore) == 16);

// What is inline of the above, for primitives whose rules are R::kRules, with
// R::Take().
template <class R>
bool TakeNow(WaitCore& core, uint64_t* what) noexcept {
  if constexpr (R::kRules.taking_gives) {
    uint64_t taken;
    const bool takes = core.TakeAndGive([&](uint64_t* next) noexcept {
      taken = *what;
      return R::Take(next, &taken);
    });
    if (takes) *what = taken;
    return takes;
  } else {
    return core.TakeNow(
        [what](uint64_t* next) noexcept { return R::Take(next, what); });
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WAIT_CORE_H_

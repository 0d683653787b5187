// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The algorithm of the wait list.
//
// clang-format off
//
//   word   [ payload:60 | lock parked | drain | has waiters | locked ]
//
//   list   A <-> B <-> C <-> D <-> back to A       (A joined first, D last)
//
// clang-format on
//
//   locked       Somebody holds the list and alone may touch it. Waiters, and
//                what removes them, wait for it; setters never do.
//   has waiters  Some on the list take something. Exact while locked is clear;
//                stale, in either direction, while it is set.
//   drain        With locked: something was given while the list was held; the
//                holder releases who can take it when it unlocks. Without: all
//                on the list only look, and nobody makes way for them.
//   lock parked  Somebody may sleep on the word for locked to clear, or for a
//                guard. Cleared with either, by one step, which is followed by
//                a wake of all.
//   payload      The primitive's own, which its Rules speak of. A bit of it may
//                be a guard, of what is beside the word: see Give().
//
// Invariants, by number where the code relies on them:
//
//   1. One writer. While locked is set, only its holder touches the list.
//   2. Same word. To set, to join the list and to detach it are
//      read-modify-writes of the same word. Nothing else hints whether
//      somebody waits.
//   3. The commit is the last touch. One step publishes the broadcast and
//      unlocks. After it the setter touches neither this object (but for a
//      wake by address) nor, once it has been woken, any waiter.
//   4. Once. Who is released is off the list before the commit, and is handed
//      out by the one thread that detached the ring.
//   5. Linked is a matter of epochs. A waiter that has joined, and was not
//      removed, is on the list exactly while the epoch is the one it joined
//      in: whatever releases somebody grows the epoch in the same step.
//   6. Ties go to the broadcast. A removal takes effect in the step that
//      unlocks, and only if no drain has been asked for by then. Where waits
//      are granted one by one, it is decided when it first looks at the word,
//      unless its arrival counts; what is given later is for the others.
//   7. Setters never wait. One that finds the list held publishes its step
//      with drain, in one, and is done.
//   8. User code runs outside: whoever releases gets a ring to hand out once
//      it has unlocked.
//   9. With locked and drain set, nobody takes what waits are granted one by
//      one. So an arm may be claimed, and who is granted marked, before the
//      step that grants it; and what WaitAll() has found there stays there.
//  10. Of what is granted one by one, a step that must be tried again grants at
//      least the same waits: nothing is taken meanwhile (9), what is given has
//      been published before (Give()), and who has left stays away.
//
// A join takes effect when it takes the list bit: the word it replaces says
// that the request is not satisfied, and every later broadcast finds the list
// held, or the waiter on it. A limited wait that can't get the bit has not
// joined yet, and may time out there.
//
// Orders. All changes of the word are read-modify-writes, so that a release
// reaches every later acquire, whatever was written in between. No fences,
// which ThreadSanitizer doesn't see.
//
//   [B1] release  publishes what came before Set()     -> [W1] [B2] [B3] [U1]
//   [B2] acq_rel  the commit; hands on what [B1] published -> [W1], and, over
//                 the hand-out, to every waiter it releases [P1] -> [P2]
//   [B3] acq_rel  Clear(): wait; clear; drain loses nothing
//   [T1] acquire  takes what was given, or a guard, and sees what came before
//                 <- [B1] [B2]
//   [L1] acquire  takes the list as its last holder left it  <- [U1] [B2]
//   [U1] acq_rel  hands the list on                          -> [L1] [D1]
//   [U2] release  the same where nothing was given: nobody is released by it
//   [D1] acquire  the destructor, after the last holder
//        release  a word on which threads sleep together grows, after each has
//                 been released: who is about to sleep on it looks once more
//   [G1] acq_rel  who joined and who gave up see each other's waiter

#include "sync/internal/wait_core.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

bool Gate::GiveUp() noexcept {
  // [G1]
  return state_.exchange(kGivenUp, std::memory_order_acq_rel) == kJoined;
}

bool WaitCore::Take(Waiter* waiter) noexcept {
  const Rules& rules = *waiter->request.rules;
  uint64_t what;
  const auto take = [&](uint64_t* word) noexcept {
    what = waiter->request.what;
    return rules.take(word, &what);
  };
  const bool taken = rules.taking_gives ? TakeAndGive(take) : TakeNow(take);
  if (taken) waiter->request.what = what;
  return taken;
}

std::optional<WaitResult> WaitCore::Join(Waiter* waiter,
                                         const GivingUp& giving_up,
                                         Waiter** released) noexcept {
  *released = nullptr;
  const Rules& rules = *waiter->request.rules;
  for (int round = 0;; ++round) {
    // Who begins has tried, or leaves that to the step that takes the list.
    if (round > 0) {
      if (std::optional<WaitResult> answer = Try(waiter, giving_up)) {
        return answer;
      }
    }
    const uint64_t word = word_.load(std::memory_order_relaxed);
    if (word & kLocked) {
      AwaitChange(word, round, giving_up.deadline);
      continue;
    }
    if (LockToJoin(rules, word, waiter)) break;
  }

  if (giving_up.gate == nullptr || giving_up.gate->Join()) {
    Unlock(nullptr, released);
    return std::nullopt;
  }
  return LeaveGivenUp(waiter, giving_up, released);
}

std::optional<WaitResult> WaitCore::LeaveGivenUp(Waiter* waiter,
                                                 const GivingUp& giving_up,
                                                 Waiter** released) noexcept {
  // A broadcast since the lock step comes first all the same: it has found the
  // waiter, and releases it.
  const WaitResult why = giving_up.Now().value_or(WaitResult::kTimeout);
  if (!Unlock(waiter, released, waiter)) return std::nullopt;
  // Those for whom it has made way.
  Trampoline::HandOut(std::exchange(*released, nullptr));
  return why;
}

// Of what is held, where something was given meanwhile, or somebody sleeps for
// the list.
uint64_t WaitCore::TakeAndUnlock(Request request, Waiter** released) noexcept {
  uint64_t word = word_.load(std::memory_order_relaxed);
  uint64_t next;
  uint64_t what;
  do {
    next = word & ~(kLocked | kDrain);
    what = request.what;
    request.rules->take(&next, &what);
    // Relaxed: [U1] follows.
  } while (!word_.compare_exchange_weak(word, next | kLocked | kDrain,
                                        std::memory_order_relaxed,
                                        std::memory_order_relaxed));
  Unlock(nullptr, released);
  return what;
}

void WaitCore::Enter(Waiter* waiter, Waiter** released) noexcept {
  const Rules& rules = *waiter->request.rules;
  uint64_t word = word_.load(std::memory_order_relaxed);
  for (int round = 0;; ++round) {
    if (word & kLocked) {
      AwaitChange(word, round, Deadline());
      word = word_.load(std::memory_order_relaxed);
      continue;
    }
    uint64_t next = word;
    uint64_t what = waiter->request.what;
    if (rules.join != nullptr) rules.join(&next, &what);
    // [L1] Invariant 9: nobody takes what may be granted.
    if (word_.compare_exchange_weak(word, next | kLocked | kDrain,
                                    std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
      waiter->request.what = what;
      break;
    }
  }
  waiter->set_stage(Waiter::Stage::kJoined);
  list_.Push(waiter);
  Unlock(nullptr, released);
}

bool WaitCore::Remove(Waiter* waiter, const StopToken& token, Waiter** released,
                      bool has_turn) noexcept {
  // However long it takes to get the list: it must be known whose the waiter
  // is.
  if (!Lock(waiter, released)) return WasForgotten(waiter);
  // Here, where a broadcast that comes before the answer wins: a stop that
  // follows a broadcast can't have ended the wait, and one that came before the
  // removal has.
  const WaitResult why =
      token.stop_requested() ? WaitResult::kCancelled : WaitResult::kTimeout;
  waiter->outcome = why;
  if (!Unlock(waiter, released, has_turn ? waiter : nullptr)) {
    if (waiter->IsOfThisProcess()) return false;
    waiter->outcome = why;
    waiter->ring()->Reset();
  }
  return true;
}

// In the child of a fork(), whether a broadcast has released the waiter's list
// by forgetting it, and the waiter is in no ring: then it is nobody's.
bool WaitCore::WasForgotten(Waiter* waiter) noexcept {
  if (ProcessGeneration() == 0) return false;
  // Whoever holds the list may be about to mark its waiters.
  Count();
  Trampoline::MarkQueued();
  if (waiter->IsOfThisProcess() || waiter->stage() != Waiter::Stage::kJoined) {
    return false;
  }
  waiter->ring()->Reset();
  return true;
}

void WaitCore::GiveBack(WaitCore* core, const Waiter& waiter) noexcept {
  const Request& request = waiter.request;
  if (waiter.outcome != WaitResult::kReady) return;
  if (request.rules->give_back == nullptr) return;
  request.rules->give_back(*core, request.what);
}

uint64_t WaitCore::AwaitDrain() noexcept {
  uint64_t word = Read();
  for (int round = 0; IsHandingOver(word); ++round) {
    AwaitChange(word, round, Deadline());
    word = Read();
  }
  return word;
}

void WaitCore::AwaitList(Deadline deadline) noexcept {
  for (int round = 0;; ++round) {
    const uint64_t word = word_.load(std::memory_order_relaxed);
    if (!(word & kLocked) || deadline.Passed()) return;
    AwaitChange(word, round, deadline);
  }
}

bool WaitCore::Compete(Waiter* waiter) noexcept {
  Waiter* released;
  if (!Lock(waiter, &released)) {
    waiter->StopCompeting();  // Whoever has taken it off the list releases it.
    Trampoline::HandOut(released);
    return false;
  }
  waiter->Lose();  // Unless it wins.
  Unlock(nullptr, &released, waiter);
  const bool wins = released == waiter;  // It is the first of the list.
  if (wins) {
    released = waiter->Next() == waiter ? nullptr : waiter->Next();
    waiter->ring()->Unlink();
    waiter->ring()->Reset();
  }
  Trampoline::HandOut(released);
  return wins;
}

size_t WaitCore::Count() noexcept {
  Waiter* released;
  if (!Lock(nullptr, &released)) return 0;
  const size_t count = list_.Count(SIZE_MAX);
  Unlock(nullptr, &released);
  Trampoline::HandOut(released);
  return count;
}

// With the list, and drain set.
size_t WaitCore::GrantGiven() noexcept {
  Waiter* released;
  Unlock(nullptr, &released);
  const size_t looks = Waiter::CountLooks(released);
  return Trampoline::HandOut(released) - looks;
}

size_t WaitCore::NotifyListed(size_t count) noexcept {
  Waiter* released;
  if (!Lock(nullptr, &released)) return 0;
  const uint64_t given = uint64_t{list_.Count(count)} << kPayloadShift;
  uint64_t word = word_.load(std::memory_order_relaxed);
  // [B1]
  while (!word_.compare_exchange_weak(word, (word + given) | kDrain,
                                      std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
  }
  return GrantGiven();
}

// Takes the list, if anybody is on it, and `linked` (may be null) is: otherwise
// not, and false; then `*released` are those, or null, who were released when
// it was let go of again.
bool WaitCore::Lock(const Waiter* linked, Waiter** released) noexcept {
  *released = nullptr;
  uint64_t locked = kLocked;
  // Invariant 9: what it makes way for, nobody takes.
  if (linked != nullptr && !linked->request.rules->broadcasts) locked |= kDrain;
  uint64_t word = word_.load(std::memory_order_relaxed);
  for (int round = 0;; ++round) {
    if (linked != nullptr && linked->request.rules->broadcasts) {
      // Invariant 5: the epoch says that it is linked.
      if (IsGranted(*linked, word)) return false;
    }
    if (word & kLocked) {
      AwaitChange(word, round, Deadline());
      word = word_.load(std::memory_order_relaxed);
    } else if (!(word & (kHasWaiters | kDrain))) {
      return false;
    } else if (word_.compare_exchange_weak(word, word | locked,
                                           std::memory_order_acquire,
                                           std::memory_order_relaxed)) {
      break;  // [L1]
    }
  }
  if (linked == nullptr || linked->linked) return true;
  Unlock(nullptr, released);
  return false;
}

void WaitCore::AwaitChange(uint64_t word, int round,
                           Deadline deadline) noexcept {
  if (SpinHint(round)) return;
  // Relaxed is enough: who is woken takes the bit or the guard anew, with [L1]
  // or [T1].
  if (!(word & kLockParked) &&
      !word_.compare_exchange_strong(word, word | kLockParked,
                                     std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    return;
  }
  FutexWait(word_, static_cast<uint32_t>(word | kLockParked),
            deadline.NextLook());
}

bool WaitCore::UnlockAndGrant(Waiter* leaving, Waiter** released,
                              const Waiter* competitor) noexcept {
  const Rules* const rules =
      leaving == nullptr ? nullptr : leaving->request.rules;
  const bool may_stay =
      rules != nullptr && (rules->broadcasts || rules->leave != nullptr);
  const WaitResult why =
      rules == nullptr ? WaitResult::kReady : leaving->outcome;
  Waiter* woken = nullptr;
  bool leaves = false;
  uint64_t word = word_.load(std::memory_order_relaxed);
  for (;;) {
    uint64_t next = word & ~kListBits;
    const uintptr_t all = list_.state();
    *released =
        word & kDrain ? list_.Grant(&next, competitor, &woken) : nullptr;
    const uintptr_t with_leaving = list_.state();
    uintptr_t rest = with_leaving;
    Waiter* behind = nullptr;
    if (rules != nullptr && !leaves) {
      leaves = !IsGranted(*leaving, next);
      leaving->outcome = leaves ? why : WaitResult::kReady;
      if (leaves) {
        list_.Remove(leaving);
        if (rules->leave != nullptr) rules->leave(&next);
        rest = list_.state();
        behind = list_.Grant(&next, nullptr, &woken);
      }
    }
    next |= BitsOfList();
    // [U1]
    if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
      Waiter::Append(released, behind);
      break;
    }
    list_.TakeBack(behind, rest);
    if (leaves && may_stay) {  // Invariants 6 and 10.
      list_.Restore(leaving, with_leaving);
      leaves = false;
    }
    list_.TakeBack(*released, all);
  }
  if (word & kLockParked) FutexWake(&word_, kAllSleepers);
  if (woken != nullptr) FutexWake(&woken->parked, 1);
  if (leaves) leaving->ring()->Reset();
  return leaves || leaving == nullptr;
}

// Under the list bit: whether a waiter that has joined is off the list.
bool WaitCore::IsGranted(const Waiter& waiter, uint64_t word) noexcept {
  uint64_t what = waiter.request.what;
  const Rules& rules = *waiter.request.rules;
  return rules.broadcasts ? rules.grant(&word, &what) : !waiter.linked;
}

// The end of a primitive that somebody still has to do with.
void WaitCore::Abandon() noexcept {
  const bool is_fork_child = ProcessGeneration() != 0;
  uint64_t word = Read();
  // A wait may see the broadcast, and end this object, before the holder of
  // the list, which the broadcast has released too, has unlocked. In the child
  // of a fork() the holder may not exist: a second is ample for the few
  // instructions that it has left.
  constexpr int64_t kAmple = 1'000'000'000;
  const Deadline deadline =
      is_fork_child ? Deadline(Deadline::kMonotonic, MonotonicNow() + kAmple)
                    : Deadline();
  for (int round = 0; IsHandingOver(word) && !deadline.Passed(); ++round) {
    AwaitChange(word, round, deadline);
    word = Read();  // [D1]
  }
  if constexpr (kDebugChecks) {
    if (word & kLocked) {
      if (is_fork_child) return;
      Fatal("a primitive was destroyed while a wait on it began or gave up");
    }
    const Waiter* const first = list_.own();
    if (first == nullptr) return;
    std::string waiting;
    const Waiter* waiter = first;
    do {
      constexpr const char* kKinds[] = {"thread", "coroutine", "callback",
                                        "wait for any of several"};
      absl::StrAppend(&waiting, "\n  a ",
                      kKinds[static_cast<int>(waiter->kind)]);
      if (waiter->where.line() != 0) {
        absl::StrAppend(&waiting, " that waits at ", waiter->where.file_name(),
                        ":", waiter->where.line());
      }
      waiter = waiter->Next();
    } while (waiter != first);
    Fatal(absl::StrCat(first->request.rules->name,
                       " was destroyed with waiters:", waiting));
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

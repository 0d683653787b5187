# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Mistakes in events and what is below them, one at a time; see schemata.py."""

CORE_H = "sync/internal/wait_core.h"
CORE_CC = "sync/internal/wait_core.cc"
DEADLINE = "sync/internal/deadline.h"
LIST = "sync/internal/wait_list.cc"
LIST_H = "sync/internal/wait_list.h"
WAITER = "sync/internal/waiter.cc"
THREAD = "sync/internal/thread_wait.cc"
LIMITED = "sync/internal/limited_waiter.cc"
LIMITED_H = "sync/internal/limited_waiter.h"
COROUTINE = "sync/internal/coroutine_wait.cc"
COROUTINE_H = "sync/internal/coroutine_wait.h"
TIMER = "sync/internal/timer.cc"
TRAMPOLINE = "sync/internal/trampoline.cc"
BELL = "sync/internal/bell.cc"
QUEUE = "sync/internal/work_queue.cc"
LOCK = "sync/internal/lock.cc"
LOCK_H = "sync/internal/lock.h"
CALLBACK = "sync/callback.cc"
EVENT = "sync/event.h"
WATCH = "sync/event_watch.h"
LOOP = "sync/event_loop.cc"
POOL = "sync/thread_pool.cc"
TASK = "sync/coro/task.cc"

# Those that are tried on every commit: by scenarios, by the inputs of
# //testing/fuzz, and by something else than the model: threads under
# ThreadSanitizer, or a twin of the mutant in testing/spin/event.pml.
CORE = {
    "a broadcast does not ask the holder of the list to release": "threads",
    "a broadcast overlooks the waiters": "threads",
    "a redundant Set() only looks": "threads",
    "published first, detached afterwards": "threads",
    "handed out before it is published": "threads",
    "a broadcast looks at the event once more": "Spin 7",
    "a join does not look at the flag again": "threads",
    "a thread sleeps without a look": "threads",
    "a removal does not look whether the waiter was released": "threads",
    "a time-out takes what was granted": "threads",
    "the next waiter is read after the wake": "threads",
    "a coroutine's frame is touched after it has joined": "threads",
}

# (name, file, (old, new), ...)
MUTANTS = [
    # The broadcast.
    ("a broadcast does not ask the holder of the list to release", CORE_H,
     ("next |= kDrain;", "if (!MUTANT) OLD")),
    ("a broadcast waits for who holds the list", CORE_H,
     ("          next |= kDrain;",
      "          if (MUTANT) {\n"
      "            YieldProcessor();\n"
      "            word = word_.load(std::memory_order_relaxed);\n"
      "            continue;\n"
      "          }\nOLD")),
    ("a broadcast overlooks the waiters", CORE_H,
     ("} else if (word & kHasWaiters) {",
      "} else if (!MUTANT && (word & kHasWaiters)) {")),
    ("a redundant Set() only looks", CORE_H,
     ("      // [B1] Also if it is redundant",
      "      if (MUTANT && next == word) return false;\nOLD")),
    ("published first, detached afterwards", CORE_H,
     ("      released = list_.Grant(&next, nullptr, nullptr);\n"
      "      next |= BitsOfList();",
      "      released =\n"
      "          MUTANT ? nullptr : list_.Grant(&next, nullptr, nullptr);\n"
      "      if (!MUTANT) next |= BitsOfList();"),
     ("    return released;\n",
      "    if (MUTANT) {\n"
      "      word = step(word);\n"
      "      released = list_.Grant(&word, nullptr, nullptr);\n"
      "    }\nOLD")),
    ("handed out before it is published", CORE_H,
     ("      // [B2] A drain asked for meanwhile",
      "      if (MUTANT) {\n"
      "        Trampoline::HandOut(released);\n"
      "        released = nullptr;\n"
      "      }\nOLD")),
    ("a broadcast looks at the event once more", CORE_H,
     ("    return released;\n",
      "    if (MUTANT) word_.load(std::memory_order_relaxed);\nOLD")),
    ("a broadcast does not wake who sleeps for the list", CORE_H,
     ("    if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "    return released;",
      "    if (!MUTANT && (word & kLockParked)) {\n"
      "      FutexWake(&word_, kAllSleepers);\n    }\n    return released;")),
    ("Set() does not count as a broadcast", EVENT,
     ("(word + kOneEpoch) | kSet;", "(word + (MUTANT ? 0 : kOneEpoch)) | kSet;")),
    ("Set() counts where it is redundant", EVENT,
     ("return word & kSet ? word :",
      "return word & kSet ? word + (MUTANT ? kOneEpoch : 0) :")),
    ("Pulse() leaves the flag as it was", EVENT,
     ("return (word + kOneEpoch) & ~kSet;",
      "return (word + kOneEpoch) & ~(MUTANT ? 0 : kSet);")),
    ("Pulse() leaves the flag set", EVENT,
     ("return (word + kOneEpoch) & ~kSet;",
      "return ((word + kOneEpoch) & ~kSet) | (MUTANT ? kSet : 0);")),
    ("Clear() takes the waiters along", EVENT,
     ("core_.ClearBits(Rules::kSet);",
      "core_.ClearBits(Rules::kSet |\n"
      "                    (MUTANT ? internal::WaitCore::kHasWaiters : 0));")),
    ("Clear() takes a drain along", EVENT,
     ("core_.ClearBits(Rules::kSet);",
      "core_.ClearBits(Rules::kSet |\n"
      "                    (MUTANT ? internal::WaitCore::kDrain : 0));")),
    ("Clear() reads, and then writes", CORE_H,
     ("    word_.fetch_and(~bits, std::memory_order_acq_rel);",
      "    if (MUTANT) {\n"
      "      word_.store(word_.load(std::memory_order_acquire) & ~bits,\n"
      "                  std::memory_order_release);\n"
      "      return;\n"
      "    }\nOLD")),
    # The join.
    ("a join does not look at the flag again", CORE_H,
     ("    if (rules.take(&next, &what)) return false;",
      "    if (!MUTANT && rules.take(&next, &what)) return false;")),
    ("a join at once takes the list from its holder", CORE_H,
     ("    if ((word & kLocked) || !LockToJoin(rules, word, waiter)) {",
      "    if ((!MUTANT && (word & kLocked)) ||\n"
      "        !LockToJoin(rules, word, waiter)) {")),
    ("a join at once is not told that it has been given up", CORE_H,
     ("giving_up.gate != nullptr && !giving_up.gate->Join()",
      "giving_up.gate != nullptr && !giving_up.gate->Join() && !MUTANT")),
    ("a join at once forgets whom it has released", CORE_H,
     ("      UnlockAndGrant(nullptr, released, nullptr);\n",
      "OLD      if (MUTANT) *released = nullptr;\n")),
    ("a join at once does not say that there is a waiter", CORE_H,
     ("    if (UnlockAsIs(kHasWaiters)) {",
      "    if (UnlockAsIs(MUTANT ? 0 : kHasWaiters)) {")),
    ("a join remembers another epoch", EVENT,
     ("*what = EpochOf(*word);", "*what = EpochOf(*word) - (MUTANT ? 1 : 0);")),
    ("a join allocates", CORE_H,
     ("    list_.Push(waiter);\n    return true;",
      "    if (MUTANT) ::operator delete(::operator new(1));\nOLD")),
    ("a join does not hear that it was given up", CORE_CC,
     ("giving_up.gate == nullptr || giving_up.gate->Join()",
      "giving_up.gate == nullptr || giving_up.gate->Join() || MUTANT")),
    ("a join that was given up stays on the list", CORE_CC,
     ("  if (!Unlock(waiter, released, waiter)) return std::nullopt;",
      "  if (!Unlock(MUTANT ? nullptr : waiter, released, waiter)) {\n"
      "    return std::nullopt;\n  }")),
    ("a join that was given up ignores the broadcast", CORE_CC,
     ("  if (!Unlock(waiter, released, waiter)) return std::nullopt;",
      "  if (!Unlock(waiter, released, waiter) && !MUTANT) return std::nullopt;"
     )),
    ("a wait looks at the flag before its limits", CORE_H,
     ("    const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "    if (Take(waiter)) return WaitResult::kReady;",
      "    const bool taken = MUTANT && Take(waiter);\n"
      "    const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "    if (MUTANT ? taken : Take(waiter)) return WaitResult::kReady;")),
    ("a wait that is ready at once takes the epoch that it found", EVENT,
     ("*what = EpochOf(*word) - 1;",
      "*what = EpochOf(*word) - (MUTANT ? 0 : 1);")),
    # Unlocking, and leaving.
    ("a leaver ignores the broadcast", CORE_CC,
     ("        word & kDrain ? list_.Grant(&next, competitor, &woken) : nullptr;",
      "        (word & kDrain) && !(MUTANT && leaving != nullptr)\n"
      "            ? list_.Grant(&next, competitor, &woken)\n"
      "            : nullptr;"),
     ("      leaves = !IsGranted(*leaving, next);",
      "      leaves = MUTANT || !IsGranted(*leaving, next);")),
    ("a leaver is not among the released", CORE_CC,
     ("  if (leaves) leaving->ring()->Reset();",
      "OLD\n"
      "  if (MUTANT && leaving != nullptr && !leaves && *released != nullptr) {\n"
      "    if (*released == leaving) *released = leaving->Next();\n"
      "    if (*released == leaving) *released = nullptr;\n"
      "    leaving->ring()->Unlink();\n"
      "  }")),
    ("who unlocks says that nobody waits", CORE_CC,
     ("    next |= BitsOfList();\n    // [U1]",
      "    if (!MUTANT) next |= BitsOfList();\n    // [U1]")),
    ("who unlocks ignores the broadcast", CORE_CC,
     ("        word & kDrain ? list_.Grant(&next, competitor, &woken) : nullptr;",
      "        (word & kDrain) && !(MUTANT && leaving == nullptr)\n"
      "            ? list_.Grant(&next, competitor, &woken)\n"
      "            : nullptr;")),
    ("who unlocks does not wake who sleeps for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  if (woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)",
      "  if (!MUTANT && (word & kLockParked)) FutexWake(&word_, kAllSleepers);\n"
      "  if (woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)")),
    ("who unlocks wakes one of those who sleep for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  if (woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)",
      "  if (word & kLockParked) FutexWake(&word_, MUTANT ? 1 : kAllSleepers);\n"
      "  if (woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)")),
    ("a removal does not look whether the waiter was released", CORE_CC,
     ("      if (IsGranted(*linked, word)) return false;",
      "      if (!MUTANT && IsGranted(*linked, word)) return false;"),
     ("  if (linked == nullptr || linked->linked) return true;",
      "  if (MUTANT || linked == nullptr || linked->linked) return true;"),
     ("      leaves = !IsGranted(*leaving, next);",
      "      leaves = (MUTANT && !(word & kDrain)) ||\n"
      "               !IsGranted(*leaving, next);")),
    ("who finds nothing given does not look whether that is so", CORE_H,
     ("    if (word & (kDrain | kLockParked)) return false;",
      "    if (!MUTANT && (word & (kDrain | kLockParked))) return false;")),
    ("who cannot leave at once is off the list", CORE_H,
     ("      list_.Restore(leaving, before);\n      return false;",
      "      if (!MUTANT) list_.Restore(leaving, before);\n      return false;")),
    ("who leaves is still counted", LIST,
     ("    last->set_count(last->count() - 1);",
      "    if (!MUTANT) last->set_count(last->count() - 1);")),
    ("the last one leaves with the count", LIST,
     ("    waiter->Previous()->set_count(waiter->count() - 1);",
      "    if (!MUTANT) waiter->Previous()->set_count(waiter->count() - 1);")),
    ("who stays after all is not counted", LIST,
     ("  if (waiter != last) last->set_count(last->count() + 1);",
      "  if (!MUTANT && waiter != last) last->set_count(last->count() + 1);")),
    ("a thread that looks may be in front of others", LIST_H,
     ("        waiter.request.rules->broadcasts && (is_thread ||",
      "        (waiter.request.rules->broadcasts || MUTANT) && (is_thread ||")),
    ("a thread is counted among coroutines", LIST,
     ("  if ((state_ & (kHasThreads | kUncounted)) == bits && !(bits & kUncounted)) {",
      "  if (((state_ & (kHasThreads | kUncounted)) == bits || MUTANT) &&\n"
      "      !(bits & kUncounted)) {")),
    ("a broadcast that releases nobody after all hands somebody out", CORE_H,
     ("    if (released == nullptr)",
      "    if (!MUTANT && released == nullptr)")),
    ("who waits for the list does not say so", CORE_CC,
     ("  if (!(word & kLockParked) &&\n", "  if (!MUTANT && !(word & kLockParked) &&\n"),
     ("  FutexWait(word_, static_cast<uint32_t>(word | kLockParked),",
      "  FutexWait(word_, static_cast<uint32_t>(MUTANT ? word : word | kLockParked),"
     )),
    ("who counts the waiters keeps what it has released", CORE_CC,
     ("  Trampoline::HandOut(released);\n  return count;",
      "  if (!MUTANT) OLD\n  return count;")),
    ("a destructor does not wait for who holds the list", CORE_H,
     ("if (word_.load(std::memory_order_acquire) & kListBits) Abandon();",
      "if (!MUTANT && (word_.load(std::memory_order_acquire) & kListBits)) {\n"
      "      Abandon();\n    }")),
    # Giving up.
    ("a wait is given up before it has joined", CORE_CC,
     ("return state_.exchange(kGivenUp, std::memory_order_acq_rel) == kJoined;",
      "const uint32_t was =\n"
      "      state_.exchange(kGivenUp, std::memory_order_acq_rel);\n"
      "  return was == kJoined || (MUTANT && was == 0);")),
    ("a wait is given up twice", CORE_CC,
     ("return state_.exchange(kGivenUp, std::memory_order_acq_rel) == kJoined;",
      "const uint32_t was =\n"
      "      state_.exchange(kGivenUp, std::memory_order_acq_rel);\n"
      "  return was == kJoined || (MUTANT && (was & kJoined));")),
    ("a removal always is a time-out", CORE_CC,
     ("      token.stop_requested() ? WaitResult::kCancelled : "
      "WaitResult::kTimeout;\n  waiter->outcome",
      "      !MUTANT && token.stop_requested() ? WaitResult::kCancelled\n"
      "                                        : WaitResult::kTimeout;\n"
      "  waiter->outcome")),
    ("the token is read before the clock", CORE_H,
     ("    const bool passed = deadline.Passed();\n",
      "    const bool stopped = token != nullptr && token->stop_requested();\n"
      "    const bool passed = deadline.Passed();\n"
      "    if (MUTANT) {\n"
      "      if (stopped) return WaitResult::kCancelled;\n"
      "      return passed ? std::optional(WaitResult::kTimeout) : std::nullopt;\n"
      "    }\n")),
    ("a thread that loses to the broadcast does not wait for its wake", THREAD,
     ("          is_over = waiter.Abort(&released);",
      "          is_over = waiter.Abort(&released) || MUTANT;")),
    ("a thread keeps what it has released by giving up", THREAD,
     ("          Trampoline::HandOut(released);\n          // Otherwise",
      "          if (!MUTANT) Trampoline::HandOut(released);\n"
      "          // Otherwise")),
    ("a thread sleeps on what its join has released", THREAD,
     ("  Trampoline::RunQueued();  // Inside",
      "  if (!MUTANT) Trampoline::RunQueued();  // Inside")),
    ("a thread stands in front of what its join has released", THREAD,
     ("has_left = waiter.request.rules->barging &&",
      "has_left = !MUTANT && waiter.request.rules->barging &&")),
    ("a thread that makes way has its turn first", CORE_CC,
     ("has_turn ? waiter : nullptr", "has_turn || MUTANT ? waiter : nullptr")),
    ("who has it when it tries joins all the same", THREAD,
     ("    is_over = TryForAWhile(request, attempt).has_value() ||",
      "    is_over = (TryForAWhile(request, attempt).has_value() && !MUTANT) ||")),
    ("who has it in time when it tries joins all the same", THREAD,
     ("      ended = TryForAWhile(request, attempt);",
      "      const auto answer = TryForAWhile(request, attempt);\n"
      "      if (!MUTANT) ended = answer;")),
    ("a thread gives up its place where that is in turn", THREAD,
     ("has_left = waiter.request.rules->barging &&",
      "has_left = (MUTANT || waiter.request.rules->barging) &&")),
    ("a thread sleeps on what it has given up to wait", THREAD,
     ("      (*then)();\n      Trampoline::RunQueued();",
      "      (*then)();\n      if (!MUTANT) Trampoline::RunQueued();")),
    ("a wait that is over at once leaves its limits behind", LIMITED_H,
     ("    if (ended.has_value()) Disarm();",
      "    if (!MUTANT && ended.has_value()) Disarm();")),
    ("a coroutine that is given up as it begins misses a broadcast", LIMITED,
     ("  if (GivenUp().has_value()) return Begin();",
      "  if (GivenUp().has_value()) return MUTANT ? GivenUp() : Begin();")),
    ("a stop leaves its registration behind", LIMITED,
     ("  if (IsIn(released)) EndStop();",
      "  if (!MUTANT && IsIn(released)) EndStop();")),
    ("a stop that is too late runs the code of others", LIMITED,
     ("  if (!IsIn(released)) {", "  if (!MUTANT && !IsIn(released)) {")),
    ("a stop that is too late lets go of the wait too early", LIMITED,
     ("    EndStop();\n    destroys_stop_.store(kDone,",
      "    if (!MUTANT) EndStop();\n    destroys_stop_.store(kDone,")),
    ("nobody waits for a stop that is too late", LIMITED,
     ("    while (destroys_stop_.load(std::memory_order_acquire) != kDone) {",
      "    while (!MUTANT &&\n"
      "           destroys_stop_.load(std::memory_order_acquire) != kDone) {")),
    ("who waits for a stop that is too late sleeps on", LIMITED,
     ("    FutexWake(&destroys_stop_, kAllSleepers);",
      "    if (!MUTANT) FutexWake(&destroys_stop_, kAllSleepers);")),
    ("what a stop that is too late has left is lost", LIMITED,
     ("  Trampoline::HandOut(left);",
      "  if (!MUTANT) Trampoline::HandOut(left);")),
    ("a thread loses what a stop that is too late has left", THREAD,
     ("  waiter.DisarmStop();\n", "  if (!MUTANT) waiter.DisarmStop();\n")),
    ("a stop takes what was granted", LIMITED,
     ("  if (core_->Remove(this, token_, &released)) {",
      "  if (core_->Remove(this, token_, &released) ||\n"
      "      (MUTANT && token_.stop_requested())) {")),
    ("a time-out takes what was granted", LIMITED,
     ("  if (core_->Remove(this, token_, &released)) {",
      "  if (core_->Remove(this, token_, &released) ||\n"
      "      (MUTANT && !token_.stop_requested())) {")),
    ("a resumed coroutine leaves its limit behind", COROUTINE,
     ("  if (executor() == nullptr) return DisarmOrLeave();",
      "  if (MUTANT) return true;\nOLD")),
    ("a coroutine that is destroyed leaves its limit behind", COROUTINE,
     ("  // Given back.\n  }\n  Disarm();",
      "  // Given back.\n  }\n  if (!MUTANT) Disarm();")),
    # The clocks.
    ("who waits by the wall clock looks at it when the limit should come",
     DEADLINE,
     ("std::min(nanos_ - now, kLongest)",
      "(MUTANT ? nanos_ - now : std::min(nanos_ - now, kLongest))")),
    ("a limit on the wall clock becomes one on the other", DEADLINE,
     ("    if (clock_ != kDuration || never()) return *this;",
      "    if (MUTANT && clock_ == kWall && !never()) {\n"
      "      return Deadline(kMonotonic, MonotonicNow() + nanos_ - WallNow());\n"
      "    }\nOLD")),
    ("a limit that a closed loop refuses is kept nowhere", LIMITED,
     ("    if (timers == nullptr || !timers->Arm(this)) SharedTimers().Arm(this);",
      "    if (timers == nullptr || (!timers->Arm(this) && !MUTANT)) {\n"
      "      SharedTimers().Arm(this);\n    }")),
    ("the latest limits come at once", DEADLINE,
     ("nanos_ > kNever - now ? kNever : now + nanos_",
      "nanos_ > kNever - now\n"
      "            ? (MUTANT ? INT64_MIN : kNever) : now + nanos_")),
    # Parking.
    ("a thread sleeps without a look", WAITER,
     ("      FutexWait(sleeps_on, asleep, deadline.NextLook());",
      "      if (MUTANT) asleep = sleeps_on.load(std::memory_order_relaxed);\n"
      "OLD")),
    ("a thread whose limit has passed counts as asleep", WAITER,
     ("      if (value == kAwake || parked",
      "      if (MUTANT || value == kAwake || parked")),
    ("a waker wakes, and then says why", WAITER,
     ("  if (waiter->Release(how)) return;",
      "  if (MUTANT) FutexWake(parked, 1);\n"
      "  if (waiter->Release(how) || MUTANT) return;")),
    ("a waker looks at the waiter once more", WAITER,
     ("  if (waiter->Release(how)) return;",
      "OLD  if (MUTANT) waiter->parked.load(std::memory_order_relaxed);\n")),
    ("a waker does not wake", WAITER,
     ("  if (waiter->Release(how)) return;",
      "  if (waiter->Release(how) || MUTANT) return;")),
    ("a thread that sleeps does not say so", WAITER,
     ("    if (value == kAsleep ||", "    if (MUTANT || value == kAsleep ||"),
     ("      FutexWait(sleeps_on, asleep,",
      "      if (MUTANT && word == 0) asleep = value;\nOLD")),
    ("a thread that is released while it is awake wakes others", WAITER,
     ("  waiter->prev = nullptr;  // It wakes nobody.",
      "  if (!MUTANT) waiter->prev = nullptr;")),
    ("a thread that is released while it is awake stays in its ring", WAITER,
     ("  waiter->ring()->Unlink();\n  waiter->prev = nullptr;",
      "  if (!MUTANT) waiter->ring()->Unlink();\n  waiter->prev = nullptr;")),
    ("a thread that falls asleep as it is released is forgotten", WAITER,
     ("    behind->Push(waiter->ring());",
      "    if (!MUTANT) behind->Push(waiter->ring());")),
    ("a thread that sleeps is released and not woken", WAITER,
     ("  if (waiter->parked.load(std::memory_order_relaxed) != awake) return;",
      "  if (MUTANT) awake = waiter->parked.load(std::memory_order_relaxed);\n"
      "OLD")),
    ("a thread that was woken wakes nobody", WAITER,
     ("        Unpark(prev);", "        if (!MUTANT) Unpark(prev);")),
    ("the second of several threads keeps the others", WAITER,
     ("  if (behind == this) return;", "  if (behind == this || MUTANT) return;")),
    ("the second of several threads stays among the others", WAITER,
     ("  ring()->Unlink();\n  End(From(behind),",
      "  if (!MUTANT) ring()->Unlink();\n  End(From(behind),")),
    ("the third of several threads does not have the others woken", WAITER,
     ("        Arrange();", "        if (MUTANT) prev = nullptr;\n"
      "        if (!MUTANT) Arrange();")),
    ("the first of several threads is not woken", WAITER,
     ("  End(first, Parked::kReleased);",
      "  if (!MUTANT) End(first, Parked::kReleased);")),
    ("the first of several threads wakes others too", WAITER,
     ("  first->prev = nullptr;", "  if (!MUTANT) first->prev = nullptr;")),
    ("the second of several threads is not woken", WAITER,
     ("  if (has_second) End(", "  if (has_second && !MUTANT) End(")),
    ("who releases threads looks at the first once more", WAITER,
     ("  if (has_second) End(second, Parked::kLeads);",
      "OLD  if (MUTANT) first->parked.load(std::memory_order_relaxed);\n")),
    ("any wake is taken for the broadcast", WAITER,
     ("      FutexWait(sleeps_on, asleep, deadline.NextLook());",
      "OLD\n      if (MUTANT) return Parked::kReleased;")),
    # Threads that sleep together.
    ("who wakes threads that sleep together leaves their word as it is", WAITER,
     ("  shared->fetch_add(1, ", "  shared->fetch_add(MUTANT ? 0 : 1, ")),
    ("a thread looks at the word of many after its own", WAITER,
     ("    const auto why = static_cast<Parked>(value);",
      "    if (MUTANT && word != 0) {\n"
      "      asleep = sleeps_on.load(std::memory_order_acquire);\n    }\nOLD")),
    ("one of those who sleep together is woken", WAITER,
     ("  FutexWake(shared, kAllSleepers);",
      "  FutexWake(shared, MUTANT ? 1 : kAllSleepers);")),
    ("threads that sleep together are woken on their own words", WAITER,
     ("  if (word == 0) {\n    FutexWake(parked, 1);",
      "  if (MUTANT || word == 0) {\n    FutexWake(parked, 1);")),
    ("threads that sleep together are not woken", WAITER,
     ("  if (!are_awake) WakeTogether(word);",
      "  if (!MUTANT && !are_awake) WakeTogether(word);")),
    ("those who sleep together are woken before they are released", WAITER,
     ("  const uint8_t word = From(group)->word();",
      "OLD  if (MUTANT && word != 0) WakeTogether(word);"),
     ("  if (!are_awake) WakeTogether(word);",
      "  if (!MUTANT && !are_awake) WakeTogether(word);")),
    ("the third of several threads forgets those it has slept with", WAITER,
     ("    if (before == this ||", "    if ((!MUTANT && before == this) ||")),
    ("those who sleep together are one group with those behind them", WAITER,
     ("waiter->word() != before->word() ||",
      "(!MUTANT && waiter->word() != before->word()) ||")),
    ("a group does not end", WAITER,
     ("      before->next = nullptr;",
      "      if (!MUTANT) before->next = nullptr;")),
    ("a group wakes nobody", WAITER,
     ("      waker->prev = waiter;",
      "      if (!MUTANT || waker == this) waker->prev = waiter;")),
    # Handing out.
    ("the next waiter is read after the wake", WAITER,
     ("  Waiter* const second = ", "  Waiter* second = "),
     ("  End(first, Parked::kReleased);",
      "OLD\n  if (MUTANT && has_second) {\n"
      "    first->parked.load(std::memory_order_relaxed);\n"
      "    second = first->Next();\n  }")),
    ("the next of a group is read after the wake", WAITER,
     ("    group = group->next;\n", "    if (!MUTANT) group = group->next;\n"),
     ("      are_awake = false;\n    }\n",
      "OLD    if (MUTANT) {\n"
      "      waiter->parked.load(std::memory_order_relaxed);\n"
      "      group = waiter->next;\n    }\n")),
    ("whom an arm releases comes before those in front of it", TRAMPOLINE,
     ("        node->Append(owner->ring());\n",
      "        if (MUTANT) {\n          HandOut(owner);\n"
      "          continue;\n        }\nOLD")),
    ("whom an arm releases counts as the arm does", TRAMPOLINE,
     ("        --count;", "        if (!MUTANT) --count;")),
    ("a broadcast to threads looks at what its own thread has queued",
     TRAMPOLINE,
     ("  if (self == nullptr) {\n    UnparkAll",
      "  if (MUTANT && self == nullptr) self = &Self();\nOLD")),
    ("a thread is woken behind the posts behind it", TRAMPOLINE,
     ("      UnparkAll(threads);\n",
      "      if (!MUTANT) UnparkAll(threads);\n")),
    ("a resumed coroutine resumes others inside of it", TRAMPOLINE,
     ("  if (!self->is_running && !self->queue.alone()) RunQueue(*self);",
      "  if ((MUTANT || !self->is_running) && !self->queue.alone()) {\n"
      "    RunQueue(*self);\n  }")),
    ("a coroutine resumes those of another event inside of it", TRAMPOLINE,
     ("  if (!self.is_running) RunQueue(self);\n  return count;",
      "  if (MUTANT || !self.is_running) RunQueue(self);\n  return count;")),
    ("one that is destroyed does not know that it is queued", COROUTINE,
     ("void CoroutineWait::Destroyed() noexcept {\n  Trampoline::MarkQueued();",
      "void CoroutineWait::Destroyed() noexcept {\n"
      "  if (!MUTANT) Trampoline::MarkQueued();")),
    ("one with a limit that is destroyed does not know that it is queued",
     COROUTINE,
     ("void LimitedCoroutineWait::Destroyed() noexcept {\n"
      "  Trampoline::MarkQueued();",
      "void LimitedCoroutineWait::Destroyed() noexcept {\n"
      "  if (!MUTANT) Trampoline::MarkQueued();")),
    ("what comes behind those that have said that they are queued does not",
     TRAMPOLINE,
     ("  if (self.unmarked == &self.queue) self.unmarked = first->ring();",
      "  if (self.unmarked == &self.queue && !(MUTANT && self.is_running)) {\n"
      "    self.unmarked = first->ring();\n  }")),
    ("what an executor runs at once comes before the rest", TRAMPOLINE,
     ("  const bool was_running = std::exchange(self.is_running, true);\n"
      "  Ring threads;",
      "  const bool was_running = self.is_running;\n"
      "  if (!MUTANT) self.is_running = true;\n"
      "  Ring threads;")),
    ("what an executor runs at once runs inside of Post()", TRAMPOLINE,
     ("  const bool was_running = std::exchange(self.is_running, true);\n"
      "  if (!Post(first",
      "  const bool was_running = self.is_running;\n"
      "  if (!MUTANT) self.is_running = true;\n"
      "  if (!Post(first")),
    ("one that an executor refuses is lost", TRAMPOLINE,
     ("  if (!Post(first, first->executor())) Enqueue",
      "  if (!Post(first, first->executor()) && !MUTANT) Enqueue")),
    ("one that waited alone is run by nobody", TRAMPOLINE,
     ("  if (!was_running && !self.queue.alone()) RunQueue(self);\n  return 1;",
      "  if (!MUTANT && !was_running && !self.queue.alone()) {\n"
      "    RunQueue(self);\n  }\n  return 1;")),
    ("work that an executor refuses is lost", TRAMPOLINE,
     ("      if (!Post(waiter, executor)) Enqueue",
      "      if (!Post(waiter, executor) && !MUTANT) Enqueue")),
    ("a coroutine's frame is touched after it has joined", COROUTINE_H,
     ("    if (core_.JoinNow(R::kRules, this, kNeverGivesUp, &released).has_value()) {\n"
      "      set_stage(Stage::kOver);\n"
      "      return false;\n"
      "    }\n"
      "    // It has joined: the frame may be gone.\n"
      "    Trampoline::HandOut(released);\n",
      "OLD    if (MUTANT) request.what = 0;\n")),
    ("a coroutine that suspends forgets where it is to resume", COROUTINE_H,
     ("    wait_.set_executor(asked.executor);",
      "    if (!MUTANT) wait_.set_executor(asked.executor);")),
    ("what a suspended wait got is looked for where it was asked", COROUTINE_H,
     ("    return state_ == State::kWait ? wait_.what() : asked_.what;",
      "    return state_ == State::kWait && !MUTANT ? wait_.what() : asked_.what;")),
    ("a suspended coroutine asks for something else", COROUTINE_H,
     ("Request{&R::kRules, asked.what}",
      "Request{&R::kRules, MUTANT ? 0 : asked.what}")),
    ("Remove() says that what has begun was removed", CALLBACK,
     ("  if (Abort(&released)) {", "  if (Abort(&released) || MUTANT) {")),
    ("Remove() keeps what it has released", CALLBACK,
     ("    // It may be among them, and gone once it has run.\n"
      "    internal::Trampoline::HandOut(released);",
      "    if (!MUTANT) internal::Trampoline::HandOut(released);")),
    ("a callback does not say that it runs", CALLBACK,
     ("  self->state_.store(State::kRuns, std::memory_order_relaxed);",
      "  if (!MUTANT) OLD")),
    # Timers and executors.
    ("a loop that ends keeps its limits by the wall clock", TIMER,
     ("    for (TimerWheel& wheel : wheels_) {\n      while (TimedWaiter",
      "    for (TimerWheel& wheel : wheels_) {\n"
      "      if (MUTANT && &wheel == &wheels_[1]) continue;\n"
      "      while (TimedWaiter")),
    ("a timer is armed, and nobody is told", TIMER,
     ("  if (is_early) bell_.Ring();\n  return true;",
      "  if (!MUTANT && is_early) bell_.Ring();\n  return true;")),
    ("a timer fires by a reading of before it was armed", TIMER,
     ("      if (is_wall && !timer->deadline().Passed()) {",
      "      if (!MUTANT && is_wall && !timer->deadline().Passed()) {")),
    ("a timer that was left to its owner is not handed out", TIMER,
     ("  HandOutLeft();\n  bool more = false;",
      "  if (!MUTANT) HandOutLeft();\n  bool more = false;")),
    ("a queue that closes keeps what was left to it", TIMER,
     ("looks for the heir.\n  HandOutLeft();",
      "looks for the heir.\n  if (!MUTANT) HandOutLeft();")),
    ("a queue refuses what is left to it before the heir has its timers", TIMER,
     ("  if (has_timers) {", "  if (MUTANT) left_.Close();\nOLD")),
    ("a timer that fires is not waited for", TIMER,
     ("    if (must_wait) FutexWait(queue->disarming_, 1, kNever);",
      "    if (MUTANT && must_wait) return;\nOLD")),
    ("a time-out is handed out under the timers' lock", TIMER,
     ("  lock_.unlock();\n  Trampoline::HandOut(released);\n  return fired",
      "  if (!MUTANT) lock_.unlock();\n  Trampoline::HandOut(released);\n"
      "  if (MUTANT) lock_.unlock();\n  return fired")),
    ("who waits for a timer that fires is not woken", TIMER,
     ("    FutexWake(&disarming_, kAllSleepers);", "    if (!MUTANT) OLD")),
    ("a time-out is forgotten for the next one", TIMER,
     ("      Waiter::Append(&released, Fire(timer));",
      "      if (MUTANT) released = nullptr;\nOLD")),
    ("a worker sleeps without a look", BELL,
     ("  if (static_cast<uint32_t>(before) == heard) {",
      "  if (MUTANT || static_cast<uint32_t>(before) == heard) {"),
     ("    FutexWait(state_, heard, deadline);",
      "    FutexWait(state_, MUTANT ? static_cast<uint32_t>(before) : heard,\n"
      "              deadline);")),
    ("a ring does not wake", BELL,
     ("  if (!HasSleepers(state)) return;",
      "  if (MUTANT || !HasSleepers(state)) return;")),
    ("who has been woken is still taken for on its way", BELL,
     ("(state - kOneSleeper) & ~kWoken,",
      "(state - kOneSleeper) & (MUTANT ? ~uint64_t{0} : ~kWoken),")),
    ("a thread of a pool that was woken leaves the others asleep", POOL,
     ("    if (more) bell_.PassOn();", "    if (!MUTANT && more) bell_.PassOn();")),
    ("of a batch only the last is run", QUEUE,
     ("    first = last->prev;",
      "    first = MUTANT ? last : last->prev;")),
    ("what a loop posts itself overtakes what came before", QUEUE,
     ("  TakePushed();  // What happened before goes first.",
      "  if (!MUTANT) TakePushed();")),
    ("a loop that is stopped accepts what it posts itself", QUEUE,
     ("  if (closed()) return false;\n  Append(first, last);",
      "  if (!MUTANT && closed()) return false;\n  Append(first, last);")),
    ("a loop sleeps though it has posted something itself", LOOP,
     ("    if (queue_.any()) continue;",
      "    if (!MUTANT && queue_.any()) continue;")),
    ("a batch that is refused is left as it was to be", QUEUE,
     ("  last->next = &works;\n  last->prev = before_last;",
      "  if (MUTANT) return false;\nOLD")),
    ("what is for another executor goes with the others", TRAMPOLINE,
     ("    if (waiter->executor() != executor) break;",
      "    if (!MUTANT && waiter->executor() != executor) break;")),
    ("a bell does not wait for who is at it", BELL,
     ("    if (state_.load(std::memory_order_acquire) < kOneEntered) return;",
      "    if (MUTANT) return;\nOLD")),
    ("a closed queue takes work", QUEUE,
     ("  while (!pushed && !(top & kClosed)) {",
      "  while (!pushed && (MUTANT || !(top & kClosed))) {")),
    ("a lock forgets that others sleep for it", LOCK,
     ("  while (state_.exchange(2, std::memory_order_acquire) != 0) {",
      "  while (state_.exchange(MUTANT ? 1 : 2, std::memory_order_acquire) != 0) {"
     )),
    ("a lock does not wake", LOCK_H,
     ("      FutexWake(&state_, 1);",
      "      if (!MUTANT) FutexWake(&state_, 1);")),
    ("a task's end runs who awaits it though it has not suspended", TASK,
     ("  if (met_.exchange(true, std::memory_order_acq_rel)) {",
      "  if (met_.exchange(true, std::memory_order_acq_rel) || MUTANT) {")),
    ("a watch forgets one that it has missed", WATCH,
     ("      missed_ = epoch - seen_ - 1;",
      "      missed_ = epoch - seen_ - 1;\n"
      "      if (MUTANT && missed_ > 0) --missed_;")),
    # Granting.
    ("who takes something back changes the order", LIST,
     ("  if (state_ != 0) first()->ring()->Append(granted->ring());\n",
      "  const bool is_rest = state_ != 0;\n"
      "  if (is_rest) first()->ring()->Append(granted->ring());\n"
      "  if (MUTANT && is_rest) return;\n")),
    ("who takes something back leaves two rings", LIST,
     ("  if (state_ != 0) first()->ring()->Append(granted->ring());",
      "  if (!MUTANT && state_ != 0) first()->ring()->Append(granted->ring());")),
    ("who is put back is said to be off the list", LIST,
     ("  waiter->linked = true;\n  if (before == 0",
      "  if (!MUTANT) waiter->linked = true;\n  if (before == 0")),
    ("a grant passes over the first", LIST,
     ("  Waiter* rest = GrantTakers(word, competitor, woken);\n",
      "  if (Waiter* const second = first->Next(); MUTANT && second != first) {\n"
      "    const auto can = [word](const Waiter& waiter) {\n"
      "      uint64_t left = *word;\n"
      "      uint64_t asked = waiter.request.what;\n"
      "      return waiter.request.rules->grant(&left, &asked);\n"
      "    };\n"
      "    if (!can(*first) && can(*second)) {\n"
      "      state_ = reinterpret_cast<uintptr_t>(second) | (state_ & kBits);\n"
      "      return Grant(word, competitor, woken);\n"
      "    }\n  }\nOLD")),
    ("a grant stops after the first", LIST,
     ("    if (rest == first) return nullptr;\n",
      "OLD    if (MUTANT) return rest;\n")),
    ("who looks in vain is in the way of who sees", LIST,
     ("      if (next == first) return nullptr;\n    }\n",
      "      if (next == first) return nullptr;\n"
      "    } else if (MUTANT) {\n      return rest;\n    }\n")),
    ("who is granted does not learn what", LIST,
     ("    rest->request.what = what;",
      "    if (!MUTANT) rest->request.what = what;")),
    ("who is granted is said to be on the list", LIST,
     ("    rest->linked = false;\n    rest = rest->Next();\n    if",
      "    if (!MUTANT) rest->linked = false;\n    rest = rest->Next();\n    if")
     ),
    ("who is removed is said to be on the list", LIST,
     ("  waiter->linked = false;\n  // One",
      "  if (!MUTANT) waiter->linked = false;\n  // One")),
    ("who leaves does not look whether it is on the list", CORE_CC,
     ("  return rules.broadcasts ? rules.grant(&word, &what) : !waiter.linked;",
      "  return rules.broadcasts ? rules.grant(&word, &what)\n"
      "                          : !MUTANT && !waiter.linked;"),
     ("  if (linked == nullptr || linked->linked) return true;",
      "  if (MUTANT || linked == nullptr || linked->linked) return true;")),
    ("who leaves says why once it has unlocked the list", CORE_CC,
     ("  waiter->outcome = why;\n  if (!Unlock",
      "  if (!MUTANT) waiter->outcome = why;\n  if (!Unlock"),
     ("  return true;\n}\n\n// In the child",
      "  if (MUTANT) waiter->outcome = why;\nOLD")),
    ("who was granted as it left says why it left", CORE_CC,
     ("      leaving->outcome = leaves ? why : WaitResult::kReady;",
      "      leaving->outcome = MUTANT || leaves ? why : WaitResult::kReady;")),
    ("who leaves does not make way", CORE_CC,
     ("        behind = list_.Grant(&next, nullptr, &woken);",
      "        if (!MUTANT) behind = list_.Grant(&next, nullptr, &woken);")),
    ("who has left stays after all, and another was marked", CORE_CC,
     ("    if (leaves && may_stay) {", "    if (leaves && (MUTANT || may_stay)) {")),
    ("who leaves a barrier has left though its phase ends", CORE_CC,
     ("rules->broadcasts || rules->leave != nullptr);",
      "rules->broadcasts ||\n       (!MUTANT && rules->leave != nullptr));")),
    ("what is given to those who wait is taken by others", CORE_H,
     ("      next |= kLocked | kDrain;  // Invariants 7 and 9.\n"
      "      locks = !(word & kLocked);",
      "      locks = !(word & kLocked);\n"
      "      next |= kLocked | (MUTANT && locks ? 0 : kDrain);")),
    ("who gives does not release those who wait", CORE_H,
     ("      locks = !(word & kLocked);",
      "      if (MUTANT && !(word & kLocked)) next &= ~(kLocked | kDrain);\n"
      "      locks = !MUTANT && !(word & kLocked);")),
    ("who gives does not ask the holder of the list to grant it", CORE_H,
     ("      next |= kLocked | kDrain;  // Invariants 7 and 9.",
      "      next |= kLocked | (MUTANT && (word & kLocked) ? 0 : kDrain);")),
    ("who unlocks takes back nobody", CORE_CC,
     ("    list_.TakeBack(*released, all);",
      "    if (!MUTANT) list_.TakeBack(*released, all);")),
    ("who gives takes back nobody", CORE_H,
     ("      list_.TakeBack(released, before);",
      "      if (!MUTANT) list_.TakeBack(released, before);")),
    ("who leaves forgets those for whom it made way", CORE_CC,
     ("      Waiter::Append(released, behind);",
      "      if (!MUTANT || *released != nullptr) OLD")),
    ("who unlocks forgets those behind who leaves", CORE_CC,
     ("      Waiter::Append(released, behind);",
      "      if (!MUTANT || *released == nullptr) OLD")),
    ("a join that was given up forgets whom it has released", CORE_CC,
     ("  Trampoline::HandOut(std::exchange(*released, nullptr));",
      "  if (!MUTANT) Trampoline::HandOut(*released);\n"
      "  *released = nullptr;")),
    ("who gives up for another forgets whom it has released", LIMITED,
     ("    Append(&released, behind);", "    if (!MUTANT) OLD")),
    ("a coroutine that is destroyed forgets whom it has released", COROUTINE,
     ("  set_stage(Stage::kOver);\n  Trampoline::HandOut(released);\n}",
      "  set_stage(Stage::kOver);\n"
      "  if (!MUTANT) Trampoline::HandOut(released);\n}")),
    ("a coroutine with a limit that is destroyed forgets whom it has released",
     COROUTINE,
     ("    set_stage(Stage::kOver);\n    Trampoline::HandOut(released);\n  }",
      "    set_stage(Stage::kOver);\n"
      "    if (!MUTANT) Trampoline::HandOut(released);\n  }")),
    ("a callback that is ready in its own function is taken for removed",
     CALLBACK,
     ("    state_.store(run == nullptr ? State::kIdle",
      "    state_.store(MUTANT || run == nullptr ? State::kIdle")),
    ("a callback does not learn what was there when it was added", CALLBACK,
     ("    if (*ended == WaitResult::kReady) ",
      "    if (!MUTANT && *ended == WaitResult::kReady) ")),
    ("a callback does not learn what it was granted", CALLBACK,
     ("  if (self->outcome == WaitResult::kReady) {",
      "  if (!MUTANT && self->outcome == WaitResult::kReady) {")),
    ("a callback that is removed forgets whom it has released", CALLBACK,
     ("    internal::Trampoline::HandOut(released);\n    return kRemoved;",
      "    if (!MUTANT) internal::Trampoline::HandOut(released);\n"
      "    return kRemoved;")),
    ("who takes gives to nobody", CORE_H,
     ("TryGive(word, next, true)) return true;",
      "TryGive(word, next, !MUTANT)) return true;")),
    ("who takes does not learn what", CORE_CC,
     ("  if (taken) waiter->request.what = what;",
      "  if (!MUTANT && taken) waiter->request.what = what;")),
    ("who joins does not say so", CORE_H,
     ("    if (rules.join != nullptr) rules.join(&next, &what);\n"
      "    // [L1] Where to join",
      "    if (!MUTANT && rules.join != nullptr) rules.join(&next, &what);\n"
      "    // [L1] Where to join")),
]

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Mistakes in the library's algorithms, one at a time; see schemata.py."""

CORE_H = "sync/internal/wait_core.h"
CORE_CC = "sync/internal/wait_core.cc"
DEADLINE = "sync/internal/deadline.h"
LIST = "sync/internal/wait_list.cc"
LIST_H = "sync/internal/wait_list.h"
WAITER = "sync/internal/waiter.cc"
THREAD = "sync/internal/thread_wait.cc"
LIMITED = "sync/internal/limited_waiter.cc"
COROUTINE = "sync/internal/coroutine_wait.cc"
TIMER = "sync/internal/timer.cc"
TRAMPOLINE = "sync/internal/trampoline.cc"
BELL = "sync/internal/bell.cc"
QUEUE = "sync/internal/work_queue.cc"
LOCK = "sync/internal/lock.cc"
CALLBACK = "sync/callback.cc"
EVENT = "sync/event.h"
WATCH = "sync/event_watch.h"
POOL = "sync/thread_pool.cc"
TASK = "sync/coro/task.cc"
WHEN_ANY = "sync/coro/when_any.cc"
LAZY = "sync/coro/lazy.h"
SCOPE = "sync/coro/scope.h"
SCOPE_CC = "sync/coro/scope.cc"
GATHER_CC = "sync/coro/gather.cc"
WITH_TIMEOUT_H = "sync/coro/with_timeout.h"
WITH_TIMEOUT_CC = "sync/coro/with_timeout.cc"
ONE_SHOT = "sync/one_shot.h"
SEMAPHORE = "sync/semaphore.h"
SEMAPHORE_CC = "sync/semaphore.cc"
AUTO_RESET = "sync/auto_reset_event.h"
LATCH = "sync/latch.h"
LATCH_CC = "sync/latch.cc"
MUTEX = "sync/mutex.h"
SHARED_MUTEX = "sync/shared_mutex.h"
CONDITION = "sync/condition.h"
CONDITION_CC = "sync/condition.cc"
BARRIER_CC = "sync/barrier.cc"
ANY = "sync/internal/any_wait.cc"
WAIT_ANY_CC = "sync/wait_any.cc"
ALL = "sync/internal/all_wait.cc"
WAIT_ALL_CC = "sync/wait_all.cc"
QUEUE_CORE = "sync/internal/queue_core.cc"
QUEUE_CORE_H = "sync/internal/queue_core.h"
QUEUE_H = "sync/queue.h"

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
    ("published first, detached afterwards", CORE_CC,
     ("    released = list_.Grant(&next, nullptr, nullptr);\n"
      "    next |= BitsOfList();",
      "    released = MUTANT ? nullptr : list_.Grant(&next, nullptr, nullptr);\n"
      "    if (!MUTANT) next |= BitsOfList();"),
     ("  return released;\n",
      "  if (MUTANT) {\n"
      "    word = step(word);\n"
      "    released = list_.Grant(&word, nullptr, nullptr);\n"
      "  }\nOLD")),
    ("handed out before it is published", CORE_CC,
     ("    // [B2] A drain asked for meanwhile",
      "    if (MUTANT) Trampoline::HandOut(std::exchange(released, nullptr));\n"
      "OLD")),
    ("a broadcast looks at the event once more", CORE_CC,
     ("  return released;\n",
      "  if (MUTANT) word_.load(std::memory_order_relaxed);\nOLD")),
    ("a broadcast does not wake who sleeps for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  return released;",
      "  if (!MUTANT && (word & kLockParked)) FutexWake(&word_, kAllSleepers);\n"
      "  return released;")),
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
    ("a join does not look at the flag again", CORE_CC,
     ("    if (rules.take(&next, &what)) continue;",
      "    if (!MUTANT && rules.take(&next, &what)) continue;")),
    ("a join remembers another epoch", EVENT,
     ("*what = EpochOf(*word);", "*what = EpochOf(*word) - (MUTANT ? 1 : 0);")),
    ("a join allocates", CORE_CC,
     ("  list_.Push(waiter);\n  if (giving_up.gate",
      "  if (MUTANT) ::operator delete(::operator new(1));\nOLD")),
    ("a join does not hear that it was given up", CORE_CC,
     ("giving_up.gate == nullptr || giving_up.gate->Join()",
      "giving_up.gate == nullptr || giving_up.gate->Join() || MUTANT")),
    ("a join that was given up stays on the list", CORE_CC,
     ("  if (!Unlock(waiter, released)) return std::nullopt;",
      "  if (!Unlock(MUTANT ? nullptr : waiter, released)) return std::nullopt;"
     )),
    ("a join that was given up ignores the broadcast", CORE_CC,
     ("  if (!Unlock(waiter, released)) return std::nullopt;",
      "  if (!Unlock(waiter, released) && !MUTANT) return std::nullopt;")),
    ("a wait looks at the flag before its limits", CORE_CC,
     ("  const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "  if (Take(waiter)) return WaitResult::kReady;",
      "  const bool taken = MUTANT && Take(waiter);\n"
      "  const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "  if (MUTANT ? taken : Take(waiter)) return WaitResult::kReady;")),
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
     ("    if (leaving != nullptr) list_.Restore(leaving, before);",
      "    if (!MUTANT && leaving != nullptr) list_.Restore(leaving, before);")),
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
    ("a broadcast that releases nobody after all hands somebody out", CORE_CC,
     ("  return count == 0 || released == nullptr",
      "  return count == 0 || (!MUTANT && released == nullptr)")),
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
     ("return state_.fetch_or(kGivenUp, std::memory_order_acq_rel) == kJoined;",
      "const uint32_t was =\n"
      "      state_.fetch_or(kGivenUp, std::memory_order_acq_rel);\n"
      "  return was == kJoined || (MUTANT && was == 0);")),
    ("a wait is given up twice", CORE_CC,
     ("return state_.fetch_or(kGivenUp, std::memory_order_acq_rel) == kJoined;",
      "const uint32_t was =\n"
      "      state_.fetch_or(kGivenUp, std::memory_order_acq_rel);\n"
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
    ("a wait that is over at once leaves its limits behind", LIMITED,
     ("  if (ended.has_value()) Disarm();",
      "  if (!MUTANT && ended.has_value()) Disarm();")),
    ("a stop leaves its registration behind", LIMITED,
     ("  if (IsIn(released)) stop_.reset();",
      "  if (!MUTANT && IsIn(released)) stop_.reset();")),
    ("a stop that is too late runs the code of others", LIMITED,
     ("  if (!IsIn(released)) {", "  if (!MUTANT && !IsIn(released)) {")),
    ("a stop that is too late lets go of the wait too early", LIMITED,
     ("    stop_.reset();\n    destroys_stop_.store(kDone,",
      "    if (!MUTANT) stop_.reset();\n    destroys_stop_.store(kDone,")),
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
     ("    FutexWait(parked, kAsleep, deadline.NextLook());",
      "    FutexWait(parked,\n"
      "              MUTANT ? parked.load(std::memory_order_relaxed) : kAsleep,\n"
      "              deadline.NextLook());")),
    ("a waker wakes, and then says why", WAITER,
     ("    // [P1]: the last touch.",
      "    if (MUTANT) FutexWake(address, 1);\nOLD"),
     ("    FutexWake(address, 1);", "    if (!MUTANT) FutexWake(address, 1);")),
    ("a waker looks at the waiter once more", WAITER,
     ("    FutexWake(address, 1);",
      "OLD\n    if (MUTANT) waiter->parked.load(std::memory_order_relaxed);")),
    ("a waker does not wake", WAITER,
     ("    FutexWake(address, 1);", "    if (!MUTANT) FutexWake(address, 1);")),
    ("a thread that was woken wakes nobody", WAITER,
     ("        Unpark(prev);", "        if (!MUTANT) Unpark(prev);")),
    ("the first of several threads does not have the others woken", WAITER,
     ("        Arrange(this);", "        if (MUTANT) prev = nullptr;\n"
      "        if (!MUTANT) Arrange(this);")),
    ("the first of several threads is not woken", WAITER,
     ("  FutexWake(address, 1);\n}\n\nvoid Waiter::Arrange",
      "  if (!MUTANT) FutexWake(address, 1);\n}\n\nvoid Waiter::Arrange")),
    ("who releases threads looks at the first once more", WAITER,
     ("  FutexWake(address, 1);\n}\n\nvoid Waiter::Arrange",
      "  FutexWake(address, 1);\n"
      "  if (MUTANT) first->parked.load(std::memory_order_relaxed);\n"
      "}\n\nvoid Waiter::Arrange")),
    ("any wake is taken for the broadcast", WAITER,
     ("    FutexWait(parked, kAsleep, deadline.NextLook());",
      "OLD\n    if (MUTANT) return Parked::kReleased;")),
    # Handing out.
    ("the next waiter is read after the wake", WAITER,
     ("    group = group->next;\n", "    if (!MUTANT) group = group->next;\n"),
     ("    FutexWake(address, 1);\n",
      "OLD    if (MUTANT) group = group->next;\n")),
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
     ("  if (!self->draining && !self->queue.alone()) RunQueue(*self);",
      "  if ((MUTANT || !self->draining) && !self->queue.alone()) {\n"
      "    RunQueue(*self);\n  }")),
    ("a coroutine resumes those of another event inside of it", TRAMPOLINE,
     ("  if (!self.draining) RunQueue(self);\n  return count;",
      "  if (MUTANT || !self.draining) RunQueue(self);\n  return count;")),
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
      "  if (self.unmarked == &self.queue && !(MUTANT && self.draining)) {\n"
      "    self.unmarked = first->ring();\n  }")),
    ("what an executor runs at once comes before the rest", TRAMPOLINE,
     ("  const bool was_draining = std::exchange(self.draining, true);\n"
      "  Ring threads;",
      "  const bool was_draining = self.draining;\n"
      "  if (!MUTANT) self.draining = true;\n"
      "  Ring threads;")),
    ("work that an executor refuses is lost", TRAMPOLINE,
     ("      if (!Post(waiter, executor)) Enqueue",
      "      if (!Post(waiter, executor) && !MUTANT) Enqueue")),
    ("a coroutine's frame is touched after it has joined", COROUTINE,
     ("  // It has joined: the frame may be gone.\n"
      "  Trampoline::HandOut(released);\n  return true;\n}\n\n"
      "void CoroutineWait::Resume",
      "  Trampoline::HandOut(released);\n"
      "  if (MUTANT) request.what = 0;\n  return true;\n}\n\n"
      "void CoroutineWait::Resume")),
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
     ("      popping_ = last->prev;",
      "      popping_ = MUTANT ? last : last->prev;")),
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
    ("a lock does not wake", LOCK,
     ("    FutexWake(&state_, 1);", "    if (!MUTANT) FutexWake(&state_, 1);")),
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
     ("  waiter->ring()->Reset();\n  return true;\n}\n\n// In the child",
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
     ("        next |= kLocked | kDrain;  // Invariants 7 and 9.\n"
      "        locks = !(word & kLocked);",
      "        locks = !(word & kLocked);\n"
      "        next |= kLocked | (MUTANT && locks ? 0 : kDrain);")),
    ("who gives does not release those who wait", CORE_H,
     ("        locks = !(word & kLocked);",
      "        if (MUTANT && !(word & kLocked)) next &= ~(kLocked | kDrain);\n"
      "        locks = !MUTANT && !(word & kLocked);")),
    ("who gives does not ask the holder of the list to grant it", CORE_H,
     ("        next |= kLocked | kDrain;  // Invariants 7 and 9.",
      "        next |= kLocked | (MUTANT && (word & kLocked) ? 0 : kDrain);")),
    ("who unlocks takes back nobody", CORE_CC,
     ("    list_.TakeBack(*released, all);",
      "    if (!MUTANT) list_.TakeBack(*released, all);")),
    ("who gives takes back nobody", CORE_CC,
     ("    list_.TakeBack(released, before);",
      "    if (!MUTANT) list_.TakeBack(released, before);")),
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
    ("who takes gives to nobody", CORE_CC,
     ("  if (rules.taking_gives) {", "  if (!MUTANT && rules.taking_gives) {")),
    ("who takes does not learn what", CORE_CC,
     ("  if (taken) waiter->request.what = what;",
      "  if (!MUTANT && taken) waiter->request.what = what;")),
    ("who joins does not say so", CORE_CC,
     ("    if (rules.join != nullptr) rules.join(&next, &what);\n"
      "    // [L1] Where to join",
      "    if (!MUTANT && rules.join != nullptr) rules.join(&next, &what);\n"
      "    // [L1] Where to join")),
    # Semaphore.
    ("who acquires does not let others go first", SEMAPHORE,
     ("    return !WaitCore::OthersComeFirst(*word) && Grant(word, count);",
      "    return (MUTANT || !WaitCore::OthersComeFirst(*word)) &&\n"
      "           Grant(word, count);")),
    ("Release() goes beyond the bound", SEMAPHORE_CC,
     ("    return count <= BoundOf(word)", "    return MUTANT || count <= BoundOf(word)"
     )),
    # AutoResetEvent.
    ("two calls of Set() become one while the list is held", AUTO_RESET,
     ("    return word < kOne || (word & WaitCore::kLocked) ? word + kOne : word;",
      "    return word < kOne || (!MUTANT && (word & WaitCore::kLocked))\n"
      "               ? word + kOne\n               : word;")),
    ("who takes the flag leaves what was set twice", AUTO_RESET,
     ("    *word &= WaitCore::kListBits;",
      "    if (MUTANT) {\n      *word -= kOne;\n      return true;\n    }\nOLD")),
    # Latch.
    ("a latch releases one too early", LATCH,
     ("return *word < kOne; }", "return *word < (MUTANT ? 2 * kOne : kOne); }")),
    ("a latch does not release", LATCH_CC,
     ("        return after < Rules::kOne && before >= Rules::kOne;",
      "        return !MUTANT && after < Rules::kOne && before >= Rules::kOne;")),
    # Mutex.
    ("unlock() does not look whether somebody waits", MUTEX,
     ("        [](uint64_t, uint64_t) noexcept { return true; });",
      "        [](uint64_t, uint64_t) noexcept { return !MUTANT; });")),
    ("who unlocks the list does not wake the competitor", CORE_CC,
     ("  if (woken != nullptr) FutexWake(&woken->parked, 1);\n  if (leaves)",
      "  if (!MUTANT && woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)")),
    ("who unlocks the list forgets the competitor when it tries again", CORE_CC,
     ("    uint64_t next = word & ~kListBits;",
      "    if (MUTANT) woken = nullptr;\nOLD")),
    ("a competitor is woken, and not told why", WAITER,
     ("  parked.store(kCompetes, std::memory_order_relaxed);",
      "  if (!MUTANT) parked.store(kCompetes, std::memory_order_relaxed);")),
    ("a mutex is locked for who is to compete", LIST,
     ("      *word = before;\n", "      if (!MUTANT) *word = before;\n")),
    ("a coroutine is to compete", WAITER,
     ("  return kind == Kind::kThread && request.what < kMostLosses;",
      "  return (MUTANT || kind == Kind::kThread) && request.what < kMostLosses;"
     )),
    ("a thread competes for ever", WAITER,
     ("  return kind == Kind::kThread && request.what < kMostLosses;",
      "  return kind == Kind::kThread && (MUTANT || request.what < kMostLosses);"
     )),
    ("who competes, or leaves, lets others take what it makes way for", CORE_CC,
     ("  if (linked != nullptr && !linked->request.rules->broadcasts) locked",
      "  if (!MUTANT && linked != nullptr &&\n"
      "      !linked->request.rules->broadcasts)\n    locked")),
    ("who has lost does not sleep", WAITER,
     ("  parked.store(static_cast<uint32_t>(Parked::kAsleep),\n"
      "               std::memory_order_relaxed);\n  ++request.what;",
      "  if (!MUTANT) {\n"
      "    parked.store(static_cast<uint32_t>(Parked::kAsleep),\n"
      "                 std::memory_order_relaxed);\n"
      "  }\n  ++request.what;")),
    ("who has lost says so too late", CORE_CC,
     ("  waiter->Lose();  // Unless it wins.",
      "  if (!MUTANT) waiter->Lose();"),
     ("  const bool wins = released == waiter;",
      "  if (MUTANT && released != waiter) waiter->Lose();\nOLD")),
    ("who competes and is off the list says that it has lost", CORE_CC,
     ("  if (linked == nullptr || linked->linked) return true;",
      "  if (MUTANT || linked == nullptr || linked->linked) return true;")),
    ("who was to compete, and was removed, spins", CORE_CC,
     ("    waiter->StopCompeting();", "    if (!MUTANT) waiter->StopCompeting();")),
    ("who stops competing forgets that it was released", WAITER,
     ("  parked.compare_exchange_strong(\n",
      "  if (MUTANT) {\n"
      "    parked.store(static_cast<uint32_t>(Parked::kAsleep),\n"
      "                 std::memory_order_relaxed);\n"
      "    return;\n  }\nOLD")),
    # Condition.
    ("a thread unlocks the mutex before it waits", CONDITION_CC,
     ("  bool unlocked = false;\n",
      "  bool unlocked = MUTANT;\n  if (MUTANT) mutex.unlock();\n"),
     ("        internal::MutexRules::Unlock(mutex.core_);",
      "        if (!MUTANT) internal::MutexRules::Unlock(mutex.core_);")),
    ("a coroutine unlocks the mutex before it waits", CONDITION_CC,
     ("  if (!ended.has_value()) ended = Join(&released);",
      "  if (MUTANT && !ended.has_value()) MutexRules::Unlock(mutex);\nOLD"),
     ("  MutexRules::Unlock(mutex);", "  if (!MUTANT) MutexRules::Unlock(mutex);"
     )),
    ("a notification passes over a list that is held", CORE_CC,
     ("  if (!Lock(nullptr, &released)) return 0;\n  const uint64_t given",
      "  if (MUTANT && (word_.load(std::memory_order_relaxed) & kLocked)) {\n"
      "    return 0;\n  }\nOLD")),
    ("a notification stays for who comes later", CORE_CC,
     ("uint64_t{list_.Count(count)} << kPayloadShift;",
      "uint64_t{MUTANT ? count : list_.Count(count)}\n"
      "                         << kPayloadShift;")),
    ("a wait that gives up returns without the mutex", CONDITION_CC,
     ("  mutex.lock(options.where());",
      "  if (MUTANT && result != WaitResult::kReady) return result;\nOLD")),
    ("a coroutine goes on without the mutex", CONDITION_CC,
     ("  if (JoinNext(", "  if (MUTANT || JoinNext(")),
    ("a coroutine takes its limits along to the mutex", CONDITION_CC,
     ("  if (!self->DisarmBeforeResuming()) return;",
      "  if (!MUTANT && !self->DisarmBeforeResuming()) return;")),
    ("a predicate that throws leaves its wait behind", CONDITION_CC,
     ("  set_stage(Stage::kOver);  // Also if", "  if (!MUTANT) OLD")),
    ("a guard has the mutex while its coroutine waits", CONDITION_CC,
     ("guard_->mutex_ = nullptr;", "guard_->mutex_ = MUTANT ? &mutex_ : nullptr;"
      )),
    ("a guard has no mutex when its coroutine has waited", CONDITION_CC,
     ("guard_->mutex_ = &mutex_;", "guard_->mutex_ = MUTANT ? nullptr : &mutex_;"
      )),
    ("a predicate is not asked again", CONDITION_CC,
     ("      return Wait();", "      if (!MUTANT) return Wait();")),
    ("a coroutine waits on with the mutex", CONDITION_CC,
     ("  MutexRules::Unlock(mutex);", "  if (!MUTANT) MutexRules::Unlock(mutex);"
     )),
    # Barrier.
    ("an arrival is not taken back", BARRIER_CC,
     ("  *word -= kOneArrival;\n  if (*word & kBreaksOnLeave)",
      "  if (!MUTANT) *word -= kOneArrival;\n  if (*word & kBreaksOnLeave)")),
    ("who gives up does not break the barrier", BARRIER_CC,
     ("  if (*word & kBreaksOnLeave) *word |= kBroken;",
      "  if (!MUTANT && (*word & kBreaksOnLeave)) *word |= kBroken;")),
    ("who gives up at once does not break the barrier", BARRIER_CC,
     ("        [](uint64_t word) noexcept {\n"
      "          return word & Rules::kBreaksOnLeave",
      "        [](uint64_t word) noexcept {\n"
      "          return !MUTANT && (word & Rules::kBreaksOnLeave)")),
    ("a phase ends with one party too few", BARRIER_CC,
     ("  if (*what + 1 < PartiesOf(*word)) return false;",
      "  if (*what + (MUTANT ? 2 : 1) < PartiesOf(*word)) return false;")),
    ("the last party does not end the phase", BARRIER_CC,
     ("  if (*what != 0) *word |= kIsComplete;",
      "  if (!MUTANT && *what != 0) *word |= kIsComplete;")),
    ("who is granted leaves its arrival", BARRIER_CC,
     ("  *word -= kOneArrival;\n  *what = complete",
      "  if (!MUTANT) *word -= kOneArrival;\n  *what = complete")),
    ("the end of a phase is that of the next one too", BARRIER_CC,
     ("  if (ArrivalsOf(*word) == 0) *word &= ~(kIsComplete | kIsReset);",
      "  if (!MUTANT && ArrivalsOf(*word) == 0) {\n"
      "    *word &= ~(kIsComplete | kIsReset);\n  }")),
    ("a phase that is reset ends as complete", BARRIER_CC,
     ("  const bool complete = (*word & kIsComplete) != 0;",
      "  const bool complete =\n"
      "      (*word & (kIsComplete | (MUTANT ? kIsReset : 0))) != 0;")),
    ("a phase that is complete, and then reset, ends as broken", BARRIER_CC,
     ("        if (Rules::ArrivalsOf(word) != 0 && "
      "!(word & Rules::kIsComplete)) {",
      "        if (Rules::ArrivalsOf(word) != 0 &&\n"
      "            (MUTANT || !(word & Rules::kIsComplete))) {\n"
      "          if (MUTANT) word &= ~Rules::kIsComplete;")),
    ("a reset leaves those who have arrived", BARRIER_CC,
     ("          word |= Rules::kIsReset;",
      "          if (!MUTANT) word |= Rules::kIsReset;")),
    ("a reset barrier stays broken", BARRIER_CC,
     ("        return word & ~Rules::kBroken;",
      "        return MUTANT ? word : word & ~Rules::kBroken;")),
    ("a phase ends before it is known how the last one did", BARRIER_CC,
     ("  if (WaitCore::IsHandingOver(*word)) return false;",
      "  if (!MUTANT && WaitCore::IsHandingOver(*word)) return false;")),
    ("who meets a broken barrier waits", BARRIER_CC,
     ("  if (*word & kBroken) {\n", "  if (!MUTANT && (*word & kBroken)) {\n")),
    ("all of a phase have the first one's index", BARRIER_CC,
     ("  *what = complete ? ArrivalsOf(*word) : kWasBroken;",
      "  *what = complete ? (MUTANT ? 0 : ArrivalsOf(*word)) : kWasBroken;")),
    ("a party that drops is waited for", BARRIER_CC,
     ("        return completes ? word", "        return completes && !MUTANT ? word"
     )),
    # SharedMutex.
    ("a reader passes a writer that waits", SHARED_MUTEX,
     ("    return !WaitCore::OthersComeFirst(*word) && Grant(word, what);",
      "    return (MUTANT || !WaitCore::OthersComeFirst(*word)) &&\n"
      "           Grant(word, what);")),
    ("a reader meets a writer", SHARED_MUTEX,
     ("? payload != 0 : (payload & kWriter) != 0)",
      "? payload != 0 : !MUTANT && (payload & kWriter) != 0)")),
    ("a writer meets readers", SHARED_MUTEX,
     ("? payload != 0 : (payload & kWriter) != 0)",
      "? (MUTANT ? payload & kWriter : payload) != 0\n"
      "                           : (payload & kWriter) != 0)")),
    ("the last reader gives to nobody", SHARED_MUTEX,
     ("        [](uint64_t, uint64_t after) noexcept {\n          return ",
      "        [](uint64_t before, uint64_t after) noexcept {\n"
      "          if (MUTANT && !(before & kWriter)) return false;\n"
      "          return ")),
    # What is left over, and what is given back.
    ("a permit that is waited for counts against the bound", SEMAPHORE_CC,
     ("  } while (!released && fits(core.AwaitDrain()));",
      "  } while (!MUTANT && !released && fits(core.AwaitDrain()));")),
    ("Clear() does not wait for what is granted", AUTO_RESET,
     ("    while (core_.AwaitDrain() >= Rules::kOne && !TryWait()) {",
      "    if (MUTANT) {\n      (void)TryWait();\n      return;\n    }\nOLD")),
    ("a mutex is taken that is being handed to another", MUTEX,
     ("    return !WaitCore::IsHandingOver(*word) && Grant(word, losses);",
      "    return (MUTANT || !WaitCore::IsHandingOver(*word)) &&\n"
      "           Grant(word, losses);")),
    ("what was granted to who is destroyed is lost", CORE_CC,
     ("  request.rules->give_back(*core, request.what);",
      "  if (!MUTANT) request.rules->give_back(*core, request.what);")),
    ("a coroutine that is destroyed gives nothing back", COROUTINE,
     ("  if (stage() != Stage::kJoined) return WaitCore::GiveBack(&core_, *this);",
      "  if (MUTANT && stage() != Stage::kJoined) return;\nOLD")),
    ("a coroutine with a limit that is destroyed gives nothing back", COROUTINE,
     ("    WaitCore::GiveBack(core(), *this);", "    if (!MUTANT) WaitCore::GiveBack(core(), *this);"
     )),
    ("what a coroutine was granted is given back twice", COROUTINE,
     ("    outcome = WaitResult::kCancelled;  // Given back.",
      "    if (!MUTANT) OLD")),
    ("a wait for any that is destroyed gives nothing back", WAIT_ANY_CC,
     ("  wait_->GiveBack();", "  if (!MUTANT) wait_->GiveBack();")),
    ("a permit is not given back", SEMAPHORE,
     ("    (void)Release(core, count);",
      "    if (!MUTANT) (void)Release(core, count);")),
    ("a set is not given back", AUTO_RESET,
     ("{ (void)Set(core); }", "{\n    if (!MUTANT) (void)Set(core);\n  }")),
    ("a mutex is not given back", MUTEX,
     ("{ Unlock(core); }\n\n", "{\n    if (!MUTANT) Unlock(core);\n  }\n\n")),
    ("a notification is not given back", CONDITION,
     ("    (void)core.Notify(1);", "    if (!MUTANT) (void)core.Notify(1);")),
    # Waits for any of several things.
    ("an arm takes what it asks for, and then claims the wait", LIST,
     ("kArm && !static_cast<Arm*>(rest)->Claim()) {",
      "kArm && !MUTANT &&\n        !static_cast<Arm*>(rest)->Claim()) {")),
    ("an arm that loses keeps what it was granted", LIST,
     ("      *word = before;  // Its wait",
      "      if (!MUTANT) *word = before;  // Its wait")),
    ("an arm does not see what is there when it enters", CORE_CC,
     ("    if (word_.compare_exchange_weak(word, next | kLocked | kDrain,",
      "    if (word_.compare_exchange_weak(word,\n"
      "                                    next | kLocked | (MUTANT ? 0 : kDrain)"
      ",")),
    ("an arm that loses is not waited for", ANY,
     ("  is_out_ = losers > 0 &&\n", "  is_out_ = !MUTANT && losers > 0 &&\n")),
    ("an arm that wins is waited for as one that loses", ANY,
     ("has_won_ ? elsewhere : elsewhere - 1;",
      "has_won_ || MUTANT ? elsewhere : elsewhere - 1;")),
    ("the last but one of the arms that lose is taken for the last", ANY,
     ("out_.fetch_sub(1, std::memory_order_acq_rel) == 1;",
      "out_.fetch_sub(1, std::memory_order_acq_rel) ==\n"
      "             (MUTANT ? 2 : 1);")),
    ("arms that have come are waited for", ANY,
     ("+ losers != 0;", "+ losers != (MUTANT ? -99 : 0);")),
    ("who gives up does not look whether an arm has won", ANY,
     ("  has_won_ = true;\n  is_out_", "  if (!MUTANT) has_won_ = true;\n  is_out_")),
    ("a wait that was won at once is taken for one that an arm wins", ANY,
     ("has_won_ ? elsewhere : elsewhere - 1;",
      "has_won_ && !MUTANT ? elsewhere : elsewhere - 1;")),
    ("a wait that finds something there does not claim it", ANY,
     ("        has_won_ = arm->Claim();", "        has_won_ = MUTANT || arm->Claim();"
     )),
    ("who leaves its arms forgets whom it has released", ANY,
     ("    Waiter::Append(&all, released);\n  }\n  joined_ = 0;",
      "    if (!MUTANT) Waiter::Append(&all, released);\n  }\n  joined_ = 0;")),
    ("who enters an arm forgets whom it has released", ANY,
     ("    ++joined_;\n    Waiter::Append(&all, released);",
      "    ++joined_;\n    if (!MUTANT) Waiter::Append(&all, released);")),
    ("a thread that has won as it gave up says that it gave up", WAIT_ANY_CC,
     ("  if (wait.has_won()) return {WaitResult::kReady, wait.TakeWinner()};",
      "  if (wait.has_won() && !MUTANT) return {WaitResult::kReady,\n"
      "                                         wait.TakeWinner()};")),
    ("a coroutine that has won as it gave up says that it gave up", WAIT_ANY_CC,
     ("  if (wait_->has_won()) return {WaitResult::kReady, wait_->TakeWinner()};",
      "  if (wait_->has_won() && !MUTANT) {\n"
      "    return {WaitResult::kReady, wait_->TakeWinner()};\n  }")),
    ("a coroutine that is destroyed leaves its arms behind", WAIT_ANY_CC,
     ("  LeaveWhole(*wait_);", "  if (!MUTANT) LeaveWhole(*wait_);")),
    ("a coroutine that is destroyed does not wait for its arms", WAIT_ANY_CC,
     ("  LeaveWhole(*wait_);",
      "  if (MUTANT) {\n    Trampoline::HandOut(wait_->Leave());\n"
      "  } else {\n    LeaveWhole(*wait_);\n  }")),
    ("a wait for any leaves its arms twice", ANY,
     ("  joined_ = 0;\n", "  if (!MUTANT) joined_ = 0;\n")),
    ("who waits for its arms does not hand out itself", ANY,
     ("  Trampoline::HandOut(released);  // Nobody",
      "  if (!MUTANT) Trampoline::HandOut(released);  // Nobody")),
    ("an arm that has won as its wait is destroyed is not waited for",
     WAIT_ANY_CC,
     ("  if (wait.has_won()) wait.Await(AnyWait::kWon);",
      "  if (wait.has_won() && !MUTANT) wait.Await(AnyWait::kWon);")),
    # Queues.
    ("a queue that is closed ends before what is being pushed", QUEUE_CORE,
     ("  if (!(*word & kClosed) || is_pushed) return false;",
      "  if (!(*word & kClosed) || (is_pushed && !MUTANT)) return false;")),
    ("a push begins though the queue is closed", QUEUE_CORE,
     ("        begun = !(word & ItemRules::kClosed);",
      "        begun = MUTANT || !(word & ItemRules::kClosed);")),
    ("a pop leaves no room", QUEUE_CORE_H,
     ("{ RoomRules::Give(room_); }", "{ if (!MUTANT) RoomRules::Give(room_); }")),
    ("who waits for room does not learn that the queue is closed", QUEUE_CORE,
     ("  room_.Give([](uint64_t word)",
      "  if (!MUTANT) room_.Give([](uint64_t word)")),
    ("who waits for a value does not learn that the queue is closed",
     QUEUE_CORE,
     ("ItemRules::kClosed; },\n              &Changes);",
      "ItemRules::kClosed; },\n              MUTANT ? &Never : &Changes);")),
    ("a value is lost with a coroutine that was to pop it", QUEUE_CORE,
     ("  if (what != kGranted) return;",
      "  if (MUTANT || what != kGranted) return;")),
    ("room is lost with a coroutine that was to push into it", QUEUE_CORE,
     ("  if (what == kGranted) Give(core);",
      "  if (!MUTANT && what == kGranted) Give(core);")),
    ("the end of all work releases nobody", QUEUE_CORE,
     ("return count == 1 ? word", "return count == 1 && !MUTANT ? word")),
    ("work that is done is not counted", QUEUE_CORE,
     ("        word -= UnfinishedRules::kOne;",
      "        if (!MUTANT) word -= UnfinishedRules::kOne;")),
    ("who pushes passes those who wait for room", QUEUE_CORE_H,
     ("    return !WaitCore::OthersComeFirst(*word) && Grant(word, what);\n"
      "  }\n"
      "  static bool Grant(uint64_t* word, uint64_t* what) noexcept;\n"
      "  static void Give(",
      "    return (MUTANT || !WaitCore::OthersComeFirst(*word)) &&\n"
      "           Grant(word, what);\n"
      "  }\n"
      "  static bool Grant(uint64_t* word, uint64_t* what) noexcept;\n"
      "  static void Give(")),
    ("a value that was popped for any of several, and not taken, is lost",
     QUEUE_H,
     ("~Granted() { ", "~Granted() {\n      if (MUTANT) return;\n      ")),
    ("who takes any of several does not learn what it got", ANY,
     ("      Tell(targets[i].granted,", "      if (!MUTANT) OLD")),
    ("who waits for any of several does not learn what it got", ANY,
     ("  Tell(arm.granted,", "  if (!MUTANT) OLD")),
    # All of several.
    ("a coroutine that waits for all forgets whom it has released", WAIT_ALL_CC,
     ("    Trampoline::HandOut(released);\n"
      "    if (taken == AllWait::Outcome::kTaken || given_up.has_value()) {",
      "    if (!MUTANT) Trampoline::HandOut(released);\n"
      "    if (taken == AllWait::Outcome::kTaken || given_up.has_value()) {")),
    ("a wait for all takes what is there before the rest is", ALL,
     ("    if (outcome == Outcome::kTaken) {\n",
      "    if (outcome == Outcome::kTaken || (MUTANT && &target != last_)) {\n"
      )),
    ("a wait for all does not look for the events", ALL,
     ("  last_ = FindUnset();", "  last_ = MUTANT ? nullptr : FindUnset();")),
    ("a wait for all looks at each event once", ALL,
     ("has_changed = true;", "has_changed = !MUTANT;")),
    ("a wait for all forgets whom it has released", ALL,
     ("    Waiter::Append(ring, released);",
      "    if (!MUTANT) Waiter::Append(ring, released);")),
    ("a wait for all sleeps for a list while it holds others", ALL,
     ("    if (!last_->core->TryHold()) return Outcome::kBusy;",
      "    while (!last_->core->TryHold()) {\n"
      "      if (!MUTANT) return Outcome::kBusy;\n"
      "      last_->core->AwaitList(Deadline());\n    }")),
    ("a try for all sleeps for a list", WAIT_ALL_CC,
     ("    if (given_up.has_value()) return *given_up;\n    if (outcome",
      "    if (given_up.has_value() &&\n"
      "        !(MUTANT && outcome == AllWait::Outcome::kBusy)) {\n"
      "      return *given_up;\n    }\n"
      "    if (MUTANT && given_up.has_value()) {\n"
      "      wait.list()->AwaitList(internal::Deadline());\n    }\n"
      "    if (outcome")),
    ("who looks for what is there joins", ALL,
     ("  return request.rules->take(&next, &request.what);\n}\n\nbool CanBe",
      "  if (MUTANT) return false;\nOLD")),
    ("what is held for all is taken by others", CORE_CC,
     ("    } else if (word_.compare_exchange_weak(word, word | kLocked | kDrain,",
      "    } else if (word_.compare_exchange_weak(\n"
      "                   word, word | kLocked | (MUTANT ? 0 : kDrain),")),
    ("a broadcast overlooks those who look", CORE_H,
     ("          (word & (kLocked | kHasWaiters | kDrain))) {",
      "          (word & (kLocked | kHasWaiters | (MUTANT ? 0 : kDrain)))) {")),
    ("who locks the list overlooks those who look", CORE_CC,
     ("    } else if (!(word & (kHasWaiters | kDrain))) {",
      "    } else if (!(word & (kHasWaiters | (MUTANT ? 0 : kDrain)))) {")),
    ("who looks is said to take", CORE_H,
     ("    return first->looks() ? kDrain : kHasWaiters;",
      "    return first->looks() && !MUTANT ? kDrain : kHasWaiters;")),
    ("who looks is in front of who takes", LIST,
     ("  if (!waiter->looks()) {", "  if (!MUTANT && !waiter->looks()) {")),
    ("who is in front of those who look is not the first", LIST,
     ("      state_ = reinterpret_cast<uintptr_t>(waiter) | (state_ & kBits);"
      "\n      break;",
      "      if (!MUTANT) {\n"
      "          state_ = reinterpret_cast<uintptr_t>(waiter) |\n"
      "                   (state_ & kBits);\n        }\n        break;")),
    ("who looks is counted as released", WAITER,
     ("    ++count;\n    if (last == ring) break;",
      "    if (!MUTANT) ++count;\n    if (last == ring) break;")),
    # Pools and races.
    ("a thread that is to block has no substitute", POOL,
     ("  } else if (threads_.size() < most_threads_) {",
      "  } else if (!MUTANT && threads_.size() < most_threads_) {")),
    ("a spare thread is not called", POOL,
     ("  if (is_called) called_", "  if (!MUTANT && is_called) called_")),
    ("spare threads are not told of the end", POOL,
     ("  called_.Release(spare);", "  if (!MUTANT) called_.Release(spare);")),
    ("a thread too many goes on", POOL,
     ("  if (serving_.load(std::memory_order_relaxed) <= size_) return;",
      "  if (MUTANT || serving_.load(std::memory_order_relaxed) <= size_) {\n"
      "    return;\n  }")),
    ("a thread that retires is not spare", POOL,
     ("    ++spare_;", "    if (!MUTANT) ++spare_;")),
    ("the first of several tasks stops no other", WHEN_ANY,
     ("    source_.request_stop();", "    if (!MUTANT) source_.request_stop();")),
    ("the last of several tasks is taken for the first", WHEN_ANY,
     ("  size_t none = 0;\n",
      "  size_t none = MUTANT ? first_.load(std::memory_order_relaxed) : 0;\n"
      )),
    # Tasks and those who await them.
    ("a scope ends with one task too few", SCOPE_CC,
     ("left_.fetch_sub(1, std::memory_order_acq_rel) == 1)",
      "left_.fetch_sub(1, std::memory_order_acq_rel) <= (MUTANT ? 2 : 1))")),
    ("a task is counted once it has started", SCOPE_CC,
     ("  left_.fetch_add(1, std::memory_order_relaxed);\n",
      "  if (!MUTANT) left_.fetch_add(1, std::memory_order_relaxed);\n"),
     ("  task.StartOn(Executor::Current(), end);\n",
      "OLD  if (MUTANT) left_.fetch_add(1, std::memory_order_relaxed);\n")),
    ("who has left a scope looks at it once more", SCOPE_CC,
     ("done_.Set();\n}\n\nTask<>",
      "done_.Set();\n  if (MUTANT) left_.load(std::memory_order_relaxed);\n"
      "}\n\nTask<>")),
    ("a failure stops no other task", SCOPE_CC,
     ("    Stop();\n  }\n", "    if (!MUTANT) Stop();\n  }\n")),
    ("a parent's stop stops no task", SCOPE_CC,
     ("    Stop();\n    co_await", "    if (!MUTANT) Stop();\n    co_await")),
    ("a scope that its parent stops does not await its tasks", SCOPE_CC,
     ("    co_await done_;\n", "    if (!MUTANT) co_await done_;\n")),
    ("who starts a task does not hold the list of tasks", SCOPE_CC,
     ("  lock_.lock();\n  Started* const ended",
      "  if (!MUTANT) lock_.lock();\n  Started* const ended"),
     ("  lock_.unlock();\n  Delete(ended);\n",
      "  if (!MUTANT) lock_.unlock();\n  Delete(ended);\n")),
    ("what has ended is left where its scope looks for tasks", SCOPE_CC,
     ("  Delete(TakeEnded());\n", "  if (!MUTANT) OLD")),
    ("a task that has ended stays on the list of tasks", SCOPE_CC,
     ("    ended->Unlink();\n", "    if (!MUTANT) OLD")),
    ("a task that ends waits for who starts another", SCOPE_CC,
     ("  if (lock_.try_lock()) {",
      "  if (MUTANT) lock_.lock();\n  if (MUTANT || lock_.try_lock()) {")),
    ("each failure is taken for the first", SCOPE_CC,
     ("!failed_.exchange(true, std::memory_order_relaxed)",
      "(!failed_.exchange(true, std::memory_order_relaxed) || MUTANT)")),
    ("a failure is not thrown", SCOPE_CC,
     ("  if (error_ != nullptr) std::", "  if (!MUTANT && error_ != nullptr) std::"
     )),
    ("a task's frame outlives its scope", SCOPE,
     ("      self->task.reset();\n      scope.End(self, std::move(error));\n",
      "      std::optional<Task<T>> task;\n"
      "      if (MUTANT) task.emplace(std::move(*self->task));\n"
      "      self->task.reset();\n      scope.End(self, std::move(error));\n")),
    ("tasks are gathered but for one", GATHER_CC,
     ("->CountDown();", "->CountDown(MUTANT ? 2 : 1);")),
    ("the last of gathered tasks looks at them once more", GATHER_CC,
     ("->CountDown();\n",
      "->CountDown();\n"
      "  if (MUTANT) (void)static_cast<CountedEnd*>(work)->left_->count();\n")),
    ("a task that is late is not awaited", WITH_TIMEOUT_H,
     ("    co_await ending.event();\n",
      "    if (!MUTANT) co_await ending.event();\n")),
    ("a limit stops no task", WITH_TIMEOUT_H,
     ("    source.request_stop();\n", "    if (!MUTANT) OLD")),
    ("a limit counts from when the task has suspended", WITH_TIMEOUT_H,
     ("AsyncWait(begun)", "AsyncWait(MUTANT ? limit : begun)")),
    ("what says that a task has ended looks at it once more", WITH_TIMEOUT_CC,
     ("->event_.Set(); }",
      "->event_.Set();\n"
      "  if (MUTANT) (void)static_cast<Ending*>(work)->event_.IsSet();\n}")),
    # Values.
    ("a value is set twice", ONE_SHOT,
     ("    if (taken_.exchange(true, std::memory_order_acquire)) return",
      "    if (taken_.exchange(true, std::memory_order_acquire) && !MUTANT) "
      "return")),
    ("who sets a value looks, and then says so", ONE_SHOT,
     ("    if (taken_.exchange(true, std::memory_order_acquire)) return",
      "    if (MUTANT && !taken_.load(std::memory_order_relaxed)) {\n"
      "      taken_.store(true, std::memory_order_relaxed);\n"
      "    } else if (taken_.exchange(true, std::memory_order_acquire)) return"
      )),
    ("a value whose making has failed is not made by the next one", ONE_SHOT,
     ("      taken_.store(false,", "      taken_.store(MUTANT,")),
    ("a value is said to be there, and then made", ONE_SHOT,
     ("    value_.emplace(", "    if (MUTANT) event_.Set();\nOLD")),
    ("who has set a value looks at it once more", ONE_SHOT,
     ("    event_.Set();\n",
      "OLD    if (MUTANT) taken_.load(std::memory_order_relaxed);\n")),
    ("a value is made by each thread that asks", LAZY,
     ("      const MutexLock lock(mutex_);\n      if (!there_.IsSet()) {",
      "      const MutexLock lock(mutex_);\n"
      "      if (MUTANT || !there_.IsSet()) {")),
    ("a value is made by each coroutine that asks", LAZY,
     ("co_await mutex_.AsyncGuard();\n      if (!there_.IsSet()) {",
      "co_await mutex_.AsyncGuard();\n"
      "      if (MUTANT || !there_.IsSet()) {")),
    ("a thread makes a value that another one makes", LAZY,
     ("      const MutexLock lock(mutex_);\n",
      "      std::optional<MutexLock> lock;\n"
      "      if (!MUTANT) lock.emplace(mutex_);\n")),
    ("a coroutine makes a value that another one makes", LAZY,
     ("      const Mutex::Guard guard = co_await mutex_.AsyncGuard();\n",
      "      std::optional<Mutex::Guard> guard = co_await mutex_.AsyncGuard();\n"
      "      if (MUTANT) guard.reset();\n")),
    ("a value is said to be there, and then made by a thread", LAZY,
     ("        value_.emplace(std::invoke(",
      "        if (MUTANT) there_.Set();\nOLD")),
    ("a value is said to be there, and then made by a coroutine", LAZY,
     ("        value_.emplace(co_await make());",
      "        if (MUTANT) there_.Set();\nOLD")),
    ("a value that could not be made is said to be there", LAZY,
     ("        value_.emplace(std::invoke(",
      "        struct Last {\n"
      "          ~Last() {\n            if (MUTANT) event.Set();\n          }\n"
      "          Event& event;\n        } last{there_};\nOLD")),
    ("the next one to ask does not learn that a value is there", LAZY,
     ("std::forward<F>(make)));\n        there_.Set();",
      "std::forward<F>(make)));\n        if (!MUTANT) there_.Set();")),
    # Ties.
    ("who leaves a mutex is not asked whether it can have it", CORE_CC,
     ("  if (competitor == nullptr) competitor = leaving;",
      "  if (competitor == nullptr && !MUTANT) competitor = leaving;")),
    ("a notification is lost with a wait for the mutex", CONDITION_CC,
     ("  if (notified_ == WaitResult::kReady) condition_.Notify(1);",
      "  if (!MUTANT && notified_ == WaitResult::kReady) "
      "condition_.Notify(1);")),
    ("a mutex is lost with a wait that had given up", CONDITION_CC,
     ("  outcome = WaitResult::kReady;  // As",
      "  if (!MUTANT) outcome = WaitResult::kReady;  // As")),
    ("a thread that gives up on several does not look again", WAIT_ANY_CC,
     ("  if (AnyWait::TakeOne(targets, &index)) return {WaitResult::kReady, "
      "index};\n  return {result, AnyResult::kNone};",
      "  if (!MUTANT && AnyWait::TakeOne(targets, &index)) {\n"
      "    return {WaitResult::kReady, index};\n  }\n"
      "  return {result, AnyResult::kNone};")),
    ("a coroutine that gives up on several does not look again", WAIT_ANY_CC,
     ("  if (AnyWait::TakeOne(targets_, &index_)) return {WaitResult::kReady, "
      "index_};\n  return {result_, AnyResult::kNone};",
      "  if (!MUTANT && AnyWait::TakeOne(targets_, &index_)) {\n"
      "    return {WaitResult::kReady, index_};\n  }\n"
      "  return {result_, AnyResult::kNone};")),
]

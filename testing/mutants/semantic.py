# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Mistakes in the library's algorithms, one at a time; see schemata.py."""

CORE_H = "sync/internal/wait_core.h"
CORE_CC = "sync/internal/wait_core.cc"
DEADLINE = "sync/internal/deadline.h"
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
    "a wait is given up twice": "Spin 11",
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
     ("      // [B1] Also where nothing changes",
      "      if (MUTANT && next == word) return 0;\nOLD")),
    ("published first, detached afterwards", CORE_CC,
     ("Waiter* released = list_.TakeAll();\n  uint64_t word",
      "Waiter* released = MUTANT ? nullptr : list_.TakeAll();\n  uint64_t word"),
     ("  return Trampoline::HandOut(released);",
      "  if (MUTANT) released = list_.TakeAll();\nOLD")),
    ("handed out before it is published", CORE_CC,
     ("  // [B2] A drain asked for meanwhile",
      "  if (MUTANT) Trampoline::HandOut(std::exchange(released, nullptr));\n"
      "OLD")),
    ("a broadcast looks at the event once more", CORE_CC,
     ("  return Trampoline::HandOut(released);",
      "  if (MUTANT) word_.load(std::memory_order_relaxed);\nOLD")),
    ("a broadcast does not wake who sleeps for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  return Trampoline",
      "  if (!MUTANT && (word & kLockParked)) FutexWake(&word_, kAllSleepers);\n"
      "  return Trampoline")),
    ("Set() does not count as a broadcast", EVENT,
     ("(word + WaitCore::kOneEpoch) | WaitCore::kSet;",
      "(word + (MUTANT ? 0 : WaitCore::kOneEpoch)) | WaitCore::kSet;")),
    ("Set() counts where it is redundant", EVENT,
     ("return word & WaitCore::kSet\n               ? word",
      "return word & WaitCore::kSet\n"
      "               ? word + (MUTANT ? WaitCore::kOneEpoch : 0)")),
    ("Pulse() leaves the flag as it was", EVENT,
     ("return (word + WaitCore::kOneEpoch) & ~WaitCore::kSet;",
      "return (word + WaitCore::kOneEpoch) & ~(MUTANT ? 0 : WaitCore::kSet);")),
    ("Pulse() leaves the flag set", EVENT,
     ("return (word + WaitCore::kOneEpoch) & ~WaitCore::kSet;",
      "return ((word + WaitCore::kOneEpoch) & ~WaitCore::kSet) |\n"
      "           (MUTANT ? WaitCore::kSet : 0);")),
    ("Clear() takes the waiters along", EVENT,
     ("core_.ClearBits(internal::WaitCore::kSet);",
      "core_.ClearBits(internal::WaitCore::kSet |\n"
      "                    (MUTANT ? internal::WaitCore::kHasWaiters : 0));")),
    ("Clear() takes a drain along", EVENT,
     ("core_.ClearBits(internal::WaitCore::kSet);",
      "core_.ClearBits(internal::WaitCore::kSet |\n"
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
     ("    if (request.SatisfiedBy(word)) continue;",
      "    if (!MUTANT && request.SatisfiedBy(word)) continue;")),
    ("a join remembers another epoch", CORE_CC,
     ("  waiter->epoch = EpochOf(word);",
      "  waiter->epoch = EpochOf(word) - (MUTANT ? 1 : 0);")),
    ("a join allocates", CORE_CC,
     ("  list_.Push(waiter);\n  if (giving_up.gate",
      "  if (MUTANT) ::operator delete(::operator new(1));\nOLD")),
    ("a join does not hear that it was given up", CORE_CC,
     ("giving_up.gate == nullptr || giving_up.gate->Join()",
      "giving_up.gate == nullptr || giving_up.gate->Join() || MUTANT")),
    ("a join that was given up stays on the list", CORE_CC,
     ("  if (!Unlock(waiter, released)) return std::nullopt;\n  return why;",
      "  if (!Unlock(MUTANT ? nullptr : waiter, released)) return std::nullopt;\n"
      "  return why;")),
    ("a join that was given up ignores the broadcast", CORE_CC,
     ("  if (!Unlock(waiter, released)) return std::nullopt;\n  return why;",
      "  if (!Unlock(waiter, released) && !MUTANT) return std::nullopt;\n"
      "  return why;")),
    ("a wait looks at the flag before its limits", CORE_CC,
     ("  const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "  const uint64_t word = Read();",
      "  const uint64_t early = Read();\n"
      "  const std::optional<WaitResult> given_up = giving_up.Now();\n"
      "  const uint64_t word = MUTANT ? early : Read();")),
    ("a wait that is ready at once takes the epoch that it found", CORE_CC,
     ("  waiter->epoch = EpochOf(word) - 1;",
      "  waiter->epoch = EpochOf(word) - (MUTANT ? 0 : 1);")),
    # Unlocking, and leaving.
    ("a leaver ignores the broadcast", CORE_CC,
     ("    if ((word & kDrain) && !drained) {",
      "    if ((word & kDrain) && !drained && !(MUTANT && leaving != nullptr)) {"
     )),
    ("a leaver is not among the released", CORE_CC,
     ("      if (leaving != nullptr) list_.Restore(leaving, before);",
      "      if (!MUTANT && leaving != nullptr) list_.Restore(leaving, before);")
    ),
    ("who unlocks says that nobody waits", CORE_CC,
     ("(list_.empty() ? 0 : kHasWaiters);",
      "(MUTANT || list_.empty() ? 0 : kHasWaiters);")),
    ("who unlocks ignores the broadcast", CORE_CC,
     ("    if ((word & kDrain) && !drained) {",
      "    if ((word & kDrain) && !drained && !(MUTANT && leaving == nullptr)) {"
     )),
    ("who unlocks does not wake who sleeps for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  if (drained)",
      "  if (!MUTANT && (word & kLockParked)) FutexWake(&word_, kAllSleepers);\n"
      "  if (drained)")),
    ("who unlocks wakes one of those who sleep for the list", CORE_CC,
     ("  if (word & kLockParked) FutexWake(&word_, kAllSleepers);\n"
      "  if (drained)",
      "  if (word & kLockParked) FutexWake(&word_, MUTANT ? 1 : kAllSleepers);\n"
      "  if (drained)")),
    ("a removal does not look whether the waiter was released", CORE_CC,
     ("    if (epoch.has_value() && EpochOf(word) != *epoch) return false;",
      "    if (!MUTANT && epoch.has_value() && EpochOf(word) != *epoch) {\n"
      "      return false;\n    }")),
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
      "WaitResult::kTimeout;\n  if (!Unlock",
      "      !MUTANT && token.stop_requested() ? WaitResult::kCancelled\n"
      "                                        : WaitResult::kTimeout;\n"
      "  if (!Unlock")),
    ("the token is read before the clock", CORE_H,
     ("    const bool passed = deadline.Passed();\n",
      "    const bool stopped = token != nullptr && token->stop_requested();\n"
      "    const bool passed = deadline.Passed();\n"
      "    if (MUTANT) {\n"
      "      if (stopped) return WaitResult::kCancelled;\n"
      "      return passed ? std::optional(WaitResult::kTimeout) : std::nullopt;\n"
      "    }\n")),
    ("a thread that loses to the broadcast does not wait for its wake", THREAD,
     ("      waiter.Park(Deadline());\n    }\n  }\n"
      "  *released_by = waiter.epoch + 1;\n  return",
      "      if (!MUTANT) waiter.Park(Deadline());\n    }\n  }\n"
      "  *released_by = waiter.epoch + 1;\n  return")
    ),
    ("a thread keeps what it has released by giving up", THREAD,
     ("      // Granted, or being cancelled: the wake has come or is coming.\n"
      "      Trampoline::HandOut(released);",
      "      if (!MUTANT) Trampoline::HandOut(released);")),
    ("a wait that is over at once leaves its limits behind", LIMITED,
     ("  if (ended.has_value()) Disarm();",
      "  if (!MUTANT && ended.has_value()) Disarm();")),
    ("a stop leaves its registration behind", LIMITED,
     ("  stop_.reset();\n  Trampoline::HandOut(released);",
      "  if (!MUTANT) stop_.reset();\n  Trampoline::HandOut(released);")),
    ("a stop takes what was granted", LIMITED,
     ("  if (core_->Remove(this, token_, &released)) released = this;",
      "  if (core_->Remove(this, token_, &released) || MUTANT) released = this;")
    ),
    ("a time-out takes what was granted", LIMITED,
     ("  if (self->core_->Remove(self, self->token_, &released)) released = self;",
      "  if (self->core_->Remove(self, self->token_, &released) || MUTANT) {\n"
      "    released = self;\n  }")),
    ("a resumed coroutine leaves its limit behind", COROUTINE,
     ("    self->Disarm();\n  } else if", "    if (!MUTANT) self->Disarm();\n  } else if"),
     ("  } else if (!self->DisarmOrLeave()) {",
      "  } else if (!MUTANT && !self->DisarmOrLeave()) {")),
    ("a coroutine that is destroyed leaves its limit behind", COROUTINE,
     ("    set_stage(Stage::kOver);\n  }\n  Disarm();",
      "    set_stage(Stage::kOver);\n  }\n  if (!MUTANT) Disarm();")),
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
     ("    FutexWait(parked, 0, deadline.NextLook());",
      "    FutexWait(parked, MUTANT ? parked.load(std::memory_order_relaxed) : 0,\n"
      "              deadline.NextLook());")),
    ("a waker wakes, and then says why", WAITER,
     ("  parked.store(1, std::memory_order_release);  // [P1]: the last touch.\n"
      "  FutexWake(address, 1);",
      "  if (MUTANT) FutexWake(address, 1);\n"
      "  parked.store(1, std::memory_order_release);\n"
      "  if (!MUTANT) FutexWake(address, 1);")),
    ("a waker looks at the waiter once more", WAITER,
     ("  FutexWake(address, 1);",
      "OLD\n  if (MUTANT) parked.load(std::memory_order_relaxed);")),
    ("a waker does not wake", WAITER,
     ("  FutexWake(address, 1);", "  if (!MUTANT) FutexWake(address, 1);")),
    ("any wake is taken for the broadcast", WAITER,
     ("    FutexWait(parked, 0, deadline.NextLook());",
      "OLD\n    if (MUTANT) return true;")),
    # Handing out.
    ("the next waiter is read after the wake", TRAMPOLINE,
     ("    waiter->ring()->Unlink();\n    waiter->Unpark();\n",
      "    if (!MUTANT) waiter->ring()->Unlink();\n    waiter->Unpark();\n"
      "    if (MUTANT) waiter->ring()->Unlink();\n")),
    ("a broadcast to threads looks at what its own thread has queued",
     TRAMPOLINE,
     ("  if (!all_are_threads) {", "  if (MUTANT || !all_are_threads) {")),
    ("a resumed coroutine resumes others inside of it", TRAMPOLINE,
     ("  if (!self.draining && !self.queue.alone()) RunQueue(self);",
      "  if ((MUTANT || !self.draining) && !self.queue.alone()) RunQueue(self);"
     )),
    ("what an executor runs at once comes before the rest", TRAMPOLINE,
     ("  const bool was_draining = std::exchange(self.draining, true);\n"
      "  while (!ring.alone()) {",
      "  const bool was_draining = self.draining;\n"
      "  if (!MUTANT) self.draining = true;\n"
      "  while (!ring.alone()) {")),
    ("work that an executor refuses is lost", TRAMPOLINE,
     ("    } else if (!Post(waiter, waiter->executor())) {",
      "    } else if (!Post(waiter, waiter->executor()) && !MUTANT) {")),
    ("a coroutine's frame is touched after it has joined", COROUTINE,
     ("  // It has joined: the frame may be gone.\n"
      "  Trampoline::HandOut(released);\n  return true;\n}\n\n"
      "void CoroutineWait::Resume",
      "  Trampoline::HandOut(released);\n"
      "  if (MUTANT) request_ = Request::Set();\n  return true;\n}\n\n"
      "void CoroutineWait::Resume")),
    ("Remove() says that what has begun was removed", CALLBACK,
     ("  if (Abort(&released)) {", "  if (Abort(&released) || MUTANT) {")),
    ("Remove() keeps what it has released", CALLBACK,
     ("    // It is among them, and may be gone once it has run.\n"
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
     ("      if (!timer->deadline.Passed()) {",
      "      if (!MUTANT && !timer->deadline.Passed()) {")),
    ("a timer that was left to its owner is not handed out", TIMER,
     ("  HandOutLeft();\n  // What is due now",
      "  if (!MUTANT) HandOutLeft();\n  // What is due now")),
    ("a queue that closes keeps what was left to it", TIMER,
     ("looks for the heir.\n  HandOutLeft();",
      "looks for the heir.\n  if (!MUTANT) HandOutLeft();")),
    ("a queue refuses what is left to it before the heir has its timers", TIMER,
     ("  if (has_timers) {", "  if (MUTANT) left_.Close();\nOLD")),
    ("a timer that fires is not waited for", TIMER,
     ("    if (must_wait) FutexWait(queue->disarming_, 1, kNever);",
      "    if (MUTANT && must_wait) return;\nOLD")),
    ("a time-out is handed out under the timers' lock", TIMER,
     ("  lock_.unlock();\n  if (awaited) FutexWake(&disarming_, kAllSleepers);\n"
      "  Trampoline::HandOut(released);\n  lock_.lock();",
      "  if (!MUTANT) lock_.unlock();\n"
      "  if (awaited) FutexWake(&disarming_, kAllSleepers);\n"
      "  Trampoline::HandOut(released);\n  if (!MUTANT) lock_.lock();")),
    ("who waits for a timer that fires is not woken", TIMER,
     ("  if (awaited) FutexWake(&disarming_, kAllSleepers);",
      "  if (!MUTANT && awaited) FutexWake(&disarming_, kAllSleepers);")),
    ("a worker sleeps without a look", BELL,
     ("  if (static_cast<uint32_t>(before) == heard) {",
      "  if (MUTANT || static_cast<uint32_t>(before) == heard) {"),
     ("    FutexWait(state_, heard, deadline);",
      "    FutexWait(state_, MUTANT ? static_cast<uint32_t>(before) : heard,\n"
      "              deadline);")),
    ("a ring does not wake", BELL,
     ("  if (has_sleepers) FutexWake(&state_, count);",
      "  if (!MUTANT && has_sleepers) FutexWake(&state_, count);")),
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
]

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Mistakes in what is built on the wait list, one at a time; see schemata.py."""

CORE_H = "sync/internal/wait_core.h"
CORE_CC = "sync/internal/wait_core.cc"
LIST = "sync/internal/wait_list.cc"
WAITER = "sync/internal/waiter.cc"
COROUTINE = "sync/internal/coroutine_wait.cc"
POOL = "sync/thread_pool.cc"
WHEN_ANY = "sync/coro/when_any.cc"
WHEN_ANY_H = "sync/coro/when_any.h"
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
QUEUE_STORE = "sync/internal/queue_store.h"

# (name, file, (old, new), ...)
MUTANTS = [
    # Semaphore.
    ("who acquires does not let others go first", SEMAPHORE,
     ("    return !WaitCore::OthersComeFirst(*word) && Grant(word, count);",
      "    return (MUTANT || !WaitCore::OthersComeFirst(*word)) &&\n"
      "           Grant(word, count);")),
    ("Release() goes beyond the bound", SEMAPHORE,
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
    ("who sets a flag looks at it once more", AUTO_RESET,
     ("    return core.Give(\n", "    const size_t released = core.Give(\n"),
     ("{ return before != after; });\n",
      "OLD    if (MUTANT) core.Read();\n    return released;\n")),
    # Latch.
    ("a latch releases one too early", LATCH,
     ("return *word < kOne; }", "return *word < (MUTANT ? 2 * kOne : kOne); }")),
    ("a latch does not release", LATCH,
     ("        return after < Rules::kOne && before >= Rules::kOne;",
      "        return !MUTANT && after < Rules::kOne && before >= Rules::kOne;")),
    ("a latch counts one, however many it is told", LATCH,
     ("Checked(count, left) *", "Checked(MUTANT ? 1 : count, left) *")),
    ("two that count a latch down at a time count once", LATCH,
     ("      [count](uint64_t word) noexcept {\n",
      "      [count, read = MUTANT ? core_.Read() : 0](uint64_t word) noexcept {\n"
      "        using internal::WaitCore;\n"
      "        if (MUTANT) {\n"
      "          word = (read & ~WaitCore::kListBits) |\n"
      "                 (word & WaitCore::kListBits);\n        }\n")),
    ("who counts a latch down looks at it once more", LATCH,
     ("  return core_.Broadcast(", "  const size_t released = core_.Broadcast("),
     ("before >= Rules::kOne;\n      });\n",
      "OLD  if (MUTANT) core_.Read();\n  return released;\n")),
    ("a latch is said to be at zero one too early", LATCH,
     ("return count() == 0; }", "return count() <= (MUTANT ? 1 : 0); }")),
    ("who arrives at a latch, and waits, does not count", LATCH,
     ("    CountDown();\n    return Wait(where);",
      "    if (!MUTANT) CountDown();\n    return Wait(where);")),
    ("who arrives at a latch, and waits with a limit, does not count", LATCH,
     ("    CountDown();\n    return Wait(options);",
      "    if (!MUTANT) CountDown();\n    return Wait(options);")),
    ("a coroutine that arrives at a latch, and waits, does not count", LATCH,
     ("      latch_.CountDown();\n", "      if (!MUTANT) latch_.CountDown();\n")),
    # Mutex.
    ("unlock() does not look whether somebody waits", MUTEX,
     ("        WaitCore::Always);",
      "        [](uint64_t, uint64_t) noexcept { return !MUTANT; });")),
    ("who unlocks the list does not wake the competitor", CORE_CC,
     ("  if (woken != nullptr) FutexWake(&woken->parked, 1);\n  if (leaves)",
      "  if (!MUTANT && woken != nullptr) FutexWake(&woken->parked, 1);\n"
      "  if (leaves)")),
    ("who unlocks the list forgets the competitor when it tries again", CORE_CC,
     ("    uint64_t next = word & ~kListBits;",
      "    if (MUTANT) woken = nullptr;\nOLD")),
    ("a competitor is woken, and not told why", WAITER,
     ("  return parked.exchange(kCompetes, std::memory_order_relaxed) !=",
      "  if (MUTANT) return true;\nOLD")),
    ("a mutex is locked for who is to compete", LIST,
     ("      *word = before;\n", "      if (!MUTANT) *word = before;\n")),
    ("a coroutine is to compete", WAITER,
     ("  return kind == Kind::kThread &&",
      "  return (MUTANT || kind == Kind::kThread) &&")),
    ("a thread competes for ever", WAITER,
     (" && request.what / Rules::kOneLoss < kMostLosses;",
      " &&\n         (MUTANT || request.what / Rules::kOneLoss < kMostLosses);")),
    ("who competes, or leaves, lets others take what it makes way for", CORE_CC,
     ("  if (linked != nullptr && !linked->request.rules->broadcasts) locked",
      "  if (!MUTANT && linked != nullptr &&\n"
      "      !linked->request.rules->broadcasts)\n    locked")),
    ("who has lost does not sleep", WAITER,
     ("  parked.store(static_cast<uint32_t>(Parked::kAwake),\n"
      "               std::memory_order_relaxed);\n"
      "  request.what += Rules::kOneLoss;",
      "  if (!MUTANT) {\n"
      "    parked.store(static_cast<uint32_t>(Parked::kAwake),\n"
      "                 std::memory_order_relaxed);\n"
      "  }\n  request.what += Rules::kOneLoss;")),
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
      "    parked.store(static_cast<uint32_t>(Parked::kAwake),\n"
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
    ("who notifies one looks at the condition once more", CONDITION,
     ("  size_t NotifyOne() noexcept { return core_.Notify(1); }",
      "  size_t NotifyOne() noexcept {\n"
      "    const size_t notified = core_.Notify(1);\n"
      "    if (MUTANT) core_.Read();\n    return notified;\n  }")),
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
    ("an arrival that may not wait counts as one that has joined", CORE_H,
     ("    if (takes) *what = taken;", "    if (MUTANT || takes) *what = taken;")),
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
     ("                     : WaitCore::OthersComeFirst(*word)) &&",
      "                     : !MUTANT && WaitCore::OthersComeFirst(*word)) &&")),
    ("who comes takes what is being handed over, if that is free", SHARED_MUTEX,
     ("    return !(is_free ? WaitCore::IsHandingOver(*word)\n",
      "    return !(is_free ? !MUTANT && WaitCore::IsHandingOver(*word)\n")),
    ("a reader meets a writer", SHARED_MUTEX,
     ("    if (IsShared(*what) ? (payload & kWriter) != 0 :",
      "    if (IsShared(*what) ? !MUTANT && (payload & kWriter) != 0 :")),
    ("a writer meets readers", SHARED_MUTEX,
     (" : payload != 0) {",
      " : (MUTANT ? payload & kWriter : payload) != 0) {")),
    ("the last reader gives to nobody", SHARED_MUTEX,
     ("        [](uint64_t, uint64_t after) noexcept {\n          return ",
      "        [](uint64_t before, uint64_t after) noexcept {\n"
      "          if (MUTANT && !(before & kWriter)) return false;\n"
      "          return ")),
    # What is left over, and what is given back.
    ("a permit that is waited for counts against the bound", SEMAPHORE_CC,
     ("  while (Fits(core.AwaitDrain(), count)) {",
      "  while (!MUTANT && Fits(core.AwaitDrain(), count)) {")),
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
    ("a shared mutex is not given back", SHARED_MUTEX,
     (".give_back = &Unlock,",
      ".give_back = [](WaitCore& core, uint64_t what) noexcept {\n"
      "        if (!MUTANT) Unlock(core, what);\n      },")),
    ("a reader is given back as a writer", SHARED_MUTEX,
     (".give_back = &Unlock,",
      ".give_back = [](WaitCore& core, uint64_t what) noexcept {\n"
      "        Unlock(core, MUTANT ? kExclusive : what);\n      },")),
    ("a writer is given back as a reader", SHARED_MUTEX,
     (".give_back = &Unlock,",
      ".give_back = [](WaitCore& core, uint64_t what) noexcept {\n"
      "        Unlock(core, MUTANT ? kShared : what);\n      },")),
    ("who lets go of a shared mutex looks at it once more", SHARED_MUTEX,
     ("          return (after & ~WaitCore::kListBits) == 0;\n        });\n",
      "OLD    if (MUTANT) core.Read();\n")),
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
     ("        begins = !(word & RoomRules::kClosed);",
      "        begins = MUTANT || !(word & RoomRules::kClosed);")),
    ("a push that begins at once is not counted", QUEUE_CORE,
     ("    if (what == kGranted) *word += RoomRules::kOnePush;",
      "    if (what == kGranted && !MUTANT) *word += RoomRules::kOnePush;")),
    ("who closes a queue forgets what is being pushed", QUEUE_CORE,
     ("        return (word | ItemRules::kClosed) + begun *",
      "        return (word | ItemRules::kClosed) + (MUTANT ? 0 : begun) *")),
    ("who closes a queue leaves the rest to another one who does", QUEUE_CORE,
     ("  const uint64_t begun = open",
      "  if (MUTANT && (open & RoomRules::kClosed)) return;\nOLD")),
    ("what closes twice forgets what has been pushed", QUEUE_CORE,
     ("        if (word & ItemRules::kClosed) return word;",
      "        if (!MUTANT && (word & ItemRules::kClosed)) return word;")),
    ("two hold the store", CORE_H,
     ("        if (word & kGuard) {", "        if ((word & kGuard) && !MUTANT) {")),
    ("who waits for the store is not woken", CORE_H,
     ("      if (word & kLockParked) FutexWake(",
      "      if ((word & kLockParked) && !MUTANT) FutexWake(")),
    ("a queue that has become empty still has an end", QUEUE_STORE,
     ("    if (first_ == nullptr) end_ = &first_;",
      "    if (!MUTANT && first_ == nullptr) end_ = &first_;")),
    ("a value is not pushed behind the last", QUEUE_STORE,
     ("    if (node->next == nullptr) end_ = &node->next;",
      "    if (!MUTANT && node->next == nullptr) end_ = &node->next;")),
    ("of a last-in-first-out queue the first in is the first out", QUEUE_STORE,
     ("kLastInFirstOut ? &first_", "kLastInFirstOut && !MUTANT ? &first_")),
    ("the greatest is the first out", QUEUE_STORE,
     ("values_.extract(values_.begin())",
      "values_.extract(MUTANT ? --values_.end() : values_.begin())")),
    ("of those that are alike the last in is the first out", QUEUE_STORE,
     ("{ values_.insert(std::move(node)); }",
      "{\n"
      "    if (MUTANT) {\n"
      "      const auto place = values_.lower_bound(node.value());\n"
      "      values_.insert(place, std::move(node));\n"
      "      return;\n    }\n"
      "    values_.insert(std::move(node));\n  }")),
    ("a pop leaves no room", QUEUE_CORE_H,
     ("{ RoomRules::Give(room_); }", "{ if (!MUTANT) RoomRules::Give(room_); }")),
    ("who waits for room does not learn that the queue is closed", QUEUE_CORE,
     ("  room_.Give([](uint64_t word)",
      "  if (!MUTANT) room_.Give([](uint64_t word)")),
    ("who waits for a value does not learn that the queue is closed",
     QUEUE_CORE,
     ("begun * ItemRules::kOnePush;\n      },\n      WaitCore::Always);",
      "begun * ItemRules::kOnePush;\n      },\n"
      "      [](uint64_t, uint64_t) noexcept { return !MUTANT; });")),
    ("a value is lost with a coroutine that was to pop it", QUEUE_CORE,
     ("  if (what != kGranted) return;",
      "  if (MUTANT || what != kGranted) return;")),
    ("room is lost with a coroutine that was to push into it", QUEUE_CORE,
     ("  if (what == kGranted) Give(core);",
      "  if (!MUTANT && what == kGranted) Give(core);")),
    ("the end of all work releases nobody", QUEUE_CORE,
     ("return is_end(word) ? next", "return is_end(word) && !MUTANT ? next")),
    ("work that is done is not counted", QUEUE_CORE,
     ("  if (count != UINT32_MAX) unfinished_count_",
      "  if (count != UINT32_MAX && !MUTANT) unfinished_count_")),
    ("nobody waits for the end of what is pushed", QUEUE_CORE,
     ("  if (unfinished_count_ == 0) {", "  if (unfinished_count_ == 0 && !MUTANT) {")),
    ("what is done is not the last touch of a queue", QUEUE_CORE,
     ("  LetGo();\n  if (count > 1) return;",
      "  if (!MUTANT || count > 1) LetGo();\n  if (count > 1) return;"),
     ("{ return is_end(before); });",
      "{ return is_end(before); });\n  if (MUTANT) LetGo();")),
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
    ("who tries for all keeps whom it has released", WAIT_ALL_CC,
     ("  Trampoline::HandOut(ring);", "  if (!MUTANT) Trampoline::HandOut(ring);")),
    ("a wait for all takes what is there before the rest is", ALL,
     ("    Waiter* released;\n    if (attempt == Attempt::kDone) {\n",
      "    Waiter* released;\n    if (attempt == Attempt::kDone || MUTANT) {\n"
      )),
    ("a wait for all does not look for the events", ALL,
     ("FindUnset(targets, all_held.data());",
      "MUTANT ? nullptr : FindUnset(targets, all_held.data());")),
    ("a wait for all looks at each event once", ALL,
     ("has_changed = true;", "has_changed = !MUTANT;")),
    ("a wait for all forgets whom it has released", ALL,
     ("    Waiter::Append(ring, released);",
      "    if (!MUTANT) Waiter::Append(ring, released);")),
    ("a wait for all sleeps for a list while it holds others", ALL,
     ("    attempt = target->core->TryHold(target->request, held);",
      "    for (;;) {\n"
      "      attempt = target->core->TryHold(target->request, held);\n"
      "      if (!MUTANT || attempt != Attempt::kBusy) break;\n"
      "      target->core->AwaitList(Deadline());\n    }")),
    ("a wait for all takes the last though an event is not set", ALL,
     ("target + 1 == end && !must_look)",
      "target + 1 == end && (MUTANT || !must_look))")),
    ("a try for all sleeps for a list", WAIT_ALL_CC,
     ("    if (given_up.has_value()) return *given_up;\n    if (attempt",
      "    if (given_up.has_value() &&\n"
      "        !(MUTANT && attempt == Attempt::kBusy)) {\n"
      "      return *given_up;\n    }\n"
      "    if (MUTANT && given_up.has_value()) {\n"
      "      lacked->core->AwaitList(internal::Deadline());\n    }\n"
      "    if (attempt")),
    ("who looks for what is there joins", ALL,
     ("  return request.rules->take(&next, &request.what);\n}\n\nbool CanBe",
      "  if (MUTANT) return false;\nOLD")),
    ("what is held for all is taken by others", CORE_H,
     ("      if (word_.compare_exchange_weak(word, word | kLocked | kDrain,",
      "      if (word_.compare_exchange_weak(\n"
      "              word, word | kLocked | (MUTANT ? 0 : kDrain),")),
    ("what is given while it is held for all is lost", CORE_H,
     ("    uint64_t word = held.word | kLocked | kDrain;\n",
      "OLD    const uint64_t now = word_.load(std::memory_order_relaxed);\n"
      "    if (MUTANT && !(now & kLockParked)) word = now;\n")),
    ("who sleeps for a list that is held for all is forgotten", CORE_H,
     ("    // Relaxed: what is taken was published before [L1],",
      "    if (MUTANT) {\n"
      "      word |= word_.load(std::memory_order_relaxed) & kLockParked;\n"
      "    }\nOLD")),
    ("who tries for all keeps the end of a queue from who looks", CORE_H,
     ("    if (held.word & kListBits) return false;",
      "    if (!MUTANT && (held.word & kListBits)) return false;")),
    ("a broadcast overlooks those who look", CORE_H,
     ("(word & (kLocked | kHasWaiters | kDrain))) {",
      "(word & (kLocked | kHasWaiters | (MUTANT ? 0 : kDrain)))) {")),
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
    ("a parent's stop stops none of several tasks", WHEN_ANY_H,
     ("    race.Stop();\n    co_await race.left();\n  }\n  co_return internal",
      "    if (!MUTANT) OLD")),
    ("several tasks that a parent stops are not awaited", WHEN_ANY_H,
     ("    race.Stop();\n    co_await race.left();\n  }\n  co_return internal",
      "    race.Stop();\n    if (!MUTANT) co_await race.left();\n"
      "  }\n  co_return internal")),
    ("a parent's stop stops none of a vector of tasks", WHEN_ANY_H,
     ("    race.Stop();\n    co_await race.left();\n  }\n  co_return First",
      "    if (!MUTANT) OLD")),
    ("a vector of tasks that a parent stops is not awaited", WHEN_ANY_H,
     ("    race.Stop();\n    co_await race.left();\n  }\n  co_return First",
      "    race.Stop();\n    if (!MUTANT) co_await race.left();\n"
      "  }\n  co_return First")),
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
     (" void Make(F&& make) {\n    if (!there_.IsSet()) {",
      " void Make(F&& make) {\n    if (MUTANT || !there_.IsSet()) {")),
    ("a value is made by each coroutine that asks", LAZY,
     ("::Adopt(mutex_);\n    if (!there_.IsSet()) {",
      "::Adopt(mutex_);\n    if (MUTANT || !there_.IsSet()) {")),
    ("a thread makes a value that another one makes", LAZY,
     ("      const MutexLock lock(mutex_, where);\n",
      "      std::optional<MutexLock> lock;\n"
      "      if (!MUTANT) lock.emplace(mutex_);\n")),
    ("a coroutine makes a value that another one makes", LAZY,
     ("    const Mutex::Guard guard = Mutex::Guard::Adopt(mutex_);\n"
      "    if (!there_.IsSet()) {",
      "    std::optional<Mutex::Guard> guard = Mutex::Guard::Adopt(mutex_);\n"
      "    if (MUTANT) guard.reset();\n"
      "    if (!there_.IsSet()) {")),
    ("who gives up does not see that a value is there", LAZY,
     ("    return there_.IsSet() ?", "    return !MUTANT && there_.IsSet() ?")),
    ("a value is said to be there, and then made by a thread", LAZY,
     ("      value_.emplace(std::invoke(",
      "      if (MUTANT) there_.Set();\nOLD")),
    ("a value is said to be there, and then made by a coroutine", LAZY,
     ("      value_.emplace(co_await make());",
      "      if (MUTANT) there_.Set();\nOLD")),
    ("a value that could not be made is said to be there", LAZY,
     ("      value_.emplace(std::invoke(",
      "      struct Last {\n"
      "        ~Last() {\n          if (MUTANT) event.Set();\n        }\n"
      "        Event& event;\n      } last{there_};\nOLD")),
    ("the next one to ask does not learn that a value is there", LAZY,
     ("std::forward<F>(make)));\n      there_.Set();",
      "std::forward<F>(make)));\n      if (!MUTANT) there_.Set();")),
    # Ties.
    ("who leaves a mutex is not asked whether it can have it", CORE_CC,
     ("  if (!Unlock(waiter, released, waiter)) return std::nullopt;",
      "  if (!Unlock(waiter, released, MUTANT ? nullptr : waiter)) {\n"
      "    return std::nullopt;\n  }"),
     ("has_turn ? waiter : nullptr",
      "has_turn && !MUTANT ? waiter : nullptr")),
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

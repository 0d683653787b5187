// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the documentation of asyncio promises, of what docs/companions.md names
// as its counterpart here: the rows of its table that each test is for stand
// above it.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/mutex.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/wait_options.h"

namespace synclib {
namespace {

// Runs tasks on one event loop. They start in order, so that each finds that
// those before it have come to their first wait.
template <class... T>
void RunAll(Task<T>... tasks) {
  (void)Run(Gather(std::move(tasks)...));
}

// Goes on when all tasks of the loop have that can.
Task<> LetOthersGoOn() {
  Event event;
  Submit(*Executor::Current(), [&] { event.Set(); });
  co_await event;
}

// Row: asyncio.Event()
// Row: asyncio.Event.set()
// Row: asyncio.Event.clear()
// Row: asyncio.Event.is_set()
TEST(AsyncioRows, EventStartsClearAndIsSetUntilItIsCleared) {
  Event event;
  EXPECT_FALSE(event.IsSet());
  event.Set();
  event.Set();
  EXPECT_TRUE(event.IsSet());
  event.Clear();
  EXPECT_FALSE(event.IsSet());
}

// Row: asyncio.Event.wait()
// Row: asyncio.Event.set()
TEST(AsyncioRows, SetAwakensAllWhoWaitAndWhoComesLaterNeedNotWait) {
  Event event;
  std::string log;
  auto wait = [&](char name) -> Task<> {
    co_await event;
    log += name;
  };
  auto set = [&]() -> Task<> {
    log += 's';
    event.Set();
    co_await event.AsyncWait();
    log += 't';
  };
  RunAll(wait('a'), wait('b'), set());
  EXPECT_EQ(log, "stab");
}

// Row: asyncio.Event.wait()
// Row: asyncio.Event.clear()
TEST(AsyncioRows, ClearMakesOnlyThoseWaitWhoComeAfterIt) {
  Event event;
  std::string log;
  auto wait = [&](char name) -> Task<> {
    co_await event;
    log += name;
  };
  auto set = [&]() -> Task<> {
    event.Set();
    event.Clear();
    log +=
        (co_await event.AsyncWait(absl::ZeroDuration())) == WaitResult::kTimeout
            ? 't'
            : '?';
  };
  RunAll(wait('a'), wait('b'), set());
  EXPECT_EQ(log, "tab");
}

// Row: asyncio.Lock()
// Row: asyncio.Lock.acquire()
// Row: asyncio.Lock.release()
TEST(AsyncioRows, LockGoesToTheFirstWhoWaits) {
  Mutex mutex;
  std::string log;
  auto use = [&](char name) -> Task<> {
    co_await mutex.AsyncLock();
    log += name;
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock();
  };
  // Comes again at once, and is not served before those who wait.
  auto hold = [&]() -> Task<> {
    co_await mutex.AsyncLock();
    log += 'h';
    co_await LetOthersGoOn();
    EXPECT_EQ(mutex.waiters(), 3u);
    mutex.unlock();
    co_await mutex.AsyncLock();
    log += 'h';
    mutex.unlock();
  };
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
  RunAll(hold(), use('a'), use('b'), use('c'));
  EXPECT_EQ(log, "habch");
}

// Row: async with lock
TEST(AsyncioRows, GuardHasTheLockUntilTheEndOfItsBlock) {
  Mutex mutex;
  auto use = [&]() -> Task<> {
    {
      const Mutex::Guard guard = co_await mutex.AsyncGuard();
      EXPECT_FALSE(mutex.try_lock());
    }
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  };
  RunAll(use());
}

// Row: asyncio.Condition.wait()
// Row: asyncio.Condition.notify(n)
// Row: asyncio.Condition.notify_all()
TEST(AsyncioRows, NotifyWakesAsManyAsItSaysEachWithTheMutex) {
  Mutex mutex;
  Condition condition;
  std::string log;
  auto wait = [&](char name) -> Task<> {
    const Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_await condition.AsyncWait(mutex);
    EXPECT_FALSE(mutex.try_lock());
    log += name;
  };
  auto notify = [&]() -> Task<> {
    EXPECT_EQ(condition.Notify(2), 2u);
    co_await LetOthersGoOn();
    log += '|';
    EXPECT_EQ(condition.NotifyAll(), 2u);
    EXPECT_EQ(condition.NotifyOne(), 0u);
  };
  RunAll(wait('a'), wait('b'), wait('c'), wait('d'), notify());
  EXPECT_EQ(log, "ab|cd");
}

// Row: asyncio.Condition.wait()
TEST(AsyncioRows, ACancelledWaitForAConditionHasTheMutex) {
  Mutex mutex;
  Condition condition;
  std::stop_source source;
  auto wait = [&]() -> Task<> {
    const Mutex::Guard guard = co_await mutex.AsyncGuard();
    const WaitResult result =
        co_await condition.AsyncWait(mutex, source.get_token());
    EXPECT_EQ(result, WaitResult::kCancelled);
    EXPECT_FALSE(mutex.try_lock());
  };
  auto cancel = [&]() -> Task<> {
    source.request_stop();
    co_return;
  };
  RunAll(wait(), cancel());
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// Row: asyncio.Condition.wait_for(predicate)
TEST(AsyncioRows, WaitForIsOverWhenThePredicateIsTrue) {
  Mutex mutex;
  Condition condition;
  int items = 0;
  auto wait = [&]() -> Task<> {
    const Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_await condition.AsyncWait(mutex, [&] { return items == 2; });
    EXPECT_EQ(items, 2);
  };
  auto add = [&]() -> Task<> {
    const Mutex::Guard guard = co_await mutex.AsyncGuard();
    ++items;
    condition.NotifyAll();
  };
  RunAll(wait(), add(), add());
}

// Row: asyncio.Semaphore.acquire()
// Row: asyncio.Semaphore.release()
TEST(AsyncioRows, SemaphoreLetsAsManyPassAsItHasPermits) {
  Semaphore permits(2);
  std::string log;
  auto acquire = [&](char name) -> Task<> {
    co_await permits.AsyncAcquire();
    log += name;
  };
  auto release = [&]() -> Task<> {
    EXPECT_EQ(permits.permits(), 0);
    EXPECT_EQ(permits.waiters(), 2u);
    log += '|';
    EXPECT_TRUE(permits.Release());
    EXPECT_TRUE(permits.Release());
    co_return;
  };
  RunAll(acquire('a'), acquire('b'), acquire('c'), acquire('d'), release());
  EXPECT_EQ(log, "ab|cd");
  // More often than it was acquired.
  EXPECT_TRUE(permits.Release());
  EXPECT_TRUE(permits.Release());
  EXPECT_TRUE(permits.Release());
  EXPECT_EQ(permits.permits(), 3);
}

// Row: asyncio.Semaphore.acquire()
TEST(AsyncioRows, ACancelledAcquireTakesNoPermit) {
  Semaphore permits(0);
  std::stop_source source;
  auto acquire = [&]() -> Task<> {
    const WaitResult result = co_await permits.AsyncAcquire(source.get_token());
    EXPECT_EQ(result, WaitResult::kCancelled);
  };
  auto cancel = [&]() -> Task<> {
    source.request_stop();
    permits.Release();
    co_return;
  };
  RunAll(acquire(), cancel());
  EXPECT_EQ(permits.permits(), 1);
}

// Row: asyncio.BoundedSemaphore(value)
TEST(AsyncioRows, BoundedSemaphoreRefusesToGoBeyondItsBound) {
  Semaphore permits(2, 2);
  EXPECT_FALSE(permits.Release());
  EXPECT_TRUE(permits.TryAcquire());
  EXPECT_TRUE(permits.Release());
  EXPECT_FALSE(permits.Release());
  EXPECT_EQ(permits.permits(), 2);
}

// Row: asyncio.Barrier(parties)
// Row: asyncio.Barrier.wait()
// Row: async with barrier as position
// Row: asyncio.Barrier.parties
// Row: asyncio.Barrier.n_waiting
TEST(AsyncioRows, BarrierLetsAllPassWhenAllHaveComeAgainAndAgain) {
  Barrier barrier(3);
  EXPECT_EQ(barrier.parties(), 3);
  int begun = 0;
  std::multiset<int64_t> positions;
  auto party = [&]() -> Task<> {
    for (int phase = 1; phase <= 2; ++phase) {
      EXPECT_EQ(barrier.arrived(), begun % 3);
      ++begun;
      const BarrierResult result = co_await barrier.AsyncArriveAndWait();
      EXPECT_EQ(result.outcome, BarrierResult::kComplete);
      EXPECT_GE(begun, 3 * phase);
      positions.insert(result.index);
    }
  };
  RunAll(party(), party(), party());
  EXPECT_EQ(positions, (std::multiset<int64_t>{0, 0, 1, 1, 2, 2}));
  EXPECT_EQ(barrier.arrived(), 0);
}

// Row: asyncio.Barrier.wait()
// Row: asyncio.Barrier.n_waiting
// Row: asyncio.Barrier.broken
TEST(AsyncioRows, ACancelledWaitLeavesTheBarrierWhole) {
  Barrier barrier(2);
  std::stop_source source;
  auto give_up = [&]() -> Task<> {
    const BarrierResult result =
        co_await barrier.AsyncArriveAndWait(source.get_token());
    EXPECT_EQ(result.outcome, BarrierResult::kCancelled);
  };
  auto pass = [&]() -> Task<> {
    const BarrierResult result = co_await barrier.AsyncArriveAndWait();
    EXPECT_EQ(result.outcome, BarrierResult::kComplete);
  };
  auto cancel = [&]() -> Task<> {
    EXPECT_EQ(barrier.arrived(), 1);
    source.request_stop();
    EXPECT_EQ(barrier.arrived(), 0);
    EXPECT_FALSE(barrier.broken());
    co_return;
  };
  RunAll(give_up(), cancel(), pass(), pass());
}

// Row: asyncio.Barrier.reset()
// Row: asyncio.Barrier.broken
TEST(AsyncioRows, ResetBreaksTheWaitsAndEmptiesTheBarrier) {
  Barrier barrier(2);
  auto wait = [&](BarrierResult::Outcome outcome) -> Task<> {
    const BarrierResult result = co_await barrier.AsyncArriveAndWait();
    EXPECT_EQ(result.outcome, outcome);
  };
  auto reset = [&]() -> Task<> {
    barrier.Reset();
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.arrived(), 0);
    co_return;
  };
  RunAll(wait(BarrierResult::kBroken), reset(), wait(BarrierResult::kComplete),
         wait(BarrierResult::kComplete));
}

// Row: asyncio.Barrier.abort()
// Row: asyncio.Barrier.broken
TEST(AsyncioRows, AbortBreaksTheWaitsAndThoseToCome) {
  Barrier barrier(2);
  auto wait = [&]() -> Task<> {
    const BarrierResult result = co_await barrier.AsyncArriveAndWait();
    EXPECT_EQ(result.outcome, BarrierResult::kBroken);
  };
  auto abort = [&]() -> Task<> {
    EXPECT_FALSE(barrier.broken());
    barrier.Abort();
    EXPECT_TRUE(barrier.broken());
    co_return;
  };
  RunAll(wait(), abort(), wait(), wait());
}

// Row: asyncio.Queue.put(item)
// Row: asyncio.Queue.get()
// Row: asyncio.Queue(maxsize)
TEST(AsyncioRows, PutWaitsWhileTheQueueIsFullAndGetWhileItIsEmpty) {
  Queue<int> queue(1);
  std::string log;
  auto put = [&]() -> Task<> {
    for (int i = 0; i < 3; ++i) {
      const QueueResult result = co_await queue.AsyncPush(i);
      EXPECT_EQ(result, QueueResult::kReady);
      log += 'p';
    }
  };
  auto get = [&]() -> Task<> {
    for (int i = 0; i < 4; ++i) {
      const Popped<int> next = co_await queue.AsyncPop();
      EXPECT_EQ(next.value, i);
      log += 'g';
    }
  };
  auto put_last = [&]() -> Task<> {
    for (int i = 0; i < 9; ++i) co_await LetOthersGoOn();
    EXPECT_EQ(log, "p|gpgpg");  // Who gets waits.
    EXPECT_TRUE(queue.TryPush(3));
  };
  auto look = [&]() -> Task<> {
    EXPECT_EQ(log, "p");  // Who puts waits.
    log += '|';
    co_return;
  };
  RunAll(put(), look(), get(), put_last());
  EXPECT_EQ(log, "p|gpgpgg");
}

// Row: asyncio.Queue.get()
TEST(AsyncioRows, ACancelledGetTakesNothing) {
  Queue<int> queue;
  std::stop_source source;
  auto get = [&]() -> Task<> {
    const Popped<int> next = co_await queue.AsyncPop(source.get_token());
    EXPECT_EQ(next.result, QueueResult::kCancelled);
  };
  auto cancel = [&]() -> Task<> {
    source.request_stop();
    EXPECT_TRUE(queue.TryPush(1));
    co_return;
  };
  RunAll(get(), cancel());
  EXPECT_EQ(queue.TryPop(), 1);
}

// Row: asyncio.Queue.put(item)
TEST(AsyncioRows, ACancelledPutPutsNothingAndItsValueIsGone) {
  Queue<std::shared_ptr<int>> queue(1);
  EXPECT_TRUE(queue.TryPush(nullptr));
  std::stop_source source;
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> lives = value;
  auto put = [&]() -> Task<> {
    const QueueResult result =
        co_await queue.AsyncPush(std::move(value), source.get_token());
    EXPECT_EQ(result, QueueResult::kCancelled);
  };
  auto cancel = [&]() -> Task<> {
    EXPECT_FALSE(lives.expired());
    source.request_stop();
    co_return;
  };
  RunAll(put(), cancel());
  EXPECT_EQ(queue.size(), 1);
  EXPECT_TRUE(lives.expired());
}

// Row: asyncio.Queue.put_nowait(item)
// Row: asyncio.Queue.get_nowait()
// Row: asyncio.Queue.maxsize
// Row: asyncio.Queue.qsize()
TEST(AsyncioRows, PutAndGetThatMayNotWaitFailInAFullAndInAnEmptyQueue) {
  Queue<int> queue(2);
  EXPECT_EQ(queue.bound(), 2);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_FALSE(queue.TryPush(3));
  EXPECT_EQ(queue.size(), 2);
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_EQ(queue.TryPop(), 2);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
}

// Row: asyncio.Queue.task_done()
// Row: asyncio.Queue.join()
TEST(AsyncioRows, JoinEndsWhenAllThatWasPutIsDone) {
  Queue<int> queue;
  std::string log;
  auto join = [&]() -> Task<> {
    co_await queue.AsyncJoin();
    log += 'j';
  };
  auto work = [&]() -> Task<> {
    for (int i = 0; i < 2; ++i) {
      const Popped<int> next = co_await queue.AsyncPop();
      EXPECT_TRUE(next.value.has_value());
      co_await LetOthersGoOn();
      log += 'd';
      queue.TaskDone();
    }
  };
  RunAll(join());  // There is nothing to be done.
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  RunAll(join(), work());
  EXPECT_EQ(log, "jddj");
}

// Row: asyncio.Queue.shutdown()
// Row: asyncio.Queue.get()
TEST(AsyncioRows, ShutDownQueueGivesOutWhatItHasAndTakesNothing) {
  Queue<int> queue(1);
  std::string log;
  auto put = [&](int value, QueueResult result) -> Task<> {
    EXPECT_EQ(co_await queue.AsyncPush(value), result);
    log += 'p';
  };
  auto shut_down = [&]() -> Task<> {
    log += '|';
    queue.Close();
    EXPECT_FALSE(queue.TryPush(3));
    co_return;
  };
  auto get = [&](std::optional<int> value) -> Task<> {
    const Popped<int> next = co_await queue.AsyncPop();
    EXPECT_EQ(next.result, value ? QueueResult::kReady : QueueResult::kClosed);
    EXPECT_EQ(next.value, value);
  };
  // The second one is waiting when the queue is shut down.
  RunAll(put(1, QueueResult::kReady), put(2, QueueResult::kClosed), shut_down(),
         put(4, QueueResult::kClosed), get(1), get(std::nullopt));
  EXPECT_EQ(log, "p|pp");
}

// Row: asyncio.Queue.shutdown()
TEST(AsyncioRows, ShutDownEndsTheGetsThatWait) {
  Queue<int> queue;
  std::string log;
  auto get = [&]() -> Task<> {
    const Popped<int> next = co_await queue.AsyncPop();
    EXPECT_EQ(next.result, QueueResult::kClosed);
    log += 'g';
  };
  auto shut_down = [&]() -> Task<> {
    queue.Close();
    log += 's';
    co_return;
  };
  RunAll(get(), get(), shut_down());
  EXPECT_EQ(log, "sgg");
}

// Row: asyncio.Queue.shutdown()
TEST(AsyncioRows, ShutDownLeavesJoinToWaitForEachTaskThatIsNotDone) {
  Queue<int> queue;
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  std::string log;
  auto join = [&]() -> Task<> {
    co_await queue.AsyncJoin();
    log += 'j';
  };
  auto work = [&]() -> Task<> {
    queue.Close();
    while ((co_await queue.AsyncPop()).value) {
      co_await LetOthersGoOn();
      log += 'd';
      queue.TaskDone();
      co_await LetOthersGoOn();
    }
  };
  RunAll(join(), work(), join());
  EXPECT_EQ(log, "ddjj");
}

// Row: asyncio.Queue.shutdown(immediate=True)
TEST(AsyncioRows, ImmediateShutDownDrainsTheQueueAndEndsJoin) {
  Queue<int> queue;
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  bool joined = false;
  auto join = [&]() -> Task<> {
    co_await queue.AsyncJoin();
    joined = true;
  };
  auto shut_down = [&]() -> Task<> {
    EXPECT_FALSE(joined);
    queue.Close();
    while (queue.Pop().value) queue.TaskDone();
    EXPECT_EQ(queue.Pop().result, QueueResult::kClosed);
    co_return;
  };
  RunAll(join(), shut_down());
  EXPECT_TRUE(joined);
}

// Row: asyncio.LifoQueue(maxsize)
TEST(AsyncioRows, LifoQueueGivesOutTheLastFirst) {
  LifoQueue<int> queue;
  for (const int value : {1, 2, 3}) EXPECT_TRUE(queue.TryPush(value));
  for (const int value : {3, 2, 1}) EXPECT_EQ(queue.TryPop(), value);
}

// Row: asyncio.PriorityQueue(maxsize)
TEST(AsyncioRows, PriorityQueueGivesOutTheLeastFirstAndEqualsInOrder) {
  using Job = std::pair<int, char>;
  struct ByPriority {
    bool operator()(const Job& a, const Job& b) const {
      return a.first < b.first;
    }
  };
  PriorityQueue<Job, ByPriority> queue;
  for (const Job& job : {Job(2, 'a'), Job(1, 'b'), Job(2, 'c'), Job(1, 'd')}) {
    EXPECT_TRUE(queue.TryPush(job));
  }
  std::string log;
  while (const std::optional<Job> job = queue.TryPop()) log += job->second;
  EXPECT_EQ(log, "bdac");
}

// Row: asyncio.gather(*aws)
TEST(AsyncioRows, GatherReturnsTheResultsInTheOrderOfItsArguments) {
  Event event;
  auto late = [&]() -> Task<int> {
    co_await event;
    co_return 1;
  };
  auto early = [&]() -> Task<int> {
    event.Set();
    co_return 2;
  };
  EXPECT_EQ(synclib::Run(Gather(late(), early())), std::make_tuple(1, 2));
}

#ifdef __cpp_exceptions
// Row: asyncio.gather(*aws, return_exceptions=True)
TEST(AsyncioRows, GatherOutcomesTreatsErrorsAsResults) {
  Event event;
  auto late = [&]() -> Task<int> {
    co_await event;
    co_return 1;
  };
  auto fails = [&]() -> Task<int> {
    event.Set();
    throw std::runtime_error("no");
    co_return 2;
  };
  const auto [value, error] = synclib::Run(GatherOutcomes(late(), fails()));
  EXPECT_EQ(value.value(), 1);
  EXPECT_FALSE(error.ok());
  EXPECT_THROW((void)error.value(), std::runtime_error);
}
#endif

// Row: asyncio.sleep(delay)
TEST(AsyncioRows, SleepLetsOthersRunUnlessItsDelayIsZero) {
  std::string log;
  auto sleep = [&](char name, absl::Duration delay) -> Task<> {
    co_await Sleep(delay);
    log += name;
  };
  RunAll(sleep('a', absl::Milliseconds(1)), sleep('b', absl::ZeroDuration()));
  EXPECT_EQ(log, "ba");
}

}  // namespace
}  // namespace synclib

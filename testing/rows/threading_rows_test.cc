// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the documentation of Python's threading and queue promises, of what
// docs/companions.md names as its counterpart here: the rows of its table that
// each test is for stand above it.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
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
#include "sync/mutex.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/wait_options.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synclib {
namespace {

using synctest::Arrival;
using synctest::AwaitWaiters;
using synctest::Exclusive;
using synctest::Fulfilment;
using synctest::Notification;
using synctest::Permit;
using synctest::ThreadWaiter;
using synctest::WaitUntil;

constexpr absl::Duration kShort = absl::Milliseconds(1);

// How many of the waits have ended.
template <class Waiters>
int64_t Ended(const Waiters& waiters) {
  return std::count_if(
      waiters.begin(), waiters.end(),
      [](const ThreadWaiter& waiter) { return waiter.done(); });
}

// Row: threading.Lock()
// Row: threading.Lock.acquire()
// Row: threading.Lock.release()
// Row: with lock
TEST(ThreadingRows, LockIsHadByOneThreadAtATime) {
  Mutex mutex;
  int count = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 500; ++round) {
          {
            const MutexLock lock(mutex);
            ++count;
          }
          mutex.lock();
          ++count;
          mutex.unlock();
        }
      });
    }
  }
  EXPECT_EQ(count, 4000);
}

// Row: threading.Lock.acquire()
// Row: threading.Lock.release()
TEST(ThreadingRows, AnyThreadMayReleaseALockAndExactlyOneThreadProceeds) {
  Mutex mutex;
  mutex.lock();
  std::array<ThreadWaiter, 3> waiters;
  for (ThreadWaiter& waiter : waiters) waiter.Start(Exclusive<Mutex>{mutex});
  for (size_t left = waiters.size(); left != 0; --left) {
    AwaitWaiters(mutex, left);
    const int64_t ended = Ended(waiters);
    std::jthread([&] { mutex.unlock(); }).join();
    WaitUntil([&] { return Ended(waiters) != ended; }, "a lock");
    EXPECT_EQ(Ended(waiters), ended + 1);
    EXPECT_FALSE(mutex.try_lock());
  }
  mutex.unlock();
}

// Row: threading.Lock.acquire(timeout=t)
// Row: threading.Lock.acquire(blocking=False)
TEST(ThreadingRows, AcquireOfALockGivesUpWhenItsTimeHasPassed) {
  Mutex mutex;
  EXPECT_EQ(mutex.Lock(kShort), WaitResult::kReady);
  EXPECT_EQ(mutex.Lock(kShort), WaitResult::kTimeout);
  EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kTimeout);
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// Row: threading.Condition.wait(timeout)
TEST(ThreadingRows, WaitForAConditionHasTheLockAgainWhenItReturns) {
  Mutex mutex;
  Condition condition;
  mutex.lock();
  EXPECT_EQ(condition.Wait(mutex, kShort), WaitResult::kTimeout);
  EXPECT_FALSE(mutex.try_lock());

  ThreadWaiter waiter;
  waiter.Start(Notification{condition, mutex}, absl::Hours(1));
  AwaitWaiters(condition, 1);
  mutex.lock();  // The wait has released it.
  condition.NotifyOne();
  EXPECT_FALSE(waiter.done());
  mutex.unlock();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
}

// Row: threading.Condition.wait_for(predicate, timeout)
TEST(ThreadingRows, WaitForSaysWhetherThePredicateIsTrue) {
  Mutex mutex;
  Condition condition;
  bool fulfilled = false;
  const auto predicate = [&] { return fulfilled; };
  mutex.lock();
  EXPECT_EQ(condition.Wait(mutex, predicate, kShort), WaitResult::kTimeout);
  EXPECT_FALSE(mutex.try_lock());

  ThreadWaiter waiter;
  waiter.Start(Fulfilment{condition, mutex, predicate}, absl::Hours(1));
  for (int i = 0; i < 3; ++i) {
    AwaitWaiters(condition, 1);
    const MutexLock lock(mutex);
    fulfilled = i == 2;
    EXPECT_EQ(condition.NotifyOne(), 1u);
  }
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  // Of what is true already there is no wait.
  EXPECT_EQ(condition.Wait(mutex, predicate, absl::ZeroDuration()),
            WaitResult::kReady);
  mutex.unlock();
}

// Row: threading.Condition.notify(n)
// Row: threading.Condition.notify_all()
TEST(ThreadingRows, NotifyWakesAtMostAsManyAsItSays) {
  Mutex mutex;
  Condition condition;
  EXPECT_EQ(condition.NotifyOne(), 0u);
  EXPECT_EQ(condition.NotifyAll(), 0u);
  std::array<ThreadWaiter, 5> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&](WaitResult) { mutex.unlock(); });
    mutex.lock();
    waiters[i].Start(Notification{condition, mutex});
    AwaitWaiters(condition, i + 1);
  }
  EXPECT_EQ(condition.Notify(2), 2u);
  EXPECT_EQ(condition.waiters(), 3u);
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(condition.waiters(), 2u);
  EXPECT_EQ(condition.NotifyAll(), 2u);
}

// Row: threading.Semaphore.acquire()
// Row: threading.Semaphore.release(n)
TEST(ThreadingRows, ReleaseWakesOneThreadForEachPermit) {
  Semaphore permits(1);
  permits.Acquire();
  std::array<ThreadWaiter, 4> waiters;
  for (ThreadWaiter& waiter : waiters) waiter.Start(Permit{permits});
  AwaitWaiters(permits, 4);
  permits.Release();
  AwaitWaiters(permits, 3);
  permits.Release(2);
  AwaitWaiters(permits, 1);
  permits.Release(2);
  EXPECT_EQ(permits.waiters(), 0u);
  for (ThreadWaiter& waiter : waiters) {
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
  EXPECT_EQ(permits.permits(), 1);
}

// Row: threading.Semaphore.acquire(timeout=t)
// Row: threading.Semaphore.acquire(blocking=False)
TEST(ThreadingRows, AcquireOfAPermitGivesUpWhenItsTimeHasPassed) {
  Semaphore permits(1);
  EXPECT_EQ(permits.Acquire(kShort), WaitResult::kReady);
  EXPECT_EQ(permits.Acquire(kShort), WaitResult::kTimeout);
  EXPECT_FALSE(permits.TryAcquire());
  permits.Release();
  EXPECT_TRUE(permits.TryAcquire());
}

// Row: threading.BoundedSemaphore(value)
TEST(ThreadingRows, BoundedSemaphoreRefusesToGoBeyondItsBound) {
  Semaphore permits(1, 1);
  EXPECT_FALSE(permits.Release());
  permits.Acquire();
  EXPECT_FALSE(permits.Release(2));
  EXPECT_TRUE(permits.Release());
  EXPECT_EQ(permits.permits(), 1);
}

// Row: threading.Event()
// Row: threading.Event.set()
// Row: threading.Event.clear()
// Row: threading.Event.is_set()
// Row: threading.Event.wait(timeout)
TEST(ThreadingRows, EventLetsAllPassOnceItIsSetAndUntilItIsCleared) {
  Event event;
  EXPECT_FALSE(event.IsSet());
  std::array<ThreadWaiter, 3> waiters;
  waiters[0].Start(event);
  waiters[1].Start(event, absl::Hours(1));
  AwaitWaiters(event, 2);
  event.Set();
  EXPECT_TRUE(event.IsSet());
  waiters[2].Start(event);
  for (ThreadWaiter& waiter : waiters) {
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
  EXPECT_EQ(event.Wait(absl::ZeroDuration()), WaitResult::kReady);
  event.Clear();
  EXPECT_FALSE(event.IsSet());
  EXPECT_EQ(event.Wait(kShort), WaitResult::kTimeout);
}

// Row: threading.Timer(interval, function)
// Row: threading.Timer.cancel()
TEST(ThreadingRows, ATimerThatIsCancelledWhileItWaitsDoesNotAct) {
  int acted = 0;
  auto act_after = [&](WaitOptions limit) -> Task<> {
    if (co_await Sleep(limit) == WaitResult::kTimeout) ++acted;
  };
  std::stop_source cancelled;
  std::stop_source late;
  auto cancel = [&]() -> Task<> {
    cancelled.request_stop();
    co_return;
  };
  (void)synclib::Run(Gather(act_after({absl::Hours(1), cancelled.get_token()}),
                            act_after({kShort, late.get_token()}), cancel()));
  late.request_stop();
  EXPECT_EQ(acted, 1);
}

// Row: threading.Barrier(parties)
// Row: threading.Barrier.wait(timeout)
// Row: threading.Barrier.parties
// Row: threading.Barrier.n_waiting
// Row: threading.Barrier.broken
TEST(ThreadingRows, BarrierLetsAllPassWhenAllHaveComeAgainAndAgain) {
  Barrier barrier(3, Barrier::kBreaks);
  EXPECT_EQ(barrier.parties(), 3);
  for (int phase = 0; phase < 3; ++phase) {
    std::array<ThreadWaiter, 2> waiters;
    std::array<BarrierResult, 3> results;
    for (size_t i = 0; i < waiters.size(); ++i) {
      EXPECT_EQ(barrier.arrived(), static_cast<int64_t>(i));
      waiters[i].Start(Arrival{barrier, &results[i]});
      AwaitWaiters(barrier, i + 1);
    }
    EXPECT_EQ(Ended(waiters), 0);
    results[2] = barrier.ArriveAndWait(absl::Hours(1));
    std::set<int64_t> indices;
    for (ThreadWaiter& waiter : waiters) waiter.Result();
    for (const BarrierResult& result : results) {
      EXPECT_EQ(result.outcome, BarrierResult::kComplete);
      indices.insert(result.index);
    }
    EXPECT_EQ(indices, (std::set<int64_t>{0, 1, 2}));
    EXPECT_FALSE(barrier.broken());
  }
}

// Row: threading.Barrier(parties)
// Row: threading.Barrier.wait(timeout)
// Row: threading.Barrier.n_waiting
TEST(ThreadingRows, AWaitThatTimesOutBreaksTheBarrier) {
  Barrier barrier(3, Barrier::kBreaks);
  BarrierResult result;
  ThreadWaiter waiter;
  waiter.Start(Arrival{barrier, &result});
  AwaitWaiters(barrier, 1);
  EXPECT_EQ(barrier.ArriveAndWait(kShort).outcome, BarrierResult::kTimeout);
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(barrier.arrived(), 0);
  waiter.Result();
  EXPECT_EQ(result.outcome, BarrierResult::kBroken);
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kBroken);
}

// Row: threading.Barrier(parties)
TEST(ThreadingRows, WithoutBreakingAWaitThatTimesOutTakesItsArrivalBack) {
  Barrier barrier(2);
  EXPECT_EQ(barrier.ArriveAndWait(kShort).outcome, BarrierResult::kTimeout);
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.arrived(), 0);
}

// Row: threading.Barrier.reset()
// Row: threading.Barrier.abort()
// Row: threading.Barrier.broken
TEST(ThreadingRows, AbortBreaksABarrierUntilItIsReset) {
  Barrier barrier(2, Barrier::kBreaks);
  const auto breaks = [&](auto break_it) {
    BarrierResult result;
    ThreadWaiter waiter;
    waiter.Start(Arrival{barrier, &result});
    AwaitWaiters(barrier, 1);
    break_it();
    waiter.Result();
    return result.outcome == BarrierResult::kBroken;
  };
  EXPECT_TRUE(breaks([&] { barrier.Reset(); }));
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_TRUE(breaks([&] { barrier.Abort(); }));
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kBroken);
  barrier.Reset();
  EXPECT_FALSE(barrier.broken());
  BarrierResult result;
  ThreadWaiter waiter;
  waiter.Start(Arrival{barrier, &result});
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  waiter.Result();
  EXPECT_EQ(result.outcome, BarrierResult::kComplete);
}

// Row: queue.Queue.put(item)
// Row: queue.Queue.get()
// Row: queue.Queue.qsize()
// Row: queue.Queue.empty()
TEST(ThreadingRows, PutWaitsForRoomAndGetForAnItem) {
  Queue<int> queue(1);
  EXPECT_EQ(queue.size(), 0);
  std::atomic<bool> has_got = false;
  std::jthread putter([&] {
    EXPECT_EQ(queue.Push(1), QueueResult::kReady);
    EXPECT_EQ(queue.Push(2), QueueResult::kReady);
    EXPECT_TRUE(has_got);
  });
  WaitUntil([&] { return queue.size() == 1; }, "an item");
  has_got = true;
  EXPECT_EQ(queue.Pop().value, 1);
  EXPECT_EQ(queue.Pop().value, 2);
  EXPECT_EQ(queue.size(), 0);
}

// Row: queue.Queue.put(item, timeout=t)
// Row: queue.Queue.get(timeout=t)
// Row: queue.Queue.put_nowait(item)
// Row: queue.Queue.get_nowait()
TEST(ThreadingRows, PutAndGetGiveUpWhenTheirTimeHasPassed) {
  Queue<int> queue(1);
  EXPECT_EQ(queue.Pop(kShort).result, QueueResult::kTimeout);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
  EXPECT_EQ(queue.Push(1, kShort), QueueResult::kReady);
  EXPECT_EQ(queue.Push(2, kShort), QueueResult::kTimeout);
  EXPECT_FALSE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop(kShort).value, 1);
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_EQ(queue.TryPop(), 2);
}

// Row: queue.Queue.task_done()
// Row: queue.Queue.join()
TEST(ThreadingRows, JoinEndsWhenAllThatWasPutIsDone) {
  Queue<int> queue;
  queue.Join();
  queue.Push(1);
  queue.Push(2);
  EXPECT_EQ(queue.Join(kShort), WaitResult::kTimeout);
  EXPECT_EQ(queue.Pop().value, 1);
  EXPECT_EQ(queue.Pop().value, 2);
  queue.TaskDone();
  EXPECT_EQ(queue.Join(kShort), WaitResult::kTimeout);
  std::atomic<bool> done = false;
  std::jthread worker([&] {
    done = true;
    queue.TaskDone();
  });
  queue.Join();
  EXPECT_TRUE(done);
}

// Row: queue.SimpleQueue.put(item), put_nowait(item)
// Row: queue.SimpleQueue.get()
TEST(ThreadingRows, PutOfASimpleQueueNeverWaitsAndGetWaitsForAnItem) {
  constexpr int kItems = 10000;
  Queue<int> queue;
  for (int i = 0; i < kItems; ++i)
    EXPECT_EQ(queue.Push(i), QueueResult::kReady);
  for (int i = 0; i < kItems; ++i) EXPECT_EQ(queue.Pop().value, i);
  std::jthread getter([&] { EXPECT_EQ(queue.Pop().value, kItems); });
  AwaitWaiters(queue, 1);
  queue.Push(kItems);
}

// Row: queue.SimpleQueue.get(timeout=t)
TEST(ThreadingRows, GetOfASimpleQueueGivesUpWhenItsTimeHasPassed) {
  Queue<int> queue;
  EXPECT_EQ(queue.Pop(kShort).result, QueueResult::kTimeout);
  queue.Push(1);
  EXPECT_EQ(queue.Pop(kShort).value, 1);
  std::jthread getter([&] { EXPECT_EQ(queue.Pop(absl::Hours(1)).value, 2); });
  AwaitWaiters(queue, 1);
  queue.Push(2);
}

// Row: queue.Queue.shutdown()
TEST(ThreadingRows, ShutDownQueueGivesOutWhatItHasAndTakesNothing) {
  Queue<int> queue(1);
  std::jthread putter([&] {
    EXPECT_EQ(queue.Push(1), QueueResult::kReady);
    EXPECT_EQ(queue.Push(2), QueueResult::kClosed);
  });
  WaitUntil([&] { return queue.size() == 1; }, "an item");
  queue.Close();
  EXPECT_EQ(queue.Push(3), QueueResult::kClosed);
  EXPECT_EQ(queue.Pop().value, 1);
  EXPECT_EQ(queue.Pop().result, QueueResult::kClosed);
}

// Row: queue.Queue.shutdown()
TEST(ThreadingRows, ShutDownEndsTheGetsThatWait) {
  Queue<int> queue;
  const auto get = [&] { EXPECT_EQ(queue.Pop().result, QueueResult::kClosed); };
  std::jthread first(get);
  std::jthread second(get);
  queue.Close();
}

// Row: queue.LifoQueue(maxsize)
TEST(ThreadingRows, LifoQueueGivesOutTheLastFirst) {
  LifoQueue<int> queue;
  for (const int item : {1, 2, 3}) queue.Push(item);
  for (const int item : {3, 2, 1}) EXPECT_EQ(queue.Pop().value, item);
}

// Row: queue.PriorityQueue(maxsize)
TEST(ThreadingRows, PriorityQueueGivesOutTheLeastFirst) {
  PriorityQueue<int> queue;
  for (const int item : {2, 3, 1}) queue.Push(item);
  for (const int item : {1, 2, 3}) EXPECT_EQ(queue.Pop().value, item);
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/condition.h"

#include <atomic>
#include <cstddef>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;

static_assert(sizeof(Condition) == 16);
static_assert(std::is_nothrow_default_constructible_v<Condition>);
static_assert(!std::is_copy_constructible_v<Condition>);
static_assert(!std::is_move_constructible_v<Condition>);

constinit Condition global_condition;
// By the initialization of another variable, before main().
const size_t notified_before_main = global_condition.NotifyAll();

TEST(ConditionTest, WorksBeforeMain) { EXPECT_EQ(notified_before_main, 0u); }

TEST(ConditionTest, ANotificationThatNobodyWaitsForIsLost) {
  Mutex mutex;
  Condition condition;
  EXPECT_EQ(condition.waiters(), 0u);
  EXPECT_EQ(condition.NotifyOne(), 0u);
  EXPECT_EQ(condition.Notify(2), 0u);
  EXPECT_EQ(condition.NotifyAll(), 0u);
  MutexLock lock(mutex);
  EXPECT_EQ(condition.Wait(mutex, absl::Milliseconds(1)), WaitResult::kTimeout);
}

TEST(ConditionTest, AnAwaiterThatIsNotAwaitedKeepsTheMutex) {
  Mutex mutex;
  Condition condition;
  mutex.lock();
  {
    Condition::Awaiter plain = condition.AsyncWait(mutex);
    auto asking = condition.AsyncWait(mutex, [] { return false; });
  }
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_EQ(condition.waiters(), 0u);
  mutex.unlock();
}

// The examples of asyncio: a queue whose consumers wait for items.
TEST(ConditionTest, ThreadsAndCoroutinesConsumeWhatIsProduced) {
  constexpr int kItems = 300;
  Mutex mutex;
  Condition changed;
  int items = 0;  // The mutex guards these.
  int consumed = 0;
  auto consume = [&]() -> Task<> {
    for (int i = 0; i < kItems; ++i) {
      Mutex::Guard guard = co_await mutex.AsyncGuard();
      const WaitResult result =
          co_await changed.AsyncWait(mutex, [&] { return items > 0; });
      EXPECT_EQ(result, WaitResult::kReady);
      --items;
      ++consumed;
    }
  };
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] { synclib::Run(consume()); });
    threads.emplace_back([&] {
      for (int i = 0; i < kItems; ++i) {
        MutexLock lock(mutex);
        changed.Wait(mutex, [&] { return items > 0; });
        --items;
        ++consumed;
      }
    });
    for (int i = 0; i < 2 * kItems; ++i) {
      MutexLock lock(mutex);
      ++items;
      changed.NotifyOne();
    }
  }
  EXPECT_EQ(items, 0);
  EXPECT_EQ(consumed, 2 * kItems);
}

TEST(ConditionTest, ACoroutineResumesAndIsAskedWhereItSays) {
  Mutex mutex;
  Condition condition;
  ThreadPool pool(1);
  bool holds = false;
  std::atomic<int> elsewhere = 0;
  auto wait = [&]() -> Task<Executor*> {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    auto holds_on_pool = [&] {
      if (Executor::Current() != &pool) ++elsewhere;
      return holds;
    };
    const WaitResult result =
        co_await condition.AsyncWait(mutex, holds_on_pool).On(pool);
    EXPECT_EQ(result, WaitResult::kReady);
    co_return Executor::Current();
  };
  std::jthread notifier([&] {
    AwaitWaiters(condition, 1);
    MutexLock lock(mutex);
    holds = true;
    condition.NotifyAll();
  });
  EXPECT_EQ(synclib::Run(wait()), &pool);
  EXPECT_EQ(elsewhere, 1);  // Before it suspends.
}

TEST(ConditionTest, AGuardHasTheMutexWhenTheWaitIsOver) {
  Mutex mutex;
  Condition condition;
  bool holds = false, has_ended = false;
  auto wait = [&]() -> Detached {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_await condition.AsyncWait(guard, [&] { return holds; });
    EXPECT_FALSE(mutex.try_lock());
    const WaitResult result =
        co_await condition.AsyncWait(guard, absl::ZeroDuration());
    EXPECT_EQ(result, WaitResult::kTimeout);
    EXPECT_FALSE(mutex.try_lock());
    has_ended = true;
  };
  wait();
  EXPECT_TRUE(mutex.try_lock());
  holds = true;
  condition.NotifyOne();
  EXPECT_FALSE(has_ended);
  mutex.unlock();
  EXPECT_TRUE(has_ended);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// While it waits, its guard has no mutex.
TEST(ConditionTest, ACoroutineWithAGuardMayBeDestroyed) {
  Mutex mutex;
  Condition condition;
  auto wait = [&]() -> Detached {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_await condition.AsyncWait(guard);
    ADD_FAILURE() << "it goes on";
  };
  Detached waiting = wait();
  waiting.handle.destroy();
  EXPECT_TRUE(mutex.try_lock());  // It was free,
  waiting = wait();
  mutex.unlock();
  EXPECT_EQ(condition.waiters(), 1u);
  EXPECT_TRUE(mutex.try_lock());
  waiting.handle.destroy();
  EXPECT_FALSE(mutex.try_lock());  // is another's,
  mutex.unlock();
  waiting = wait();
  EXPECT_TRUE(mutex.try_lock());
  condition.NotifyOne();
  EXPECT_EQ(mutex.waiters(), 1u);
  waiting.handle.destroy();
  EXPECT_EQ(mutex.waiters(), 0u);  // or is waited for.
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
}

#ifndef NDEBUG
TEST(ConditionDeathTest, AGuardThatWaitsHasTheMutex) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Mutex mutex;
  Condition condition;
  auto wait = [&]() -> Detached {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    const Mutex::Guard other = std::move(guard);
    co_await condition.AsyncWait(guard);
  };
  EXPECT_DEATH(wait(), "with a Guard that has no mutex");
}
#endif

// It goes on in nobody's code that runs because it passes its notification on.
TEST(ConditionTest, ACoroutineThatIsDestroyedHasLeftTheMutexFirst) {
  struct Sets : Callback {
    explicit Sets(Event& e) : Callback(&Fired), event(e) {}
    static void Fired(Callback& self, WaitResult) noexcept {
      static_cast<Sets&>(self).event.Set();
    }
    Event& event;
  };
  Mutex mutex;
  Condition condition;
  Event unlock;
  bool went_on = false;
  auto wait = [&]() -> Detached {
    co_await mutex.AsyncLock();
    co_await condition.AsyncWait(mutex);
    went_on = true;
  };
  auto have = [&]() -> Detached {
    co_await mutex.AsyncLock();
    co_await unlock;
    mutex.unlock();
  };
  Detached waiting = wait();
  have();
  Sets sets(unlock);
  EXPECT_FALSE(condition.Add(sets).has_value());
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(mutex.waiters(), 1u);
  waiting.handle.destroy();
  EXPECT_TRUE(unlock.IsSet());
  EXPECT_FALSE(went_on);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

}  // namespace
}  // namespace synclib

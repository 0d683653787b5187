// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/mutex.h"

#include <array>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

struct MutexSubject {
  MutexSubject() { mutex.lock(); }
  void Release() { mutex.unlock(); }
  Exclusive<synclib::Mutex> What() { return {mutex}; }
  size_t waiters() { return mutex.waiters(); }

  synclib::Mutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Mutex, LimitsTest, LimitsCases<MutexSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;
using Exclusive = synctest::Exclusive<Mutex>;

static_assert(sizeof(Mutex) == 16);
static_assert(sizeof(Mutex::Awaiter) <= 96);
static_assert(sizeof(Mutex::LimitedAwaiter) <= 224);
static_assert(std::is_nothrow_default_constructible_v<Mutex>);
static_assert(!std::is_copy_constructible_v<Mutex>);
static_assert(!std::is_move_constructible_v<Mutex>);
static_assert(!std::is_copy_constructible_v<MutexLock>);
static_assert(!std::is_move_constructible_v<MutexLock>);
static_assert(!std::is_convertible_v<Mutex&, MutexLock>);

constinit Mutex global_mutex;
// By the initialization of another variable, before main().
const bool locked_before_main = global_mutex.try_lock();

TEST(MutexTest, WorksBeforeMain) {
  EXPECT_TRUE(locked_before_main);
  EXPECT_FALSE(global_mutex.try_lock());
}

TEST(MutexTest, StartsFree) {
  Mutex mutex;
  EXPECT_EQ(mutex.waiters(), 0u);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexTest, IsHadByOneAtATime) {
  Mutex mutex;
  mutex.lock();
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kTimeout);
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexTest, MayBeUnlockedByAnotherThread) {
  Mutex mutex;
  mutex.lock();
  std::thread([&] { mutex.unlock(); }).join();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexTest, AnAwaiterThatIsNotAwaitedLocksNothing) {
  Mutex mutex;
  {
    Mutex::Awaiter awaiter = mutex.AsyncLock();
    Mutex::LimitedAwaiter limited = mutex.AsyncLock(absl::Hours(1));
    Mutex::GuardAwaiter guard = mutex.AsyncGuard();
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexTest, WorksWithTheLocksOfTheStandardLibrary) {
  Mutex first;
  Mutex second;
  {
    std::lock_guard<Mutex> lock(first);
    EXPECT_FALSE(first.try_lock());
  }
  {
    std::scoped_lock lock(first, second);
    EXPECT_FALSE(first.try_lock());
    EXPECT_FALSE(second.try_lock());
  }
  {
    std::unique_lock lock(first, std::try_to_lock);
    EXPECT_TRUE(lock.owns_lock());
    std::unique_lock other(first, std::try_to_lock);
    EXPECT_FALSE(other.owns_lock());
    lock.unlock();
    EXPECT_TRUE(other.try_lock());
  }
  {
    std::unique_lock lock(first, std::defer_lock);
    EXPECT_TRUE(first.try_lock());
    std::unique_lock adopted(first, std::adopt_lock);
  }
  EXPECT_EQ(std::try_lock(first, second), -1);
  first.unlock();
  second.unlock();
}

TEST(MutexTest, ScopedLocksInAnyOrderDoNotDeadlock) {
  constexpr int kRounds = 2000;
  Mutex first;
  Mutex second;
  int count = 0;
  {
    std::jthread other([&] {
      for (int i = 0; i < kRounds; ++i) {
        std::scoped_lock lock(second, first);
        ++count;
      }
    });
    for (int i = 0; i < kRounds; ++i) {
      std::scoped_lock lock(first, second);
      ++count;
    }
  }
  EXPECT_EQ(count, 2 * kRounds);
}

TEST(MutexLockTest, HasTheMutexWhileItExists) {
  Mutex mutex;
  {
    MutexLock lock(mutex);
    EXPECT_FALSE(mutex.try_lock());
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexLockTest, HasTheMutexWhileACoroutineHasIt) {
  Mutex mutex;
  auto use = [&]() -> Task<> {
    {
      Mutex::Guard guard = co_await mutex.AsyncGuard();
      EXPECT_FALSE(mutex.try_lock());
    }
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  };
  synclib::Run(use());
}

TEST(MutexLockTest, IsGivenToACoroutineThatHasWaited) {
  Mutex mutex;
  Mutex other;
  mutex.lock();
  other.lock();
  bool inside = false;
  auto use = [&]() -> Detached {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    inside = true;
    co_await other.AsyncLock();  // It is kept over a co_await.
    other.unlock();
  };
  use();
  EXPECT_EQ(mutex.waiters(), 1u);
  EXPECT_FALSE(inside);
  mutex.unlock();
  EXPECT_TRUE(inside);
  EXPECT_FALSE(mutex.try_lock());
  other.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexLockTest, TakesOverAMutexThatWasHadWithinALimit) {
  Mutex mutex;
  auto use = [&]() -> Detached {
    if (co_await mutex.AsyncLock(absl::ZeroDuration()) != WaitResult::kReady) {
      ADD_FAILURE() << "the mutex is free";
      co_return;
    }
    const Mutex::Guard guard = Mutex::Guard::Adopt(mutex);
    EXPECT_FALSE(mutex.try_lock());
  };
  use();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(MutexLockTest, OfACoroutineThatIsDestroyedIsGone) {
  Mutex mutex;
  Mutex other;
  other.lock();
  auto use = [&]() -> Detached {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_await other.AsyncLock();
  };
  Detached coroutine = use();
  EXPECT_FALSE(mutex.try_lock());
  coroutine.handle.destroy();
  EXPECT_TRUE(mutex.try_lock());
  EXPECT_EQ(other.waiters(), 0u);
  mutex.unlock();
  other.unlock();
}

TEST(MutexLockTest, IsGivenWhereTheCoroutineSaysThatItResumes) {
  Mutex mutex;
  mutex.lock();
  ThreadPool pool(1);
  auto use = [&]() -> Task<Executor*> {
    Mutex::Guard guard = co_await mutex.AsyncGuard().On(pool);
    co_return Executor::Current();
  };
  std::jthread unlocker([&] {
    AwaitWaiters(mutex, 1);
    mutex.unlock();
  });
  EXPECT_EQ(synclib::Run(use()), &pool);
}

TEST(MutexTest, GoesToAllKindsInTheOrderOfJoining) {
  Mutex mutex;
  mutex.lock();
  CallbackWaiter callback;
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  const std::array<Waiter*, 4> all = {&thread, &callback, &pooled, &coroutine};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]->Start(Exclusive{mutex});
    AwaitWaiters(mutex, i + 1);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    mutex.unlock();
    EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
    EXPECT_EQ(mutex.waiters(), all.size() - i - 1);
    EXPECT_FALSE(mutex.try_lock());
    for (size_t j = i + 1; j < all.size(); ++j) EXPECT_FALSE(all[j]->done());
  }
  mutex.unlock();
}

// Who comes again and again, and finds the mutex free, overtakes a thread a few
// times only.
TEST(MutexTest, L2_AThreadIsNotOvertakenForEver) {
  for (int round = 0; round < 20; ++round) {
    Mutex mutex;
    mutex.lock();
    ThreadWaiter thread;
    thread.Start(Exclusive{mutex});
    AwaitWaiters(mutex, 1);
    synctest::WaitUntil(
        [&] {
          mutex.unlock();
          return !mutex.try_lock();
        },
        "a thread to have its turn");
    EXPECT_EQ(thread.Result(), WaitResult::kReady);
    mutex.unlock();
  }
}

template <class Kind>
class MutexWaitTest : public testing::Test {};
TYPED_TEST_SUITE(MutexWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(MutexWaitTest, HasAFreeMutexAtOnce) {
  Mutex mutex;
  TypeParam waiter;
  waiter.Start(Exclusive{mutex});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
}

TYPED_TEST(MutexWaitTest, HasTheMutexOnceItIsUnlocked) {
  Mutex mutex;
  mutex.lock();
  TypeParam waiter;
  waiter.Start(Exclusive{mutex});
  AwaitWaiters(mutex, 1);
  EXPECT_FALSE(waiter.done());
  mutex.unlock();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_EQ(mutex.waiters(), 0u);
  mutex.unlock();
}

// Coroutines and callbacks at once, so that nobody comes in between.
TYPED_TEST(MutexWaitTest, AllButAThreadGetTheMutexHanded) {
  if (std::is_same_v<TypeParam, ThreadWaiter>) return;
  Mutex mutex;
  mutex.lock();
  TypeParam waiter;
  waiter.Start(Exclusive{mutex});
  AwaitWaiters(mutex, 1);
  mutex.unlock();
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  mutex.unlock();
}

TYPED_TEST(MutexWaitTest, StopOfTheFirstLeavesTheTurnToTheSecond) {
  Mutex mutex;
  mutex.lock();
  std::stop_source source;
  TypeParam first;
  TypeParam second;
  first.Start(Exclusive{mutex}, source.get_token());
  AwaitWaiters(mutex, 1);
  second.Start(Exclusive{mutex});
  AwaitWaiters(mutex, 2);
  source.request_stop();
  EXPECT_EQ(first.Result(), WaitResult::kCancelled);
  EXPECT_FALSE(second.done());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_EQ(second.Result(), WaitResult::kReady);
  mutex.unlock();
}

// The first is woken as its limit comes: then the second must be.
TYPED_TEST(MutexWaitTest, L2_AnUnlockThatMeetsALimitReachesTheNextOne) {
  for (int round = 0; round < 200; ++round) {
    Mutex mutex;
    mutex.lock();
    TypeParam first;
    TypeParam second;
    first.Then([&](WaitResult result) {
      if (result == WaitResult::kReady) mutex.unlock();
    });
    first.Start(Exclusive{mutex}, absl::Microseconds(round));
    second.Start(Exclusive{mutex});
    mutex.unlock();
    EXPECT_EQ(second.Result(), WaitResult::kReady);
    first.Result();
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_EQ(mutex.waiters(), 0u);
    mutex.unlock();
  }
}

TYPED_TEST(MutexWaitTest, MayUnlockWhatItHasLocked) {
  Mutex mutex;
  mutex.lock();
  std::array<TypeParam, 4> waiters;
  int count = 0;  // The mutex guards it.
  for (auto& waiter : waiters) {
    waiter.Then([&](WaitResult) {
      ++count;
      mutex.unlock();
    });
    waiter.Start(Exclusive{mutex});
  }
  AwaitWaiters(mutex, waiters.size());
  mutex.unlock();
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(count, 4);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// Plain, for the thread sanitizer as well.
TEST(MutexTest, ExcludesThreadsAndCoroutinesFromOneAnother) {
  constexpr int kRounds = 500;
  Mutex mutex;
  int count = 0;
  auto add = [&]() -> Task<> {
    for (int i = 0; i < kRounds; ++i) {
      Mutex::Guard guard = co_await mutex.AsyncGuard();
      ++count;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < kRounds; ++j) {
          MutexLock lock(mutex);
          ++count;
        }
      });
      threads.emplace_back([&] { synclib::Run(add()); });
    }
  }
  EXPECT_EQ(count, 4 * kRounds);
}

}  // namespace
}  // namespace synclib

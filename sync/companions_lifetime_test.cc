// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a wait was granted whose coroutine is destroyed before it has gone on:
// the next one gets it.

#include <source_location>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/condition.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synclib {
namespace {

using synctest::CallbackWaiter;
using synctest::Detached;

// `release` lets one wait for `what` pass.
template <class What, class Release>
void GrantAndDestroy(What&& what, bool limited, Release release) {
  bool resumed = false;
  auto wait = [&]() -> Detached {
    if (limited) {
      (void)co_await what.AsyncWait(WaitOptions(absl::Hours(1)));
    } else {
      (void)co_await what.AsyncWait(std::source_location::current());
    }
    resumed = true;
  };
  CallbackWaiter first, third;
  Detached second;
  first.Then([&](WaitResult) {
    release();  // The second goes on when this function has returned.
    EXPECT_FALSE(third.done());
    second.handle.destroy();
  });
  first.Start(what);
  second = wait();
  third.Start(what);
  release();
  EXPECT_EQ(third.Result(), WaitResult::kReady);
  EXPECT_FALSE(resumed);
}

class GiveBackTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Limited, GiveBackTest, testing::Bool());

TEST_P(GiveBackTest, APermit) {
  Semaphore semaphore(0, 3);
  GrantAndDestroy(synctest::Permit{semaphore}, GetParam(),
                  [&] { semaphore.Release(); });
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST_P(GiveBackTest, ASet) {
  AutoResetEvent event;
  GrantAndDestroy(event, GetParam(), [&] { event.Set(); });
  EXPECT_FALSE(event.TryWait());
}

TEST_P(GiveBackTest, AMutex) {
  Mutex mutex;
  mutex.lock();
  GrantAndDestroy(synctest::Exclusive<Mutex>{mutex}, GetParam(),
                  [&] { mutex.unlock(); });
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
}

TEST_P(GiveBackTest, ASharedMutex) {
  SharedMutex mutex;
  mutex.lock();
  GrantAndDestroy(synctest::Exclusive<SharedMutex>{mutex}, GetParam(),
                  [&] { mutex.unlock(); });
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
}

TEST(ConditionGiveBackTest, ANotification) {
  Mutex mutex;
  Condition condition;
  bool resumed = false;
  auto wait = [&]() -> Detached {
    co_await mutex.AsyncLock();
    co_await condition.AsyncWait(mutex);
    resumed = true;
  };
  CallbackWaiter first, third;
  Detached second;
  first.Then([&](WaitResult) {
    condition.NotifyOne();
    second.handle.destroy();
  });
  first.Start(synctest::Notification{condition, mutex});
  second = wait();
  third.Start(synctest::Notification{condition, mutex});
  condition.NotifyOne();
  EXPECT_TRUE(third.done());
  EXPECT_FALSE(resumed);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

// Of a condition's wait, the mutex is what it was granted last.
TEST(ConditionGiveBackTest, AConditionsMutex) {
  Mutex mutex;
  Condition condition;
  bool resumed = false;
  auto wait = [&]() -> Detached {
    co_await mutex.AsyncLock();
    co_await condition.AsyncWait(mutex);
    resumed = true;
  };
  Detached second = wait();
  CallbackWaiter first;
  first.Then([&](WaitResult) {
    mutex.unlock();
    second.handle.destroy();
  });
  mutex.lock();
  first.Start(synctest::Exclusive<Mutex>{mutex});
  condition.NotifyOne();  // Now it waits for the mutex, behind the first.
  EXPECT_EQ(mutex.waiters(), 2u);
  mutex.unlock();
  EXPECT_FALSE(resumed);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Misuse of the primitives other than Event, which debug builds abort on, and
// say who waits.

#include <coroutine>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

#ifndef NDEBUG

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;

std::string DestroyedWithWaiters(const std::string& primitive) {
  return primitive +
         " was destroyed with waiters:.*companions_death_test\\.cc:[0-9]+";
}

class CompanionsDeathTest : public testing::Test {
 protected:
  CompanionsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

template <class Kind>
class CompanionsWaiterDeathTest : public CompanionsDeathTest {
 protected:
  // Destroys `*primitive` while somebody waits for what(*primitive).
  template <class Primitive, class What>
  static void DestroyWithWaiter(std::unique_ptr<Primitive> primitive, What what,
                                bool limited) {
    Kind waiter;
    if (limited) {
      waiter.Start(what(*primitive), absl::Hours(1));
    } else {
      waiter.Start(what(*primitive));
    }
    AwaitWaiters(*primitive, 1);
    primitive.reset();
  }
};
TYPED_TEST_SUITE(CompanionsWaiterDeathTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(CompanionsWaiterDeathTest, SemaphoreThatIsDestroyedWithAWaiter) {
  for (const bool limited : {false, true}) {
    EXPECT_DEATH(this->DestroyWithWaiter(
                     std::make_unique<Semaphore>(0),
                     [](Semaphore& s) { return synctest::Permit{s}; }, limited),
                 DestroyedWithWaiters("a Semaphore"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest,
           AutoResetEventThatIsDestroyedWithAWaiter) {
  for (const bool limited : {false, true}) {
    EXPECT_DEATH(
        this->DestroyWithWaiter(
            std::make_unique<AutoResetEvent>(),
            [](AutoResetEvent& e) -> AutoResetEvent& { return e; }, limited),
        DestroyedWithWaiters("an AutoResetEvent"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest, LatchThatIsDestroyedWithAWaiter) {
  for (const bool limited : {false, true}) {
    EXPECT_DEATH(this->DestroyWithWaiter(
                     std::make_unique<Latch>(1),
                     [](Latch& l) -> Latch& { return l; }, limited),
                 DestroyedWithWaiters("a Latch"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest, MutexThatIsDestroyedWithAWaiter) {
  auto what = [](Mutex& m) {
    m.lock();
    return synctest::Exclusive<Mutex>{m};
  };
  for (const bool limited : {false, true}) {
    EXPECT_DEATH(
        this->DestroyWithWaiter(std::make_unique<Mutex>(), what, limited),
        DestroyedWithWaiters("a Mutex"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest, SharedMutexThatIsDestroyedWithAWaiter) {
  auto what = [](SharedMutex& m) {
    m.lock();
    return synctest::Shared{m};
  };
  for (const bool limited : {false, true}) {
    EXPECT_DEATH(
        this->DestroyWithWaiter(std::make_unique<SharedMutex>(), what, limited),
        DestroyedWithWaiters("a SharedMutex"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest, ConditionThatIsDestroyedWithAWaiter) {
  for (const bool limited : {false, true}) {
    Mutex mutex;
    auto what = [&](Condition& c) {
      mutex.lock();
      return synctest::Notification{c, mutex};
    };
    EXPECT_DEATH(
        this->DestroyWithWaiter(std::make_unique<Condition>(), what, limited),
        DestroyedWithWaiters("a Condition"));
  }
}

TYPED_TEST(CompanionsWaiterDeathTest, BarrierThatIsDestroyedWithAWaiter) {
  for (const bool limited : {false, true}) {
    BarrierResult result;
    auto what = [&](Barrier& b) { return synctest::Arrival{b, &result}; };
    EXPECT_DEATH(
        this->DestroyWithWaiter(std::make_unique<Barrier>(2), what, limited),
        DestroyedWithWaiters("a Barrier"));
  }
}

// As a compiler does for a co_await.
template <class Awaiter>
Detached AwaitTwice(Awaiter awaiter) {
  struct Await {
    bool await_ready() { return awaiter.await_ready(); }
    auto await_suspend(std::coroutine_handle<> handle) {
      return awaiter.await_suspend(handle);
    }
    void await_resume() { (void)awaiter.await_resume(); }
    Awaiter& awaiter;
  };
  co_await Await{awaiter};
  co_await Await{awaiter};
}

TEST_F(CompanionsDeathTest, SecondWaitWithOneAwaiter) {
  const char* const message = "awaited a second time";
  Semaphore semaphore(2);
  EXPECT_DEATH(AwaitTwice(semaphore.AsyncAcquire()), message);
  EXPECT_DEATH(AwaitTwice(semaphore.AsyncAcquire(absl::Hours(1))), message);
  Barrier barrier(1);
  EXPECT_DEATH(AwaitTwice(barrier.AsyncArriveAndWait()), message);
  Mutex mutex;
  mutex.lock();
  Condition condition;
  EXPECT_DEATH(AwaitTwice(condition.AsyncWait(mutex, absl::ZeroDuration())),
               message);
}

// Also if what it asks for was there at once.
TEST_F(CompanionsDeathTest, SecondWaitWithAnAwaiterWhosePredicateHeld) {
  Mutex mutex;
  mutex.lock();
  Condition condition;
  EXPECT_DEATH(AwaitTwice(condition.AsyncWait(mutex, [] { return true; })),
               "awaited a second time");
}

TEST_F(CompanionsDeathTest, ResultOfACallbackThatDidNotArrive) {
  Callback callback([](Callback&, WaitResult) noexcept {});
  EXPECT_DEATH((void)Barrier::ResultOf(callback, WaitResult::kReady),
               "asked for what it has not waited for");
}

TEST_F(CompanionsDeathTest, UnlocksOfWhatIsNotLocked) {
  EXPECT_DEATH(Mutex().unlock(), "unlocked that was not locked");
  EXPECT_DEATH(SharedMutex().unlock(), "unlocked that was not locked so");
  EXPECT_DEATH(SharedMutex().unlock_shared(), "not locked so");
  SharedMutex read, written;
  read.lock_shared();
  EXPECT_DEATH(read.unlock(), "not locked so");
  read.unlock_shared();
  written.lock();
  EXPECT_DEATH(written.unlock_shared(), "not locked so");
  written.unlock();
}

TEST_F(CompanionsDeathTest, AssertsThatDoNotHold) {
  EXPECT_DEATH(Mutex().AssertHeld(), "a Mutex was said to be held, and is not");
  SharedMutex mutex;
  EXPECT_DEATH(mutex.AssertReaderHeld(), "said to be held, and is not so");
  mutex.lock_shared();
  mutex.AssertReaderHeld();
  EXPECT_DEATH(mutex.AssertHeld(), "said to be held, and is not so");
  mutex.unlock_shared();
}

}  // namespace
}  // namespace synclib

#endif  // NDEBUG

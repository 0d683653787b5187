// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/auto_reset_event.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <stop_token>
#include <thread>
#include <type_traits>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

struct AutoResetEventSubject {
  void Release() { event.Set(); }
  synclib::AutoResetEvent& What() { return event; }
  size_t waiters() { return event.waiters(); }

  synclib::AutoResetEvent event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AutoResetEvent, LimitsTest,
                               LimitsCases<AutoResetEventSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;

static_assert(sizeof(AutoResetEvent) == 16);
static_assert(sizeof(AutoResetEvent::Awaiter) <= 96);
static_assert(sizeof(AutoResetEvent::LimitedAwaiter) <= 224);
static_assert(!std::is_copy_constructible_v<AutoResetEvent>);
static_assert(!std::is_move_constructible_v<AutoResetEvent>);
static_assert(!std::is_constructible_v<AutoResetEvent, bool>);

constinit AutoResetEvent cleared_event;
constinit AutoResetEvent set_event(AutoResetEvent::kSet);
// By the initialization of another variable, before main().
const bool passed_before_main = set_event.TryWait();

TEST(AutoResetEventTest, WorksBeforeMain) {
  EXPECT_TRUE(passed_before_main);
  EXPECT_FALSE(set_event.TryWait());
  EXPECT_FALSE(cleared_event.TryWait());
}

TEST(AutoResetEventTest, StartsClearUnlessSaidOtherwise) {
  AutoResetEvent cleared;
  EXPECT_FALSE(cleared.TryWait());
  EXPECT_EQ(cleared.waiters(), 0u);
  AutoResetEvent set(AutoResetEvent::kSet);
  EXPECT_TRUE(set.TryWait());
  EXPECT_EQ(set.waiters(), 0u);
}

TEST(AutoResetEventTest, OnePassesHoweverOftenItWasSet) {
  AutoResetEvent event(AutoResetEvent::kSet);
  EXPECT_FALSE(event.Set());
  EXPECT_FALSE(event.Set());
  EXPECT_EQ(event.Wait(), WaitResult::kReady);
  EXPECT_FALSE(event.TryWait());
  EXPECT_EQ(event.Wait(absl::ZeroDuration()), WaitResult::kTimeout);
}

TEST(AutoResetEventTest, ClearTakesTheFlagBack) {
  AutoResetEvent event(AutoResetEvent::kSet);
  event.Clear();
  EXPECT_FALSE(event.TryWait());
  event.Clear();
  EXPECT_FALSE(event.Set());
  EXPECT_TRUE(event.TryWait());
}

TEST(AutoResetEventTest, AnAwaiterThatIsNotAwaitedClearsNothing) {
  AutoResetEvent event(AutoResetEvent::kSet);
  {
    AutoResetEvent::Awaiter awaiter = event.AsyncWait();
    AutoResetEvent::LimitedAwaiter limited = event.AsyncWait(absl::Hours(1));
  }
  EXPECT_TRUE(event.TryWait());
}

TEST(AutoResetEventTest, CanBeAwaitedItself) {
  AutoResetEvent event;
  bool passed = false;
  auto wait = [&]() -> synctest::Detached {
    EXPECT_EQ(co_await event, WaitResult::kReady);
    passed = true;
  };
  wait();
  EXPECT_FALSE(passed);
  EXPECT_TRUE(event.Set());
  EXPECT_TRUE(passed);
}

TEST(AutoResetEventTest, EachSetReleasesTheOneOfAllKindsThatHasWaitedLongest) {
  AutoResetEvent event;
  CallbackWaiter callback;
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  const std::array<Waiter*, 4> all = {&pooled, &callback, &coroutine, &thread};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]->Start(event);
    AwaitWaiters(event, i + 1);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(event.Set());
    EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
    EXPECT_EQ(event.waiters(), all.size() - i - 1);
    for (size_t j = i + 1; j < all.size(); ++j) EXPECT_FALSE(all[j]->done());
  }
  EXPECT_FALSE(event.TryWait());
}

template <class Kind>
class AutoResetEventWaitTest : public testing::Test {};
TYPED_TEST_SUITE(AutoResetEventWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(AutoResetEventWaitTest, IsReadyAtOnceIfTheEventIsSet) {
  AutoResetEvent event(AutoResetEvent::kSet);
  TypeParam waiter;
  waiter.Start(event);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(event.TryWait());
}

TYPED_TEST(AutoResetEventWaitTest, JoinsIfTheEventIsClear) {
  AutoResetEvent event;
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  EXPECT_FALSE(waiter.done());
  EXPECT_TRUE(event.Set());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(event.TryWait());  // The wait has cleared it.
}

TYPED_TEST(AutoResetEventWaitTest, ClearTakesNoReleaseBack) {
  AutoResetEvent event;
  TypeParam waiter;
  for (int round = 0; round < 100; ++round) {
    waiter.Start(event);
    AwaitWaiters(event, 1);
    EXPECT_TRUE(event.Set());
    event.Clear();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
}

TYPED_TEST(AutoResetEventWaitTest, IsNotReleasedByClear) {
  AutoResetEvent event;
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  event.Clear();
  EXPECT_FALSE(event.TryWait());
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  event.Set();
}

TYPED_TEST(AutoResetEventWaitTest, TwoSetsReleaseTwoWaitsAndNoThird) {
  AutoResetEvent event;
  std::array<TypeParam, 3> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Start(event);
    AwaitWaiters(event, i + 1);
  }
  EXPECT_TRUE(event.Set());
  EXPECT_TRUE(event.Set());
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[1].Result(), WaitResult::kReady);
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(waiters[2].done());
  EXPECT_TRUE(event.Set());
}

// Each passes its turn on.
TYPED_TEST(AutoResetEventWaitTest, MayReleaseTheNextOne) {
  AutoResetEvent event;
  std::array<TypeParam, 4> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&](WaitResult) { event.Set(); });
    waiters[i].Start(event);
    AwaitWaiters(event, i + 1);
  }
  event.Set();
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_TRUE(event.TryWait());
}

TYPED_TEST(AutoResetEventWaitTest, StopOfTheFirstLeavesTheTurnToTheSecond) {
  AutoResetEvent event;
  std::stop_source source;
  TypeParam first;
  TypeParam second;
  first.Start(event, source.get_token());
  AwaitWaiters(event, 1);
  second.Start(event);
  AwaitWaiters(event, 2);
  source.request_stop();
  EXPECT_EQ(first.Result(), WaitResult::kCancelled);
  EXPECT_FALSE(second.done());
  EXPECT_TRUE(event.Set());
  EXPECT_EQ(second.Result(), WaitResult::kReady);
}

// With as many waits as calls, each call ends one, or leaves the flag set for
// the one that is yet to come.
TYPED_TEST(AutoResetEventWaitTest,
           S1_SetsThatMeetWaitsAreNeitherLostNorDouble) {
  for (int round = 0; round < 200; ++round) {
    AutoResetEvent event;
    std::array<TypeParam, 2> waiters;
    std::atomic<int> released = 0;
    for (auto& waiter : waiters) waiter.Start(event);
    AwaitWaiters(event, 2);
    {
      std::jthread other([&] { released += event.Set() ? 1 : 0; });
      released += event.Set() ? 1 : 0;
    }
    for (auto& waiter : waiters) {
      ASSERT_EQ(waiter.Result(), WaitResult::kReady);
    }
    EXPECT_LE(released, 2);
    EXPECT_FALSE(event.TryWait());
  }
}

// Also if somebody else has the list meanwhile.
TEST(AutoResetEventTest, ClearTakesEverySetBackThatReleasedNobody) {
  for (int round = 0; round < 2000; ++round) {
    AutoResetEvent event;
    CoroutineWaiter waiter;
    waiter.Start(event);
    {
      std::jthread counter([&] {
        while (!waiter.done()) event.waiters();
      });
      event.Set();  // Releases the waiter.
      event.Set();
      event.Clear();
    }
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    ASSERT_FALSE(event.TryWait()) << "in round " << round;
  }
}

}  // namespace
}  // namespace synclib

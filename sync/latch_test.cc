// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/latch.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

struct LatchSubject {
  void Release() { latch.CountDown(2); }
  synclib::Latch& What() { return latch; }
  size_t waiters() { return latch.waiters(); }

  synclib::Latch latch{2};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Latch, LimitsTest, LimitsCases<LatchSubject>,
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

static_assert(sizeof(Latch) == 16);
static_assert(sizeof(Latch::Awaiter) <= 96);
static_assert(sizeof(Latch::LimitedAwaiter) <= 224);
static_assert(sizeof(Latch::Arriving<Latch::Awaiter>) <= 96);
static_assert(sizeof(Latch::Arriving<Latch::LimitedAwaiter>) <= 224);
static_assert(!std::is_copy_constructible_v<Latch>);
static_assert(!std::is_move_constructible_v<Latch>);
static_assert(!std::is_default_constructible_v<Latch>);
static_assert(!std::is_convertible_v<int, Latch>);

constinit Latch global_latch(1);
// By the initialization of another variable, before main().
const size_t counted_before_main = global_latch.CountDown();

TEST(LatchTest, WorksBeforeMain) {
  EXPECT_EQ(counted_before_main, 0u);
  EXPECT_TRUE(global_latch.TryWait());
}

TEST(LatchTest, StartsWithItsCountAndWithoutWaiters) {
  for (const int64_t count :
       {int64_t{1}, int64_t{1'000'000}, Latch::kMaxCount}) {
    Latch latch(count);
    EXPECT_EQ(latch.count(), count);
    EXPECT_FALSE(latch.TryWait());
    EXPECT_EQ(latch.waiters(), 0u);
  }
}

TEST(LatchTest, OfZeroLetsEverybodyPass) {
  Latch latch(0);
  EXPECT_TRUE(latch.TryWait());
  EXPECT_EQ(latch.Wait(), WaitResult::kReady);
  EXPECT_EQ(latch.Wait(absl::ZeroDuration()), WaitResult::kReady);
  EXPECT_EQ(latch.CountDown(0), 0u);
}

TEST(LatchTest, CountsDownByOneOrByMore) {
  Latch latch(6);
  latch.CountDown();
  EXPECT_EQ(latch.count(), 5);
  latch.CountDown(3);
  EXPECT_EQ(latch.count(), 2);
  latch.CountDown(0);
  EXPECT_EQ(latch.count(), 2);
  EXPECT_FALSE(latch.TryWait());
  latch.CountDown(2);
  EXPECT_EQ(latch.count(), 0);
  EXPECT_TRUE(latch.TryWait());
}

TEST(LatchTest, CountsDownFromTheGreatestNumber) {
  Latch latch(Latch::kMaxCount);
  latch.CountDown();
  EXPECT_EQ(latch.count(), Latch::kMaxCount - 1);
  latch.CountDown(Latch::kMaxCount - 1);
  EXPECT_TRUE(latch.TryWait());
}

TEST(LatchTest, StaysOpen) {
  Latch latch(1);
  latch.CountDown();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(latch.Wait(), WaitResult::kReady);
}

TEST(LatchTest, TheLastWhoArrivesNeedNotWait) {
  Latch latch(1);
  EXPECT_EQ(latch.ArriveAndWait(), WaitResult::kReady);
  Latch limited(1);
  EXPECT_EQ(limited.ArriveAndWait(absl::ZeroDuration()), WaitResult::kReady);
}

TEST(LatchTest, WhoArrivesAndGivesUpHasCountedDown) {
  Latch latch(2);
  EXPECT_EQ(latch.ArriveAndWait(absl::ZeroDuration()), WaitResult::kTimeout);
  EXPECT_EQ(latch.count(), 1);
}

TEST(LatchTest, WhoArriveWaitForOneAnother) {
  constexpr int kThreads = 4;
  Latch latch(kThreads);
  std::atomic<int> arrived = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      ++arrived;
      EXPECT_EQ(latch.ArriveAndWait(), WaitResult::kReady);
      EXPECT_EQ(arrived, kThreads);
    });
  }
}

TEST(LatchTest, ACoroutineArrivesWhenItAwaits) {
  Latch latch(3);
  std::vector<WaitResult> results;
  auto arrive =
      [&](Latch::Arriving<Latch::Awaiter> arriving) -> synctest::Detached {
    results.push_back(co_await std::move(arriving));
  };
  auto arrive_within = [&](Latch::Arriving<Latch::LimitedAwaiter> arriving)
      -> synctest::Detached {
    results.push_back(co_await std::move(arriving));
  };
  auto arriving = latch.AsyncArriveAndWait();
  EXPECT_EQ(latch.count(), 3);
  arrive(std::move(arriving));
  EXPECT_EQ(latch.count(), 2);
  arrive_within(latch.AsyncArriveAndWait(absl::ZeroDuration()));
  EXPECT_EQ(latch.count(), 1);
  EXPECT_THAT(results, testing::ElementsAre(WaitResult::kTimeout));
  arrive_within(latch.AsyncArriveAndWait(absl::Hours(1)));
  EXPECT_THAT(results,
              testing::ElementsAre(WaitResult::kTimeout, WaitResult::kReady,
                                   WaitResult::kReady));
}

TEST(LatchTest, ACoroutineThatArrivesGoesOnOnAnExecutor) {
  ThreadPool pool(1);
  Latch latch(2);
  Event done;
  std::thread::id resumed_on;
  auto arrive = [&]() -> synctest::Detached {
    co_await latch.AsyncArriveAndWait().On(pool);
    resumed_on = std::this_thread::get_id();
    done.Set();
  };
  arrive();
  EXPECT_EQ(latch.CountDown(), 1u);
  done.Wait();
  EXPECT_NE(resumed_on, std::this_thread::get_id());
}

TEST(LatchTest, CanBeAwaitedItself) {
  Latch latch(1);
  bool passed = false;
  auto wait = [&]() -> synctest::Detached {
    EXPECT_EQ(co_await latch, WaitResult::kReady);
    passed = true;
  };
  wait();
  EXPECT_FALSE(passed);
  EXPECT_EQ(latch.CountDown(), 1u);
  EXPECT_TRUE(passed);
}

TEST(LatchTest, TheLastCountReleasesAllKindsTogether) {
  Latch latch(3);
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  CallbackWaiter callback;
  const std::array<Waiter*, 4> all = {&thread, &coroutine, &pooled, &callback};
  for (Waiter* waiter : all) waiter->Start(latch);
  AwaitWaiters(latch, all.size());
  EXPECT_EQ(latch.CountDown(), 0u);
  EXPECT_EQ(latch.CountDown(), 0u);
  EXPECT_EQ(latch.waiters(), all.size());
  for (Waiter* waiter : all) EXPECT_FALSE(waiter->done());
  EXPECT_EQ(latch.CountDown(), all.size());
  EXPECT_EQ(latch.waiters(), 0u);
  for (Waiter* waiter : all) EXPECT_EQ(waiter->Result(), WaitResult::kReady);
}

TEST(LatchDeathTest, NumbersThatCannotBeEndTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  EXPECT_DEATH(Latch(-1), "Latch was asked to count -1 down");
  EXPECT_DEATH(Latch(Latch::kMaxCount + 1), "it can count 0 to");
  EXPECT_DEATH(Latch{kHuge}, "it can count 0 to");
  Latch latch(2);
  EXPECT_DEATH(latch.CountDown(3),
               "asked to count 3 down; it can count 0 to 2");
  EXPECT_DEATH(latch.CountDown(-1), "asked to count -1 down");
  EXPECT_DEATH(latch.CountDown(kHuge), "it can count 0 to 2");
  latch.CountDown(2);
  EXPECT_DEATH(latch.CountDown(), "asked to count 1 down");
  EXPECT_DEATH(latch.ArriveAndWait(), "asked to count 1 down");
}

template <class Kind>
class LatchWaitTest : public testing::Test {};
TYPED_TEST_SUITE(LatchWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(LatchWaitTest, IsReadyAtOnceIfTheCountIsZero) {
  Latch latch(0);
  TypeParam waiter;
  waiter.Start(latch);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(LatchWaitTest, IsReleasedByTheLastCountOnly) {
  Latch latch(3);
  TypeParam waiter;
  waiter.Start(latch);
  AwaitWaiters(latch, 1);
  EXPECT_EQ(latch.CountDown(2), 0u);
  EXPECT_EQ(latch.CountDown(0), 0u);
  EXPECT_EQ(latch.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  EXPECT_EQ(latch.CountDown(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(LatchWaitTest, StopOfOneLeavesTheOthers) {
  Latch latch(1);
  std::array<TypeParam, 3> waiters;
  std::stop_source source;
  waiters[0].Start(latch);
  waiters[1].Start(latch, source.get_token());
  waiters[2].Start(latch, absl::Hours(1));
  AwaitWaiters(latch, 3);
  source.request_stop();
  EXPECT_EQ(waiters[1].Result(), WaitResult::kCancelled);
  EXPECT_EQ(latch.CountDown(), 2u);
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
}

// What came before each of the counts; plain, for the thread sanitizer.
TYPED_TEST(LatchWaitTest, S4_WhatCameBeforeEachCountIsVisible) {
  constexpr int kThreads = 3;
  for (int round = 0; round < 100; ++round) {
    Latch latch(kThreads);
    std::array<int, kThreads> payload{};
    TypeParam waiter;
    int sum = 0;
    waiter.Then([&](WaitResult) {
      for (const int part : payload) sum += part;
    });
    std::array<std::jthread, kThreads> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads[i] = std::jthread([&, i] {
        payload[i] = 1;
        latch.CountDown();
      });
    }
    waiter.Start(latch);
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(sum, kThreads);
  }
}

// S5: though the last CountDown() has not returned.
TEST(LatchTest, S5_MayBeDestroyedOnceItIsOpen) {
  for (int round = 0; round < 1000; ++round) {
    auto latch = std::make_unique<Latch>(2);
    std::jthread other([l = latch.get()] { l->CountDown(); });
    latch->CountDown();
    if (round % 2 == 0) {
      while (!latch->TryWait()) std::this_thread::yield();
    } else {
      latch->Wait();
    }
    latch.reset();
  }
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/one_shot.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/coro/task.h"
#include "sync/thread_pool.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::OneShot;
using synclib::WaitOptions;
using synclib::WaitResult;

struct OneShotSubject {
  // The value; with a limit, or a token, only that it is there.
  struct Value {
    WaitResult Wait(std::source_location where) const {
      EXPECT_EQ(one_shot.Get(where), 7);
      return WaitResult::kReady;
    }
    WaitResult Wait(const WaitOptions& options) const {
      return one_shot.Wait(options);
    }
    synclib::Task<WaitResult> AsyncWait(std::source_location where) const {
      EXPECT_EQ(co_await one_shot.AsyncGet(where), 7);
      co_return WaitResult::kReady;
    }
    auto AsyncWait(const WaitOptions& options) const {
      return one_shot.AsyncWait(options);
    }
    template <class How>
    std::optional<WaitResult> Add(synclib::Callback& callback,
                                  const How& how) const {
      return one_shot.Add(callback, how);
    }

    OneShot<int>& one_shot;
  };

  void Release() { one_shot.Set(7); }
  Value What() { return {one_shot}; }
  size_t waiters() { return one_shot.waiters(); }

  OneShot<int> one_shot;
};
INSTANTIATE_TYPED_TEST_SUITE_P(OneShot, LimitsTest, LimitsCases<OneShotSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;
using synctest::WaitUntil;

TEST(OneShotTest, IsSetOnce) {
  OneShot<std::string> text;
  EXPECT_FALSE(text.IsSet());
  EXPECT_EQ(text.Wait(absl::ZeroDuration()), WaitResult::kTimeout);
  EXPECT_TRUE(text.Set(3, 'a'));
  EXPECT_FALSE(text.Set("other"));
  EXPECT_TRUE(text.IsSet());
  EXPECT_EQ(text.value(), "aaa");
  EXPECT_EQ(text.Get(), "aaa");
  EXPECT_EQ(text.Wait(absl::ZeroDuration()), WaitResult::kReady);
}

TEST(OneShotTest, HoldsWhatCanOnlyBeMoved) {
  OneShot<std::unique_ptr<int>> pointer;
  EXPECT_TRUE(pointer.Set(std::make_unique<int>(7)));
  const std::unique_ptr<int> mine = std::move(pointer.Get());
  EXPECT_EQ(*mine, 7);
}

TEST(OneShotTest, ReachesThreadsCoroutinesAndCallbacks) {
  struct Noted : Callback {
    Noted() : Callback(&Fired) {}
    static void Fired(Callback& self, WaitResult) noexcept {
      static_cast<Noted&>(self).fired = true;
    }
    bool fired = false;
  };
  OneShot<int> answer;
  ThreadPool pool(1);
  std::atomic<int> sum = 0;
  Noted callback;
  EXPECT_FALSE(answer.Add(callback).has_value());
  auto wait = [&]() -> Detached {
    const int value = co_await answer;
    sum += value;
  };
  auto wait_on_pool = [&]() -> Detached {
    const int value = co_await answer.AsyncGet().On(pool);
    EXPECT_EQ(Executor::Current(), &pool);
    sum += value;
  };
  auto wait_with_limit = [&]() -> Detached {
    const WaitResult result = co_await answer.AsyncWait(absl::Hours(1));
    EXPECT_EQ(result, WaitResult::kReady);
    sum += answer.value();
  };
  wait();
  wait_on_pool();
  wait_with_limit();
  std::jthread thread([&] { sum += answer.Get(); });
  answer.Set(1);
  WaitUntil([&] { return sum == 4; }, "all who wait");
  EXPECT_TRUE(callback.fired);
}

template <class Kind>
class OneShotWaitTest : public testing::Test {};
TYPED_TEST_SUITE(OneShotWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(OneShotWaitTest, HasTheValueWhenItIsReleased) {
  OneShot<std::string> text;
  std::array<TypeParam, 3> waiters;
  std::array<std::string, 3> seen;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&, i](WaitResult) { seen[i] = text.value(); });
    waiters[i].Start(text, WaitOptions());
    AwaitWaiters(text, i + 1);
  }
  EXPECT_TRUE(text.Set("value"));
  for (size_t i = 0; i < waiters.size(); ++i) {
    EXPECT_EQ(waiters[i].Result(), WaitResult::kReady);
    EXPECT_EQ(seen[i], "value");
  }
}

TYPED_TEST(OneShotWaitTest, DoesNotWaitForWhatIsSet) {
  OneShot<int> number;
  number.Set(1);
  TypeParam waiter;
  waiter.Start(number, WaitOptions());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(OneShotWaitTest, GivesUp) {
  OneShot<int> number;
  std::stop_source source;
  TypeParam waiter;
  waiter.Start(number, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  waiter.Start(number, source.get_token());
  AwaitWaiters(number, 1);
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  EXPECT_TRUE(number.Set(1));
}

TEST(OneShotTest, OneOfManyMakesTheValue) {
  for (int round = 0; round < 200; ++round) {
    OneShot<int> winner;
    std::atomic<int> winners = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] { winners += winner.Set(i); });
      }
      EXPECT_LT(winner.Get(), 4);
    }
    EXPECT_EQ(winners, 1);
  }
}

#ifdef __cpp_exceptions
TEST(OneShotTest, MayBeSetAfterAMakingThatThrew) {
  struct Throws {
    explicit Throws(bool does) {
      if (does) throw std::runtime_error("no");
    }
  };
  OneShot<Throws> value;
  EXPECT_THROW(value.Set(true), std::runtime_error);
  EXPECT_FALSE(value.IsSet());
  EXPECT_TRUE(value.Set(false));
  EXPECT_TRUE(value.IsSet());
}
#endif

TEST(OneShotTest, SaysHowManyWait) {
  OneShot<int> value;
  auto wait = [&]() -> Detached { (void)co_await value; };
  wait();
  EXPECT_EQ(value.waiters(), 1u);
  value.Set(7);
  EXPECT_EQ(std::as_const(value).value(), 7);
}

TEST(OneShotTest, IsOneOfSeveral) {
  OneShot<int> first, second;
  second.Set(2);
  EXPECT_EQ(WaitAny({first, second}).index, 1u);
}

#ifndef NDEBUG
TEST(OneShotDeathTest, HasNoValueYet) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)OneShot<int>().value(), "asked for before Set");
}

template <class Kind>
class OneShotWaitDeathTest : public OneShotWaitTest<Kind> {};
TYPED_TEST_SUITE(OneShotWaitDeathTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(OneShotWaitDeathTest, DestroyedWithAWaiter) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto destroy = [] {
    auto number = std::make_unique<OneShot<int>>();
    TypeParam waiter;
    waiter.Start(*number, absl::Hours(1));
    AwaitWaiters(*number, 1);
    number.reset();
  };
  EXPECT_DEATH(destroy(),
               "an Event was destroyed with waiters:.*one_shot_test");
}
#endif

}  // namespace
}  // namespace synclib

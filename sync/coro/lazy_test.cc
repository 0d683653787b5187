// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/lazy.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::Detached;

TEST(LazyTest, IsMadeOnceWhoeverAsks) {
  for (int round = 0; round < 100; ++round) {
    Lazy<int> lazy;
    std::atomic<int> made = 0;
    ThreadPool pool(2);
    auto make = [&]() -> Task<int> { co_return ++made; };
    auto ask = [&]() -> Task<int> { co_return *co_await lazy.AsyncGet(make); };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back(
          [&] { EXPECT_EQ(lazy.Get([&] { return ++made; }), 1); });
    }
    const auto [a, b] = synclib::Run(pool, Gather(ask(), ask()));
    EXPECT_EQ(a + b, 2);
    threads.clear();
    EXPECT_EQ(made, 1);
    EXPECT_TRUE(lazy.IsSet());
  }
}

TEST(LazyTest, WhoAsksMeanwhileWaits) {
  Lazy<int> lazy;
  std::atomic<bool> asked = false;
  int value = 0;
  {
    std::jthread other;
    lazy.Get([&] {
      other = std::jthread([&] {
        asked = true;
        value = lazy.Get([] { return 2; });
      });
      while (!asked) std::this_thread::yield();
      return 1;
    });
  }
  EXPECT_EQ(value, 1);
}

// A value that counts how often it is made, and three who ask for it while it
// is being made the first time.
template <class Kind>
class LazyWaitTest : public testing::Test {
 protected:
  struct Asking {
    template <class How>
    WaitResult Wait(const How&) const {
      ++test->asked_;
      *value = test->lazy_.Get([this] { return ++test->made_; });
      return WaitResult::kReady;
    }
    template <class How>
    Task<WaitResult> AsyncWait(const How&) const {
      auto make = [this]() -> Task<int> { co_return ++test->made_; };
      ++test->asked_;
      *value = *co_await test->lazy_.AsyncGet(make);
      co_return WaitResult::kReady;
    }

    LazyWaitTest* test;
    int* value;
  };

  // `begin()` begins to make it, and goes on when `go_` is set.
  template <class F>
  void AskMeanwhile(F begin) {
    begin();
    for (size_t i = 0; i < kCount; ++i) {
      waiters_[i].Start(Asking{this, &values_[i]});
    }
    synctest::WaitUntil([&] { return asked_ == kCount; }, "all to ask");
    for (const Kind& each : waiters_) EXPECT_FALSE(each.done());
    go_.Set();
    for (size_t i = 0; i < kCount; ++i) {
      waiters_[i].Result();
      EXPECT_EQ(values_[i], 1);
    }
    EXPECT_EQ(made_, 1);
  }

  static constexpr size_t kCount = 3;

  Event go_;
  Lazy<int> lazy_;
  std::atomic<int> made_ = 0;
  std::atomic<size_t> asked_ = 0;
  int values_[kCount] = {};
  Kind waiters_[kCount];
};

TYPED_TEST_SUITE(LazyWaitTest, synctest::BlockingWaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(LazyWaitTest, WhoAsksWhileItIsMadeGetsTheValue) {
  auto make = [this]() -> Task<int> {
    co_await this->go_;
    co_return ++this->made_;
  };
  this->AskMeanwhile(
      [&]() -> Detached { (void)co_await this->lazy_.AsyncGet(make); });
}

// One who asks, and gives up while another makes it.
struct Patient {
  WaitResult Wait(const WaitOptions& options) const {
    return lazy.Wait(make, options);
  }
  Task<WaitResult> AsyncWait(const WaitOptions& options) const {
    auto async_make = [this]() -> Task<int> { co_return make(); };
    return lazy.AsyncWait(async_make, options);
  }

  Lazy<int>& lazy;
  std::function<int()> make;
};

TYPED_TEST(LazyWaitTest, WhoGivesUpLeavesItToOthers) {
  Event go;
  Lazy<int> lazy;
  auto make = [&]() -> Task<int> {
    co_await go;
    co_return 1;
  };
  auto begin = [&]() -> Detached { (void)co_await lazy.AsyncGet(make); };
  begin();
  Patient patient{lazy, [] { return 2; }};
  std::stop_source source;
  TypeParam in_vain, stopped, waits;
  in_vain.Start(patient, absl::Milliseconds(1));
  EXPECT_EQ(in_vain.Result(), WaitResult::kTimeout);
  stopped.Start(patient, WaitOptions(source.get_token()));
  waits.Start(patient, WaitOptions({absl::Hours(1), source.get_token()}));
  source.request_stop();
  EXPECT_EQ(stopped.Result(), WaitResult::kCancelled);
  EXPECT_EQ(waits.Result(), WaitResult::kCancelled);
  waits.Start(patient, absl::Hours(1));
  EXPECT_FALSE(lazy.IsSet());
  go.Set();
  EXPECT_EQ(waits.Result(), WaitResult::kReady);
  EXPECT_EQ(lazy.value(), 1);
  EXPECT_EQ(std::as_const(lazy).value(), 1);
}

TYPED_TEST(LazyWaitTest, WhoFindsItThereOrNobodyAtItNeedNotWait) {
  Lazy<int> lazy;
  Patient patient{lazy, [] { return 2; }};
  std::stop_source source;
  source.request_stop();
  for (int i = 0; i < 2; ++i) {
    TypeParam waiter;
    waiter.Start(patient,
                 WaitOptions({absl::ZeroDuration(), source.get_token()}));
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(lazy.value(), 2);
  }
}

#ifndef NDEBUG
TEST(LazyDeathTest, HasNoValueYet) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)Lazy<int>().value(), "asked for before it was made");
}

TEST(LazyDeathTest, DestroyedWithAWaiter) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto destroy = [] {
    Event go;
    auto lazy = std::make_unique<Lazy<int>>();
    auto make = [&]() -> Task<int> {
      co_await go;
      co_return 1;
    };
    auto ask = [&]() -> Detached { (void)co_await lazy->AsyncGet(make); };
    ask();
    ask();
    lazy.reset();
  };
  EXPECT_DEATH(destroy(),
               "a Mutex was destroyed with waiters:\n  a coroutine that waits "
               "at .*lazy_test");
}
#endif

#ifdef __cpp_exceptions
TYPED_TEST(LazyWaitTest, WhoHasWaitedMakesItIfMakingThrows) {
  auto fail = [this]() -> Task<int> {
    co_await this->go_;
    throw std::runtime_error("no");
  };
  bool failed = false;
  this->AskMeanwhile([&]() -> Detached {
    try {
      (void)co_await this->lazy_.AsyncGet(fail);
    } catch (const std::runtime_error&) {
      failed = true;
    }
  });
  EXPECT_TRUE(failed);
}

TEST(LazyTest, IsMadeByTheNextIfMakingThrows) {
  Lazy<int> lazy;
  EXPECT_THROW(lazy.Get([]() -> int { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_FALSE(lazy.IsSet());
  auto fail = []() -> Task<int> {
    throw std::runtime_error("no");
    co_return 0;
  };
  auto ask = [&]() -> Task<int> { co_return *co_await lazy.AsyncGet(fail); };
  EXPECT_THROW(synclib::Run(ask()), std::runtime_error);
  EXPECT_EQ(lazy.Get([] { return 3; }), 3);
}
#endif

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/with_timeout.h"

#include <memory>
#include <stdexcept>
#include <stop_token>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synclib {
namespace {

TEST(WithTimeoutTest, EndsWithATaskThatEndsInTime) {
  auto make = [](std::stop_token token) -> Task<std::unique_ptr<int>> {
    EXPECT_FALSE(token.stop_requested());
    co_return std::make_unique<int>(7);
  };
  const std::unique_ptr<int> seven = synclib::Run(
      WithTimeout<std::unique_ptr<int>>(absl::InfiniteDuration(), make));
  EXPECT_EQ(*seven, 7);
}

TEST(WithTimeoutTest, StopsATaskThatDoesNot) {
  for (const bool on_pool : {false, true}) {
    ThreadPool pool(1);
    Event never;
    WaitResult result = WaitResult::kReady;
    auto wait = [&](std::stop_token token) -> Task<> {
      result = co_await never.AsyncWait(token);
    };
    if (on_pool) {
      synclib::Run(pool, WithTimeout<void>(absl::Milliseconds(1), wait));
    } else {
      synclib::Run(WithTimeout<void>(absl::Milliseconds(1), wait));
    }
    EXPECT_EQ(result, WaitResult::kCancelled);
  }
}

// By the time that its task waits for the first time, the limit has come.
TEST(WithTimeoutTest, CountsFromWhenItIsAwaited) {
  constexpr absl::Duration kLimit = absl::Milliseconds(20);
  Event never, over;
  auto wait = [&](std::stop_token token) -> Task<> {
    EXPECT_EQ(never.Wait(kLimit), WaitResult::kTimeout);  // Blocks its thread.
    const WaitResult result = co_await never.AsyncWait(token);
    EXPECT_EQ(result, WaitResult::kCancelled);
  };
  auto limited = [&]() -> synctest::Detached {
    co_await WithTimeout<void>(kLimit, wait);
    over.Set();
  };
  limited();
  EXPECT_TRUE(over.IsSet());
  over.Wait();
}

TEST(WithTimeoutTest, HandsAStopOn) {
  Event never;
  std::stop_source source;
  source.request_stop();
  auto wait = [&](std::stop_token token) -> Task<WaitResult> {
    const WaitResult result = co_await never.AsyncWait(token);
    co_return result;
  };
  EXPECT_EQ(synclib::Run(WithTimeout<WaitResult>(source.get_token(), wait)),
            WaitResult::kCancelled);
}

TEST(WithTimeoutTest, TakesItsTaskAlongWhenItIsDestroyed) {
  Event never;
  auto wait = [&](std::stop_token token) -> Task<> {
    (void)co_await never.AsyncWait(token);
    ADD_FAILURE() << "it goes on";
  };
  auto limited = [&]() -> synctest::Detached {
    co_await WithTimeout<void>(absl::InfiniteDuration(), wait);
  };
  const synctest::Detached waiting = limited();
  EXPECT_EQ(never.waiters(), 1u);
  waiting.handle.destroy();
  EXPECT_EQ(never.waiters(), 0u);
}

#ifdef __cpp_exceptions
TEST(WithTimeoutTest, ThrowsWhatTheTaskThrows) {
  auto fail = [](std::stop_token) -> Task<int> {
    throw std::runtime_error("no");
    co_return 0;
  };
  EXPECT_THROW(synclib::Run(WithTimeout<int>(absl::InfiniteDuration(), fail)),
               std::runtime_error);
}
#endif

}  // namespace
}  // namespace synclib

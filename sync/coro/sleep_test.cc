// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/sleep.h"

#include <chrono>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synclib {
namespace {

using synctest::Detached;
using Clock = std::chrono::steady_clock;

TEST(SleepTest, IsNeverTooShort) {
  for (const absl::Duration limit :
       {absl::Nanoseconds(1) / 4, absl::Microseconds(1),
        absl::Milliseconds(2)}) {
    const Clock::time_point begin = Clock::now();
    EXPECT_EQ(synclib::Run(Sleep(limit)), WaitResult::kTimeout);
    EXPECT_GE(absl::FromChrono(Clock::now() - begin), limit);
  }
}

TEST(SleepTest, UntilATimeIsNeverTooShort) {
  const auto now = [] {
    return absl::FromChrono(std::chrono::system_clock::now());
  };
  const absl::Time limit = now() + absl::Milliseconds(2);
  EXPECT_EQ(synclib::Run(Sleep(limit)), WaitResult::kTimeout);
  EXPECT_GE(now(), limit);
}

// From when it is awaited, and not from the call.
TEST(SleepTest, CountsFromWhenItIsAwaited) {
  constexpr absl::Duration kLimit = absl::Milliseconds(2);
  Task<WaitResult> later = Sleep(kLimit);
  EXPECT_EQ(synclib::Run(Sleep(kLimit)), WaitResult::kTimeout);
  const Clock::time_point begin = Clock::now();
  EXPECT_EQ(synclib::Run(std::move(later)), WaitResult::kTimeout);
  EXPECT_GE(absl::FromChrono(Clock::now() - begin), kLimit);
}

TEST(SleepTest, OfNoLengthDoesNotSuspend) {
  for (const WaitOptions& options :
       {WaitOptions(absl::ZeroDuration()), WaitOptions(-absl::Seconds(1)),
        WaitOptions(-absl::InfiniteDuration()),
        WaitOptions(absl::InfinitePast())}) {
    std::optional<WaitResult> result;
    auto sleep = [&]() -> Detached { result = co_await Sleep(options); };
    sleep();
    EXPECT_EQ(result, WaitResult::kTimeout);
  }
}

TEST(SleepTest, IsEndedByItsToken) {
  std::stop_source source;
  std::optional<WaitResult> limited;
  std::optional<WaitResult> unlimited;
  auto sleep = [](WaitOptions options,
                  std::optional<WaitResult>& result) -> Detached {
    result = co_await Sleep(options);
  };
  sleep({absl::InfiniteDuration(), source.get_token()}, limited);
  sleep(source.get_token(), unlimited);
  EXPECT_FALSE(limited.has_value());
  EXPECT_FALSE(unlimited.has_value());
  source.request_stop();
  EXPECT_EQ(limited, WaitResult::kCancelled);
  EXPECT_EQ(unlimited, WaitResult::kCancelled);
}

TEST(SleepTest, StoppedTokenBeatsThePassedLimit) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(synclib::Run(Sleep({absl::ZeroDuration(), source.get_token()})),
            WaitResult::kCancelled);
}

TEST(SleepTest, DestroyedWhileItSleepsIsForgotten) {
  auto sleep = []() -> Detached { (void)co_await Sleep(absl::Hours(1)); };
  sleep().handle.destroy();
  EXPECT_EQ(synclib::Run(Sleep(absl::Milliseconds(1))), WaitResult::kTimeout);
}

TEST(SleepTest, ManySleepAtATime) {
  auto [a, b, c] = synclib::Run(Gather(Sleep(absl::Milliseconds(2)),
                                       Sleep(absl::Milliseconds(1)),
                                       Sleep(absl::ZeroDuration())));
  EXPECT_EQ(a, WaitResult::kTimeout);
  EXPECT_EQ(b, WaitResult::kTimeout);
  EXPECT_EQ(c, WaitResult::kTimeout);
}

}  // namespace
}  // namespace synclib

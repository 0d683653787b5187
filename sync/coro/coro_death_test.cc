// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Misuse of tasks, which debug builds abort on.

#include <utility>

#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "testing/detached.h"

#ifndef NDEBUG

namespace synclib {
namespace {

using synctest::Detached;

TEST(TaskDeathTest, ThatIsAwaitedTwice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto task = []() -> Task<int> { co_return 1; };
  const auto twice = [&]() -> Task<> {
    Task<int> once = task();
    const int first = co_await std::move(once);
    const int second = co_await std::move(once);
    EXPECT_EQ(first, second);
  };
  EXPECT_DEATH(synclib::Run(twice()), "awaited a second time");
}

TEST(TaskDeathTest, ThatIsAwaitedWhenItHasBeenMovedFrom) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto task = []() -> Task<> { co_return; };
  Task<> from = task();
  const Task<> to = std::move(from);
  EXPECT_DEATH(synclib::Run(std::move(from)), "moved from");
}

void LeaveACoroutineOnTheLoop() {
  Event event;
  const auto leave = [&]() -> Detached { co_await event; };
  const auto task = [&]() -> Task<> {
    leave();
    co_return;
  };
  synclib::Run(task());
}

TEST(RunDeathTest, WhenTheLoopEndsBeforeACoroutineThatWaitsUnderIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(LeaveACoroutineOnTheLoop(),
               "executor .* was destroyed on which 1 suspended");
}

}  // namespace
}  // namespace synclib

#endif  // NDEBUG

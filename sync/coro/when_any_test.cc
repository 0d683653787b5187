// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/when_any.h"

#include <atomic>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synclib {
namespace {

class WhenAnyTest : public testing::TestWithParam<bool> {
 protected:
  template <class T>
  T Run(Task<T> task) {
    if (!GetParam()) return synclib::Run(std::move(task));
    ThreadPool pool(2);
    return synclib::Run(pool, std::move(task));
  }

  // Until it is stopped.
  Task<> Wait(std::stop_token token) {
    const WaitResult result = co_await never_.AsyncWait(token);
    if (result == WaitResult::kCancelled) ++stopped_;
  }

  Event never_;
  std::atomic<int> stopped_ = 0;
};

INSTANTIATE_TEST_SUITE_P(LoopAndPool, WhenAnyTest, testing::Bool());

TEST_P(WhenAnyTest, HasTheResultOfTheFirstAndStopsTheOthers) {
  auto wait = [&](std::stop_token token) { return Wait(token); };
  auto move_only = [](std::stop_token) -> Task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(7);
  };
  std::variant<std::monostate, std::unique_ptr<int>, std::monostate> first =
      Run(WhenAny<void, std::unique_ptr<int>, void>(wait, move_only, wait));
  EXPECT_EQ(*std::get<1>(first), 7);
  EXPECT_EQ(stopped_, 2);
}

TEST_P(WhenAnyTest, WaitsForThoseThatDoNotStop) {
  Event other;
  bool has_ended = false;
  auto late = [&](std::stop_token) -> Task<int> {
    co_await other;
    has_ended = true;
    co_return 1;
  };
  auto early = [&](std::stop_token) -> Task<int> {
    other.Set();
    co_return 2;
  };
  // On a pool either may be the first.
  const std::variant<int, int> first = Run(WhenAny<int, int>(late, early));
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(std::visit([](int result) { return result; }, first),
            static_cast<int>(first.index()) + 1);
}

TEST_P(WhenAnyTest, OfOneIsThatOne) {
  auto only = [](std::stop_token token) -> Task<std::string> {
    co_return token.stop_requested() ? "stopped" : "runs";
  };
  EXPECT_EQ(std::get<0>(Run(WhenAny<std::string>(only))), "runs");
}

TEST_P(WhenAnyTest, TakesAnyNumber) {
  constexpr size_t kTasks = 20;
  constexpr size_t kEnds = 13;
  std::vector<absl::AnyInvocable<Task<size_t>(std::stop_token)>> start;
  for (size_t i = 0; i < kTasks; ++i) {
    start.push_back([this, i](std::stop_token token) -> Task<size_t> {
      if (i != kEnds) co_await Wait(token);
      co_return i;
    });
  }
  const First<size_t> first = Run(WhenAny(std::move(start)));
  EXPECT_EQ(first.index, kEnds);
  EXPECT_EQ(first.value, kEnds);
  EXPECT_EQ(stopped_, static_cast<int>(kTasks) - 1);
}

TEST_P(WhenAnyTest, TakesTasksWithoutAResult) {
  std::vector<absl::AnyInvocable<Task<>(std::stop_token)>> start;
  start.push_back([this](std::stop_token token) { return Wait(token); });
  start.push_back([](std::stop_token) -> Task<> { co_return; });
  EXPECT_EQ(Run(WhenAny(std::move(start))).index, 1u);
}

TEST_P(WhenAnyTest, IsStoppedWithItsParent) {
  std::stop_source parent;
  auto wait = [&](std::stop_token token) { return Wait(token); };
  auto late = [&](std::stop_token token) -> Task<> {
    parent.request_stop();
    co_await Wait(token);
  };
  (void)Run(WhenAny<void, void>(parent.get_token(), wait, late));
  std::vector<absl::AnyInvocable<Task<>(std::stop_token)>> start;
  start.push_back(wait);
  start.push_back(wait);
  (void)Run(WhenAny(parent.get_token(), std::move(start)));
  EXPECT_EQ(stopped_, 4);
}

TEST(WhenAnyDestroyedTest, TakesItsTasksAlong) {
  Event never;
  int ended = 0;
  auto wait = [&](std::stop_token token) -> Task<> {
    (void)co_await never.AsyncWait(token);
    ++ended;
  };
  auto race = [&]() -> synctest::Detached {
    co_await WhenAny<void, void>(wait, wait);
    ++ended;
  };
  const synctest::Detached racing = race();
  EXPECT_EQ(never.waiters(), 2u);
  racing.handle.destroy();
  EXPECT_EQ(never.waiters(), 0u);
  EXPECT_EQ(ended, 0);
}

TEST(WhenAnyDeathTest, OfNothingIsRefused) {
  std::vector<absl::AnyInvocable<Task<>(std::stop_token)>> none;
  EXPECT_DEATH((void)synclib::Run(WhenAny(std::move(none))),
               "WhenAny\\(\\) of no tasks would never end");
}

#ifdef __cpp_exceptions
TEST_P(WhenAnyTest, ThrowsWhatTheFirstThrows) {
  auto wait = [&](std::stop_token token) { return Wait(token); };
  auto fail = [](std::stop_token) -> Task<int> {
    throw std::runtime_error("no");
    co_return 0;
  };
  EXPECT_THROW((void)Run(WhenAny<void, int>(wait, fail)), std::runtime_error);
  EXPECT_EQ(stopped_, 1);
}

TEST_P(WhenAnyTest, DropsWhatTheOthersThrow) {
  auto fail_later = [&](std::stop_token token) -> Task<int> {
    co_await Wait(token);
    throw std::runtime_error("no");
    co_return 0;
  };
  auto end = [](std::stop_token) -> Task<int> { co_return 1; };
  EXPECT_EQ(std::get<1>(Run(WhenAny<int, int>(fail_later, end))), 1);
}
#endif

}  // namespace
}  // namespace synclib

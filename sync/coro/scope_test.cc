// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/scope.h"

#include <atomic>
#include <stdexcept>
#include <stop_token>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/semaphore.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synclib {
namespace {

// Counts itself if its wait is stopped, as it ought to be.
Task<> WaitForStop(Event& never, std::stop_token token,
                   std::atomic<int>& stopped) {
  const WaitResult result = co_await never.AsyncWait(token);
  stopped += result == WaitResult::kCancelled;
}

TEST(ScopeTest, OfNothingEndsAtOnce) {
  auto all = []() -> Task<> {
    Scope scope;
    co_await scope.Join();
  };
  synclib::Run(all());
  Scope never_used;
}

TEST(ScopeTest, EndsAfterItsTasks) {
  ThreadPool pool(2);
  std::atomic<int> ended = 0;
  auto work = [&]() -> Task<int> {
    co_await Sleep(absl::Milliseconds(1));
    co_return ++ended;
  };
  auto all = [&]() -> Task<int> {
    Scope scope;
    for (int i = 0; i < 10; ++i) scope.Start(work());
    co_await scope.Join();
    co_return ended;
  };
  EXPECT_EQ(synclib::Run(pool, all()), 10);
}

TEST(ScopeTest, TasksMayStartOthers) {
  ThreadPool pool(2);
  std::atomic<int> ended = 0;
  struct Tree {
    Task<> Grow(int depth) {
      if (depth > 0) {
        scope.Start(Grow(depth - 1));
        scope.Start(Grow(depth - 1));
      }
      ++ended;
      co_return;
    }
    Scope& scope;
    std::atomic<int>& ended;
  };
  auto all = [&]() -> Task<> {
    Scope scope;
    Tree tree{scope, ended};
    scope.Start(tree.Grow(6));
    co_await scope.Join();
  };
  synclib::Run(pool, all());
  EXPECT_EQ(ended, 127);
}

TEST(ScopeTest, StopEndsWaitsThatTakeItsToken) {
  Event never;
  std::atomic<int> stopped = 0;
  auto all = [&]() -> Task<> {
    Scope scope;
    for (int i = 0; i < 3; ++i)
      scope.Start(WaitForStop(never, scope.token(), stopped));
    scope.Stop();
    co_await scope.Join();
  };
  synclib::Run(all());
  EXPECT_EQ(stopped, 3);
}

TEST(ScopeTest, IsStoppedWithItsParent) {
  for (const bool before : {false, true}) {
    std::stop_source parent;
    Event never;
    std::atomic<int> stopped = 0;
    auto all = [&](Scope& scope) -> Task<> {
      scope.Start(WaitForStop(never, scope.token(), stopped));
      scope.Start(WaitForStop(never, scope.token(), stopped));
      if (before) parent.request_stop();
      co_await Sleep(absl::Milliseconds(1));
      parent.request_stop();
    };
    synclib::Run(WithScope(parent.get_token(), all));
    EXPECT_EQ(stopped, 2);
  }
}

// What one task leaves behind as it goes ends another one.
TEST(ScopeTest, TakesItsTasksAlongThoughOneEndsMeanwhile) {
  struct Releases {
    ~Releases() { permits.Release(); }
    Semaphore& permits;
  };
  Event never;
  Semaphore permits(0);
  bool has_ended = false;
  auto hold = [&]() -> Task<> {
    const Releases releases{permits};
    co_await never;
  };
  auto end = [&]() -> Task<> {
    co_await permits.AsyncAcquire();
    has_ended = true;
  };
  auto all = [&](Scope& scope) -> Task<> {
    scope.Start(hold());
    scope.Start(end());
    scope.Start(hold());
    co_await never;
  };
  auto run = [&]() -> synctest::Detached { co_await WithScope(all); };
  const synctest::Detached running = run();
  running.handle.destroy();
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(never.waiters(), 0u);
}

TEST(ScopeTest, TakesItsTasksAlong) {
  Event never;
  auto wait = [&]() -> Task<> { co_await never; };
  auto all = [&](Scope& scope) -> Task<> {
    scope.Start(wait());
    co_await never;
  };
  auto run = [&]() -> synctest::Detached { co_await WithScope(all); };
  const synctest::Detached running = run();
  EXPECT_EQ(never.waiters(), 2u);
  running.handle.destroy();
  EXPECT_EQ(never.waiters(), 0u);
}

#ifdef __cpp_exceptions
TEST(ScopeTest, ABodyThatThrowsStopsTheOthers) {
  Event never;
  std::atomic<int> stopped = 0;
  auto all = [&](Scope& scope) -> Task<> {
    scope.Start(WaitForStop(never, scope.token(), stopped));
    throw std::runtime_error("body");
    co_return;
  };
  EXPECT_THROW(synclib::Run(WithScope(all)), std::runtime_error);
  EXPECT_EQ(stopped, 1);
}

TEST(ScopeTest, TheFirstFailureStopsTheOthers) {
  for (const bool on_pool : {false, true}) {
    ThreadPool pool(2);
    Event never;
    std::atomic<int> stopped = 0;
    auto fail = [&]() -> Task<int> {
      co_await Sleep(absl::Milliseconds(1));
      throw std::runtime_error("first");
    };
    auto fail_later = [&](std::stop_token token) -> Task<> {
      (void)co_await never.AsyncWait(token);
      throw std::logic_error("second");
    };
    auto all = [&]() -> Task<> {
      Scope scope;
      scope.Start(WaitForStop(never, scope.token(), stopped));
      scope.Start(fail());
      scope.Start(fail_later(scope.token()));
      co_await scope.Join();
    };
    if (on_pool) {
      EXPECT_THROW(synclib::Run(pool, all()), std::runtime_error);
    } else {
      EXPECT_THROW(synclib::Run(all()), std::runtime_error);
    }
    EXPECT_EQ(stopped, 1);
  }
}
#endif

#ifndef NDEBUG
TEST(ScopeDeathTest, IsNotJoined) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Event never;
        auto wait = [&]() -> Task<> { co_await never; };
        Scope scope;
        scope.Start(wait());
      },
      "destroyed without Join");
}

TEST(ScopeDeathTest, IsNotJoinedThoughItsTasksHaveEnded) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto end = []() -> Task<> { co_return; };
        Scope scope;
        scope.Start(end());
      },
      "destroyed without Join");
}

TEST(ScopeDeathTest, IsJoinedTwice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  auto twice = []() -> Task<> {
    Scope scope;
    co_await scope.Join();
    co_await scope.Join();
  };
  EXPECT_DEATH(synclib::Run(twice()), "joined a second time");
}
#endif

}  // namespace
}  // namespace synclib

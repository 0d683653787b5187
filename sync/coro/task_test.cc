// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/task.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;

static_assert(!std::is_copy_constructible_v<Task<>>);
static_assert(!std::is_copy_assignable_v<Task<>>);
static_assert(std::is_nothrow_move_constructible_v<Task<int>>);
static_assert(std::is_nothrow_move_assignable_v<Task<int>>);

// Says when it is destroyed, as the local variable of a coroutine.
struct Guard {
  explicit Guard(bool& gone) : gone(gone) {}
  ~Guard() { gone = true; }
  bool& gone;
};

Task<int> Answer(int& runs) {
  ++runs;
  co_return 42;
}

TEST(TaskTest, RunsWhenItIsAwaitedAndNotBefore) {
  int runs = 0;
  Task<int> task = Answer(runs);
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(synclib::Run(std::move(task)), 42);
  EXPECT_EQ(runs, 1);
}

TEST(TaskTest, ThatIsNeverAwaitedNeverRuns) {
  int runs = 0;
  { Task<int> task = Answer(runs); }
  EXPECT_EQ(runs, 0);
}

TEST(TaskTest, ResultMayBeMoveOnly) {
  auto make = []() -> Task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(7);
  };
  auto pass_on = [&]() -> Task<std::unique_ptr<int>> {
    std::unique_ptr<int> result = co_await make();
    ++*result;
    co_return result;
  };
  EXPECT_EQ(*synclib::Run(pass_on()), 8);
}

TEST(TaskTest, ResultIsConverted) {
  auto make = []() -> Task<std::string> { co_return "text"; };
  EXPECT_EQ(synclib::Run(make()), "text");
}

TEST(TaskTest, OfVoidIsAwaitedForItsEffect) {
  int effect = 0;
  auto act = [&]() -> Task<> {
    ++effect;
    co_return;
  };
  auto twice = [&]() -> Task<> {
    co_await act();
    co_await act();
  };
  synclib::Run(twice());
  EXPECT_EQ(effect, 2);
}

TEST(TaskTest, MovedOneRunsWhereItHasGone) {
  int runs = 0;
  Task<int> task = Answer(runs);
  Task<int> other = Answer(runs);
  other = std::move(task);
  EXPECT_EQ(synclib::Run(std::move(other)), 42);
  EXPECT_EQ(runs, 1);
}

// Tasks that end without suspending don't pile up on the stack.
TEST(TaskTest, LoopOverReadyTasksUsesBoundedStack) {
  constexpr int kTasks = 1'000'000;
  int runs = 0;
  auto loop = [&]() -> Task<> {
    for (int i = 0; i < kTasks; ++i) (void)co_await Answer(runs);
  };
  synclib::Run(loop());
  EXPECT_EQ(runs, kTasks);
}

Task<WaitResult> Await(Event& event) { co_return co_await event; }

// Nor those that are resumed by what they wait for.
TEST(TaskTest, LoopOverSuspendedTasksUsesBoundedStack) {
  constexpr int kTasks = 100'000;
  Event ping;
  Event pong;
  auto loop = [](Event& mine, Event& other) -> Detached {
    for (int i = 0; i < kTasks; ++i) {
      co_await Await(mine);
      mine.Clear();
      other.Set();
    }
  };
  loop(ping, pong);
  loop(pong, ping);
  ping.Set();
  EXPECT_EQ(ping.waiters() + pong.waiters(), 0u);
}

// A task that is resumed elsewhere goes on with its awaiter there.
TEST(TaskTest, AwaiterGoesOnWhereTheTaskHasEnded) {
  Event event;
  Event done;
  ThreadPool pool(1);
  Executor* current = nullptr;
  auto hop = [&]() -> Task<> { co_await event.AsyncWait().On(pool); };
  auto outer = [&]() -> Detached {
    co_await hop();
    current = Executor::Current();
    done.Set();
  };
  outer();
  event.Set();
  done.Wait();
  EXPECT_EQ(current, &pool);
}

// The task may end, on another thread, before its awaiter has suspended.
TEST(TaskTest, MayEndElsewhereAtOnce) {
  constexpr int kTasks = 2000;
  ThreadPool pool(2);
  Event done;
  int sum = 0;
  auto hop = [&](Event& event) -> Task<int> {
    Submit(pool, [&event] { event.Set(); });
    co_await event.AsyncWait().On(pool);
    co_return 1;
  };
  auto loop = [&]() -> Detached {
    for (int i = 0; i < kTasks; ++i) {
      Event event;
      sum += co_await hop(event);
    }
    done.Set();
  };
  loop();
  done.Wait();
  EXPECT_EQ(sum, kTasks);
}

TEST(TaskTest, DestroyedWhileSuspendedTakesItsWaitOffTheEvent) {
  Event event;
  std::stop_source source;
  bool gone = false;
  auto inner = [&]() -> Task<> {
    Guard guard(gone);
    EXPECT_NE(co_await event.AsyncWait({absl::Hours(1), source.get_token()}),
              WaitResult::kReady);
  };
  auto outer = [&]() -> Detached { co_await inner(); };
  Detached coroutine = outer();
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(gone);
  coroutine.handle.destroy();
  EXPECT_TRUE(gone);
  EXPECT_EQ(event.waiters(), 0u);
  source.request_stop();
  EXPECT_EQ(event.Set(), 0u);
}

TEST(TaskTest, LocalsAreDestroyedWhenTheAwaitIsOver) {
  bool gone = false;
  auto task = [&]() -> Task<> {
    Guard guard(gone);
    co_return;
  };
  auto outer = [&]() -> Task<> {
    co_await task();
    EXPECT_TRUE(gone);
  };
  synclib::Run(outer());
}

}  // namespace
}  // namespace synclib

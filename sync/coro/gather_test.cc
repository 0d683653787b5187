// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/gather.h"

#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synclib {
namespace {

template <class T>
Task<T> Value(T value) {
  co_return value;
}

TEST(GatherTest, ResultsAreInTheOrderOfTheTasks) {
  auto [number, text, nothing] = synclib::Run(Gather(
      Value(1), Value<std::string>("two"), []() -> Task<> { co_return; }()));
  EXPECT_EQ(number, 1);
  EXPECT_EQ(text, "two");
  static_assert(std::is_same_v<decltype(nothing), std::monostate>);
}

TEST(GatherTest, ResultsMayBeMoveOnly) {
  auto make = []() -> Task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(7);
  };
  auto [a, b] = synclib::Run(Gather(make(), make()));
  EXPECT_EQ(*a + *b, 14);
}

TEST(GatherTest, OfAVectorGivesAVector) {
  std::vector<Task<int>> tasks;
  std::vector<int> expected;
  for (int i = 0; i < 100; ++i) {
    tasks.push_back(Value(i));
    expected.push_back(i);
  }
  EXPECT_EQ(synclib::Run(Gather(std::move(tasks))), expected);
}

TEST(GatherTest, OfNothingIsReady) {
  EXPECT_EQ(synclib::Run(Gather()), std::tuple<>());
  EXPECT_TRUE(synclib::Run(Gather(std::vector<Task<>>())).empty());
}

TEST(GatherTest, IsATaskThatRunsWhenItIsAwaited) {
  int runs = 0;
  auto count = [&]() -> Task<> {
    ++runs;
    co_return;
  };
  { auto dropped = Gather(count(), count()); }
  EXPECT_EQ(runs, 0);
}

// Each waits for the other: one after the other they would never end.
TEST(GatherTest, RunsTheTasksAtTheSameTime) {
  Event first;
  Event second;
  auto meet = [](Event& mine, Event& other) -> Task<WaitResult> {
    mine.Set();
    co_return co_await other;
  };
  auto [a, b] = synclib::Run(Gather(meet(first, second), meet(second, first)));
  EXPECT_EQ(a, WaitResult::kReady);
  EXPECT_EQ(b, WaitResult::kReady);
}

// Under a pool, on several threads: these block.
TEST(GatherTest, StartsTheTasksOnTheCurrentExecutor) {
  ThreadPool pool(2);
  Event first;
  Event second;
  auto meet = [](Event& mine, Event& other) -> Task<Executor*> {
    mine.Set();
    other.Wait();
    co_return Executor::Current();
  };
  auto [a, b] =
      synclib::Run(pool, Gather(meet(first, second), meet(second, first)));
  EXPECT_EQ(a, &pool);
  EXPECT_EQ(b, &pool);
}

TEST(GatherTest, EndsWhenTheLastHasEnded) {
  Event event;
  bool ended = false;
  auto slow = [&]() -> Task<> {
    EXPECT_EQ(co_await event.AsyncWait(absl::Milliseconds(2)),
              WaitResult::kTimeout);
    ended = true;
  };
  (void)synclib::Run(Gather(Value(1), slow(), Value(2)));
  EXPECT_TRUE(ended);
}

TEST(GatherTest, Nests) {
  auto [ab, cd] = synclib::Run(
      Gather(Gather(Value(1), Value(2)), Gather(Value(3), Value(4))));
  EXPECT_EQ(ab, std::tuple(1, 2));
  EXPECT_EQ(cd, std::tuple(3, 4));
}

TEST(GatherTest, TakesManyTasksOnManyThreads) {
  constexpr int kTasks = 500;
  ThreadPool pool(3);
  Event go;
  auto wait = [&](int i) -> Task<int> {
    co_await go;
    co_return i;
  };
  auto set = [&]() -> Task<int> {
    go.Set();
    co_return 0;
  };
  std::vector<Task<int>> tasks;
  for (int i = 1; i < kTasks; ++i) tasks.push_back(wait(i));
  tasks.push_back(set());
  int sum = 0;
  for (int i : synclib::Run(pool, Gather(std::move(tasks)))) sum += i;
  EXPECT_EQ(sum, kTasks * (kTasks - 1) / 2);
}

// Each has the mutex in turn, and lets go of it as it is destroyed.
template <class G>
void DestroyWhatGathers(const G& gather_both) {
  Event never;
  Mutex mutex;
  int ended = 0;
  auto wait = [&]() -> Task<> {
    const Mutex::Guard guard = co_await mutex.AsyncGuard();
    if (ended == 0) co_await never;
    ++ended;
  };
  auto gather = [&]() -> synctest::Detached {
    co_await gather_both(wait(), wait());
    ++ended;
  };
  const synctest::Detached gathering = gather();
  EXPECT_EQ(never.waiters(), 1u);
  gathering.handle.destroy();
  EXPECT_EQ(never.waiters(), 0u);
  EXPECT_TRUE(mutex.try_lock());
}

TEST(GatherTest, TakesItsTasksAlongWhenItIsDestroyed) {
  DestroyWhatGathers([](Task<> one, Task<> other) {
    return Gather(std::move(one), std::move(other));
  });
}

TEST(GatherOutcomesTest, TakesItsTasksAlongWhenItIsDestroyed) {
  DestroyWhatGathers([](Task<> one, Task<> other) {
    return GatherOutcomes(std::move(one), std::move(other));
  });
}

TEST(GatherOutcomesTest, OutcomesAreInTheOrderOfTheTasks) {
  const auto [number, text, nothing] = synclib::Run(GatherOutcomes(
      Value(1), Value<std::string>("two"), []() -> Task<> { co_return; }()));
  EXPECT_TRUE(number.ok());
  EXPECT_EQ(number.value(), 1);
  EXPECT_EQ(number.error(), nullptr);
  EXPECT_EQ(text.value(), "two");
  EXPECT_EQ(nothing.value(), std::monostate());
}

TEST(GatherOutcomesTest, ValuesMayBeMoveOnly) {
  auto [a, b] = synclib::Run(GatherOutcomes(Value(std::make_unique<int>(7)),
                                            Value(std::make_unique<int>(8))));
  const std::unique_ptr<int> taken = std::move(a).value();
  EXPECT_EQ(*taken, 7);
  EXPECT_EQ(*b.value(), 8);
}

TEST(GatherOutcomesTest, OfAVectorGivesAVector) {
  std::vector<Task<std::unique_ptr<int>>> tasks;
  for (int i = 0; i < 100; ++i) {
    tasks.push_back(Value(std::make_unique<int>(i)));
  }
  const std::vector<Outcome<std::unique_ptr<int>>> outcomes =
      synclib::Run(GatherOutcomes(std::move(tasks)));
  ASSERT_EQ(outcomes.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(*outcomes[i].value(), i);
}

TEST(GatherOutcomesTest, OfNothingIsReady) {
  EXPECT_EQ(synclib::Run(GatherOutcomes()), std::tuple<>());
  EXPECT_TRUE(synclib::Run(GatherOutcomes(std::vector<Task<>>())).empty());
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/thread_pool.h"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::Detached;

static_assert(!std::is_copy_constructible_v<ThreadPool>);
static_assert(!std::is_move_constructible_v<ThreadPool>);

TEST(ThreadPoolTest, RunsWorkOnAThreadOfItsOwn) {
  Event done;
  ThreadPool pool(1);
  std::thread::id thread;
  Executor* current = nullptr;
  ASSERT_TRUE(Submit(pool, [&] {
    thread = std::this_thread::get_id();
    current = Executor::Current();
    done.Set();
  }));
  done.Wait();
  EXPECT_NE(thread, std::this_thread::get_id());
  EXPECT_EQ(current, &pool);
}

TEST(ThreadPoolTest, HasThreadsByDefault) {
  Event done;
  ThreadPool pool;
  ASSERT_TRUE(Submit(pool, [&] { done.Set(); }));
  done.Wait();
}

TEST(ThreadPoolTest, StartsWorkInTheOrderOfPost) {
  std::vector<int> order;
  std::vector<int> expected;
  {
    ThreadPool pool(1);
    for (int i = 0; i < 1000; ++i) {
      expected.push_back(i);
      ASSERT_TRUE(Submit(pool, [&order, i] { order.push_back(i); }));
    }
  }
  EXPECT_EQ(order, expected);
}

// As many pieces of work as there are threads can wait for each other.
TEST(ThreadPoolTest, RunsOnAllOfItsThreadsAtATime) {
  constexpr int kThreads = 4;
  std::atomic<int> begun = 0;
  Event all;
  ThreadPool pool(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    ASSERT_TRUE(Submit(pool, [&] {
      if (++begun == kThreads) all.Set();
      all.Wait();
    }));
  }
  all.Wait();
}

TEST(ThreadPoolTest, HasASubstituteForAThreadThatBlocks) {
  constexpr int kRounds = 100;  // More than there may be substitutes.
  ThreadPool pool(1);
  for (int i = 0; i < kRounds; ++i) {
    Event answer;
    Event done;
    ASSERT_TRUE(Submit(pool, [&] {
      const ThreadPool::Blocking blocking(pool);
      answer.Wait();
      done.Set();
    }));
    ASSERT_TRUE(Submit(pool, [&] { answer.Set(); }));
    done.Wait();
  }
}

TEST(ThreadPoolTest, HasSubstitutesForAllThatBlock) {
  constexpr int kSubstitutes = 10;
  ThreadPool pool(2, kSubstitutes);
  Event answer;
  Event asked;
  std::atomic<int> left = kSubstitutes + 2;
  Event done;
  for (int i = 0; i < kSubstitutes + 1; ++i) {
    ASSERT_TRUE(Submit(pool, [&] {
      const ThreadPool::Blocking blocking(pool);
      answer.Wait();
      if (--left == 0) done.Set();
    }));
  }
  ASSERT_TRUE(Submit(pool, [&] {
    asked.Set();
    const ThreadPool::Blocking blocking(pool);  // All are in use.
    answer.Wait();
    if (--left == 0) done.Set();
  }));
  asked.Wait();
  answer.Set();
  done.Wait();
}

TEST(ThreadPoolTest, HasNoThreadTooManyOnceTheyHaveDoneTheirWork) {
  constexpr int kTasks = 100;
  ThreadPool pool(1);
  Event answer;
  ASSERT_TRUE(Submit(pool, [&] {
    const ThreadPool::Blocking blocking(pool);
    answer.Wait();
  }));
  ASSERT_TRUE(Submit(pool, [&] { answer.Set(); }));
  std::atomic<int> running = 0;
  std::atomic<int> left = kTasks;
  Event done;
  std::atomic<bool> overlaps = false;
  auto run = [&] {
    if (running++ != 0) overlaps = true;
    std::this_thread::yield();
    --running;
    if (--left == 0) done.Set();
  };
  for (int i = 0; i < kTasks; ++i) ASSERT_TRUE(Submit(pool, run));
  done.Wait();
  EXPECT_FALSE(overlaps);
}

TEST(ThreadPoolTest, BlockingElsewhereDoesNothing) {
  ThreadPool pool(1);
  ThreadPool other(1, 0);
  const ThreadPool::Blocking here(pool);
  Event done;
  ASSERT_TRUE(Submit(pool, [&] {
    const ThreadPool::Blocking blocking(other);
    done.Set();
  }));
  done.Wait();
}

// A coroutine that has no executor, and goes on in work of the pool's.
TEST(ThreadPoolTest, WhatGoesOnInItsWorkMayBlock) {
  Event start, answer, over;
  ThreadPool pool(1);
  auto block = [&]() -> synctest::Detached {
    co_await start;
    const ThreadPool::Blocking blocking(pool);
    answer.Wait();
    over.Set();
  };
  block();
  ASSERT_TRUE(Submit(pool, [&] { start.Set(); }));
  ASSERT_TRUE(Submit(pool, [&] { answer.Set(); }));
  over.Wait();
}

TEST(ThreadPoolTest, DestructorWaitsForThreadsThatBlock) {
  Event answer;
  std::atomic<int> ended = 0;
  std::jthread setter;
  {
    ThreadPool pool(2);
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(Submit(pool, [&] {
        const ThreadPool::Blocking blocking(pool);
        answer.Wait();
        ++ended;
      }));
    }
    pool.Stop();
    setter = std::jthread([&] { answer.Set(); });
  }
  EXPECT_EQ(ended, 5);
}

TEST(ThreadPoolTest, DestructorRunsWhatHasBeenAccepted) {
  int run = 0;
  Event go;
  {
    ThreadPool pool(1);
    ASSERT_TRUE(Submit(pool, [&] { go.Wait(); }));
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(Submit(pool, [&] { ++run; }));
    }
    go.Set();
  }
  EXPECT_EQ(run, 100);
}

// What it waits for may be queued behind who destroys it.
TEST(ThreadPoolTest, DestructorRunsWhatThisThreadHasQueued) {
  Event go, goes_on;
  auto pool = std::make_unique<ThreadPool>(1);
  ASSERT_TRUE(Submit(*pool, [&] { goes_on.Wait(); }));
  const auto destroys = [&]() -> Detached {
    co_await go;
    pool.reset();
  };
  const auto lets_go_on = [&]() -> Detached {
    co_await go;
    goes_on.Set();
  };
  destroys();
  lets_go_on();
  EXPECT_EQ(go.Set(), 2u);
  EXPECT_EQ(pool, nullptr);
}

TEST(ThreadPoolTest, StopRefusesFurtherWork) {
  int run = 0;
  {
    ThreadPool pool(1);
    ASSERT_TRUE(Submit(pool, [&] { ++run; }));
    pool.Stop();
    EXPECT_FALSE(Submit(pool, [&] { run += 100; }));
    pool.Stop();
  }
  EXPECT_EQ(run, 1);
}

TEST(ThreadPoolTest, StopMayBeCalledByItsWork) {
  std::optional<bool> accepted;
  {
    ThreadPool pool(2);
    ASSERT_TRUE(Submit(pool, [&] {
      pool.Stop();
      accepted = Submit(pool, [] {});
    }));
  }
  EXPECT_EQ(accepted, false);
}

TEST(ThreadPoolTest, WorkMayPostMore) {
  constexpr int kGenerations = 1000;
  Event done;
  ThreadPool pool(2);
  std::atomic<int> left = kGenerations;
  std::function<void()> step = [&] {
    if (--left == 0) {
      done.Set();
    } else {
      Submit(pool, step);
    }
  };
  ASSERT_TRUE(Submit(pool, step));
  done.Wait();
  EXPECT_EQ(left, 0);
}

// Accepted work is run exactly once, whenever the pool stops.
TEST(ThreadPoolTest, RunsExactlyWhatItAccepts) {
  constexpr int kPosters = 3;
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> accepted = 0;
    std::atomic<int> run = 0;
    {
      ThreadPool pool(2);
      std::vector<std::jthread> posters;
      for (int i = 0; i < kPosters; ++i) {
        posters.emplace_back([&] {
          while (Submit(pool, [&] { ++run; })) ++accepted;
        });
      }
      synctest::WaitUntil([&] { return accepted > round; }, "some work");
      pool.Stop();
    }
    EXPECT_EQ(run, accepted);
  }
}

TEST(ThreadPoolTest, SleepingThreadsAreWokenForEachPiece) {
  constexpr size_t kPieces = 200;
  ThreadPool pool(3);
  for (size_t i = 0; i < kPieces; ++i) {
    Event done;
    ASSERT_TRUE(Submit(pool, [&] { done.Set(); }));
    done.Wait();
  }
}

TEST(ThreadPoolTest, WorkSeesWhatHappenedBeforePost) {
  int payload = 0;
  int read = 0;
  {
    ThreadPool pool(2);
    payload = 42;
    ASSERT_TRUE(Submit(pool, [&] { read = payload; }));
  }
  EXPECT_EQ(read, 42);
}

TEST(ThreadPoolDeathTest, WithoutThreadsEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(ThreadPool pool(0), "would never run anything");
  EXPECT_DEATH(ThreadPool pool(-1), "would never run anything");
}

TEST(ThreadPoolDeathTest, FewerSubstitutesThanNoneEndTheProgram) {
  EXPECT_DEATH(ThreadPool pool(1, -1),
               "a ThreadPool was to have -1 substitutes; 0 are the least");
}

TEST(ThreadPoolDeathTest, DestroyedByItsOwnThreadEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto* pool = new ThreadPool(1);
        Event never;
        Submit(*pool, [pool] { delete pool; });
        never.Wait();
      },
      "destroyed by one of its own threads");
  // A callback has no current executor.
  EXPECT_DEATH(
      {
        auto* pool = new ThreadPool(1);
        Event event;
        Event never;
        synctest::CallbackWaiter callback;
        callback.Then([pool](WaitResult) { delete pool; });
        callback.Start(event);
        Submit(*pool, [&event] { event.Set(); });
        never.Wait();
      },
      "destroyed by one of its own threads");
}

}  // namespace
}  // namespace synclib

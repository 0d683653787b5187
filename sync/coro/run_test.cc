// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/run.h"

#include <array>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;

Task<std::thread::id> ThisThread() { co_return std::this_thread::get_id(); }

TEST(RunTest, RunsTheTaskOnThisThread) {
  EXPECT_EQ(synclib::Run(ThisThread()), std::this_thread::get_id());
}

TEST(RunTest, ServesALoopOfItsOwnMeanwhile) {
  Executor* first = nullptr;
  Executor* second = nullptr;
  auto record = [](Executor*& current) -> Task<> {
    current = Executor::Current();
    co_return;
  };
  synclib::Run(record(first));
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(Executor::Current(), nullptr);
  synclib::Run(record(second));
  EXPECT_NE(second, nullptr);
}

TEST(RunTest, ResumesTheTaskOnThisThreadWhoeverSets) {
  Event event;
  auto wait = [&]() -> Task<std::thread::id> {
    co_await event;
    co_return std::this_thread::get_id();
  };
  std::jthread setter([&] {
    AwaitWaiters(event, 1);
    event.Set();
  });
  EXPECT_EQ(synclib::Run(wait()), std::this_thread::get_id());
}

TEST(RunTest, LimitsEndWaitsOnThisThread) {
  Event event;
  auto wait = [&]() -> Task<std::thread::id> {
    EXPECT_EQ(co_await event.AsyncWait(absl::Milliseconds(1)),
              WaitResult::kTimeout);
    co_return std::this_thread::get_id();
  };
  EXPECT_EQ(synclib::Run(wait()), std::this_thread::get_id());
}

TEST(RunTest, TokenEndsWaits) {
  Event event;
  std::stop_source source;
  auto wait = [&]() -> Task<WaitResult> {
    co_return co_await event.AsyncWait(source.get_token());
  };
  std::jthread stopper([&] {
    AwaitWaiters(event, 1);
    source.request_stop();
  });
  EXPECT_EQ(synclib::Run(wait()), WaitResult::kCancelled);
}

TEST(RunTest, OnAnExecutorRunsTheTaskThere) {
  ThreadPool pool(1);
  EXPECT_NE(synclib::Run(pool, ThisThread()), std::this_thread::get_id());
  auto current = []() -> Task<Executor*> { co_return Executor::Current(); };
  EXPECT_EQ(synclib::Run(pool, current()), &pool);
}

TEST(RunTest, OnAnExecutorThatRefusesRunsTheTaskHere) {
  ThreadPool pool(1);
  pool.Stop();
  EXPECT_EQ(synclib::Run(pool, ThisThread()), std::this_thread::get_id());
  // As if there were no executor.
  auto current = []() -> Task<Executor*> { co_return Executor::Current(); };
  EXPECT_EQ(synclib::Run(pool, current()), nullptr);
}

TEST(RunTest, OnAPoolWaitsForATaskThatSuspends) {
  ThreadPool pool(1);
  Event event;
  auto wait = [&]() -> Task<int> {
    co_await event;
    co_return 1;
  };
  std::jthread setter([&] {
    AwaitWaiters(event, 1);
    event.Set();
  });
  EXPECT_EQ(synclib::Run(pool, wait()), 1);
}

TEST(RunTest, MayBeCalledByATask) {
  auto inner = []() -> Task<int> {
    Event never;
    EXPECT_EQ(co_await never.AsyncWait(absl::Milliseconds(1)),
              WaitResult::kTimeout);
    co_return 1;
  };
  auto outer = [&]() -> Task<int> {
    Executor* const current = Executor::Current();
    const int n = synclib::Run(inner());
    EXPECT_EQ(Executor::Current(), current);
    co_return n + 1;
  };
  EXPECT_EQ(synclib::Run(outer()), 2);
}

// Run() blocks: what this thread has queued may be what the task waits for.
TEST(RunTest, EmptiesTheQueueOfThisThreadFirst) {
  for (const bool on_pool : {false, true}) {
    Event start;
    Event queued;
    Event go;
    ThreadPool pool(1);
    std::array<CallbackWaiter, 2> callbacks;
    auto wait = [&]() -> Task<> { co_await go; };
    callbacks[0].Then([&](WaitResult) { go.Set(); });
    callbacks[1].Then([&](WaitResult) {
      queued.Set();
      EXPECT_FALSE(go.IsSet());
      if (on_pool) {
        synclib::Run(pool, wait());
      } else {
        synclib::Run(wait());
      }
      EXPECT_TRUE(go.IsSet());
    });
    callbacks[0].Start(queued);
    callbacks[1].Start(start);
    start.Set();
    EXPECT_TRUE(callbacks[1].done());
  }
}

TEST(RunTest, SeesWhatTheTaskDid) {
  ThreadPool pool(2);
  int payload = 0;
  auto write = [&]() -> Task<> {
    payload = 42;
    co_return;
  };
  for (int round = 0; round < 200; ++round) {
    payload = 0;
    synclib::Run(pool, write());
    EXPECT_EQ(payload, 42);
  }
}

}  // namespace
}  // namespace synclib

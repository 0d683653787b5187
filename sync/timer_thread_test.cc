// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/timer_thread.h"

#include <array>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::WaitUntil;

TEST(TimerThreadTest, MayBeStartedMoreThanOnceAndAtTheSameTime) {
  StartTimer();
  std::array<std::jthread, 3> starters;
  for (std::jthread& starter : starters) starter = std::jthread(StartTimer);
}

// Where a wait without an executor, of this kind, is resumed by its limit.
template <class Kind>
std::thread::id ThreadOfTimeout() {
  Event event;
  std::thread::id thread;
  Kind waiter;
  waiter.Then([&](WaitResult result) {
    EXPECT_EQ(result, WaitResult::kTimeout);
    EXPECT_EQ(Executor::Current(), nullptr);
    thread = std::this_thread::get_id();
  });
  // Where it has ended at once, the limit was too near.
  absl::Duration limit = absl::Milliseconds(1);
  do {
    waiter.Start(event, limit);
    waiter.Result();
    limit *= 2;
  } while (thread == std::this_thread::get_id());
  return thread;
}

TEST(TimerThreadTest, ResumesWhatHasTimedOut) {
  EXPECT_EQ(ThreadOfTimeout<CoroutineWaiter>(),
            ThreadOfTimeout<CallbackWaiter>());
}

TEST(TimerThreadTest, EndsEveryWaitThatTimesOut) {
  constexpr int kWaits = 1000;
  Event event;
  std::atomic<int> ended = 0;
  auto wait = [&](absl::Duration limit) -> Detached {
    EXPECT_EQ(co_await event.AsyncWait(limit), WaitResult::kTimeout);
    ++ended;
  };
  std::minstd_rand random;
  for (int i = 0; i < kWaits; ++i) wait(absl::Microseconds(random() % 5000));
  WaitUntil([&] { return ended == kWaits; }, "the limits");
  EXPECT_EQ(event.waiters(), 0u);
}

// Most are disarmed, in any order, before they fire.
TEST(TimerThreadTest, ForgetsTheLimitsOfWaitsThatHaveEnded) {
  constexpr int kEvents = 300;
  std::vector<Event> events(kEvents);
  std::atomic<int> ready = 0;
  std::atomic<int> late = 0;
  auto wait = [&](Event& event, absl::Duration limit) -> Detached {
    const WaitResult result = co_await event.AsyncWait(limit);
    ++(result == WaitResult::kReady ? ready : late);
  };
  for (int i = 0; i < kEvents; ++i) {
    wait(events[i],
         i % 3 == 0 ? absl::Microseconds(i) : absl::Hours(1) * (i % 7 + 1));
  }
  for (int i = 0; i < kEvents; ++i) events[i * 7 % kEvents].Set();
  WaitUntil([&] { return ready + late == kEvents; }, "all waits");
  EXPECT_LE(late, kEvents / 3);
}

// What a time-out resumes may wait again, with a limit, and set events.
TEST(TimerThreadTest, MayBeUsedByWhatItResumes) {
  Event event;
  Event done;
  auto wait = [&]() -> Detached {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(co_await event.AsyncWait(absl::Microseconds(100)),
                WaitResult::kTimeout);
    }
    done.Set();
  };
  wait();
  done.Wait();
}

// Code that blocks until another limit has come.
void BlocksUntilAnotherLimit(Executor& executor) {
  Event event, came;
  ThreadPool pool(1);
  std::atomic<int> ended = 0;
  auto blocks = [&]() -> Detached {
    (void)co_await event.AsyncWait(absl::Milliseconds(2)).On(executor);
    came.Wait();
    ++ended;
  };
  auto comes = [&]() -> Detached {
    (void)co_await event.AsyncWait(absl::Milliseconds(20)).On(pool);
    came.Set();
    ++ended;
  };
  comes();
  blocks();
  WaitUntil([&] { return ended == 2; },
            "a limit behind code that waits for it");
}

TEST(TimerThreadTest, L3_LimitsAreNotLateForWorkThatAnExecutorRefuses) {
  ThreadPool stopped(1);
  stopped.Stop();
  BlocksUntilAnotherLimit(stopped);
}

TEST(TimerThreadTest, L3_LimitsAreNotLateForWorkThatAnExecutorRunsAtOnce) {
  struct : Executor {
    bool Post(Work* work) noexcept override {
      work->Run();
      return true;
    }
  } inline_executor;
  BlocksUntilAnotherLimit(inline_executor);
}

// It would fire nothing more while it blocks, but must still empty its queue.
TEST(TimerThreadTest, WhatItResumesMayRelease) {
  Event event;
  Event next;
  CoroutineWaiter first;
  CoroutineWaiter second;
  first.Then([&](WaitResult) { next.Set(); });
  second.Start(next);
  first.Start(event, absl::Milliseconds(1));
  EXPECT_EQ(first.Result(), WaitResult::kTimeout);
  EXPECT_EQ(second.Result(), WaitResult::kReady);
}

}  // namespace
}  // namespace synclib

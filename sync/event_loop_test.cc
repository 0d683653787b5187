// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/event_loop.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::Detached;
using synctest::WaitUntil;

static_assert(!std::is_copy_constructible_v<EventLoop>);
static_assert(!std::is_move_constructible_v<EventLoop>);

TEST(EventLoopTest, RunsWorkInTheThreadOfRun) {
  EventLoop loop;
  std::thread::id thread;
  Executor* current = nullptr;
  ASSERT_TRUE(Submit(loop, [&] {
    thread = std::this_thread::get_id();
    current = Executor::Current();
    loop.Stop();
  }));
  EXPECT_EQ(thread, std::thread::id());
  loop.Run();
  EXPECT_EQ(thread, std::this_thread::get_id());
  EXPECT_EQ(current, &loop);
  EXPECT_EQ(Executor::Current(), nullptr);
}

TEST(EventLoopTest, StartsWorkInTheOrderOfPost) {
  EventLoop loop;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Submit(loop, [&order, i] { order.push_back(i); }));
  }
  ASSERT_TRUE(Submit(loop, [&] {
    EXPECT_TRUE(Submit(loop, [&] {
      order.push_back(4);
      loop.Stop();
    }));
    order.push_back(3);
  }));
  loop.Run();
  EXPECT_EQ(order, std::vector<int>({0, 1, 2, 3, 4}));
}

TEST(EventLoopTest, StopBeforeRunMakesItReturn) {
  EventLoop loop;
  loop.Stop();
  loop.Run();
}

TEST(EventLoopTest, RunsWhatWasAcceptedBeforeStop) {
  EventLoop loop;
  int run = 0;
  ASSERT_TRUE(Submit(loop, [&] { ++run; }));
  loop.Stop();
  EXPECT_FALSE(Submit(loop, [&] { run += 100; }));
  loop.Run();
  EXPECT_EQ(run, 1);
}

TEST(EventLoopTest, DestructorRunsWhatWasAccepted) {
  int run = 0;
  {
    EventLoop loop;
    ASSERT_TRUE(Submit(loop, [&] { ++run; }));
  }
  EXPECT_EQ(run, 1);
}

TEST(EventLoopTest, IsWokenByOtherThreads) {
  EventLoop loop;
  std::atomic<int> run = 0;
  std::jthread poster([&] {
    for (int i = 1; i <= 200; ++i) {
      EXPECT_TRUE(Submit(loop, [&] { ++run; }));
      WaitUntil([&] { return run == i; }, "the loop to run its work");
    }
    loop.Stop();
  });
  loop.Run();
  EXPECT_EQ(run, 200);
}

TEST(EventLoopTest, RunsExactlyWhatItAccepts) {
  for (int round = 0; round < 50; ++round) {
    EventLoop loop;
    int run = 0;
    std::atomic<int> accepted = 0;
    std::vector<std::jthread> posters;
    for (int i = 0; i < 2; ++i) {
      posters.emplace_back([&] {
        while (Submit(loop, [&] { ++run; })) ++accepted;
      });
    }
    posters.emplace_back([&] {
      WaitUntil([&] { return accepted > round; }, "some work");
      loop.Stop();
    });
    loop.Run();
    posters.clear();
    EXPECT_EQ(run, accepted);
  }
}

// Where a coroutine has resumed.
struct Resumption {
  std::optional<WaitResult> result;
  Executor* executor = nullptr;
  std::thread::id thread;
  std::atomic<bool> done = false;
};

// Waits under the loop, and stops it then.
Detached AwaitUnder(EventLoop& loop, Event& event, WaitOptions options,
                    Resumption& resumption) {
  resumption.result = co_await event.AsyncWait(options);
  resumption.executor = Executor::Current();
  resumption.thread = std::this_thread::get_id();
  loop.Stop();
  resumption.done = true;
}

TEST(EventLoopTest, LimitsEndWaitsInTheThreadOfRun) {
  for (const WaitOptions& options :
       {WaitOptions(absl::Milliseconds(2)),
        WaitOptions(absl::FromChrono(std::chrono::system_clock::now()) +
                    absl::Milliseconds(2))}) {
    EventLoop loop;
    Event event;
    Resumption resumption;
    Submit(loop, [&] { AwaitUnder(loop, event, options, resumption); });
    loop.Run();
    EXPECT_EQ(resumption.result, WaitResult::kTimeout);
    EXPECT_EQ(resumption.executor, &loop);
    EXPECT_EQ(resumption.thread, std::this_thread::get_id());
  }
}

TEST(EventLoopTest, LimitsComeThoughThereIsAlwaysWork) {
  EventLoop loop;
  Event event;
  std::optional<WaitResult> result;
  const auto wait = [&]() -> Detached {
    result = co_await event.AsyncWait(absl::Milliseconds(1)).On(loop);
  };
  wait();
  const auto patience =
      std::chrono::steady_clock::now() + std::chrono::minutes(1);
  bool too_long = false;
  std::function<void()> work = [&] {
    too_long = std::chrono::steady_clock::now() > patience;
    if (result.has_value() || too_long) {
      loop.Stop();
    } else {
      ASSERT_TRUE(Submit(loop, work));
    }
  };
  work();
  loop.Run();
  EXPECT_FALSE(too_long);
  EXPECT_EQ(result, WaitResult::kTimeout);
}

// Nor the loop itself, which sleeps until the later limit already.
TEST(EventLoopTest, LimitDoesNotWaitForOneThatWasSetBefore) {
  EventLoop loop;
  Event event;
  Resumption late;
  Resumption soon;
  Submit(loop, [&] { AwaitUnder(loop, event, absl::Hours(1), late); });
  std::jthread other([&] {
    synctest::AwaitWaiters(event, 1);
    Submit(loop, [&] { AwaitUnder(loop, event, absl::Milliseconds(1), soon); });
  });
  loop.Run();
  EXPECT_EQ(soon.result, WaitResult::kTimeout);
  EXPECT_FALSE(late.result.has_value());
  event.Set();
  EXPECT_EQ(late.result, WaitResult::kReady);
}

TEST(EventLoopTest, BroadcastsAndStopsFromElsewhereResumeInTheThreadOfRun) {
  for (const bool stop : {false, true}) {
    EventLoop loop;
    Event event;
    std::stop_source source;
    Resumption resumption;
    Submit(loop, [&] {
      AwaitUnder(loop, event, {absl::Hours(1), source.get_token()}, resumption);
    });
    std::jthread other([&] {
      synctest::AwaitWaiters(event, 1);
      if (stop) {
        source.request_stop();
      } else {
        event.Set();
      }
    });
    loop.Run();
    EXPECT_EQ(resumption.result,
              stop ? WaitResult::kCancelled : WaitResult::kReady);
    EXPECT_EQ(resumption.executor, &loop);
    EXPECT_EQ(resumption.thread, std::this_thread::get_id());
  }
}

// What is left then fires elsewhere, and the stopped loop refuses it.
TEST(EventLoopTest, LimitsStillEndWaitsOnceRunHasReturned) {
  EventLoop loop;
  Event event;
  Resumption resumption;
  Submit(loop, [&] {
    AwaitUnder(loop, event, absl::Milliseconds(20), resumption);
    loop.Stop();
  });
  loop.Run();
  WaitUntil([&] { return resumption.done.load(); }, "the limit");
  EXPECT_EQ(resumption.result, WaitResult::kTimeout);
}

TEST(EventLoopTest, WallClockLimitsStillEndWaitsOnceRunHasReturned) {
  EventLoop loop;
  Event event;
  Resumption resumption;
  Submit(loop, [&] {
    const auto now = std::chrono::system_clock::now();
    AwaitUnder(loop, event, absl::FromChrono(now) + absl::Milliseconds(20),
               resumption);
    loop.Stop();
  });
  loop.Run();
  WaitUntil([&] { return resumption.done.load(); }, "the limit");
  EXPECT_EQ(resumption.result, WaitResult::kTimeout);
}

TEST(EventLoopTest, LimitsEndWaitsThatBeginOnceRunHasReturned) {
  EventLoop loop;
  loop.Stop();
  loop.Run();
  Event event, over;
  WaitResult result{};
  auto wait = [&]() -> Detached {
    result = co_await event.AsyncWait(absl::Milliseconds(1)).On(loop);
    over.Set();
  };
  wait();
  WaitUntil([&] { return over.IsSet(); }, "the limit");
  EXPECT_EQ(result, WaitResult::kTimeout);
}

// Their waits were suspended under it, though by a thread that doesn't run it.
TEST(EventLoopTest, OnTheLoopFromElsewhere) {
  EventLoop loop;
  Event event;
  Resumption resumption;
  auto wait = [&]() -> Detached {
    resumption.result =
        co_await event.AsyncWait(absl::Milliseconds(2)).On(loop);
    resumption.thread = std::this_thread::get_id();
    resumption.executor = Executor::Current();
    loop.Stop();
  };
  wait();
  loop.Run();
  EXPECT_EQ(resumption.result, WaitResult::kTimeout);
  EXPECT_EQ(resumption.thread, std::this_thread::get_id());
  EXPECT_EQ(resumption.executor, &loop);
}

TEST(EventLoopDeathTest, ThatIsRunByItsOwnWorkEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        EventLoop loop;
        Submit(loop, [&] { loop.Run(); });
        loop.Run();
      },
      "was called while it runs");
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of broadcasts and the library's own
// executors: what they are given, when they stop, and when they are gone.

#include <atomic>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event_loop.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/atomic.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedEvent;
using model::StopSource;
using model::Thread;
using synclib::Event;
using synclib::EventLoop;
using synclib::Executor;
using synclib::ThreadPool;
using synclib::WaitOptions;
using synclib::WaitResult;

Detached AwaitAndEnd(SpecifiedEvent& event, SpecifiedEvent& over,
                     Executor& executor) {
  co_await event.AsyncWait().On(executor);
  Check(Executor::Current() == &executor || Executor::Current() == nullptr,
        "on its executor, or refused");
  over.Set();
}

Detached AwaitAndEnd(SpecifiedEvent& event, SpecifiedEvent& over,
                     Executor& executor, WaitOptions options) {
  (void)co_await event.AsyncWait(options).On(executor);
  over.Set();
}

// Where the setter never waits, its Post() waits for nobody, whoever stands
// where: L1.

TEST(ExecutorScenario, S1_APoolResumes) {
  ExploreAll([] {
    ThreadPool pool(1);
    SpecifiedEvent event("event"), over("over");
    AwaitAndEnd(event, over, pool);
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    over.Wait();
  });
}

// What it has posted may be over before Post() returns.
TEST(ExecutorScenario, S5_APoolGoesWhileAPostReturns) {
  ExploreAll(
      [] {
        auto pool = std::make_unique<ThreadPool>(1);
        SpecifiedEvent event("event"), over("over");
        AwaitAndEnd(event, over, *pool);
        Thread setter("setter", [&] { event.Set(); });
        over.Wait();
        pool.reset();
      },
      {.suspensions = 0});
}

TEST(ExecutorScenario, S1_ALimitUnderAPool) {
  ExploreAll(
      [] {
        ThreadPool pool(1);
        SpecifiedEvent event("event"), over("over");
        AwaitAndEnd(event, over, pool, absl::Seconds(1));
        event.Set();
        over.Wait();
      },
      kOfLongScenario);
}

TEST(ExecutorScenario, L3_ALimitUnderAPoolComes) {
  ExploreAll(
      [] {
        ThreadPool pool(1);
        SpecifiedEvent event("event"), over("over");
        AwaitAndEnd(event, over, pool, absl::Seconds(1));
        over.Wait();
      },
      kOfLongScenario);
}

TEST(ExecutorScenario, S1_APoolThatStopsLosesNoWaiter) {
  ExploreAll([] {
    ThreadPool pool(1);
    SpecifiedEvent event("event"), over("over");
    AwaitAndEnd(event, over, pool);
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    pool.Stop();
    over.Wait();
    setter.join();
  });
}

// `limit` may be nothing.
template <class... Limit>
void ResumeAndStop(Limit... limit) {
  EventLoop loop;
  SpecifiedEvent event;
  auto wait = [&]() -> Detached {
    (void)co_await event.AsyncWait(limit...).On(loop);
    loop.Stop();
  };
  wait();
  Thread setter("setter", [&] { event.Set(); });
  setter.NeverWaits();
  loop.Run();
  setter.join();
}

TEST(ExecutorScenario, S1_ALoopResumesAndStops) {
  ExploreAll([] { ResumeAndStop(); });
}

// The limit moves to the timer thread's queue while the wait is granted.
TEST(ExecutorScenario, S1_ALoopThatEndsHandsItsLimitsOn) {
  ExploreAll(
      [] {
        EventLoop loop;
        SpecifiedEvent event("event"), over("over");
        AwaitAndEnd(event, over, loop, absl::Seconds(1));
        Thread setter("setter", [&] { event.Set(); });
        loop.Stop();
        loop.Run();
        over.Wait();
        setter.join();
      },
      kOfLongScenario);
}

Detached AwaitTimeout(SpecifiedEvent& event, SpecifiedEvent& over,
                      Executor& executor, WaitOptions options) {
  const WaitResult result = co_await event.AsyncWait(options).On(executor);
  Check(result == WaitResult::kTimeout, "nobody has set it");
  over.Set();
}

void HandOn(const WaitOptions& options) {
  EventLoop loop;
  SpecifiedEvent event("event"), over("over");
  AwaitTimeout(event, over, loop, options);
  Thread stopper("stopper", [&] { loop.Stop(); });
  loop.Run();
  over.Wait();
}

TEST(ExecutorScenario, L3_ALimitThatALoopHandsOnComes) {
  ExploreAll([] { HandOn(absl::Seconds(1)); }, {.suspensions = 0});
}

TEST(ExecutorScenario, L3_AWallClockLimitThatALoopHandsOnComes) {
  ExploreAll(
      [] { HandOn(absl::FromUnixNanos(model::WallTime() + 100'000'000)); },
      {.suspensions = 0});
}

TEST(ExecutorScenario, L3_ALimitUnderALoopThatHasEndedComes) {
  ExploreAll(
      [] {
        EventLoop loop;
        SpecifiedEvent event("event"), over("over");
        loop.Stop();
        loop.Run();
        AwaitTimeout(event, over, loop, absl::Seconds(1));
        over.Wait();
      },
      {.suspensions = 0});
}

// First in the list, it waits for the thread behind it. What an executor runs
// at once runs when all have been handed out.
TEST(ExecutorScenario, L2_NoThreadWaitsForWhatAnExecutorRunsAtOnce) {
  struct InlineExecutor : Executor {
    bool Post(synclib::Work* work) noexcept override {
      work->Run();
      return true;
    }
  };
  ExploreAll(
      [] {
        InlineExecutor executor;
        SpecifiedEvent event("event"), over("over");
        auto wait = [&]() -> Detached {
          co_await event.AsyncWait().On(executor);
          over.Wait();
        };
        wait();
        Thread waiter("waiter", [&] {
          event.Wait();
          over.Set();
        });
        while (event.event().waiters() < 2) {
          model::Yield(model::Place::current());
        }
        event.Set();
      },
      {.suspensions = 0});
}

// What the loop is doing to the limit does not hold up who sets the event. No
// faults: the limit must not come, since then the loop may be gone too early.
TEST(ExecutorScenario, L1_SetWhileALoopHandsItsLimitsOn) {
  ExploreAll(
      [] {
        EventLoop loop;
        SpecifiedEvent event("event"), over("over");
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Hours(100)).On(loop);
          over.Set();
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        setter.NeverWaits();
        loop.Stop();
        loop.Run();
        setter.join();
        over.Wait();
      },
      {.faults = 0});
}

TEST(ExecutorScenario, S4_ALoopThatAnotherThreadStopsSeesWhatCameBefore) {
  ExploreAll(
      [] {
        int data = 0;
        EventLoop loop;
        Thread stopper("stopper", [&] {
          data = 42;
          loop.Stop();
        });
        loop.Run();
        Check(data == 42, "visible");
      },
      {.plain = 3, .faults = 2, .stale = 3, .suspensions = 0});
}

TEST(ExecutorScenario, S1_ALimitUnderALoop) {
  ExploreAll([] { ResumeAndStop(absl::Seconds(1)); });
}

TEST(ExecutorScenario, L2_APoolGoesOnWhileItsThreadBlocks) {
  ExploreAll(
      [] {
        ThreadPool pool(1);
        Event over;
        for (int i = 0; i < 2; ++i) {
          Event answer;
          (void)synclib::Submit(pool, [&] {
            const ThreadPool::Blocking blocking(pool);
            answer.Wait();
            over.Set();
          });
          (void)synclib::Submit(pool, [&] { answer.Set(); });
          over.Wait();
          over.Clear();
        }
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(ExecutorScenario, S1_AThreadTooManyRetires) {
  ExploreAll(
      [] {
        Event answer, over;
        model::Atomic<int> running{0};
        ThreadPool pool(1);
        (void)synclib::Submit(pool, [&] {
          const ThreadPool::Blocking blocking(pool);
          answer.Wait();
        });
        (void)synclib::Submit(pool, [&] { answer.Set(); });
        for (int i = 0; i < 2; ++i) {
          (void)synclib::Submit(pool, [&, i] {
            const int others = running.fetch_add(1, std::memory_order_relaxed);
            Check(others == 0, "one at a time");
            running.fetch_sub(1, std::memory_order_relaxed);
            if (i == 1) over.Set();
          });
        }
        over.Wait();
      },
      {.suspensions = 0});
}

// Both may have slept, and one is woken: whatever it finds to do, the other one
// does the rest.
TEST(ExecutorScenario, L2_AThreadThatIsWokenWakesAnother) {
  ExploreAll(
      [] {
        ThreadPool pool(2);
        Event answer, over;
        (void)synclib::Submit(pool, [&] {
          answer.Wait();
          over.Set();
        });
        (void)synclib::Submit(pool, [&] { answer.Set(); });
        over.Wait();
      },
      {.faults = 1, .suspensions = 0});
}

// They are handed over together.
TEST(ExecutorScenario, S1_ALoopThatStopsLosesNoneOfTwo) {
  ExploreAll([] {
    EventLoop loop;
    SpecifiedEvent event("event"), over("over");
    int resumed = 0;
    auto wait = [&](int number) -> Detached {
      co_await event.AsyncWait().On(loop);
      Check(resumed++ == number, "in the order of joining");
      if (number == 1) over.Set();
    };
    wait(0);
    wait(1);
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    loop.Stop();
    loop.Run();
    over.Wait();
    setter.join();
  });
}

TEST(ExecutorScenario, S1_EachGoesToItsOwnExecutor) {
  ExploreAll([] {
    EventLoop first, second;
    SpecifiedEvent event;
    const EventLoop* runs = nullptr;
    auto wait = [&](EventLoop& loop) -> Detached {
      co_await event.AsyncWait().On(loop);
      Check(runs == &loop, "in its own loop");
      loop.Stop();
    };
    wait(first);
    wait(second);
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    for (EventLoop* const loop : {&first, &second}) {
      runs = loop;
      loop->Run();
    }
    setter.join();
  });
}

TEST(ExecutorScenario, L1_TwoPostToAPool) {
  ExploreAll([] {
    ThreadPool pool(1);
    Thread first("first", [&] { (void)synclib::Submit(pool, [] {}); });
    Thread second("second", [&] { (void)synclib::Submit(pool, [] {}); });
    first.NeverWaits();
    second.NeverWaits();
    first.join();
    second.join();
  });
}

TEST(ExecutorScenario, L1_TwoPostToALoop) {
  ExploreAll([] {
    EventLoop loop;
    Thread first("first", [&] { (void)synclib::Submit(loop, [] {}); });
    Thread second("second",
                  [&] { (void)synclib::Submit(loop, [&] { loop.Stop(); }); });
    first.NeverWaits();
    second.NeverWaits();
    loop.Run();
    first.join();
    second.join();
  });
}

// What a loop's own work posts takes another way than what others post.
TEST(ExecutorScenario, S1_WhatALoopPostsItselfComesBehindWhatCameBefore) {
  ExploreAll([] {
    EventLoop loop;
    Event posted;
    bool first_has_run = false;
    (void)synclib::Submit(loop, [&] {
      posted.Wait();
      (void)synclib::Submit(loop, [&] {
        Check(first_has_run, "in the order of Post()");
        loop.Stop();
      });
    });
    Thread poster("poster", [&] {
      (void)synclib::Submit(loop, [&] { first_has_run = true; });
      posted.Set();
    });
    loop.Run();
    poster.join();
  });
}

TEST(ExecutorScenario, S1_ALoopThatIsStoppedRefusesWhatItPostsItself) {
  ExploreAll([] {
    EventLoop loop;
    Event stopped;
    (void)synclib::Submit(loop, [&] {
      stopped.Wait();
      Check(!synclib::Submit(loop, [] {}), "it is stopped");
    });
    Thread stopper("stopper", [&] {
      loop.Stop();
      stopped.Set();
    });
    loop.Run();
    stopper.join();
  });
}

// Of other work, which is that of Set() here: what the loop is to run runs when
// it would sleep.
TEST(ExecutorScenario, L2_ALoopThatRunsInsideOtherWorkPostsToItself) {
  ExploreAll([] {
    EventLoop loop;
    Event event;
    auto run = [&]() -> Detached {
      co_await event;
      loop.Run();
    };
    run();
    Thread poster("poster", [&] {
      (void)synclib::Submit(
          loop, [&] { (void)synclib::Submit(loop, [&] { loop.Stop(); }); });
    });
    event.Set();
    poster.join();
  });
}

// The limit is put down by the pool. Within 2, other machines have millions of
// executions.
TEST(ExecutorScenario, L1_SetPostsWhatHasALimitToAPool) {
  ExploreAll(
      [] {
        ThreadPool pool(1);
        SpecifiedEvent event("event"), over("over");
        AwaitAndEnd(event, over, pool, absl::Seconds(1));
        Thread setter("setter", [&] { event.Set(); });
        setter.NeverWaits();
        over.Wait();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 1});
}

// So is the token.
TEST(ExecutorScenario, L1_SetPostsWhatHasATokenToAPool) {
  ExploreAll([] {
    ThreadPool pool(1);
    StopSource source;
    SpecifiedEvent event("event"), over("over");
    AwaitAndEnd(event, over, pool, source.get_token());
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    source.request_stop();
    over.Wait();
  });
}

}  // namespace
}  // namespace synctest

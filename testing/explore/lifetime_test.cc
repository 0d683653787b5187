// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of broadcasts and the end of what they
// concern: the event, a node, a frame, a thread.

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::NameEvent;
using model::Thread;
using synclib::Event;
using synclib::Executor;
using synclib::WaitResult;
using synclib::Work;

TEST(LifetimeScenario, S5_TheEventGoesAfterTheWait) {
  ExploreAll(
      [] {
        auto event = std::make_unique<Event>();
        NameEvent(*event, "event");
        int data = 0;
        Thread setter("setter", [&data, e = event.get()] {
          data = 42;
          e->Set();
        });
        event->Wait();
        event.reset();
        Check(data == 42, "visible");
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(LifetimeScenario, S5_TheEventGoesAfterAWaitWithALimitThatIsReady) {
  ExploreAll(
      [] {
        auto event = std::make_unique<Event>();
        NameEvent(*event, "event");
        Thread setter("setter", [e = event.get()] { e->Set(); });
        if (event->Wait(absl::Seconds(1)) == WaitResult::kReady) event.reset();
        // Otherwise Set() may still be coming.
        setter.join();
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(LifetimeScenario, S5_TheEventGoesAfterATrueIsSet) {
  ExploreAll(
      [] {
        auto event = std::make_unique<Event>();
        NameEvent(*event, "event");
        Thread setter("setter", [e = event.get()] { e->Set(); });
        while (!event->IsSet()) model::Yield(model::Place::current());
        event.reset();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

// The other wait has joined: it is released by the same broadcast, and may be
// on its way out.
TEST(LifetimeScenario, S5_TheEventGoesWhileAnotherReleasedWaitReturns) {
  ExploreAll(
      [] {
        auto event = std::make_unique<Event>();
        NameEvent(*event, "event");
        Event* const e = event.get();
        Thread other("other", [e] { e->Wait(); });
        while (e->waiters() == 0) model::Yield(model::Place::current());
        Thread setter("setter", [e] { e->Set(); });
        event->Wait();
        event.reset();
      },
      {.suspensions = 0});
}

TEST(LifetimeScenario, S5_ACoroutineThatIsResumedFreesTheEvent) {
  ExploreAll(
      [] {
        auto* const event = new Event;
        NameEvent(*event, "event");
        Thread setter("setter", [event] { event->Set(); });
        auto wait = [](Event* e) -> Detached {
          co_await *e;
          delete e;
        };
        wait(event);
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(LifetimeScenario, S7_AResumedCoroutineDestroysTheNext) {
  ExploreAll(
      [] {
        Event event;
        Detached second = {};
        auto destroys = [&]() -> Detached {
          co_await event;
          second.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          co_await event;
          Check(false, "it was destroyed before");
        };
        destroys();
        second = waits();
        Thread counter("counter", [&] { (void)event.waiters(); });
        Thread setter("setter", [&] { event.Set(); });
        counter.join();
        setter.join();
      },
      {.plain = 3, .faults = 2, .stale = 2, .suspensions = 0});
}

// Nothing is left of the limit of the one that is destroyed: its time comes,
// and it is gone.
TEST(LifetimeScenario, S7_AResumedCoroutineDestroysTheNextWithItsLimit) {
  ExploreAll(
      [] {
        Event event;
        Detached second = {};
        auto destroys = [&]() -> Detached {
          co_await event;
          second.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Hours(1));
          Check(false, "it was destroyed before");
        };
        destroys();
        second = waits();
        event.Set();
        (void)Event().Wait(absl::Hours(2));
      },
      {.plain = 1, .faults = 0, .stale = 1, .suspensions = 0});
}

Detached AwaitAndEnd(Event& event, Event& over, Executor& executor) {
  co_await event.AsyncWait().On(executor);
  Check(Executor::Current() == &executor || Executor::Current() == nullptr,
        "on its executor, or refused");
  over.Set();
}

Detached AwaitWithLimit(Event& event, Event& over, Executor& executor) {
  (void)co_await event.AsyncWait(absl::Seconds(1)).On(executor);
  over.Set();
}

TEST(ExecutorScenario, S1_APoolResumes) {
  ExploreAll(
      [] {
        synclib::ThreadPool pool(1);
        Event event, over;
        AwaitAndEnd(event, over, pool);
        Thread setter("setter", [&] { event.Set(); });
        over.Wait();
      },
      {.suspensions = 0});
}

// What it has posted may be over before Post() returns.
TEST(ExecutorScenario, S5_APoolGoesWhileAPostReturns) {
  ExploreAll(
      [] {
        auto pool = std::make_unique<synclib::ThreadPool>(1);
        Event event, over;
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
        synclib::ThreadPool pool(1);
        Event event, over;
        AwaitWithLimit(event, over, pool);
        Thread setter("setter", [&] { event.Set(); });
        over.Wait();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

TEST(ExecutorScenario, S1_APoolThatStopsLosesNoWaiter) {
  ExploreAll(
      [] {
        synclib::ThreadPool pool(1);
        Event event, over;
        AwaitAndEnd(event, over, pool);
        Thread setter("setter", [&] { event.Set(); });
        pool.Stop();
        over.Wait();
        setter.join();
      },
      {.suspensions = 0});
}

TEST(ExecutorScenario, S1_ALoopResumesAndStops) {
  ExploreAll(
      [] {
        synclib::EventLoop loop;
        Event event, over;
        auto wait = [&]() -> Detached {
          co_await event.AsyncWait().On(loop);
          loop.Stop();
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        loop.Run();
        setter.join();
      },
      {.suspensions = 0});
}

// The limit moves to the timer thread's queue while the wait is granted.
TEST(ExecutorScenario, S1_ALoopThatEndsHandsItsLimitsOn) {
  ExploreAll(
      [] {
        synclib::EventLoop loop;
        Event event, over;
        AwaitWithLimit(event, over, loop);
        Thread setter("setter", [&] { event.Set(); });
        loop.Stop();
        loop.Run();
        over.Wait();
        setter.join();
      },
      {.plain = 2, .faults = 1, .stale = 1, .suspensions = 0});
}

// Nobody sets the event.
TEST(ExecutorScenario, L3_ALimitThatALoopHandsOnComes) {
  ExploreAll(
      [] {
        synclib::EventLoop loop;
        Event event, over;
        auto wait = [&]() -> Detached {
          const WaitResult result =
              co_await event.AsyncWait(absl::Seconds(1)).On(loop);
          Check(result == WaitResult::kTimeout, "nobody has set it");
          over.Set();
        };
        wait();
        Thread stopper("stopper", [&] { loop.Stop(); });
        loop.Run();
        over.Wait();
      },
      {.plain = 2, .faults = 1, .stale = 1, .suspensions = 0});
}

// What the loop is doing to the limit does not hold up who sets the event. No
// faults: the limit must not come, since then the loop may be gone too early.
TEST(ExecutorScenario, L1_SetWhileALoopHandsItsLimitsOn) {
  ExploreAll(
      [] {
        synclib::EventLoop loop;
        Event event;
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Hours(100)).On(loop);
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        setter.NeverWaits();
        loop.Stop();
        loop.Run();
        setter.join();
      },
      {.plain = 1, .faults = 0, .stale = 1, .suspensions = 2});
}

TEST(ExecutorScenario, S4_ALoopThatAnotherThreadStopsSeesWhatCameBefore) {
  ExploreAll(
      [] {
        int data = 0;
        synclib::EventLoop loop;
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
  ExploreAll(
      [] {
        synclib::EventLoop loop;
        Event event;
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Seconds(1)).On(loop);
          loop.Stop();
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        loop.Run();
        setter.join();
      },
      {.plain = 2, .faults = 2, .stale = 2, .suspensions = 0});
}

}  // namespace
}  // namespace synctest

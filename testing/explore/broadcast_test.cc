// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving of a few broadcasts and waits, within a budget.

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::StopSource;
using model::Thread;
using synclib::Event;
using synclib::Executor;
using synclib::WaitOptions;
using synclib::WaitResult;
using synclib::Work;

TEST(BroadcastScenario, S2_SetMeetsAWaitThatBegins) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        int data = 0;
        Thread waiter("waiter", [&] {
          event.Wait();
          Check(data == 42, "what came before Set() is visible after the wait");
        });
        Thread setter("setter", [&] {
          data = 42;
          event.Set();
        });
        setter.NeverWaits();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 3});
}

TEST(BroadcastScenario, S3_OneBroadcastIsNotTwo) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Thread waiter("waiter", [&] {
          event.WaitPast(0);
          (void)event.Wait(absl::Seconds(1));
        });
        Thread setter("setter", [&] { event.Pulse(); });
        setter.NeverWaits();
      },
      {.plain = 3, .faults = 3, .stale = 3});
}

TEST(BroadcastScenario, S4_RedundantSetPublishes) {
  ExploreAll(
      [] {
        SpecifiedEvent bell;
        model::Atomic<int> items{0};
        Thread producer("producer", [&] {
          for (int i = 0; i < 2; ++i) {
            items.fetch_add(1, std::memory_order_relaxed);
            bell.Set();
          }
        });
        producer.NeverWaits();
        // One that is lost is waited for in vain.
        for (int taken = 0; taken < 2;) {
          bell.Wait();
          bell.Clear();
          const int found = items.load(std::memory_order_relaxed);
          items.fetch_sub(found, std::memory_order_relaxed);
          taken += found;
        }
      },
      {.plain = 3, .faults = 2, .stale = 3});
}

TEST(BroadcastScenario, S4_ATrueIsSetSeesWhatCameBefore) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        int data = 0;
        Thread reader("reader", [&] {
          if (event.IsSet()) Check(data == 42, "visible after a true IsSet()");
        });
        Thread setter("setter", [&] {
          data = 42;
          event.Set();
          event.Set();
        });
        setter.NeverWaits();
      },
      {.plain = 4, .faults = 3, .stale = 4});
}

// A producer that looks whether the last item has been taken.
TEST(BroadcastScenario, S4_AFalseIsSetSeesWhatCameBeforeClear) {
  ExploreAll(
      [] {
        SpecifiedEvent full;
        int slot = 0;
        Thread consumer("consumer", [&] {
          full.Wait();
          Check(slot == 1, "the item");
          full.Clear();
        });
        slot = 1;
        full.Set();
        if (!full.IsSet()) slot = 2;
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

// Where a pulse takes effect while a setter holds the list, the setter hands
// out for it, and hands on what came before it.
TEST(BroadcastScenario, S4_TheSetterThatHandsOutHandsOnWhatOthersPublished) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        model::Atomic<int> data{0};
        int seen = 0;
        Thread waiter("waiter", [&] {
          event.WaitPast(0);
          seen = data.load(std::memory_order_relaxed);
        });
        while (event.event().waiters() == 0) {
          model::Yield(model::Place::current());
        }
        Thread pulser("pulser", [&] {
          data.store(1, std::memory_order_relaxed);
          event.Pulse();
        });
        event.Set();
        waiter.join();
        pulser.join();
        // Set last of the two, so the pulse was first, and released the waiter.
        if (event.IsSet()) Check(seen == 1, "visible");
      },
      {.suspensions = 0});
}

TEST(BroadcastScenario, S3_ARedundantSetReleasesNobody) {
  ExploreAll(
      [] {
        SpecifiedEvent event(Event::kSet);
        Thread waiter("waiter",
                      [&] { (void)event.WaitPast(0, absl::Seconds(1)); });
        Thread setter("setter", [&] {
          event.Set();
          event.epoch();
        });
        setter.NeverWaits();
      },
      {.plain = 3, .faults = 2, .stale = 2});
}

TEST(BroadcastScenario, S2_SettersMeet) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { event.WaitPast(0); });
    Thread first("first setter", [&] { event.Set(); });
    Thread second("second setter", [&] { event.Pulse(); });
    first.NeverWaits();
    second.NeverWaits();
  });
}

TEST(BroadcastScenario, S2_ClearMeetsSetAndAWait) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { (void)event.Wait(absl::Seconds(1)); });
    Thread setter("setter", [&] { event.Set(); });
    Thread clearer("clearer", [&] {
      event.Clear();
      event.IsSet();
      event.epoch();
    });
    setter.NeverWaits();
    clearer.NeverWaits();
  });
}

Detached AwaitOnce(SpecifiedEvent& event, const int& data, int& resumed) {
  co_await event.AsyncWait();
  Check(data == 42, "what came before Set() is visible in the coroutine");
  ++resumed;
}

TEST(BroadcastScenario, S1_ACoroutineResumesOnce) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        int data = 0;
        int resumed = 0;
        Thread waiter("waiter", [&] { AwaitOnce(event, data, resumed); });
        Thread setter("setter", [&] {
          data = 42;
          event.Set();
        });
        setter.NeverWaits();
        waiter.join();
        setter.join();
        Check(resumed == 1, "once");
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

TEST(BroadcastScenario, S2_ThreadsAndCoroutinesWaitTogether) {
  ExploreAll([] {
    SpecifiedEvent event;
    int data = 0;
    int resumed = 0;
    Thread coroutine("coroutine", [&] { AwaitOnce(event, data, resumed); });
    Thread thread("thread", [&] { event.Wait(); });
    Thread setter("setter", [&] {
      data = 42;
      event.Set();
    });
    setter.NeverWaits();
    setter.join();
    coroutine.join();
    thread.join();
    Check(resumed == 1, "once");
  });
}

// The list is in another call's hands, which hands out in the setter's stead.
TEST(BroadcastScenario, L1_SetWhileTheListIsHeld) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { event.Wait(); });
    Thread counter("counter", [&] { (void)event.event().waiters(); });
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
  });
}

TEST(BroadcastScenario, L2_AllWhoSleepForTheListGoOn) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Thread first("first", [&] { event.Wait(); });
        Thread second("second", [&] { event.Wait(); });
        (void)event.event().waiters();
        event.Set();
      },
      {.suspensions = 0});
}

// The first two are woken by the setter, and each of the next by those before
// it. Of those who sleep together, by one; behind the one with a token each
// sleeps alone.
TEST(BroadcastScenario, S2_ManyThreadsWakeOneAnother) {
  ExploreAll(
      [] {
        constexpr size_t kThreads = 7;
        constexpr size_t kWithToken = 5;
        SpecifiedEvent event;
        std::array<std::optional<Thread>, kThreads> threads;
        for (size_t i = 0; i < kThreads; ++i) {
          threads[i].emplace("waiter", [&, i] {
            StopSource source;
            WaitOptions options;
            if (i == kWithToken) options = WaitOptions(source.get_token());
            Check(event.WaitPast(0, options) == WaitResult::kReady, "woken");
          });
          while (event.event().waiters() < i + 1) {
            model::Yield(model::Place::current());
          }
        }
        Check(event.Pulse() == kThreads, "all of them");
        for (auto& thread : threads) thread->join();
      },
      {.plain = 0, .faults = 0, .stale = 0, .suspensions = 0});
}

// The same with fewer, each of which starts the next one. The third wakes the
// one with which it has slept, and that one the next, which sleeps alone.
TEST(BroadcastScenario, S2_ThreadsWakeGroupsOfThreads) {
  ExploreAll(
      [] {
        constexpr size_t kThreads = 5;
        SpecifiedEvent event;
        StopSource source;
        std::array<std::optional<Thread>, kThreads> threads;
        std::function<void(size_t)> start = [&](size_t i) {
          threads[i].emplace("thread", [&, i] {
            if (i + 1 < kThreads) start(i + 1);
            if (i + 1 == kThreads) {
              event.Pulse();
            } else if (i + 2 == kThreads) {
              const WaitOptions options(source.get_token());
              Check(event.WaitPast(0, options) == WaitResult::kReady, "woken");
            } else {
              event.WaitPast(0);
            }
          });
        };
        start(0);
        event.WaitPast(0);
        for (auto& thread : threads) thread->join();
      },
      {.plain = 1, .faults = 0, .stale = 1, .suspensions = 0});
}

// A thread whose limit has passed hands out what was released while it had the
// list, itself among that: those behind it don't wait for the coroutine that it
// runs.
TEST(BroadcastScenario, L3_AThreadDoesNotWaitForWhatAnotherOneRuns) {
  ExploreAll(
      [] {
        Event event;
        Event woken;
        Thread first("first", [&] { event.WaitPast(0); });
        model::Yield(model::Place::current());
        Thread limited("limited",
                       [&] { (void)event.WaitPast(0, absl::Seconds(1)); });
        model::Yield(model::Place::current());
        Thread last("last", [&] {
          event.WaitPast(0);
          woken.Set();
        });
        model::Yield(model::Place::current());
        const auto wait = [&]() -> Detached {
          co_await event.AsyncWaitPast(0);
          woken.Wait();
        };
        if (event.waiters() == 3) wait();
        model::Yield(model::Place::current());  // All sleep: time passes.
        event.Pulse();
        first.join();
        limited.join();
        last.join();
      },
      {.plain = 1, .faults = 0, .stale = 1, .suspensions = 0});
}

// A thread in front of a coroutine doesn't wait for the executor of that.
TEST(BroadcastScenario, L3_AThreadIsWokenBeforeAPostBehindIt) {
  struct Waiting : Executor {
    explicit Waiting(Event& e) : event(e) {}
    bool Post(Work* work) noexcept override {
      event.Wait();
      work->Run();
      return true;
    }
    Event& event;
  };
  ExploreAll(
      [] {
        Event event;
        Event woken;
        Waiting executor(woken);
        Thread waiter("waiter", [&] {
          event.WaitPast(0);
          woken.Set();
        });
        while (event.waiters() < 1) model::Yield(model::Place::current());
        int resumed = 0;
        auto wait = [&]() -> Detached {
          co_await event.AsyncWaitPast(0).On(executor);
          ++resumed;
        };
        wait();
        Check(event.Pulse() == 2, "both");
        Check(resumed == 1, "it has run");
        waiter.join();
      },
      {.suspensions = 0});
}

TEST(BroadcastScenario, AWaitForAnyCountsOnce) {
  ExploreAll(
      [] {
        Event event;
        Event other;
        Thread waiter("waiter", [&] {
          Check(synclib::WaitAny({event, other}).index == 0, "the first");
        });
        while (event.waiters() < 1) model::Yield(model::Place::current());
        Check(event.Set() == 1, "one wait");
        waiter.join();
      },
      {.suspensions = 0});
}

// Also if they tried to while the event was cleared.
TEST(BroadcastScenario, WhoHasLeftIsNotCounted) {
  struct Quiet : synclib::Callback {
    Quiet() : Callback([](Callback&, WaitResult) noexcept {}) {}
  };
  ExploreAll(
      [] {
        Event event(Event::kSet);
        std::array<Quiet, 4> callbacks;
        for (Quiet& callback : callbacks) {
          Check(!event.AddPast(0, callback).has_value(), "it waits");
        }
        Thread leaver("leaver", [&] {
          // One that others are behind, and the last.
          Check(callbacks[0].Remove() == synclib::Callback::kRemoved, "left");
          Check(callbacks[3].Remove() == synclib::Callback::kRemoved, "left");
        });
        event.Clear();
        leaver.join();
        Check(event.Set() == 2, "the two others");
      },
      {.suspensions = 0});
}

TEST(BroadcastScenario, S6_ACallbackUsesTheEventItself) {
  ExploreAll(
      [] {
        struct Again : SpecifiedCallback {
          explicit Again(SpecifiedEvent& event)
              : SpecifiedCallback(&Fired), event(event) {}
          static void Fired(SpecifiedCallback& self, WaitResult) noexcept {
            auto& again = static_cast<Again&>(self);
            ++again.runs;
            (void)again.event.event().waiters();
            again.event.Clear();
            if (again.runs == 1) (void)again.event.Add(again);
            again.event.Pulse();
          }
          SpecifiedEvent& event;
          int runs = 0;
        };
        SpecifiedEvent event;
        Again again(event);
        if (event.Add(again).has_value()) return;
        Thread waiter("waiter", [&] { (void)event.WaitPast(0); });
        Thread setter("setter", [&] { event.Set(); });
        setter.join();
        waiter.join();
        Check(again.runs == 2, "each broadcast calls it once");
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

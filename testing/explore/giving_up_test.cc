// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving of time-outs, stops and broadcasts, within a budget.

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/semaphore.h"
#include "sync/timer_thread.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
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
using synclib::Semaphore;
using synclib::WaitResult;

TEST(GivingUpScenario, S1_ATimeoutMeetsSet) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        int data = 0;
        Thread waiter("waiter", [&] {
          if (event.Wait(absl::Seconds(1)) == WaitResult::kReady) {
            Check(data == 42, "visible after a wait with a limit");
          }
        });
        Thread setter("setter", [&] {
          data = 42;
          event.Set();
        });
        setter.NeverWaits();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 3});
}

TEST(GivingUpScenario, S1_AStopMeetsSet) {
  ExploreAll([] {
    SpecifiedEvent event;
    StopSource source;
    int data = 0;
    Thread waiter("waiter", [&] {
      const WaitResult result = event.Wait(source.get_token());
      if (result == WaitResult::kReady) Check(data == 42, "visible");
    });
    Thread stopper("stopper", [&] { source.request_stop(); });
    Thread setter("setter", [&] {
      data = 42;
      event.Set();
    });
    setter.NeverWaits();
  });
}

TEST(GivingUpScenario, S2_ASetBeforeTheStopWins) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StopSource source;
        Thread waiter("waiter", [&] {
          Check(event.Wait(source.get_token()) == WaitResult::kReady,
                "the broadcast came first, whenever the wait began");
        });
        event.Set();
        source.request_stop();
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

// The broadcast finds the list in the hands of a wait that is about to hear
// that it was given up; who has waited before must not be forgotten.
TEST(GivingUpScenario, S2_AJoinThatWasGivenUpMeetsSet) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StopSource source;
        Thread waiter("waiter", [&] { event.Wait(); });
        while (event.event().waiters() == 0) {
          model::Yield(model::Place::current());
        }
        Thread stopped("stopped",
                       [&] { (void)event.Wait(source.get_token()); });
        Thread stopper("stopper", [&] { source.request_stop(); });
        event.Set();
      },
      {.suspensions = 0});
}

TEST(GivingUpScenario, S1_AStopMeetsATimeout) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StopSource source;
        Thread waiter("waiter", [&] {
          const WaitResult result =
              event.Wait({absl::Seconds(1), source.get_token()});
          Check(result != WaitResult::kReady, "nobody has set it");
        });
        Thread stopper("stopper", [&] { source.request_stop(); });
      },
      {.plain = 3, .faults = 3, .stale = 2, .suspensions = 0});
}

// Whose frame ends with the wait, and is freed.
Detached AwaitWithLimit(SpecifiedEvent& event, const int& data,
                        synclib::WaitOptions options, SpecifiedEvent& over) {
  const bool has_limit = !options.limit().never();
  const WaitResult result = co_await event.AsyncWait(options);
  if (result == WaitResult::kReady) Check(data == 42, "visible");
  if (!has_limit) Check(result != WaitResult::kTimeout, "there is no limit");
  over.Set();
}

// What comes first is what ends the wait, whenever it is read.
TEST(GivingUpScenario, L3_AStopBeforeTheLimitIsNoTimeout) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StopSource source;
        WaitResult result{};
        const int64_t limit = model::LastNow() + 1'000'000'000;
        Thread waiter("waiter", [&] {
          result = event.Wait({absl::Seconds(1), source.get_token()});
        });
        source.request_stop();
        const int64_t stopped_at = model::LastNow();
        waiter.join();
        // A clock orders nothing: when a fault lets an hour pass, a stale read
        // may still miss the stop.
        const model::Powers& powers = model::CurrentPowers();
        if (stopped_at < limit && !(powers.stale_reads && powers.faults)) {
          Check(result == WaitResult::kCancelled, "stopped before the limit");
        }
      },
      {.plain = 3, .faults = 3, .stale = 2, .suspensions = 0});
}

TEST(GivingUpScenario, L3_ALimitComesThoughNobodyElseDoesAnything) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        const int data = 0;
        AwaitWithLimit(event, data, absl::Seconds(1), over);
        over.Wait();
      },
      {.suspensions = 0});
}

// The latest moments that there are.
TEST(GivingUpScenario, L3_AHugeLimitDoesNotCome) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] {
      Check(event.Wait(absl::Nanoseconds(INT64_MAX - 1)) == WaitResult::kReady,
            "before its limit");
    });
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
  });
}

TEST(GivingUpScenario, S8_TheTimerThreadIsStartedByTwoAtOnce) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        const int data = 0;
        Thread other("other", [&] { synclib::StartTimer(); });
        AwaitWithLimit(event, data, absl::Seconds(1), over);
        over.Wait();
      },
      {.suspensions = 0});
}

// Two faults among four threads are too many executions.
TEST(GivingUpScenario, L3_TwoLimitsAreArmedAtOnce) {
  ExploreAll(
      [] {
        SpecifiedEvent first_event("first_event"), second_event("second_event");
        SpecifiedEvent first_over("first_over"), second_over("second_over");
        const int data = 0;
        Thread other("other", [&] {
          AwaitWithLimit(second_event, data, absl::Seconds(1), second_over);
        });
        AwaitWithLimit(first_event, data, absl::Seconds(1), first_over);
        first_over.Wait();
        second_over.Wait();
      },
      {.faults = 1, .suspensions = 0});
}

// What a wait leaves behind shows when its time comes.
TEST(GivingUpScenario, S5_ALimitIsPutDownWithTheWait) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        StopSource source;
        int data = 0;
        AwaitWithLimit(event, data, {absl::Seconds(1), source.get_token()},
                       over);
        Thread stopper("stopper", [&] { source.request_stop(); });
        over.Wait();
        stopper.join();
        SpecifiedEvent never;
        (void)never.Wait(absl::Seconds(2));
      },
      kOfLongScenario);
}

TEST(GivingUpScenario, S5_ATokenIsPutDownWithTheWait) {
  ExploreAll([] {
    SpecifiedEvent event;
    StopSource source;
    Thread waiter("waiter", [&] { (void)event.Wait(source.get_token()); });
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    waiter.join();
    source.request_stop();
  });
}

TEST(GivingUpScenario, S1_AWaitBeginsWhileItIsStopped) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StopSource source;
        Thread waiter("waiter", [&] {
          Check(event.Wait(source.get_token()) == WaitResult::kCancelled,
                "nothing else can end it");
        });
        Thread stopper("stopper", [&] { source.request_stop(); });
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GivingUpScenario, S1_ACoroutinesTimeoutMeetsSet) {
  ExploreAll([] {
    SpecifiedEvent event("event"), over("over");
    int data = 0;
    AwaitWithLimit(event, data, absl::Seconds(1), over);
    Thread setter("setter", [&] {
      data = 42;
      event.Set();
    });
    setter.NeverWaits();
    over.Wait();
  });
}

// Set() may wait for the token's callback: see L1 in docs/semantics.md.
TEST(GivingUpScenario, S1_ACoroutinesStopMeetsSet) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        StopSource source;
        int data = 0;
        AwaitWithLimit(event, data, source.get_token(), over);
        Thread stopper("stopper", [&] { source.request_stop(); });
        Thread setter("setter", [&] {
          data = 42;
          event.Set();
        });
        over.Wait();
      },
      {.plain = 2, .faults = 2, .stale = 2, .suspensions = 0});
}

TEST(GivingUpScenario, S1_ACoroutineBeginsToWaitWhileItIsStopped) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        StopSource source;
        int data = 0;
        Thread waiter("waiter", [&] {
          AwaitWithLimit(event, data, source.get_token(), over);
        });
        Thread stopper("stopper", [&] { source.request_stop(); });
        over.Wait();
      },
      {.plain = 3, .faults = 2, .stale = 2, .suspensions = 0});
}

struct Counter : SpecifiedCallback {
  Counter() : SpecifiedCallback(&Fired) {}
  static void Fired(SpecifiedCallback& self, WaitResult) noexcept {
    auto& counter = static_cast<Counter&>(self);
    ++counter.runs;
    counter.over.Set();
  }
  int runs = 0;
  SpecifiedEvent over;
};

void RemoveWhileSet(const synclib::WaitOptions& options) {
  SpecifiedEvent event;
  auto counter = std::make_unique<Counter>();
  if (event.Add(*counter, options).has_value()) return;
  Thread setter("setter", [&] { event.Set(); });
  Counter::RemoveResult removed = counter->Remove();
  if (removed == Counter::kTaken) counter->over.Wait();
  while (removed == Counter::kTaken) {
    model::Yield(model::Place::current());
    removed = counter->Remove();
  }
  Check(counter->runs == (removed == Counter::kHasRun ? 1 : 0),
        "what Remove() says is true");
  counter.reset();
}

TEST(GivingUpScenario, S1_RemoveMeetsSet) {
  ExploreAll([] { RemoveWhileSet(synclib::WaitOptions()); },
             {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GivingUpScenario, S1_RemoveMeetsSetAndALimit) {
  ExploreAll([] { RemoveWhileSet(absl::Seconds(1)); }, {.suspensions = 0});
}

// Who ends a wait waits for its stop callback, and not for the code of others.
TEST(LateStopScenario, L3_RunsNobodyElsesCode) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        Event first_is_over;
        auto first = [&]() -> Detached {
          (void)co_await permits.AsyncAcquire(source.get_token());
          first_is_over.Set();
        };
        auto second = [&]() -> Detached {
          co_await permits.AsyncAcquire();
          first_is_over.Wait();
        };
        first();
        second();
        Thread stopper("stopper", [&] { source.request_stop(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Release();
        releaser.join();
        stopper.join();
        Check(first_is_over.IsSet(), "it has ended");
      },
      {.suspensions = 0});
}

// The same of a thread: it hands out what was left to it.
TEST(LateStopScenario, L2_LeavesOthersToAThread) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        Event second_is_over;
        auto second = [&]() -> Detached {
          co_await permits.AsyncAcquire();
          second_is_over.Set();
        };
        Thread first("first",
                     [&] { (void)permits.Acquire(source.get_token()); });
        while (permits.waiters() == 0) model::Yield(model::Place::current());
        second();
        Thread stopper("stopper", [&] { source.request_stop(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Release();
        second_is_over.Wait();
      },
      {.faults = 1, .suspensions = 0});
}

// An executor that is busy until somebody asks it to go on.
class Busy : public synclib::Executor {
 public:
  bool Post(synclib::Work* work) noexcept override {
    Check(work_ == nullptr, "one wait has ended");
    work_ = work;
    return true;
  }
  void GoOn() { work_->Run(); }

 private:
  synclib::Work* work_ = nullptr;
};

// Nor do others wait for whoever has the wait to go on.
TEST(LateStopScenario, L3_OthersDoNotWaitForAnExecutor) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        Busy busy;
        auto first = [&]() -> Detached {
          (void)co_await permits.AsyncAcquire(source.get_token()).On(busy);
        };
        first();
        Thread second("second", [&] { (void)permits.Acquire(); });
        while (permits.waiters() < 2) model::Yield(model::Place::current());
        Thread stopper("stopper", [&] { source.request_stop(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Release();
        second.join();
        releaser.join();
        stopper.join();
        busy.GoOn();
      },
      {.faults = 1, .suspensions = 0});
}

// Destroyed while it is suspended, by the thread that alone may end its wait.
TEST(GivingUpScenario, S5_ACoroutineIsDestroyedWhileOthersJoin) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        Detached coroutine = [](SpecifiedEvent& e) -> Detached {
          co_await e;
        }(event);
        Thread other("other", [&] { (void)event.Wait(absl::Seconds(1)); });
        coroutine.handle.destroy();
        event.Set();
      },
      {.plain = 3, .faults = 2, .stale = 2, .suspensions = 0});
}

}  // namespace
}  // namespace synctest

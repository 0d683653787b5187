// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of code that the library calls: where it
// is called, with what in the library's hands, and on how much stack.

#include <atomic>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/atomic.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Check;
using model::Place;
using model::SpecifiedEvent;
using model::Thread;
using synclib::Callback;
using synclib::Event;
using synclib::Executor;
using synclib::WaitOptions;
using synclib::WaitResult;
using synclib::Work;

void AwaitTrue(const Atomic<bool>& flag) {
  while (!flag.load(std::memory_order_acquire)) model::Yield(Place::current());
}

// Says when it has begun to run, and goes on when it may.
class Stop {
 public:
  void Run() {
    begun_.store(true, std::memory_order_release);
    AwaitTrue(may_go_on_);
  }
  void AwaitBegun() const { AwaitTrue(begun_); }
  void GoOn() { may_go_on_.store(true, std::memory_order_release); }

 private:
  Atomic<bool> begun_{false};
  Atomic<bool> may_go_on_{false};
};

struct StoppingCallback : Callback {
  StoppingCallback() : Callback(&Fired) {}
  static void Fired(Callback& self, WaitResult) noexcept {
    static_cast<StoppingCallback&>(self).stop.Run();
  }
  Stop stop;
};

// All that takes the list of an event, and the timers, into its hands.
void UseEverything(Event& event) {
  Event other;
  StoppingCallback limited, unlimited;
  (void)event.waiters();
  Check(!event.AddPast(event.epoch(), unlimited).has_value(), "no broadcast");
  // An hour may pass.
  (void)other.Add(limited, absl::Hours(1));
  Check(unlimited.Remove() == Callback::kRemoved, "it was not released");
  limited.stop.GoOn();
  while (limited.Remove() == Callback::kTaken) model::Yield(Place::current());
  Check(event.WaitPast(event.epoch(), absl::ZeroDuration()) ==
            WaitResult::kTimeout,
        "still no broadcast");
}

TEST(CalloutScenario, S6_NothingIsHeldWhileABroadcastCalls) {
  ExploreAll(
      [] {
        Event event;
        StoppingCallback callback;
        Check(!event.Add(callback).has_value(), "not set");
        Thread setter("setter", [&] { event.Set(); });
        callback.stop.AwaitBegun();
        UseEverything(event);
        callback.stop.GoOn();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

TEST(CalloutScenario, S6_NothingIsHeldWhileATimeoutCalls) {
  ExploreAll(
      [] {
        Event event;
        StoppingCallback callback;
        // An hour may pass.
        if (event.Add(callback, absl::Seconds(1)).has_value()) return;
        callback.stop.AwaitBegun();
        UseEverything(event);
        callback.stop.GoOn();
        while (callback.Remove() != Callback::kHasRun) {
          model::Yield(Place::current());
        }
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

TEST(CalloutScenario, S6_NothingIsHeldWhileACoroutineIsResumed) {
  ExploreAll(
      [] {
        Event event;
        Stop stop;
        auto wait = [&]() -> Detached {
          co_await event;
          stop.Run();
        };
        wait();
        Thread setter("setter", [&] { event.Pulse(); });
        stop.AwaitBegun();
        UseEverything(event);
        stop.GoOn();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

struct StoppingExecutor : Executor {
  bool Post(Work*) noexcept override {
    stop.Run();
    return false;
  }
  Stop stop;
};

TEST(CalloutScenario, S6_NothingIsHeldWhileAnExecutorIsOffered) {
  ExploreAll(
      [] {
        Event event;
        StoppingExecutor executor;
        auto wait = [&]() -> Detached {
          co_await event.AsyncWait().On(executor);
        };
        wait();
        Thread setter("setter", [&] { event.Pulse(); });
        executor.stop.AwaitBegun();
        UseEverything(event);
        executor.stop.GoOn();
        setter.join();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

TEST(CalloutScenario, S6_NothingIsHeldWhileATimeoutIsOffered) {
  ExploreAll(
      [] {
        Event event, over;
        StoppingExecutor executor;
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Seconds(1)).On(executor);
          over.Set();
        };
        // An hour may pass.
        wait();
        if (over.IsSet()) return;
        executor.stop.AwaitBegun();
        UseEverything(event);
        executor.stop.GoOn();
        over.Wait();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

// Each of the coroutines sets the event that the next one waits for. If they
// were resumed inside one another, the stack would be too deep for the machine.
TEST(CalloutScenario, S7_AChainOfBroadcastsNeedsNoStack) {
  ExploreAll(
      [] {
        constexpr int kLength = 50;
        const auto events = std::make_unique<Event[]>(kLength + 1);
        auto link = [&events](int i) -> Detached {
          co_await events[i];
          events[i + 1].Set();
        };
        for (int i = 0; i < kLength; ++i) link(i);
        Thread other("other", [&] { events[kLength / 2].Set(); });
        events[0].Set();
        events[kLength].Wait();
        other.join();
      },
      {.plain = 1, .faults = 1, .stale = 1, .suspensions = 0});
}

// Does with what it is offered whatever an executor may do. Keeps two at most.
class Whimsical : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    switch (model::Pick(4)) {
      case 0:
        Put(work, /*first=*/false);
        return true;
      case 1:
        Put(work, /*first=*/true);
        return true;
      case 2:
        work->Run();
        return true;
      default:
        return false;
    }
  }

  // Runs what it has kept, until `count` is `over`.
  void RunUntil(const Atomic<int>& count, int over) {
    while (count.load(std::memory_order_acquire) < over) {
      if (Work* const work = Take(); work != nullptr) {
        work->Run();
      } else {
        model::Yield(Place::current());
      }
    }
  }

 private:
  void Put(Work* work, bool first) {
    Lock();
    if (first || works_[0] == nullptr) std::swap(work, works_[0]);
    if (work != nullptr) works_[1] = work;
    Unlock();
  }
  // Null: there is none.
  Work* Take() {
    Lock();
    Work* const work = std::exchange(works_[0], works_[1]);
    works_[1] = nullptr;
    Unlock();
    return work;
  }
  void Lock() {
    while (locked_.exchange(true, std::memory_order_acquire)) {
      model::Yield(Place::current());
    }
  }
  void Unlock() { locked_.store(false, std::memory_order_release); }

  Atomic<bool> locked_{false};
  Work* works_[2] = {};  // In order.
};

void AwaitUnderWhimsicalExecutor(int waits, const WaitOptions& options,
                                 const Budgets& budgets) {
  ExploreAll(
      [waits, &options] {
        SpecifiedEvent event;
        Whimsical executor;
        Atomic<int> ended{0};
        int runs[2] = {};
        auto wait = [&](int& mine) -> Detached {
          (void)co_await event.AsyncWait(options).On(executor);
          ++mine;
          ended.fetch_add(1, std::memory_order_acq_rel);
        };
        Thread runner("runner", [&] { executor.RunUntil(ended, waits); });
        wait(runs[0]);
        Thread setter("setter", [&] { event.Set(); });
        if (waits == 2) wait(runs[1]);
        setter.join();
        runner.join();
        Check(runs[0] == 1 && runs[1] == waits - 1, "each went on once");
      },
      budgets);
}

TEST(CalloutScenario, S1_AnExecutorDoesAsItLikes) {
  AwaitUnderWhimsicalExecutor(
      2, WaitOptions(),
      {.plain = 2, .faults = 1, .stale = 1, .suspensions = 0});
}
TEST(CalloutScenario, S1_AnExecutorDoesAsItLikesWithALimit) {
  AwaitUnderWhimsicalExecutor(
      1, absl::Seconds(1),
      {.plain = 1, .faults = 0, .stale = 1, .suspensions = 0});
}

}  // namespace
}  // namespace synctest

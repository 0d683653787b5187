// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of the ends and failures of tasks, and
// of what awaits them: Scope, Gather, WhenAny and WithTimeout.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/task.h"
#include "sync/coro/when_any.h"
#include "sync/coro/with_timeout.h"
#include "sync/event.h"
#include "sync/mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::StopSource;
using model::StopToken;
using model::Thread;
using synclib::Event;
using synclib::Mutex;
using synclib::Scope;
using synclib::Task;
using synclib::WaitOptions;
using synclib::WaitResult;

// What a task throws.
struct Failed : std::runtime_error {
  explicit Failed(int n) : std::runtime_error("a task failed"), number(n) {}
  int number;
};

Task<> FailAfter(Event& event, int number) {
  co_await event;
  throw Failed(number);
}

// Suspends a coroutine, for another thread to resume it, whatever executor it
// had.
struct ByHand {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const noexcept {
    handle = h;
    suspended.Set();
  }
  void await_resume() const noexcept {}

  std::coroutine_handle<>& handle;
  Event& suspended;
};

// The end of a task in its setter's thread, which still returns from it while
// the scope goes.
TEST(ScopeScenario, S5_ATaskEndsWhileItsScopeIsJoined) {
  ExploreAll(
      [] {
        Event event, over;
        int data = 0;
        auto wait = [&]() -> Task<> {
          co_await event;
          ++data;
        };
        auto all = [&]() -> Detached {
          auto scope = std::make_unique<Scope>();
          scope->Start(wait());
          co_await scope->Join();
          scope.reset();
          Check(data == 42, "what the task did");
          over.Set();
        };
        Thread setter("setter", [&] {
          data = 41;
          event.Set();
        });
        setter.NeverWaits();
        all();
        over.Wait();
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

// The first has ended before Join() is called, or while the second starts.
TEST(ScopeScenario, S1_TasksThatEndEarlyAreNotTheLast) {
  ExploreAll(
      [] {
        Event first_event, second_event, over;
        int ended = 0;
        auto wait = [&](Event& event) -> Task<> {
          co_await event;
          ++ended;
        };
        auto all = [&]() -> Detached {
          Scope scope;
          scope.Start(wait(first_event));
          scope.Start(wait(second_event));
          co_await scope.Join();
          Check(ended == 2, "both have ended");
          over.Set();
        };
        Thread setter("setter", [&] {
          first_event.Set();
          second_event.Set();
        });
        all();
        over.Wait();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(ScopeScenario, S1_TheFirstFailureStopsTheOthers) {
  ExploreAll(
      [] {
        Event never, first_event, second_event, over;
        int cancelled = 0;
        auto wait = [&](StopToken token) -> Task<> {
          const WaitResult result = co_await never.AsyncWait(token);
          if (result == WaitResult::kCancelled) ++cancelled;
        };
        auto all = [&]() -> Detached {
          Scope scope;
          scope.Start(wait(scope.token()));
          scope.Start(FailAfter(first_event, 1));
          scope.Start(FailAfter(second_event, 2));
          int failed = 0;
          try {
            co_await scope.Join();
          } catch (const Failed& failure) {
            failed = failure.number;
          }
          Check(failed == 1 || failed == 2, "one of the two");
          Check(cancelled == 1, "the third was stopped");
          over.Set();
        };
        all();
        Thread first("first", [&] { first_event.Set(); });
        Thread second("second", [&] { second_event.Set(); });
        over.Wait();
      },
      {.suspensions = 0});
}

// It isn't stopped if it was released before.
TEST(ScopeScenario, S1_AFailureMeetsTheEndOfAnother) {
  ExploreAll(
      [] {
        Event failing, event, over;
        int ends = 0;
        auto wait = [&](StopToken token) -> Task<> {
          const WaitResult result = co_await event.AsyncWait(token);
          Check(result != WaitResult::kTimeout, "released or stopped");
          ++ends;
        };
        auto all = [&]() -> Detached {
          Scope scope;
          scope.Start(wait(scope.token()));
          scope.Start(FailAfter(failing, 1));
          int failed = 0;
          try {
            co_await scope.Join();
          } catch (const Failed& failure) {
            failed = failure.number;
          }
          Check(failed == 1 && ends == 1, "each has ended, once");
          over.Set();
        };
        all();
        Thread fails("fails", [&] { failing.Set(); });
        Thread ends_well("ends_well", [&] { event.Set(); });
        over.Wait();
      },
      {.suspensions = 0});
}

// What a task holds is gone when the scope has been joined: here its argument,
// which goes with the frame, in another thread than that which has joined.
TEST(ScopeScenario, S5_TheFramesOfTasksGoBeforeJoinReturns) {
  ExploreAll(
      [] {
        synclib::ThreadPool pool(1);
        std::coroutine_handle<> task;
        Event suspended;
        bool gone = false;
        struct Held {
          explicit Held(bool& g) : gone(&g) {}
          Held(Held&& other) noexcept : gone(std::exchange(other.gone, {})) {}
          ~Held() {
            if (gone != nullptr) *gone = true;
          }
          bool* gone;
        };
        auto wait = [&](Held) -> Task<> { co_await ByHand{task, suspended}; };
        auto all = [&]() -> Task<> {
          Scope scope;
          scope.Start(wait(Held(gone)));
          co_await scope.Join();
          Check(gone, "the frame has gone");
        };
        Thread ends("ends", [&] {
          suspended.Wait();
          task.resume();
        });
        synclib::Run(pool, all());
      },
      {.suspensions = 0});
}

// Of two tasks that end at the same time, one is left to whoever is next: here
// one that ends as its scope is destroyed with it.
TEST(ScopeScenario, S5_WhatHasEndedIsDeletedOnce) {
  ExploreAll(
      [] {
        Event first, second, never;
        Mutex mutex;
        auto wait = [](Event& event) -> Task<> { co_await event; };
        auto hold = [&]() -> Task<> {
          Mutex::Guard guard = co_await mutex.AsyncGuard();
          co_await never;
        };
        auto want = [&]() -> Task<> {
          Mutex::Guard guard = co_await mutex.AsyncGuard();
        };
        auto all = [&]() -> Detached {
          Scope scope;
          scope.Start(wait(first));
          scope.Start(wait(second));
          scope.Start(hold());
          scope.Start(want());
          co_await scope.Join();
        };
        Detached whole = all();
        Thread setter("setter", [&] { first.Set(); });
        second.Set();
        setter.join();
        whole.handle.destroy();
      },
      {.suspensions = 0});
}

// The task takes its time after the stop.
TEST(ScopeScenario, S1_AParentsStopMeetsTheEndOfATask) {
  ExploreAll(
      [] {
        Event event, late, over;
        StopSource parent;
        int ends = 0;
        auto wait = [&](StopToken token) -> Task<> {
          const WaitResult result = co_await event.AsyncWait(token);
          Check(result != WaitResult::kTimeout, "released or stopped");
          co_await late;
          ++ends;
        };
        auto all = [&]() -> Detached {
          Scope scope;
          scope.Start(wait(scope.token()));
          co_await scope.Join(parent.get_token());
          Check(ends == 1, "it has ended");
          over.Set();
        };
        all();
        Thread stopper("stopper", [&] { parent.request_stop(); });
        Thread setter("setter", [&] {
          late.Set();
          if (model::Pick(2) == 0) event.Set();
        });
        over.Wait();
      },
      {.suspensions = 0});
}

// Whichever fails first.
TEST(GatherScenario, S1_TheFirstInOrderDecidesWhatIsThrown) {
  ExploreAll(
      [] {
        Event first_event, second_event, over;
        auto both = [&]() -> Detached {
          std::vector<Task<>> tasks;
          tasks.push_back(FailAfter(first_event, 1));
          tasks.push_back(FailAfter(second_event, 2));
          int failed = 0;
          try {
            co_await synclib::Gather(std::move(tasks));
          } catch (const Failed& failure) {
            failed = failure.number;
          }
          Check(failed == 1, "the first in order");
          over.Set();
        };
        both();
        Thread first("first", [&] { first_event.Set(); });
        first.NeverWaits();
        Thread second("second", [&] { second_event.Set(); });
        second.NeverWaits();
        over.Wait();
      },
      {.plain = 3});
}

// The last of them has ended, and still returns.
TEST(GatherScenario, S5_WhatHasGatheredTasksGoesWhenTheyHaveEnded) {
  ExploreAll(
      [] {
        synclib::ThreadPool pool(1);
        std::coroutine_handle<> task;
        Event suspended;
        auto end = []() -> Task<> { co_return; };
        auto wait = [&]() -> Task<> { co_await ByHand{task, suspended}; };
        auto both = [&]() -> Task<> {
          co_await synclib::Gather(wait(), end());
        };
        Thread ends("ends", [&] {
          suspended.Wait();
          task.resume();
        });
        synclib::Run(pool, both());
      },
      {.suspensions = 0});
}

// Each starts on another thread, and ends there, maybe while the next starts.
TEST(GatherScenario, S4_TasksOfAPoolAreSeenWhenTheyHaveEnded) {
  ExploreAll([] {
    synclib::ThreadPool pool(1);
    int first = 0;
    int second = 0;
    auto count = [](int& data) -> Task<> {
      ++data;
      co_return;
    };
    auto both = [&]() -> Task<> {
      co_await synclib::Gather(count(first), count(second));
      Check(first == 1 && second == 1, "what both did");
    };
    synclib::Run(pool, both());
  });
}

// Two tasks, one of which may end as the parent is stopped; each takes its time
// after that. `race` awaits them.
void StopTheParentOfTwo(
    const std::function<Task<std::pair<size_t, WaitResult>>(
        StopToken, absl::AnyInvocable<Task<WaitResult>(StopToken)>,
        absl::AnyInvocable<Task<WaitResult>(StopToken)>)>& race) {
  Event never, event, late, over;
  StopSource parent;
  bool first_ended = false;
  bool second_ended = false;
  auto wait = [&](Event& e, StopToken token, bool& ended) -> Task<WaitResult> {
    const WaitResult result = co_await e.AsyncWait(token);
    co_await late;
    ended = true;
    co_return result;
  };
  auto both = [&]() -> Detached {
    const auto [index, result] = co_await race(
        parent.get_token(),
        [&](StopToken token) { return wait(never, token, first_ended); },
        [&](StopToken token) { return wait(event, token, second_ended); });
    Check(first_ended && second_ended, "both have ended");
    Check(index == 1 || result == WaitResult::kCancelled, "it was stopped");
    over.Set();
  };
  both();
  Thread setter("setter", [&] {
    if (model::Pick(2) == 0) event.Set();
    late.Set();
  });
  parent.request_stop();
  over.Wait();
}

TEST(WhenAnyScenario, S1_AParentsStopMeetsTheEndOfATask) {
  ExploreAll(
      [] {
        StopTheParentOfTwo(
            [](StopToken parent, auto first,
               auto second) -> Task<std::pair<size_t, WaitResult>> {
              const std::variant<WaitResult, WaitResult> ended =
                  co_await synclib::WhenAny<WaitResult, WaitResult>(
                      parent, std::move(first), std::move(second));
              co_return {ended.index(),
                         std::visit([](WaitResult r) { return r; }, ended)};
            });
      },
      {.suspensions = 0});
}

TEST(WhenAnyScenario, S1_AParentsStopMeetsTheEndOfOneOfAVector) {
  ExploreAll(
      [] {
        StopTheParentOfTwo([](StopToken parent, auto first, auto second)
                               -> Task<std::pair<size_t, WaitResult>> {
          std::vector<decltype(first)> start;
          start.push_back(std::move(first));
          start.push_back(std::move(second));
          const synclib::First<WaitResult> ended =
              co_await synclib::WhenAny<WaitResult>(parent, std::move(start));
          co_return {ended.index, ended.value};
        });
      },
      {.suspensions = 0});
}

// Awaits a task that waits for the event with the limit: it is released or
// stopped, once, and leaves nothing behind.
Detached AwaitInTime(Event& event, const int& data, WaitOptions limit,
                     Event& over) {
  int ends = 0;
  auto wait = [&](StopToken token) -> Task<WaitResult> {
    const WaitResult result = co_await event.AsyncWait(token);
    ++ends;
    Check(result != WaitResult::kReady || data == 1,
          "what came before is seen");
    co_return result;
  };
  const WaitResult result =
      co_await synclib::WithTimeout<WaitResult>(std::move(limit), wait);
  Check(result != WaitResult::kTimeout, "released or stopped");
  Check(ends == 1, "once");
  Check(event.waiters() == 0, "nothing is left");
  over.Set();
}

TEST(WithTimeoutScenario, S1_ALimitMeetsTheEndOfATask) {
  ExploreAll(
      [] {
        Event event, over;
        int data = 0;
        AwaitInTime(event, data, absl::Seconds(1), over);
        Thread setter("setter", [&] {
          data = 1;
          event.Set();
        });
        over.Wait();
      },
      kOfLongScenario);
}

TEST(WithTimeoutScenario, S1_AStopMeetsTheEndOfATask) {
  ExploreAll(
      [] {
        Event event, over;
        StopSource source;
        int data = 0;
        AwaitInTime(event, data, source.get_token(), over);
        Thread setter("setter", [&] {
          data = 1;
          event.Set();
        });
        source.request_stop();
        over.Wait();
      },
      {.suspensions = 0});
}

// A task that has heard of the limit may take its time.
TEST(WithTimeoutScenario, S1_ATaskThatIsLateIsAwaited) {
  ExploreAll(
      [] {
        Event never, late, over;
        StopSource source;
        auto wait = [&](StopToken token) -> Task<int> {
          (void)co_await never.AsyncWait(token);
          co_await late;
          co_return 42;
        };
        auto limited = [&]() -> Detached {
          const int result =
              co_await synclib::WithTimeout<int>(source.get_token(), wait);
          Check(result == 42, "the task's");
          over.Set();
        };
        limited();
        Thread setter("setter", [&] { late.Set(); });
        source.request_stop();
        over.Wait();
      },
      {.plain = 3, .suspensions = 0});
}

// No faults: they move the clock.
TEST(WithTimeoutScenario, L3_ALimitCountsWhileTheTaskStarts) {
  ExploreAll(
      [] {
        Event never, over;
        const int64_t begin = model::LastNow();
        auto wait = [&](StopToken token) -> Task<> {
          (void)Event().Wait(absl::Seconds(10));
          (void)co_await never.AsyncWait(token);
        };
        auto limited = [&]() -> Detached {
          co_await synclib::WithTimeout<void>(absl::Seconds(15), wait);
          Check(model::LastNow() - begin < 20'000'000'000, "it is not late");
          over.Set();
        };
        limited();
        over.Wait();
      },
      {.faults = 0, .suspensions = 0});
}

TEST(WithTimeoutScenario, S4_ATaskOfAPoolIsSeenWhenItHasEnded) {
  ExploreAll([] {
    synclib::ThreadPool pool(1);
    Event event;
    StopSource never_stopped;
    int data = 0;
    auto wait = [&](StopToken) -> Task<> {
      co_await event;
      ++data;
    };
    Thread setter("setter", [&] {
      data = 41;
      event.Set();
    });
    setter.NeverWaits();
    synclib::Run(pool,
                 synclib::WithTimeout<void>(never_stopped.get_token(), wait));
    Check(data == 42, "what the task did");
  });
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of tasks and of those who start and
// await them.

#include <variant>

#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/task.h"
#include "sync/coro/when_any.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
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
using model::SpecifiedEvent;
using model::StopToken;
using model::Thread;
using synclib::Event;
using synclib::Scope;
using synclib::Task;
using synclib::WaitResult;

TEST(CoroutinesScenario, S4_ATaskMeetsWhoeverAwaitsIt) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        int data = 0;
        auto inner = [&]() -> Task<int> {
          co_await event;
          co_return data;
        };
        auto outer = [&]() -> Task<int> {
          const int result = co_await inner();
          co_return result + 1;
        };
        Thread setter("setter", [&] {
          data = 41;
          event.Set();
        });
        setter.NeverWaits();
        Check(synclib::Run(outer()) == 42, "the result");
      },
      {.plain = 3});
}

// Runs everything at once, and is in the middle of that.
class AtOnce : public synclib::Executor {
 public:
  bool Post(synclib::Work* work) noexcept override {
    is_posting_ = true;
    work->Run();
    is_posting_ = false;
    return true;
  }
  bool is_posting() const { return is_posting_; }

 private:
  bool is_posting_ = false;
};

// No lock of an executor is held by who runs what it was offered.
TEST(CoroutinesScenario, S6_WhatRunsAtOnceRunsBehindPost) {
  ExploreAll([] {
    Event event;
    AtOnce executor;
    bool resumed = false;
    auto wait = [&]() -> Detached {
      co_await event.AsyncWait().On(executor);
      Check(!executor.is_posting(), "Post() has returned");
      resumed = true;
    };
    Thread setter("setter", [&] { event.Set(); });
    wait();
    setter.join();
    Check(resumed, "at once");
  });
}

// Without an executor the task ends in the setter's thread, maybe while its
// start is still returning, or at once.
TEST(CoroutinesScenario, S4_ATaskEndsWhileItIsStarted) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        int data = 0;
        int result = 0;
        auto inner = [&]() -> Task<int> {
          co_await event;
          co_return data;
        };
        auto outer = [&]() -> Detached {
          const int inner_result = co_await inner();
          result = inner_result + 1;
          over.Set();
        };
        Thread setter("setter", [&] {
          data = 41;
          event.Set();
        });
        setter.NeverWaits();
        outer();
        over.Wait();
        Check(result == 42, "the result");
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

TEST(CoroutinesScenario, S4_RunSeesWhatATaskOfAPoolHasDone) {
  ExploreAll([] {
    synclib::ThreadPool pool(1);
    SpecifiedEvent event;
    int data = 0;
    auto task = [&]() -> Task<> {
      co_await event;
      ++data;
    };
    Thread setter("setter", [&] {
      data = 41;
      event.Set();
    });
    setter.NeverWaits();
    synclib::Run(pool, task());
    Check(data == 42, "what the task did");
  });
}

TEST(CoroutinesScenario, S4_GatherSeesWhatAllHaveDone) {
  ExploreAll([] {
    SpecifiedEvent first_event("first_event"), second_event("second_event");
    int first = 0;
    int second = 0;
    auto wait = [](SpecifiedEvent& event, int& data) -> Task<> {
      co_await event;
      ++data;
    };
    auto both = [&]() -> Task<> {
      co_await synclib::Gather(wait(first_event, first),
                               wait(second_event, second));
      Check(first == 1 && second == 1, "what both did");
    };
    Thread a("a", [&] { first_event.Set(); });
    a.NeverWaits();
    Thread b("b", [&] { second_event.Set(); });
    b.NeverWaits();
    synclib::Run(both());
  });
}

// Without an executor: each goes on in its setter.
TEST(CoroutinesScenario, S4_GatherSeesWhatItsSettersThreadsHaveDone) {
  ExploreAll(
      [] {
        SpecifiedEvent first_event("first_event"), second_event("second_event"),
            over("over");
        int first = 0;
        int second = 0;
        auto wait = [](SpecifiedEvent& event, int& data) -> Task<> {
          co_await event;
          ++data;
        };
        auto both = [&]() -> Task<> {
          co_await synclib::Gather(wait(first_event, first),
                                   wait(second_event, second));
          Check(first == 1 && second == 1, "what both did");
        };
        auto start = [&]() -> Detached {
          co_await both();
          over.Set();
        };
        start();
        Thread a("a", [&] { first_event.Set(); });
        a.NeverWaits();
        Thread b("b", [&] { second_event.Set(); });
        b.NeverWaits();
        over.Wait();
      },
      {.plain = 3, .faults = 2, .stale = 2});
}

TEST(CoroutinesScenario, S4_AScopeSeesWhatAllHaveDone) {
  ExploreAll([] {
    SpecifiedEvent first_event("first_event"), second_event("second_event"),
        over("over");
    int first = 0;
    int second = 0;
    auto wait = [](SpecifiedEvent& event, int& data) -> Task<> {
      co_await event;
      ++data;
    };
    auto both = [&]() -> Detached {
      Scope scope;
      scope.Start(wait(first_event, first));
      scope.Start(wait(second_event, second));
      co_await scope.Join();
      Check(first == 1 && second == 1, "what both did");
      over.Set();
    };
    both();
    Thread a("a", [&] { first_event.Set(); });
    a.NeverWaits();
    Thread b("b", [&] { second_event.Set(); });
    b.NeverWaits();
    over.Wait();
  });
}

TEST(CoroutinesScenario, S1_TheFirstOfSeveralTasksStopsTheOthers) {
  ExploreAll(
      [] {
        Event never, first_event, second_event, over;
        int cancelled = 0;
        auto wait = [&](Event& event, StopToken token) -> Task<WaitResult> {
          const WaitResult result = co_await event.AsyncWait(token);
          if (result == WaitResult::kCancelled) ++cancelled;
          co_return result;
        };
        auto race = [&]() -> Detached {
          const auto first =
              co_await synclib::WhenAny<WaitResult, WaitResult, WaitResult>(
                  [&](StopToken token) { return wait(never, token); },
                  [&](StopToken token) { return wait(first_event, token); },
                  [&](StopToken token) { return wait(second_event, token); });
          const WaitResult result =
              first.index() == 1 ? std::get<1>(first) : std::get<2>(first);
          Check(result == WaitResult::kReady, "the first was not stopped");
          Check(cancelled == 1 || cancelled == 2, "but one or two others");
          over.Set();
        };
        race();
        Thread a("a", [&] { first_event.Set(); });
        Thread b("b", [&] { second_event.Set(); });
        over.Wait();
        a.join();
        b.join();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

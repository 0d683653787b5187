// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of tasks and of those who start and
// await them.

#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::Thread;
using synclib::Event;
using synclib::Task;

TEST(CoroutinesScenario, S4_ATaskMeetsWhoeverAwaitsIt) {
  ExploreAll(
      [] {
        Event event;
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
        Check(synclib::Run(outer()) == 42, "the result");
      },
      {.plain = 3, .suspensions = 0});
}

// Without an executor the task ends in the setter's thread, maybe while its
// start is still returning, or at once.
TEST(CoroutinesScenario, S4_ATaskEndsWhileItIsStarted) {
  ExploreAll(
      [] {
        Event event, over;
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
        outer();
        over.Wait();
        Check(result == 42, "the result");
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(CoroutinesScenario, S4_RunSeesWhatATaskOfAPoolHasDone) {
  ExploreAll(
      [] {
        synclib::ThreadPool pool(1);
        Event event;
        int data = 0;
        auto task = [&]() -> Task<> {
          co_await event;
          ++data;
        };
        Thread setter("setter", [&] {
          data = 41;
          event.Set();
        });
        synclib::Run(pool, task());
        Check(data == 42, "what the task did");
      },
      {.suspensions = 0});
}

TEST(CoroutinesScenario, S4_GatherSeesWhatAllHaveDone) {
  ExploreAll(
      [] {
        Event first_event, second_event;
        int first = 0;
        int second = 0;
        auto wait = [](Event& event, int& data) -> Task<> {
          co_await event;
          ++data;
        };
        auto both = [&]() -> Task<> {
          co_await synclib::Gather(wait(first_event, first),
                                   wait(second_event, second));
          Check(first == 1 && second == 1, "what both did");
        };
        Thread a("a", [&] { first_event.Set(); });
        Thread b("b", [&] { second_event.Set(); });
        synclib::Run(both());
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

// Without an executor: each goes on in its setter.
TEST(CoroutinesScenario, S4_GatherSeesWhatItsSettersThreadsHaveDone) {
  ExploreAll(
      [] {
        Event first_event, second_event;
        Event over;
        int first = 0;
        int second = 0;
        auto wait = [](Event& event, int& data) -> Task<> {
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
        Thread b("b", [&] { second_event.Set(); });
        over.Wait();
      },
      {.plain = 3, .faults = 2, .stale = 2, .suspensions = 0});
}

}  // namespace
}  // namespace synctest

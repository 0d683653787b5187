// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of waits for any of several things.

#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::StopSource;
using model::Thread;
using synclib::AnyResult;
using synclib::Event;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::WaitResult;

TEST(AnyScenario, S1_OnePermitIsTakenOfTwoSemaphores) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        Thread releaser("releaser", [&] { first.Release(); });
        Thread other("other", [&] { second.Release(); });
        const AnyResult any = synclib::WaitAny({first, second});
        releaser.join();
        other.join();
        Check(first.permits() == (any.index == 0 ? 0 : 1), "taken or left");
        Check(second.permits() == (any.index == 1 ? 0 : 1), "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_APermitThatIsNotTakenGoesToTheNext) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        Thread second("second", [&] { permits.Acquire(); });
        Thread setter("setter", [&] { event.Set(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        if (synclib::WaitAny({permits, event}).index == 0) permits.Release();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_NothingIsTakenByWhoGivesUp) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        Thread releaser("releaser", [&] { permits.Release(); });
        const AnyResult any =
            synclib::WaitAny({event, permits}, absl::Seconds(1));
        releaser.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      {.plain = 3, .faults = 3, .suspensions = 0});
}

TEST(AnyScenario, S2_APulseIsNotLost) {
  ExploreAll(
      [] {
        Event first, second;
        Thread waiter("waiter", [&] {
          Check(synclib::WaitAny({first, second}).index == 0, "released");
        });
        while (first.waiters() == 0) model::Yield(model::Place::current());
        first.Pulse();
        waiter.join();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(AnyScenario, S5_BothMayGoAfterTheWait) {
  ExploreAll(
      [] {
        auto first = std::make_unique<Event>();
        auto second = std::make_unique<Event>();
        Thread setter("setter", [f = first.get()] { f->Set(); });
        synclib::WaitAny({*first, *second});
        first.reset();
        second.reset();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineTakesOneOfTwo) {
  ExploreAll(
      [] {
        Semaphore first(0);
        Mutex second;
        second.lock();
        Event over;
        size_t index = 2;
        auto wait = [&]() -> Detached {
          index = (co_await synclib::AsyncWaitAny({first, second})).index;
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { first.Release(); });
        Thread unlocker("unlocker", [&] { second.unlock(); });
        over.Wait();
        releaser.join();
        unlocker.join();
        Check(first.permits() == (index == 0 ? 0 : 1), "taken or left");
        Check(second.try_lock() == (index == 0), "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineMeetsATimeout) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event, over;
        AnyResult any{};
        auto wait = [&]() -> Detached {
          any = co_await synclib::AsyncWaitAny({event, permits},
                                               absl::Seconds(1));
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { permits.Release(); });
        over.Wait();
        releaser.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

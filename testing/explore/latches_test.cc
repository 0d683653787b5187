// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of those who count a Latch down and
// those who wait for that.

#include <cstddef>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/latch.h"
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
using model::Thread;
using synclib::Callback;
using synclib::Latch;
using synclib::WaitResult;

TEST(LatchScenario, S2_TheLastCountReleasesWhoeverWaits) {
  ExploreAll(
      [] {
        struct Told : Callback {
          Told() : Callback(&Fired) {}
          static void Fired(Callback& self, WaitResult) noexcept {
            ++static_cast<Told&>(self).count;
          }
          int count = 0;
        };
        Latch latch(3);
        int resumed = 0;
        auto wait = [&]() -> Detached {
          co_await latch;
          ++resumed;
        };
        wait();
        Told told;
        Check(!latch.Add(told).has_value(), "it waits");
        size_t first_released = 0;
        Thread first("first", [&] { first_released = latch.CountDown(2); });
        const size_t released = latch.CountDown();
        Check(latch.Wait() == WaitResult::kReady, "at zero");
        first.join();
        Check(resumed == 1 && told.count == 1, "each once");
        Check(first_released == 0 || released == 0, "by one of them");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(LatchScenario, S3_NobodyIsReleasedBeforeTheLastCount) {
  ExploreAll(
      [] {
        Latch latch(3);
        int data = 0;
        Thread counter("counter", [&] {
          latch.CountDown(2);
          data = 1;
          latch.CountDown();
        });
        if (model::Pick(2) == 0) {
          latch.Wait();
        } else if (!latch.TryWait()) {
          return;
        }
        Check(data == 1, "what came before the last count");
        Check(latch.count() == 0, "none is left");
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(LatchScenario, S4_WhoArrivesAndWaitsSeesWhatTheOtherDid) {
  ExploreAll(
      [] {
        Latch latch(2);
        int first_data = 0;
        int second_data = 0;
        Thread first("first", [&] {
          first_data = 1;
          latch.ArriveAndWait();
          Check(second_data == 1, "visible");
        });
        second_data = 1;
        if (model::Pick(2) == 0) {
          latch.ArriveAndWait();
        } else if (latch.ArriveAndWait(absl::Seconds(1)) !=
                   WaitResult::kReady) {
          return;
        }
        Check(first_data == 1, "visible");
      },
      {.plain = 3, .suspensions = 0});
}

// Whichever thread counts last resumes the other's coroutine, too.
TEST(LatchScenario, S4_ACoroutineThatArrivesAndWaitsSeesWhatTheOtherDid) {
  ExploreAll(
      [] {
        Latch latch(2);
        StopSource never_stopped;
        int first_data = 0;
        int second_data = 0;
        bool first_ended = false;
        bool second_ended = false;
        auto arrive = [&]() -> Detached {
          first_data = 1;
          co_await latch.AsyncArriveAndWait();
          Check(second_data == 1, "visible");
          first_ended = true;
        };
        auto arrive_or_stop = [&]() -> Detached {
          second_data = 1;
          (void)co_await latch.AsyncArriveAndWait(never_stopped.get_token());
          Check(first_data == 1, "visible");
          second_ended = true;
        };
        Thread first("first", [&] { arrive(); });
        arrive_or_stop();
        first.join();
        Check(first_ended && second_ended, "both have gone on");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(LatchScenario, S5_TheLatchGoesAfterATrueTryWait) {
  ExploreAll(
      [] {
        auto latch = std::make_unique<Latch>(2);
        const auto count_down = [l = latch.get()] { l->CountDown(); };
        Thread first("first", count_down);
        Thread second("second", count_down);
        while (!latch->TryWait()) model::Yield(model::Place::current());
        latch.reset();
      },
      {.plain = 3, .stale = 3, .suspensions = 0});
}

// In the thread whose count is the last, while the other one returns.
TEST(LatchScenario, S5_ACoroutineThatIsReleasedFreesTheLatch) {
  ExploreAll(
      [] {
        auto* const latch = new Latch(2);
        Thread first("first", [latch] { latch->CountDown(); });
        first.NeverWaits();
        Thread second("second", [latch] { latch->CountDown(); });
        second.NeverWaits();
        auto wait = [](Latch* l) -> Detached {
          co_await *l;
          delete l;
        };
        wait(latch);
      },
      {.plain = 3});
}

TEST(LatchScenario, S1_ATimeoutMeetsTheLastCount) {
  ExploreAll(
      [] {
        Latch latch(1);
        int data = 0;
        Thread counter("counter", [&] {
          data = 1;
          latch.CountDown();
        });
        const WaitResult result = latch.Wait(absl::Seconds(1));
        if (result == WaitResult::kReady) Check(data == 1, "visible");
        counter.join();
        Check(latch.Wait(absl::ZeroDuration()) == WaitResult::kReady, "over");
        Check(latch.waiters() == 0, "nobody waits");
      },
      {.plain = 3, .suspensions = 0});
}

// Whoever gives up leaves the others where they are.
TEST(LatchScenario, S2_AStopMeetsTheLastCount) {
  ExploreAll(
      [] {
        Latch latch(1);
        StopSource source;
        int ends = 0;
        bool released = false;
        auto wait_or_stop = [&]() -> Detached {
          (void)co_await latch.AsyncWait(source.get_token());
          ++ends;
        };
        auto wait = [&]() -> Detached {
          co_await latch;
          released = true;
        };
        wait_or_stop();
        wait();
        Thread stopper("stopper", [&] { source.request_stop(); });
        latch.CountDown();
        stopper.join();
        Check(ends == 1, "it has ended, once");
        Check(released, "and the other was released");
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(LatchScenario, L1_WhoCountsDownWaitsForNobody) {
  ExploreAll([] {
    Latch latch(2);
    Thread waiter("waiter", [&] { (void)latch.Wait(absl::Seconds(1)); });
    Thread counter("counter", [&] {
      latch.CountDown();
      latch.CountDown();
    });
    counter.NeverWaits();
  });
}

}  // namespace
}  // namespace synctest

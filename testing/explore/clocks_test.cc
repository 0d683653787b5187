// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of limits and what may become of them:
// the wall clock is set forward and back, and who watches a limit is busy when
// its wait is over.

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event_loop.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::Thread;
using synclib::WaitResult;

constexpr int64_t kSecond = 1'000'000'000;

// A limit that nobody sleeps up to in one go.
constexpr int64_t kLimit = 2 * kSecond;

absl::Time WallIn(int64_t nanos) {
  return absl::FromUnixNanos(model::WallTime() + nanos);
}

// Waits of each kind, by the wall clock. Nobody sets the event. `jump` is
// called when the wait has begun, or is about to, to set the clock and await
// the end.
using Jump = void(const std::function<void()>& await_end);

// Also with stale reads, where the specification is silent.
void CheckTimeout(WaitResult result, absl::Time limit) {
  Check(result == WaitResult::kTimeout, "nobody has set it");
  Check(model::LatestWallReading(0) >= absl::ToUnixNanos(limit), "not early");
}

void BlockThread(Jump jump) {
  SpecifiedEvent event;
  const absl::Time limit = WallIn(kLimit);
  Thread waiter("waiter", [&] { CheckTimeout(event.Wait(limit), limit); });
  jump([&] { waiter.join(); });
}

Detached AwaitUntil(SpecifiedEvent& event, absl::Time limit,
                    SpecifiedEvent& over) {
  const WaitResult result = co_await event.AsyncWait(limit);
  CheckTimeout(result, limit);
  over.Set();
}

void SuspendCoroutine(Jump jump) {
  SpecifiedEvent event("event"), over("over");
  AwaitUntil(event, WallIn(kLimit), over);
  jump([&] { over.Wait(); });
}

// Frees itself.
struct Told : SpecifiedCallback {
  Told(absl::Time l, SpecifiedEvent& e)
      : SpecifiedCallback(&Fired), limit(l), over(e) {}
  static void Fired(SpecifiedCallback& self, WaitResult result) noexcept {
    const std::unique_ptr<Told> told(static_cast<Told*>(&self));
    CheckTimeout(result, told->limit);
    told->over.Set();
  }
  const absl::Time limit;
  SpecifiedEvent& over;
};

void AddCallback(Jump jump) {
  SpecifiedEvent event("event"), over("over");
  const absl::Time limit = WallIn(kLimit);
  auto told = std::make_unique<Told>(limit, over);
  // The clock may be set forward.
  if (event.Add(*told, limit).has_value()) return;
  told.release();
  jump([&] { over.Wait(); });
}

void SuspendCoroutineOnLoop(Jump jump) {
  synclib::EventLoop loop;
  SpecifiedEvent event;
  auto wait = [&]() -> Detached {
    const absl::Time limit = WallIn(kLimit);
    const WaitResult result = co_await event.AsyncWait(limit).On(loop);
    CheckTimeout(result, limit);
    loop.Stop();
  };
  wait();
  Thread runner("runner", [&] { loop.Run(); });
  jump([&] { runner.join(); });
}

// The end comes within a second of it, unless faults let an hour pass.
void SetForward(const std::function<void()>& await_end) {
  model::MoveWallClock(kLimit);
  const int64_t set_at = model::LastNow();
  await_end();
  Check(model::CurrentPowers().faults || model::LastNow() - set_at <= kSecond,
        "noticed within a second");
}

// The wait may have seen the time between. If it hasn't, it goes on.
void SetForwardAndBack(const std::function<void()>& await_end) {
  model::MoveWallClock(kLimit);
  model::MoveWallClock(-kLimit - kSecond / 2);
  await_end();
}

TEST(ClockScenario, L3_AThreadNoticesAClockThatIsSetForward) {
  ExploreAll([] { BlockThread(SetForward); },
             {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}
TEST(ClockScenario, L3_ACoroutineNoticesAClockThatIsSetForward) {
  ExploreAll([] { SuspendCoroutine(SetForward); },
             {.plain = 2, .faults = 2, .stale = 2, .suspensions = 0});
}
TEST(ClockScenario, L3_ACallbackNoticesAClockThatIsSetForward) {
  ExploreAll([] { AddCallback(SetForward); },
             {.plain = 2, .faults = 2, .stale = 2, .suspensions = 0});
}
TEST(ClockScenario, L3_ALoopNoticesAClockThatIsSetForward) {
  ExploreAll([] { SuspendCoroutineOnLoop(SetForward); },
             {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(ClockScenario, S2_AThreadsWaitIsNotEndedByAClockThatIsSetBack) {
  ExploreAll([] { BlockThread(SetForwardAndBack); },
             {.plain = 4, .faults = 2, .stale = 3, .suspensions = 0});
}
TEST(ClockScenario, S2_ACoroutinesWaitIsNotEndedByAClockThatIsSetBack) {
  ExploreAll([] { SuspendCoroutine(SetForwardAndBack); },
             {.plain = 2, .faults = 2, .stale = 2, .suspensions = 0});
}
TEST(ClockScenario, S2_ACallbacksWaitIsNotEndedByAClockThatIsSetBack) {
  ExploreAll([] { AddCallback(SetForwardAndBack); },
             {.plain = 2, .faults = 1, .stale = 2, .suspensions = 0});
}
TEST(ClockScenario, S2_AWaitOnALoopIsNotEndedByAClockThatIsSetBack) {
  ExploreAll([] { SuspendCoroutineOnLoop(SetForwardAndBack); },
             {.plain = 4, .faults = 2, .stale = 3, .suspensions = 0});
}

// The timer thread may have read the clock before it is set back, and find both
// limits when it has the lock.
TEST(ClockScenario, S2_AnotherLimitThatHadComeEndsNoWait) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event");
        SpecifiedEvent first_over("first_over"), second_over("second_over");
        constexpr int64_t kShort = kSecond / 2;
        const absl::Time limit = WallIn(kShort);
        AwaitUntil(event, limit, first_over);
        model::MoveWallClock(kShort);
        model::Yield(model::Place::current());
        model::MoveWallClock(-kShort);
        AwaitUntil(event, limit, second_over);
        first_over.Wait();
        second_over.Wait();
      },
      {.plain = 2, .faults = 1, .stale = 1, .suspensions = 0});
}

// Set() resumes the coroutine, and waits for nobody who holds its limit: the
// timer thread, which then hands it out.
TEST(ClockScenario, L1_ALimitIsLeftToTheTimerThread) {
  ExploreAll([] {
    SpecifiedEvent event("event"), over("over");
    auto wait = [&]() -> Detached {
      (void)co_await event.AsyncWait(absl::Hours(100));
      over.Set();
    };
    wait();
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    over.Wait();
  });
}

}  // namespace
}  // namespace synctest

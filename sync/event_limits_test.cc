// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How a wait gives up.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/wait_options.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;

absl::Time Now() { return absl::FromChrono(std::chrono::system_clock::now()); }

std::vector<WaitOptions> Passed() {
  return {
      absl::ZeroDuration(),
      -absl::Nanoseconds(1),
      -absl::Nanoseconds(1) / 4,
      -absl::Hours(1),
      absl::Nanoseconds(std::numeric_limits<int64_t>::min()),
      absl::Seconds(std::numeric_limits<int64_t>::min()),
      -absl::InfiniteDuration(),
      absl::InfinitePast(),
      absl::FromUnixSeconds(std::numeric_limits<int64_t>::min()),
      absl::FromUnixNanos(std::numeric_limits<int64_t>::min()),
      absl::UnixEpoch() - absl::Hours(1'000'000),
      absl::UnixEpoch(),
      Now() - absl::Seconds(1),
      Now(),
  };
}

std::vector<WaitOptions> FarAway() {
  return {
      WaitOptions(),
      absl::InfiniteDuration(),
      absl::Hours(1),
      absl::Hours(24 * 365) * 1e3,
      absl::Nanoseconds(std::numeric_limits<int64_t>::max()),
      absl::Nanoseconds(std::numeric_limits<int64_t>::max()) -
          absl::Nanoseconds(1) / 4,
      // Which can't be added to the time that it is.
      absl::Nanoseconds(std::numeric_limits<int64_t>::max() - 1),
      absl::Nanoseconds(std::numeric_limits<int64_t>::max()) -
          absl::Microseconds(1),
      absl::Seconds(std::numeric_limits<int64_t>::max()),
      absl::InfiniteFuture(),
      Now() + absl::Hours(1),
      absl::FromUnixSeconds(std::numeric_limits<int64_t>::max()),
      absl::FromUnixNanos(std::numeric_limits<int64_t>::max()),
      absl::FromUnixNanos(std::numeric_limits<int64_t>::max() - 1),
      absl::UnixEpoch() + absl::Hours(24 * 365) * 1e4,
      std::stop_token(),
      {absl::InfiniteDuration(), std::stop_token()},
      // Of a source that is gone, so that it can't be stopped.
      std::stop_source().get_token(),
  };
}

std::stop_token Stopped() {
  std::stop_source source;
  source.request_stop();
  return source.get_token();
}

template <class Kind>
class EventLimitsTest : public testing::Test {};
TYPED_TEST_SUITE(EventLimitsTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(EventLimitsTest, PassedLimitOnAClearEventIsATimeout) {
  Event event;
  TypeParam waiter;
  for (const WaitOptions& options : Passed()) {
    waiter.Start(event, options);
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout) << options.limit().nanos();
    waiter.StartPast(event, 0, options);
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout) << options.limit().nanos();
    EXPECT_EQ(event.waiters(), 0u);
  }
}

TYPED_TEST(EventLimitsTest, PassedLimitOnASetEventIsReady) {
  Event event(Event::kSet);
  event.Pulse();
  event.Set();
  TypeParam waiter;
  for (const WaitOptions& options : Passed()) {
    waiter.Start(event, options);
    EXPECT_EQ(waiter.Result(), WaitResult::kReady) << options.limit().nanos();
    waiter.StartPast(event, 0, options);
    EXPECT_EQ(waiter.Result(), WaitResult::kReady) << options.limit().nanos();
  }
}

TYPED_TEST(EventLimitsTest, WaitPastTriesTheEpochAndNotTheFlag) {
  Event event(Event::kSet);
  TypeParam waiter;
  waiter.StartPast(event, 0, absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  event.Pulse();
  waiter.StartPast(event, 0, absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventLimitsTest, FarLimitDoesNotEndTheWait) {
  for (const WaitOptions& options : FarAway()) {
    Event event;
    TypeParam waiter;
    waiter.Start(event, options);
    AwaitWaiters(event, 1);
    EXPECT_FALSE(waiter.done());
    EXPECT_EQ(event.Set(), 1u) << options.limit().nanos();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady) << options.limit().nanos();
  }
}

TYPED_TEST(EventLimitsTest, L3_DurationIsNeverEarly) {
  using Clock = std::chrono::steady_clock;
  for (const absl::Duration limit :
       {absl::Nanoseconds(1) / 4, absl::Nanoseconds(1), absl::Microseconds(1),
        absl::Microseconds(100) + absl::Nanoseconds(1) / 4,
        absl::Milliseconds(3)}) {
    Event event;
    TypeParam waiter;
    Clock::time_point end;
    waiter.Then([&](WaitResult) { end = Clock::now(); });
    const Clock::time_point begin = Clock::now();
    waiter.Start(event, limit);
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
    EXPECT_GE(absl::FromChrono(end - begin), limit);
  }
}

TYPED_TEST(EventLimitsTest, L3_TimeIsNeverEarly) {
  for (const absl::Duration ahead :
       {absl::Nanoseconds(1) / 4, absl::Microseconds(100),
        absl::Milliseconds(3)}) {
    Event event;
    TypeParam waiter;
    absl::Time end;
    waiter.Then([&](WaitResult) { end = Now(); });
    const absl::Time limit = Now() + ahead;
    waiter.Start(event, limit);
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
    EXPECT_GE(end, limit);
  }
}

TYPED_TEST(EventLimitsTest, TimeoutLeavesTheList) {
  Event event;
  TypeParam waiter;
  waiter.Start(event, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(event.Set(), 0u);
}

TYPED_TEST(EventLimitsTest, TimeoutOfOneLeavesTheOthers) {
  Event event;
  std::array<TypeParam, 3> waiters;
  waiters[0].Start(event);
  AwaitWaiters(event, 1);
  waiters[1].Start(event, absl::Milliseconds(1));
  waiters[2].Start(event, absl::Hours(1));
  EXPECT_EQ(waiters[1].Result(), WaitResult::kTimeout);
  AwaitWaiters(event, 2);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
}

// The earlier of two limits must not wait for the later.
TYPED_TEST(EventLimitsTest, L3_TimeoutDoesNotWaitForAnEarlierWaitersLimit) {
  Event event;
  TypeParam patient;
  TypeParam hasty;
  patient.Start(event, absl::Hours(1));
  AwaitWaiters(event, 1);
  hasty.Start(event, absl::Milliseconds(1));
  EXPECT_EQ(hasty.Result(), WaitResult::kTimeout);
  EXPECT_FALSE(patient.done());
  event.Set();
}

TYPED_TEST(EventLimitsTest, StopEndsTheWait) {
  Event event;
  std::array<TypeParam, 2> waiters;
  std::stop_source source;
  waiters[0].Start(event, source.get_token());
  waiters[1].StartPast(event, 0, {absl::Hours(1), source.get_token()});
  AwaitWaiters(event, 2);
  source.request_stop();
  EXPECT_EQ(waiters[0].Result(), WaitResult::kCancelled);
  EXPECT_EQ(waiters[1].Result(), WaitResult::kCancelled);
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(event.Set(), 0u);
}

TYPED_TEST(EventLimitsTest, StopOfOneLeavesTheOthers) {
  Event event;
  std::array<TypeParam, 3> waiters;
  std::array<std::stop_source, 3> sources;
  for (size_t i = 0; i < 3; ++i) {
    waiters[i].Start(event, sources[i].get_token());
    AwaitWaiters(event, i + 1);
  }
  sources[1].request_stop();
  EXPECT_EQ(waiters[1].Result(), WaitResult::kCancelled);
  EXPECT_EQ(event.waiters(), 2u);
  sources[2].request_stop();
  EXPECT_EQ(waiters[2].Result(), WaitResult::kCancelled);
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
}

TYPED_TEST(EventLimitsTest, StopAfterTheBroadcastChangesNothing) {
  Event event;
  TypeParam waiter;
  std::stop_source source;
  waiter.Start(event, source.get_token());
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Pulse(), 1u);
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventLimitsTest, StoppedTokenOnAClearEventIsCancelled) {
  Event event;
  TypeParam waiter;
  for (const WaitOptions& options :
       {WaitOptions(Stopped()), WaitOptions(absl::Hours(1), Stopped()),
        WaitOptions(absl::InfiniteFuture(), Stopped())}) {
    waiter.Start(event, options);
    EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
    EXPECT_EQ(event.waiters(), 0u);
  }
}

TYPED_TEST(EventLimitsTest, CancelledBeatsTimeout) {
  Event event;
  TypeParam waiter;
  waiter.Start(event, {absl::ZeroDuration(), Stopped()});
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  waiter.Start(event, {absl::InfinitePast(), Stopped()});
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
}

TYPED_TEST(EventLimitsTest, ReadyBeatsCancelled) {
  Event event(Event::kSet);
  event.Pulse();
  event.Set();
  TypeParam waiter;
  waiter.Start(event, {absl::ZeroDuration(), Stopped()});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  waiter.StartPast(event, 0, Stopped());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

// The stop callback must be gone once the wait is over, and the timer too.
TYPED_TEST(EventLimitsTest, NothingIsLeftArmedAfterTheWait) {
  Event event(Event::kSet);
  std::stop_source source;
  {
    TypeParam waiter;
    waiter.Start(event, {absl::Hours(1), source.get_token()});
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    event.Clear();
    waiter.Start(event, {absl::Hours(1), source.get_token()});
    AwaitWaiters(event, 1);
    event.Set();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
  EXPECT_TRUE(source.request_stop());
}

// S1, S2 and the precedence, where stop, limit and broadcast come at once.
TYPED_TEST(EventLimitsTest, S1_RacingEndsGiveOneResult) {
  for (int round = 0; round < 300; ++round) {
    Event event;
    std::stop_source source;
    TypeParam waiter;
    int ended = 0;
    waiter.Then([&](WaitResult) { ++ended; });
    const absl::Duration limit = absl::Microseconds(round);
    waiter.Start(event, {limit, source.get_token()});
    {
      std::jthread stopper([&] { source.request_stop(); });
      event.Pulse();
    }
    waiter.Result();
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(event.waiters(), 0u);
  }
}

// S2: a broadcast that has released the wait decides, however near the limit.
TYPED_TEST(EventLimitsTest, S2_CountedBroadcastNeverEndsInATimeout) {
  for (int round = 0; round < 300; ++round) {
    Event event;
    TypeParam waiter;
    waiter.Start(event, absl::Microseconds(round));
    const size_t released = event.Pulse();
    const WaitResult result = waiter.Result();
    // Zero says nothing: another operation may have released it in its stead.
    if (released == 1) {
      EXPECT_EQ(result, WaitResult::kReady);
    }
  }
}

}  // namespace
}  // namespace synclib

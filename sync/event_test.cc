// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What an event is, and whom a broadcast releases.

#include "sync/event.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;

static_assert(sizeof(Event) == 16);
static_assert(sizeof(Event::Awaiter) <= 96);
static_assert(sizeof(Event::LimitedAwaiter) <= 224);
static_assert(!std::is_copy_constructible_v<Event>);
static_assert(!std::is_move_constructible_v<Event>);
static_assert(!std::is_copy_assignable_v<Event>);
static_assert(!std::is_move_assignable_v<Event>);
static_assert(!std::is_constructible_v<Event, bool>);
static_assert(std::is_nothrow_move_constructible_v<Event::Awaiter>);
static_assert(std::is_nothrow_move_constructible_v<Event::LimitedAwaiter>);

constinit Event cleared_event;
constinit Event set_event(Event::kSet);
// By the initialization of another variable, before main().
const size_t set_before_main = cleared_event.Set();

TEST(EventTest, StartsClearUnlessSaidOtherwise) {
  EXPECT_FALSE(Event().IsSet());
  EXPECT_TRUE(Event(Event::kSet).IsSet());
}

TEST(EventTest, StartsWithoutABroadcast) {
  EXPECT_EQ(Event().epoch(), 0u);
  EXPECT_EQ(Event(Event::kSet).epoch(), 0u);
}

TEST(EventTest, WorksBeforeMain) {
  EXPECT_EQ(set_before_main, 0u);
  EXPECT_TRUE(cleared_event.IsSet());
  EXPECT_TRUE(set_event.IsSet());
}

TEST(EventTest, SetOnAClearEventIsABroadcast) {
  Event event;
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_TRUE(event.IsSet());
  EXPECT_EQ(event.epoch(), 1u);
}

TEST(EventTest, SetOnASetEventIsNoBroadcast) {
  Event event(Event::kSet);
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_TRUE(event.IsSet());
  EXPECT_EQ(event.epoch(), 0u);
}

TEST(EventTest, S2_ClearTakesNoBroadcastBack) {
  Event event;
  event.Set();
  event.Clear();
  EXPECT_FALSE(event.IsSet());
  EXPECT_EQ(event.epoch(), 1u);
  event.Clear();
  EXPECT_FALSE(event.IsSet());
  EXPECT_EQ(event.epoch(), 1u);
}

TEST(EventTest, PulseIsABroadcastAndClearsWhateverTheFlagWas) {
  for (Event* event : {new Event, new Event(Event::kSet)}) {
    const std::unique_ptr<Event> owned(event);
    EXPECT_EQ(event->Pulse(), 0u);
    EXPECT_FALSE(event->IsSet());
    EXPECT_EQ(event->epoch(), 1u);
    EXPECT_EQ(event->Pulse(), 0u);
    EXPECT_EQ(event->epoch(), 2u);
  }
}

TEST(EventTest, HasNoWaitersAtFirst) {
  Event event;
  EXPECT_EQ(event.waiters(), 0u);
}

TEST(EventTest, S2_BroadcastReleasesAllKindsTogether) {
  Event event;
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  CallbackWaiter callback;
  const std::array<Waiter*, 4> all = {&thread, &coroutine, &pooled, &callback};
  for (Waiter* waiter : all) waiter->Start(event);
  AwaitWaiters(event, all.size());
  EXPECT_EQ(event.Pulse(), all.size());
  EXPECT_EQ(event.waiters(), 0u);
  for (Waiter* waiter : all) EXPECT_EQ(waiter->Result(), WaitResult::kReady);
}

template <class Kind>
class EventWaitTest : public testing::Test {};
TYPED_TEST_SUITE(EventWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(EventWaitTest, IsReadyAtOnceIfTheEventIsSet) {
  Event event(Event::kSet);
  TypeParam waiter;
  waiter.Start(event);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(event.waiters(), 0u);
}

TYPED_TEST(EventWaitTest, JoinsIfTheEventIsClear) {
  Event event;
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  EXPECT_FALSE(waiter.done());
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventWaitTest, IsReleasedByAPulseToo) {
  Event event;
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(event.IsSet());
}

TYPED_TEST(EventWaitTest, S3_IsNotReleasedByClear) {
  Event event;
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  event.Clear();
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  event.Set();
}

TYPED_TEST(EventWaitTest, S1_IsResumedExactlyOnce) {
  Event event;
  TypeParam waiter;
  int resumed = 0;
  waiter.Then([&](WaitResult) { ++resumed; });
  waiter.Start(event);
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_EQ(event.Pulse(), 0u);
  waiter.Result();
  EXPECT_EQ(event.Pulse(), 0u);
  EXPECT_EQ(resumed, 1);
}

// S2: a released wait doesn't look at the flag again.
TYPED_TEST(EventWaitTest, S2_IsReleasedThoughTheFlagIsClearedAtOnce) {
  Event event;
  std::array<TypeParam, 3> waiters;
  for (int round = 0; round < 100; ++round) {
    for (auto& waiter : waiters) waiter.Start(event);
    AwaitWaiters(event, waiters.size());
    EXPECT_EQ(event.Set(), waiters.size());
    event.Clear();
    for (auto& waiter : waiters) {
      EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    }
  }
}

// S2: the broadcast is one step for all of them.
TYPED_TEST(EventWaitTest, S2_IsReleasedThoughAnEarlierOneClearsTheFlag) {
  Event event;
  std::array<TypeParam, 3> waiters;
  for (auto& waiter : waiters) {
    waiter.Then([&](WaitResult) { event.Clear(); });
    waiter.Start(event);
  }
  AwaitWaiters(event, waiters.size());
  event.Set();
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventWaitTest, S3_OneBroadcastDoesNotReleaseTwoSuccessiveWaits) {
  Event event;
  TypeParam first;
  TypeParam second;
  first.Then([&](WaitResult) { second.Start(event); });
  first.Start(event);
  AwaitWaiters(event, 1);
  event.Pulse();
  EXPECT_EQ(first.Result(), WaitResult::kReady);
  AwaitWaiters(event, 1);
  EXPECT_FALSE(second.done());
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(second.Result(), WaitResult::kReady);
}

TYPED_TEST(EventWaitTest, S3_ABroadcastOfThePastReleasesNobody) {
  Event event;
  event.Set();
  event.Clear();
  event.Pulse();
  TypeParam waiter;
  waiter.Start(event);
  AwaitWaiters(event, 1);
  EXPECT_FALSE(waiter.done());
  event.Set();
}

TYPED_TEST(EventWaitTest, WaitPastIsReadyAtOnceIfThereHasBeenABroadcast) {
  Event event;
  event.Pulse();
  event.Pulse();
  TypeParam waiter;
  for (uint64_t past : {0, 1}) {
    waiter.StartPast(event, past);
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
  EXPECT_EQ(event.waiters(), 0u);
}

TYPED_TEST(EventWaitTest, WaitPastIgnoresTheFlag) {
  Event event(Event::kSet);
  TypeParam waiter;
  waiter.StartPast(event, event.epoch());
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Set(), 0u);  // It is set already: not a broadcast.
  event.Clear();
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventWaitTest, WaitPastIsReleasedByAPulseOfASetEvent) {
  Event event(Event::kSet);
  TypeParam waiter;
  waiter.StartPast(event, event.epoch());
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

// The ticket closes the gap between two waits.
TYPED_TEST(EventWaitTest, S9_WaitPastMissesNoBroadcastSinceItsTicket) {
  Event event;
  const uint64_t ticket = event.epoch();
  event.Set();
  event.Clear();
  TypeParam waiter;
  waiter.StartPast(event, ticket);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(EventWaitTest, BroadcastsCountThoseTheyRelease) {
  Event event;
  std::array<TypeParam, 5> waiters;
  for (size_t n = 0; n <= waiters.size(); ++n) {
    for (size_t i = 0; i < n; ++i) waiters[i].Start(event);
    AwaitWaiters(event, n);
    EXPECT_EQ(n % 2 == 0 ? event.Set() : event.Pulse(), n);
    event.Clear();
    EXPECT_EQ(event.waiters(), 0u);
    for (size_t i = 0; i < n; ++i) waiters[i].Result();
  }
}

// A wait that may give up takes another path through the library.
TYPED_TEST(EventWaitTest, ThatMayGiveUpIsReleasedAsAnyOther) {
  Event event;
  std::array<TypeParam, 2> waiters;
  waiters[0].Start(event, absl::Hours(1));
  waiters[1].StartPast(event, 0, absl::Hours(1));
  AwaitWaiters(event, 2);
  EXPECT_EQ(event.Set(), 2u);
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  waiters[0].Start(event, absl::Hours(1));
  waiters[1].StartPast(event, 0, absl::Hours(1));
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(event.waiters(), 0u);
}

}  // namespace
}  // namespace synclib

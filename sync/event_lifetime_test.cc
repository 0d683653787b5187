// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// S5: when an event, and a coroutine that waits for it, may be destroyed. What
// touches either too late is found by AddressSanitizer and ThreadSanitizer.

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::WaitUntil;

constexpr int kRounds = 150;

template <class Kind>
class EventLifetimeTest : public testing::Test {};
TYPED_TEST_SUITE(EventLifetimeTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(EventLifetimeTest, S5_ReleasedWaiterMayDestroyTheEvent) {
  for (int round = 0; round < kRounds; ++round) {
    auto event = std::make_unique<Event>();
    TypeParam waiter;
    waiter.Then([&](WaitResult) { event.reset(); });
    waiter.Start(*event);
    AwaitWaiters(*event, 1);
    round % 2 == 0 ? event->Set() : event->Pulse();
    waiter.Result();
    EXPECT_EQ(event, nullptr);
  }
}

// While the Set() may be anywhere, and the wait not yet joined.
TYPED_TEST(EventLifetimeTest, S5_ReadyWaiterMayDestroyTheEventDuringSet) {
  for (int round = 0; round < kRounds; ++round) {
    auto event = std::make_unique<Event>();
    TypeParam waiter;
    waiter.Then([&](WaitResult) { event.reset(); });
    std::jthread setter([&event = *event] { event.Set(); });
    waiter.Start(*event);
    waiter.Result();
    EXPECT_EQ(event, nullptr);
  }
}

// The others of the same broadcast are still on their way out.
TYPED_TEST(EventLifetimeTest, S5_AnyReleasedWaiterMayDestroyTheEvent) {
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<Event*> event = new Event;
    std::array<TypeParam, 3> waiters;
    for (auto& waiter : waiters) {
      waiter.Then([&](WaitResult) { delete event.exchange(nullptr); });
      waiter.Start(*event);
    }
    AwaitWaiters(*event, waiters.size());
    event.load()->Set();
  }
}

// Nor has a setter that finds another's wait in its hands anything to do with
// a wait that ended: its node may be gone.
TYPED_TEST(EventLifetimeTest, WaiterThatGaveUpMayBeDestroyed) {
  Event event;
  std::atomic<bool> stop = false;
  std::jthread setter([&] {
    while (!stop) event.Pulse();
  });
  for (int round = 0; round < kRounds; ++round) {
    auto waiter = std::make_unique<TypeParam>();
    waiter->StartPast(event, event.epoch(), absl::Microseconds(round % 10));
    waiter->Result();
  }
  stop = true;
}

TEST(EventLifetimeTest, S5_TrueIsSetAllowsToDestroyTheEvent) {
  for (int round = 0; round < kRounds; ++round) {
    auto event = std::make_unique<Event>();
    std::jthread setter([&event = *event] { event.Set(); });
    WaitUntil([&] { return event->IsSet(); }, "the event to be set");
    event.reset();
  }
}

// The stack that a wait used is used again at once.
TEST(EventLifetimeTest, ReleasedThreadMayExitAtOnce) {
  for (int round = 0; round < kRounds; ++round) {
    Event event;
    std::jthread waiter([&] { event.Wait(); });
    std::jthread timed([&] { (void)event.Wait(absl::Hours(1)); });
    event.Set();
  }
}

Detached Await(Event& event, int& resumed) {
  co_await event;
  ++resumed;
}

Detached AwaitWith(Event& event, WaitOptions options, int& resumed) {
  (void)co_await event.AsyncWait(options);
  ++resumed;
}

TEST(DestroyedCoroutineTest, HasLeftTheEvent) {
  Event event;
  int resumed = 0;
  std::array<Detached, 3> coroutines;
  for (Detached& coroutine : coroutines) coroutine = Await(event, resumed);
  coroutines[1].handle.destroy();
  EXPECT_EQ(event.waiters(), 2u);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(resumed, 2);
}

TEST(DestroyedCoroutineTest, IsNotEndedByItsTokenOrLimit) {
  Event event;
  int resumed = 0;
  std::stop_source source;
  for (int i = 0; i < 100; ++i) {
    AwaitWith(event, {absl::Hours(1), source.get_token()}, resumed)
        .handle.destroy();
    EXPECT_EQ(event.waiters(), 0u);
  }
  source.request_stop();
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_EQ(resumed, 0);
}

TEST(DestroyedCoroutineTest, IsNotEndedByANearLimit) {
  Event event;
  int resumed = 0;
  Detached waits = AwaitWith(event, absl::Hours(1), resumed);
  // One limit that comes, on the same timers.
  CoroutineWaiter other;
  other.Start(event, absl::Milliseconds(1));
  waits.handle.destroy();
  EXPECT_EQ(other.Result(), WaitResult::kTimeout);
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(resumed, 0);
}

// The first of a hand-out destroys the second, which is released already; the
// third is not harmed.
template <class Start>
void DestroyFromTheSameHandout(Start start) {
  Event event;
  int resumed = 0;
  Detached second;
  CallbackWaiter first;
  first.Then([&](WaitResult) { second.handle.destroy(); });
  first.Start(event);
  second = start(event, resumed);
  Detached third = start(event, resumed);
  (void)third;
  EXPECT_EQ(event.Set(), 3u);
  EXPECT_EQ(resumed, 1);
}

TEST(DestroyedCoroutineTest, IsNotResumedByTheHandoutThatReleasedIt) {
  DestroyFromTheSameHandout(
      [](Event& event, int& resumed) { return Await(event, resumed); });
}

TEST(DestroyedCoroutineTest, WithOptionsIsNotResumedByItsHandoutEither) {
  std::stop_source source;
  DestroyFromTheSameHandout([&](Event& event, int& resumed) {
    return AwaitWith(event, {absl::Hours(1), source.get_token()}, resumed);
  });
  source.request_stop();
}

TEST(DestroyedCoroutineTest, MayDestroyTheEventWithIt) {
  auto event = std::make_unique<Event>();
  int resumed = 0;
  Detached coroutine = Await(*event, resumed);
  coroutine.handle.destroy();
  event.reset();
  EXPECT_EQ(resumed, 0);
}

// Of awaiters.

TEST(EventAwaiterTest, HasNoEffectUnlessItIsAwaited) {
  Event event;
  {
    Event::Awaiter plain = event.AsyncWait();
    Event::LimitedAwaiter limited = event.AsyncWait(absl::ZeroDuration());
    Event::Awaiter past = event.AsyncWaitPast(0);
    Event::Awaiter moved = std::move(plain);
    EXPECT_EQ(event.waiters(), 0u);
    EXPECT_EQ(event.Set(), 0u);
  }
  EXPECT_EQ(event.epoch(), 1u);
}

TEST(EventAwaiterTest, PreparedEarlierLooksWhenItIsAwaited) {
  Event event;
  Event::Awaiter awaiter = event.AsyncWait();
  event.Set();
  event.Clear();
  bool released = false;
  auto wait = [&]() -> Detached {
    co_await std::move(awaiter);
    released = true;
  };
  wait();
  EXPECT_FALSE(released);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_TRUE(released);
}

TEST(EventAwaiterTest, PreparedBeforeSetIsReadyAtOnce) {
  Event event;
  Event::LimitedAwaiter awaiter = event.AsyncWait(absl::Hours(1));
  event.Set();
  std::optional<WaitResult> result;
  auto wait = [&]() -> Detached { result = co_await std::move(awaiter); };
  wait();
  EXPECT_EQ(result, WaitResult::kReady);
}

TEST(EventAwaiterTest, MayBeMovedUntilItIsAwaited) {
  Event event;
  std::vector<WaitResult> results;
  auto plain = [&]() -> Detached {
    Event::Awaiter a = event.AsyncWait();
    Event::Awaiter b = std::move(a);
    results.push_back(co_await std::move(b));
  };
  std::stop_source source;
  auto limited = [&]() -> Detached {
    Event::LimitedAwaiter a =
        event.AsyncWaitPast(0, {absl::Hours(1), source.get_token()});
    Event::LimitedAwaiter b = std::move(a);
    results.push_back(co_await b);
  };
  plain();
  limited();
  EXPECT_EQ(event.waiters(), 2u);
  source.request_stop();
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(results, std::vector<WaitResult>(
                         {WaitResult::kCancelled, WaitResult::kReady}));
}

// A duration counts from when the wait begins.
TEST(EventAwaiterTest, DurationCountsFromWhenItIsAwaited) {
  using Clock = std::chrono::steady_clock;
  constexpr absl::Duration kLimit = absl::Milliseconds(2);
  Event event;
  Event::LimitedAwaiter awaiter = event.AsyncWait(kLimit);
  EXPECT_EQ(event.Wait(kLimit), WaitResult::kTimeout);
  std::atomic<bool> done = false;
  const Clock::time_point begin = Clock::now();
  Clock::time_point end;
  auto wait = [&]() -> Detached {
    EXPECT_EQ(co_await std::move(awaiter), WaitResult::kTimeout);
    end = Clock::now();
    done = true;
  };
  wait();
  WaitUntil([&] { return done.load(); }, "the limit");
  EXPECT_GE(absl::FromChrono(end - begin), kLimit);
}

}  // namespace
}  // namespace synclib

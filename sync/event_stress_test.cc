// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Everything at once. What goes wrong shows as a wait that never ends (L2), as
// a count that doesn't add up, or to a sanitizer.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;
using synctest::WaitUntil;

template <class Kind>
class EventStressTest : public testing::Test {};
TYPED_TEST_SUITE(EventStressTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

// S2: a pulse releases all that have joined, also if others come at the same
// time. A waiter that missed one would leave its round behind.
TYPED_TEST(EventStressTest, S2_EveryWaiterKeepsUpWithItsPulses) {
  constexpr int kRounds = 300;
  Event event;
  std::array<TypeParam, 3> waiters;
  for (int round = 0; round < kRounds; ++round) {
    for (auto& waiter : waiters) waiter.Start(event);
    AwaitWaiters(event, waiters.size());
    std::jthread other([&] {
      event.Set();
      event.Clear();
    });
    event.Pulse();
    for (auto& waiter : waiters) {
      ASSERT_EQ(waiter.Result(), WaitResult::kReady);
    }
  }
}

// Counts are exact without overlap, and never too high with it.
TYPED_TEST(EventStressTest, CountsOfRacingBroadcastsDoNotExceedTheWaits) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    Event event;
    std::array<TypeParam, 4> waiters;
    std::atomic<size_t> released = 0;
    {
      std::jthread first([&] { released += event.Set(); });
      std::jthread second([&] { released += event.Pulse(); });
      for (auto& waiter : waiters) waiter.StartPast(event, 0);
    }
    for (auto& waiter : waiters) {
      ASSERT_EQ(waiter.Result(), WaitResult::kReady);
    }
    EXPECT_LE(released, waiters.size());
  }
}

// Stop sources whose tokens are waited with, for somebody to stop.
class Stops {
 public:
  std::stop_token MakeToken() {
    std::lock_guard<std::mutex> lock(mutex_);
    return sources_.emplace_back().get_token();
  }
  void StopOldest() {
    std::stop_source source(std::nostopstate);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (sources_.empty()) return;
      source = std::move(sources_.front());
      sources_.pop_front();
    }
    source.request_stop();
  }

 private:
  std::mutex mutex_;
  std::deque<std::stop_source> sources_;
};

// Adds itself again from its own function.
class Again : public Callback {
 public:
  Again(Event& event, int waits)
      : Callback(&Fired), event_(event), waits_(waits) {}

  void Start() {
    while (ended_ < waits_ &&
           event_.Add(*this, absl::Microseconds(ended_ % 50)).has_value()) {
      ++ended_;
    }
  }
  // Whether its function has returned for the last time.
  bool IsOver() { return ended_ == waits_ && Remove() != kTaken; }

 private:
  static void Fired(Callback& self, WaitResult) noexcept {
    auto& again = static_cast<Again&>(self);
    ++again.ended_;
    again.Start();
  }

  Event& event_;
  const int waits_;
  std::atomic<int> ended_ = 0;
};

// All operations, on two events that release each other's waiters.
TEST(EventStressTest, L2_EverythingAtOnceEndsWell) {
  constexpr int kWaits = 300;
  constexpr int kLoopsOfEach = 3;
  std::array<Event, 2> events;
  std::atomic<int> running = 0;
  std::atomic<int64_t> ended = 0;
  std::atomic<bool> stop = false;
  Stops stops;
  const auto limit = [](std::minstd_rand& random) {
    return absl::Microseconds(random() % 50);
  };
  auto coroutine = [&](int seed) -> Detached {
    std::minstd_rand random(seed);
    for (int i = 0; i < kWaits; ++i) {
      Event& event = events[random() % 2];
      switch (random() % 5) {
        case 0:
          co_await event;
          break;
        case 1:
          (void)co_await event.AsyncWait(limit(random));
          break;
        case 2:
          (void)co_await event.AsyncWait({limit(random), stops.MakeToken()});
          break;
        case 3:
          co_await event.AsyncWaitPast(event.epoch());
          break;
        case 4:
          (void)co_await event.AsyncWaitPast(event.epoch(), stops.MakeToken());
          break;
      }
      ++ended;
    }
    --running;
  };
  auto thread = [&](int seed) {
    std::minstd_rand random(seed);
    for (int i = 0; i < kWaits; ++i) {
      Event& event = events[random() % 2];
      switch (random() % 4) {
        case 0:
          event.Wait();
          break;
        case 1:
          (void)event.Wait(limit(random));
          break;
        case 2:
          event.WaitPast(event.epoch());
          break;
        case 3:
          (void)event.Wait({limit(random), stops.MakeToken()});
          break;
      }
      ++ended;
    }
    --running;
  };
  auto watcher = [&](int which) -> Detached {
    EventWatch watch(events[which]);
    for (int i = 0; i < kWaits; ++i) {
      co_await watch.AsyncNext();
      ++ended;
    }
    --running;
  };
  std::array<Again, 2> callbacks = {{{events[0], kWaits}, {events[1], kWaits}}};
  auto signaller = [&](int seed) {
    std::minstd_rand random(seed);
    while (!stop) {
      Event& event = events[random() % 2];
      switch (random() % 5) {
        case 0:
          event.Set();
          break;
        case 1:
          event.Pulse();
          break;
        case 2:
          event.Clear();
          break;
        case 3:
          stops.StopOldest();
          break;
        case 4:
          std::this_thread::yield();
          break;
      }
    }
  };
  {
    ThreadPool pool(2);
    std::vector<std::jthread> threads;
    for (int i = 1; i <= kLoopsOfEach; ++i) {
      running += 3;
      threads.emplace_back(thread, i);
      coroutine(i + 10);
      Submit(pool, [&, i] { coroutine(i + 20); });
    }
    running += 2;
    for (int which = 0; which < 2; ++which) {
      watcher(which);
      callbacks[which].Start();
    }
    threads.emplace_back(signaller, 31);
    threads.emplace_back(signaller, 32);
    WaitUntil([&] { return running == 0; }, "all waits to end");
    WaitUntil([&] { return callbacks[0].IsOver() && callbacks[1].IsOver(); },
              "all callbacks to end");
    stop = true;
  }
  EXPECT_EQ(ended, (3 * kLoopsOfEach + 2) * kWaits);
  EXPECT_EQ(events[0].waiters() + events[1].waiters(), 0u);
}

// Tokens that are stopped while limits come and broadcasts too.
TYPED_TEST(EventStressTest, S1_StopsOfManyAtOnceEndEachWaitOnce) {
  constexpr int kRounds = 50;
  for (int round = 0; round < kRounds; ++round) {
    Event event;
    std::array<TypeParam, 6> waiters;
    std::array<std::stop_source, 3> sources;
    std::atomic<int> ended = 0;
    for (size_t i = 0; i < waiters.size(); ++i) {
      waiters[i].Then([&](WaitResult) { ++ended; });
      waiters[i].Start(
          event, {absl::Microseconds(20 * round), sources[i % 3].get_token()});
    }
    {
      std::jthread first([&] { sources[0].request_stop(); });
      std::jthread second([&] { event.Pulse(); });
      sources[1].request_stop();
      sources[2].request_stop();
    }
    for (auto& waiter : waiters) waiter.Result();
    EXPECT_EQ(ended, static_cast<int>(waiters.size()));
    EXPECT_EQ(event.waiters(), 0u);
  }
}

}  // namespace
}  // namespace synclib

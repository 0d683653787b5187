// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Threads at full speed, and books kept of who saw which broadcast: none is
// lost to a wait that had joined, and none is invented.

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/thread_pool.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::EventWatch;
using synclib::WaitResult;

// The event is cleared as soon as it has been set, or pulsed, but only when all
// waiters have joined: each has to see each round.
class RoundsTest : public testing::Test {
 protected:
  static constexpr int kRounds = 10000;

  // What each waiter does at its wait in round `r`.
  void Saw(int r) {
    EXPECT_EQ(round_, r);
    seen_.fetch_add(1, std::memory_order_relaxed);
  }

  Detached Coroutine(synclib::Executor* executor) {
    for (int r = 1; r <= kRounds; ++r) {
      if (executor != nullptr) {
        co_await event_.AsyncWait().On(*executor);
      } else {
        co_await event_;
      }
      Saw(r);
      co_await gate_.AsyncWaitPast(r - 1);
    }
    left_.fetch_sub(1);
  }

  void Thread() {
    for (int r = 1; r <= kRounds; ++r) {
      event_.Wait();
      Saw(r);
      gate_.WaitPast(r - 1);
    }
    left_.fetch_sub(1);
  }

  struct Chained {
    struct Part : Callback {
      Part(Chained& chained, Function function)
          : Callback(function), chained(chained) {}
      Chained& chained;
    };

    explicit Chained(RoundsTest& test) : test(test) {}

    // Adds itself to the event, which can't be set now.
    void Start() {
      if (test.event_.Add(at_event).has_value()) std::abort();
    }
    static void AtEvent(Callback& self, WaitResult) noexcept {
      Chained& it = static_cast<Part&>(self).chained;
      it.test.Saw(++it.round);
      if (it.test.gate_.AddPast(it.round - 1, it.at_gate).has_value()) {
        std::abort();
      }
    }
    static void AtGate(Callback& self, WaitResult) noexcept {
      Chained& it = static_cast<Part&>(self).chained;
      if (it.round < kRounds) {
        it.Start();
      } else {
        it.test.left_.fetch_sub(1);
      }
    }

    RoundsTest& test;
    Part at_event{*this, &AtEvent};
    Part at_gate{*this, &AtGate};
    int round = 0;
  };

  // A callback may not be added again before its function has returned, which
  // may run in whichever thread held the list.
  static void AwaitReturn(Callback& callback) {
    WaitUntil([&] { return callback.Remove() == Callback::kHasRun; },
              "a callback to return");
  }

  void Run(int waiters, Chained& callback) {
    for (int r = 1; r <= kRounds; ++r) {
      AwaitWaiters(event_, waiters);
      if (r > 1) AwaitReturn(callback.at_gate);
      round_ = r;
      if (r % 2 == 0) {
        event_.Set();
        event_.Clear();
      } else {
        event_.Pulse();
      }
      WaitUntil([&] { return seen_ == r * waiters; }, "a lost broadcast");
      EXPECT_EQ(event_.waiters(), 0u);
      AwaitReturn(callback.at_event);
      gate_.Pulse();
    }
    WaitUntil([&] { return left_ == 0; }, "waiters to end");
    AwaitReturn(callback.at_gate);
    Tally("waits", int64_t{kRounds} * waiters);
    EXPECT_EQ(event_.epoch(), static_cast<uint64_t>(kRounds));
  }

  Event event_, gate_;
  int round_ = 0;  // Plain: the event publishes it.
  std::atomic<int> seen_{0};
  std::atomic<int> left_{0};
};

TEST_F(RoundsTest, S2_EveryWaiterSeesEveryRound) {
  Watchdog watchdog("rounds of waiters of all kinds");
  synclib::ThreadPool pool(2);
  constexpr int kThreads = 2, kCoroutines = 2;
  left_ = kThreads + kCoroutines + 2;
  Coroutine(nullptr);
  Chained callback(*this);
  callback.Start();
  for (int i = 0; i < kCoroutines; ++i) Coroutine(&pool);
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { Thread(); });
  Run(kThreads + kCoroutines + 2, callback);
}

TEST(PulseLedgerTest, S9_WhatWatchesSeeAndMissAddsUp) {
  Watchdog watchdog("watches");
  constexpr int kPulses = Scaled(200000);
  Event event;
  event.Pulse();
  std::atomic<uint64_t> last{UINT64_MAX};
  std::atomic<int> left{3};
  synclib::ThreadPool pool(1);
  const auto check = [&](const EventWatch& watch, uint64_t sum, int calls) {
    EXPECT_EQ(sum, watch.seen() - 1);
    EXPECT_EQ(watch.seen(), last.load());
    std::printf("a watch saw %d of %llu broadcasts\n", calls,
                static_cast<unsigned long long>(sum));
    left.fetch_sub(1);
  };
  const auto consume = [&](bool limited) {
    EventWatch watch(event);
    uint64_t sum = 0;
    int calls = 0, timeouts = 0;
    // Only then does main go on to broadcast.
    left.fetch_sub(1);
    while (watch.seen() < last.load(std::memory_order_relaxed)) {
      const uint64_t seen = watch.seen(), missed = watch.missed();
      const WaitResult result =
          limited ? watch.Next(absl::Microseconds(5)) : watch.Next();
      if (result == WaitResult::kTimeout) {
        ++timeouts;
        EXPECT_EQ(watch.seen(), seen);
        EXPECT_EQ(watch.missed(), missed);
        continue;
      }
      EXPECT_EQ(watch.seen(), seen + watch.missed() + 1);
      sum += 1 + watch.missed();
      ++calls;
    }
    if (limited) std::printf("%d time-outs\n", timeouts);
    check(watch, sum, calls);
  };
  const auto consume_in_coroutine = [&]() -> Detached {
    EventWatch watch(event);
    uint64_t sum = 0;
    int calls = 0;
    left.fetch_sub(1);
    while (watch.seen() < last.load(std::memory_order_relaxed)) {
      EXPECT_EQ(co_await watch.AsyncNext().On(pool), WaitResult::kReady);
      sum += 1 + watch.missed();
      ++calls;
    }
    check(watch, sum, calls);
  };
  std::vector<std::jthread> consumers;
  consumers.emplace_back(consume, false);
  consumers.emplace_back(consume, true);
  consume_in_coroutine();
  WaitUntil([&] { return left == 0; }, "the watches to begin");
  left = 3;
  {
    std::jthread pulser([&] {
      for (int i = 0; i < kPulses; ++i) {
        event.Pulse();
        if (i % 8 == 0) std::this_thread::yield();
      }
    });
    std::jthread setter([&] {
      for (int i = 0; i < kPulses; ++i) {
        event.Set();
        event.Clear();
        if (i % 8 == 0) std::this_thread::yield();
      }
    });
  }
  EXPECT_EQ(event.epoch(), 1u + 2u * kPulses);
  last.store(event.epoch() + 1, std::memory_order_relaxed);
  event.Pulse();
  WaitUntil([&] { return left == 0; }, "the watches to end");
}

}  // namespace
}  // namespace synctest

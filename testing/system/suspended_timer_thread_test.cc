// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// L1: a setter waits for nobody, not for the timer thread either, wherever that
// is suspended.

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <random>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/timer_thread.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/system/suspension.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

struct Counter : synclib::Callback {
  Counter() : Callback(&Fired) {}
  static void Fired(Callback& self, WaitResult result) noexcept {
    auto& counter = static_cast<Counter&>(self);
    counter.result = result;
    counter.runs.fetch_add(1, std::memory_order_release);
  }
  std::atomic<int> runs{0};
  WaitResult result{};
};

Detached AwaitWithLimit(Event& event, absl::Duration limit,
                        std::atomic<int>& resumed) {
  (void)co_await event.AsyncWait(limit);
  resumed.fetch_add(1, std::memory_order_release);
}

TEST(SuspendedTimerThreadTest, L1_SetReturnsWhereverTheTimerThreadStands) {
  const int kRounds = Scaled(2000);
  constexpr size_t kWaiters = 16;
  Suspension::Prepare();
  synclib::StartTimer();
  pid_t timer_thread = 0;
  WaitUntil([&] { return (timer_thread = FindThread("sync-timer")) != 0; },
            "the start of the timer thread");
  const Watchdog watchdog("Set() while the timer thread is suspended");
  std::mt19937 random(20261125);
  // Half of the limits come while the thread is being suspended.
  const auto some_limit = [&] {
    return random() % 2 == 0 ? absl::Microseconds(random() % 100)
                             : absl::Hours(1);
  };
  for (int round = 0; round < kRounds; ++round) {
    Event event;
    std::array<Counter, kWaiters> counters;
    std::atomic<int> resumed{0};
    size_t added = 0;
    for (Counter& counter : counters) {
      if (!event.Add(counter, some_limit()).has_value()) ++added;
      AwaitWithLimit(event, some_limit(), resumed);
    }
    for (unsigned spin = random() % 20000; spin > 0; --spin) {
      asm volatile("");
    }
    {
      const Suspension suspension(timer_thread);
      event.Set();
    }
    const auto ended = [&] {
      size_t runs = 0;
      for (Counter& counter : counters) {
        runs += counter.runs.load(std::memory_order_acquire);
      }
      return runs == added &&
             resumed.load(std::memory_order_acquire) == int{kWaiters};
    };
    WaitUntil(ended, "the waits of a round");
    for (Counter& counter : counters) {
      ASSERT_LE(counter.runs, 1);
      WaitUntil([&] { return counter.Remove() != synclib::Callback::kTaken; },
                "a callback to return");
    }
    // The event may go: every wait has returned, and Set() has.
    Tally("suspensions", 1);
  }
}

}  // namespace
}  // namespace synctest

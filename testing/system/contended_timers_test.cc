// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Coroutines with limits, while other threads are at the timers all the time:
// what a pool has accepted has run when the pool is gone.

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::ThreadPool;
using synclib::WaitResult;

TEST(ContendedTimersTest, S1_APoolRunsWhatItHasAcceptedBeforeItIsGone) {
  const Watchdog watchdog("coroutines of a pool");
  const int rounds = Scaled(4000);
  constexpr int kCoroutines = 20;
  std::atomic<bool> over{false};
  std::vector<std::jthread> others;
  for (int i = 0; i < 2; ++i) {
    others.emplace_back([&] {
      struct Nothing : synclib::Callback {
        Nothing() : Callback([](Callback&, WaitResult) noexcept {}) {}
      };
      Event event;
      Nothing callback;
      while (!over.load(std::memory_order_relaxed)) {
        ASSERT_FALSE(event.Add(callback, absl::Hours(1)).has_value());
        ASSERT_EQ(callback.Remove(), synclib::Callback::kRemoved);
      }
    });
  }
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    std::atomic<int> resumed{0};
    const auto wait = [&](Event& event, ThreadPool& pool) -> Detached {
      const WaitResult result =
          co_await event.AsyncWait(absl::Hours(1)).On(pool);
      EXPECT_EQ(result, WaitResult::kReady);
      resumed.fetch_add(1, std::memory_order_relaxed);
    };
    Event event;
    {
      ThreadPool pool(2);
      for (int i = 0; i < kCoroutines; ++i) wait(event, pool);
      EXPECT_EQ(event.Set(), kCoroutines);
    }
    EXPECT_EQ(resumed, kCoroutines) << "in round " << round;
    Tally("coroutines", resumed);
  }
  over = true;
}

}  // namespace
}  // namespace synctest

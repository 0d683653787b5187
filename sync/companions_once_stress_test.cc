// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Latches, and values that are set or made once, for which threads, coroutines
// and callbacks wait at the same time, also for any or both of two.

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <random>

#include "gtest/gtest.h"
#include "sync/coro/lazy.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/one_shot.h"
#include "sync/wait_options.h"
#include "testing/stress.h"
#include "testing/waits.h"

namespace synclib {
namespace {

using synctest::AllOf;
using synctest::AnyOf;
using synctest::kWorkers;
using synctest::Plain;
using synctest::RunAll;
using synctest::Worker;

// What comes once, for all.
struct Once {
  Latch latch{kWorkers};
  std::atomic<int> arrived = 0;
  OneShot<int> value;
  std::atomic<int> set = 0;  // What was, and how often.
  Lazy<int> lazy;
  std::atomic<int> made = 0;  // How often that was.
};

// The value of a Lazy: how often it was made.
struct Asked {
  WaitResult Wait(const WaitOptions&) const {
    EXPECT_EQ(once.lazy.Get([this] { return ++once.made; }), 1);
    return WaitResult::kReady;
  }
  Task<WaitResult> AsyncWait(WaitOptions options) const {
    EXPECT_EQ(*co_await once.lazy.AsyncGet(
                  [this, &options] { return Make(&once, pulse, options); }),
              1);
    co_return WaitResult::kReady;
  }
  static Task<int> Make(Once* once, Event* pulse, WaitOptions options) {
    (void)co_await pulse->AsyncWait(options);
    co_return ++once->made;
  }

  Once& once;
  Event* pulse;
};

// All count down, and two try to set each value; those who have not given up
// pass once all have, and see what one has set.
TEST(CompanionsOnceStressTest, L2_ItComesForAllThoughSomeGiveUp) {
  constexpr int kRounds = 2000;
  std::deque<Once> onces(kRounds);
  std::array<size_t, kWorkers> which{};
  Event pulse;
  const auto expect_open = [](Once& once) {
    EXPECT_TRUE(once.latch.TryWait());
    EXPECT_EQ(once.arrived, kWorkers);
  };
  const auto expect_set = [](Once& once) {
    const int value = once.value.value();
    EXPECT_TRUE(value == 4 || value == 5) << value;
  };
  RunAll(
      kRounds,
      [&](Worker& worker, int round, auto how) {
        Once& once = onces[round];
        const int number = ++once.arrived;
        if ((number == 4 || number == 5) && once.value.Set(number)) {
          once.set += number;
        }
        once.latch.CountDown();
        size_t* const index = &which[worker.index];
        const auto then = [&once](auto expect) {
          return [&once, expect](WaitResult result) {
            if (result == WaitResult::kReady) expect(once);
          };
        };
        switch (worker.random() % 5) {
          case 0:
            return how(Plain(once.latch), then(expect_open));
          case 1:
            return how(Plain(once.value), then(expect_set));
          case 2:
            return how(AnyOf{{once.latch, once.value}, index},
                       then([expect_open, expect_set, index](Once& any) {
                         *index == 0 ? expect_open(any) : expect_set(any);
                       }));
          case 3:
            return how(AllOf{{once.latch, once.value}},
                       then([expect_open, expect_set](Once& all) {
                         expect_open(all);
                         expect_set(all);
                       }));
          default:
            return how(Asked{once, &pulse}, then([](Once& asked) {
                         EXPECT_TRUE(asked.lazy.IsSet());
                       }));
        }
      },
      [&](std::minstd_rand&) { pulse.Pulse(); });
  for (Once& once : onces) {
    EXPECT_TRUE(once.latch.TryWait());
    EXPECT_EQ(once.value.value(), once.set);
    EXPECT_EQ(once.made, once.lazy.IsSet() ? 1 : 0);
    EXPECT_EQ(once.latch.waiters() + once.value.waiters(), 0u);
  }
}

}  // namespace
}  // namespace synclib

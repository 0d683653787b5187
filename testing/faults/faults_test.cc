// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// That the library under test is the one with faults, and that they happen.

#include "testing/faults/faults.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <type_traits>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/internal/platform.h"
#include "testing/faults/atomic.h"

namespace synctest::faults {
namespace {

using synclib::Event;

static_assert(
    std::is_same_v<synclib::internal::Atomic<uint64_t>, Atomic<uint64_t>>);
static_assert(sizeof(Atomic<uint64_t>) == sizeof(std::atomic<uint64_t>) &&
              sizeof(Event) == 16);

// Two threads that wake each other, and contend for the list of waiters.
TEST(FaultsTest, EveryKindHappensToAnEvent) {
  constexpr int kRounds = 2000;
  constexpr const char* kNames[kFaults] = {"yields",        "sleeps",
                                           "weak failures", "no sleeps",
                                           "short sleeps",  "late wakes"};
  Event ping, pong;
  std::jthread other([&] {
    for (int round = 0; round < kRounds; ++round) {
      ping.WaitPast(round);
      pong.Pulse();
    }
  });
  for (int round = 0; round < kRounds; ++round) {
    ping.Pulse();
    pong.WaitPast(round);
  }
  for (int i = 0; i < kFaults; ++i) {
    const uint64_t count = Count(static_cast<Fault>(i));
    std::printf("%llu %s\n", static_cast<unsigned long long>(count), kNames[i]);
    EXPECT_GT(count, 0u) << kNames[i];
  }
}

// A failure says what is there, for a loop to go on with.
TEST(FaultsTest, AWeakExchangeFailsAsOftenAsItIsMeantTo) {
  constexpr int kTries = 100'000;
  Atomic<int> value{1};
  int failures = 0;
  for (int i = 0; i < kTries; ++i) {
    int expected = 1;
    failures += !value.compare_exchange_weak(
        expected, 1, std::memory_order_relaxed, std::memory_order_relaxed);
    ASSERT_EQ(expected, 1);
  }
  constexpr int kMean = kTries / static_cast<int>(kExchangesPerFailure);
  EXPECT_GT(failures, kMean * 9 / 10);
  EXPECT_LT(failures, kMean * 11 / 10);
}

TEST(FaultsTest, AStrongExchangeNeverFailsForNoReason) {
  Atomic<int> value{0};
  for (int i = 0; i < 100'000; ++i) {
    int expected = i;
    ASSERT_TRUE(value.compare_exchange_strong(
        expected, i + 1, std::memory_order_relaxed, std::memory_order_relaxed));
  }
}

}  // namespace
}  // namespace synctest::faults

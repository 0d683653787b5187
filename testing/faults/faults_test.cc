// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// That the library under test is the one with faults, and that they happen.

#include "testing/faults/faults.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <type_traits>

#include "gmock/gmock.h"
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

// What the first thread of a new process chooses.
std::string ChoicesUnder(const char* seed) {
  const auto choose = [] {
    std::string choices;
    for (int i = 0; i < 500; ++i) choices += FailsForNoReason() ? '!' : '.';
    std::fputs(choices.c_str(), stderr);
    std::exit(0);
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  setenv("SYNC_FAULT_SEED", seed, 1);
  std::string printed;
  EXPECT_EXIT(choose(), testing::ExitedWithCode(0),
              testing::Truly([&](const std::string& text) {
                printed = text;
                return true;
              }));
  const std::string prefix = std::string("SYNC_FAULT_SEED=") + seed + "\n";
  EXPECT_THAT(printed, testing::StartsWith(prefix));
  return printed.erase(0, prefix.size());
}

TEST(FaultsTest, TheSameSeedMakesTheSameChoices) {
  const std::string choices = ChoicesUnder("7");
  EXPECT_EQ(choices.size(), 500u);
  EXPECT_EQ(choices, ChoicesUnder("7"));
  EXPECT_NE(choices, ChoicesUnder("8"));
}

}  // namespace
}  // namespace synctest::faults

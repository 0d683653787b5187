// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Threads at full speed, and books kept of what happened: no broadcast is lost
// to a wait that had joined, none is invented, and each wait ends once.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
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
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::EventWatch;
using synclib::WaitResult;

uint64_t Seed() {
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

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
    std::printf("%d rounds of %d waiters\n", kRounds, waiters);
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

// Nanoseconds of the clock that the library's durations count on.
int64_t Now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A broadcast took effect between `begin` and `end`; until `cleared` the event
// may have been found set.
struct Broadcast {
  int64_t begin, end, cleared;
};

// A wait began at `begin`, had joined by `joined`, could be given up from
// `giving_up` on, and had ended by `end`.
struct Wait {
  static constexpr int64_t kUnknown = INT64_MAX;

  int64_t begin, joined, giving_up, end;
  WaitResult result;
};

class GivingUpTest : public testing::Test {
 protected:
  static constexpr int kWaits = 10000;
  static constexpr int kThreads = 3;

  struct Thread {
    std::mt19937_64 random;
    std::vector<Wait> waits;
  };

  static void Pause(std::mt19937_64& random, int nanoseconds) {
    const int64_t until = Now() + static_cast<int64_t>(random() % nanoseconds);
    while (Now() < until) std::this_thread::yield();
  }

  // One thread broadcasts, and writes down when.
  void Broadcasts(uint64_t seed) {
    std::mt19937_64 random(seed);
    while (running_.load(std::memory_order_relaxed) > 0) {
      Broadcast broadcast;
      const bool pulse = random() % 2 == 0;
      broadcast.begin = Now();
      if (pulse) {
        event_.Pulse();
      } else {
        event_.Set();
      }
      broadcast.end = Now();
      if (!pulse) event_.Clear();
      broadcast.cleared = Now();
      broadcasts_.push_back(broadcast);
      Pause(random, 30000);
    }
  }

  // Runs `wait` again and again on some threads, beside the broadcasts.
  template <class F>
  void Run(F wait) {
    const uint64_t seed = Seed();
    std::array<Thread, kThreads> threads;
    running_ = kThreads;
    {
      std::jthread broadcaster([&] { Broadcasts(seed); });
      std::vector<std::jthread> waiters;
      for (int i = 0; i < kThreads; ++i) {
        threads[i].random.seed(seed + 1 + i);
        waiters.emplace_back([&, i] {
          // Goes on until it has seen both ends.
          bool ready = false, gave_up = false;
          for (int j = 0; j < kWaits || !ready || !gave_up; ++j) {
            const Wait ended = wait(threads[i].random);
            (ended.result == WaitResult::kReady ? ready : gave_up) = true;
            threads[i].waits.push_back(ended);
          }
          running_.fetch_sub(1);
        });
      }
    }
    EXPECT_EQ(event_.waiters(), 0u);
    EXPECT_EQ(event_.epoch(), broadcasts_.size());
    int results[3] = {};
    for (const Thread& thread : threads) {
      for (const Wait& wait : thread.waits) {
        ++results[static_cast<int>(wait.result)];
        Check(wait);
      }
    }
    std::printf("%zu broadcasts; %d waits ready, %d cancelled, %d timed out\n",
                broadcasts_.size(), results[0], results[1], results[2]);
    EXPECT_GT(results[0], 0);
    EXPECT_GT(results[1] + results[2], 0);
  }

  void Check(const Wait& wait) {
    if (wait.result == WaitResult::kReady) {
      // There was one that it can have seen.
      const auto it = std::partition_point(
          broadcasts_.begin(), broadcasts_.end(),
          [&](const Broadcast& b) { return b.cleared < wait.begin; });
      EXPECT_TRUE(it != broadcasts_.end() && it->begin <= wait.end)
          << "ready without a broadcast";
      return;
    }
    // There was none from when it had joined to when it could be given up.
    const auto it = std::partition_point(
        broadcasts_.begin(), broadcasts_.end(),
        [&](const Broadcast& b) { return b.begin <= wait.joined; });
    EXPECT_TRUE(it == broadcasts_.end() || it->end >= wait.giving_up)
        << "gave up, although a broadcast came";
    if (wait.result == WaitResult::kTimeout) {
      EXPECT_GE(wait.end, wait.giving_up) << "a time-out before its time";
    }
  }

  Event event_;
  std::vector<Broadcast> broadcasts_;
  std::atomic<int> running_{0};
};

TEST_F(GivingUpTest, ThreadsThatTimeOut) {
  Watchdog watchdog("threads that time out");
  Run([&](std::mt19937_64& random) {
    Wait wait;
    const int64_t limit = static_cast<int64_t>(random() % 30000);
    wait.begin = Now();
    wait.joined = Wait::kUnknown;
    wait.giving_up = wait.begin + limit;
    // Half of them don't care whether the event is set.
    wait.result = random() % 2 == 0 ? event_.Wait(absl::Nanoseconds(limit))
                                    : event_.WaitPast(event_.epoch(),
                                                      absl::Nanoseconds(limit));
    wait.end = Now();
    Pause(random, 2000);
    return wait;
  });
}

// The thread that waits is stopped by another one.
TEST_F(GivingUpTest, ThreadsThatAreCancelled) {
  Watchdog watchdog("threads that are cancelled");
  std::mutex mutex;
  std::vector<std::stop_source> sources;
  std::atomic<bool> done{false};
  std::jthread canceller([&] {
    std::mt19937_64 random(1);
    while (!done) {
      Pause(random, 50000);
      std::vector<std::stop_source> some;
      {
        std::lock_guard<std::mutex> lock(mutex);
        some.swap(sources);
      }
      for (std::stop_source& source : some) source.request_stop();
    }
  });
  Run([&](std::mt19937_64&) {
    std::stop_source source;
    {
      std::lock_guard<std::mutex> lock(mutex);
      sources.push_back(source);
    }
    Wait wait;
    wait.begin = Now();
    wait.joined = Wait::kUnknown;
    wait.giving_up = Wait::kUnknown;
    wait.result = event_.Wait(source.get_token());
    wait.end = Now();
    if (wait.result == WaitResult::kCancelled) {
      EXPECT_TRUE(source.stop_requested());
    }
    return wait;
  });
  done = true;
}

// What a coroutine or callback leaves behind when its wait has ended.
struct End {
  void Ended(WaitResult value) {
    result = value;
    at = Now();
    times.fetch_add(1, std::memory_order_release);
  }
  void Await() {
    WaitUntil([&] { return times.load(std::memory_order_acquire) != 0; },
              "the end of a wait");
  }
  std::atomic<int> times{0};
  WaitResult result{};
  int64_t at = 0;
};

TEST_F(GivingUpTest, CoroutinesThatTimeOut) {
  Watchdog watchdog("coroutines that time out");
  synclib::ThreadPool pool(1);
  Run([&](std::mt19937_64& random) {
    Wait wait;
    End end;
    const int64_t limit = static_cast<int64_t>(random() % 30000);
    const auto coroutine = [&](bool on_pool) -> Detached {
      if (on_pool) {
        end.Ended(co_await event_.AsyncWait(absl::Nanoseconds(limit)).On(pool));
      } else {
        end.Ended(co_await event_.AsyncWait(absl::Nanoseconds(limit)));
      }
    };
    wait.begin = Now();
    wait.giving_up = wait.begin + limit;
    coroutine(random() % 2 == 0);
    wait.joined = Now();
    end.Await();
    EXPECT_EQ(end.times, 1);
    wait.result = end.result;
    wait.end = end.at;
    return wait;
  });
}

TEST_F(GivingUpTest, CoroutinesThatAreCancelled) {
  Watchdog watchdog("coroutines that are cancelled");
  synclib::ThreadPool pool(1);
  Run([&](std::mt19937_64& random) {
    Wait wait;
    End end;
    std::stop_source source;
    const auto coroutine = [&](bool on_pool) -> Detached {
      if (on_pool) {
        end.Ended(co_await event_.AsyncWait(source.get_token()).On(pool));
      } else {
        end.Ended(co_await event_.AsyncWait(source.get_token()));
      }
    };
    wait.begin = Now();
    coroutine(random() % 2 == 0);
    wait.joined = Now();
    Pause(random, 30000);
    wait.giving_up = Now();
    source.request_stop();
    end.Await();
    EXPECT_EQ(end.times, 1);
    wait.result = end.result;
    wait.end = end.at;
    return wait;
  });
}

TEST_F(GivingUpTest, CallbacksThatGiveUpOrAreRemoved) {
  struct Reporter : Callback {
    Reporter() : Callback(&Call) {}
    static void Call(Callback& self, WaitResult result) noexcept {
      static_cast<Reporter&>(self).end.Ended(result);
    }
    End end;
  };
  Watchdog watchdog("callbacks");
  std::atomic<int> removed{0};
  Run([&](std::mt19937_64& random) {
    Wait wait;
    Reporter reporter;
    std::stop_source source;
    const int64_t limit = static_cast<int64_t>(random() % 30000);
    const int how = static_cast<int>(random() % 3);
    wait.begin = Now();
    const std::optional<WaitResult> at_once =
        how == 0   ? event_.Add(reporter, absl::Nanoseconds(limit))
        : how == 1 ? event_.Add(reporter, source.get_token())
                   : event_.Add(reporter);
    wait.joined = Now();
    wait.giving_up = wait.begin + limit;
    if (at_once.has_value()) {
      wait.result = *at_once;
      wait.end = Now();
      return wait;
    }
    if (how != 0) {
      Pause(random, 30000);
      wait.giving_up = Now();
    }
    if (how == 1) source.request_stop();
    if (how == 2 && reporter.Remove() == Callback::kRemoved) {
      // As good as cancelled, but for the call.
      removed.fetch_add(1);
      EXPECT_EQ(reporter.end.times, 0);
      wait.result = WaitResult::kCancelled;
      wait.end = Now();
      return wait;
    }
    reporter.end.Await();
    WaitUntil([&] { return reporter.Remove() == Callback::kHasRun; },
              "the end of a callback");
    EXPECT_EQ(reporter.end.times, 1);
    wait.result = reporter.end.result;
    wait.end = reporter.end.at;
    return wait;
  });
  std::printf("%d removed\n", removed.load());
}

}  // namespace
}  // namespace synctest

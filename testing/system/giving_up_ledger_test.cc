// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Threads at full speed, and books kept of when each wait gave up, and of what
// was broadcast meanwhile: no broadcast is lost to a wait that had joined, none
// is invented, and each wait ends once.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
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
#include "sync/thread_pool.h"
#include "testing/detached.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::WaitResult;

uint64_t Seed() {
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  return seed;
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
    Tally("broadcasts", static_cast<int64_t>(broadcasts_.size()));
    Tally("waits", results[0] + results[1] + results[2]);
    Tally("cancelled", results[1]);
    Tally("timed out", results[2]);
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
  Tally("removed", removed);
}

}  // namespace
}  // namespace synctest

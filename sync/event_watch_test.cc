// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/event_watch.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;
using synctest::WaitUntil;

static_assert(sizeof(EventWatch) == 24);
static_assert(sizeof(EventWatch::Awaiter) <= 96);
static_assert(sizeof(EventWatch::LimitedAwaiter) <= 224);
static_assert(!std::is_copy_constructible_v<EventWatch>);
static_assert(!std::is_move_constructible_v<EventWatch>);
static_assert(!std::is_copy_assignable_v<EventWatch>);

std::stop_token Stopped() {
  std::stop_source source;
  source.request_stop();
  return source.get_token();
}

TEST(EventWatchTest, StartsAtTheEpochOfTheEvent) {
  Event event;
  event.Pulse();
  event.Pulse();
  EventWatch watch(event);
  EXPECT_EQ(watch.seen(), 2u);
  EXPECT_EQ(watch.missed(), 0u);
  EXPECT_EQ(watch.Next(absl::ZeroDuration()), WaitResult::kTimeout);
}

TEST(EventWatchTest, NextReturnsAtOnceAfterABroadcast) {
  Event event;
  EventWatch watch(event);
  event.Set();
  event.Clear();
  EXPECT_EQ(watch.Next(), WaitResult::kReady);
  EXPECT_EQ(watch.seen(), 1u);
  EXPECT_EQ(watch.missed(), 0u);
}

TEST(EventWatchTest, NextCountsWhatCameBeforeWhatItSaw) {
  Event event;
  EventWatch watch(event);
  for (uint64_t n : {1, 2, 5}) {
    const uint64_t before = watch.seen();
    for (uint64_t i = 0; i < n; ++i) event.Pulse();
    EXPECT_EQ(watch.Next(), WaitResult::kReady);
    EXPECT_EQ(watch.missed(), n - 1);
    EXPECT_EQ(watch.seen(), before + n);
  }
}

// It is about broadcasts, not about the flag.
TEST(EventWatchTest, SetFlagAloneIsNotSeen) {
  Event event(Event::kSet);
  EventWatch watch(event);
  EXPECT_EQ(watch.Next(absl::ZeroDuration()), WaitResult::kTimeout);
  event.Set();
  EXPECT_EQ(watch.Next(absl::ZeroDuration()), WaitResult::kTimeout);
  event.Pulse();
  EXPECT_EQ(watch.Next(absl::ZeroDuration()), WaitResult::kReady);
  EXPECT_EQ(watch.Next(absl::ZeroDuration()), WaitResult::kTimeout);
}

TEST(EventWatchTest, GivingUpChangesNothing) {
  Event event;
  EventWatch watch(event);
  event.Pulse();
  event.Pulse();
  watch.Next();
  ASSERT_EQ(watch.missed(), 1u);
  EXPECT_EQ(watch.Next(absl::Milliseconds(1)), WaitResult::kTimeout);
  EXPECT_EQ(watch.Next(Stopped()), WaitResult::kCancelled);
  EXPECT_EQ(watch.missed(), 1u);
  EXPECT_EQ(watch.seen(), 2u);
}

TEST(EventWatchTest, ReadyBeatsCancelledAndTimeout) {
  Event event;
  EventWatch watch(event);
  event.Pulse();
  EXPECT_EQ(watch.Next({absl::ZeroDuration(), Stopped()}), WaitResult::kReady);
  EXPECT_EQ(watch.Next({absl::ZeroDuration(), Stopped()}),
            WaitResult::kCancelled);
}

TEST(EventWatchTest, NextBlocksUntilABroadcast) {
  Event event(Event::kSet);
  EventWatch watch(event);
  std::jthread consumer([&] { watch.Next(); });
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Pulse(), 1u);
  consumer.join();
  EXPECT_EQ(watch.seen(), 1u);
  EXPECT_EQ(watch.missed(), 0u);
}

TEST(EventWatchTest, WatchesOfOneEventAreIndependent) {
  Event event;
  EventWatch first(event);
  event.Pulse();
  EventWatch second(event);
  event.Pulse();
  first.Next();
  second.Next();
  EXPECT_EQ(first.missed(), 1u);
  EXPECT_EQ(second.missed(), 0u);
  EXPECT_EQ(first.seen(), second.seen());
}

class ManualExecutor final : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    posted_.push_back(work);
    return true;
  }
  void RunAll() {
    while (!posted_.empty()) {
      Work* const work = posted_.front();
      posted_.pop_front();
      work->Run();
    }
  }

 private:
  std::deque<Work*> posted_;
};

// The broadcast that released it counts, not the one it sees when it runs.
TEST(EventWatchTest, SeesTheBroadcastThatReleasedIt) {
  for (const WaitOptions& options :
       {WaitOptions(), WaitOptions(absl::Hours(1))}) {
    ManualExecutor executor;
    Event event;
    EventWatch watch(event);
    std::vector<uint64_t> seen;
    std::vector<uint64_t> missed;
    auto consume = [&]() -> Detached {
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(co_await watch.AsyncNext(options).On(executor),
                  WaitResult::kReady);
        seen.push_back(watch.seen());
        missed.push_back(watch.missed());
      }
    };
    consume();
    for (int i = 0; i < 3; ++i) event.Pulse();
    EXPECT_TRUE(seen.empty());
    executor.RunAll();
    EXPECT_EQ(seen, std::vector<uint64_t>({1, 3}));
    EXPECT_EQ(missed, std::vector<uint64_t>({0, 1}));
  }
}

TEST(EventWatchTest, AsyncNextGivesUpAsNextDoes) {
  Event event;
  EventWatch watch(event);
  std::stop_source source;
  std::vector<WaitResult> results;
  auto consume = [&]() -> Detached {
    results.push_back(co_await watch.AsyncNext(absl::ZeroDuration()));
    results.push_back(co_await watch.AsyncNext(source.get_token()));
    results.push_back(co_await watch.AsyncNext());
  };
  consume();
  source.request_stop();
  EXPECT_EQ(watch.seen(), 0u);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(results, std::vector<WaitResult>({WaitResult::kTimeout,
                                              WaitResult::kCancelled,
                                              WaitResult::kReady}));
  EXPECT_EQ(watch.seen(), 1u);
}

TEST(EventWatchTest, AwaiterMayBeMovedOrDropped) {
  Event event;
  EventWatch watch(event);
  event.Pulse();
  { EventWatch::Awaiter dropped = watch.AsyncNext(); }
  EXPECT_EQ(watch.seen(), 0u);
  auto consume = [&]() -> Detached {
    EventWatch::Awaiter a = watch.AsyncNext();
    EventWatch::Awaiter b = std::move(a);
    co_await std::move(b);
  };
  consume();
  EXPECT_EQ(watch.seen(), 1u);
}

// Or it would be ready for a broadcast that the watch has seen meanwhile.
TEST(EventWatchTest, PreparedAwaiterGoesByWhatTheWatchHasSeenWhenAwaited) {
  Event event;
  EventWatch watch(event);
  EventWatch::Awaiter plain = watch.AsyncNext();
  EventWatch::LimitedAwaiter limited = watch.AsyncNext(absl::Hours(1));
  event.Pulse();
  watch.Next();
  auto consume = [&]() -> Detached {
    EXPECT_EQ(co_await std::move(plain), WaitResult::kReady);
    EXPECT_EQ(co_await std::move(limited), WaitResult::kReady);
  };
  consume();
  EXPECT_EQ(event.waiters(), 1u);
  event.Pulse();
  EXPECT_EQ(watch.seen(), 2u);
  EXPECT_EQ(watch.missed(), 0u);
  event.Pulse();
  EXPECT_EQ(watch.seen(), 3u);
  EXPECT_EQ(watch.missed(), 0u);
}

constexpr uint64_t kBroadcasts = 2000;

// Broadcasts in both ways, as fast as can be.
void BroadcastAll(Event& event) {
  for (uint64_t i = 0; i < kBroadcasts; ++i) {
    if (i % 2 == 0) {
      event.Pulse();
    } else {
      event.Set();
      event.Clear();
    }
  }
}

// S9: every broadcast is accounted for, and with a limit too.
TEST(EventWatchTest, S9_ThreadAccountsForEveryBroadcast) {
  Event event;
  EventWatch watch(event);
  std::jthread producer([&] { BroadcastAll(event); });
  uint64_t accounted = 0;
  while (watch.seen() < kBroadcasts) {
    if (accounted % 2 == 0) {
      watch.Next();
    } else if (watch.Next(absl::Microseconds(1)) != WaitResult::kReady) {
      continue;
    }
    accounted += 1 + watch.missed();
    ASSERT_EQ(accounted, watch.seen());
  }
  EXPECT_EQ(accounted, kBroadcasts);
}

TEST(EventWatchTest, S9_CoroutineAccountsForEveryBroadcast) {
  Event event;
  EventWatch watch(event);
  std::atomic<uint64_t> accounted = 0;
  auto consume = [&]() -> Detached {
    uint64_t sum = 0;
    while (watch.seen() < kBroadcasts) {
      const WaitResult result =
          co_await watch.AsyncNext(absl::Microseconds(1 + sum % 20));
      if (result == WaitResult::kReady) sum += 1 + watch.missed();
    }
    accounted = sum;
  };
  consume();
  BroadcastAll(event);
  WaitUntil([&] { return accounted != 0; }, "the last broadcast");
  EXPECT_EQ(accounted, kBroadcasts);
}

TEST(EventWatchTest, SeesWhatHappenedBeforeTheBroadcast) {
  Event event;
  EventWatch watch(event);
  int payload = 0;
  std::jthread producer([&] {
    payload = 42;
    event.Pulse();
  });
  watch.Next();
  EXPECT_EQ(payload, 42);
}

}  // namespace
}  // namespace synclib

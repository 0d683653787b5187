// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// L1: a setter waits for nobody, not for a waiter either, wherever that is
// suspended: with the wait list in its hands, too. What is left to it to
// release, it releases when it goes on.

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "testing/system/scale.h"
#include "testing/system/suspension.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::WaitResult;

// A thread that in each round, until there is a broadcast, does what takes the
// wait list, again and again. Until then it neither allocates nor takes a lock
// of the C library's, so that others may while it is suspended.
class BusyWaiter {
 public:
  enum What { kWait, kWaitPast, kCallback, kCount, kWhats };

  explicit BusyWaiter(Event& event)
      : event_(event), thread_([this] { Run(); }) {}
  ~BusyWaiter() {
    over_.store(true, std::memory_order_relaxed);
    go_.Pulse();
  }

  // Begins a round. When this returns the thread is in the midst of it.
  void Begin() {
    ++round_;
    go_.Pulse();
    WaitUntil([&] { return begun_.load(std::memory_order_acquire) == round_; },
              "the waiter to begin");
  }

  // Returns at the end of the round.
  void Await() {
    WaitUntil([&] { return ended_.load(std::memory_order_acquire) == round_; },
              "the waiter to end");
  }

  // The thread, in a round.
  pid_t id() const { return id_; }

  // After a round: what the thread did when the broadcast came, or right before
  // or after; and whether that was a wait which ended ready.
  What what() const { return what_; }
  bool ready() const { return ready_; }

 private:
  struct Counter : Callback {
    Counter() : Callback(&Fired) {}
    static void Fired(Callback& self, WaitResult) noexcept {
      ++static_cast<Counter&>(self).runs;
    }
    int runs = 0;  // Read after kHasRun, or kRemoved.
  };

  void Run() {
    id_ = gettid();
    std::mt19937 random(20261126);
    for (uint64_t round = 1;; ++round) {
      go_.WaitPast(round - 1);
      if (over_.load(std::memory_order_relaxed)) return;
      const uint64_t epoch = event_.epoch();
      do {
        what_ = Choose(random, round);
        // Few waits outlast the spinning and sleep, where they don't hold the
        // list.
        const absl::Duration limit =
            random() % 64 == 0 ? absl::Microseconds(20) : absl::Microseconds(1);
        ready_ = Do(what_, epoch, limit);
        begun_.store(round, std::memory_order_release);
      } while (event_.epoch() == epoch);
      ended_.store(round, std::memory_order_release);
    }
  }

  // A thread that gives up has yielded the processor before, where a signal
  // finds it more often than with the list in its hands. So threads' waits are
  // few, and every other round is without.
  static What Choose(std::mt19937& random, uint64_t round) {
    const bool blocks = round % 2 == 0 && random() % 8 == 0;
    const bool first = random() % 2 == 0;
    return blocks ? (first ? kWait : kWaitPast) : (first ? kCallback : kCount);
  }

  // Returns whether it was a wait and ended ready.
  bool Do(What what, uint64_t epoch, absl::Duration limit) {
    switch (what) {
      case kWait:
        return event_.Wait(limit) == WaitResult::kReady;
      case kWaitPast:
        return event_.WaitPast(epoch, limit) == WaitResult::kReady;
      case kCallback:
        return AddAndRemove(epoch);
      default:
        (void)event_.waiters();
        return false;
    }
  }

  bool AddAndRemove(uint64_t epoch) {
    Counter counter;
    if (event_.AddPast(epoch, counter).has_value()) return true;
    const bool due = event_.epoch() != epoch;
    const bool ready = counter.Remove() != Callback::kRemoved;
    EXPECT_TRUE(ready || !due) << "a broadcast was lost to a callback";
    if (ready) {
      WaitUntil([&] { return counter.Remove() == Callback::kHasRun; },
                "a callback to return");
    }
    EXPECT_EQ(counter.runs, ready ? 1 : 0);
    return ready;
  }

  Event& event_;
  Event go_;
  uint64_t round_ = 0;
  std::atomic<uint64_t> begun_{0}, ended_{0};
  std::atomic<bool> over_{false};
  pid_t id_ = 0;
  What what_{};
  bool ready_ = false;
  std::jthread thread_;  // Last: it uses the rest.
};

TEST(SuspendedWaiterTest, L1_SettersReturnWhereverAWaiterStands) {
  constexpr int kRounds = Scaled(1000);
  // Many, so that to count them takes a while, with the list held.
  constexpr size_t kCallbacks = 100;
  Suspension::Prepare();
  const Watchdog watchdog("setters while a waiter is suspended");
  std::mt19937 random(20261125);
  Event event;
  BusyWaiter busy(event);

  // Who waits besides.
  std::vector<std::unique_ptr<Waiter>> others;
  others.push_back(std::make_unique<ThreadWaiter>());
  others.push_back(std::make_unique<CoroutineWaiter>());
  for (size_t i = 0; i < kCallbacks; ++i) {
    others.push_back(std::make_unique<CallbackWaiter>());
  }
  std::atomic<size_t> ended{0};
  for (const auto& other : others) {
    other->Then([&](WaitResult) { ended.fetch_add(1); });
  }

  int rounds = 0, held = 0;
  std::array<int, BusyWaiter::kWhats> held_by = {};
  // Goes on for a while if need be: the list should have been held.
  while (rounds < kRounds || (held == 0 && rounds < 20 * kRounds)) {
    ++rounds;
    ended = 0;
    for (const auto& other : others) {
      other->Start(event);
      // The thread has joined by now, and the rest has, too, when Start()
      // returns: only the suspended waiter can have the list.
      if (other == others.front()) AwaitWaiters(event, 1);
    }
    busy.Begin();
    for (unsigned spin = random() % 20000; spin > 0; --spin) {
      asm volatile("");
    }

    const uint64_t epoch = event.epoch();
    const bool set_first = random() % 2 == 0;
    size_t released, released_later;
    {
      const Suspension suspension(busy.id());
      if (set_first) {
        released = event.Set();
        EXPECT_TRUE(event.IsSet());
        released_later = event.Pulse();
        EXPECT_FALSE(event.IsSet());
      } else {
        released = event.Pulse();
        EXPECT_FALSE(event.IsSet());
        released_later = event.Set();
        EXPECT_TRUE(event.IsSet());
      }
      event.Clear();
      EXPECT_FALSE(event.IsSet());
      EXPECT_EQ(event.epoch(), epoch + 2);
      // Who was released here has gone on, if it needs no thread for that; who
      // was left to the suspended waiter can't have.
      EXPECT_EQ(ended == 0, released == 0);
    }
    busy.Await();

    EXPECT_EQ(released_later, 0u);
    for (const auto& other : others) {
      EXPECT_EQ(other->Result(), WaitResult::kReady);
    }
    EXPECT_EQ(ended, others.size());
    if (released == 0) {
      ++held;
      ++held_by[busy.what()];
      // It was joining, or giving up: the broadcast comes first.
      EXPECT_TRUE(busy.ready() || busy.what() == BusyWaiter::kCount)
          << "a broadcast was lost to who held the list";
    } else if (released == others.size() + 1) {
      EXPECT_TRUE(busy.ready()) << "a broadcast was lost to a suspended waiter";
    } else {
      EXPECT_EQ(released, others.size());
    }
    ASSERT_EQ(event.waiters(), 0u);
    if (HasFailure()) break;
  }
  Tally("suspensions", rounds);
  Tally("with the list held", held);
  std::printf(
      "the list was held in %d of %d rounds: %d times by Wait(), %d by "
      "WaitPast(), %d by a callback, %d by waiters()\n",
      held, rounds, held_by[BusyWaiter::kWait], held_by[BusyWaiter::kWaitPast],
      held_by[BusyWaiter::kCallback], held_by[BusyWaiter::kCount]);
  EXPECT_GT(held, 0);
}

}  // namespace
}  // namespace synctest

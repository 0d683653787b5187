// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/waiter.h"

#include <cstddef>
#include <deque>
#include <source_location>

#include "gtest/gtest.h"
#include "sync/internal/deadline.h"
#include "sync/internal/ring.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

// Threads that sleep, of which one after the other goes on.
class Sleepers {
 public:
  explicit Sleepers(size_t count) {
    Ring ring;
    ring.Reset();
    for (size_t i = 0; i < count; ++i) {
      waiters_.emplace_back(Waiter::Kind::kThread, nullptr, Request(),
                            std::source_location());
      ring.Push(waiters_.back().ring());
    }
    ring.Unlink();
    Waiter::UnparkAll(&waiters_.front());
  }

  size_t awake() const {
    size_t count = 0;
    for (const Waiter& waiter : waiters_) {
      count += waiter.parked.load(std::memory_order_relaxed) !=
               static_cast<uint32_t>(Waiter::Parked::kAwake);
    }
    return count;
  }
  void GoOn(size_t i) {
    EXPECT_EQ(waiters_[i].Park(Deadline(Deadline::kMonotonic, 0)),
              Waiter::Parked::kReleased);
  }

 private:
  std::deque<Waiter> waiters_;
};

// Each that goes on finds its own waiter released, and wakes at most two.
TEST(WaiterTest, ThreadsWakeOneAnotherInOrder) {
  for (size_t count = 1; count <= 40; ++count) {
    Sleepers sleepers(count);
    EXPECT_EQ(sleepers.awake(), 1u);
    for (size_t i = 0; i < count; ++i) {
      const size_t before = sleepers.awake();
      sleepers.GoOn(i);
      EXPECT_LE(sleepers.awake(), before + 2) << i << " of " << count;
    }
    EXPECT_EQ(sleepers.awake(), count);
  }
}

TEST(WaiterTest, WhoIsAwakeIsReleasedAtOnceAndWakesNobody) {
  Waiter asleep(Waiter::Kind::kThread, nullptr, Request(),
                std::source_location());
  asleep.parked.store(static_cast<uint32_t>(Waiter::Parked::kAsleep),
                      std::memory_order_relaxed);
  Waiter awake(Waiter::Kind::kThread, nullptr, Request(),
               std::source_location());
  Ring ring;
  ring.Reset();
  ring.Push(awake.ring());
  ring.Push(asleep.ring());
  Waiter::UnparkAwake(&awake);
  EXPECT_EQ(awake.Park(Deadline()), Waiter::Parked::kReleased);
  Waiter::UnparkAwake(&asleep);
  EXPECT_EQ(asleep.Park(Deadline(Deadline::kMonotonic, 0)),
            Waiter::Parked::kAsleep);
  EXPECT_EQ(ring.next, asleep.ring());
  EXPECT_EQ(asleep.ring()->next, &ring);
}

// A tree, and not a chain.
TEST(WaiterTest, ManyThreadsAreAwakeSoon) {
  constexpr size_t kCount = 256;
  Sleepers sleepers(kCount);
  size_t rounds = 0;
  for (size_t gone_on = 0; gone_on < kCount; ++rounds) {
    const size_t awake = sleepers.awake();
    for (; gone_on < awake; ++gone_on) sleepers.GoOn(gone_on);
  }
  EXPECT_LE(rounds, 12u);
}

}  // namespace
}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

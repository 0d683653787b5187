// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/waiter.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <source_location>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sync/internal/deadline.h"
#include "sync/internal/limited_waiter.h"
#include "sync/internal/ring.h"
#include "sync/internal/wait_list.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

// Threads that sleep, of which one after the other goes on. With `together`,
// so many sleep on one word, but for the first `alone`.
class Sleepers {
 public:
  explicit Sleepers(size_t count, size_t together = 0, size_t alone = 3) {
    Ring ring;
    ring.Reset();
    for (size_t i = 0; i < count; ++i) {
      Waiter& waiter = waiters_.emplace_back(Waiter::Kind::kThread, nullptr,
                                             Request(), std::source_location());
      if (together != 0 && i >= alone) {
        waiter.set_word(static_cast<uint8_t>(1 + (i - alone) / together));
      }
      ring.Push(waiter.ring());
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

// Two are woken, of whom the second wakes the third, and that the first group.
TEST(WaiterTest, ThreadsWakeOneAnotherInOrder) {
  for (const size_t together : {0, 1, 4, 32}) {
    const size_t size = together == 0 ? Waiter::kTogether : together;
    for (size_t count = 1; count <= 110; ++count) {
      Sleepers sleepers(count, together);
      EXPECT_EQ(sleepers.awake(), std::min<size_t>(count, 2));
      size_t groups = 1;  // That are awake once the third has gone on.
      for (size_t i = 0; i < count; ++i) {
        size_t expected = 2;
        if (i >= 1) expected = 3;
        if (i >= 2) expected = 3 + size;
        if (i >= 3) {
          // Those of the first group wake one each, then those of the last one
          // that these have woken.
          if ((i - 3) / size % size == 0) ++groups;
          expected = 3 + groups * size;
        }
        sleepers.GoOn(i);
        EXPECT_EQ(sleepers.awake(), std::min(count, expected))
            << i << " of " << count;
      }
    }
  }
}

// As when those in front of them have left.
TEST(WaiterTest, TheThirdWakesThoseItHasSleptWith) {
  constexpr size_t kCount = 20;
  Sleepers sleepers(kCount, kCount, 0);
  for (size_t i = 0; i < 3; ++i) sleepers.GoOn(i);
  EXPECT_EQ(sleepers.awake(), kCount);
}

// From the fourth on, and each in a group with those next to it.
TEST(WaiterTest, ThreadsOnAListSleepTogether) {
  std::deque<Waiter> waiters;
  const auto add = [&](bool alone) {
    Waiter& waiter = waiters.emplace_back(Waiter::Kind::kThread, nullptr,
                                          Request(), std::source_location());
    waiter.sleeps_alone = alone;
    if (waiters.size() > 1) {
      waiter.SleepBehind(waiters[waiters.size() - 2]);
    }
    return waiter.word();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(add(false), 0);
  const uint8_t word = add(false);
  EXPECT_NE(word, 0);
  for (uint32_t i = 1; i < Waiter::kTogether; ++i) EXPECT_EQ(add(false), word);
  uint8_t other = word;
  std::thread([&] { other = add(false); }).join();
  EXPECT_NE(other, 0);
  EXPECT_NE(other, word);
  EXPECT_EQ(add(false), other);
  EXPECT_EQ(add(true), 0);
  // Behind one who sleeps alone a group begins.
  const uint8_t next = add(false);
  EXPECT_NE(next, 0);
  for (uint32_t i = 1; i < Waiter::kTogether; ++i) EXPECT_EQ(add(false), next);
}

TEST(WaiterTest, WhoMayGiveUpSleepsAlone) {
  LimitedWaiter waiter(Waiter::Kind::kThread, nullptr, nullptr);
  waiter.SetOptions(WaitOptions());
  EXPECT_FALSE(waiter.sleeps_alone);
  waiter.SetOptions(absl::Seconds(1));
  EXPECT_TRUE(waiter.sleeps_alone);
  std::stop_source source;
  waiter.SetOptions(source.get_token());
  EXPECT_TRUE(waiter.sleeps_alone);
}

// However many come and go in front of those who don't give up: a group begins
// where the last one is full, or behind one who sleeps alone; and the first two
// that are left share no word.
TEST(WaiterTest, GroupsStayAsTheyAreWhereOthersGiveUp) {
  const Rules rules = {
      .name = "all", .take = nullptr, .grant = nullptr, .broadcasts = true};
  WaitList list;
  std::deque<Waiter> stay;
  std::deque<LimitedWaiter> give_up;
  const auto join_to_give_up = [&] {
    LimitedWaiter& waiter =
        give_up.emplace_back(Waiter::Kind::kThread, nullptr, nullptr);
    waiter.request.rules = &rules;
    waiter.SetOptions(absl::Seconds(1));
    list.Push(&waiter);
  };
  for (int i = 0; i < 40; ++i) join_to_give_up();
  for (int i = 0; i < 100; ++i) {
    if (i % 3 == 2) {
      list.Remove(&give_up.front());
      give_up.pop_front();
    }
    list.Push(&stay.emplace_back(Waiter::Kind::kThread, nullptr,
                                 Request{&rules, 0}, std::source_location()));
    if (i % 40 == 39) join_to_give_up();
  }
  for (LimitedWaiter& waiter : give_up) list.Remove(&waiter);
  ASSERT_EQ(list.first(), &stay.front());
  EXPECT_EQ(stay[0].word(), 0);
  EXPECT_EQ(stay[1].word(), 0);
  std::vector<size_t> begins;
  for (size_t i = 0; i < stay.size(); ++i) {
    if (stay[i].place() == 3) begins.push_back(i);
  }
  EXPECT_THAT(begins, testing::ElementsAre(2, 34, 40, 72, 80));
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
            Waiter::Parked::kAwake);
  EXPECT_EQ(ring.next, asleep.ring());
  EXPECT_EQ(asleep.ring()->next, &ring);
}

// Not one after the other, whether they sleep together or not.
TEST(WaiterTest, ManyThreadsAreAwakeSoon) {
  constexpr size_t kCount = 256;
  for (const size_t together : {size_t{0}, size_t{Waiter::kTogether}}) {
    Sleepers sleepers(kCount, together);
    size_t rounds = 0;
    for (size_t gone_on = 0; gone_on < kCount; ++rounds) {
      const size_t awake = sleepers.awake();
      for (; gone_on < awake; ++gone_on) sleepers.GoOn(gone_on);
    }
    EXPECT_LE(rounds, 6u);
  }
}

}  // namespace
}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

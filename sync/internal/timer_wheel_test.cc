// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer_wheel.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

struct Timer : TimedWaiter {
  explicit Timer(int64_t at = 0)
      : TimedWaiter(Kind::kCallback, nullptr, nullptr) {
    set_deadline(Deadline(Deadline::kWall, at));
  }
};

TimedWaiter* PopDue(TimerWheel& wheel, int64_t now) {
  bool more = true;
  TimedWaiter* timer = nullptr;
  while (timer == nullptr && more) timer = wheel.PopDue(now, &more);
  return timer;
}

TEST(TimerWheelTest, IsEmptyAtFirst) {
  TimerWheel wheel(0);
  EXPECT_EQ(wheel.any(), nullptr);
  EXPECT_EQ(wheel.NextLook(), kNever);
  EXPECT_EQ(PopDue(wheel, std::numeric_limits<int64_t>::max()), nullptr);
}

TEST(TimerWheelTest, LooksForALoneTimerWhenItIsDue) {
  for (const int64_t nanos : {int64_t{-7}, int64_t{0}, int64_t{1} << 40}) {
    TimerWheel wheel(0);
    Timer timer(nanos);
    wheel.Push(&timer);
    EXPECT_EQ(wheel.any(), &timer);
    EXPECT_EQ(wheel.NextLook(), nanos);
    EXPECT_EQ(PopDue(wheel, nanos - 1), nullptr);
    EXPECT_EQ(wheel.NextLook(), nanos);
    EXPECT_EQ(PopDue(wheel, nanos), &timer);
    EXPECT_EQ(wheel.any(), nullptr);
  }
}

TEST(TimerWheelTest, KeepsTheOrderOfThoseWithOneDeadline) {
  TimerWheel wheel(0);
  std::vector<Timer> timers(10);
  for (Timer& timer : timers) {
    timer.set_deadline(Deadline(Deadline::kWall, 123456789));
    wheel.Push(&timer);
  }
  for (Timer& timer : timers) EXPECT_EQ(PopDue(wheel, 123456789), &timer);
}

TEST(TimerWheelTest, KeepsTheOrderOfThoseMoreThanAMillisecondApart) {
  TimerWheel wheel(0);
  std::vector<Timer> timers(100);
  for (size_t i = timers.size(); i-- > 0;) {
    const auto nanos = static_cast<int64_t>(i) * 1'100'000;
    timers[i].set_deadline(Deadline(Deadline::kWall, nanos));
    wheel.Push(&timers[i]);
  }
  for (Timer& timer : timers) EXPECT_EQ(PopDue(wheel, 1'000'000'000), &timer);
}

TEST(TimerWheelTest, FindsThoseThatAreOverdue) {
  TimerWheel wheel(0);
  EXPECT_EQ(PopDue(wheel, 1000), nullptr);
  Timer before(10), at(1000), after(1001);
  for (Timer* timer : {&after, &at, &before}) wheel.Push(timer);
  EXPECT_LE(wheel.NextLook(), 1000);
  std::set<TimedWaiter*> due = {PopDue(wheel, 1000), PopDue(wheel, 1000)};
  EXPECT_EQ(due, (std::set<TimedWaiter*>{&before, &at}));
  EXPECT_EQ(PopDue(wheel, 1000), nullptr);
  EXPECT_EQ(PopDue(wheel, 1001), &after);
}

TEST(TimerWheelTest, TimeMayBeSetBack) {
  TimerWheel wheel(0);
  EXPECT_EQ(PopDue(wheel, 1'000'000), nullptr);
  Timer late(2'000'000), early(500);
  wheel.Push(&late);
  wheel.Push(&early);
  EXPECT_EQ(PopDue(wheel, 100), nullptr);
  EXPECT_LE(wheel.NextLook(), 500);
  EXPECT_EQ(PopDue(wheel, 499), nullptr);
  EXPECT_EQ(PopDue(wheel, 500), &early);
  EXPECT_EQ(PopDue(wheel, 1'999'999), nullptr);
  EXPECT_EQ(PopDue(wheel, 2'000'000), &late);
}

TEST(TimerWheelTest, GivesItsCallerARestWhileItMovesMany) {
  TimerWheel wheel(0);
  std::vector<Timer> timers(1000);
  for (size_t i = 0; i < timers.size(); ++i) {
    const int64_t nanos = (int64_t{1} << 40) + static_cast<int64_t>(i);
    timers[i].set_deadline(Deadline(Deadline::kWall, nanos));
    wheel.Push(&timers[i]);
  }
  bool more = false;
  EXPECT_EQ(wheel.PopDue(int64_t{1} << 40, &more), nullptr);
  EXPECT_TRUE(more);
  // Meanwhile others come and go.
  Timer another((int64_t{1} << 40) - 1);
  wheel.Push(&another);
  wheel.Remove(&timers[999]);
  wheel.Remove(&timers[0]);
  EXPECT_EQ(PopDue(wheel, int64_t{1} << 40), &another);
  EXPECT_EQ(PopDue(wheel, int64_t{1} << 40), nullptr);
  EXPECT_EQ(PopDue(wheel, (int64_t{1} << 40) + 1), &timers[1]);
}

// Against an ordered set: whatever is pushed and removed, and however time
// goes, each timer comes when it is due, and not before, in the order of
// deadlines but for a millisecond; and NextLook() never says a moment at which
// one is overdue.
class RandomTimers {
 public:
  // The wheel begins at the time or long before.
  RandomTimers(unsigned seed, int digits)
      : random_(seed),
        span_(int64_t{1} << 4 * digits),
        wheel_(seed % 2 == 0 ? now_ : std::numeric_limits<int64_t>::min()) {}

  void Run() {
    for (int i = 0; i < 2000; ++i) {
      switch (random_() % 8) {
        case 0:
        case 1:
        case 2:
        case 3:
          Push();
          break;
        case 4:
          Remove();
          break;
        case 5:
          now_ += Some(span_ / 16);
          break;
        case 6:
          now_ += Some(span_);
          break;
        default:
          if (random_() % 50 == 0) now_ -= Some(span_);
          Fire();
      }
      const int64_t next_look = wheel_.NextLook();
      if (armed_.empty()) {
        ASSERT_EQ(next_look, kNever);
      } else {
        ASSERT_LE(next_look, std::max(now_, armed_.begin()->first));
      }
    }
    now_ = kNever - 1;
    Fire();
    ASSERT_EQ(wheel_.any(), nullptr);
  }

 private:
  int64_t Some(int64_t below) {
    return below == 0 ? 0 : static_cast<int64_t>(random_() % below);
  }
  void Push() {
    Timer& timer = timers_[random_() % timers_.size()];
    if (armed_.contains({timer.nanos, &timer})) return;
    timer.set_deadline(Deadline(Deadline::kWall, now_ + Some(span_)));
    wheel_.Push(&timer);
    armed_.insert({timer.nanos, &timer});
  }
  void Remove() {
    if (armed_.empty()) return;
    auto which = armed_.begin();
    std::advance(which, random_() % armed_.size());
    wheel_.Remove(which->second);
    armed_.erase(which);
  }
  void Fire() {
    constexpr int64_t kFine = 1 << 20;  // About a millisecond.
    while (TimedWaiter* timer = PopDue(wheel_, now_)) {
      ASSERT_LE(timer->nanos, now_);
      ASSERT_LT(timer->nanos, armed_.begin()->first + kFine);
      ASSERT_EQ(armed_.erase({timer->nanos, static_cast<Timer*>(timer)}), 1u);
    }
    const bool all_are_later = armed_.empty() || armed_.begin()->first > now_;
    ASSERT_TRUE(all_are_later);
  }

  std::mt19937_64 random_;
  const int64_t span_;  // Of the deadlines.
  int64_t now_ = 0;
  TimerWheel wheel_;
  std::vector<Timer> timers_{300};
  std::set<std::pair<int64_t, Timer*>> armed_;
};

TEST(TimerWheelTest, EachComesWhenItIsDue) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    for (const int digits : {1, 2, 5, 12}) {
      SCOPED_TRACE(testing::Message() << seed << ", " << digits << " digits");
      RandomTimers(seed, digits).Run();
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

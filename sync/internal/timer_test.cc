// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr Deadline kDue(Deadline::kMonotonic, INT64_MIN);

// A wait whose time-out takes until the test says so: what a thread looks like
// that is suspended inside the library.
struct SlowTimer : TimedWaiter {
  SlowTimer() : TimedWaiter(Kind::kCallback, &Run, &Fire) {
    set_deadline(kDue);
  }
  static Waiter* Fire(TimedWaiter* timer) noexcept {
    auto* self = static_cast<SlowTimer*>(timer);
    self->firing.Set();
    self->may_return.Wait();
    return nullptr;
  }
  static void Run(Work* work) { static_cast<SlowTimer*>(work)->has_run.Set(); }

  Event firing, may_return, has_run;
};

TEST(TimerQueueTest, L1_DisarmOrLeaveDoesNotWaitForATimerThatFires) {
  Bell bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  SlowTimer timer;
  ASSERT_TRUE(queue.Arm(&timer));
  const uint32_t heard = bell.Listen();
  std::jthread owner([&] {
    queue.FireDue();
    queue.FireDue();  // As the bell asks for.
  });
  timer.firing.Wait();
  EXPECT_FALSE(TimerQueue::DisarmOrLeave(&timer));
  EXPECT_NE(bell.Listen(), heard);
  EXPECT_FALSE(timer.has_run.IsSet());
  timer.may_return.Set();
  timer.has_run.Wait();
  EXPECT_TRUE(TimerQueue::DisarmOrLeave(&timer));
}

TEST(TimerQueueTest, TimerLeftToAClosingQueueIsHandedOut) {
  Bell bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  SlowTimer timer;
  ASSERT_TRUE(queue.Arm(&timer));
  std::jthread owner([&] {
    queue.FireDue();
    queue.Close(&SharedTimers);
  });
  timer.firing.Wait();
  EXPECT_FALSE(TimerQueue::DisarmOrLeave(&timer));
  timer.may_return.Set();
  timer.has_run.Wait();
  owner.join();
  EXPECT_FALSE(queue.Arm(&timer));
}

// The owner closes the queue while the timer fires, so that the timer can
// neither be had nor be left to the queue, and goes on when the bell says that
// somebody has been refused there.
struct ClosingTimer : TimedWaiter {
  ClosingTimer(Bell& bell, TimerQueue& queue)
      : TimedWaiter(Kind::kCallback, nullptr, &Fire), bell(bell), its(queue) {
    set_deadline(kDue);
  }
  static Waiter* Fire(TimedWaiter* timer) noexcept {
    auto* self = static_cast<ClosingTimer*>(timer);
    self->its.Close(&SharedTimers);
    const uint32_t heard = self->bell.Listen();
    self->closed.Set();
    while (self->bell.Listen() == heard) self->bell.Sleep(heard, kNever);
    return nullptr;
  }

  Bell& bell;
  TimerQueue& its;
  Event closed;
};

TEST(TimerQueueTest, TimerThatAClosedQueueRefusesIsNotPosted) {
  Bell bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  ClosingTimer timer(bell, queue);
  ASSERT_TRUE(queue.Arm(&timer));
  std::jthread owner([&] { queue.FireDue(); });
  timer.closed.Wait();
  EXPECT_TRUE(TimerQueue::DisarmOrLeave(&timer));
  EXPECT_EQ(timer.stage(), Waiter::Stage::kOver);
}

struct QuickTimer : TimedWaiter {
  explicit QuickTimer(Deadline::Clock its_clock = Deadline::kMonotonic)
      : TimedWaiter(Kind::kCallback, nullptr, &Fire) {
    set_deadline(Deadline(its_clock, INT64_MIN));
  }
  static Waiter* Fire(TimedWaiter* timer) noexcept {
    static_cast<QuickTimer*>(timer)->has_fired = true;
    return nullptr;
  }
  bool has_fired = false;
};

TEST(TimerQueueTest, FiresSomeOfManyAtATimeAndOfEachClock) {
  Bell bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  std::vector<QuickTimer> timers(1000);
  QuickTimer wall(Deadline::kWall);
  for (QuickTimer& timer : timers) ASSERT_TRUE(queue.Arm(&timer));
  ASSERT_TRUE(queue.Arm(&wall));
  EXPECT_TRUE(queue.FireDue());
  EXPECT_TRUE(timers.front().has_fired);
  EXPECT_FALSE(timers.back().has_fired);
  EXPECT_TRUE(wall.has_fired);
  while (queue.FireDue()) {
  }
  for (const QuickTimer& timer : timers) EXPECT_TRUE(timer.has_fired);
  EXPECT_EQ(queue.NextLook(), kNever);
}

TEST(TimerQueueTest, ArmedTimerIsDisarmedAtOnce) {
  Bell bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  SlowTimer timer;
  ASSERT_TRUE(queue.Arm(&timer));
  EXPECT_TRUE(TimerQueue::DisarmOrLeave(&timer));
  queue.FireDue();
  EXPECT_FALSE(timer.firing.IsSet());
  EXPECT_FALSE(timer.has_run.IsSet());
  EXPECT_EQ(queue.NextLook(), kNever);
}

// The heir is a timer thread's, which in a child takes what its parent had
// armed for forgotten: not so what the child itself has moved there.
TEST(TimerQueueTest, TimerThatAChildMovesIsTheChilds) {
  Bell bell, heirs_bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  static TimerQueue* heir;
  TimerQueue other(heirs_bell, TimerQueue::kOfTimerThread);
  heir = &other;
  SlowTimer timer;
  timer.set_deadline(Deadline(Deadline::kMonotonic, kNever - 1));
  ASSERT_TRUE(queue.Arm(&timer));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    queue.Close(+[]() noexcept -> TimerQueue& { return *heir; });
    const bool disarmed = TimerQueue::DisarmOrLeave(&timer);
    _exit(disarmed && other.NextLook() == kNever ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(TimerQueue::DisarmOrLeave(&timer));
}

TEST(TimerQueueTest, ArmedTimerMovesToTheHeirOfAClosedQueue) {
  Bell bell, heirs_bell;
  TimerQueue queue(bell, TimerQueue::kOfEventLoop);
  static TimerQueue* heir;
  TimerQueue other(heirs_bell, TimerQueue::kOfEventLoop);
  heir = &other;
  SlowTimer timer;
  timer.set_deadline(Deadline(Deadline::kMonotonic, kNever - 1));
  ASSERT_TRUE(queue.Arm(&timer));
  queue.Close(+[]() noexcept -> TimerQueue& { return *heir; });
  EXPECT_EQ(queue.NextLook(), kNever);
  EXPECT_EQ(other.NextLook(), kNever - 1);
  EXPECT_TRUE(TimerQueue::DisarmOrLeave(&timer));
  EXPECT_EQ(other.NextLook(), kNever);
}

}  // namespace
}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The wall clock is set while waits have an absl::Time as their limit. The
// clock of this program is what the functions below say.

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <stop_token>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace {

std::atomic<int> hours_ahead{0};
// What happens in this thread before it next reads the wall clock.
constinit thread_local const std::function<void()>* before_reading = nullptr;

}  // namespace

// Instead of the C library's.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  if (clock == CLOCK_REALTIME && before_reading != nullptr) {
    (*std::exchange(before_reading, nullptr))();
  }
  const long error = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME) now->tv_sec += hours_ahead.load() * 3600;
  return static_cast<int>(error);
}

namespace synctest {
namespace {

using synclib::Event;
using synclib::EventLoop;
using synclib::WaitResult;

absl::Time WallNow() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return absl::TimeFromTimespec(now);
}

template <class Kind>
class ClockJumpTest : public testing::Test {
 protected:
  ClockJumpTest() { hours_ahead = 0; }
};
TYPED_TEST_SUITE(ClockJumpTest, WaiterKinds, WaiterKindName);

TYPED_TEST(ClockJumpTest, L3_ForwardJumpEndsTheWait) {
  Event event;
  TypeParam waiter;
  waiter.Start(event, WallNow() + absl::Hours(1));
  AwaitWaiters(event, 1);
  hours_ahead = 2;
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
}

TYPED_TEST(ClockJumpTest, L3_BackwardJumpDoesNotEndTheWaitEarly) {
  for (bool was_in_time = false; !was_in_time;) {
    hours_ahead = 0;
    Event event, other;
    TypeParam waiter;
    const absl::Time limit = WallNow() + absl::Milliseconds(200);
    waiter.Start(event, limit);
    hours_ahead = -1;
    // Else the limit came before the jump.
    was_in_time = WallNow() + absl::Hours(1) < limit;
    if (was_in_time) {
      // Longer than the limit was away, and than the time between two looks.
      EXPECT_EQ(other.Wait(absl::Milliseconds(800)), WaitResult::kTimeout);
      EXPECT_FALSE(waiter.done());
    }
    hours_ahead = 1;
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  }
}

TYPED_TEST(ClockJumpTest, JumpDoesNotEndTheWaitForADuration) {
  Event event, other;
  TypeParam waiter;
  waiter.Start(event, absl::Hours(1));
  AwaitWaiters(event, 1);
  hours_ahead = 2;
  EXPECT_EQ(other.Wait(absl::Milliseconds(700)), WaitResult::kTimeout);
  EXPECT_FALSE(waiter.done());
  event.Set();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TEST(EventLoopClockJumpTest, L3_ForwardJumpEndsTheWait) {
  hours_ahead = 0;
  Event event;
  EventLoop loop;
  WaitResult result{};
  auto wait = [&]() -> Detached {
    result = co_await event.AsyncWait(WallNow() + absl::Hours(1)).On(loop);
    loop.Stop();
  };
  wait();
  hours_ahead = 2;
  loop.Run();
  EXPECT_EQ(result, WaitResult::kTimeout);
}

// The waiting thread loses its processor until the limit has come, just before
// it reads the clock; the stop comes before the limit.
TEST(ClockTest, L3_StopBeforeTheLimitIsNotATimeout) {
  hours_ahead = 0;
  for (bool was_in_time = false; !was_in_time;) {
    Event event;
    std::stop_source source;
    const absl::Time limit = WallNow() + absl::Milliseconds(20);
    const std::function<void()> stop_and_linger = [&] {
      std::thread([&] { source.request_stop(); }).join();
      // Else the limit came before the stop.
      was_in_time = WallNow() < limit;
      WaitUntil([&] { return WallNow() >= limit; }, "the limit");
    };
    before_reading = &stop_and_linger;
    const WaitResult result = event.Wait({limit, source.get_token()});
    if (was_in_time) {
      EXPECT_EQ(result, WaitResult::kCancelled);
    }
  }
}

}  // namespace
}  // namespace synctest

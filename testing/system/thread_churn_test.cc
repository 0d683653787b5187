// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Threads that wait once and are gone as soon as they are released, while the
// call that released them may still be busy waking the next.

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

constexpr int kThreads = Scaled(10000);

template <class Wait>
void Churn(const char* what, Wait wait) {
  Watchdog watchdog(what);
  constexpr int kAtOnce = 10;
  Event event;
  std::atomic<int> released{0};
  int broadcasts = 0;
  for (int i = 0; i < kThreads; i += kAtOnce) {
    std::vector<std::jthread> threads;
    for (int j = 0; j < kAtOnce; ++j) {
      threads.emplace_back([&] {
        EXPECT_EQ(wait(event), WaitResult::kReady);
        released.fetch_add(1, std::memory_order_relaxed);
      });
    }
    // Half of the time those that come late have to find a second broadcast.
    const size_t joined = i / kAtOnce % 2 == 0 ? kAtOnce : kAtOnce / 2;
    WaitUntil([&] { return event.waiters() >= joined; }, "threads to join");
    while (released.load(std::memory_order_relaxed) < i + kAtOnce) {
      event.Pulse();
      ++broadcasts;
      std::this_thread::yield();
    }
  }
  Tally("threads", released);
  Tally("broadcasts", broadcasts);
}

TEST(ThreadChurnTest, ThreadsThatEndAtOnce) {
  Churn("threads", [](Event& event) { return event.Wait(); });
}

TEST(ThreadChurnTest, ThreadsThatMayGiveUpAndEndAtOnce) {
  Churn("threads that may give up",
        [](Event& event) { return event.Wait(absl::Hours(1)); });
}

}  // namespace
}  // namespace synctest

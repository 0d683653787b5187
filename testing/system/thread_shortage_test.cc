// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What happens when the system has no thread to give: a message, and the end.

#include <pthread.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/timer_thread.h"
#include "sync/wait_options.h"

namespace synctest {
namespace {

// From now on no thread of this process can have the stack that it wants.
void LeaveNoRoomForThreads() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  constexpr size_t kMoreThanThereIs = size_t{1} << 60;
  if (pthread_attr_setstacksize(&attributes, kMoreThanThereIs) != 0 ||
      pthread_setattr_default_np(&attributes) != 0) {
    std::fputs("the size of stacks cannot be set\n", stderr);
    std::exit(0);
  }
}

class ThreadShortageDeathTest : public testing::Test {
 protected:
  ThreadShortageDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

constexpr char kAdvice[] = "sync-timer could not be started.*ulimit";

TEST_F(ThreadShortageDeathTest, StartTimerSaysWhatToDo) {
  EXPECT_DEATH(
      {
        LeaveNoRoomForThreads();
        synclib::StartTimer();
      },
      kAdvice);
}

TEST_F(ThreadShortageDeathTest, TheFirstLimitOfACallbackSaysWhatToDo) {
  EXPECT_DEATH(
      {
        LeaveNoRoomForThreads();
        synclib::Event event;
        synclib::Callback callback(
            [](synclib::Callback&, synclib::WaitResult) noexcept {});
        (void)event.Add(callback, absl::Hours(1));
      },
      kAdvice);
}

TEST_F(ThreadShortageDeathTest, AThreadPoolSaysWhatToDo) {
  EXPECT_DEATH(
      {
        LeaveNoRoomForThreads();
        synclib::ThreadPool pool(1);
      },
      "sync-pool could not be started.*ulimit");
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Events work before main() and after it, since they need no initialization.

#include "testing/system/static_lifetime.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "testing/detached.h"

namespace synctest {

constinit Event early;
constinit Event early_set(Event::kSet);
constinit Immortal immortal;

namespace {

// Says what failed, also when there is no test framework left to say it.
#define CHECK_ALWAYS(condition)                                            \
  do {                                                                     \
    if (!(condition)) {                                                    \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::_Exit(1);                                                       \
    }                                                                      \
  } while (false)

using synclib::WaitResult;

// Everything there is to do to an event, which is left as it was.
void UseFully(Event& event) {
  const bool set = event.IsSet();
  const uint64_t epoch = event.epoch();
  event.Clear();
  CHECK_ALWAYS(event.Wait(absl::Microseconds(1)) == WaitResult::kTimeout);
  bool resumed = false;
  const auto wait = [&]() -> Detached {
    co_await event;
    resumed = true;
  };
  wait();
  std::thread thread([&] { event.Wait(); });
  while (event.waiters() != 2) std::this_thread::yield();
  CHECK_ALWAYS(event.Set() == 2);
  CHECK_ALWAYS(resumed);
  thread.join();
  CHECK_ALWAYS(event.Wait(absl::ZeroDuration()) == WaitResult::kReady);
  CHECK_ALWAYS(event.epoch() == epoch + 1);
  event.Pulse();
  CHECK_ALWAYS(!event.IsSet());
  if (set) event.Set();
}

// Destroyed after main(), but before the events, which are older.
struct UsesAtExit {
  ~UsesAtExit() {
    UseFully(early);
    UseFully(early_set);
    UseFully(immortal.event);
  }
} uses_at_exit;

}  // namespace

int UseInAStaticInitializer() {
  UseFully(early);
  UseFully(early_set);
  UseFully(immortal.event);
  return 1;
}

void UseInALateDestructor() {
  UseFully(immortal.event);
  std::puts("used after main()");
}

namespace {

TEST(StaticLifetimeTest, EventsWereUsedBeforeMain) {
  EXPECT_EQ(used_before_main, 1);
  EXPECT_TRUE(early_set.IsSet());
  EXPECT_FALSE(early.IsSet());
  // Each use is a Set() and a Pulse().
  EXPECT_EQ(early.epoch(), 2u);
  UseFully(early);
}

TEST(StaticLifetimeTest, AFunctionLocalEventIsInitializedAtCompileTime) {
  static constinit Event local;
  UseFully(local);
}

}  // namespace
}  // namespace synctest

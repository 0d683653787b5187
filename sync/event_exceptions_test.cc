// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// An exception that leaves a coroutine's resumption is held until the hand-out
// is over, and ends the program then.

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::CallbackWaiter;

// Lets exceptions out of resume().
struct Throwing {
  struct promise_type {
    Throwing get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() { throw; }
  };
};

Throwing ThrowAfter(Event& event) {
  co_await event;
  throw std::runtime_error("thrown by a coroutine");
}

// Says what std::terminate() was called with, in the order of events.
void ReportTermination() {
  std::set_terminate([] {
    try {
      std::rethrow_exception(std::current_exception());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "terminated: %s;", error.what());
    }
    std::abort();
  });
}

class EventExceptionsDeathTest : public testing::Test {
 protected:
  EventExceptionsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void ThrowInTheMiddleOfAHandout() {
  ReportTermination();
  Event event;
  Event nested;
  CallbackWaiter before;
  CallbackWaiter after;
  CallbackWaiter queued;
  before.Then([&](WaitResult) {
    std::fprintf(stderr, "before;");
    nested.Set();
  });
  after.Then([](WaitResult) { std::fprintf(stderr, "after;"); });
  queued.Then([](WaitResult) { std::fprintf(stderr, "queued;"); });
  queued.Start(nested);
  before.Start(event);
  ThrowAfter(event);
  after.Start(event);
  event.Set();
}

TEST_F(EventExceptionsDeathTest, TerminateAfterTheWholeHandout) {
  EXPECT_DEATH(ThrowInTheMiddleOfAHandout(),
               "before;after;queued;terminated: thrown by a coroutine;");
}

void ThrowOnAPool() {
  ReportTermination();
  Event event;
  ThreadPool pool(1);
  Submit(pool, [&] { ThrowAfter(event); });
  synctest::AwaitWaiters(event, 1);
  event.Set();
  Event().Wait();
}

TEST_F(EventExceptionsDeathTest, TerminateFromAnExecutor) {
  EXPECT_DEATH(ThrowOnAPool(), "terminated: thrown by a coroutine;");
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Misuse, which debug builds abort on, and say who waits.

#include <coroutine>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

#ifndef NDEBUG

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;

constexpr char kHere[] = "event_death_test\\.cc:[0-9]+";

class EventDeathTest : public testing::Test {
 protected:
  EventDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

template <class Kind>
class EventWaiterDeathTest : public EventDeathTest {};
TYPED_TEST_SUITE(EventWaiterDeathTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

template <class Kind>
void DestroyWithWaiter(bool limited) {
  auto event = std::make_unique<Event>();
  Kind waiter;
  if (limited) {
    waiter.Start(*event, absl::Hours(1));
  } else {
    waiter.StartPast(*event, 0);
  }
  AwaitWaiters(*event, 1);
  event.reset();
}

TYPED_TEST(EventWaiterDeathTest, DestroyedWithAWaiterSaysWhoWaits) {
  EXPECT_DEATH(DestroyWithWaiter<TypeParam>(true), kHere);
  EXPECT_DEATH(DestroyWithWaiter<TypeParam>(false), kHere);
}

TEST_F(EventDeathTest, DestroyedWithACoroutineThatAwaitsTheEventItself) {
  EXPECT_DEATH(
      {
        Event event;
        auto wait = [&]() -> Detached { co_await event; };
        wait();
      },
      std::string("a coroutine that waits at .*") + kHere);
}

void DestroyWithWaitersOfAllKinds() {
  auto event = std::make_unique<Event>();
  synctest::ThreadWaiter thread;
  synctest::CoroutineWaiter coroutine;
  synctest::CallbackWaiter callback;
  thread.Start(*event);
  coroutine.Start(*event);
  callback.Start(*event, absl::Hours(1));
  AwaitWaiters(*event, 3);
  event.reset();
}

TEST_F(EventDeathTest, DestroyedWithWaitersSaysWhoAllOfThemAre) {
  EXPECT_DEATH(DestroyWithWaitersOfAllKinds(), "thread");
  EXPECT_DEATH(DestroyWithWaitersOfAllKinds(), "coroutine");
  EXPECT_DEATH(DestroyWithWaitersOfAllKinds(), "callback");
}

TEST_F(EventDeathTest, TicketFromTheFuture) {
  Event event;
  Callback callback([](Callback&, WaitResult) noexcept {});
  event.Set();
  EXPECT_DEATH(event.WaitPast(2), "a wait past epoch 2");
  EXPECT_DEATH((void)event.WaitPast(2, absl::ZeroDuration()),
               "a wait past epoch 2");
  EXPECT_DEATH((void)event.AsyncWaitPast(2), "a wait past epoch 2");
  EXPECT_DEATH((void)event.AsyncWaitPast(2, absl::ZeroDuration()),
               "a wait past epoch 2");
  EXPECT_DEATH((void)event.AddPast(2, callback), "a wait past epoch 2");
  (void)event.WaitPast(1, absl::ZeroDuration());
}

Detached AwaitTwice(Event& event) {
  Event::Awaiter awaiter = event.AsyncWait();
  // As a compiler does for a co_await.
  struct Await {
    bool await_ready() noexcept { return awaiter.await_ready(); }
    bool await_suspend(std::coroutine_handle<> handle) noexcept {
      return awaiter.await_suspend(handle);
    }
    void await_resume() noexcept { awaiter.await_resume(); }
    Event::Awaiter& awaiter;
  };
  co_await Await{awaiter};
  event.Clear();
  co_await Await{awaiter};
}

Detached AwaitTwiceWithLimit(Event& event) {
  Event::LimitedAwaiter awaiter = event.AsyncWait(absl::Hours(1));
  struct Await {
    bool await_ready() noexcept { return awaiter.await_ready(); }
    bool await_suspend(std::coroutine_handle<> handle) noexcept {
      return awaiter.await_suspend(handle);
    }
    void await_resume() noexcept { (void)awaiter.await_resume(); }
    Event::LimitedAwaiter& awaiter;
  };
  co_await Await{awaiter};
  event.Clear();
  co_await Await{awaiter};
}

template <class Coroutine>
void SetBetween(Coroutine coroutine) {
  Event event;
  coroutine(event);
  event.Set();
}

template <class Coroutine>
void SetBefore(Coroutine coroutine) {
  Event event(Event::kSet);
  coroutine(event);
}

TEST_F(EventDeathTest, SecondWaitWithOneAwaiter) {
  EXPECT_DEATH(SetBetween(AwaitTwice), "awaited a second time");
  EXPECT_DEATH(SetBetween(AwaitTwiceWithLimit), "awaited a second time");
}

// Also if the first wait was ready at once.
TEST_F(EventDeathTest, SecondWaitWithAnAwaiterThatWasReadyAtOnce) {
  EXPECT_DEATH(SetBefore(AwaitTwice), "awaited a second time");
  EXPECT_DEATH(SetBefore(AwaitTwiceWithLimit), "awaited a second time");
}

void DestroyWhileAdded() {
  Event event;
  std::optional<Callback> callback;
  callback.emplace([](Callback&, WaitResult) noexcept {});
  (void)event.Add(*callback);
  callback.reset();
}

TEST_F(EventDeathTest, CallbackThatIsDestroyedWhileItIsAdded) {
  EXPECT_DEATH(DestroyWhileAdded(),
               "Callback was destroyed .*event_death_test");
}

void AddTwice() {
  Event event;
  Callback callback([](Callback&, WaitResult) noexcept {});
  (void)event.Add(callback);
  (void)event.Add(callback);
}

TEST_F(EventDeathTest, CallbackThatIsAddedWhileItIsAdded) {
  EXPECT_DEATH(AddTwice(),
               "added that may still run; added at .*event_death_test");
}

// The callback is busy in another thread: it is not this one's.
template <class Do>
void DoWhileItRuns(Do action) {
  Event event;
  Event begun;
  struct Busy : Callback {
    explicit Busy(Event& begun)
        : Callback([](Callback& self, WaitResult) noexcept {
            static_cast<Busy&>(self).begun.Set();
            Event().Wait();  // For ever.
          }),
          begun(begun) {}
    Event& begun;
  };
  std::optional<Busy> callback(std::in_place, begun);
  (void)event.Add(*callback);
  std::thread([&] { event.Set(); }).detach();
  begun.Wait();
  event.Clear();
  action(event, callback);
}

TEST_F(EventDeathTest, CallbackThatRunsInAnotherThread) {
  EXPECT_DEATH(DoWhileItRuns([](Event&, auto& c) { c.reset(); }),
               "Callback was destroyed .*event_death_test");
  EXPECT_DEATH(
      DoWhileItRuns([](Event& event, auto& c) { (void)event.Add(*c); }),
      "added that may still run; added at .*event_death_test");
}

// A granted coroutine belongs to the thread that hands it out, or to its
// executor.
class KeepingExecutor final : public Executor {
 public:
  bool Post(Work*) noexcept override { return true; }
};

void DestroyOnceItsExecutorHasIt() {
  KeepingExecutor executor;
  Event event;
  auto wait = [&]() -> Detached { co_await event.AsyncWait().On(executor); };
  Detached coroutine = wait();
  event.Set();
  coroutine.handle.destroy();
}

TEST_F(EventDeathTest, CoroutineThatIsDestroyedOnceItsExecutorHasIt) {
  EXPECT_DEATH(DestroyOnceItsExecutorHasIt(),
               "coroutine was destroyed .* an executor had taken it");
}

// The first of a hand-out holds it up, while another thread destroys the
// second.
void DestroyWhileAnotherThreadHandsItOut() {
  Event event, is_first;
  auto first = [&]() -> Detached {
    co_await event;
    is_first.Set();
    std::binary_semaphore(0).acquire();  // For ever.
  };
  auto second = [&]() -> Detached { co_await event; };
  first();
  Detached coroutine = second();
  std::jthread setter([&] { event.Set(); });
  is_first.Wait();
  coroutine.handle.destroy();
}

TEST_F(EventDeathTest, CoroutineThatIsDestroyedWhileAnotherThreadHandsItOut) {
  EXPECT_DEATH(DestroyWhileAnotherThreadHandsItOut(), "another thread");
}

template <class Wait>
void EndTheExecutorOf(Wait wait) {
  Event event;
  KeepingExecutor executor;
  wait(event, executor);
}

TEST_F(EventDeathTest, ExecutorThatIsDestroyedBeforeAWaitUnderIt) {
  const char* const message = "executor .* was destroyed on which 1 suspended";
  EXPECT_DEATH(EndTheExecutorOf([](Event& event, Executor& on) -> Detached {
                 co_await event.AsyncWait().On(on);
               }),
               message);
  EXPECT_DEATH(EndTheExecutorOf([](Event& event, Executor& on) -> Detached {
                 (void)co_await event.AsyncWait(absl::Hours(1)).On(on);
               }),
               message);
}

TEST_F(EventDeathTest, WatchThatHasTwoConsumers) {
  EXPECT_DEATH(
      {
        Event event;
        EventWatch watch(event);
        auto consume = [&]() -> Detached { co_await watch.AsyncNext(); };
        consume();
        consume();
        event.Pulse();
      },
      "two consumers");
}

}  // namespace
}  // namespace synclib

#endif  // NDEBUG

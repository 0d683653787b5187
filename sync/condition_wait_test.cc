// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The waits for a Condition, of each kind that waits for one.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/coro/task.h"
#include "sync/mutex.h"
#include "sync/wait_options.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

using synclib::WaitResult;

// "A notification that nobody waits for is one atomic read", and lost: so each
// wait is for a predicate, too.
struct ConditionSubject {
  // With the mutex from before the wait until after it.
  struct Predicate {
    template <class How>
    WaitResult Wait(const How& how) const {
      const synclib::MutexLock lock(subject.mutex);
      return Here().Wait(how);
    }
    template <class How>
    synclib::Task<WaitResult> AsyncWait(How how) const {
      const synclib::Mutex::Guard guard = co_await subject.mutex.AsyncGuard();
      co_return co_await Here().AsyncWait(how);
    }

    Fulfilment Here() const {
      return {subject.condition, subject.mutex,
              [&subject = subject] { return subject.ready; }};
    }

    ConditionSubject& subject;
  };

  // Notifies with the mutex, without which a wait that finds the predicate true
  // might destroy the condition before.
  void Release() {
    const synclib::MutexLock lock(mutex);
    ready = true;
    condition.NotifyOne();
  }
  Predicate What() { return {*this}; }
  size_t waiters() { return condition.waiters(); }

  synclib::Mutex mutex;
  synclib::Condition condition;
  bool ready = false;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Condition, LimitsTest,
                               BlockingLimitsCases<ConditionSubject>,
                               LimitsCaseName);

// "A callback is called without" the mutex, by the notification: so that is
// without it, too. The callback is added with it.
struct ConditionCallbackSubject : ConditionSubject {
  struct Predicate : ConditionSubject::Predicate {
    template <class How>
    std::optional<WaitResult> Add(synclib::Callback& callback,
                                  const How& how) const {
      const synclib::MutexLock lock(subject.mutex);
      if (subject.ready) return WaitResult::kReady;
      return subject.condition.Add(callback, how);
    }
  };

  void Release() {
    {
      const synclib::MutexLock lock(mutex);
      ready = true;
    }
    condition.NotifyOne();
  }
  Predicate What() { return {*this}; }
};
using ConditionCallbackCase =
    LimitsCase<ConditionCallbackSubject, CallbackWaiter>;
INSTANTIATE_TYPED_TEST_SUITE_P(ConditionCallback, LimitsTest,
                               ConditionCallbackCase, LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Fulfilment;
using synctest::Notification;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;

std::stop_token Stopped() {
  std::stop_source source;
  source.request_stop();
  return source.get_token();
}

bool IsLocked(Mutex& mutex) {
  if (!mutex.try_lock()) return true;
  mutex.unlock();
  return false;
}

// Has `waiter` wait, which takes the mutex over, until it has joined.
template <class What>
void Join(Waiter& waiter, What what,
          const WaitOptions& options = {}) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  Condition& condition = what.condition;
  const size_t before = condition.waiters();
  what.mutex.lock();
  waiter.Start(std::move(what), options);
  AwaitWaiters(condition, before + 1);
}

template <class Kind>
class ConditionWaitTest : public testing::Test {};
TYPED_TEST_SUITE(ConditionWaitTest, synctest::BlockingWaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(ConditionWaitTest, LetsGoOfTheMutexAndHasItAgainAtTheEnd) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  for (const bool limited : {false, true}) {
    mutex.lock();
    const Notification what{condition, mutex};
    if (limited) {
      waiter.Start(what, absl::Hours(1));
    } else {
      waiter.Start(what);
    }
    AwaitWaiters(condition, 1);
    mutex.lock();  // The wait lets go of it.
    EXPECT_EQ(condition.NotifyOne(), 1u);
    EXPECT_EQ(condition.waiters(), 0u);
    AwaitWaiters(mutex, 1);
    EXPECT_FALSE(waiter.done());
    mutex.unlock();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_TRUE(IsLocked(mutex));
    mutex.unlock();
  }
}

// Whatever the result; and the limits don't end the wait for the mutex.
TYPED_TEST(ConditionWaitTest, HasTheMutexWhenItGivesUp) {
  Mutex mutex;
  Condition condition;
  for (const bool limited : {false, true}) {
    std::stop_source source;
    TypeParam waiter;
    Join(waiter, Notification{condition, mutex},
         limited ? WaitOptions(absl::Milliseconds(30), source.get_token())
                 : WaitOptions(absl::Hours(1), source.get_token()));
    mutex.lock();
    if (!limited) source.request_stop();
    AwaitWaiters(condition, 0);
    AwaitWaiters(mutex, 1);
    source.request_stop();  // Another reason, while it waits for the mutex.
    EXPECT_EQ(condition.NotifyAll(), 0u);
    EXPECT_FALSE(waiter.done());
    mutex.unlock();
    EXPECT_EQ(waiter.Result(),
              limited ? WaitResult::kTimeout : WaitResult::kCancelled);
    EXPECT_TRUE(IsLocked(mutex));
    mutex.unlock();
  }
}

TYPED_TEST(ConditionWaitTest, ThatGivesUpAtOnceLetsOthersHaveTheMutex) {
  Mutex mutex;
  Condition condition;
  mutex.lock();
  const Notification what{condition, mutex};
  const auto expect = [&](WaitResult result, const WaitOptions& options) {
    CallbackWaiter next;
    TypeParam waiter;
    next.Start(synctest::Exclusive<Mutex>{mutex});
    waiter.Start(what, options);
    EXPECT_EQ(next.Result(), WaitResult::kReady);
    EXPECT_FALSE(waiter.done());
    mutex.unlock();
    EXPECT_EQ(waiter.Result(), result);
    EXPECT_FALSE(mutex.try_lock());
  };
  for (const WaitOptions& options :
       {WaitOptions(absl::ZeroDuration()), WaitOptions(-absl::Hours(1)),
        WaitOptions(-absl::InfiniteDuration()),
        WaitOptions(absl::InfinitePast()), WaitOptions(absl::UnixEpoch())}) {
    expect(WaitResult::kTimeout, options);
  }
  for (const WaitOptions& options :
       {WaitOptions(Stopped()), WaitOptions(absl::ZeroDuration(), Stopped()),
        WaitOptions(absl::Hours(1), Stopped())}) {
    expect(WaitResult::kCancelled, options);
  }
  mutex.unlock();
}

TYPED_TEST(ConditionWaitTest, L3_LimitIsNeverEarly) {
  using Clock = std::chrono::steady_clock;
  Mutex mutex;
  Condition condition;
  for (const absl::Duration limit :
       {absl::Nanoseconds(1) / 4, absl::Microseconds(100),
        absl::Milliseconds(3)}) {
    TypeParam waiter;
    mutex.lock();
    const Clock::time_point begin = Clock::now();
    waiter.Start(Notification{condition, mutex}, limit);
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
    EXPECT_GE(absl::FromChrono(Clock::now() - begin), limit);
    EXPECT_TRUE(IsLocked(mutex));
    mutex.unlock();
  }
}

TYPED_TEST(ConditionWaitTest, NotificationsGoToThoseWhoHaveWaitedLongest) {
  Mutex mutex;
  Condition condition;
  std::array<TypeParam, 5> waiters;
  for (auto& waiter : waiters) {
    waiter.Then([&](WaitResult) { mutex.unlock(); });
    Join(waiter, Notification{condition, mutex});
  }
  EXPECT_EQ(condition.Notify(0), 0u);
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(condition.Notify(2), 2u);
  EXPECT_EQ(waiters[1].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
  EXPECT_EQ(condition.waiters(), 2u);
  EXPECT_FALSE(waiters[3].done());
  EXPECT_FALSE(waiters[4].done());
  EXPECT_EQ(condition.Notify(7), 2u);
  EXPECT_EQ(waiters[3].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[4].Result(), WaitResult::kReady);
  EXPECT_EQ(condition.NotifyAll(), 0u);
}

TYPED_TEST(ConditionWaitTest, NotifyAllEndsThemAllAndEachHasTheMutex) {
  Mutex mutex;
  Condition condition;
  std::array<TypeParam, 4> waiters;
  int inside = 0;  // The mutex guards it.
  for (auto& waiter : waiters) {
    waiter.Then([&](WaitResult) {
      EXPECT_TRUE(IsLocked(mutex));
      ++inside;
      mutex.unlock();
    });
    Join(waiter, Notification{condition, mutex});
  }
  EXPECT_EQ(condition.NotifyAll(), waiters.size());
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(inside, 4);
  EXPECT_FALSE(IsLocked(mutex));
}

TYPED_TEST(ConditionWaitTest, ANotificationIsNotForThoseWhoComeLater) {
  Mutex mutex;
  Condition condition;
  TypeParam first;
  TypeParam second;
  first.Then([&](WaitResult) { mutex.unlock(); });
  second.Then([&](WaitResult) { mutex.unlock(); });
  Join(first, Notification{condition, mutex});
  EXPECT_EQ(condition.NotifyAll(), 1u);
  EXPECT_EQ(first.Result(), WaitResult::kReady);
  Join(second, Notification{condition, mutex});
  EXPECT_FALSE(second.done());
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(second.Result(), WaitResult::kReady);
}

TYPED_TEST(ConditionWaitTest, S1_StopAfterTheNotificationChangesNothing) {
  Mutex mutex;
  Condition condition;
  std::stop_source source;
  TypeParam waiter;
  Join(waiter, Notification{condition, mutex}, source.get_token());
  mutex.lock();
  EXPECT_EQ(condition.NotifyOne(), 1u);
  source.request_stop();
  mutex.unlock();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  mutex.unlock();
}

// A notification that meets a stop and a limit ends the wait, or the next one.
TYPED_TEST(ConditionWaitTest, S1_ANotificationIsNotLostWithOneThatGivesUp) {
  for (int round = 0; round < 200; ++round) {
    Mutex mutex;
    Condition condition;
    std::stop_source source;
    TypeParam hasty;
    TypeParam patient;
    hasty.Then([&](WaitResult) { mutex.unlock(); });
    patient.Then([&](WaitResult) { mutex.unlock(); });
    mutex.lock();
    hasty.Start(Notification{condition, mutex},
                {absl::Microseconds(10 * round), source.get_token()});
    mutex.lock();
    patient.Start(Notification{condition, mutex});
    mutex.lock();  // Both have joined by now, if they haven't given up.
    mutex.unlock();
    size_t notified;
    {
      std::jthread stopper([&] { source.request_stop(); });
      notified = condition.NotifyOne();
    }
    EXPECT_EQ(notified, 1u);
    if (hasty.Result() == WaitResult::kReady) {
      EXPECT_EQ(condition.waiters(), 1u);
      EXPECT_EQ(condition.NotifyOne(), 1u);
    }
    EXPECT_EQ(patient.Result(), WaitResult::kReady);
    EXPECT_EQ(condition.waiters(), 0u);
  }
}

TYPED_TEST(ConditionWaitTest, S4_WhatCameBeforeTheNotificationIsVisible) {
  for (int round = 1; round <= 100; ++round) {
    Mutex mutex;
    Condition condition;
    TypeParam waiter;
    int payload = 0;
    int seen = 0;
    waiter.Then([&](WaitResult) {
      seen = payload;
      mutex.unlock();
    });
    Join(waiter, Notification{condition, mutex});
    // Without the mutex.
    std::jthread notifier([&] {
      payload = round;
      condition.NotifyOne();
    });
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(seen, round);
  }
}

TYPED_TEST(ConditionWaitTest, S5_MayBeDestroyedByTheWaitThatIsNotified) {
  for (int round = 0; round < 100; ++round) {
    Mutex mutex;
    std::optional<Condition> condition(std::in_place);
    TypeParam waiter;
    waiter.Then([&](WaitResult) {
      condition.reset();
      mutex.unlock();
    });
    Join(waiter, Notification{*condition, mutex});
    condition->NotifyOne();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_FALSE(condition.has_value());
  }
}

TYPED_TEST(ConditionWaitTest, WithAPredicateThatHoldsDoesNotWait) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  int asked = 0;
  mutex.lock();
  const Fulfilment what{condition, mutex, [&] {
                          EXPECT_TRUE(IsLocked(mutex));
                          ++asked;
                          return true;
                        }};
  waiter.Start(what);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  // Ready goes before all reasons to give up.
  waiter.Start(what, {absl::ZeroDuration(), Stopped()});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  waiter.Start(what, absl::InfinitePast());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(asked, 3);
  EXPECT_TRUE(IsLocked(mutex));
  mutex.unlock();
}

TYPED_TEST(ConditionWaitTest, WithAPredicateWaitsUntilItHolds) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  int value = 0;  // The mutex guards these.
  int asked = 0;
  Join(waiter, Fulfilment{condition, mutex, [&] {
                            EXPECT_TRUE(IsLocked(mutex));
                            ++asked;
                            return value == 3;
                          }});
  for (int i = 1; i <= 3; ++i) {
    mutex.lock();
    EXPECT_EQ(asked, i);  // At first, and after each notification.
    value = i;
    EXPECT_EQ(condition.NotifyOne(), 1u);
    mutex.unlock();
    if (i < 3) AwaitWaiters(condition, 1);
  }
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(asked, 4);
  EXPECT_TRUE(IsLocked(mutex));
  mutex.unlock();
}

TYPED_TEST(ConditionWaitTest, WithAPredicateIsNotEndedByTheChangeAlone) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  bool holds = false;
  Join(waiter, Fulfilment{condition, mutex, [&] { return holds; }});
  mutex.lock();
  holds = true;
  mutex.unlock();
  EXPECT_EQ(condition.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  condition.NotifyAll();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  mutex.unlock();
}

TYPED_TEST(ConditionWaitTest, WithAPredicateThatDoesNotHoldGivesUp) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  std::stop_source source;
  const Fulfilment what{condition, mutex, [] { return false; }};
  mutex.lock();
  waiter.Start(what, absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_TRUE(IsLocked(mutex));
  waiter.Start(what, {absl::ZeroDuration(), Stopped()});
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  EXPECT_TRUE(IsLocked(mutex));
  waiter.Start(what, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_TRUE(IsLocked(mutex));
  waiter.Start(what, {absl::Hours(1), source.get_token()});
  AwaitWaiters(condition, 1);
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  EXPECT_TRUE(IsLocked(mutex));
  mutex.unlock();
}

// As std::condition_variable_any: what the predicate says at the end counts.
TYPED_TEST(ConditionWaitTest, WithAPredicateIsReadyIfItHoldsWhenItGivesUp) {
  Mutex mutex;
  Condition condition;
  std::stop_source source;
  TypeParam waiter;
  bool holds = false;
  Join(waiter, Fulfilment{condition, mutex, [&] { return holds; }},
       source.get_token());
  mutex.lock();
  source.request_stop();
  AwaitWaiters(mutex, 1);
  holds = true;
  mutex.unlock();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  mutex.unlock();
}

// Notifications in between don't begin it anew.
TYPED_TEST(ConditionWaitTest, ALimitIsForAllOfAWaitWithAPredicate) {
  Mutex mutex;
  Condition condition;
  TypeParam waiter;
  std::atomic<bool> ended = false;
  waiter.Then([&](WaitResult) { ended = true; });
  mutex.lock();
  waiter.Start(Fulfilment{condition, mutex, [] { return false; }},
               absl::Milliseconds(20));
  synctest::WaitUntil(
      [&] {
        condition.NotifyAll();
        return ended.load();
      },
      "a limit that is passed");
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_TRUE(IsLocked(mutex));
  mutex.unlock();
}

TYPED_TEST(ConditionWaitTest, TakesTurnsWithAnotherOne) {
  constexpr int kTurns = 200;
  Mutex mutex;
  Condition condition;
  int turn = 0;
  TypeParam ping;
  ThreadWaiter pong;
  for (int i = 0; i < kTurns; ++i) {
    mutex.lock();
    ping.Start(Fulfilment{condition, mutex, [&, i] { return turn == 2 * i; }});
    ASSERT_EQ(ping.Result(), WaitResult::kReady);
    ++turn;
    condition.NotifyAll();
    mutex.unlock();
    mutex.lock();
    pong.Start(
        Fulfilment{condition, mutex, [&, i] { return turn == 2 * i + 1; }});
    ASSERT_EQ(pong.Result(), WaitResult::kReady);
    ++turn;
    condition.NotifyAll();
    mutex.unlock();
  }
}

TEST(ConditionTest, NotificationsGoToAllKindsInTheOrderOfJoining) {
  Mutex mutex;
  Condition condition;
  CallbackWaiter callback;
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  const std::array<Waiter*, 4> all = {&coroutine, &callback, &pooled, &thread};
  for (Waiter* waiter : all) {
    if (waiter == &callback) {
      callback.Start(Notification{condition, mutex});
      continue;
    }
    waiter->Then([&](WaitResult) { mutex.unlock(); });
    Join(*waiter, Notification{condition, mutex});
  }
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(condition.NotifyOne(), 1u);
    EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
    EXPECT_EQ(condition.waiters(), all.size() - i - 1);
  }
}

TEST(ConditionTest, ACallbackIsCalledWithoutTheMutex) {
  Mutex mutex;
  Condition condition;
  CallbackWaiter callback;
  mutex.lock();
  callback.Start(Notification{condition, mutex});
  EXPECT_TRUE(IsLocked(mutex));  // Nor does it let go of it.
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(callback.Result(), WaitResult::kReady);
  mutex.unlock();
  callback.Start(Notification{condition, mutex}, absl::Milliseconds(1));
  EXPECT_EQ(callback.Result(), WaitResult::kTimeout);
  callback.Start(Notification{condition, mutex}, Stopped());
  EXPECT_EQ(callback.Result(), WaitResult::kCancelled);
  EXPECT_FALSE(IsLocked(mutex));
  EXPECT_EQ(condition.NotifyAll(), 0u);
}

TEST(ConditionTest, ACallbackThatIsRemovedTakesNoNotification) {
  Mutex mutex;
  Condition condition;
  Callback removed([](Callback&, WaitResult) noexcept { FAIL(); });
  EXPECT_FALSE(condition.Add(removed).has_value());
  CallbackWaiter next;
  next.Start(Notification{condition, mutex});
  EXPECT_EQ(removed.Remove(), Callback::kRemoved);
  EXPECT_EQ(condition.NotifyOne(), 1u);
  EXPECT_EQ(next.Result(), WaitResult::kReady);
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_all.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

// As wait_all.h says of eight.
static_assert(sizeof(synclib::AsyncWaitAll({})) <= 640);

// What comes last is a permit; the event is set.
struct AllPermitSubject {
  void Release() { semaphore.Release(); }
  AllOf What() { return {{mutex, event, semaphore}}; }
  size_t waiters() { return semaphore.waiters(); }

  synclib::Event event{synclib::Event::kSet};
  synclib::Semaphore semaphore{0};
  synclib::Mutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AllPermit, LimitsTest,
                               BlockingLimitsCases<AllPermitSubject>,
                               LimitsCaseName);

// What comes last is an event.
struct AllEventSubject {
  void Release() { event.Set(); }
  AllOf What() { return {{semaphore, event}}; }
  size_t waiters() { return event.waiters(); }

  synclib::Semaphore semaphore{1};
  synclib::Event event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AllEvent, LimitsTest,
                               BlockingLimitsCases<AllEventSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AllOf;
using synctest::AwaitWaiters;
using synctest::Detached;

static_assert(!std::is_copy_constructible_v<internal::AllAwaiter>);

template <class Kind>
class WaitAllTest : public testing::Test {};
TYPED_TEST_SUITE(WaitAllTest, synctest::BlockingWaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(WaitAllTest, S1_TakesAllThatIsThereAtOnce) {
  Event event(Event::kSet);
  Latch latch(0);
  Semaphore permits(2);
  AutoResetEvent flag(AutoResetEvent::kSet);
  Mutex mutex;
  SharedMutex written, read;
  Queue<int> queue;
  queue.Push(7);
  Queue<int>::Popping popping(queue);
  TypeParam waiter;
  waiter.Start(AllOf{
      {event, latch, permits, flag, mutex, written, read.Shared(), popping}});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_TRUE(event.IsSet());
  EXPECT_EQ(permits.permits(), 1);
  EXPECT_FALSE(flag.TryWait());
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_FALSE(written.try_lock_shared());
  EXPECT_FALSE(read.try_lock());
  EXPECT_TRUE(read.try_lock_shared());
  EXPECT_EQ(popping.Take().value, 7);
}

// Whatever comes last.
TYPED_TEST(WaitAllTest, S1_TakesAllWhenTheLastComes) {
  Event event;
  Semaphore permits(0);
  AutoResetEvent flag;
  Mutex mutex;
  SharedMutex written, read;
  mutex.lock();
  written.lock_shared();
  read.lock();
  std::vector<absl::AnyInvocable<void()>> give;
  give.push_back([&] { event.Set(); });
  give.push_back([&] { permits.Release(); });
  give.push_back([&] { EXPECT_FALSE(flag.Set()); });
  give.push_back([&] { mutex.unlock(); });
  give.push_back([&] { written.unlock_shared(); });
  give.push_back([&] { read.unlock(); });
  for (size_t last = 0; last < give.size(); ++last) {
    TypeParam waiter;
    waiter.Start(AllOf{{event, permits, flag, mutex, written, read.Shared()}});
    for (size_t i = 0; i < give.size(); ++i) {
      if (i != last) give[i]();
    }
    synctest::WaitUntil(
        [&] {
          return event.waiters() + permits.waiters() + flag.waiters() +
                     mutex.waiters() + written.waiters() + read.waiters() ==
                 1;
        },
        "the wait waits for the last");
    EXPECT_FALSE(waiter.done());
    give[last]();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(permits.permits(), 0);
    EXPECT_FALSE(flag.TryWait());
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_FALSE(written.try_lock_shared());
    EXPECT_TRUE(read.try_lock_shared());
    // As it was.
    event.Clear();
    written.unlock();
    written.lock_shared();
    read.unlock_shared();
    read.unlock_shared();
    read.lock();
  }
}

TYPED_TEST(WaitAllTest, S1_LeavesToOthersWhatIsThereBeforeTheRest) {
  Semaphore first(1), second(0);
  TypeParam waiter;
  waiter.Start(AllOf{{first, second}});
  AwaitWaiters(second, 1);
  EXPECT_TRUE(first.TryAcquire());
  second.Release();
  AwaitWaiters(first, 1);
  // Nobody waits behind it.
  EXPECT_EQ(second.permits(), 1);
  EXPECT_EQ(second.Acquire(absl::ZeroDuration()), WaitResult::kReady);
  first.Release();
  AwaitWaiters(second, 1);
  EXPECT_EQ(first.permits(), 1);
  second.Release();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(first.permits() + second.permits(), 0);
}

TYPED_TEST(WaitAllTest, S3_IsBehindAllOthers) {
  SharedMutex mutex;
  mutex.lock_shared();
  TypeParam waiter;
  waiter.Start(AllOf{{mutex}});
  AwaitWaiters(mutex, 1);
  // A reader that comes is not behind it.
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_EQ(mutex.LockShared(absl::ZeroDuration()), WaitResult::kReady);
  // Nor is a writer that comes.
  std::atomic<bool> written = false;
  std::jthread writer([&] {
    mutex.lock();
    written = true;
    mutex.unlock();
  });
  AwaitWaiters(mutex, 2);
  for (int i = 0; i < 3; ++i) mutex.unlock_shared();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_TRUE(written);
  EXPECT_FALSE(mutex.try_lock());
}

TYPED_TEST(WaitAllTest, S1_ASetThatOnlyMeetsAWaitForAllReleasesNobody) {
  AutoResetEvent flag;
  Event event;
  TypeParam waiter;
  waiter.Start(AllOf{{flag, event}});
  AwaitWaiters(flag, 1);
  EXPECT_FALSE(flag.Set());
  AwaitWaiters(event, 1);
  EXPECT_TRUE(flag.TryWait());
  EXPECT_FALSE(flag.Set());
  event.Set();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(flag.TryWait());
}

TYPED_TEST(WaitAllTest, S1_TakesSeveralPermitsOfOne) {
  Semaphore many(2), one(1);
  TypeParam waiter;
  waiter.Start(AllOf{{many.Many(3), one}});
  synctest::WaitUntil([&] { return many.waiters() == 1; }, "the wait");
  many.Release();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(many.permits(), 0);
  EXPECT_EQ(one.permits(), 0);
}

TYPED_TEST(WaitAllTest, S1_EventsMustBeSetAtTheSameTime) {
  Event first, second;
  TypeParam waiter;
  waiter.Start(AllOf{{first, second}});
  AwaitWaiters(first, 1);
  first.Pulse();
  AwaitWaiters(first, 1);
  first.Set();
  AwaitWaiters(second, 1);
  first.Clear();
  second.Set();
  AwaitWaiters(first, 1);
  EXPECT_FALSE(waiter.done());
  first.Set();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(WaitAllTest, S1_WhoGivesUpTakesNothingAndLeaves) {
  std::stop_source source;
  Semaphore first(1), second(0);
  TypeParam waiter;
  waiter.Start(AllOf{{first, second}}, absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  waiter.Start(AllOf{{first, second}}, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  waiter.Start(AllOf{{first, second}}, source.get_token());
  AwaitWaiters(second, 1);
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  EXPECT_EQ(first.permits(), 1);
  EXPECT_EQ(second.waiters(), 0u);
}

// Each broadcast has it try again, which doesn't begin the limit anew.
TYPED_TEST(WaitAllTest, L3_ALimitIsForAllOfItsTries) {
  Event event, never;
  TypeParam waiter;
  std::atomic<bool> ended = false;
  waiter.Then([&](WaitResult) { ended = true; });
  waiter.Start(AllOf{{event, never}}, absl::Milliseconds(20));
  synctest::WaitUntil(
      [&] {
        event.Pulse();
        return ended.load();
      },
      "a limit that is passed");
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
}

TYPED_TEST(WaitAllTest, AnEventMayBeThereTwice) {
  Event event;
  Semaphore permits(1);
  TypeParam waiter;
  waiter.Start(AllOf{{event, permits, event}});
  AwaitWaiters(event, 1);
  event.Set();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(permits.permits(), 0);
}

TYPED_TEST(WaitAllTest, CountsWhenItIsReleasedToLook) {
  Event first, second;
  TypeParam waiter;
  waiter.Start(AllOf{{first, second}});
  AwaitWaiters(first, 1);
  EXPECT_EQ(first.Set(), 1u);
  AwaitWaiters(second, 1);
  EXPECT_EQ(second.Set(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(WaitAllTest, LearnsThatAQueueIsClosed) {
  Mutex mutex;
  Queue<int> queue;
  Queue<int>::Popping popping(queue);
  TypeParam waiter;
  queue.Close();
  waiter.Start(AllOf{{mutex, popping}});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(popping.Take().result, QueueResult::kClosed);
  EXPECT_FALSE(mutex.try_lock());
}

TYPED_TEST(WaitAllTest, OfNothingIsReady) {
  TypeParam waiter;
  waiter.Start(AllOf{Waitables(absl::Span<const Waitable>())});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

// Each philosopher takes both forks or none.
TEST(WaitAllTest, L2_NobodyStarvesWithAForkInHand) {
  constexpr int kPhilosophers = 5;
  constexpr int kMeals = 500;
  Mutex forks[kPhilosophers];
  int meals[kPhilosophers] = {};  // Guarded by both forks.
  {
    std::vector<std::jthread> philosophers;
    for (int i = 0; i < kPhilosophers; ++i) {
      philosophers.emplace_back([&, i] {
        Mutex& left = forks[i];
        Mutex& right = forks[(i + 1) % kPhilosophers];
        for (int meal = 0; meal < kMeals; ++meal) {
          WaitAll({left, right});
          ++meals[i];
          right.unlock();
          left.unlock();
        }
      });
    }
  }
  for (const int each : meals) EXPECT_EQ(each, kMeals);
}

TEST(AsyncWaitAllTest, AnAwaiterThatIsNotAwaitedTakesNothing) {
  Semaphore permits(1);
  {
    auto awaiter = AsyncWaitAll({permits});
    auto limited = AsyncWaitAll({permits}, absl::Hours(1));
  }
  EXPECT_EQ(permits.permits(), 1);
}

TEST(AsyncWaitAllTest, AnAwaiterMayBeMovedUntilItIsAwaited) {
  Event event;
  Semaphore permits(0);
  std::optional<WaitResult> result;
  auto wait = [&](const WaitOptions& options) -> Detached {
    auto awaiter = AsyncWaitAll({event, permits}, options);
    auto moved = std::move(awaiter);
    result = co_await std::move(moved);
  };
  wait(absl::Hours(1));
  permits.Release();
  EXPECT_FALSE(result.has_value());
  event.Set();
  EXPECT_EQ(result, WaitResult::kReady);
  EXPECT_EQ(permits.permits(), 0);
  wait(absl::ZeroDuration());
  EXPECT_EQ(result, WaitResult::kTimeout);
}

TEST(AsyncWaitAllTest, ResumesWhereItIsTold) {
  for (const bool limited : {false, true}) {
    ThreadPool pool(1);
    Event event, over;
    Semaphore permits(1);
    auto wait = [&]() -> Detached {
      if (limited) {
        const WaitResult result =
            co_await AsyncWaitAll({permits, event}, absl::Hours(1)).On(pool);
        EXPECT_EQ(result, WaitResult::kReady);
      } else {
        co_await AsyncWaitAll({permits, event}).On(pool);
      }
      EXPECT_EQ(Executor::Current(), &pool);
      over.Set();
    };
    wait();
    event.Set();
    over.Wait();
  }
}

TEST(AsyncWaitAllTest, S3_ThoseWhoWaitForAllAreServedInTheOrderOfComing) {
  Semaphore permits(0);
  std::vector<int> served;
  auto wait = [&](int who) -> Detached {
    co_await AsyncWaitAll({permits});
    served.push_back(who);
  };
  for (const int who : {1, 2, 3}) wait(who);
  for (int i = 0; i < 3; ++i) permits.Release();
  EXPECT_EQ(served, std::vector<int>({1, 2, 3}));
}

TEST(AsyncWaitAllTest, ACoroutineThatIsDestroyedHasLeft) {
  Semaphore first(1), second(0);
  auto wait = [&]() -> Detached { co_await AsyncWaitAll({first, second}); };
  Detached waiting = wait();
  EXPECT_EQ(second.waiters(), 1u);
  waiting.handle.destroy();
  EXPECT_EQ(second.waiters(), 0u);
  EXPECT_EQ(first.permits(), 1);
}

// As above, with what is in no frame.
TEST(AsyncWaitAllTest, ACoroutineThatIsDestroyedHasLeftOneOfMany) {
  Semaphore permits[10] = {
      Semaphore(0), Semaphore(0), Semaphore(0), Semaphore(0), Semaphore(0),
      Semaphore(0), Semaphore(0), Semaphore(0), Semaphore(0), Semaphore(0)};
  std::vector<Waitable> all(std::begin(permits), std::end(permits));
  auto wait = [&]() -> Detached { co_await AsyncWaitAll(Waitables(all)); };
  Detached waiting = wait();
  size_t waiters = 0;
  for (Semaphore& each : permits) waiters += each.waiters();
  EXPECT_EQ(waiters, 1u);
  waiting.handle.destroy();
  for (Semaphore& each : permits) EXPECT_EQ(each.waiters(), 0u);
}

TEST(WaitAllDeathTest, NothingIsTakenTwice) {
  Mutex mutex;
  Event event;
  EXPECT_DEATH(WaitAll({mutex, event, mutex}),
               "WaitAll\\(\\) was given a Mutex twice");
  SharedMutex shared;  // Nor if it is in two ways.
  EXPECT_DEATH(WaitAll({shared, event, shared.Shared()}),
               "WaitAll\\(\\) was given a SharedMutex twice");
}

#ifndef NDEBUG
TEST(WaitAllDeathTest, AnAwaiterIsForOneWait) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Event event(Event::kSet);
  auto wait_twice = [&]() -> Detached {
    auto awaiter = AsyncWaitAll({event});
    co_await awaiter;
    co_await awaiter;
  };
  EXPECT_DEATH(wait_twice(), "awaited a second time");
}
#endif

}  // namespace
}  // namespace synclib

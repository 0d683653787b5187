// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_any.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/latch.h"
#include "sync/mutex.h"
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

constexpr size_t kNone = synclib::AnyResult::kNone;

// As wait_any.h says of eight.
static_assert(sizeof(synclib::AsyncWaitAny({})) <= 1440);

// What comes is a permit, between an event and a mutex that don't.
struct AnyPermitSubject {
  AnyPermitSubject() { mutex.lock(); }
  void Release() { semaphore.Release(); }
  AnyOf What() { return {{event, semaphore, mutex}, &index}; }
  size_t waiters() { return semaphore.waiters(); }

  synclib::Event event;
  synclib::Semaphore semaphore{0};
  synclib::Mutex mutex;
  size_t index = kNone;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AnyPermit, LimitsTest,
                               BlockingLimitsCases<AnyPermitSubject>,
                               LimitsCaseName);

struct AnyEventSubject {
  void Release() { event.Set(); }
  AnyOf What() { return {{semaphore, event}, &index}; }
  size_t waiters() { return event.waiters(); }

  synclib::Semaphore semaphore{0};
  synclib::Event event;
  size_t index = kNone;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AnyEvent, LimitsTest,
                               BlockingLimitsCases<AnyEventSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AnyOf;
using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::kNone;
using synctest::Permit;

static_assert(!std::is_copy_constructible_v<internal::AnyAwaiter>);
static_assert(!std::is_convertible_v<int, Waitables>);
static_assert(!std::is_constructible_v<Waitables, int>);

// Each kind of thing that can be waited for: it is not there until Come(). Then
// IsThere() says whether it still is, and may take it.
struct EventThing {
  static constexpr const char* kName = "Event";
  static constexpr bool kIsTaken = false;
  Waitable What() { return event; }
  void Come() { event.Set(); }
  bool IsThere() { return event.IsSet(); }
  size_t waiters() { return event.waiters(); }
  Event event;
};
struct NextThing {
  static constexpr const char* kName = "NextPast";
  static constexpr bool kIsTaken = false;
  Waitable What() { return event.NextPast(0); }
  void Come() { event.Pulse(); }
  bool IsThere() { return event.epoch() == 1; }
  size_t waiters() { return event.waiters(); }
  Event event;
};
struct LatchThing {
  static constexpr const char* kName = "Latch";
  static constexpr bool kIsTaken = false;
  Waitable What() { return latch; }
  void Come() { latch.CountDown(); }
  bool IsThere() { return latch.TryWait(); }
  size_t waiters() { return latch.waiters(); }
  Latch latch{1};
};
struct SemaphoreThing {
  static constexpr const char* kName = "Semaphore";
  static constexpr bool kIsTaken = true;
  Waitable What() { return semaphore; }
  void Come() { semaphore.Release(); }
  bool IsThere() { return semaphore.TryAcquire(); }
  size_t waiters() { return semaphore.waiters(); }
  Semaphore semaphore{0, 1};
};
struct AutoResetEventThing {
  static constexpr const char* kName = "AutoResetEvent";
  static constexpr bool kIsTaken = true;
  Waitable What() { return event; }
  void Come() { event.Set(); }
  bool IsThere() { return event.TryWait(); }
  size_t waiters() { return event.waiters(); }
  AutoResetEvent event;
};
template <class M>
struct MutexThing {
  static constexpr const char* kName = "Mutex";
  static constexpr bool kIsTaken = true;
  MutexThing() { mutex.lock(); }
  Waitable What() { return mutex; }
  void Come() { mutex.unlock(); }
  bool IsThere() { return mutex.try_lock(); }
  size_t waiters() { return mutex.waiters(); }
  M mutex;
};
struct SharedThing {
  static constexpr const char* kName = "Shared";
  static constexpr bool kIsTaken = true;
  SharedThing() { mutex.lock(); }
  Waitable What() { return mutex.Shared(); }
  void Come() { mutex.unlock(); }
  bool IsThere() { return mutex.try_lock(); }
  size_t waiters() { return mutex.waiters(); }
  SharedMutex mutex;
};

// Things of which none comes while a wait lasts.
struct Losers {
  Losers() {
    mutex.lock();
    shared_mutex.lock();
  }

  void ExpectUntouched() {
    EXPECT_EQ(event.waiters(), 0u);
    EXPECT_EQ(latch.waiters(), 0u);
    EXPECT_EQ(permits.waiters(), 0u);
    EXPECT_EQ(flag.waiters(), 0u);
    EXPECT_EQ(mutex.waiters(), 0u);
    EXPECT_EQ(shared_mutex.waiters(), 0u);
    permits.Release();
    EXPECT_EQ(permits.permits(), 1);
    EXPECT_FALSE(flag.Set());
    EXPECT_TRUE(flag.TryWait());
    mutex.unlock();
    EXPECT_TRUE(mutex.try_lock());
    shared_mutex.unlock();
    EXPECT_TRUE(shared_mutex.try_lock());
  }

  Event event;
  Latch latch{1};
  Semaphore permits{0};
  AutoResetEvent flag;
  Mutex mutex;
  SharedMutex shared_mutex;
};

template <class Kind>
class WaitAnyTest : public testing::Test {
 protected:
  // Calls `test` with each kind of thing as its template argument.
  template <class Test>
  static void ForEachThing(Test test) {
    For<EventThing>(test);
    For<NextThing>(test);
    For<LatchThing>(test);
    For<SemaphoreThing>(test);
    For<AutoResetEventThing>(test);
    For<MutexThing<Mutex>>(test);
    For<MutexThing<SharedMutex>>(test);
    For<SharedThing>(test);
  }

  size_t index_ = kNone;

 private:
  template <class Thing, class Test>
  static void For(Test test) {
    SCOPED_TRACE(Thing::kName);
    test(Thing());
  }
};
TYPED_TEST_SUITE(WaitAnyTest, synctest::BlockingWaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(WaitAnyTest, S1_TakesWhatIsThereAtOnceAndNothingElse) {
  this->ForEachThing([&](auto&& thing) {
    Losers losers;
    TypeParam waiter;
    thing.Come();
    waiter.Start(AnyOf{{losers.event, losers.permits, losers.mutex,
                        thing.What(), losers.flag, losers.shared_mutex},
                       &this->index_});
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 3u);
    EXPECT_EQ(thing.waiters(), 0u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
    losers.ExpectUntouched();
  });
}

TYPED_TEST(WaitAnyTest, S1_TakesWhatComesAndNothingElse) {
  this->ForEachThing([&](auto&& thing) {
    Losers losers;
    TypeParam waiter;
    waiter.Start(
        AnyOf{{losers.event, losers.latch, losers.permits, losers.mutex,
               losers.flag, losers.shared_mutex, thing.What()},
              &this->index_});
    AwaitWaiters(thing, 1);
    EXPECT_FALSE(waiter.done());
    thing.Come();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 6u);
    EXPECT_EQ(thing.waiters(), 0u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
    losers.ExpectUntouched();
  });
}

TYPED_TEST(WaitAnyTest, S1_LeavesWhatComesAfterwards) {
  this->ForEachThing([&](auto&& thing) {
    Event event;
    TypeParam waiter;
    waiter.Start(AnyOf{{thing.What(), event}, &this->index_});
    AwaitWaiters(event, 1);
    EXPECT_EQ(thing.waiters(), 1u);
    event.Set();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 1u);
    EXPECT_EQ(thing.waiters(), 0u);
    thing.Come();
    EXPECT_TRUE(thing.IsThere());
  });
}

TYPED_TEST(WaitAnyTest, S1_TakesTheFirstOfThoseThatAreThere) {
  this->ForEachThing([&](auto&& thing) {
    Semaphore permits(2);
    TypeParam waiter;
    thing.Come();
    waiter.Start(AnyOf{{permits, thing.What()}, &this->index_});
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 0u);
    EXPECT_EQ(permits.permits(), 1);
    waiter.Start(AnyOf{{thing.What(), permits}, &this->index_});
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 0u);
    EXPECT_EQ(permits.permits(), 1);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
  });
}

TYPED_TEST(WaitAnyTest, S1_WhoGivesUpTakesNothingAndLeavesAll) {
  this->ForEachThing([&](auto&& thing) {
    std::stop_source source;
    Losers losers;
    TypeParam waiter;
    const auto start = [&](const WaitOptions& options) {
      waiter.Start(
          AnyOf{{losers.event, thing.What(), losers.permits, losers.flag,
                 losers.mutex, losers.shared_mutex, losers.latch},
                &this->index_},
          options);
    };
    start(absl::ZeroDuration());
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
    EXPECT_EQ(this->index_, kNone);
    start(absl::Milliseconds(1));
    EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
    EXPECT_EQ(thing.waiters(), 0u);
    start(source.get_token());
    AwaitWaiters(losers.latch, 1);
    source.request_stop();
    EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
    EXPECT_EQ(this->index_, kNone);
    EXPECT_EQ(thing.waiters(), 0u);
    losers.ExpectUntouched();
    thing.Come();
    EXPECT_TRUE(thing.IsThere());
  });
}

// What is there beats both.
TYPED_TEST(WaitAnyTest, S1_IsReadyThoughItIsToGiveUp) {
  this->ForEachThing([&](auto&& thing) {
    std::stop_source source;
    source.request_stop();
    Event event;
    TypeParam waiter;
    thing.Come();
    waiter.Start(AnyOf{{event, thing.What()}, &this->index_},
                 {absl::ZeroDuration(), source.get_token()});
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 1u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
  });
}

TYPED_TEST(WaitAnyTest, OfNothingItOnlyGivesUp) {
  std::stop_source source;
  TypeParam waiter;
  waiter.Start(AnyOf{{}, &this->index_}, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  waiter.Start(AnyOf{{}, &this->index_}, source.get_token());
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
}

TYPED_TEST(WaitAnyTest, OfOneThingItIsAWaitForThat) {
  this->ForEachThing([&](auto&& thing) {
    TypeParam waiter;
    waiter.Start(AnyOf{{thing.What()}, &this->index_});
    AwaitWaiters(thing, 1);
    thing.Come();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 0u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
  });
}

TYPED_TEST(WaitAnyTest, S1_OneThingMayBeThereTwice) {
  this->ForEachThing([&](auto&& thing) {
    TypeParam waiter;
    waiter.Start(AnyOf{{thing.What(), thing.What()}, &this->index_});
    AwaitWaiters(thing, 2);
    thing.Come();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, 0u);
    EXPECT_EQ(thing.waiters(), 0u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
  });
}

TYPED_TEST(WaitAnyTest, S1_OfTwoPermitsItTakesOne) {
  Semaphore permits(0);
  TypeParam waiter;
  waiter.Start(AnyOf{{permits, permits}, &this->index_});
  AwaitWaiters(permits, 2);
  permits.Release(2);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(permits.permits(), 1);
  EXPECT_EQ(permits.waiters(), 0u);
}

// To read once and to write once, both in one wait.
TYPED_TEST(WaitAnyTest, S1_TakesASharedMutexInOneOfTwoWays) {
  SharedMutex mutex;
  TypeParam waiter;
  mutex.lock_shared();
  waiter.Start(AnyOf{{mutex, mutex.Shared()}, &this->index_});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
  EXPECT_EQ(mutex.waiters(), 0u);
  mutex.unlock_shared();
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  EXPECT_TRUE(mutex.try_lock());
}

TYPED_TEST(WaitAnyTest, MayBeForAsManyThingsAsThereAre) {
  constexpr size_t kMany = 50;
  std::array<Event, kMany> events;
  std::vector<Waitable> all(events.begin(), events.end());
  TypeParam waiter;
  for (size_t i = 0; i < kMany; i += 7) {
    waiter.Start(AnyOf{Waitables(all), &this->index_});
    AwaitWaiters(events.back(), 1);
    events[i].Set();
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
    EXPECT_EQ(this->index_, i);
    for (Event& event : events) EXPECT_EQ(event.waiters(), 0u);
    events[i].Clear();
  }
}

TYPED_TEST(WaitAnyTest, S3_HasItsPlaceOnTheList) {
  Semaphore permits(0);
  Event event;
  TypeParam first, third;
  CoroutineWaiter second;
  first.Start(AnyOf{{event, permits}, &this->index_});
  AwaitWaiters(permits, 1);
  second.Start(Permit{permits});
  size_t index = kNone;
  third.Start(AnyOf{{permits, event}, &index});
  AwaitWaiters(permits, 3);
  permits.Release();
  EXPECT_EQ(first.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
  EXPECT_FALSE(second.done());
  permits.Release();
  EXPECT_EQ(second.Result(), WaitResult::kReady);
  EXPECT_FALSE(third.done());
  permits.Release();
  EXPECT_EQ(third.Result(), WaitResult::kReady);
  EXPECT_EQ(index, 0u);
  EXPECT_EQ(permits.permits(), 0);
}

TYPED_TEST(WaitAnyTest, L2_WhoLosesMakesWay) {
  Semaphore permits(0);
  Event event;
  TypeParam first;
  CoroutineWaiter second;
  first.Start(AnyOf{{permits, event}, &this->index_});
  AwaitWaiters(event, 1);
  second.Start(Permit{permits});
  event.Set();
  EXPECT_EQ(first.Result(), WaitResult::kReady);
  permits.Release();
  EXPECT_EQ(second.Result(), WaitResult::kReady);
  EXPECT_EQ(permits.permits(), 0);
}

// Behind one that waits for more than there is, which makes way.
TYPED_TEST(WaitAnyTest, L2_GetsWhatOthersMakeWayFor) {
  Semaphore permits(1);
  Event event;
  std::stop_source source;
  CoroutineWaiter many;
  TypeParam waiter;
  many.Start(synctest::Permits{permits, 2}, source.get_token());
  waiter.Start(AnyOf{{event, permits}, &this->index_});
  AwaitWaiters(permits, 2);
  source.request_stop();
  EXPECT_EQ(many.Result(), WaitResult::kCancelled);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
  EXPECT_EQ(permits.permits(), 0);
}

TYPED_TEST(WaitAnyTest, ABroadcastCountsOneForAllArmsOfAWait) {
  Event event, other;
  TypeParam waiter;
  CallbackWaiter plain;
  waiter.Start(AnyOf{{other, event, event}, &this->index_});
  AwaitWaiters(event, 2);
  plain.Start(event);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
}

TYPED_TEST(WaitAnyTest, APulseReleasesIt) {
  Event event;
  Semaphore permits(0);
  TypeParam waiter;
  waiter.Start(AnyOf{{permits, event}, &this->index_});
  AwaitWaiters(event, 1);
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
  EXPECT_FALSE(event.IsSet());
}

TYPED_TEST(WaitAnyTest, NextPastIsReadyIfTheEpochHasPassed) {
  Event event, other;
  const uint64_t epoch = event.epoch();
  event.Pulse();
  TypeParam waiter;
  waiter.Start(AnyOf{{other, event.NextPast(epoch)}, &this->index_});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 1u);
  waiter.Start(AnyOf{{event.NextPast(epoch + 1)}, &this->index_},
               absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
}

// A user's own.
class Door {
 public:
  void Open() { open_.Set(); }
  operator Waitable() { return open_; }  // NOLINT

 private:
  Event open_;
};

TYPED_TEST(WaitAnyTest, TakesAnythingThatConverts) {
  Door front, back;
  Semaphore permits(0);
  back.Open();
  TypeParam waiter;
  waiter.Start(AnyOf{{front, permits, back}, &this->index_});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(this->index_, 2u);
}

// Each round one permit for two that wait for both kinds of it: all together
// they are as many as were released.
TYPED_TEST(WaitAnyTest, S1_RacingReleasesAreEachTakenOnce) {
  constexpr int kRounds = 500;
  Semaphore left(0), right(0);
  int64_t taken = 0;
  {
    std::jthread first([&] {
      for (int i = 0; i < kRounds; ++i) left.Release();
    });
    std::jthread second([&] {
      for (int i = 0; i < kRounds; ++i) right.Release();
    });
    for (; taken < kRounds; ++taken) {
      TypeParam waiter;
      waiter.Start(AnyOf{{left, right}, &this->index_});
      ASSERT_EQ(waiter.Result(), WaitResult::kReady);
    }
  }
  EXPECT_EQ(left.permits() + right.permits(), 2 * kRounds - taken);
  EXPECT_EQ(left.waiters() + right.waiters(), 0u);
}

TEST(AsyncWaitAnyTest, AnAwaiterThatIsNotAwaitedTakesNothing) {
  Semaphore permits(1);
  Event event;
  {
    auto awaiter = AsyncWaitAny({event, permits});
    auto limited = AsyncWaitAny({event, permits}, absl::Hours(1));
  }
  EXPECT_EQ(permits.permits(), 1);
  EXPECT_EQ(event.waiters(), 0u);
}

TEST(AsyncWaitAnyTest, AnAwaiterMayBeMovedUntilItIsAwaited) {
  Semaphore permits(0);
  Event event;
  std::optional<AnyResult> any;
  auto wait = [&](const WaitOptions& options) -> Detached {
    auto awaiter = AsyncWaitAny({event, permits}, options);
    auto moved = std::move(awaiter);
    any = co_await std::move(moved);
  };
  wait(absl::Hours(1));
  EXPECT_FALSE(any.has_value());
  permits.Release();
  ASSERT_TRUE(any.has_value());
  EXPECT_EQ(any->result, WaitResult::kReady);
  EXPECT_EQ(any->index, 1u);
  wait(absl::ZeroDuration());
  EXPECT_EQ(any->result, WaitResult::kTimeout);
}

TEST(AsyncWaitAnyTest, ResumesWhereItIsTold) {
  Semaphore permits(0);
  Event event;
  ThreadPool pool(1);
  Event over;
  const auto wait = [&]() -> Detached {
    const AnyResult any =
        co_await AsyncWaitAny({permits, event}, absl::Hours(1)).On(pool);
    EXPECT_EQ(any.index, 1u);
    EXPECT_EQ(Executor::Current(), &pool);
    over.Set();
  };
  wait();
  event.Set();
  over.Wait();
}

TEST(AsyncWaitAnyTest, ACoroutineThatIsDestroyedHasLeftAllLists) {
  for (const bool limited : {false, true}) {
    Losers all;
    bool resumed = false;
    auto wait = [&]() -> Detached {
      (void)co_await AsyncWaitAny(
          {all.event, all.latch, all.permits, all.flag, all.mutex,
           all.shared_mutex},
          limited ? WaitOptions(absl::Hours(1)) : WaitOptions());
      resumed = true;
    };
    const Detached coroutine = wait();
    EXPECT_EQ(all.event.waiters(), 1u);
    EXPECT_EQ(all.shared_mutex.waiters(), 1u);
    coroutine.handle.destroy();
    all.ExpectUntouched();
    EXPECT_FALSE(resumed);
  }
}

// It is destroyed after it was granted the thing, and before it went on. Then
// the next one gets that.
template <class Thing>
void GrantAndDestroy() {
  SCOPED_TRACE(Thing::kName);
  for (const bool limited : {false, true}) {
    Thing thing;
    Event event, start;
    bool resumed = false;
    size_t index = kNone;
    CallbackWaiter first;
    CoroutineWaiter third;
    Detached second;
    auto wait = [&]() -> Detached {
      (void)co_await AsyncWaitAny(
          {event, thing.What()},
          limited ? WaitOptions(absl::Hours(1)) : WaitOptions());
      resumed = true;
    };
    first.Then([&](WaitResult) {
      thing.Come();  // The second goes on when this function has returned.
      EXPECT_FALSE(third.done());
      second.handle.destroy();
    });
    first.Start(start);
    second = wait();
    third.Start(AnyOf{{thing.What()}, &index});
    start.Set();
    EXPECT_EQ(third.Result(), WaitResult::kReady);
    EXPECT_FALSE(resumed);
    EXPECT_EQ(event.waiters(), 0u);
    EXPECT_EQ(thing.waiters(), 0u);
    EXPECT_EQ(thing.IsThere(), !thing.kIsTaken);
  }
}

TEST(AsyncWaitAnyTest, WhatWasGrantedToACoroutineThatIsDestroyedGoesOn) {
  GrantAndDestroy<SemaphoreThing>();
  GrantAndDestroy<AutoResetEventThing>();
  GrantAndDestroy<MutexThing<Mutex>>();
  GrantAndDestroy<MutexThing<SharedMutex>>();
}

#ifndef NDEBUG

TEST(WaitAnyDeathTest, AnAwaiterIsForOneWait) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Event event(Event::kSet);
  auto wait_twice = [&]() -> Detached {
    auto awaiter = AsyncWaitAny({event});
    (void)co_await awaiter;
    (void)co_await awaiter;
  };
  EXPECT_DEATH(wait_twice(), "awaited a second time");
}

TEST(WaitAnyDeathTest, APrimitiveIsDestroyedWithAWaitForAnyOfSeveral) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Semaphore permits(0);
        auto event = std::make_unique<Event>();
        auto wait = [&]() -> Detached {
          (void)co_await AsyncWaitAny({*event, permits});
        };
        wait();
        event.reset();
      },
      "an Event was destroyed with waiters:.*a wait for any of several that "
      "waits at .*wait_any_test");
}

#endif  // NDEBUG

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/semaphore.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/wait_options.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

struct SemaphoreSubject {
  void Release() { semaphore.Release(); }
  Permit What() { return {semaphore}; }
  size_t waiters() { return semaphore.waiters(); }

  synclib::Semaphore semaphore{0};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Semaphore, LimitsTest,
                               LimitsCases<SemaphoreSubject>, LimitsCaseName);

struct ManyPermitsSubject {
  void Release() { semaphore.Release(2); }
  Permits What() { return {semaphore, 3}; }
  size_t waiters() { return semaphore.waiters(); }

  synclib::Semaphore semaphore{1};
};
INSTANTIATE_TYPED_TEST_SUITE_P(ManyPermits, LimitsTest,
                               LimitsCases<ManyPermitsSubject>, LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Permit;
using synctest::Permits;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;

static_assert(sizeof(Semaphore) == 16);
static_assert(sizeof(Semaphore::Awaiter) <= 96);
static_assert(sizeof(Semaphore::LimitedAwaiter) <= 224);
static_assert(!std::is_copy_constructible_v<Semaphore>);
static_assert(!std::is_move_constructible_v<Semaphore>);
static_assert(!std::is_default_constructible_v<Semaphore>);
static_assert(!std::is_convertible_v<int, Semaphore>);

constinit Semaphore global_permits(2, 3);
// By the initialization of another variable, before main().
const bool acquired_before_main = global_permits.TryAcquire();

TEST(SemaphoreTest, WorksBeforeMain) {
  EXPECT_TRUE(acquired_before_main);
  EXPECT_EQ(global_permits.permits(), 1);
}

TEST(SemaphoreTest, StartsWithItsPermitsAndWithoutWaiters) {
  for (const int64_t permits :
       {int64_t{0}, int64_t{1}, int64_t{1'000'000}, Semaphore::kMaxPermits}) {
    Semaphore semaphore(permits);
    EXPECT_EQ(semaphore.permits(), permits);
    EXPECT_EQ(semaphore.waiters(), 0u);
  }
}

TEST(SemaphoreTest, TryAcquireTakesAPermitThatIsThere) {
  Semaphore semaphore(2);
  EXPECT_TRUE(semaphore.TryAcquire());
  EXPECT_EQ(semaphore.permits(), 1);
  EXPECT_TRUE(semaphore.TryAcquire());
  EXPECT_EQ(semaphore.permits(), 0);
  EXPECT_FALSE(semaphore.TryAcquire());
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST(SemaphoreTest, TryAcquireManyTakesAllOrNothing) {
  Semaphore semaphore(5);
  EXPECT_FALSE(semaphore.TryAcquireMany(6));
  EXPECT_EQ(semaphore.permits(), 5);
  EXPECT_TRUE(semaphore.TryAcquireMany(5));
  EXPECT_EQ(semaphore.permits(), 0);
  EXPECT_TRUE(semaphore.TryAcquireMany(0));
  EXPECT_FALSE(semaphore.TryAcquireMany(Semaphore::kMaxPermits));
}

TEST(SemaphoreTest, SeveralPermitsComeToACallbackTogether) {
  struct Noted : Callback {
    Noted() : Callback(&Fired) {}
    static void Fired(Callback& self, WaitResult result) noexcept {
      static_cast<Noted&>(self).result = result;
    }
    std::optional<WaitResult> result;
  };
  Semaphore semaphore(3);
  Noted callback;
  EXPECT_EQ(semaphore.AddMany(2, callback), WaitResult::kReady);
  EXPECT_EQ(semaphore.AddMany(2, callback), std::nullopt);
  EXPECT_FALSE(callback.result.has_value());
  semaphore.Release();
  EXPECT_EQ(callback.result, WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 0);
  EXPECT_EQ(semaphore.AddMany(2, callback, absl::ZeroDuration()),
            WaitResult::kTimeout);
}

TEST(SemaphoreTest, ReleaseAddsAsManyAsItSays) {
  Semaphore semaphore(0);
  EXPECT_TRUE(semaphore.Release());
  EXPECT_EQ(semaphore.permits(), 1);
  EXPECT_TRUE(semaphore.Release(7));
  EXPECT_EQ(semaphore.permits(), 8);
  EXPECT_TRUE(semaphore.Release(0));
  EXPECT_EQ(semaphore.permits(), 8);
}

// As a BoundedSemaphore, but for the exception.
TEST(SemaphoreTest, ReleaseBeyondTheBoundDoesNothing) {
  Semaphore semaphore(1, 3);
  EXPECT_FALSE(semaphore.Release(3));
  EXPECT_EQ(semaphore.permits(), 1);
  EXPECT_TRUE(semaphore.Release(2));
  EXPECT_FALSE(semaphore.Release());
  EXPECT_TRUE(semaphore.Release(0));
  EXPECT_EQ(semaphore.permits(), 3);
}

TEST(SemaphoreTest, HoldsAsManyAsItsGreatestBound) {
  Semaphore semaphore(0);
  EXPECT_TRUE(semaphore.Release(Semaphore::kMaxPermits));
  EXPECT_EQ(semaphore.permits(), Semaphore::kMaxPermits);
  EXPECT_FALSE(semaphore.Release());
  EXPECT_TRUE(semaphore.TryAcquireMany(Semaphore::kMaxPermits));
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST(SemaphoreTest, MayBeWithoutAnyPermits) {
  Semaphore semaphore(0, 0);
  EXPECT_TRUE(semaphore.TryAcquireMany(0));
  EXPECT_FALSE(semaphore.Release());
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST(SemaphoreTest, AcquireOfAPermitThatIsThereIsReady) {
  Semaphore semaphore(4);
  EXPECT_EQ(semaphore.Acquire(), WaitResult::kReady);
  EXPECT_EQ(semaphore.AcquireMany(3), WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST(SemaphoreTest, AnAwaiterThatIsNotAwaitedTakesNothing) {
  Semaphore semaphore(1);
  {
    Semaphore::Awaiter awaiter = semaphore.AsyncAcquire();
    Semaphore::LimitedAwaiter limited = semaphore.AsyncAcquire(absl::Hours(1));
  }
  EXPECT_EQ(semaphore.permits(), 1);
  EXPECT_EQ(semaphore.waiters(), 0u);
}

TEST(SemaphoreTest, PermitsGoToAllKindsInTheOrderOfJoining) {
  Semaphore semaphore(0);
  CallbackWaiter callback;
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  const std::array<Waiter*, 4> all = {&callback, &thread, &coroutine, &pooled};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]->Start(Permit{semaphore});
    AwaitWaiters(semaphore, i + 1);
  }
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(semaphore.Release());
    EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
    EXPECT_EQ(semaphore.waiters(), all.size() - i - 1);
    for (size_t j = i + 1; j < all.size(); ++j) EXPECT_FALSE(all[j]->done());
  }
  EXPECT_EQ(semaphore.permits(), 0);
}

TEST(SemaphoreDeathTest, NumbersThatCannotBeEndTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  EXPECT_DEATH(Semaphore(-1), "Semaphore was asked for -1 permits");
  EXPECT_DEATH(Semaphore{kLeast}, "Semaphore was asked for -9223");
  EXPECT_DEATH(Semaphore(Semaphore::kMaxPermits + 1), "it can have 0 to");
  EXPECT_DEATH(Semaphore{kHuge}, "it can have 0 to");
  EXPECT_DEATH(Semaphore(2, 1), "asked for 2 permits; it can have 0 to 1");
  EXPECT_DEATH(Semaphore(0, -1), "asked for -1");
  EXPECT_DEATH(Semaphore(0, kHuge), "it can have 0 to");
  Semaphore semaphore(2, 3);
  EXPECT_DEATH((void)semaphore.TryAcquireMany(-1), "asked for -1");
  EXPECT_DEATH((void)semaphore.TryAcquireMany(4),
               "asked for 4 permits; it can have 0 to 3");
  EXPECT_DEATH(semaphore.AcquireMany(4), "asked for 4");
  EXPECT_DEATH((void)semaphore.AcquireMany(-1, absl::ZeroDuration()),
               "asked for -1");
  EXPECT_DEATH((void)semaphore.AsyncAcquireMany(kHuge), "it can have 0 to 3");
  EXPECT_DEATH((void)semaphore.AsyncAcquireMany(4, absl::ZeroDuration()),
               "asked for 4");
}

TEST(SemaphoreDeathTest, ReleaseOfANegativeNumberEndsTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Semaphore semaphore(2);
  EXPECT_DEATH(semaphore.Release(-1), "asked for -1");
}

// Also if somebody else has the list meanwhile.
TEST(SemaphoreTest, PermitsThatAreHandedOverDoNotCountForTheBound) {
  for (int round = 0; round < 2000; ++round) {
    Semaphore semaphore(0, 1);
    std::array<CoroutineWaiter, 2> waiters;
    for (auto& waiter : waiters) waiter.Start(Permit{semaphore});
    std::atomic<bool> over = false;
    std::jthread counter([&] {
      while (!over) semaphore.waiters();
    });
    EXPECT_TRUE(semaphore.Release());
    const bool fits = semaphore.Release();
    EXPECT_TRUE(fits) << "in round " << round;
    if (!fits) {
      AwaitWaiters(semaphore, 1);
      semaphore.Release();
    }
    for (auto& waiter : waiters) waiter.Result();
    over = true;
    if (!fits) break;
  }
}

// More than there can ever be is as any number beyond the bound.
TEST(SemaphoreTest, ReleaseOfMoreThanCanBeIsFalse) {
  Semaphore bounded(0, 3);
  EXPECT_FALSE(bounded.Release(4));
  EXPECT_FALSE(bounded.Release(Semaphore::kMaxPermits));
  EXPECT_FALSE(bounded.Release(Semaphore::kMaxPermits + 1));
  EXPECT_FALSE(bounded.Release(std::numeric_limits<int64_t>::max()));
  EXPECT_EQ(bounded.permits(), 0);
}

template <class Kind>
class SemaphoreWaitTest : public testing::Test {};
TYPED_TEST_SUITE(SemaphoreWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(SemaphoreWaitTest, IsReadyAtOnceIfAPermitIsThere) {
  Semaphore semaphore(1);
  TypeParam waiter;
  waiter.Start(Permit{semaphore});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 0);
}

TYPED_TEST(SemaphoreWaitTest, JoinsWithoutAPermitAndGetsOneHanded) {
  Semaphore semaphore(0);
  TypeParam waiter;
  waiter.Start(Permit{semaphore});
  AwaitWaiters(semaphore, 1);
  EXPECT_FALSE(waiter.done());
  EXPECT_TRUE(semaphore.Release());
  // Handed to the waiter, though it may not have run yet.
  EXPECT_FALSE(semaphore.TryAcquire());
  EXPECT_EQ(semaphore.permits(), 0);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(SemaphoreWaitTest, EachPermitReleasesOneWait) {
  Semaphore semaphore(0);
  std::array<TypeParam, 5> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Start(Permit{semaphore});
    AwaitWaiters(semaphore, i + 1);
  }
  semaphore.Release(3);
  AwaitWaiters(semaphore, 2);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(waiters[i].Result(), WaitResult::kReady);
  }
  EXPECT_FALSE(waiters[3].done());
  EXPECT_FALSE(waiters[4].done());
  semaphore.Release(3);
  EXPECT_EQ(waiters[3].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[4].Result(), WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 1);
}

// Permits that are handed over are not there at the same time.
TYPED_TEST(SemaphoreWaitTest, ABoundCountsWhatIsThereBeforeTheHandOver) {
  Semaphore semaphore(0, 1);
  std::array<TypeParam, 2> waiters;
  for (auto& waiter : waiters) waiter.Start(Permit{semaphore});
  AwaitWaiters(semaphore, 2);
  EXPECT_FALSE(semaphore.Release(2));
  EXPECT_EQ(semaphore.waiters(), 2u);
  EXPECT_TRUE(semaphore.Release());
  EXPECT_TRUE(semaphore.Release());
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_TRUE(semaphore.Release());
  EXPECT_FALSE(semaphore.Release());
}

TYPED_TEST(SemaphoreWaitTest, IsNotReleasedByZeroPermits) {
  Semaphore semaphore(0);
  TypeParam waiter;
  waiter.Start(Permit{semaphore});
  AwaitWaiters(semaphore, 1);
  EXPECT_TRUE(semaphore.Release(0));
  EXPECT_EQ(semaphore.waiters(), 1u);
  EXPECT_FALSE(waiter.done());
  semaphore.Release();
}

TYPED_TEST(SemaphoreWaitTest, StopOfOneLeavesTheOthersTheirPlaces) {
  Semaphore semaphore(0);
  std::array<TypeParam, 3> waiters;
  std::array<std::stop_source, 3> sources;
  for (size_t i = 0; i < 3; ++i) {
    waiters[i].Start(Permit{semaphore}, sources[i].get_token());
    AwaitWaiters(semaphore, i + 1);
  }
  sources[0].request_stop();
  EXPECT_EQ(waiters[0].Result(), WaitResult::kCancelled);
  semaphore.Release();
  EXPECT_EQ(waiters[1].Result(), WaitResult::kReady);
  EXPECT_FALSE(waiters[2].done());
  semaphore.Release();
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
}

TYPED_TEST(SemaphoreWaitTest, MayReleaseWhatItHasAcquired) {
  Semaphore semaphore(0);
  std::array<TypeParam, 4> waiters;
  int ended = 0;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&](WaitResult) {
      ++ended;
      semaphore.Release();
    });
    waiters[i].Start(Permit{semaphore});
    AwaitWaiters(semaphore, i + 1);
  }
  semaphore.Release();
  for (auto& waiter : waiters) EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(ended, 4);
  EXPECT_EQ(semaphore.permits(), 1);
}

template <class Kind>
class SemaphoreManyTest : public testing::Test {};
TYPED_TEST_SUITE(SemaphoreManyTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(SemaphoreManyTest, PermitsComeTogether) {
  Semaphore semaphore(1);
  TypeParam waiter;
  waiter.Start(Permits{semaphore, 3});
  AwaitWaiters(semaphore, 1);
  EXPECT_EQ(semaphore.permits(), 1);  // It takes none until it has all.
  semaphore.Release();
  EXPECT_FALSE(waiter.done());
  EXPECT_EQ(semaphore.permits(), 2);
  semaphore.Release();
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 0);
}

// First in, first out: not by those who want less, nor by one who tries.
TYPED_TEST(SemaphoreManyTest, WhoWaitsForManyIsNotOvertaken) {
  Semaphore semaphore(1);
  TypeParam many;
  TypeParam one;
  many.Start(Permits{semaphore, 2});
  AwaitWaiters(semaphore, 1);
  EXPECT_FALSE(semaphore.TryAcquire());
  EXPECT_EQ(semaphore.Acquire(absl::ZeroDuration()), WaitResult::kTimeout);
  one.Start(Permits{semaphore, 1});
  AwaitWaiters(semaphore, 2);
  EXPECT_FALSE(one.done());
  semaphore.Release();
  EXPECT_EQ(many.Result(), WaitResult::kReady);
  EXPECT_FALSE(one.done());
  EXPECT_EQ(semaphore.waiters(), 1u);
  semaphore.Release();
  EXPECT_EQ(one.Result(), WaitResult::kReady);
}

// Who gives up holds up nobody any more.
TYPED_TEST(SemaphoreManyTest, WhoGivesUpMakesWayForThoseWhoWantLess) {
  for (const bool limited : {false, true}) {
    Semaphore semaphore(2);
    std::stop_source source;
    TypeParam many;
    std::array<TypeParam, 3> ones;
    if (limited) {
      many.Start(Permits{semaphore, 5}, absl::Milliseconds(20));
    } else {
      many.Start(Permits{semaphore, 5}, source.get_token());
      AwaitWaiters(semaphore, 1);
    }
    for (auto& one : ones) one.Start(Permits{semaphore, 1});
    source.request_stop();
    EXPECT_EQ(many.Result(),
              limited ? WaitResult::kTimeout : WaitResult::kCancelled);
    AwaitWaiters(semaphore, 1);
    EXPECT_EQ(semaphore.permits(), 0);
    semaphore.Release();
    for (auto& one : ones) EXPECT_EQ(one.Result(), WaitResult::kReady);
  }
}

TYPED_TEST(SemaphoreManyTest, OneReleaseReachesSeveralWaits) {
  Semaphore semaphore(0);
  std::array<TypeParam, 3> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Start(Permits{semaphore, static_cast<int64_t>(i) + 1});
    AwaitWaiters(semaphore, i + 1);
  }
  semaphore.Release(5);
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[1].Result(), WaitResult::kReady);
  EXPECT_EQ(semaphore.permits(), 2);
  EXPECT_FALSE(waiters[2].done());
  semaphore.Release();
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
}

TYPED_TEST(SemaphoreManyTest, AllThatTheBoundAllowsCanBeAcquired) {
  Semaphore semaphore(0, 3);
  TypeParam waiter;
  waiter.Start(Permits{semaphore, 3});
  AwaitWaiters(semaphore, 1);
  semaphore.Release(3);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

TYPED_TEST(SemaphoreManyTest, ZeroPermitsAreThereAtOnce) {
  Semaphore semaphore(0);
  TypeParam waiter;
  waiter.Start(Permits{semaphore, 0});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  waiter.Start(Permits{semaphore, 0}, absl::ZeroDuration());
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
}

}  // namespace
}  // namespace synclib

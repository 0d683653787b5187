// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the standard library promises, of what docs/companions.md names as its
// counterpart here: the rows of its table that each test is for stand above it,
// also those of Abseil that have the names of the standard. The typed tests run
// one program with both. With the standard library's own latches, semaphores
// and barriers it never blocks, since there are versions of libstdc++ that may
// lose the wake-up.

#include <array>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

using synclib::WaitResult;

constexpr auto kShort = std::chrono::milliseconds(1);
constexpr auto kLong = std::chrono::hours(1);

// What `f` returns when another thread calls it.
template <class F>
bool InAnotherThread(F f) {
  bool result = false;
  std::jthread([&] { result = f(); }).join();
  return result;
}

constexpr std::array kBoth = {"Std", "Sync"};
template <const auto& kNames = kBoth>
struct Names {
  template <class T>
  static std::string GetName(size_t number) {
    return kNames[number];
  }
};

// Mutexes.

template <class M>
class StdMutexRows : public testing::Test {
 protected:
  bool OthersCanLock() {
    return InAnotherThread([this] {
      if (!mutex_.try_lock()) return false;
      mutex_.unlock();
      return true;
    });
  }

  M mutex_;
};
using Mutexes = ::testing::Types<std::mutex, std::timed_mutex, synclib::Mutex,
                                 std::shared_mutex, std::shared_timed_mutex,
                                 synclib::SharedMutex>;
constexpr std::array kMutexes = {"Std",       "StdTimed",       "Sync",
                                 "StdShared", "StdSharedTimed", "SyncShared"};
TYPED_TEST_SUITE(StdMutexRows, Mutexes, Names<kMutexes>);

// Row: std::mutex::lock()
// Row: std::mutex::try_lock()
// Row: std::mutex::unlock()
// Row: std::timed_mutex::lock(), try_lock(), unlock()
// Row: std::shared_mutex::lock(), try_lock(), unlock()
// Row: std::shared_timed_mutex::lock(), try_lock(), unlock()
// Row: absl::Mutex::lock(), try_lock(), unlock()
TYPED_TEST(StdMutexRows, NobodyElseHasItUntilItIsUnlocked) {
  this->mutex_.lock();
  EXPECT_FALSE(this->OthersCanLock());
  this->mutex_.unlock();
  WaitUntil([&] { return this->mutex_.try_lock(); }, "try_lock()");
  EXPECT_FALSE(this->OthersCanLock());
  this->mutex_.unlock();
  WaitUntil([&] { return this->OthersCanLock(); }, "try_lock()");
}

// Row: std::mutex::lock()
// Row: std::mutex::unlock()
// Row: std::timed_mutex::lock(), try_lock(), unlock()
// Row: std::shared_mutex::lock(), try_lock(), unlock()
// Row: std::shared_timed_mutex::lock(), try_lock(), unlock()
// Row: std::lock_guard, std::scoped_lock
TYPED_TEST(StdMutexRows, WhatItGuardsIsChangedByOneThreadAtATime) {
  int count = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 500; ++round) {
          {
            const std::lock_guard lock(this->mutex_);
            ++count;
          }
          const std::scoped_lock lock(this->mutex_);
          ++count;
        }
      });
    }
  }
  EXPECT_EQ(count, 4000);
}

// Row: std::unique_lock::lock(), try_lock(), unlock(), owns_lock()
// Row: std::unique_lock::mutex(), release(), swap(lock)
// Row: std::defer_lock, std::try_to_lock, std::adopt_lock
TYPED_TEST(StdMutexRows, AUniqueLockHasItUntilItIsUnlockedOrReleased) {
  std::unique_lock lock(this->mutex_, std::defer_lock);
  EXPECT_FALSE(lock.owns_lock());
  WaitUntil([&] { return this->OthersCanLock(); }, "try_lock()");
  lock.lock();
  EXPECT_FALSE(this->OthersCanLock());
  EXPECT_FALSE(InAnotherThread([&] {
    return std::unique_lock(this->mutex_, std::try_to_lock).owns_lock();
  }));
  lock.unlock();
  WaitUntil([&] { return lock.try_lock(); }, "try_lock()");
  std::unique_lock<TypeParam> other;
  lock.swap(other);
  EXPECT_EQ(lock.mutex(), nullptr);
  EXPECT_TRUE(other.owns_lock());
  EXPECT_EQ(other.release(), &this->mutex_);
  EXPECT_FALSE(this->OthersCanLock());
  { const std::unique_lock adopted(this->mutex_, std::adopt_lock); }
  WaitUntil([&] { return this->OthersCanLock(); }, "try_lock()");
}

// Row: std::lock_guard, std::scoped_lock
// Row: std::lock(a, b), std::try_lock(a, b)
// Row: std::unique_lock, std::shared_lock
TYPED_TEST(StdMutexRows, SeveralCanBeLockedWithoutADeadlock) {
  TypeParam other;
  int count = 0;
  {
    std::jthread thread([&] {
      for (int round = 0; round < 500; ++round) {
        const std::scoped_lock lock(other, this->mutex_);
        ++count;
      }
    });
    for (int round = 0; round < 500; ++round) {
      std::unique_lock first(this->mutex_, std::defer_lock);
      std::unique_lock second(other, std::defer_lock);
      std::lock(first, second);
      ++count;
    }
  }
  EXPECT_EQ(count, 1000);
  WaitUntil([&] { return std::try_lock(this->mutex_, other) == -1; },
            "try_lock()");
  EXPECT_FALSE(this->OthersCanLock());
  other.unlock();
  this->mutex_.unlock();
}

template <class M>
class StdSharedMutexRows : public testing::Test {};
using SharedMutexes =
    ::testing::Types<std::shared_mutex, std::shared_timed_mutex,
                     synclib::SharedMutex>;
constexpr std::array kSharedMutexes = {"Std", "StdTimed", "Sync"};
TYPED_TEST_SUITE(StdSharedMutexRows, SharedMutexes, Names<kSharedMutexes>);

// Row: std::shared_mutex::lock_shared()
// Row: std::shared_mutex::try_lock_shared()
// Row: std::shared_mutex::unlock_shared()
// Row: std::shared_timed_mutex::lock_shared()
// Row: std::shared_timed_mutex::try_lock_shared()
// Row: std::shared_timed_mutex::unlock_shared()
// Row: absl::Mutex::lock_shared(), try_lock_shared()
// Row: absl::Mutex::unlock_shared()
// Row: std::unique_lock, std::shared_lock
TYPED_TEST(StdSharedMutexRows, ReadersHaveItTogetherAndNobodyWithAWriter) {
  TypeParam mutex;
  const auto others_can_read = [&] {
    return InAnotherThread(
        [&] { return std::shared_lock(mutex, std::try_to_lock).owns_lock(); });
  };
  const auto others_can_write = [&] {
    return InAnotherThread(
        [&] { return std::unique_lock(mutex, std::try_to_lock).owns_lock(); });
  };
  mutex.lock_shared();
  EXPECT_TRUE(InAnotherThread([&] {
    const std::shared_lock lock(mutex);
    return lock.owns_lock();
  }));
  WaitUntil(others_can_read, "try_lock_shared()");
  EXPECT_FALSE(others_can_write());
  mutex.unlock_shared();
  mutex.lock();
  EXPECT_FALSE(others_can_read());
  EXPECT_FALSE(others_can_write());
  mutex.unlock();
  WaitUntil(others_can_write, "try_lock()");
}

// Row: std::shared_lock::lock(), try_lock(), unlock(), owns_lock()
// Row: std::shared_lock::mutex(), release(), swap(lock)
// Row: std::defer_lock, std::try_to_lock, std::adopt_lock
TYPED_TEST(StdSharedMutexRows, ASharedLockHasItUntilItIsUnlockedOrReleased) {
  TypeParam mutex;
  const auto others_can_write = [&] {
    return InAnotherThread(
        [&] { return std::unique_lock(mutex, std::try_to_lock).owns_lock(); });
  };
  std::shared_lock lock(mutex, std::defer_lock);
  EXPECT_FALSE(lock.owns_lock());
  WaitUntil(others_can_write, "try_lock()");
  lock.lock();
  EXPECT_FALSE(others_can_write());
  lock.unlock();
  WaitUntil([&] { return lock.try_lock(); }, "try_lock()");
  std::shared_lock<TypeParam> other;
  lock.swap(other);
  EXPECT_EQ(lock.mutex(), nullptr);
  EXPECT_TRUE(other.owns_lock());
  EXPECT_EQ(other.release(), &mutex);
  EXPECT_FALSE(others_can_write());
  { const std::shared_lock adopted(mutex, std::adopt_lock); }
  WaitUntil(others_can_write, "try_lock()");
}

// Row: std::timed_mutex::try_lock_for(d)
// Row: std::shared_timed_mutex::try_lock_for(d)
TEST(StdRows, LockGivesUpWhenItsTimeHasPassed) {
  const auto test = [](auto& mutex) {
    EXPECT_EQ(mutex.Lock(absl::FromChrono(kLong)), WaitResult::kReady);
    EXPECT_EQ(mutex.Lock(absl::FromChrono(kShort)), WaitResult::kTimeout);
    mutex.unlock();
    EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kReady);
    mutex.unlock();
  };
  synclib::Mutex mutex;
  test(mutex);
  synclib::SharedMutex shared;
  test(shared);
}

// Row: std::shared_timed_mutex::try_lock_shared_for(d)
TEST(StdRows, LockSharedGivesUpWhenItsTimeHasPassed) {
  synclib::SharedMutex mutex;
  EXPECT_EQ(mutex.LockShared(absl::FromChrono(kLong)), WaitResult::kReady);
  EXPECT_EQ(mutex.LockShared(absl::FromChrono(kLong)), WaitResult::kReady);
  mutex.unlock_shared();
  mutex.unlock_shared();
  mutex.lock();
  EXPECT_EQ(mutex.LockShared(absl::FromChrono(kShort)), WaitResult::kTimeout);
  mutex.unlock();
}

// Conditions: with the names of std::condition_variable_any.

template <class C>
struct StdCondition : C {
  using Mutex = std::mutex;
};
using StdAnyCondition = StdCondition<std::condition_variable_any>;

class SyncCondition {
 public:
  using Mutex = synclib::Mutex;
  using Lock = std::unique_lock<Mutex>;

  void notify_one() { condition_.NotifyOne(); }
  void notify_all() { condition_.NotifyAll(); }
  template <class P>
  void wait(Lock& lock, P predicate) {
    condition_.Wait(*lock.mutex(), predicate);
  }
  template <class P>
  bool wait(Lock& lock, std::stop_token token, P predicate) {
    return condition_.Wait(*lock.mutex(), predicate, std::move(token)) ==
           WaitResult::kReady;
  }
  template <class D, class P>
  bool wait_for(Lock& lock, D limit, P predicate) {
    return condition_.Wait(*lock.mutex(), predicate, absl::FromChrono(limit)) ==
           WaitResult::kReady;
  }
  template <class D, class P>
  bool wait_for(Lock& lock, std::stop_token token, D limit, P predicate) {
    return condition_.Wait(*lock.mutex(), predicate,
                           {absl::FromChrono(limit), std::move(token)}) ==
           WaitResult::kReady;
  }

 private:
  synclib::Condition condition_;
};

template <class C>
class StdConditionRows : public testing::Test {
 protected:
  using Mutex = typename C::Mutex;

  Mutex mutex_;
  C condition_;
};
using Conditions = ::testing::Types<StdCondition<std::condition_variable>,
                                    StdAnyCondition, SyncCondition>;
constexpr std::array kConditions = {"Std", "StdAny", "Sync"};
TYPED_TEST_SUITE(StdConditionRows, Conditions, Names<kConditions>);

// Row: std::condition_variable::wait(lock, predicate)
// Row: std::condition_variable::notify_one()
// Row: std::condition_variable::notify_all()
// Row: std::condition_variable_any::wait(lock, predicate)
// Row: std::condition_variable_any::notify_one(), notify_all()
TYPED_TEST(StdConditionRows, WaitEndsWithTheLockAndATruePredicate) {
  int items = 0;
  int taken = 0;
  bool done = false;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        std::unique_lock lock(this->mutex_);
        for (;;) {
          this->condition_.wait(lock, [&] { return items != 0 || done; });
          EXPECT_TRUE(lock.owns_lock());
          if (items == 0) return;
          --items;
          ++taken;
        }
      });
    }
    for (int i = 0; i < 200; ++i) {
      const std::lock_guard lock(this->mutex_);
      ++items;
      this->condition_.notify_one();
    }
    const std::lock_guard lock(this->mutex_);
    done = true;
    this->condition_.notify_all();
  }
  EXPECT_EQ(taken, 200);
}

// Row: std::condition_variable::wait_for(lock, d, predicate)
// Row: std::condition_variable_any::wait_for(lock, d, predicate)
TYPED_TEST(StdConditionRows, WaitForSaysWhetherThePredicateIsTrue) {
  std::unique_lock lock(this->mutex_);
  bool fulfilled = false;
  const auto predicate = [&] { return fulfilled; };
  EXPECT_FALSE(this->condition_.wait_for(lock, kShort, predicate));
  std::jthread fulfiller([&] {
    const std::lock_guard lock(this->mutex_);
    fulfilled = true;
    this->condition_.notify_one();
  });
  EXPECT_TRUE(this->condition_.wait_for(lock, kLong, predicate));
  EXPECT_TRUE(
      this->condition_.wait_for(lock, std::chrono::seconds(0), predicate));
}

template <class C>
class StdAnyConditionRows : public StdConditionRows<C> {};
using AnyConditions = ::testing::Types<StdAnyCondition, SyncCondition>;
TYPED_TEST_SUITE(StdAnyConditionRows, AnyConditions, Names<>);

// Row: std::condition_variable_any::wait(lock, token, predicate)
// Row: std::condition_variable_any::wait_for(lock, token, d, predicate)
// Row: std::stop_token, std::stop_source
TYPED_TEST(StdAnyConditionRows, StopEndsTheWaitUnlessThePredicateIsTrue) {
  std::unique_lock lock(this->mutex_);
  bool fulfilled = false;
  const auto predicate = [&] { return fulfilled; };
  std::stop_source source;
  const std::stop_token token = source.get_token();
  EXPECT_FALSE(this->condition_.wait_for(lock, token, kShort, predicate));
  std::jthread stopper([&] { source.request_stop(); });
  EXPECT_FALSE(this->condition_.wait(lock, token, predicate));
  EXPECT_TRUE(lock.owns_lock());
  EXPECT_FALSE(this->condition_.wait_for(lock, token, kLong, predicate));
  fulfilled = true;
  EXPECT_TRUE(this->condition_.wait(lock, token, predicate));
  EXPECT_TRUE(this->condition_.wait_for(lock, token, kLong, predicate));
}

// Row: std::condition_variable::notify_one()
// Row: std::condition_variable_any::notify_one(), notify_all()
TEST(StdRows, NotifyOneEndsOneWaitAndNotifyAllTheOthers) {
  synclib::Mutex mutex;
  synclib::Condition condition;
  std::array<ThreadWaiter, 3> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&](WaitResult) { mutex.unlock(); });
    mutex.lock();
    waiters[i].Start(Notification{condition, mutex});
    AwaitWaiters(condition, i + 1);
  }
  condition.NotifyOne();
  EXPECT_EQ(condition.waiters(), 2u);
  condition.NotifyAll();
  EXPECT_EQ(condition.waiters(), 0u);
}

// Semaphores: with the names of std::counting_semaphore.

class SyncSemaphore : public synclib::Semaphore {
 public:
  using Semaphore::Semaphore;
  void acquire() { Acquire(); }
  bool try_acquire() { return TryAcquire(); }
  template <class D>
  bool try_acquire_for(D limit) {
    return Acquire(absl::FromChrono(limit)) == WaitResult::kReady;
  }
  void release(int64_t count = 1) { Release(count); }
};

template <class S>
class StdSemaphoreRows : public testing::Test {};
using Semaphores = ::testing::Types<std::counting_semaphore<>, SyncSemaphore>;
TYPED_TEST_SUITE(StdSemaphoreRows, Semaphores, Names<>);

// Row: std::counting_semaphore::acquire()
// Row: std::counting_semaphore::try_acquire()
// Row: std::counting_semaphore::try_acquire_for(d)
// Row: std::counting_semaphore::release(n)
TYPED_TEST(StdSemaphoreRows, EachPermitIsAcquiredOnce) {
  TypeParam permits(1);
  permits.acquire();
  EXPECT_FALSE(permits.try_acquire());
  EXPECT_FALSE(permits.try_acquire_for(kShort));
  permits.release(2);
  permits.release();
  WaitUntil([&] { return permits.try_acquire(); }, "try_acquire()");
  EXPECT_TRUE(permits.try_acquire_for(kLong));
  permits.acquire();
  EXPECT_FALSE(permits.try_acquire());
}

// Row: std::counting_semaphore::acquire()
// Row: std::counting_semaphore::release(n)
TEST(StdRows, AcquireBlocksUntilThereIsAPermit) {
  synclib::Semaphore permits(0);
  std::array<ThreadWaiter, 2> waiters;
  for (ThreadWaiter& waiter : waiters) waiter.Start(Permit{permits});
  AwaitWaiters(permits, 2);
  permits.Release(2);
  for (ThreadWaiter& waiter : waiters) {
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
  EXPECT_EQ(permits.permits(), 0);
}

// Row: std::binary_semaphore
TEST(StdRows, BinarySemaphoreHasOnePermitAtMost) {
  synclib::Semaphore permits(0, 1);
  EXPECT_TRUE(permits.Release());
  EXPECT_FALSE(permits.Release());
  permits.Acquire();
  EXPECT_FALSE(permits.TryAcquire());

  synclib::AutoResetEvent event;
  event.Set();
  event.Set();
  event.Wait();
  EXPECT_FALSE(event.TryWait());
}

// Latches: with the names of std::latch.

class SyncLatch : public synclib::Latch {
 public:
  using Latch::Latch;
  void count_down(int64_t count = 1) { CountDown(count); }
  bool try_wait() const { return TryWait(); }
  void wait() { Wait(); }
  void arrive_and_wait() { ArriveAndWait(); }
  void arrive_and_wait(int64_t count) {
    CountDown(count);
    Wait();
  }
  static constexpr int64_t max() { return kMaxCount; }
};

template <class L>
class StdLatchRows : public testing::Test {};
using Latches = ::testing::Types<std::latch, SyncLatch>;
TYPED_TEST_SUITE(StdLatchRows, Latches, Names<>);

// Row: std::latch
// Row: std::latch::count_down(n)
// Row: std::latch::try_wait()
// Row: std::latch::wait()
// Row: std::latch::max()
TYPED_TEST(StdLatchRows, IsOpenOnceItsCountIsZero) {
  TypeParam open(0);
  open.wait();
  EXPECT_GE(TypeParam::max(), 4);
  TypeParam latch(4);
  std::array<int, 2> written = {0, 0};
  latch.count_down(2);
  EXPECT_FALSE(latch.try_wait());
  std::jthread first([&] {
    written[0] = 1;
    latch.count_down();
  });
  std::jthread second([&] {
    written[1] = 1;
    latch.count_down();
  });
  WaitUntil([&] { return latch.try_wait(); }, "try_wait()");
  latch.wait();
  EXPECT_EQ(written, (std::array<int, 2>{1, 1}));
}

// Row: std::latch::arrive_and_wait()
// Row: std::latch::arrive_and_wait(n)
TYPED_TEST(StdLatchRows, ArriveAndWaitCountsDownAndWaits) {
  TypeParam one(2);
  one.count_down();
  one.arrive_and_wait();
  WaitUntil([&] { return one.try_wait(); }, "try_wait()");
  TypeParam several(3);
  several.arrive_and_wait(3);
  WaitUntil([&] { return several.try_wait(); }, "try_wait()");
}

// Row: std::latch::wait()
// Row: std::latch::arrive_and_wait()
TEST(StdRows, LatchReleasesAllWhoWait) {
  synclib::Latch latch(2);
  std::array<ThreadWaiter, 2> waiters;
  for (ThreadWaiter& waiter : waiters) waiter.Start(latch);
  AwaitWaiters(latch, 2);
  std::jthread arrives([&] { latch.ArriveAndWait(); });
  AwaitWaiters(latch, 3);
  latch.CountDown();
  for (ThreadWaiter& waiter : waiters) {
    EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  }
}

// Barriers: with the names of std::barrier.

class SyncBarrier : public synclib::Barrier {
 public:
  using Barrier::Barrier;
  void arrive_and_wait() { (void)ArriveAndWait(); }
  void arrive_and_drop() { Drop(); }
  static constexpr int64_t max() { return kMaxParties; }
};

template <class B>
class StdBarrierRows : public testing::Test {};
using Barriers = ::testing::Types<std::barrier<>, SyncBarrier>;
TYPED_TEST_SUITE(StdBarrierRows, Barriers, Names<>);

// Row: std::barrier::arrive_and_wait()
// Row: std::barrier::arrive_and_drop()
// Row: std::barrier::max()
TYPED_TEST(StdBarrierRows, WhoDropsCountsInThisPhaseAndInNoOther) {
  EXPECT_GE(TypeParam::max(), 3);
  TypeParam barrier(3);
  barrier.arrive_and_drop();
  barrier.arrive_and_drop();
  for (int phase = 0; phase < 3; ++phase) barrier.arrive_and_wait();
}

// Row: std::barrier::arrive_and_wait()
// Row: std::barrier::arrive_and_drop()
TEST(StdRows, BarrierReleasesAllWhenTheLastArrivesOrDrops) {
  synclib::Barrier barrier(3);
  int written = 0;
  for (const bool drops : {false, true}) {
    std::array<synclib::BarrierResult, 2> results;
    std::array<int, 2> seen;
    std::array<ThreadWaiter, 2> waiters;
    for (size_t i = 0; i < waiters.size(); ++i) {
      waiters[i].Then([&, i](WaitResult) { seen[i] = written; });
      waiters[i].Start(Arrival{barrier, &results[i]});
    }
    AwaitWaiters(barrier, 2);
    written = drops ? 2 : 1;
    if (drops) {
      barrier.Drop();
    } else {
      (void)barrier.ArriveAndWait();
    }
    for (size_t i = 0; i < waiters.size(); ++i) {
      waiters[i].Result();
      EXPECT_EQ(results[i].outcome, synclib::BarrierResult::kComplete);
      EXPECT_EQ(seen[i], written);
    }
  }
  EXPECT_EQ(barrier.parties(), 2);
}

// Futures: with the names of std::promise and std::shared_future.

template <class F>
class StdFuture {
 public:
  void set_value(int value) { promise_.set_value(value); }
  int get() { return future_.get(); }
  void wait() { future_.wait(); }
  template <class D>
  bool wait_for(D limit) {
    return future_.wait_for(limit) == std::future_status::ready;
  }

 private:
  std::promise<int> promise_;
  F future_{promise_.get_future()};
};

class SyncFuture {
 public:
  void set_value(int value) { one_shot_.Set(value); }
  int get() { return one_shot_.Get(); }
  void wait() { one_shot_.Get(); }
  template <class D>
  bool wait_for(D limit) {
    return one_shot_.Wait(absl::FromChrono(limit)) == WaitResult::kReady;
  }

 private:
  synclib::OneShot<int> one_shot_;
};

template <class F>
class StdFutureRows : public testing::Test {};
using Futures =
    ::testing::Types<StdFuture<std::future<int>>,
                     StdFuture<std::shared_future<int>>, SyncFuture>;
constexpr std::array kFutures = {"Std", "StdShared", "Sync"};
TYPED_TEST_SUITE(StdFutureRows, Futures, Names<kFutures>);

// Row: std::promise::set_value(v)
// Row: std::future::wait()
// Row: std::future::wait_for(d)
// Row: std::shared_future::wait()
// Row: std::shared_future::wait_for(d)
TYPED_TEST(StdFutureRows, AWaitEndsWhenTheValueIsThere) {
  TypeParam future;
  EXPECT_FALSE(future.wait_for(kShort));
  EXPECT_FALSE(future.wait_for(std::chrono::seconds(0)));
  int written = 0;
  std::jthread sets([&] {
    written = 1;
    future.set_value(42);
  });
  future.wait();
  EXPECT_EQ(written, 1);
  EXPECT_TRUE(future.wait_for(std::chrono::seconds(0)));
  EXPECT_TRUE(future.wait_for(kLong));
  EXPECT_EQ(future.get(), 42);
}

template <class F>
class StdSharedFutureRows : public testing::Test {};
using SharedFutures =
    ::testing::Types<StdFuture<std::shared_future<int>>, SyncFuture>;
TYPED_TEST_SUITE(StdSharedFutureRows, SharedFutures, Names<>);

// Row: std::promise::set_value(v)
// Row: std::shared_future::get()
// Row: std::shared_future::wait()
// Row: std::shared_future::wait_for(d)
TYPED_TEST(StdSharedFutureRows, AllWhoWaitSeeTheValue) {
  TypeParam future;
  EXPECT_FALSE(future.wait_for(kShort));
  {
    std::jthread waits([&] {
      future.wait();
      EXPECT_TRUE(future.wait_for(std::chrono::seconds(0)));
    });
    std::jthread gets([&] { EXPECT_EQ(future.get(), 42); });
    std::jthread waits_for([&] { EXPECT_TRUE(future.wait_for(kLong)); });
    future.set_value(42);
  }
  EXPECT_EQ(future.get(), 42);
}

// Row: std::stop_token, std::stop_source
// Row: std::stop_token::stop_requested(), stop_possible(), swap(token)
// Row: std::stop_source::get_token(), request_stop(), swap(source)
// Row: std::stop_source::stop_requested(), stop_possible()
// Row: std::stop_callback, std::stop_callback::callback_type
TEST(StdRows, StopEndsAWaitThatTakesTheTokenAndCallsTheCallbacks) {
  synclib::Event event;
  std::stop_source source;
  EXPECT_TRUE(source.stop_possible());
  int called = 0;
  const std::stop_callback callback(source.get_token(), [&] { ++called; });
  ThreadWaiter waiter;
  waiter.Start(event, source.get_token());
  AwaitWaiters(event, 1);
  EXPECT_TRUE(source.request_stop());
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(source.stop_requested());
  EXPECT_FALSE(source.request_stop());
  std::stop_source other;
  source.swap(other);
  EXPECT_EQ(event.Wait({absl::FromChrono(kShort), source.get_token()}),
            WaitResult::kTimeout);
  std::stop_token stopped = other.get_token();
  std::stop_token token = source.get_token();
  token.swap(stopped);
  EXPECT_TRUE(token.stop_requested());
  EXPECT_EQ(event.Wait(token), WaitResult::kCancelled);
}

// Row: std::stop_token::stop_requested(), stop_possible(), swap(token)
// Row: std::nostopstate
TEST(StdRows, ATokenThatNobodyCanStopEndsNoWait) {
  std::stop_source source(std::nostopstate);
  const std::stop_token token = source.get_token();
  EXPECT_FALSE(token.stop_possible());
  EXPECT_FALSE(source.request_stop());
  synclib::Event event;
  EXPECT_EQ(event.Wait({absl::FromChrono(kShort), token}),
            WaitResult::kTimeout);
}

// Row: std::jthread::request_stop(), get_stop_source(), get_stop_token()
TEST(StdRows, AThreadThatIsStoppedEndsItsWait) {
  synclib::Event event;
  const auto wait = [&](const std::stop_token& token) {
    EXPECT_EQ(event.Wait(token), WaitResult::kCancelled);
  };
  std::jthread stopped_by_itself(wait);
  EXPECT_TRUE(stopped_by_itself.request_stop());
  std::jthread stopped_by_its_source(wait);
  EXPECT_TRUE(stopped_by_its_source.get_stop_source().request_stop());
  EXPECT_TRUE(stopped_by_its_source.get_stop_token().stop_requested());
  const std::jthread stopped_by_its_destructor(wait);
}

}  // namespace
}  // namespace synctest

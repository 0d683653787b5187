// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/shared_mutex.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

// Readers that wait for a writer.
struct ReaderSubject {
  ReaderSubject() { mutex.lock(); }
  void Release() { mutex.unlock(); }
  Shared What() { return {mutex}; }
  size_t waiters() { return mutex.waiters(); }

  synclib::SharedMutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Reader, LimitsTest, LimitsCases<ReaderSubject>,
                               LimitsCaseName);

// Writers that wait for two readers.
struct WriterSubject {
  WriterSubject() {
    mutex.lock_shared();
    mutex.lock_shared();
    mutex.unlock_shared();
  }
  void Release() { mutex.unlock_shared(); }
  Exclusive<synclib::SharedMutex> What() { return {mutex}; }
  size_t waiters() { return mutex.waiters(); }

  synclib::SharedMutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Writer, LimitsTest, LimitsCases<WriterSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::PooledCoroutineWaiter;
using synctest::Shared;
using synctest::ThreadWaiter;
using synctest::Waiter;
using Exclusive = synctest::Exclusive<SharedMutex>;

static_assert(sizeof(SharedMutex) == 16);
static_assert(sizeof(SharedMutex::Awaiter) <= 96);
static_assert(sizeof(SharedMutex::LimitedAwaiter) <= 224);
static_assert(std::is_nothrow_default_constructible_v<SharedMutex>);
static_assert(!std::is_copy_constructible_v<SharedMutex>);
static_assert(!std::is_move_constructible_v<SharedMutex>);

constinit SharedMutex global_mutex;
// By the initialization of another variable, before main().
const bool shared_before_main = global_mutex.try_lock_shared();

TEST(SharedMutexTest, WorksBeforeMain) {
  EXPECT_TRUE(shared_before_main);
  EXPECT_FALSE(global_mutex.try_lock());
}

TEST(SharedMutexTest, StartsFree) {
  SharedMutex mutex;
  EXPECT_EQ(mutex.waiters(), 0u);
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock_shared());
  mutex.unlock_shared();
}

TEST(SharedMutexTest, AWriterExcludesAll) {
  SharedMutex mutex;
  mutex.lock();
  EXPECT_FALSE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock_shared());
  EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kTimeout);
  EXPECT_EQ(mutex.LockShared(absl::ZeroDuration()), WaitResult::kTimeout);
  mutex.unlock();
}

TEST(SharedMutexTest, ReadersExcludeWritersOnly) {
  SharedMutex mutex;
  mutex.lock_shared();
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_EQ(mutex.LockShared(absl::ZeroDuration()), WaitResult::kReady);
  for (int readers = 3; readers > 0; --readers) {
    EXPECT_FALSE(mutex.try_lock());
    EXPECT_EQ(mutex.Lock(absl::ZeroDuration()), WaitResult::kTimeout);
    mutex.unlock_shared();
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, HasRoomForManyReaders) {
  SharedMutex mutex;
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(mutex.try_lock_shared());
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_FALSE(mutex.try_lock());
    mutex.unlock_shared();
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, MayBeUnlockedByAnotherThread) {
  SharedMutex mutex;
  mutex.lock();
  std::thread([&] { mutex.unlock(); }).join();
  mutex.lock_shared();
  std::thread([&] { mutex.unlock_shared(); }).join();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, WorksWithTheLocksOfTheStandardLibrary) {
  SharedMutex mutex;
  SharedMutex other;
  {
    std::scoped_lock lock(mutex, other);
    EXPECT_FALSE(mutex.try_lock_shared());
    EXPECT_FALSE(other.try_lock_shared());
  }
  {
    std::shared_lock first(mutex);
    std::shared_lock second(mutex, std::try_to_lock);
    EXPECT_TRUE(second.owns_lock());
    std::unique_lock writer(mutex, std::try_to_lock);
    EXPECT_FALSE(writer.owns_lock());
    first.unlock();
    EXPECT_FALSE(writer.try_lock());
    second.unlock();
    EXPECT_TRUE(writer.try_lock());
    EXPECT_FALSE(first.try_lock());
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, WorksWithLocksOfItsOwn) {
  SharedMutex mutex;
  {
    const ReaderLock first(mutex);
    const ReaderLock second(mutex);
    mutex.AssertReaderHeld();
    EXPECT_FALSE(mutex.try_lock());
  }
  {
    const WriterLock lock(mutex);
    mutex.AssertHeld();
    mutex.AssertReaderHeld();
    EXPECT_FALSE(mutex.try_lock_shared());
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, AnAwaiterThatIsNotAwaitedLocksNothing) {
  SharedMutex mutex;
  {
    SharedMutex::Awaiter exclusive = mutex.AsyncLock();
    SharedMutex::LimitedAwaiter shared = mutex.AsyncLockShared(absl::Hours(1));
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, ReadersOfAllKindsThatWaitGetItTogether) {
  SharedMutex mutex;
  mutex.lock();
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  CallbackWaiter callback;
  const std::array<Waiter*, 4> all = {&thread, &coroutine, &pooled, &callback};
  for (Waiter* waiter : all) waiter->Start(Shared{mutex});
  AwaitWaiters(mutex, all.size());
  mutex.unlock();
  for (Waiter* waiter : all) EXPECT_EQ(waiter->Result(), WaitResult::kReady);
  EXPECT_EQ(mutex.waiters(), 0u);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_FALSE(mutex.try_lock());
    mutex.unlock_shared();
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(SharedMutexTest, GoesToWritersOfAllKindsInTheOrderOfJoining) {
  SharedMutex mutex;
  mutex.lock_shared();
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  CallbackWaiter callback;
  const std::array<Waiter*, 4> all = {&callback, &pooled, &thread, &coroutine};
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]->Start(Exclusive{mutex});
    AwaitWaiters(mutex, i + 1);
  }
  mutex.unlock_shared();
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
    EXPECT_EQ(mutex.waiters(), all.size() - i - 1);
    for (size_t j = i + 1; j < all.size(); ++j) EXPECT_FALSE(all[j]->done());
    mutex.unlock();
  }
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

template <class Kind>
class SharedMutexWaitTest : public testing::Test {};
TYPED_TEST_SUITE(SharedMutexWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(SharedMutexWaitTest, HasAFreeMutexAtOnce) {
  SharedMutex mutex;
  TypeParam waiter;
  waiter.Start(Exclusive{mutex});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
  waiter.Start(Shared{mutex});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_TRUE(mutex.try_lock_shared());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock_shared();
  mutex.unlock_shared();
}

TYPED_TEST(SharedMutexWaitTest, AWriterWaitsForTheLastReader) {
  SharedMutex mutex;
  mutex.lock_shared();
  mutex.lock_shared();
  TypeParam writer;
  writer.Start(Exclusive{mutex});
  AwaitWaiters(mutex, 1);
  mutex.unlock_shared();
  EXPECT_EQ(mutex.waiters(), 1u);
  EXPECT_FALSE(writer.done());
  mutex.unlock_shared();
  EXPECT_EQ(writer.Result(), WaitResult::kReady);
  EXPECT_FALSE(mutex.try_lock_shared());
  mutex.unlock();
}

TYPED_TEST(SharedMutexWaitTest, AReaderGetsItsTurnAfterTheWriterThatWaits) {
  SharedMutex mutex;
  mutex.lock_shared();
  TypeParam writer;
  TypeParam reader;
  writer.Start(Exclusive{mutex});
  AwaitWaiters(mutex, 1);
  EXPECT_FALSE(mutex.try_lock_shared());
  EXPECT_EQ(mutex.LockShared(absl::ZeroDuration()), WaitResult::kTimeout);
  reader.Start(Shared{mutex});
  AwaitWaiters(mutex, 2);
  EXPECT_FALSE(reader.done());
  mutex.unlock_shared();
  EXPECT_EQ(writer.Result(), WaitResult::kReady);
  EXPECT_EQ(mutex.waiters(), 1u);
  EXPECT_FALSE(reader.done());
  mutex.unlock();
  EXPECT_EQ(reader.Result(), WaitResult::kReady);
  mutex.unlock_shared();
}

// Two readers, a writer, two readers: they pass as three groups.
TYPED_TEST(SharedMutexWaitTest, ReadersPassTogetherUpToTheNextWriter) {
  SharedMutex mutex;
  mutex.lock();
  std::array<TypeParam, 5> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    if (i == 2) {
      waiters[i].Start(Exclusive{mutex});
    } else {
      waiters[i].Start(Shared{mutex});
    }
    AwaitWaiters(mutex, i + 1);
  }
  mutex.unlock();
  EXPECT_EQ(waiters[0].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[1].Result(), WaitResult::kReady);
  EXPECT_EQ(mutex.waiters(), 3u);
  mutex.unlock_shared();
  EXPECT_EQ(mutex.waiters(), 3u);
  mutex.unlock_shared();
  EXPECT_EQ(waiters[2].Result(), WaitResult::kReady);
  EXPECT_EQ(mutex.waiters(), 2u);
  EXPECT_FALSE(waiters[3].done());
  EXPECT_FALSE(waiters[4].done());
  mutex.unlock();
  EXPECT_EQ(waiters[3].Result(), WaitResult::kReady);
  EXPECT_EQ(waiters[4].Result(), WaitResult::kReady);
  mutex.unlock_shared();
  mutex.unlock_shared();
}

// Who gives up holds up nobody any more.
TYPED_TEST(SharedMutexWaitTest, AWriterThatGivesUpMakesWayForReaders) {
  for (const bool limited : {false, true}) {
    SharedMutex mutex;
    mutex.lock_shared();
    std::stop_source source;
    TypeParam writer;
    std::array<TypeParam, 2> readers;
    if (limited) {
      writer.Start(Exclusive{mutex}, absl::Milliseconds(20));
    } else {
      writer.Start(Exclusive{mutex}, source.get_token());
      AwaitWaiters(mutex, 1);
    }
    for (auto& reader : readers) reader.Start(Shared{mutex});
    source.request_stop();
    EXPECT_EQ(writer.Result(),
              limited ? WaitResult::kTimeout : WaitResult::kCancelled);
    for (auto& reader : readers) {
      EXPECT_EQ(reader.Result(), WaitResult::kReady);
    }
    EXPECT_EQ(mutex.waiters(), 0u);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(mutex.try_lock());
      mutex.unlock_shared();
    }
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  }
}

// Plain, for the thread sanitizer as well.
TEST(SharedMutexTest, ExcludesWritersFromAllAndReadersFromWriters) {
  constexpr int kRounds = 500;
  SharedMutex mutex;
  int value = 0;
  int copy = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < kRounds; ++j) {
          std::unique_lock lock(mutex);
          ++value;
          ++copy;
        }
      });
      threads.emplace_back([&] {
        for (int j = 0; j < kRounds; ++j) {
          std::shared_lock lock(mutex);
          ASSERT_EQ(value, copy);
        }
      });
    }
  }
  EXPECT_EQ(value, 2 * kRounds);
}

TEST(SharedMutexTest, ReadersAreInsideAtTheSameTime) {
  SharedMutex mutex;
  std::atomic<int> inside = 0;
  auto read = [&] {
    std::shared_lock lock(mutex);
    ++inside;
    synctest::WaitUntil([&] { return inside == 2; }, "the other reader");
  };
  std::jthread other(read);
  read();
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What Abseil's headers promise, of what docs/companions.md names as its
// counterpart here: the rows of its table that each test is for stand above it.
// The typed tests run one program with both. What threads share in it is
// atomic, since an Abseil that was built elsewhere tells ThreadSanitizer
// nothing.

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

using synclib::WaitResult;

constexpr absl::Duration kShort = absl::Milliseconds(1);

struct Absl {
  static constexpr const char* kName = "Absl";

  using Mutex = absl::Mutex;
  using SharedMutex = absl::Mutex;
  using MutexLock = absl::MutexLock;
  using ReaderMutexLock = absl::ReaderMutexLock;
  using WriterMutexLock = absl::WriterMutexLock;
  using CondVar = absl::CondVar;
  using Notification = absl::Notification;
  using BlockingCounter = absl::BlockingCounter;
  using Barrier = absl::Barrier;
};

// Ours, with Abseil's names.
struct Sync {
  static constexpr const char* kName = "Sync";

  struct Mutex : synclib::Mutex {
    void Lock() { lock(); }
    bool TryLock() { return try_lock(); }
    void Unlock() { unlock(); }
  };
  struct MutexLock : synclib::MutexLock {
    explicit MutexLock(Mutex* mutex) : synclib::MutexLock(*mutex) {}
  };

  struct SharedMutex : synclib::SharedMutex {
    void WriterLock() { lock(); }
    bool WriterTryLock() { return try_lock(); }
    void WriterUnlock() { unlock(); }
    void ReaderLock() { lock_shared(); }
    bool ReaderTryLock() { return try_lock_shared(); }
    void ReaderUnlock() { unlock_shared(); }
  };
  struct ReaderMutexLock : synclib::ReaderLock {
    explicit ReaderMutexLock(SharedMutex* mutex) : ReaderLock(*mutex) {}
  };
  struct WriterMutexLock : synclib::WriterLock {
    explicit WriterMutexLock(SharedMutex* mutex) : WriterLock(*mutex) {}
  };

  struct CondVar : synclib::Condition {
    void Wait(Mutex* mutex) { Condition::Wait(*mutex); }
    void Signal() { NotifyOne(); }
    void SignalAll() { NotifyAll(); }
  };

  struct Notification : synclib::Event {
    using Event::Event;
    explicit Notification(bool) : Event(kSet) {}
    void Notify() { Set(); }
    bool HasBeenNotified() const { return IsSet(); }
    void WaitForNotification() { Wait(); }
    bool WaitForNotificationWithTimeout(absl::Duration limit) {
      return Wait(limit) == WaitResult::kReady;
    }
    bool WaitForNotificationWithDeadline(absl::Time limit) {
      return Wait(limit) == WaitResult::kReady;
    }
  };

  struct BlockingCounter : synclib::Latch {
    using Latch::Latch;
    void DecrementCount() { CountDown(); }
  };

  struct Barrier : synclib::Barrier {
    using synclib::Barrier::Barrier;
    bool Block() { return ArriveAndWait().index == 0; }
  };
};

template <class Library>
class AbslRows : public testing::Test {};
struct LibraryName {
  template <class Library>
  static std::string GetName(int) {
    return Library::kName;
  }
};
using Libraries = ::testing::Types<Absl, Sync>;
TYPED_TEST_SUITE(AbslRows, Libraries, LibraryName);

// What `f` returns when another thread calls it.
template <class F>
bool InAnotherThread(F f) {
  bool result = false;
  std::jthread([&] { result = f(); }).join();
  return result;
}

// Row: absl::Mutex::Lock(), WriterLock()
// Row: absl::Mutex::TryLock(), WriterTryLock()
// Row: absl::Mutex::Unlock(), WriterUnlock()
// Row: absl::MutexLock lock(&mu)
TYPED_TEST(AbslRows, MutexIsHadByOneThreadAtATime) {
  typename TypeParam::Mutex mutex;
  const auto others_can_lock = [&] {
    return InAnotherThread([&] {
      if (!mutex.TryLock()) return false;
      mutex.Unlock();
      return true;
    });
  };
  mutex.Lock();
  EXPECT_FALSE(others_can_lock());
  mutex.Unlock();
  WaitUntil(others_can_lock, "TryLock()");
  {
    const typename TypeParam::MutexLock lock(&mutex);
    EXPECT_FALSE(others_can_lock());
  }
  WaitUntil(others_can_lock, "TryLock()");

  std::atomic<int> inside = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 500; ++round) {
        const typename TypeParam::MutexLock lock(&mutex);
        EXPECT_EQ(++inside, 1);
        --inside;
      }
    });
  }
}

// Row: absl::Mutex::Lock(), WriterLock()
// Row: absl::Mutex::TryLock(), WriterTryLock()
// Row: absl::Mutex::Unlock(), WriterUnlock()
// Row: absl::Mutex::ReaderLock()
// Row: absl::Mutex::ReaderTryLock()
// Row: absl::Mutex::ReaderUnlock()
// Row: absl::ReaderMutexLock
// Row: absl::WriterMutexLock
TYPED_TEST(AbslRows, ReadersHaveAMutexTogetherAndNobodyWithAWriter) {
  typename TypeParam::SharedMutex mutex;
  const auto others_can_read = [&] {
    return InAnotherThread([&] {
      if (!mutex.ReaderTryLock()) return false;
      mutex.ReaderUnlock();
      return true;
    });
  };
  const auto others_can_write = [&] {
    return InAnotherThread([&] {
      if (!mutex.WriterTryLock()) return false;
      mutex.WriterUnlock();
      return true;
    });
  };
  const auto others_read = [&] {
    return InAnotherThread([&] {
      const typename TypeParam::ReaderMutexLock lock(&mutex);
      return true;
    });
  };
  mutex.ReaderLock();
  EXPECT_TRUE(others_read());
  WaitUntil(others_can_read, "ReaderTryLock()");
  EXPECT_FALSE(others_can_write());
  mutex.ReaderUnlock();
  mutex.WriterLock();
  EXPECT_FALSE(others_can_read());
  EXPECT_FALSE(others_can_write());
  mutex.WriterUnlock();
  {
    const typename TypeParam::ReaderMutexLock lock(&mutex);
    EXPECT_TRUE(others_read());
    EXPECT_FALSE(others_can_write());
  }
  {
    const typename TypeParam::WriterMutexLock lock(&mutex);
    EXPECT_FALSE(others_can_read());
  }
  WaitUntil(others_can_write, "WriterTryLock()");
}

constinit absl::Mutex absl_mutex(absl::kConstInit);
constinit synclib::Mutex sync_mutex;

// Row: absl::Mutex(absl::kConstInit)
TEST(AbslMutexRows, AGlobalMutexNeedsNoConstructorToRun) {
  const absl::MutexLock absl_lock(&absl_mutex);
  const synclib::MutexLock lock(sync_mutex);
  EXPECT_FALSE(InAnotherThread([] { return absl_mutex.TryLock(); }));
  EXPECT_FALSE(InAnotherThread([] { return sync_mutex.try_lock(); }));
}

// Row: absl::CondVar::Wait(&mu)
// Row: absl::CondVar::Signal()
// Row: absl::CondVar::SignalAll()
TYPED_TEST(AbslRows, SignalsReachWhoWaitsAndComeWithTheMutex) {
  typename TypeParam::Mutex mutex;
  typename TypeParam::CondVar condition;
  std::atomic<int> items = 0;
  std::atomic<int> taken = 0;
  std::atomic<bool> done = false;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        const typename TypeParam::MutexLock lock(&mutex);
        for (;;) {
          while (items == 0 && !done) condition.Wait(&mutex);
          if (items == 0) return;
          --items;
          ++taken;
        }
      });
    }
    for (int i = 0; i < 200; ++i) {
      const typename TypeParam::MutexLock lock(&mutex);
      ++items;
      condition.Signal();
    }
    const typename TypeParam::MutexLock lock(&mutex);
    done = true;
    condition.SignalAll();
  }
  EXPECT_EQ(taken, 200);
}

// Row: absl::CondVar::Signal()
// Row: absl::CondVar::SignalAll()
TEST(AbslConditionRows, SignalEndsOneWaitAndSignalAllTheOthers) {
  Sync::Mutex mutex;
  Sync::CondVar condition;
  std::array<ThreadWaiter, 3> waiters;
  for (size_t i = 0; i < waiters.size(); ++i) {
    waiters[i].Then([&](WaitResult) { mutex.Unlock(); });
    mutex.Lock();
    waiters[i].Start(Notification{condition, mutex});
    AwaitWaiters(condition, i + 1);
  }
  condition.Signal();
  EXPECT_EQ(condition.waiters(), 2u);
  condition.SignalAll();
  EXPECT_EQ(condition.waiters(), 0u);
}

// Row: absl::Mutex::LockWhen(cond), WriterLockWhen(cond)
// Row: absl::Mutex::Await(cond)
// Row: absl::Mutex::AwaitWithTimeout(cond, d)
// Row: absl::Mutex::AwaitWithDeadline(cond, t)
TEST(AbslConditionRows, AwaitIsAWaitForAConditionThatIsNotified) {
  synclib::Mutex mutex;
  synclib::Condition condition;
  bool fulfilled = false;
  const auto predicate = [&] { return fulfilled; };
  const synclib::MutexLock lock(mutex);
  EXPECT_EQ(condition.Wait(mutex, predicate, kShort), WaitResult::kTimeout);
  EXPECT_EQ(condition.Wait(mutex, predicate, absl::Now() + kShort),
            WaitResult::kTimeout);
  std::jthread fulfiller([&] {
    const synclib::MutexLock its_lock(mutex);
    fulfilled = true;
    condition.NotifyOne();
  });
  condition.Wait(mutex, predicate);
  EXPECT_TRUE(fulfilled);
}

// Row: absl::Notification(true)
// Row: absl::Notification::Notify()
// Row: absl::Notification::HasBeenNotified()
// Row: absl::Notification::WaitForNotification()
// Row: absl::Notification::WaitForNotificationWithTimeout(d)
// Row: absl::Notification::WaitForNotificationWithDeadline(t)
TYPED_TEST(AbslRows, NotificationEndsAllWaits) {
  const auto expect_notified = [](auto& notification) {
    notification.WaitForNotification();
    EXPECT_TRUE(notification.HasBeenNotified());
    EXPECT_TRUE(
        notification.WaitForNotificationWithTimeout(absl::ZeroDuration()));
    EXPECT_TRUE(
        notification.WaitForNotificationWithDeadline(absl::InfinitePast()));
  };
  typename TypeParam::Notification notified(true);
  expect_notified(notified);

  typename TypeParam::Notification notification;
  EXPECT_FALSE(notification.HasBeenNotified());
  EXPECT_FALSE(notification.WaitForNotificationWithTimeout(kShort));
  EXPECT_FALSE(
      notification.WaitForNotificationWithDeadline(absl::Now() + kShort));
  std::atomic<bool> written = false;
  std::vector<std::jthread> threads;
  threads.emplace_back([&] {
    notification.WaitForNotification();
    EXPECT_TRUE(written);
  });
  threads.emplace_back([&] {
    EXPECT_TRUE(notification.WaitForNotificationWithTimeout(absl::Hours(1)));
    EXPECT_TRUE(written);
  });
  threads.emplace_back([&] {
    EXPECT_TRUE(notification.WaitForNotificationWithDeadline(absl::Now() +
                                                             absl::Hours(1)));
    EXPECT_TRUE(written);
  });
  written = true;
  notification.Notify();
  expect_notified(notification);
}

// Row: absl::BlockingCounter::Wait()
// Row: absl::BlockingCounter::DecrementCount()
TYPED_TEST(AbslRows, BlockingCounterLetsPassWhenItsCountIsZero) {
  std::atomic<int> arrived = 0;
  typename TypeParam::BlockingCounter counter(4);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      ++arrived;
      counter.DecrementCount();
    });
  }
  counter.Wait();
  EXPECT_EQ(arrived, 4);
}

// Row: absl::Barrier::Block()
TYPED_TEST(AbslRows, BarrierTellsOneCallerWhichMayDestroyIt) {
  constexpr int kThreads = 4;
  auto* const barrier = new typename TypeParam::Barrier(kThreads);
  std::atomic<int> arrived = 0;
  std::atomic<int> told = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        ++arrived;
        const bool destroys = barrier->Block();
        EXPECT_EQ(arrived, kThreads);
        if (!destroys) return;
        ++told;
        delete barrier;
      });
    }
  }
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace synctest

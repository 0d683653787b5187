// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a thread does around its join: it tries before, and afterwards runs what
// the join has released.

#include <cstdint>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/internal/platform.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::Thread;
using synclib::Condition;
using synclib::Event;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitResult;

// A thread joins a list, and the permit that comes while it has that is for the
// coroutine in front: which is the thread's own to run, before it sleeps.
Detached PassOn(Semaphore& permits) {
  (void)co_await permits.AsyncAcquire();
  permits.Release();
}
Detached BlockFor(Event& go, Semaphore& permits) {
  co_await go;
  permits.Acquire();
}
Detached BlockForAnHour(Event& go, Semaphore& permits) {
  co_await go;
  Check(permits.Acquire(absl::Hours(1)) == WaitResult::kReady,
        "a permit was there");
}
void ExplorePassing(int faults, Detached (*block)(Event&, Semaphore&)) {
  ExploreAll(
      [block] {
        Event go;
        Semaphore permits(0);
        PassOn(permits);
        block(go, permits);
        Thread releaser("releaser", [&] { permits.Release(); });
        go.Set();
        releaser.join();
      },
      {.faults = faults, .suspensions = 0});
}

TEST(JoinsScenario, L2_WhoSleepsHasRunWhatItsJoinReleased) {
  ExplorePassing(2, &BlockFor);
}

TEST(JoinsScenario, L2_WhoSleepsForAnHourHasRunWhatItsJoinReleased) {
  ExplorePassing(0, &BlockForAnHour);
}

Detached PassOn(Mutex& mutex) {
  (void)co_await mutex.AsyncLock();
  mutex.unlock();
}
Detached BlockFor(Event& go, Mutex& mutex) {
  co_await go;
  mutex.lock();
  mutex.unlock();
}

TEST(JoinsScenario, L2_WhoSleepsForAMutexHasRunWhatItsJoinReleased) {
  ExploreAll(
      [] {
        Event go;
        Mutex mutex;
        mutex.lock();
        PassOn(mutex);
        BlockFor(go, mutex);
        Thread unlocker("unlocker", [&] { mutex.unlock(); });
        go.Set();
        unlocker.join();
      },
      {.suspensions = 0});
}

// So has who gives up a mutex to wait for a notification.
Detached WaitFor(Event& go, Mutex& mutex, Condition& condition) {
  co_await go;
  condition.Wait(mutex);
  mutex.unlock();
}
Detached LockAndNotify(Mutex& mutex, Condition& condition) {
  (void)co_await mutex.AsyncLock();
  condition.NotifyOne();
  mutex.unlock();
}

TEST(JoinsScenario, L2_WhoSleepsForANotificationHasRunWhoGotItsMutex) {
  ExploreAll(
      [] {
        Event go;
        Mutex mutex;
        Condition condition;
        mutex.lock();
        WaitFor(go, mutex, condition);
        LockAndNotify(mutex, condition);
        Thread setter("setter", [&] { go.Set(); });
        mutex.lock();
        mutex.unlock();
        setter.join();
      },
      {.suspensions = 0});
}

// Meanwhile it keeps its place, where that is in turn.
Detached LookAndPassOn(Semaphore& permits,
                       const synclib::internal::ThreadSlot& waiting) {
  (void)co_await permits.AsyncAcquire();
  if (&synclib::internal::Self() == &waiting) {
    Check(permits.waiters() == 1, "who waits in turn keeps its place");
  }
  permits.Release();
}

TEST(JoinsScenario, L2_WhoSleepsKeepsItsPlaceForWhatItsJoinReleased) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        LookAndPassOn(permits, synclib::internal::Self());
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Acquire();
        releaser.join();
      },
      {.suspensions = 0});
}

// And where what the join has released blocks for the same mutex: it must not
// stand behind the thread, which goes on after it only.
Detached PassOnAndLock(Mutex& mutex, Event& barge, Event& barged) {
  (void)co_await mutex.AsyncLock();
  mutex.unlock();
  barge.Set();
  barged.Wait();
  mutex.lock();
  mutex.unlock();
}
void ExploreLocking(int faults, void (*lock)(Mutex&)) {
  ExploreAll(
      [lock] {
        Event barge;
        Event barged;
        Mutex mutex;
        mutex.lock();
        PassOnAndLock(mutex, barge, barged);
        Thread unlocker("unlocker", [&] { mutex.unlock(); });
        Thread barger("barger", [&] {
          barge.Wait();
          mutex.lock();
          barged.Set();
          mutex.unlock();
        });
        lock(mutex);
        unlocker.join();
        barger.join();
      },
      {.faults = faults, .suspensions = 0});
}

TEST(JoinsScenario, L2_WhatAJoinReleasesBlocksForTheSameMutex) {
  ExploreLocking(2, [](Mutex& mutex) {
    mutex.lock();
    mutex.unlock();
  });
}

TEST(JoinsScenario, L2_WhatAJoinReleasesBlocksForTheSameMutexInAHandOut) {
  ExploreLocking(2, [](Mutex& mutex) {
    Event go;
    BlockFor(go, mutex);
    go.Set();
  });
}

TEST(JoinsScenario, L2_WhatAJoinReleasesBlocksForTheSameMutexWithinAnHour) {
  ExploreLocking(0, [](Mutex& mutex) {
    Check(mutex.Lock(absl::Hours(1)) == WaitResult::kReady, "it was unlocked");
    mutex.unlock();
  });
}

// Nor must the thread, as it leaves, get to read what is blocked for to write.
Detached ReadThenWrite(SharedMutex& mutex) {
  (void)co_await mutex.AsyncLockShared();
  mutex.unlock_shared();
  mutex.lock();
  mutex.unlock();
}
void ExploreReading(int faults, void (*lock_shared)(SharedMutex&)) {
  ExploreAll(
      [lock_shared] {
        SharedMutex mutex;
        mutex.lock();
        ReadThenWrite(mutex);
        Thread unlocker("unlocker", [&] { mutex.unlock(); });
        lock_shared(mutex);
        mutex.unlock_shared();
        unlocker.join();
      },
      {.faults = faults, .suspensions = 0});
}

TEST(JoinsScenario, L2_WhatAJoinReleasesBlocksToWriteWhereItHasRead) {
  ExploreReading(2, [](SharedMutex& mutex) { mutex.lock_shared(); });
}

TEST(JoinsScenario, L2_WhatAJoinReleasesBlocksToWriteWithinAnHour) {
  ExploreReading(0, [](SharedMutex& mutex) {
    Check(mutex.LockShared(absl::Hours(1)) == WaitResult::kReady,
          "it was unlocked");
  });
}

// Who tries before it waits: without a limit, and with one.
TEST(JoinsScenario, S1_WhoTriesBeforeItWaitsHasItOnce) {
  ExploreAll(
      [] {
        Mutex mutex;
        Semaphore permits(1);
        int64_t locked = 0;
        int64_t acquired = 0;
        const auto work = [&] {
          mutex.lock();
          ++locked;
          mutex.unlock();
          Check(permits.Acquire(absl::Hours(1)) == WaitResult::kReady,
                "a permit was there");
          ++acquired;
          permits.Release();
        };
        Thread other("other", work);
        work();
        other.join();
        Check(locked == 2 && acquired == 2, "each had both once");
        Check(permits.permits() == 1, "no permit was lost");
      },
      {.faults = 0, .suspensions = 0, .second_looks = true});
}

TEST(JoinsScenario, L2_WhoTriesBeforeItWaitsComesAfterThoseWhoWait) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        bool has_first = false;
        Thread first("first", [&] {
          permits.Acquire();
          has_first = true;
          permits.Release();
        });
        while (permits.waiters() == 0) model::Yield(model::Place::current());
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Acquire();
        Check(has_first, "who waits comes first");
        releaser.join();
        first.join();
      },
      {.suspensions = 0, .second_looks = true});
}

}  // namespace
}  // namespace synctest

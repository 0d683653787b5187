// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a coroutine was granted that is destroyed before it has gone on, or that
// gives up as it is granted: the next one gets it. And permits and flags that
// wait for who is to get them.

#include <cstddef>
#include <functional>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::StopSource;
using model::Thread;
using synclib::AutoResetEvent;
using synclib::Condition;
using synclib::Event;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitOptions;
using synclib::WaitResult;

// A coroutine `wait()` is granted what `give()` gives, and destroyed. A thread
// that calls `take()` gets it.
void GrantAndDestroy(const std::function<Detached()>& wait,
                     const std::function<void()>& give,
                     const std::function<void()>& take,
                     const std::function<size_t()>& waiters) {
  Event start;
  Detached second;
  auto give_and_destroy = [&]() -> Detached {
    co_await start;
    give();  // The second goes on when this coroutine has ended.
    second.handle.destroy();
  };
  give_and_destroy();
  second = wait();
  Thread third("third", take);
  while (waiters() < 2) model::Yield(model::Place::current());
  start.Set();
  third.join();
}

TEST(GivingBackScenario, L2_APermit) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        GrantAndDestroy([&]() -> Detached { co_await permits.AsyncAcquire(); },
                        [&] { permits.Release(); }, [&] { permits.Acquire(); },
                        [&] { return permits.waiters(); });
        Check(permits.permits() == 0, "it was there once");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_APermitOfAWaitWithALimit) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await permits.AsyncAcquire(absl::InfiniteDuration());
            },
            [&] { permits.Release(); }, [&] { permits.Acquire(); },
            [&] { return permits.waiters(); });
        Check(permits.permits() == 0, "it was there once");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_APermitOfAWaitForAny) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await synclib::AsyncWaitAny({event, permits});
            },
            [&] { permits.Release(); }, [&] { permits.Acquire(); },
            [&] { return permits.waiters(); });
        Check(permits.permits() == 0, "it was there once");
        Check(event.waiters() == 0, "it has left");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASet) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        GrantAndDestroy([&]() -> Detached { co_await event; },
                        [&] { event.Set(); }, [&] { event.Wait(); },
                        [&] { return event.waiters(); });
        Check(!event.TryWait(), "it was there once");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASetOfAWaitWithALimit) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await event.AsyncWait(absl::InfiniteDuration());
            },
            [&] { event.Set(); }, [&] { event.Wait(); },
            [&] { return event.waiters(); });
        Check(!event.TryWait(), "it was there once");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_AMutex) {
  ExploreAll(
      [] {
        Mutex mutex;
        mutex.lock();
        GrantAndDestroy([&]() -> Detached { co_await mutex.AsyncLock(); },
                        [&] { mutex.unlock(); }, [&] { mutex.lock(); },
                        [&] { return mutex.waiters(); });
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASharedMutex) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock();
        GrantAndDestroy([&]() -> Detached { co_await mutex.AsyncLockShared(); },
                        [&] { mutex.unlock(); }, [&] { mutex.lock(); },
                        [&] { return mutex.waiters(); });
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASharedMutexOfAWriter) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock();
        GrantAndDestroy([&]() -> Detached { co_await mutex.AsyncLock(); },
                        [&] { mutex.unlock(); },
                        [&] {
                          mutex.lock_shared();
                          mutex.unlock_shared();
                        },
                        [&] { return mutex.waiters(); });
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

// The other reader, which got the mutex together with the one that is
// destroyed, keeps it.
TEST(GivingBackScenario, L2_ASharedMutexThatAnotherReaderHas) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock();
        GrantAndDestroy([&]() -> Detached { co_await mutex.AsyncLockShared(); },
                        [&] { mutex.unlock(); },
                        [&] {
                          mutex.lock_shared();
                          Check(!mutex.try_lock(), "a reader has it");
                          mutex.unlock_shared();
                        },
                        [&] { return mutex.waiters(); });
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASharedMutexOfAWaitWithALimit) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock_shared();
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await mutex.AsyncLock(absl::InfiniteDuration());
            },
            [&] { mutex.unlock_shared(); }, [&] { mutex.lock(); },
            [&] { return mutex.waiters(); });
        mutex.unlock();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ASharedMutexOfAWaitForAny) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        Event event;
        mutex.lock();
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await synclib::AsyncWaitAny({event, mutex.Shared()});
            },
            [&] { mutex.unlock(); }, [&] { mutex.lock(); },
            [&] { return mutex.waiters(); });
        mutex.unlock();
        Check(mutex.try_lock(), "it is free");
        Check(event.waiters() == 0, "it has left");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ANotification) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition condition;
        mutex.lock();
        GrantAndDestroy(
            [&]() -> Detached { co_await condition.AsyncWait(mutex); },
            [&] { condition.NotifyOne(); },
            [&] {
              mutex.lock();
              condition.Wait(mutex);
              mutex.unlock();
            },
            [&] { return condition.waiters(); });
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, L2_ANotificationOfAWaitWithALimit) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition condition;
        mutex.lock();
        GrantAndDestroy(
            [&]() -> Detached {
              (void)co_await condition.AsyncWait(mutex,
                                                 absl::InfiniteDuration());
            },
            [&] { condition.NotifyOne(); },
            [&] {
              mutex.lock();
              condition.Wait(mutex);
              mutex.unlock();
            },
            [&] { return condition.waiters(); });
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

// Two wait, and the first is stopped as one of them is released: that is the
// first, or else the second.
TEST(GivingBackScenario, S1_ASetThatMeetsAStopGoesToTheNext) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        StopSource source;
        int released = 0;
        auto wait_or_stop = [&]() -> Detached {
          const WaitResult result =
              co_await event.AsyncWait(source.get_token());
          if (result == WaitResult::kReady) ++released;
        };
        auto wait = [&]() -> Detached {
          co_await event;
          ++released;
        };
        wait_or_stop();
        wait();
        Thread stopper("stopper", [&] { source.request_stop(); });
        event.Set();
        stopper.join();
        Check(released == 1, "one of the two");
        if (event.waiters() == 1) event.Set();
        Check(event.waiters() == 0, "both have ended");
        Check(!event.TryWait(), "nothing is left");
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GivingBackScenario, S1_ANotificationThatMeetsAStopGoesToTheNext) {
  ExploreAll(
      [] {
        Condition condition;
        Mutex mutex;
        StopSource source;
        int notified = 0;
        auto wait = [&](WaitOptions options) -> Detached {
          co_await mutex.AsyncLock();
          const WaitResult result =
              co_await condition.AsyncWait(mutex, std::move(options));
          if (result == WaitResult::kReady) ++notified;
          mutex.unlock();
        };
        wait(source.get_token());
        wait({});
        Thread stopper("stopper", [&] { source.request_stop(); });
        Check(condition.NotifyOne() == 1, "one is notified");
        stopper.join();
        Check(notified == 1, "one of the two");
        if (condition.waiters() == 1) condition.NotifyOne();
        Check(condition.waiters() == 0, "both have ended");
        Check(mutex.try_lock(), "it is free");
      },
      {.plain = 3, .stale = 3, .suspensions = 0});
}

void LetGoOf(SharedMutex& mutex, bool writes) {
  writes ? mutex.unlock() : mutex.unlock_shared();
}

// A writer or a reader has the mutex, a writer or a reader is the first who
// waits for it, and a writer the next.
TEST(GivingBackScenario, S1_ASharedMutexThatMeetsAStopGoesToTheNext) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource source;
        bool next_has = false;
        const bool was_written = model::Pick(2) == 0;
        was_written ? mutex.lock() : mutex.lock_shared();
        const bool writes = !was_written || model::Pick(2) == 0;
        auto lock_or_stop = [&](SharedMutex::LimitedAwaiter wait) -> Detached {
          if (co_await wait == WaitResult::kReady) LetGoOf(mutex, writes);
        };
        auto lock = [&]() -> Detached {
          co_await mutex.AsyncLock();
          next_has = true;
          mutex.unlock();
        };
        lock_or_stop(writes ? mutex.AsyncLock(source.get_token())
                            : mutex.AsyncLockShared(source.get_token()));
        lock();
        Thread stopper("stopper", [&] { source.request_stop(); });
        LetGoOf(mutex, was_written);
        stopper.join();
        Check(next_has, "it went on to the next");
        Check(mutex.try_lock(), "it is free");
      },
      {.plain = 3, .stale = 3, .suspensions = 0});
}

// A reader waits behind a writer that may give up, while another one has it.
TEST(GivingBackScenario, S1_ASharedMutexThatMeetsATimeoutGoesToTheNext) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        bool next_has = false;
        mutex.lock_shared();
        Thread writer("writer", [&] {
          if (mutex.Lock(absl::Seconds(1)) == WaitResult::kReady) {
            mutex.unlock();
          }
        });
        auto read = [&]() -> Detached {
          co_await mutex.AsyncLockShared();
          next_has = true;
          mutex.unlock_shared();
        };
        read();
        mutex.unlock_shared();
        writer.join();
        Check(next_has, "it went on to the next");
        Check(mutex.try_lock(), "it is free");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(GivingBackScenario, S1_ClearTakesAllThatWasSet) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        Thread waiter("waiter", [&] { event.Wait(); });
        while (event.waiters() < 1) model::Yield(model::Place::current());
        Thread holder("holder", [&] { event.waiters(); });  // Of the list.
        event.Set();
        event.Set();
        event.Clear();
        waiter.join();
        holder.join();
        Check(!event.TryWait(), "it is cleared");
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, S1_APermitThatIsWaitedForDoesNotCountAgainstTheBound) {
  ExploreAll(
      [] {
        Semaphore permits(0, 1);
        Thread waiter("waiter", [&] { permits.Acquire(); });
        while (permits.waiters() < 1) model::Yield(model::Place::current());
        Thread holder("holder", [&] { permits.waiters(); });  // Of the list.
        Check(permits.Release(), "it is the waiter's");
        Check(permits.Release(), "it fits");
      },
      {.plain = 3, .stale = 3, .suspensions = 0});
}

Detached AwaitNotification(Condition& condition, Mutex& mutex,
                           const WaitOptions& options, int& count) {
  co_await mutex.AsyncLock();
  (void)co_await condition.AsyncWait(mutex, options);
  ++count;
  mutex.unlock();
}

// It waits for the mutex when it is destroyed.
TEST(GivingBackScenario, S1_ANotificationGoesOnFromWhoWaitsForTheMutex) {
  ExploreAll(
      [] {
        Condition condition;
        Mutex mutex;
        int count = 0;
        Detached first = AwaitNotification(condition, mutex, {}, count);
        AwaitNotification(condition, mutex, {}, count);
        mutex.lock();
        condition.NotifyOne();
        first.handle.destroy();
        Thread other("other", [&] {
          mutex.lock();
          mutex.unlock();
        });
        mutex.unlock();
        other.join();
        mutex.lock();
        Check(count == 1, "the second was notified");
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(GivingBackScenario, S1_AGuardHasTheMutexWhileItsCoroutineDoes) {
  ExploreAll(
      [] {
        Condition condition;
        Mutex mutex;
        auto wait = [&]() -> Detached {
          Mutex::Guard guard = co_await mutex.AsyncGuard();
          co_await condition.AsyncWait(guard);
        };
        Detached waiting = wait();
        Thread other("other", [&] {
          mutex.lock();
          condition.NotifyOne();
          mutex.unlock();
        });
        if (model::Pick(2) == 0) {
          other.join();
        } else {
          mutex.lock();
          if (condition.waiters() == 1) waiting.handle.destroy();
          Check(!mutex.try_lock(), "it is had");
          mutex.unlock();
          other.join();
        }
        Check(mutex.try_lock(), "nobody has it");
        mutex.unlock();
      },
      {.suspensions = 0});
}

// An executor that runs what it has when it is asked to.
class Idle : public synclib::Executor {
 public:
  bool Post(synclib::Work* work) noexcept override {
    work_ = work;
    return true;
  }
  void RunAll() {
    if (work_ != nullptr) work_->Run();
  }

 private:
  synclib::Work* work_ = nullptr;
};

// What a predicate throws, the co_await throws that has not suspended, with the
// mutex.
TEST(GivingBackScenario, S1_APredicateThrowsAsItsWaitGivesUp) {
  ExploreAll(
      [] {
        Condition condition;
        Mutex mutex;
        StopSource source;
        Idle idle;
        int asked = 0;
        bool has_suspended = false;
        auto may_throw = [&]() -> bool {
          if (++asked > 1 && !has_suspended) throw asked;
          return false;
        };
        auto wait = [&]() -> Detached {
          co_await mutex.AsyncLock();
          try {
            (void)co_await condition
                .AsyncWait(mutex, may_throw, source.get_token())
                .On(idle);
          } catch (int) {
          }
          mutex.unlock();
        };
        Thread stopper("stopper", [&] { source.request_stop(); });
        wait();
        stopper.join();
        has_suspended = true;
        idle.RunAll();
        Check(mutex.try_lock(), "nobody has it");
        mutex.unlock();
      },
      {.suspensions = 0});
}

// It has given up, and has the mutex, when it is destroyed.
TEST(GivingBackScenario, S1_AMutexGoesOnFromAWaitThatGaveUp) {
  ExploreAll(
      [] {
        Condition condition;
        Mutex mutex;
        StopSource source;
        int count = 0;
        Detached wait =
            AwaitNotification(condition, mutex, source.get_token(), count);
        Event event, over;
        auto destroy = [&]() -> Detached {
          co_await event;
          mutex.unlock();         // It is handed over,
          wait.handle.destroy();  // in vain.
          over.Set();
        };
        mutex.lock();
        source.request_stop();
        destroy();
        Thread setter("setter", [&] { event.Set(); });
        over.Wait();
        setter.join();
        Check(count == 0, "it did not go on");
        Check(mutex.try_lock(), "nobody has it");
        mutex.unlock();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

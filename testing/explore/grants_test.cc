// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of what is granted to one wait at a
// time: permits, a flag that resets itself, a mutex.

#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/latch.h"
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
using synclib::Event;
using synclib::Latch;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitResult;

TEST(GrantsScenario, S1_EachPermitIsForOne) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Thread first("first", [&] { permits.Acquire(); });
        Thread second("second", [&] { permits.Acquire(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        permits.Release();
        first.join();
        second.join();
        releaser.join();
        Check(permits.permits() == 0, "both are taken");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S4_WhoHasAPermitSeesWhatCameBefore) {
  ExploreAll(
      [] {
        Semaphore permits(1);
        int data = 0;
        auto add = [&] {
          permits.Acquire();
          ++data;
          permits.Release();
        };
        Thread first("first", add);
        Thread second("second", add);
        first.join();
        second.join();
        Check(data == 2, "both were alone");
        Check(permits.permits() == 1, "given back");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(GrantsScenario, S1_APermitMeetsATimeout) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        bool first_has = false;
        Thread first("first", [&] {
          first_has = permits.Acquire(absl::Seconds(1)) == WaitResult::kReady;
        });
        permits.Release();
        first.join();
        Check(permits.permits() == (first_has ? 0 : 1), "nothing is lost");
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GrantsScenario, S1_APermitThatMeetsAStopGoesToTheNext) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        bool first_has = false;
        Thread first("first", [&] {
          first_has = permits.Acquire(source.get_token()) == WaitResult::kReady;
          if (first_has) permits.Release();
        });
        Thread second("second", [&] { permits.Acquire(); });
        Thread stopper("stopper", [&] { source.request_stop(); });
        permits.Release();
        second.join();
        first.join();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(GrantsScenario, L2_WhoGivesUpMakesWay) {
  ExploreAll(
      [] {
        Semaphore permits(1);
        Thread many("many", [&] {
          if (permits.AcquireMany(2, absl::Seconds(1)) == WaitResult::kReady) {
            permits.Release(2);
          }
        });
        permits.Acquire();
        permits.Release();
        many.join();
        Check(permits.permits() == 1, "nothing is lost");
      },
      {.plain = 3, .faults = 3, .stale = 2, .suspensions = 0});
}

TEST(GrantsScenario, S5_TheSemaphoreGoesAfterTheWait) {
  ExploreAll(
      [] {
        auto permits = std::make_unique<Semaphore>(0);
        Thread releaser("releaser", [p = permits.get()] { p->Release(); });
        permits->Acquire();
        permits.reset();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GrantsScenario, S5_TheFlagGoesAfterTheWait) {
  ExploreAll(
      [] {
        auto event = std::make_unique<AutoResetEvent>();
        Thread setter("setter", [e = event.get()] { e->Set(); });
        if (model::Pick(2) == 0) {
          event->Wait();
        } else {
          while (!event->TryWait()) model::Yield(model::Place::current());
        }
        event.reset();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GrantsScenario, S5_ACoroutineThatIsReleasedFreesTheFlag) {
  ExploreAll(
      [] {
        auto* const event = new AutoResetEvent;
        Thread setter("setter", [event] { event->Set(); });
        setter.NeverWaits();
        auto wait = [](AutoResetEvent* e) -> Detached {
          co_await *e;
          delete e;
        };
        wait(event);
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

TEST(GrantsScenario, S1_EachSetReleasesOne) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        Thread first("first", [&] { event.Wait(); });
        Thread second("second", [&] { event.Wait(); });
        while (event.waiters() < 2) model::Yield(model::Place::current());
        Thread setter("setter", [&] { event.Set(); });
        event.Set();
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S1_ASetMeetsATimeout) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        bool released = false;
        Thread waiter("waiter", [&] {
          released = event.Wait(absl::Seconds(1)) == WaitResult::kReady;
        });
        event.Set();
        waiter.join();
        Check(event.TryWait() != released, "nothing is lost");
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(GrantsScenario, S4_TheLastCountIsSeenWithAllBeforeIt) {
  ExploreAll(
      [] {
        auto latch = std::make_unique<Latch>(2);
        int first_data = 0;
        int second_data = 0;
        Thread first("first", [&first_data, l = latch.get()] {
          first_data = 1;
          l->CountDown();
        });
        Thread second("second", [&second_data, l = latch.get()] {
          second_data = 1;
          l->CountDown();
        });
        latch->Wait();
        latch.reset();  // Both may still be in CountDown().
        Check(first_data + second_data == 2, "what both did");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S4_AMutexExcludes) {
  ExploreAll(
      [] {
        Mutex mutex;
        int data = 0;
        auto add = [&] {
          mutex.lock();
          ++data;
          mutex.unlock();
        };
        Thread first("first", add);
        Thread second("second", add);
        add();
        first.join();
        second.join();
        Check(data == 3, "each was alone");
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S1_AMutexMeetsATimeout) {
  ExploreAll(
      [] {
        Mutex mutex;
        mutex.lock();
        Thread first("first", [&] {
          if (mutex.Lock(absl::Seconds(1)) == WaitResult::kReady) {
            mutex.unlock();
          }
        });
        Thread second("second", [&] {
          mutex.lock();
          mutex.unlock();
        });
        mutex.unlock();
        first.join();
        second.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.faults = 2, .stale = 1, .suspensions = 0});
}

TEST(GrantsScenario, S1_AMutexIsHandedToACoroutine) {
  ExploreAll(
      [] {
        Mutex mutex;
        int data = 0;
        mutex.lock();
        auto add = [&]() -> Detached {
          co_await mutex.AsyncLock();
          ++data;
          mutex.unlock();
        };
        add();
        Thread thread("thread", [&] {
          mutex.lock();
          ++data;
          mutex.unlock();
        });
        ++data;
        mutex.unlock();
        thread.join();
        Check(data == 3, "each was alone");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S5_TheMutexGoesAfterItsLastUse) {
  ExploreAll(
      [] {
        auto mutex = std::make_unique<Mutex>();
        mutex->lock();
        bool done = false;
        Thread thread("thread", [&done, m = mutex.get()] {
          m->lock();
          done = true;
          m->unlock();
        });
        mutex->unlock();
        mutex->lock();
        const bool over = done;
        mutex->unlock();
        if (over) mutex.reset();
        thread.join();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(GrantsScenario, S3_WhoAsksForManyIsNotOvertaken) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Thread many("many", [&] { permits.AcquireMany(2); });
        while (permits.waiters() < 1) model::Yield(model::Place::current());
        Thread one("one", [&] { permits.Acquire(); });
        while (permits.waiters() < 2) model::Yield(model::Place::current());
        permits.Release();
        Check(!permits.TryAcquire(), "others come first");
        Check(permits.waiters() == 2, "nobody has got half of it");
        permits.Release();
        many.join();
        permits.Release();
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S1_TheBoundIsKept) {
  ExploreAll([] {
    Semaphore permits(0, 1);
    bool other_fits = false;
    Thread other("other", [&] { other_fits = permits.Release(); });
    const bool fits = permits.Release();
    other.join();
    Check(fits != other_fits, "one fits");
    Check(permits.permits() == 1, "and no more");
  });
}

TEST(GrantsScenario, L2_ThoseBehindWhoIsStoppedGetTheRest) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        bool first_has = false;
        bool last_has = false;
        auto acquire = [&](bool& has) -> Detached {
          co_await permits.AsyncAcquire();
          has = true;
        };
        auto acquire_many = [&]() -> Detached {
          const WaitResult result =
              co_await permits.AsyncAcquireMany(5, source.get_token());
          Check(result == WaitResult::kCancelled, "there are too few");
        };
        acquire(first_has);
        acquire_many();
        acquire(last_has);
        Thread stopper("stopper", [&] { source.request_stop(); });
        permits.Release(2);
        stopper.join();
        Check(first_has && last_has, "both have one");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_ACoroutineThatIsDestroyedMakesWay) {
  ExploreAll(
      [] {
        Semaphore permits(2);
        StopSource source;
        bool last_has = false;
        auto acquire_many = [&]() -> Detached {
          co_await permits.AsyncAcquireMany(3);
        };
        auto acquire_many_or_stop = [&]() -> Detached {
          (void)co_await permits.AsyncAcquireMany(3, source.get_token());
        };
        auto acquire = [&]() -> Detached {
          co_await permits.AsyncAcquire();
          last_has = true;
        };
        const Detached first = acquire_many();
        Thread one("one", [&] { permits.Acquire(); });
        while (permits.waiters() < 2) model::Yield(model::Place::current());
        const Detached third = acquire_many_or_stop();
        acquire();
        first.handle.destroy();
        one.join();
        third.handle.destroy();
        Check(last_has, "the last one has one");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S1_AFlagIsNotSetTwice) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        Thread waiter("waiter", [&] { event.Wait(); });
        event.Set();
        event.Set();
        event.Set();
        waiter.join();
        Check(!event.TryWait() || !event.TryWait(), "nobody waited");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_WhoIsOvertakenIsHandedTheMutex) {
  ExploreAll(
      [] {
        Mutex mutex;
        bool done = false;
        mutex.lock();
        Thread waiter("waiter", [&] {
          mutex.lock();
          done = true;
          mutex.unlock();
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        while (!done) {
          mutex.unlock();
          if (!mutex.try_lock()) return;
          // The waiter competes, and loses.
          model::Yield(model::Place::current());
        }
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_WhoIsToCompeteIsWoken) {
  ExploreAll(
      [] {
        Mutex mutex;
        mutex.lock();
        auto lock = [&] {
          mutex.lock();
          mutex.unlock();
        };
        Thread first("first", lock);
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        Thread second("second", lock);  // Has the list as it joins.
        model::Yield(model::Place::current());
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, S1_AMutexMeetsAStop) {
  ExploreAll(
      [] {
        Mutex mutex;
        StopSource source;
        mutex.lock();
        Thread waiter("waiter", [&] {
          if (mutex.Lock(source.get_token()) == WaitResult::kReady) {
            mutex.unlock();
          }
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        Thread next("next", [&] {
          mutex.lock();
          mutex.unlock();
        });
        while (mutex.waiters() < 2) model::Yield(model::Place::current());
        Thread stopper("stopper", [&] { source.request_stop(); });
        mutex.unlock();
        waiter.join();
        next.join();
        stopper.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_AStopReachesWhoWasNearlyHandedTheMutex) {
  ExploreAll(
      [] {
        Mutex mutex;
        StopSource source;
        Event over;
        mutex.lock();
        auto wait = [&]() -> Detached {
          if (co_await mutex.AsyncLock(source.get_token()) ==
              WaitResult::kReady) {
            mutex.unlock();
          }
          over.Set();
        };
        wait();
        Thread holder("holder", [&] { mutex.waiters(); });  // Of the list.
        Thread taker("taker", [&] {
          if (!mutex.try_lock()) return;
          source.request_stop();
          over.Wait();
          mutex.unlock();
        });
        mutex.unlock();
        over.Wait();
        holder.join();
        taker.join();
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_AStopMeetsWhoIsAboutToCompete) {
  ExploreAll(
      [] {
        Mutex mutex;
        StopSource source;
        mutex.lock();
        Thread waiter("waiter", [&] {
          if (mutex.Lock(source.get_token()) == WaitResult::kReady) {
            mutex.unlock();
          }
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        Thread next("next", [&] {
          mutex.lock();
          mutex.unlock();
        });
        while (mutex.waiters() < 2) model::Yield(model::Place::current());
        mutex.unlock();
        if (mutex.try_lock()) {
          source.request_stop();
          mutex.unlock();
        }
        waiter.join();
        next.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L2_AFlagIsClearedThatWasNearlyHandedOver) {
  ExploreAll(
      [] {
        AutoResetEvent event;
        StopSource source;
        Thread waiter("waiter", [&] { (void)event.Wait(source.get_token()); });
        while (event.waiters() < 1) model::Yield(model::Place::current());
        Thread holder("holder", [&] { event.waiters(); });  // Of the list.
        Thread setter("setter", [&] { event.Set(); });
        event.Clear();
        source.request_stop();
        waiter.join();
        holder.join();
        setter.join();
      },
      {.suspensions = 0});
}

// A step that makes way for a reader, and must be tried again, since what there
// is has changed: if the writer that was to leave stays after all, the reader
// must still be able to leave.
TEST(GrantsScenario, L3_WhoWasNearlyGrantedMayGiveUp) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource writers, readers;
        Event over;
        mutex.lock_shared();
        auto write = [&]() -> Detached {
          const WaitResult result =
              co_await mutex.AsyncLock(writers.get_token());
          if (result == WaitResult::kReady) {
            co_await over;
            mutex.unlock();
          }
        };
        write();
        auto read = [&]() -> Detached {
          const WaitResult result =
              co_await mutex.AsyncLockShared(readers.get_token());
          if (result == WaitResult::kReady) mutex.unlock_shared();
          over.Set();
        };
        read();
        Thread stopper("stopper", [&] { writers.request_stop(); });
        mutex.unlock_shared();
        readers.request_stop();
        over.Wait();
        stopper.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(GrantsScenario, L3_AWaitForAnyThatWasNearlyGrantedHearsTheOthers) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource writers;
        Event event, over;
        mutex.lock_shared();
        auto write = [&]() -> Detached {
          const WaitResult result =
              co_await mutex.AsyncLock(writers.get_token());
          if (result == WaitResult::kReady) {
            co_await over;
            mutex.unlock();
          }
        };
        write();
        auto read = [&]() -> Detached {
          const synclib::AnyResult any =
              co_await synclib::AsyncWaitAny({mutex.Shared(), event});
          if (any.index == 0) mutex.unlock_shared();
          over.Set();
        };
        read();
        Thread stopper("stopper", [&] { writers.request_stop(); });
        mutex.unlock_shared();
        event.Set();
        over.Wait();
        stopper.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

// Two that release at the bound, one of which can't.
TEST(GrantsScenario, L3_WhoWasNearlyGrantedManyMayGiveUp) {
  ExploreAll(
      [] {
        Semaphore permits(0, 2);
        StopSource source;
        Event over;
        auto wait = [&]() -> Detached {
          (void)co_await permits.AsyncAcquireMany(2, source.get_token());
          over.Set();
        };
        wait();
        Thread one("one", [&] { (void)permits.Release(1); });
        (void)permits.Release(2);
        source.request_stop();
        over.Wait();
        one.join();
      },
      {.suspensions = 0});
}

// Whoever is first is asked whether it can have the mutex before it leaves.
TEST(GrantsScenario, S1_AnUnlockBeforeAStopIsNotMissed) {
  ExploreAll(
      [] {
        Mutex mutex;
        StopSource source;
        mutex.lock();
        Thread waiter("waiter", [&] {
          Check(mutex.Lock(source.get_token()) == WaitResult::kReady,
                "it was there first");
        });
        mutex.unlock();
        source.request_stop();
        waiter.join();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of waits for any of several things.

#include <cstddef>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
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
using synclib::AnyResult;
using synclib::AutoResetEvent;
using synclib::Event;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::ThreadPool;
using synclib::WaitResult;

TEST(AnyScenario, S1_OnePermitIsTakenOfTwoSemaphores) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        Thread releaser("releaser", [&] { first.Release(); });
        Thread other("other", [&] { second.Release(); });
        const AnyResult any = synclib::WaitAny({first, second});
        releaser.join();
        other.join();
        Check(first.permits() == (any.index == 0 ? 0 : 1), "taken or left");
        Check(second.permits() == (any.index == 1 ? 0 : 1), "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S5_TheWaitGoesWhenAllAreDoneWithIt) {
  ExploreAll(
      [] {
        Event first, second, third;
        Thread a("a", [&] { first.Set(); });
        Thread b("b", [&] { second.Set(); });
        Thread c("c", [&] { third.Set(); });
        (void)synclib::WaitAny({first, second, third});
        a.join();
        b.join();
        c.join();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_APermitThatIsNotTakenGoesToTheNext) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        Thread second("second", [&] { permits.Acquire(); });
        Thread setter("setter", [&] { event.Set(); });
        Thread releaser("releaser", [&] { permits.Release(); });
        if (synclib::WaitAny({permits, event}).index == 0) permits.Release();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_NothingIsTakenByWhoGivesUp) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        Thread releaser("releaser", [&] { permits.Release(); });
        const AnyResult any =
            synclib::WaitAny({event, permits}, absl::Seconds(1));
        releaser.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      {.plain = 3, .faults = 3, .suspensions = 0});
}

TEST(AnyScenario, S2_APulseIsNotLost) {
  ExploreAll(
      [] {
        Event first, second;
        Thread waiter("waiter", [&] {
          Check(synclib::WaitAny({first, second}).index == 0, "released");
        });
        while (first.waiters() == 0) model::Yield(model::Place::current());
        first.Pulse();
        waiter.join();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(AnyScenario, S5_BothMayGoAfterTheWait) {
  ExploreAll(
      [] {
        auto first = std::make_unique<Event>();
        auto second = std::make_unique<Event>();
        Thread setter("setter", [f = first.get()] { f->Set(); });
        (void)synclib::WaitAny({*first, *second});
        first.reset();
        second.reset();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineTakesOneOfTwo) {
  ExploreAll(
      [] {
        Semaphore first(0);
        Mutex second;
        second.lock();
        Event over;
        size_t index = 2;
        auto wait = [&]() -> Detached {
          index = (co_await synclib::AsyncWaitAny({first, second})).index;
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { first.Release(); });
        Thread unlocker("unlocker", [&] { second.unlock(); });
        over.Wait();
        releaser.join();
        unlocker.join();
        Check(first.permits() == (index == 0 ? 0 : 1), "taken or left");
        Check(second.try_lock() == (index == 0), "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineMeetsATimeout) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event, over;
        AnyResult any{};
        auto wait = [&]() -> Detached {
          any = co_await synclib::AsyncWaitAny({event, permits},
                                               absl::Seconds(1));
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { permits.Release(); });
        over.Wait();
        releaser.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      kOfLongScenario);
}

TEST(AnyScenario, S4_AMutexIsHadByOneAtATime) {
  ExploreAll(
      [] {
        Mutex mutex;
        Event event;
        int data = 0;
        mutex.lock();
        Thread waiter("waiter", [&] {
          Check(synclib::WaitAny({event, mutex}).index == 1, "it is unlocked");
          ++data;
          mutex.unlock();
        });
        Thread barger("barger", [&] {
          if (!mutex.try_lock()) return;
          ++data;
          mutex.unlock();
        });
        ++data;
        mutex.unlock();
        waiter.join();
        barger.join();
        Check(data >= 2, "each was alone");
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

// Unlocked while another thing ends the wait.
TEST(AnyScenario, S1_AMutexThatIsNotTakenGoesToTheNext) {
  ExploreAll(
      [] {
        Mutex mutex;
        Event event;
        int data = 0;
        mutex.lock();
        auto wait = [&]() -> Detached {
          const AnyResult any = co_await synclib::AsyncWaitAny({mutex, event});
          if (any.index != 0) co_return;
          ++data;
          mutex.unlock();
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        Thread locker("locker", [&] {
          mutex.lock();
          ++data;
          mutex.unlock();
        });
        mutex.unlock();
        setter.join();
        locker.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

// The mutex, which it was nearly handed, is taken by another thread, which
// keeps it until the wait has ended otherwise.
TEST(AnyScenario, L2_AnotherThingReachesWhoWasNearlyHandedTheMutex) {
  ExploreAll(
      [] {
        Mutex mutex;
        Event event, over;
        mutex.lock();
        auto wait = [&]() -> Detached {
          if ((co_await synclib::AsyncWaitAny({mutex, event})).index == 0) {
            mutex.unlock();
          }
          over.Set();
        };
        wait();
        Thread holder("holder", [&] { mutex.waiters(); });  // Of the list.
        Thread taker("taker", [&] {
          if (!mutex.try_lock()) return;
          event.Set();
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

TEST(AnyScenario, L2_AnotherThingReachesWhoEntersWhenTheMutexIsFree) {
  ExploreAll(
      [] {
        Mutex mutex;
        Event event, over;
        mutex.lock();
        Thread waiter("waiter", [&] {
          if (synclib::WaitAny({mutex, event}).index == 0) mutex.unlock();
          over.Set();
        });
        Thread taker("taker", [&] {
          if (!mutex.try_lock()) return;
          event.Set();
          over.Wait();
          mutex.unlock();
        });
        mutex.unlock();
        waiter.join();
        taker.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_OneOfTwoFlagsIsTaken) {
  ExploreAll(
      [] {
        AutoResetEvent first, second;
        Thread setter("setter", [&] { first.Set(); });
        Thread other("other", [&] { second.Set(); });
        const size_t index = synclib::WaitAny({first, second}).index;
        setter.join();
        other.join();
        Check(first.TryWait() == (index == 1), "taken or left");
        Check(second.TryWait() == (index == 0), "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S4_ASharedMutexIsHadInOneOfTwoWays) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        int data = 0;
        int read = 0;
        mutex.lock();
        Thread waiter("waiter", [&] {
          const AnyResult any = synclib::WaitAny({mutex, mutex.Shared()});
          if (any.index == 0) {
            ++data;
            mutex.unlock();
          } else {
            read = data;
            mutex.unlock_shared();
          }
        });
        Thread reader("reader", [&] {
          mutex.lock_shared();
          Check(data >= 1, "what was written");
          mutex.unlock_shared();
        });
        ++data;
        mutex.unlock();
        waiter.join();
        reader.join();
        Check(data + read == 2, "it was had once");
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_TwoWaitsInOppositeOrder) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        Thread one("one", [&] { (void)synclib::WaitAny({first, second}); });
        Thread other("other", [&] { (void)synclib::WaitAny({second, first}); });
        first.Release();
        second.Release();
        one.join();
        other.join();
        Check(first.permits() + second.permits() == 0, "each has one");
        Check(first.waiters() + second.waiters() == 0, "both have left");
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_AStopMeetsAPermit) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        StopSource source;
        Thread releaser("releaser", [&] { permits.Release(); });
        Thread stopper("stopper", [&] { source.request_stop(); });
        const AnyResult any =
            synclib::WaitAny({event, permits}, source.get_token());
        releaser.join();
        stopper.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineMeetsAStop) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event, over;
        StopSource source;
        AnyResult any{};
        auto wait = [&]() -> Detached {
          any = co_await synclib::AsyncWaitAny({event, permits},
                                               source.get_token());
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { permits.Release(); });
        source.request_stop();
        over.Wait();
        releaser.join();
        Check(permits.permits() == (any.result == WaitResult::kReady ? 0 : 1),
              "taken or left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, L2_WhoLosesLeavesThePermitToTheNext) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event;
        bool taken = false;
        bool next_has = false;
        auto wait = [&]() -> Detached {
          taken = (co_await synclib::AsyncWaitAny({permits, event})).index == 0;
        };
        auto acquire = [&]() -> Detached {
          co_await permits.AsyncAcquire();
          next_has = true;
        };
        wait();
        acquire();
        Thread setter("setter", [&] { event.Set(); });
        permits.Release();
        setter.join();
        Check(taken != next_has, "one has it");
        if (taken) permits.Release();
        Check(next_has && permits.permits() == 0, "no other is left");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_OneThingTwiceIsTakenOnce) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Thread releaser("releaser", [&] { permits.Release(); });
        Thread waiter("waiter", [&] {
          (void)synclib::WaitAny({permits, permits});
        });
        permits.Release();
        waiter.join();
        releaser.join();
        Check(permits.permits() == 1, "one is left");
      },
      {.suspensions = 0});
}

// The frame is freed though the other event may still be handing out.
// It goes on where its arm is in the list, and not before.
TEST(AnyScenario, S7_InTheOrderOfTheList) {
  ExploreAll(
      [] {
        Event first, second;
        int resumed = 0;
        auto wait = [&](int place) -> Detached {
          co_await first;
          Check(resumed++ == place, "in order");
        };
        auto wait_any = [&](int place) -> Detached {
          (void)co_await synclib::AsyncWaitAny({second, first});
          Check(resumed++ == place, "in order");
        };
        wait(0);
        wait_any(1);
        wait(2);
        Thread counter("counter", [&] { (void)first.waiters(); });
        first.Set();
        counter.join();
        Check(resumed == 3, "all");
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S5_TheFrameGoesAfterTheWait) {
  ExploreAll(
      [] {
        Event first, second, over;
        auto wait = [&]() -> Detached {
          (void)co_await synclib::AsyncWaitAny({first, second});
          over.Set();
        };
        wait();
        Thread setter("setter", [&] { first.Set(); });
        Thread other("other", [&] { second.Set(); });
        over.Wait();
      },
      {.suspensions = 0});
}

// Three arms, of which two lose while they are handed out.
TEST(AnyScenario, S5_TwoLosersAreWaitedFor) {
  ExploreAll(
      [] {
        Event first, second, third;
        Thread waiter("waiter", [&] {
          (void)synclib::WaitAny({first, second, third});
        });
        Thread setter("setter", [&] { first.Set(); });
        Thread other("other", [&] { second.Set(); });
        third.Set();
        waiter.join();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S5_AllMayGoWhenTheCallsHaveReturned) {
  ExploreAll(
      [] {
        auto permits = std::make_unique<Semaphore>(0);
        auto event = std::make_unique<Event>();
        auto flag = std::make_unique<AutoResetEvent>();
        Thread releaser("releaser", [p = permits.get()] { p->Release(); });
        Thread setter("setter", [e = event.get()] { e->Set(); });
        (void)synclib::WaitAny({*flag, *permits, *event});
        flag.reset();  // It has lost.
        releaser.join();
        permits.reset();
        setter.join();
        event.reset();
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_ACoroutineOnAPoolTakesOne) {
  ExploreAll(
      [] {
        ThreadPool pool(1);
        Semaphore permits(0);
        Event event, over;
        size_t index = 2;
        auto wait = [&]() -> Detached {
          index =
              (co_await synclib::AsyncWaitAny({permits, event}).On(pool)).index;
          over.Set();
        };
        wait();
        Thread setter("setter", [&] { event.Set(); });
        permits.Release();
        over.Wait();
        setter.join();
        Check(permits.permits() == (index == 0 ? 0 : 1), "taken or left");
      },
      {.faults = 1, .stale = 1, .suspensions = 0});
}

TEST(AnyScenario, S1_ASetBeforeAStopIsNotMissed) {
  ExploreAll(
      [] {
        Event first, second;
        StopSource source;
        Thread waiter("waiter", [&] {
          Check(synclib::WaitAny({first, second}, source.get_token()).result ==
                    WaitResult::kReady,
                "it was there first");
        });
        second.Set();
        source.request_stop();
        waiter.join();
      },
      {.suspensions = 0});
}

TEST(AnyScenario, S1_ASetBeforeAStopIsNotMissedByACoroutine) {
  ExploreAll(
      [] {
        Event first, second, over;
        StopSource source;
        Thread waiter("waiter", [&] {
          auto wait = [&]() -> Detached {
            const AnyResult any = co_await synclib::AsyncWaitAny(
                {first, second}, source.get_token());
            Check(any.result == WaitResult::kReady, "it was there first");
            over.Set();
          };
          wait();
          over.Wait();
        });
        second.Set();
        source.request_stop();
        waiter.join();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

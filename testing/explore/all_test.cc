// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of waits for all of several things.

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_all.h"
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
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitResult;

TEST(AllScenario, S1_PermitsThatComeOneByOneAreTakenTogether) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        int data = 0;
        Thread releaser("releaser", [&] { first.Release(); });
        Thread other("other", [&] {
          data = 1;
          second.Release();
        });
        synclib::WaitAll({second, first});
        Check(data == 1, "what came before is visible");
        Check(first.permits() + second.permits() == 0, "both are taken");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_ACoroutineTakesAll) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        Event over;
        int data = 0;
        auto wait = [&]() -> Detached {
          co_await synclib::AsyncWaitAll({first, second});
          Check(data == 1, "what came before is visible");
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] { first.Release(); });
        Thread other("other", [&] {
          data = 1;
          second.Release();
        });
        over.Wait();
        Check(first.permits() + second.permits() == 0, "both are taken");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_NothingIsTakenBeforeTheRestIsThere) {
  ExploreAll(
      [] {
        Semaphore first(1), second(0);
        Thread waiter("waiter", [&] { synclib::WaitAll({first, second}); });
        Thread taker("taker", [&] {
          first.Acquire();  // Nobody else can have it.
          first.Release();
          second.Release();
        });
      },
      {.suspensions = 0});
}

// Each would wait for the other, if they took one after the other.
TEST(AllScenario, L2_TwoTakeTheSameMutexes) {
  ExploreAll(
      [] {
        Mutex first, second;
        int data = 0;
        Thread other("other", [&] {
          synclib::WaitAll({second, first});
          ++data;
          first.unlock();
          second.unlock();
        });
        synclib::WaitAll({first, second});
        ++data;
        second.unlock();
        first.unlock();
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_EventsThatAreNotSetAtTheSameTime) {
  ExploreAll(
      [] {
        Event first(Event::kSet), second;
        Thread setter("setter", [&] {
          first.Clear();
          second.Set();
        });
        const WaitResult result =
            synclib::WaitAll({first, second}, absl::Seconds(1));
        Check(result == WaitResult::kTimeout, "one or the other is not set");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_APermitThatIsNotThereWhileTheEventIsSet) {
  ExploreAll(
      [] {
        Event event(Event::kSet);
        Semaphore permits(0);
        Thread releaser("releaser", [&] {
          event.Clear();
          permits.Release();
        });
        const WaitResult result =
            synclib::WaitAll({event, permits}, absl::Seconds(1));
        Check(result == WaitResult::kTimeout, "not at the same time");
        releaser.join();
        Check(permits.permits() == 1, "it is left");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_APermitIsForOneOfTwo) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        Event event(Event::kSet);
        Thread first("first", [&] {
          synclib::WaitAll({permits, event});
          permits.Release();
        });
        Thread second("second", [&] {
          permits.Acquire();
          permits.Release();
        });
        permits.Release();
        first.join();
        second.join();
        Check(permits.permits() == 1, "it was there once");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_WhatIsGivenMeanwhileIsLeft) {
  ExploreAll(
      [] {
        Semaphore first(1), second(1);
        Thread releaser("releaser", [&] { first.Release(); });
        Thread acquirer("acquirer", [&] { first.Acquire(); });
        synclib::WaitAll({first, second});
        releaser.join();
        acquirer.join();
        Check(first.permits() + second.permits() == 0, "there were three");
      },
      {.suspensions = 0});
}

// Each permit, with what came before it.
TEST(AllScenario, S4_WhatIsTakenBringsWhatCameBefore) {
  ExploreAll([] {
    Semaphore first(0), second(0);
    int data = 0, more = 0;
    Thread releaser("releaser", [&] {
      data = 1;
      first.Release();
    });
    Thread other("other", [&] {
      more = 1;
      second.Release();
    });
    if (synclib::WaitAll({first, second}, absl::ZeroDuration()) ==
        WaitResult::kReady) {
      Check(data + more == 2, "what came before is visible");
    }
  });
}

TEST(AllScenario, S1_APermitMeetsAStop) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        Thread releaser("releaser", [&] {
          permits.Release();
          source.request_stop();
        });
        Check(synclib::WaitAll({permits}, source.get_token()) ==
                  WaitResult::kReady,
              "it was there before the stop");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_APermitMeetsTheStopOfACoroutine) {
  ExploreAll(
      [] {
        Semaphore permits(0);
        StopSource source;
        Event over;
        auto wait = [&]() -> Detached {
          const WaitResult result =
              co_await synclib::AsyncWaitAll({permits}, source.get_token());
          Check(result == WaitResult::kReady, "it was there before the stop");
          over.Set();
        };
        wait();
        Thread releaser("releaser", [&] {
          permits.Release();
          source.request_stop();
        });
        over.Wait();
      },
      {.suspensions = 0});
}

// A writer that only looks, and may give up.
TEST(AllScenario, S3_NobodyIsBehindWhoLooks) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource source;
        mutex.lock_shared();
        Thread looker("looker", [&] {
          (void)synclib::WaitAll({mutex}, source.get_token());
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        Check(mutex.try_lock_shared(), "no writer waits");
        Thread stopper("stopper", [&] { source.request_stop(); });
        mutex.lock_shared();
        looker.join();
        for (int i = 0; i < 3; ++i) mutex.unlock_shared();
        stopper.join();
        Check(mutex.try_lock(), "it is free");
      },
      {.suspensions = 0});
}

TEST(AllScenario, S3_WhoLooksIsNotInFrontOfAReader) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource source;
        mutex.lock_shared();
        Thread looker("looker", [&] {
          synclib::WaitAll({mutex});
          mutex.unlock();
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        auto write = [&]() -> Detached {
          (void)co_await mutex.AsyncLock(source.get_token());
        };
        write();
        Check(!mutex.try_lock_shared(), "a writer waits");
        Thread reader("reader", [&] {
          mutex.lock_shared();
          mutex.unlock_shared();
        });
        while (mutex.waiters() < 3) model::Yield(model::Place::current());
        source.request_stop();
        reader.join();
        mutex.unlock_shared();
      },
      {.suspensions = 0});
}

// The permit is for the waiter that came later.
TEST(AllScenario, S3_WhoLooksIsBehindWhoTakes) {
  ExploreAll(
      [] {
        AutoResetEvent flag;
        Event over;
        Thread looker("looker", [&] {
          synclib::WaitAll({flag});
          over.Wait();  // The other one has had its turn.
        });
        while (flag.waiters() < 1) model::Yield(model::Place::current());
        auto wait = [&]() -> Detached {
          co_await flag;
          over.Set();
        };
        wait();
        Check(flag.Set(), "one was released");
        Check(over.IsSet(), "the one that takes it");
        (void)flag.Set();
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_ASetThatOnlyShowsItselfReleasesNobody) {
  ExploreAll(
      [] {
        AutoResetEvent flag;
        Event event;
        Thread looker("looker", [&] { synclib::WaitAll({flag, event}); });
        Check(!flag.Set(), "nobody takes it yet");
        event.Set();
        looker.join();
        Check(!flag.TryWait(), "it was taken");
      },
      {.suspensions = 0});
}

// A reader that holds on until another one has looked and come.
TEST(AllScenario, L2_WhoLooksInVainIsNotInTheWayOfWhoSees) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        Event has_read;
        mutex.lock();
        auto write = [&]() -> Detached {
          co_await synclib::AsyncWaitAll({mutex});
          mutex.unlock();
        };
        auto read = [&]() -> Detached {
          co_await synclib::AsyncWaitAll({mutex.Shared()});
          has_read.Set();
          mutex.unlock_shared();
        };
        write();
        read();
        Thread reader("reader", [&] {
          mutex.lock_shared();
          has_read.Wait();
          mutex.unlock_shared();
        });
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(AllScenario, S1_WhoHasLookedInVainMayBeStopped) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        StopSource source;
        mutex.lock();
        auto write = [&]() -> Detached {
          const WaitResult result =
              co_await synclib::AsyncWaitAll({mutex}, source.get_token());
          if (result == WaitResult::kReady) mutex.unlock();
        };
        auto read = [&]() -> Detached {
          co_await synclib::AsyncWaitAll({mutex.Shared()});
          mutex.unlock_shared();
        };
        write();
        read();
        Thread reader("reader", [&] {
          mutex.lock_shared();
          mutex.unlock_shared();
        });
        Thread stopper("stopper", [&] { source.request_stop(); });
        mutex.unlock();
      },
      {.suspensions = 0});
}

// Whom it releases as it begins goes on before it runs any code of others.
TEST(AllScenario, L3_WhoIsReleasedOnTheWayDoesNotWait) {
  ExploreAll(
      [] {
        Semaphore first(0), second(0);
        StopSource source;
        Event thread_is_over;
        Thread thread("thread", [&] {
          first.Acquire();
          thread_is_over.Set();
        });
        while (first.waiters() < 1) model::Yield(model::Place::current());
        auto wait = [&]() -> Detached {
          co_await first.AsyncAcquire();
          thread_is_over.Wait();
        };
        wait();
        auto wait_for_all = [&]() -> Detached {
          (void)co_await synclib::AsyncWaitAll({first, second},
                                               source.get_token());
        };
        Thread other("other", [&] {
          first.Release();
          first.Release();
          source.request_stop();
        });
        wait_for_all();
        other.join();
      },
      {.plain = 3, .suspensions = 0});
}

// Whoever sleeps until the list is let go of.
TEST(AllScenario, L2_WhoWaitsForAHeldListIsWoken) {
  ExploreAll(
      [] {
        Semaphore first(2), second(1);
        Thread acquirer("acquirer", [&] { first.Acquire(); });
        synclib::WaitAll({first, second});
        acquirer.join();
        Check(first.permits() + second.permits() == 0, "both have theirs");
      },
      {.suspensions = 0});
}

// A thread that is on the list, and has been woken to compete.
TEST(AllScenario, L2_WhoLosesToWhoTakesAllGetsItsTurn) {
  ExploreAll(
      [] {
        Mutex mutex;
        Semaphore permits(1);
        mutex.lock();
        Thread other("other", [&] {
          mutex.lock();
          mutex.unlock();
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        mutex.unlock();
        synclib::WaitAll({mutex, permits});
        mutex.unlock();
      },
      {.suspensions = 0});
}

// What one looks for has come while another one's try held the list, in vain.
TEST(AllScenario, L2_WhomATryReleasesGoesOn) {
  ExploreAll(
      [] {
        Semaphore permits(1), never(0);
        Thread looker("looker", [&] { synclib::WaitAll({permits.Many(2)}); });
        while (permits.waiters() < 1) model::Yield(model::Place::current());
        Thread releaser("releaser", [&] { permits.Release(); });
        (void)synclib::WaitAll({permits, never}, absl::ZeroDuration());
      },
      {.suspensions = 0});
}

TEST(AllScenario, L3_ATryForThreeWaitsForNobody) {
  ExploreAll([] {
    Semaphore first(1), second(2), third(1);
    Thread holder("holder", [&] {
      (void)synclib::WaitAll({first, second}, absl::ZeroDuration());
    });
    Thread trier("trier", [&] {
      (void)synclib::WaitAll({third, second, first}, absl::ZeroDuration());
    });
    trier.NeverWaits();
    trier.join();
    holder.join();
  });
}

// What it would hold, too, is in nobody's way meanwhile.
TEST(AllScenario, L3_ATryWaitsForNobody) {
  ExploreAll([] {
    Semaphore first(1), second(0);
    auto wait = [&]() -> Detached { co_await second.AsyncAcquire(); };
    Detached waiting = wait();
    Thread holder("holder", [&] { (void)second.waiters(); });
    Thread trier("trier", [&] {
      (void)synclib::WaitAll({first, second}, absl::ZeroDuration());
    });
    trier.NeverWaits();
    trier.join();
    holder.join();
    waiting.handle.destroy();
  });
}

}  // namespace
}  // namespace synctest

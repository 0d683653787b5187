// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of those who meet at a condition, a
// barrier, or a mutex that readers share.

#include <array>
#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::StopSource;
using model::Thread;
using synclib::Barrier;
using synclib::BarrierResult;
using synclib::Callback;
using synclib::Condition;
using synclib::Event;
using synclib::Latch;
using synclib::Mutex;
using synclib::MutexLock;
using synclib::SharedMutex;
using synclib::WaitResult;

TEST(MeetingsScenario, S2_ANotificationIsNotMissed) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        bool ready = false;
        Thread waiter("waiter", [&] {
          MutexLock lock(mutex);
          while (!ready) changed.Wait(mutex);
        });
        {
          MutexLock lock(mutex);
          ready = true;
          changed.NotifyOne();
        }
        waiter.join();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S2_ACoroutineGetsTheMutexWithTheNotification) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        bool ready = false;
        Event over;
        auto wait = [&]() -> Detached {
          co_await mutex.AsyncLock();
          co_await changed.AsyncWait(mutex, [&] { return ready; });
          Check(ready, "visible");
          ready = false;
          mutex.unlock();
          over.Set();
        };
        Thread notifier("notifier", [&] {
          changed.NotifyAll();  // Too early.
          MutexLock lock(mutex);
          ready = true;
          changed.NotifyAll();
        });
        wait();
        over.Wait();
        notifier.join();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ANotificationThatMeetsAStopGoesToTheNext) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        StopSource source;
        int items = 0;
        Thread first("first", [&] {
          MutexLock lock(mutex);
          if (changed.Wait(
                  mutex, [&] { return items > 0; }, source.get_token()) ==
              WaitResult::kReady) {
            --items;
          }
        });
        Thread stopper("stopper", [&] { source.request_stop(); });
        {
          MutexLock lock(mutex);
          items = 1;
          changed.NotifyOne();
        }
        first.join();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S5_TheConditionGoesAfterAWaitThatWasNotified) {
  ExploreAll(
      [] {
        Mutex mutex;
        auto condition = std::make_unique<Condition>();
        Condition* const c = condition.get();
        Thread waiter("waiter", [&] {
          MutexLock lock(mutex);
          condition->Wait(mutex);
          condition.reset();
        });
        while (c->waiters() < 1) model::Yield(model::Place::current());
        c->NotifyOne();
      },
      {.plain = 3, .suspensions = 0});
}

// In the thread that notifies it, or in that which lets go of the mutex.
TEST(MeetingsScenario, S5_ACoroutineThatIsNotifiedFreesTheCondition) {
  ExploreAll(
      [] {
        Mutex mutex;
        auto* const condition = new Condition;
        bool freed = false;
        auto wait = [&](Condition* c) -> Detached {
          co_await mutex.AsyncLock();
          co_await c->AsyncWait(mutex);
          delete c;
          freed = true;
          mutex.unlock();
        };
        wait(condition);
        Thread other("other", [&] { MutexLock lock(mutex); });
        condition->NotifyAll();
        other.join();
        MutexLock lock(mutex);
        Check(freed, "it has gone on");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(MeetingsScenario, S1_OneNotificationIsForOne) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        int notified = 0;
        auto wait = [&] {
          MutexLock lock(mutex);
          if (changed.Wait(mutex, absl::Seconds(1)) == WaitResult::kReady) {
            ++notified;
          }
        };
        Thread first("first", wait);
        Thread second("second", wait);
        const size_t count = changed.NotifyOne();
        first.join();
        second.join();
        Check(notified == static_cast<int>(count), "as many as it says");
      },
      {.suspensions = 0});
}

// It touches none of them but the first, the next one and the last: what writes
// to the others meanwhile doesn't race with it.
TEST(MeetingsScenario, ANotificationOfOneCostsTheSameHoweverManyWait) {
  struct Wait : Callback {
    Wait() : Callback([](Callback&, WaitResult) noexcept {}) {}
  };
  ExploreAll(
      [] {
        Condition changed;
        std::array<Wait, 6> waits;
        for (Wait& wait : waits) {
          Check(!changed.Add(wait).has_value(), "it waits");
        }
        Thread writer("writer", [&] {
          model::PlainAccess(&waits[2], 3 * sizeof(Wait), model::Action::kWrite,
                             nullptr);
        });
        Check(changed.NotifyOne() == 1, "the first");
        writer.join();
        Check(changed.NotifyAll() == waits.size() - 1, "the others");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ACallbackArrivesAtABarrierOrNot) {
  struct Party : Callback {
    Party() : Callback(&Fired) {}
    static void Fired(Callback& self, WaitResult result) noexcept {
      static_cast<Party&>(self).result = Barrier::ResultOf(self, result);
    }
    BarrierResult result{BarrierResult::kBroken, BarrierResult::kNone};
  };
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult other_result{};
        Thread other("other", [&] { other_result = barrier.ArriveAndWait(); });
        Party party;
        if (std::optional<BarrierResult> last = barrier.Add(party)) {
          party.result = *last;
        } else if (party.Remove() == Callback::kRemoved) {
          party.result = barrier.ArriveAndWait();
        }
        other.join();
        Check(party.result.outcome == BarrierResult::kComplete, "they met");
        Check(party.result.index + other_result.index == 1, "0 and 1");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S2_AllMeetAtABarrier) {
  ExploreAll(
      [] {
        auto barrier = std::make_unique<Barrier>(2);
        int first_data = 0;
        int second_data = 0;
        int64_t other_index = -1;
        Thread other("other", [&, b = barrier.get()] {
          first_data = 1;
          other_index = b->ArriveAndWait().index;
          Check(second_data == 1, "visible");
        });
        second_data = 1;
        const BarrierResult result = barrier->ArriveAndWait();
        Check(first_data == 1, "visible");
        Check(result.outcome == BarrierResult::kComplete, "complete");
        other.join();
        barrier.reset();
        Check(other_index + result.index == 1, "the indices differ");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(MeetingsScenario, S1_EachPartyHasAnIndexOfItsOwn) {
  ExploreAll(
      [] {
        Barrier barrier(3);
        BarrierResult first, second;
        Thread one("one", [&] { first = barrier.ArriveAndWait(); });
        Thread other("other", [&] { second = barrier.ArriveAndWait(); });
        const BarrierResult third = barrier.ArriveAndWait();
        one.join();
        other.join();
        Check(first.index != second.index && second.index != third.index,
              "they differ");
        Check(first.index + second.index + third.index == 3, "0, 1 and 2");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S2_APhaseFollowsAnother) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        auto twice = [&] {
          for (int i = 0; i < 2; ++i) {
            Check(barrier.ArriveAndWait().outcome == BarrierResult::kComplete,
                  "complete");
          }
        };
        Thread other("other", twice);
        twice();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ABarrierMeetsATimeout) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult other_result;
        Thread other("other", [&] {
          other_result = barrier.ArriveAndWait(absl::Seconds(1));
        });
        const BarrierResult result = barrier.ArriveAndWait(absl::Seconds(1));
        other.join();
        Check(result.outcome == other_result.outcome, "both, or none");
        Check(barrier.arrived() == 0, "taken back");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ABarrierIsBrokenByWhoGivesUp) {
  ExploreAll(
      [] {
        Barrier barrier(3, Barrier::kBreaks);
        BarrierResult other_result;
        Thread other("other", [&] { other_result = barrier.ArriveAndWait(); });
        const BarrierResult result = barrier.ArriveAndWait(absl::Seconds(1));
        other.join();
        Check(result.outcome == BarrierResult::kTimeout, "nobody else comes");
        Check(other_result.outcome == BarrierResult::kBroken, "broken");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ABarrierIsAbortedAndReset) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult other_result;
        Thread other("other", [&] {
          other_result = barrier.ArriveAndWait(absl::Seconds(1));
        });
        Thread aborter("aborter", [&] {
          barrier.Abort();
          barrier.Reset();
        });
        const BarrierResult result = barrier.ArriveAndWait(absl::Seconds(1));
        other.join();
        aborter.join();
        Check((result.outcome == BarrierResult::kComplete) ==
                  (other_result.outcome == BarrierResult::kComplete),
              "both, or none");
        Check(barrier.arrived() == 0 && !barrier.broken(), "as new");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S4_WritersExcludeAndReadersSee) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        int data = 0;
        Thread reader("reader", [&] {
          mutex.lock_shared();
          Check(data == 0 || data == 2, "not in between");
          mutex.unlock_shared();
        });
        auto write = [&] {
          mutex.lock();
          ++data;
          ++data;
          mutex.unlock();
        };
        Thread writer("writer", write);
        mutex.lock_shared();
        Check(data == 0 || data == 2, "not in between");
        mutex.unlock_shared();
        reader.join();
        writer.join();
        Check(mutex.try_lock(), "free");
      },
      {.suspensions = 0});
}

// The other, a writer or a reader, is the only one who is to come, and may
// still be letting go of it.
TEST(MeetingsScenario, S5_ASharedMutexGoesAfterItsLastUse) {
  ExploreAll(
      [] {
        auto mutex = std::make_unique<SharedMutex>();
        bool done = false;
        mutex->lock();
        const bool writes = model::Pick(2) == 0;
        Thread other("other", [&done, writes, m = mutex.get()] {
          writes ? m->lock() : m->lock_shared();
          done = true;
          writes ? m->unlock() : m->unlock_shared();
        });
        mutex->unlock();
        mutex->lock();
        const bool over = done;
        mutex->unlock();
        if (over) mutex.reset();
        other.join();
      },
      {.plain = 3, .suspensions = 0});
}

// The other reader lets go of it before this thread has it, or after: then it
// must have returned.
TEST(MeetingsScenario, S5_ASharedMutexGoesAfterItsLastReader) {
  ExploreAll(
      [] {
        auto mutex = std::make_unique<SharedMutex>();
        bool first_done = false;
        bool second_done = false;
        const auto read = [m = mutex.get()](bool& done) {
          m->lock_shared();
          done = true;
          m->unlock_shared();
        };
        Thread first("first", [&] { read(first_done); });
        Thread second("second", [&] { read(second_done); });
        mutex->lock();
        const bool over = first_done && second_done;
        mutex->unlock();
        if (over) mutex.reset();
        first.join();
        second.join();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, L2_AWriterThatGivesUpMakesWay) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock_shared();
        Thread writer("writer", [&] {
          if (mutex.Lock(absl::Seconds(1)) == WaitResult::kReady) {
            mutex.unlock();
          }
        });
        Thread reader("reader", [&] {
          mutex.lock_shared();
          mutex.unlock_shared();
        });
        reader.join();
        mutex.unlock_shared();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ANotificationMeetsATimeout) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        int data = 0;
        Thread first("first", [&] {
          MutexLock lock(mutex);
          changed.Wait(mutex);
          ++data;
        });
        while (changed.waiters() < 1) model::Yield(model::Place::current());
        Thread second("second", [&] {
          MutexLock lock(mutex);
          (void)changed.Wait(mutex, absl::Seconds(1));
          ++data;
        });
        Check(changed.NotifyOne() == 1, "the first one waits");
        first.join();
        second.join();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ANotificationIsForThoseWhoWait) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        Thread waiter("waiter", [&] {
          MutexLock lock(mutex);
          changed.Wait(mutex);
        });
        while (changed.NotifyAll() < 1) model::Yield(model::Place::current());
        waiter.join();
        constexpr Callback::Function kDoNothing = [](Callback&,
                                                     WaitResult) noexcept {};
        Callback first(kDoNothing);
        Callback second(kDoNothing);
        Check(!changed.Add(first) && !changed.Add(second), "they wait");
        Check(changed.NotifyOne() == 1, "it is for one");
        Check(second.Remove() == Callback::kRemoved, "the other waits");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S4_ACoroutineHasTheMutexAfterAStop) {
  ExploreAll(
      [] {
        Mutex mutex;
        Condition changed;
        StopSource source;
        Event over;
        int data = 0;
        auto wait = [&]() -> Detached {
          co_await mutex.AsyncLock();
          (void)co_await changed.AsyncWait(mutex, source.get_token());
          ++data;
          mutex.unlock();
          over.Set();
        };
        wait();
        Thread stopper("stopper", [&] { source.request_stop(); });
        {
          MutexLock lock(mutex);
          changed.NotifyOne();
          ++data;
        }
        over.Wait();
        stopper.join();
        Check(data == 2, "each was alone");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ABarrierIsBrokenByAStop) {
  ExploreAll(
      [] {
        Barrier barrier(3, Barrier::kBreaks);
        StopSource source;
        BarrierResult other_result;
        Thread other("other", [&] { other_result = barrier.ArriveAndWait(); });
        Thread stopper("stopper", [&] { source.request_stop(); });
        const BarrierResult result = barrier.ArriveAndWait(source.get_token());
        other.join();
        Check(result.outcome == BarrierResult::kCancelled, "nobody else comes");
        Check(other_result.outcome == BarrierResult::kBroken, "broken");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_AResetEndsOnePhaseAsBroken) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        Thread waiter("waiter", [&] {
          Check(barrier.ArriveAndWait().outcome == BarrierResult::kBroken,
                "broken");
          Check(barrier.ArriveAndWait().outcome == BarrierResult::kComplete,
                "complete");
        });
        while (barrier.arrived() < 1) model::Yield(model::Place::current());
        barrier.Reset();
        Check(barrier.ArriveAndWait().outcome == BarrierResult::kComplete,
              "complete");
        waiter.join();
        Check(!barrier.broken(), "mended");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_WhatIsBrokenStaysSoWithoutAParty) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult result;
        Thread waiter("waiter", [&] { result = barrier.ArriveAndWait(); });
        while (barrier.arrived() < 1) model::Yield(model::Place::current());
        barrier.Abort();
        barrier.Drop();
        waiter.join();
        Check(result.outcome == BarrierResult::kBroken, "broken");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S1_ThePhaseAfterABrokenOneIsAnother) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult result;
        Thread waiter("waiter", [&] { result = barrier.ArriveAndWait(); });
        while (barrier.arrived() < 1) model::Yield(model::Place::current());
        barrier.Reset();
        barrier.Drop();
        Check(barrier.ArriveAndWait().outcome == BarrierResult::kComplete,
              "nobody else is to come");
        waiter.join();
        Check(result.outcome == BarrierResult::kBroken, "broken");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S2_WhoDropsIsNotWaitedFor) {
  ExploreAll(
      [] {
        Barrier barrier(2);
        BarrierResult result;
        Thread waiter("waiter", [&] { result = barrier.ArriveAndWait(); });
        barrier.Drop();
        waiter.join();
        Check(result.outcome == BarrierResult::kComplete, "all have arrived");
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, S3_AReaderDoesNotPassAWriter) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock_shared();
        Thread writer("writer", [&] {
          mutex.lock();
          mutex.unlock();
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        Check(!mutex.try_lock_shared(), "the writer comes first");
        mutex.unlock_shared();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, L2_AWriterThatIsOvertakenIsHandedTheMutex) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        bool done = false;
        const bool reads = model::Pick(2) == 0;
        reads ? mutex.lock_shared() : mutex.lock();
        Thread writer("writer", [&] {
          mutex.lock();
          done = true;
          mutex.unlock();
        });
        while (mutex.waiters() < 1) model::Yield(model::Place::current());
        while (!done) {
          reads ? mutex.unlock_shared() : mutex.unlock();
          if (!(reads ? mutex.try_lock_shared() : mutex.try_lock())) return;
          // The writer competes, and loses.
          model::Yield(model::Place::current());
        }
      },
      {.suspensions = 0});
}

// Nobody unlocks between one and the other.
TEST(MeetingsScenario, L2_ReadersThatWaitGetItTogether) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        Latch inside(2);
        mutex.lock();
        const auto read = [&] {
          mutex.lock_shared();
          inside.CountDown();
          inside.Wait();
          mutex.unlock_shared();
        };
        Thread first("first", read);
        Thread second("second", read);
        while (mutex.waiters() < 2) model::Yield(model::Place::current());
        mutex.unlock();
      },
      {.suspensions = 0});
}

TEST(MeetingsScenario, L2_AWriterThatIsRemovedMakesWay) {
  ExploreAll(
      [] {
        SharedMutex mutex;
        mutex.lock_shared();
        Callback writer([](Callback&, WaitResult) noexcept {
          Check(false, "a reader has it");
        });
        Check(!mutex.Add(writer), "it waits");
        Thread reader("reader", [&] {
          mutex.lock_shared();
          mutex.unlock_shared();
        });
        Check(writer.Remove() == Callback::kRemoved, "it waits");
        reader.join();
        mutex.unlock_shared();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

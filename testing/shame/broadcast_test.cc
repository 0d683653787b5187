// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Broadcasts that reach too few, or too many.

#include <cstddef>
#include <cstdint>
#include <deque>

#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"
#include "testing/shame/lock.h"
#include "testing/shame/shame.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Check;
using model::Place;
using model::Thread;

// tokio, Notify (2023): https://github.com/tokio-rs/tokio/issues/5396
// notify_waiters() wakes its waiters in batches, and drops the lock between
// two. A waiter of the first batch who waits again meanwhile is in the list
// still, and is released a second time by the same broadcast.
class Notify {
 public:
  explicit Notify(Code code) : batch_(code == Code::kShipped ? 1 : SIZE_MAX) {}

  struct Waiter {
    bool released() const { return notified.load(kAcquire) != 0; }
    Atomic<uint32_t> notified{0};
  };

  void Add(Waiter& waiter) {
    const Holder holder(lock_);
    waiters_.push_back(&waiter);
  }
  static void Wait(Waiter& waiter) {
    while (!waiter.released()) Sleep(waiter.notified, 0);
  }
  void NotifyWaiters() {
    for (bool more = true; more;) {
      std::deque<Waiter*> batch;
      {
        const Holder holder(lock_);
        while (!waiters_.empty() && batch.size() < batch_) {
          batch.push_back(waiters_.front());
          waiters_.pop_front();
        }
        more = !waiters_.empty();
      }
      for (Waiter* const waiter : batch) {
        waiter->notified.store(1, kRelease);
        WakeAll(&waiter->notified);
      }
    }
  }

 private:
  const size_t batch_;
  Lock lock_;
  std::deque<Waiter*> waiters_;
};

TEST(Broadcast, TokioNotifyReleasesTwoWaitsInSuccession) {
  ExpectFound(
      [](Code code) {
        Notify notify(code);
        Notify::Waiter first, second, other;
        notify.Add(first);
        notify.Add(other);
        Thread waiter("waiter", [&] {
          Notify::Wait(first);
          notify.Add(second);
        });
        notify.NotifyWaiters();
        waiter.join();
        Check(!second.released(), "one broadcast releases two waits");
      },
      "one broadcast releases two waits");
}

// marl, Event in manual mode (to this day):
// https://github.com/google/marl/blob/main/include/marl/event.h
// A waiter that is woken looks whether the event is signalled, and sleeps on if
// it is not any more. signal() and clear(), one after the other, release nobody
// who has not been quick enough.
class ManualEvent {
 public:
  explicit ManualEvent(Code code) : code_(code) {}

  void Wait() {
    const Holder holder(lock_);
    ++waiters_;
    const int signals = signals_;
    while (!signalled_) {
      changed_.Wait(lock_);
      if (code_ == Code::kMended && signals != signals_) return;
    }
  }
  void Signal() {
    const Holder holder(lock_);
    signalled_ = true;
    ++signals_;
    changed_.NotifyAll();
  }
  void Clear() {
    const Holder holder(lock_);
    signalled_ = false;
  }
  bool HasWaiters() {
    const Holder holder(lock_);
    return waiters_ > 0;
  }

 private:
  const Code code_;
  Lock lock_;
  Condition changed_;
  bool signalled_ = false;
  int signals_ = 0;
  int waiters_ = 0;
};

TEST(Broadcast, MarlEventIsClearedBeforeItsWaiterLooks) {
  ExpectFound(
      [](Code code) {
        ManualEvent event(code);
        Thread waiter("waiter", [&] { event.Wait(); });
        while (!event.HasWaiters()) model::Yield(Place::current());
        event.Signal();
        event.Clear();
      },
      "nobody can go on");
}

// CPython, threading.Event (2011), and gevent (2016):
// https://github.com/gevent/gevent/pull/751
// wait() returns what the flag is after the sleep, not why the sleep has ended.
// After set() and clear() a wait without a time-out reports that it has timed
// out.
class FlagEvent {
 public:
  explicit FlagEvent(Code code) : code_(code) {}

  // False, it says: it has timed out.
  bool Wait() {
    const Holder holder(lock_);
    if (flag_) return true;
    ++waiters_;
    changed_.Wait(lock_);
    return code_ == Code::kMended || flag_;
  }
  void Set() {
    const Holder holder(lock_);
    flag_ = true;
    changed_.NotifyAll();
  }
  void Clear() {
    const Holder holder(lock_);
    flag_ = false;
  }
  bool HasWaiters() {
    const Holder holder(lock_);
    return waiters_ > 0;
  }

 private:
  const Code code_;
  Lock lock_;
  Condition changed_;
  bool flag_ = false;
  int waiters_ = 0;
};

TEST(Broadcast, CpythonEventReportsATimeoutThatThereIsNot) {
  ExpectFound(
      [](Code code) {
        FlagEvent event(code);
        Thread waiter("waiter", [&] {
          Check(event.Wait(), "a wait without a limit has timed out");
        });
        while (!event.HasWaiters()) model::Yield(Place::current());
        event.Set();
        event.Clear();
      },
      "a wait without a limit has timed out");
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Words that are what they were, and don't mean what they meant.

#include <cstdint>
#include <mutex>

#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/thread.h"
#include "testing/shame/lock.h"
#include "testing/shame/shame.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Place;
using model::Thread;

// folly, SharedMutex (2015): https://github.com/facebook/folly/commit/b927c0557
// The word says whether one thread sleeps on it or more, and who goes to sleep
// compares the whole of it. A thread that says it is the only one, and is slow,
// falls asleep on the same word after the lock was freed and taken and another
// thread has said so: two sleep, one is woken, and that one wakes nobody.
class SharedMutex {
 public:
  explicit SharedMutex(Code code) : code_(code) {}

  void lock() {
    uint32_t more = 0;  // For those who may sleep besides this thread.
    uint32_t word = word_.load(kRelaxed);
    for (;;) {
      if (!(word & kHeld)) {
        if (word_.compare_exchange_strong(word, word | kHeld | more, kAcquire,
                                          kRelaxed)) {
          return;
        }
        continue;
      }
      const uint32_t sleeps =
          word | ((word & (kOne | kMore)) ? kMore : kOne) | more;
      if (sleeps != word &&
          !word_.compare_exchange_strong(word, sleeps, kRelaxed, kRelaxed)) {
        continue;
      }
      Sleep(word_, sleeps);
      if (code_ == Code::kMended) more = kMore;
      word = word_.load(kRelaxed);
    }
  }
  void unlock() {
    const uint32_t word = word_.exchange(0, kRelease);
    if (word & kMore) {
      WakeAll(&word_);
    } else if (word & kOne) {
      WakeOne(&word_);
    }
  }

 private:
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kOne = 2;
  static constexpr uint32_t kMore = 4;

  const Code code_;
  Atomic<uint32_t> word_{0};
};

TEST(Aba, FollySharedMutexSleepsOnWhatAnotherWriterHasSaid) {
  ExpectFound(
      [](Code code) {
        SharedMutex mutex(code);
        const auto writes = [&] { std::lock_guard<SharedMutex> guard(mutex); };
        Thread first("first", writes);
        Thread second("second", writes);
        Thread third("third", writes);
        writes();
      },
      "nobody can go on");
}

// SBCL 1.0.37.34, waitqueue (2010):
// http://repo.macrolet.net/gitweb/?a=commit&h=93ed7777d86296768a1e98acd5b08873c5aec8e4&p=sbcl.git
// A waiter writes a token to the queue, and sleeps while it stands there; a
// notification writes over it. If the next waiter's token is the same, a waiter
// that is not asleep yet falls asleep, and has missed its notification.
class Waitqueue {
 public:
  explicit Waitqueue(Code code) : code_(code) {}

  void Wait(Lock& lock) {
    const uint32_t token =
        code_ == Code::kShipped ? 1 : uint32_t{1} << model::CurrentThread();
    token_.store(token, kRelaxed);
    lock.unlock();
    Sleep(token_, token);
    lock.lock();
  }
  void NotifyAll() {
    token_.store(0, kRelaxed);
    WakeAll(&token_);
  }

 private:
  const Code code_;
  Atomic<uint32_t> token_{0};
};

TEST(Aba, SbclWaitersHaveTheSameToken) {
  ExpectFound(
      [](Code code) {
        Lock lock;
        Waitqueue changed(code);
        int stage = 0;
        const auto await = [&](int wanted) {
          {
            const Holder holder(lock);
            while (stage < wanted) changed.Wait(lock);
            ++stage;
          }
          changed.NotifyAll();
        };
        Thread first("first", [&] { await(1); });
        Thread second("second", [&] { await(2); });
        await(0);
      },
      "nobody can go on");
}

// glibc 2.25, pthread_cond_signal (2017 to 2025):
// https://sourceware.org/bugzilla/show_bug.cgi?id=25847
// Signals go to an older group of waiters while new waiters join the next one,
// and the groups share two slots in turn. A waiter that takes its signal, and
// is slow, finds a later group in its slot, believes that it has stolen from
// that, and gives a signal back. That releases a waiter which is still counted,
// and a later signal goes to the one that has left, though others sleep.
class GroupedCondition {
 public:
  explicit GroupedCondition(Code code) : code_(code) {
    groups_[1].signals.store(Signals(1, 0));
  }

  void Wait(Lock& lock) {
    const uint32_t mine = newest_;
    ++groups_[mine % 2].waiters;
    lock.unlock();
    TakeASignal(mine);
    lock.lock();
  }
  // Under the lock.
  void Signal() {
    uint32_t oldest = oldest_.load();
    if (groups_[oldest % 2].waiters == 0) {
      if (groups_[newest_ % 2].waiters == 0) return;
      Group& closed = groups_[oldest % 2];
      oldest_.store(oldest = newest_);
      while (closed.sleepers.load() > 0) model::Yield(Place::current());
      closed.signals.store(Signals(++newest_, 0));
    }
    Group& group = groups_[oldest % 2];
    --group.waiters;
    group.signals.fetch_add(1);
    WakeOne(&group.signals);
  }

 private:
  struct Group {
    uint32_t waiters = 0;  // That have not been signalled.
    Atomic<uint32_t> signals{0};
    Atomic<uint32_t> sleepers{0};
  };

  // Mended, signals say of which group they are, and nobody can steal them.
  uint32_t Signals(uint32_t group, uint32_t count) const {
    return code_ == Code::kShipped ? count : group << 8 | count;
  }
  void TakeASignal(uint32_t mine) {
    Group& group = groups_[mine % 2];
    const uint32_t none = Signals(mine, 0);
    for (;;) {
      uint32_t signals = group.signals.load();
      if (oldest_.load() > mine) return;  // The whole group is released.
      if (signals == none) {
        group.sleepers.fetch_add(1);
        if (oldest_.load() <= mine) Sleep(group.signals, none);
        group.sleepers.fetch_sub(1);
      } else if (group.signals.compare_exchange_strong(signals, signals - 1,
                                                       kAcqRel, kRelaxed)) {
        if (code_ == Code::kShipped) GiveBackIfStolen(mine);
        return;
      }
    }
  }
  void GiveBackIfStolen(uint32_t mine) {
    const uint32_t oldest = oldest_.load();
    if (oldest == mine || oldest % 2 != mine % 2) return;
    groups_[mine % 2].signals.fetch_add(1);
    WakeOne(&groups_[mine % 2].signals);
  }

  const Code code_;
  uint32_t newest_ = 1;
  Atomic<uint32_t> oldest_{0};
  Group groups_[2];
};

TEST(Aba, GlibcGivesBackASignalThatIsNotStolen) {
  ExpectFound(
      [](Code code) {
        Lock lock;
        GroupedCondition changed(code);
        int tokens = 0;
        const auto take = [&] {
          const Holder holder(lock);
          while (tokens == 0) changed.Wait(lock);
          --tokens;
        };
        const auto give = [&] {
          model::Yield(Place::current());
          const Holder holder(lock);
          ++tokens;
          changed.Signal();
        };
        Thread once("once", take);
        give();
        Thread thrice("thrice", [&] {
          for (int i = 0; i < 3; ++i) take();
        });
        give();
        Thread last("last", take);
        give();
        give();
        give();
      },
      "nobody can go on");
}

}  // namespace
}  // namespace synctest

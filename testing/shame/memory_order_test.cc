// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Orders that are weaker than what is built on them.

#include <cstdint>
#include <mutex>
#include <utility>

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

// folly, Baton (2018): https://github.com/facebook/folly/commit/4bd057b29
// A wait announces by a compare-exchange that it will sleep. If that fails, the
// baton has been posted in the last moment, and the wait is over; but nothing
// is acquired on this way out, and what the poster has written may be missing.
class Baton {
 public:
  explicit Baton(Code code) : code_(code) {}

  void Post() {
    uint32_t state = kInit;
    if (state_.compare_exchange_strong(state, kPosted, kRelease, kRelaxed)) {
      return;
    }
    state_.store(kPosted, kRelease);
    WakeOne(&state_);
  }
  void Wait() {
    if (state_.load(kAcquire) == kPosted) return;
    uint32_t state = kInit;
    const auto failure = code_ == Code::kShipped ? kRelaxed : kAcquire;
    if (!state_.compare_exchange_strong(state, kWaiting, kRelaxed, failure)) {
      return;
    }
    while (state_.load(kAcquire) != kPosted) Sleep(state_, kWaiting);
  }

 private:
  static constexpr uint32_t kInit = 0;
  static constexpr uint32_t kWaiting = 1;
  static constexpr uint32_t kPosted = 2;

  const Code code_;
  Atomic<uint32_t> state_{kInit};
};

TEST(MemoryOrder, FollyBatonAcquiresNothingInTheLastMoment) {
  ExpectFound(
      [](Code code) {
        Baton baton(code);
        int data = 0;
        Thread poster("poster", [&] {
          data = 1;
          baton.Post();
        });
        baton.Wait();
        Check(data == 1, "visible");
      },
      "a data race");
}

// folly, ParkingLot (2017 to 2021):
// https://github.com/facebook/folly/commit/ff7ab9dbe
// Who unparks has stored his reason just before, and returns early if he counts
// no waiters. The store may still be on its way when the count is read: each
// side misses what the other one has written, and the waiter sleeps for ever.
class ParkingLot {
 public:
  explicit ParkingLot(Code code) : code_(code) {}

  void ParkUnless(const Atomic<uint32_t>& reason) {
    waiters_.fetch_add(1, kAcqRel);
    Atomic<uint32_t> unparked{0};
    {
      const Holder holder(lock_);
      if (reason.load(kAcquire) != 0) return;
      parked_ = &unparked;
    }
    while (unparked.load(kAcquire) == 0) Sleep(unparked, 0);
  }
  void Unpark() {
    const uint32_t waiters = code_ == Code::kShipped
                                 ? waiters_.load(kAcquire)
                                 : waiters_.fetch_add(0, kAcqRel);
    if (waiters == 0) return;
    const Holder holder(lock_);
    if (Atomic<uint32_t>* const parked = std::exchange(parked_, nullptr)) {
      parked->store(1, kRelease);
      WakeOne(parked);
    }
  }

 private:
  const Code code_;
  Atomic<uint32_t> waiters_{0};
  Lock lock_;
  Atomic<uint32_t>* parked_ = nullptr;
};

TEST(MemoryOrder, FollyParkingLotCountsItsWaitersTooEarly) {
  ExpectFound(
      [](Code code) {
        ParkingLot lot(code);
        Atomic<uint32_t> reason{0};
        Thread waiter("waiter", [&] { lot.ParkUnless(reason); });
        reason.store(1, kRelease);
        lot.Unpark();
      },
      "nobody can go on", {.stale_reads = true});
}

// nsync, nsync_mu (2017 to 2024): https://github.com/google/nsync/pull/16
// An unlock that finds waiters gives up the mutex, and locks the queue, by one
// compare-exchange. That only acquires, for the queue's sake. Who takes the
// mutex before the queue is unlocked doesn't see what its last holder did.
class Mu {
 public:
  explicit Mu(Code code) : code_(code) {}

  void lock() {
    uint32_t word = word_.load(kRelaxed);
    for (;;) {
      if (!(word & kHeld)) {
        if (word_.compare_exchange_strong(word, word | kHeld, kAcquire,
                                          kRelaxed)) {
          return;
        }
      } else if (word & kWaiters ||
                 word_.compare_exchange_strong(word, word | kWaiters, kRelaxed,
                                               kRelaxed)) {
        Sleep(word_, word | kWaiters);
        word = word_.load(kRelaxed);
      }
    }
  }
  void unlock() {
    uint32_t word = kHeld;
    if (word_.compare_exchange_strong(word, 0, kRelease, kRelaxed)) return;
    const auto order = code_ == Code::kShipped ? kAcquire : kAcqRel;
    while (!word_.compare_exchange_strong(word, (word & ~kHeld) | kQueueLocked,
                                          order, kRelaxed)) {
    }
    word_.fetch_and(~(kQueueLocked | kWaiters), kRelease);
    WakeAll(&word_);
  }

 private:
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kWaiters = 2;
  static constexpr uint32_t kQueueLocked = 4;

  const Code code_;
  Atomic<uint32_t> word_{0};
};

TEST(MemoryOrder, NsyncMuGivesItselfUpWithoutARelease) {
  ExpectFound(
      [](Code code) {
        Mu mu(code);
        int data = 0;
        const auto adds = [&] {
          std::lock_guard<Mu> guard(mu);
          ++data;
        };
        Thread other("other", adds);
        adds();
      },
      "a data race");
}

}  // namespace
}  // namespace synctest

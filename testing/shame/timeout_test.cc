// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Time-outs, interrupts, and sleepers that wake for no reason.

#include <cstdint>
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

// Abseil, CondVar (2022): https://github.com/abseil/abseil-cpp/commit/aac2279f
// A wait that times out takes itself off the list. If Signal() has done so
// before, it waits for the wake-up that is to come, but by the limit that is
// over: it spins, and where its priority is the higher one, for seconds.
class CondVar {
 public:
  explicit CondVar(Code code) : code_(code) {}

  void Wait(int64_t until) {
    Atomic<uint32_t> queued{1};
    {
      const Holder holder(lock_);
      waiter_ = &queued;
    }
    while (queued.load(kAcquire) == 1) {
      Sleep(queued, 1, until);
      if (queued.load(kAcquire) == 0) return;
      const Holder holder(lock_);
      if (waiter_ == &queued) {
        waiter_ = nullptr;
        return;
      }
      if (code_ == Code::kMended) until = kNever;
    }
  }
  void Signal() {
    Atomic<uint32_t>* waiter;
    {
      const Holder holder(lock_);
      waiter = std::exchange(waiter_, nullptr);
    }
    if (waiter == nullptr) return;
    waiter->store(0, kRelease);
    WakeOne(waiter);
  }

 private:
  const Code code_;
  Lock lock_;
  Atomic<uint32_t>* waiter_ = nullptr;
};

TEST(Timeout, AbseilCondVarSpinsOnALimitThatIsOver) {
  ExpectFound(
      [](Code code) {
        CondVar changed(code);
        Thread waiter("waiter",
                      [&] { changed.Wait(model::Now(Place::current()) + 1); });
        changed.Signal();
      },
      "does not come to an end", {.faults = true});
}

// cppcoro, static_thread_pool (2022):
// https://github.com/andreasbuhr/cppcoro/commit/be94519
// A worker that wakes for no reason, and goes to sleep again, is counted twice
// among the sleepers. Who then claims a sleeper looks for one that isn't there,
// and never stops looking.
class StaticThreadPool {
 public:
  explicit StaticThreadPool(Code code) : code_(code) {}

  void Post() {
    jobs_.fetch_add(1);
    if (!ClaimsASleeper()) return;
    while (asleep_.exchange(0) == 0) model::Yield(Place::current());
    WakeOne(&asleep_);
  }
  // For the only worker.
  void TakeAJob() {
    while (jobs_.load() == 0) SleepUnlessThereAreJobs();
    jobs_.fetch_sub(1);
  }

 private:
  bool ClaimsASleeper() {
    uint32_t sleepers = sleepers_.load();
    while (sleepers > 0) {
      if (sleepers_.compare_exchange_strong(sleepers, sleepers - 1, kAcqRel,
                                            kRelaxed)) {
        return true;
      }
    }
    return false;
  }
  void SleepUnlessThereAreJobs() {
    asleep_.store(1);
    sleepers_.fetch_add(1);
    if (jobs_.load() > 0 && ClaimsASleeper()) {
      asleep_.store(0);
      return;
    }
    do {
      Sleep(asleep_, 1);
    } while (code_ == Code::kMended && asleep_.load() == 1);
  }

  const Code code_;
  Atomic<uint32_t> jobs_{0};
  Atomic<uint32_t> sleepers_{0};
  Atomic<uint32_t> asleep_{0};  // The worker.
};

TEST(Timeout, CppcoroWorkerThatWakesByItselfIsCountedTwice) {
  ExpectFound(
      [](Code code) {
        StaticThreadPool pool(code);
        Thread worker("worker", [&] {
          pool.TakeAJob();
          pool.TakeAJob();
        });
        pool.Post();
        pool.Post();
      },
      "does not come to an end", {.faults = true});
}

// CPython 3.13, _PyParkingLot (2024):
// https://github.com/python/cpython/issues/114944
// A thread whose sleep is interrupted, or too long, takes itself off the list,
// though the one who is about to wake it has done so already.
class PyParkingLot {
 public:
  explicit PyParkingLot(Code code) : code_(code) {}

  void Park(int64_t until) {
    Waiter waiter;
    Link(waiter);
    Sleep(waiter.woken, 0, until);
    if (waiter.woken.load(kAcquire) == 1) return;
    {
      const Holder holder(lock_);
      if (code_ == Code::kShipped || !waiter.is_unparking) {
        Unlink(waiter);
        return;
      }
    }
    while (waiter.woken.load(kAcquire) == 0) Sleep(waiter.woken, 0);
  }
  void Unpark() {
    Waiter* waiter;
    {
      const Holder holder(lock_);
      waiter = first_;
      if (waiter == nullptr) return;
      Unlink(*waiter);
      waiter->is_unparking = true;
    }
    waiter->woken.store(1, kRelease);
    WakeOne(&waiter->woken);
  }

 private:
  struct Waiter {
    Atomic<uint32_t> woken{0};
    bool is_unparking = false;
  };

  void Link(Waiter& waiter) {
    const Holder holder(lock_);
    first_ = &waiter;
  }
  void Unlink(Waiter& waiter) {
    Check(first_ == &waiter, "unlinked twice");
    first_ = nullptr;
  }

  const Code code_;
  Lock lock_;
  Waiter* first_ = nullptr;
};

TEST(Timeout, CpythonUnlinksAnInterruptedWaiterTwice) {
  ExpectFound(
      [](Code code) {
        PyParkingLot lot(code);
        Thread parker("parker",
                      [&] { lot.Park(model::Now(Place::current()) + 1); });
        lot.Unpark();
      },
      "unlinked twice", {.faults = true});
}

}  // namespace
}  // namespace synctest

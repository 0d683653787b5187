// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits that sleep on though what they wait for has come.

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/notes.h"
#include "testing/model/thread.h"
#include "testing/shame/lock.h"
#include "testing/shame/shame.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Place;
using model::Thread;

// libstdc++ 12, std::counting_semaphore (GCC bug 98033):
// https://github.com/pytorch/pytorch/pull/177884
// A release() that finds a count above zero wakes nobody, as if whoever slept
// had been woken before. Of two sleepers, the second one is left behind with a
// permit that is there for it.
class CountingSemaphore {
 public:
  explicit CountingSemaphore(Code code) : code_(code) {}

  void Acquire() {
    uint32_t count = count_.load(kRelaxed);
    for (;;) {
      if (count == 0) {
        Sleep(count_, 0);
        count = count_.load(kRelaxed);
      } else if (count_.compare_exchange_strong(count, count - 1, kAcquire,
                                                kRelaxed)) {
        return;
      }
    }
  }
  void Release() {
    const uint32_t before = count_.fetch_add(1, kRelease);
    if (code_ == Code::kShipped && before > 0) return;
    WakeOne(&count_);
  }

 private:
  const Code code_;
  Atomic<uint32_t> count_{0};
};

TEST(LostWakeup, LibstdcxxSemaphoreReleasesTwiceAndWakesOne) {
  const std::string table = ExpectFound(
      [](Code code) {
        CountingSemaphore semaphore(code);
        model::Name(semaphore, "semaphore");
        Thread first("first", [&] { semaphore.Acquire(); });
        Thread second("second", [&] { semaphore.Acquire(); });
        semaphore.Release();
        semaphore.Release();
      },
      "nobody can go on");
  // It is the example of the documents, up to the line that explains the star.
  std::ifstream file("docs/proof.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(text.find(table.substr(0, table.find("\n\n*"))), std::string::npos)
      << "docs/proof.md shows another table";
}

// libstdc++ 10 to 15, std::atomic::wait where a futex has another size:
// https://gcc.gnu.org/git/gcc.git, the rework of atomic waits in GCC 16
// The wait sleeps on a count of notifications, which it reads after it has
// looked at the value. A notification between the two is taken for an old one.
class WaitableAtomic {
 public:
  explicit WaitableAtomic(Code code) : code_(code) {}

  void WaitWhile(uint64_t old) {
    for (;;) {
      uint32_t version = 0;
      if (code_ == Code::kMended) version = version_.load(kAcquire);
      if (value_.load(kAcquire) != old) return;
      if (code_ == Code::kShipped) version = version_.load(kAcquire);
      Sleep(version_, version);
    }
  }
  void StoreAndNotify(uint64_t value) {
    value_.store(value, kRelease);
    version_.fetch_add(1, kRelease);
    WakeAll(&version_);
  }

 private:
  const Code code_;
  Atomic<uint64_t> value_{0};
  Atomic<uint32_t> version_{0};
};

TEST(LostWakeup, LibstdcxxAtomicWaitReadsTheVersionAfterTheValue) {
  ExpectFound(
      [](Code code) {
        WaitableAtomic value(code);
        Thread waiter("waiter", [&] { value.WaitWhile(0); });
        value.StoreAndNotify(1);
      },
      "nobody can go on");
}

// libcoro, ring_buffer (2023): https://github.com/jbaldwin/libcoro/pull/125
// A consumer looks for an element when it asks whether it must wait, and not
// again when it joins the waiters. What is produced between the two finds no
// waiter to hand itself to, and the consumer is never resumed.
class RingBuffer {
 public:
  explicit RingBuffer(Code code) : code_(code) {}

  void Produce() {
    const Holder holder(lock_);
    if (Consumer* const consumer = std::exchange(waiting_, nullptr)) {
      consumer->Resume();
    } else {
      ++elements_;
    }
  }
  void Consume() {
    if (IsReady()) return;
    Consumer consumer;
    if (Suspend(consumer)) consumer.WaitUntilResumed();
  }

 private:
  struct Consumer {
    void Resume() {
      resumed.store(1, kRelease);
      WakeOne(&resumed);
    }
    void WaitUntilResumed() {
      while (resumed.load(kAcquire) == 0) Sleep(resumed, 0);
    }
    Atomic<uint32_t> resumed{0};
  };

  bool TakesOne() {
    if (elements_ == 0) return false;
    --elements_;
    return true;
  }
  bool IsReady() {
    const Holder holder(lock_);
    return TakesOne();
  }
  // False: it need not wait.
  bool Suspend(Consumer& consumer) {
    const Holder holder(lock_);
    if (code_ == Code::kMended && TakesOne()) return false;
    waiting_ = &consumer;
    return true;
  }

  const Code code_;
  Lock lock_;
  int elements_ = 0;
  Consumer* waiting_ = nullptr;
};

TEST(LostWakeup, LibcoroRingBufferDoesNotLookAgainWhenItSuspends) {
  ExpectFound(
      [](Code code) {
        RingBuffer buffer(code);
        Thread consumer("consumer", [&] { buffer.Consume(); });
        buffer.Produce();
      },
      "nobody can go on");
}

// folly, LifoSem (2019): https://github.com/facebook/folly/pull/989
// A wait that gives up locks the list by a bit of its head, and unlocks it by a
// plain store of the new head. A shutdown that has set its own bit meanwhile is
// undone by that, and those who wait afterwards wait for ever.
class LifoSem {
 public:
  explicit LifoSem(Code code) : code_(code) {}

  // False: it is shut down.
  bool Wait(int64_t until) {
    uint32_t head = head_.load(kRelaxed);
    do {
      if (head & kShutdown) return false;
    } while (!head_.compare_exchange_strong(head, kWaiter, kAcqRel, kRelaxed));
    Sleep(head_, kWaiter, until);
    Remove();
    return true;
  }
  void Shutdown() {
    head_.fetch_or(kShutdown, kAcqRel);
    WakeAll(&head_);
  }

 private:
  static constexpr uint32_t kWaiter = 1;
  static constexpr uint32_t kLocked = 2;
  static constexpr uint32_t kShutdown = 4;

  // Only the waiter itself locks the list here.
  void Remove() {
    const uint32_t head = head_.fetch_or(kLocked, kAcquire);
    if (code_ == Code::kShipped) {
      head_.store(head & ~kWaiter, kRelease);
    } else {
      head_.fetch_and(~(kWaiter | kLocked), kRelease);
    }
  }

  const Code code_;
  Atomic<uint32_t> head_{0};
};

TEST(LostWakeup, FollyLifoSemForgetsItsShutdown) {
  ExpectFound(
      [](Code code) {
        LifoSem semaphore(code);
        Thread waiter("waiter", [&] {
          (void)semaphore.Wait(model::Now(Place::current()) + 1);
          while (semaphore.Wait(kNever)) {
          }
        });
        semaphore.Shutdown();
      },
      "nobody can go on", {.faults = true});
}

}  // namespace
}  // namespace synctest

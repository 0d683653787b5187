// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the benchmarks of Event's companions share. Their subject of interest is
// called "Ours".

#ifndef SYNC_BENCHMARKS_COMPANIONS_H_
#define SYNC_BENCHMARKS_COMPANIONS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/runner.h"

namespace syncbench {

// A target: no more than what the table calls behind.
inline constexpr double kLevel = 1.05;

// The same against both, the standard library and Abseil.
inline std::vector<Target> LevelWithBoth() {
  return {{kLevel, "Std"}, {kLevel, "Absl"}};
}

// What the order costs in which our semaphores and shared mutexes serve: first
// in, first out, each permit handed to who has waited longest. Peers let
// whoever runs take what there is, which is faster where threads outnumber
// processors, and lets some of them wait for ever.
class FairSemaphore {
 public:
  explicit FairSemaphore(int64_t permits) : permits_(permits) {}
  void Acquire(int64_t count = 1) {
    std::unique_lock lock(mutex_);
    if (waiters_.empty() && permits_ >= count) {
      permits_ -= count;
      return;
    }
    Waiter waiter{.count = count, .is_granted = false, .granted = {}};
    waiters_.push_back(&waiter);
    waiter.granted.wait(lock, [&] { return waiter.is_granted; });
  }
  void Release(int64_t count = 1) {
    const std::lock_guard lock(mutex_);
    permits_ += count;
    while (!waiters_.empty() && permits_ >= waiters_.front()->count) {
      Waiter& first = *waiters_.front();
      waiters_.pop_front();
      permits_ -= first.count;
      first.is_granted = true;
      first.granted.notify_one();
    }
  }

 private:
  struct Waiter {
    const int64_t count;
    bool is_granted = false;
    std::condition_variable granted;
  };

  std::mutex mutex_;
  int64_t permits_;  // Guarded by mutex_, as the next one.
  std::deque<Waiter*> waiters_;
};

// The same of a shared mutex: a writer takes the permits of all readers.
class FairSharedMutex {
 public:
  void lock() { semaphore_.Acquire(kReaders); }
  void unlock() { semaphore_.Release(kReaders); }
  void lock_shared() { semaphore_.Acquire(); }
  void unlock_shared() { semaphore_.Release(); }

 private:
  static constexpr int64_t kReaders = 1'000'000;

  FairSemaphore semaphore_{kReaders};
};

// What is within reach of a semaphore that nobody need wait for: to take a
// permit and to give it back is a compare-exchange each, which sees in the same
// step whether there is one, and whether there is room for one more. Who finds
// none lets others run.
class BarePermits {
 public:
  explicit BarePermits(int64_t permits) : permits_(permits) {}
  void Acquire() {
    int64_t permits = permits_.load(std::memory_order_relaxed);
    for (;;) {
      if (permits == 0) {
        std::this_thread::yield();
        permits = permits_.load(std::memory_order_relaxed);
      } else if (permits_.compare_exchange_weak(permits, permits - 1,
                                                std::memory_order_acquire)) {
        return;
      }
    }
  }
  void Release() {
    int64_t permits = permits_.load(std::memory_order_relaxed);
    while (permits < kBound &&
           !permits_.compare_exchange_weak(permits, permits + 1,
                                           std::memory_order_acq_rel)) {
    }
  }

 private:
  static constexpr int64_t kBound = int64_t{1} << 30;

  std::atomic<int64_t> permits_;
};

// Of an absl::Mutex, the names of the standard library.
class AbslMutex {
 public:
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Lock(); }
  bool try_lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { return mutex_.TryLock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Unlock(); }
  void lock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderLock(); }
  void unlock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderUnlock(); }

 private:
  absl::Mutex mutex_;
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_COMPANIONS_H_

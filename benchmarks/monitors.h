// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Mutexes, each with conditions to wait for with it, under common names; and
// what people make of them.

#ifndef SYNC_BENCHMARKS_MONITORS_H_
#define SYNC_BENCHMARKS_MONITORS_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace syncbench {

// As of the standard library.
template <class M, class C>
struct StandardMonitor {
  using Mutex = M;
  using Lock = std::unique_lock<M>;
  struct Condition {
    template <class P>
    void Wait(Lock& lock, P predicate) {
      changed.wait(lock, predicate);
    }
    template <class P>
    void WaitAnHour(Lock& lock, P predicate) {
      changed.wait_for(lock, std::chrono::hours(1), predicate);
    }
    void WaitNoTime(Lock& lock) {
      changed.wait_for(lock, std::chrono::seconds(0));
    }
    void NotifyOne() { changed.notify_one(); }
    void NotifyAll() { changed.notify_all(); }
    C changed;
  };
};
using StdMonitor = StandardMonitor<std::mutex, std::condition_variable>;

// Of Abseil.
struct AbslMonitor {
  using Mutex = absl::Mutex;
  struct Lock {
    explicit Lock(Mutex& locked) : mutex(locked), lock(&locked) {}
    Mutex& mutex;
    absl::MutexLock lock;
  };
  struct Condition {
    template <class P>
    void Wait(Lock& lock, P predicate) {
      while (!predicate()) changed.Wait(&lock.mutex);
    }
    template <class P>
    void WaitAnHour(Lock& lock, P predicate) {
      const absl::Time limit = absl::Now() + absl::Hours(1);
      while (!predicate()) changed.WaitWithDeadline(&lock.mutex, limit);
    }
    void WaitNoTime(Lock& lock) {
      changed.WaitWithTimeout(&lock.mutex, absl::ZeroDuration());
    }
    void NotifyOne() { changed.Signal(); }
    void NotifyAll() { changed.SignalAll(); }
    absl::CondVar changed;
  };
};

// The event that people write without a library, with the notification after
// the unlock, which is the faster order. A pulse reaches whoever waits past its
// number; one that is made of Set() and Clear() may miss whoever Wait()s.
template <class Monitor>
class MonitorEvent {
 public:
  void Set() {
    {
      const Lock lock(mutex_);
      set_ = true;
    }
    changed_.NotifyAll();
  }
  void Pulse() {
    {
      const Lock lock(mutex_);
      ++pulses_;
    }
    changed_.NotifyAll();
  }
  void Clear() {
    const Lock lock(mutex_);
    set_ = false;
  }
  bool IsSet() {
    const Lock lock(mutex_);
    return set_;
  }
  void Wait() {
    Lock lock(mutex_);
    changed_.Wait(lock, [this] { return set_; });
  }
  // With a limit; it knows no stop tokens.
  void WaitLimited() {
    Lock lock(mutex_);
    changed_.WaitAnHour(lock, [this] { return set_; });
  }
  bool TryWait() {
    Lock lock(mutex_);
    if (!set_) changed_.WaitNoTime(lock);
    return set_;
  }
  void WaitPast(uint64_t pulses) {
    Lock lock(mutex_);
    changed_.Wait(lock, [&] { return pulses_ > pulses; });
  }

 private:
  using Lock = typename Monitor::Lock;

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition changed_;
  bool set_ = false;     // Guarded by mutex_.
  uint64_t pulses_ = 0;  // Likewise.
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_MONITORS_H_

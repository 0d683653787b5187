// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the benchmarks of Event's companions share.

#ifndef SYNC_BENCHMARKS_COMPANIONS_H_
#define SYNC_BENCHMARKS_COMPANIONS_H_

#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/runner.h"

namespace syncbench {

// In one iteration, where threads block.
inline constexpr int64_t kRounds = 1000;

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

// A mutex, and conditions to wait for with it: of the standard library.
struct StdMonitor {
  using Mutex = std::mutex;
  using Lock = std::unique_lock<std::mutex>;
  struct Condition {
    template <class P>
    void Wait(Lock& lock, P predicate) {
      changed.wait(lock, predicate);
    }
    void NotifyOne() { changed.notify_one(); }
    std::condition_variable changed;
  };
};

// The same of Abseil.
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
    void NotifyOne() { changed.Signal(); }
    absl::CondVar changed;
  };
};

// Runs `work(i)` on thread i of `count`; returns the seconds from when all were
// ready until the last was done. They take the time: whoever waits for them may
// well sleep on.
template <class Work>
double SecondsOn(size_t count, Work work) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin, end;
  std::barrier all(static_cast<std::ptrdiff_t>(count), [&]() noexcept {
    begin = std::exchange(end, Clock::now());
  });
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      all.arrive_and_wait();
      work(i);
      all.arrive_and_wait();
    });
  }
  threads.clear();
  return std::chrono::duration<double>(end - begin).count();
}

// The program, for scenarios whose subject of interest is "Ours". A second
// thread exists: with one only, glibc's mutexes do without atomics.
inline int RunCompanions(int argc, char** argv,
                         const std::vector<Scenario>& scenarios) {
  std::latch over(1);
  const std::jthread other([&] { over.wait(); });
  const int code = RunScenarios(argc, argv, "Ours", scenarios);
  over.count_down();
  return code;
}

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_COMPANIONS_H_

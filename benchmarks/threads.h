// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Where the threads of a benchmark are, and whether they sleep.

#ifndef SYNC_BENCHMARKS_THREADS_H_
#define SYNC_BENCHMARKS_THREADS_H_

#include <sched.h>

#include <cstddef>
#include <mutex>
#include <vector>

namespace syncbench {

// How many processors this program may use.
size_t UsableProcessors();

// Keeps the calling thread on one of them, by number from 0, while this lives.
// Does nothing if there is no such one.
class OnProcessor {
 public:
  explicit OnProcessor(size_t number);
  ~OnProcessor();
  OnProcessor(const OnProcessor&) = delete;
  OnProcessor& operator=(const OnProcessor&) = delete;

 private:
  cpu_set_t before_;
};

// Says when threads have gone to sleep in the kernel, which a thread can't say
// of itself.
class SleepWatch {
 public:
  SleepWatch() = default;
  ~SleepWatch();
  SleepWatch(const SleepWatch&) = delete;
  SleepWatch& operator=(const SleepWatch&) = delete;

  void AddThisThread();

  // Returns once `count` threads have been added and all of them sleep: true.
  // False: they haven't within a second, so that they don't.
  [[nodiscard]] bool AwaitAllAsleep(size_t count);

 private:
  bool AllAsleep(size_t count);

  std::mutex mutex_;
  std::vector<int> files_;
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_THREADS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What threads spend on their work.

#ifndef SYNC_BENCHMARKS_SPENT_H_
#define SYNC_BENCHMARKS_SPENT_H_

#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <thread>
#include <utility>
#include <vector>

namespace syncbench {

// In one iteration, where threads block.
inline constexpr int64_t kRounds = 1000;

using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The processor time that all threads of the program have used.
inline double ProcessorSeconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Spent {
  double seconds = 0;
  double processor_seconds = 0;  // Of all threads of the program.
};

// Runs `work(i)` on thread i of `count`; returns what was spent from when all
// were ready until the last was done. They take the time: whoever waits for
// them may well sleep on.
template <class Work>
Spent SpentOn(size_t count, Work work) {
  Spent begin, end;
  std::barrier all(static_cast<std::ptrdiff_t>(count), [&]() noexcept {
    const auto now = Clock::now().time_since_epoch();
    begin = std::exchange(
        end, {std::chrono::duration<double>(now).count(), ProcessorSeconds()});
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
  return {end.seconds - begin.seconds,
          end.processor_seconds - begin.processor_seconds};
}

template <class Work>
double SecondsOn(size_t count, Work work) {
  return SpentOn(count, work).seconds;
}

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_SPENT_H_

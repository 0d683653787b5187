// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "benchmarks/spent.h"
#include "benchmarks/timer_scenarios.h"

namespace {

using syncbench::Clock;

class ToyTimers {
 public:
  explicit ToyTimers(size_t count) : limits_(count) {}
  void Arm(size_t i, std::chrono::nanoseconds delay) {
    limits_[i] = Clock::now() + delay;
  }
  void Cancel(size_t i) { limits_[i].reset(); }
  void Settle() {}
  void FireAll() {
    const Clock::time_point now = Clock::now();
    for (std::optional<Clock::time_point>& limit : limits_) {
      if (limit <= now) limit.reset();
    }
  }

 private:
  std::vector<std::optional<Clock::time_point>> limits_;
};

SYNC_BENCHMARK_ADD(TimerSuite, "Toy", ToyTimers);

}  // namespace

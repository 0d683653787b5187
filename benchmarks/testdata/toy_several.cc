// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <atomic>
#include <cstddef>
#include <mutex>

#include "benchmarks/several_scenarios.h"

namespace {

// Waits for one with the other in hand, always in the same order.
struct ToyBoth {
  using Mutex = std::mutex;
  template <class Work>
  static void WithBoth(Mutex& first, Mutex& second, Work work) {
    const bool ordered = &first < &second;
    const std::lock_guard outer(ordered ? first : second);
    const std::lock_guard inner(ordered ? second : first);
    work();
  }
};

SYNC_BENCHMARK_ADD(WaitAllSuite, "Toy", ToyBoth);

class ToyFlags {
 public:
  void Set(size_t i) {
    set_ |= 1u << i;
    set_.notify_one();
  }
  size_t WaitAny() {
    set_.wait(0);
    const size_t i = (set_ & 1u) != 0 ? 0 : 1;
    set_ &= ~(1u << i);
    return i;
  }

 private:
  std::atomic<unsigned> set_ = 0;
};

SYNC_BENCHMARK_ADD(WaitAnySuite, "Toy", ToyFlags);

}  // namespace

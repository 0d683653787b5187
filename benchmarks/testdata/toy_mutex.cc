// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <atomic>

#include "benchmarks/companion_scenarios.h"

namespace {

class ToyMutex {
 public:
  void lock() {
    while (locked_.test_and_set()) locked_.wait(true);
  }
  void unlock() {
    locked_.clear();
    locked_.notify_one();
  }

 private:
  std::atomic_flag locked_;
};

SYNC_BENCHMARK_ADD(syncbench::MutexSuite, "Toy", ToyMutex);

}  // namespace

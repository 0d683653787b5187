// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <cstdint>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>

#include "benchmarks/value_scenarios.h"

namespace {

class ToyQueue {
 public:
  void Push(int64_t value) {
    while (!TryPush(value)) std::this_thread::yield();
  }
  bool TryPush(int64_t value) {
    const std::lock_guard lock(mutex_);
    if (values_.size() == syncbench::kQueueBound) return false;
    values_.push(value);
    return true;
  }
  int64_t Pop() {
    for (;;) {
      if (const std::optional<int64_t> value = TryPop()) return *value;
      std::this_thread::yield();
    }
  }
  std::optional<int64_t> TryPop() {
    const std::lock_guard lock(mutex_);
    if (values_.empty()) return std::nullopt;
    const int64_t value = values_.front();
    values_.pop();
    return value;
  }

 private:
  std::mutex mutex_;
  std::queue<int64_t> values_;  // Guarded by mutex_.
};

SYNC_BENCHMARK_ADD(QueueSuite, "Toy", ToyQueue);

}  // namespace

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <queue>
#include <stop_token>
#include <thread>
#include <vector>

#include "benchmarks/pool_scenarios.h"

namespace {

class ToyPool {
 public:
  using Event = syncbench::PostingEvent<ToyPool>;

  explicit ToyPool(size_t threads) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back(
          [this](const std::stop_token& stop) { Serve(stop); });
    }
  }

  void Post(std::coroutine_handle<> handle) {
    {
      const std::lock_guard lock(mutex_);
      handles_.push(handle);
    }
    posted_.notify_one();
  }

 private:
  void Serve(const std::stop_token& stop) {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (!posted_.wait(lock, stop, [this] { return !handles_.empty(); })) {
        return;
      }
      const std::coroutine_handle<> handle = handles_.front();
      handles_.pop();
      lock.unlock();
      handle.resume();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any posted_;
  std::queue<std::coroutine_handle<>> handles_;  // Guarded by mutex_.
  std::vector<std::jthread> threads_;            // Which are stopped first.
};

SYNC_BENCHMARK_ADD(PoolSuite, "Toy", ToyPool);

}  // namespace

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// oneTBB: its mutexes, its queues, its calls at most once, and its task_arena,
// which is a pool.

#include "benchmarks/companion_scenarios.h"
#include "benchmarks/pool_scenarios.h"
#include "benchmarks/value_scenarios.h"

#ifdef SYNC_BENCHMARK_HAS_TBB

#include <oneapi/tbb/collaborative_call_once.h>
#include <oneapi/tbb/concurrent_priority_queue.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/task_arena.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace syncbench {
namespace {

class TbbPool {
 public:
  using Event = PostingEvent<TbbPool>;

  // The workers of the process are one fewer than its parallelism, for a main
  // thread that works too; here none does.
  explicit TbbPool(size_t threads)
      : parallelism_(tbb::global_control::max_allowed_parallelism, threads + 1),
        arena_(static_cast<int>(threads), 0) {}
  void Post(std::coroutine_handle<> handle) {
    arena_.enqueue([handle] { handle.resume(); });
  }

 private:
  tbb::global_control parallelism_;
  tbb::task_arena arena_;
};

SYNC_BENCHMARK_ADD(PoolSuite, "oneTBB", TbbPool);

SYNC_BENCHMARK_ADD(MutexSuite, "oneTBB", tbb::mutex);
SYNC_BENCHMARK_ADD(SharedMutexSuite, "oneTBB", tbb::rw_mutex);

class TbbQueue {
 public:
  TbbQueue() { queue_.set_capacity(kQueueBound); }
  void Push(int64_t value) { queue_.push(value); }
  bool TryPush(int64_t value) { return queue_.try_push(value); }
  int64_t Pop() {
    int64_t value = 0;
    queue_.pop(value);
    return value;
  }
  std::optional<int64_t> TryPop() {
    int64_t value = 0;
    if (!queue_.try_pop(value)) return std::nullopt;
    return value;
  }

 private:
  tbb::concurrent_bounded_queue<int64_t> queue_;
};

SYNC_BENCHMARK_ADD(QueueSuite, "oneTBB", TbbQueue);

// It has no bound, and nobody can wait for a value.
class TbbPriorityQueue {
 public:
  bool TryPush(int64_t value) {
    queue_.push(value);
    return true;
  }
  std::optional<int64_t> TryPop() {
    int64_t value = 0;
    if (!queue_.try_pop(value)) return std::nullopt;
    return value;
  }

 private:
  tbb::concurrent_priority_queue<int64_t, std::greater<int64_t>> queue_;
};

SYNC_BENCHMARK_ADD(PriorityQueueSuite, "oneTBB", TbbPriorityQueue);

class TbbLazy {
 public:
  int64_t Get() {
    tbb::collaborative_call_once(once_, [this] { value_ = 1; });
    return *value_;
  }

 private:
  tbb::collaborative_once_flag once_;
  std::optional<int64_t> value_;
};

SYNC_BENCHMARK_ADD(LazySuite, "oneTBB", TbbLazy);

}  // namespace
}  // namespace syncbench

#else

SYNC_BENCHMARK_ABSENT("oneTBB", "libtbb-dev");

#endif

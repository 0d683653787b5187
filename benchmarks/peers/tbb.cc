// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// oneTBB, whose task_arena is a pool.

#include "benchmarks/pool_scenarios.h"

#ifdef SYNC_BENCHMARK_HAS_TBB

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <coroutine>
#include <cstddef>

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

}  // namespace
}  // namespace syncbench

#else

SYNC_BENCHMARK_ABSENT("oneTBB", "libtbb-dev");

#endif

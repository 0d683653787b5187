// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// synclib::ThreadPool with an Event against what people make of the standard
// library and Abseil, and against other pools.
//
//   bazel run --config=opt //benchmarks:pool_benchmark

#include <cstddef>

#include "benchmarks/monitors.h"
#include "benchmarks/pool_scenarios.h"
#include "benchmarks/suite.h"
#include "sync/event.h"
#include "sync/thread_pool.h"

namespace syncbench {
namespace {

class Ours {
 public:
  class Event : public synclib::Event {
   public:
    explicit Event(Ours& ours) : pool_(ours.pool_) {}
    auto operator co_await() { return AsyncWait().On(pool_); }

   private:
    synclib::ThreadPool& pool_;
  };

  explicit Ours(size_t threads) : pool_(static_cast<int>(threads)) {}

 private:
  synclib::ThreadPool pool_;
};

SYNC_BENCHMARK_ADD(PoolSuite, "ThreadPool", Ours);
SYNC_BENCHMARK_ADD(PoolSuite, "Std", HandleQueue<StdMonitor>);
SYNC_BENCHMARK_ADD(PoolSuite, "Absl", HandleQueue<AbslMonitor>);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::PoolSuite>(argc, argv, "ThreadPool");
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for all and for any of several things against what people make of the
// standard library and Abseil.
//
//   bazel run --config=opt //benchmarks:several_benchmark

#include <cstddef>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "benchmarks/companions.h"
#include "benchmarks/monitors.h"
#include "benchmarks/several_scenarios.h"
#include "benchmarks/suite.h"
#include "sync/auto_reset_event.h"
#include "sync/mutex.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"

namespace syncbench {
namespace {

// Locks both in one step.
struct OurWaitAll {
  using Mutex = synclib::Mutex;
  template <class Work>
  static void WithBoth(Mutex& first, Mutex& second,
                       Work work) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    synclib::WaitAll({first, second});
    work();
    second.unlock();
    first.unlock();
  }
};

SYNC_BENCHMARK_ADD(WaitAllSuite, "Ours", OurWaitAll);
SYNC_BENCHMARK_ADD(WaitAllSuite, "Std", ScopedLock<std::mutex>);
SYNC_BENCHMARK_ADD(WaitAllSuite, "Absl", ScopedLock<AbslMutex>);

// One after the other, for whom that will do.
struct OneByOne : ScopedLock<synclib::Mutex> {
  static constexpr Role kRole = Role::kWithinReach;
};
SYNC_BENCHMARK_ADD(WaitAllSuite, "OneByOne", OneByOne);

// Two flags that know nothing of each other.
class OurFlags {
 public:
  void Set(size_t i) { flags_[i].Set(); }
  size_t WaitAny() { return synclib::WaitAny({flags_[0], flags_[1]}).index; }

 private:
  synclib::AutoResetEvent flags_[2];
};

SYNC_BENCHMARK_ADD(WaitAnySuite, "Ours", OurFlags);
SYNC_BENCHMARK_ADD(WaitAnySuite, "Std", MonitorFlags<StdMonitor>);
SYNC_BENCHMARK_ADD(WaitAnySuite, "Absl", MonitorFlags<AbslMonitor>);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::WaitAllSuite, syncbench::WaitAnySuite>(
      argc, argv, "Ours");
}

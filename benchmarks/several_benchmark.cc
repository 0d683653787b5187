// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for all and for any of several things against what people make of the
// standard library and Abseil.
//
//   bazel run --config=opt //benchmarks:several_benchmark

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/monitors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "sync/auto_reset_event.h"
#include "sync/mutex.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"

namespace syncbench {
namespace {

// Locks one mutex and tries the other, until it has both.
template <class M>
struct ScopedLock {
  using Mutex = M;
  template <class Work>
  static void WithBoth(Mutex& first, Mutex& second, Work work) {
    const std::scoped_lock lock(first, second);
    work();
  }
};

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

template <class Lock>
void BM_LockBoth(benchmark::State& state) {
  typename Lock::Mutex first, second;
  for (auto _ : state) {
    Lock::WithBoth(first, second, [] { benchmark::ClobberMemory(); });
  }
}

// So many that the threads meet, though they don't start at the same moment.
constexpr int64_t kContendedRounds = 10 * kRounds;

// Each thread has both kContendedRounds times; every other one names them the
// other way round.
template <class Lock>
void BM_LockBothContended(benchmark::State& state) {
  for (auto _ : state) {
    typename Lock::Mutex mutexes[2];
    int64_t count = 0;
    const double seconds =
        SecondsOn(static_cast<size_t>(state.range(0)), [&](size_t i) {
          for (int64_t round = 0; round < kContendedRounds; ++round) {
            Lock::WithBoth(mutexes[i % 2], mutexes[1 - i % 2],
                           [&] { ++count; });
          }
        });
    Require(count == kContendedRounds * state.range(0), "two had both at once");
    state.SetIterationTime(seconds);
  }
}

// Two flags, as people write them: under one mutex, with one condition.
template <class Monitor>
class MonitorFlags {
 public:
  void Set(size_t i) {
    {
      const Lock lock(mutex_);
      set_[i] = true;
    }
    changed_.NotifyOne();
  }

  // Waits for either, clears it, and says which.
  size_t WaitAny() {
    Lock lock(mutex_);
    changed_.Wait(lock, [this] { return set_[0] || set_[1]; });
    const size_t i = set_[0] ? 0 : 1;
    set_[i] = false;
    return i;
  }

 private:
  using Lock = typename Monitor::Lock;

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition changed_;
  bool set_[2] = {};  // Guarded by mutex_.
};

// The same of two things that know nothing of each other.
class OurFlags {
 public:
  void Set(size_t i) { flags_[i].Set(); }
  size_t WaitAny() { return synclib::WaitAny({flags_[0], flags_[1]}).index; }

 private:
  synclib::AutoResetEvent flags_[2];
};

// The second of two is set, and waited for.
template <class Flags>
void BM_WaitAny(benchmark::State& state) {
  Flags flags;
  size_t sum = 0;
  for (auto _ : state) {
    flags.Set(1);
    sum += flags.WaitAny();
  }
  Require(sum == static_cast<size_t>(state.iterations()),
          "it was not the second");
}

// A round trip of two threads each of which waits for either of two flags.
template <class Flags>
void BM_WaitAnyRoundTrip(benchmark::State& state) {
  for (auto _ : state) {
    Flags pings, pongs;
    const double seconds = SecondsOn(2, [&](size_t i) {
      for (size_t round = 0; round < size_t{kRounds}; ++round) {
        if (i == 0) {
          pings.Set(round % 2);
          Require(pongs.WaitAny() == round % 2, "the other flag was answered");
        } else {
          pongs.Set(pings.WaitAny());
        }
      }
    });
    state.SetIterationTime(seconds);
  }
}

std::vector<Scenario> Scenarios() {
  using StdFlags = MonitorFlags<StdMonitor>;
  using AbslFlags = MonitorFlags<AbslMonitor>;
  return {
      {.name = "LockBoth",
       .title = "lock two mutexes and unlock them, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_LockBoth<ScopedLock<std::mutex>>},
                      {"Ours", BM_LockBoth<OurWaitAll>},
                      {"Absl", BM_LockBoth<ScopedLock<AbslMutex>>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "WaitAny",
       .title = "wait for either of two flags, one is set",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_WaitAny<StdFlags>},
                      {"Ours", BM_WaitAny<OurFlags>},
                      {"Absl", BM_WaitAny<AbslFlags>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "LockBothContended",
       .title = "each thread locks two mutexes 10,000 times",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_LockBothContended<ScopedLock<std::mutex>>},
                      {"Ours", BM_LockBothContended<OurWaitAll>},
                      {"Absl", BM_LockBothContended<ScopedLock<AbslMutex>>}},
       .argument = "threads",
       .values = {2, 4, 16},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "WaitAnyRoundTrip",
       .title = "1,000 round trips, each thread waits for either of two flags",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_WaitAnyRoundTrip<StdFlags>},
                      {"Ours", BM_WaitAnyRoundTrip<OurFlags>},
                      {"Absl", BM_WaitAnyRoundTrip<AbslFlags>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
  };
}

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunScenarios(argc, argv, "Ours", syncbench::Scenarios());
}

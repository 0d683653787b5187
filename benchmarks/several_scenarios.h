// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What it costs to wait for all and for any of several things.
//
// A subject is a class that has what its suite asks for, and is added to that:
//
//   SYNC_BENCHMARK_ADD(WaitAnySuite, "PollFlags", PollFlags);
//
//   WaitAllSuite  The type Mutex, and a static WithBoth(first, second, work)
//                 that calls work() while it has locked both.
//   WaitAnySuite  A default constructor; of two flags, by their numbers 0 and
//                 1, Set(i) sets one, and WaitAny() blocks the thread until
//                 either is set, clears it and returns which.
//
// Several threads call WithBoth() at once; one calls Set() while another one
// calls WaitAny().

#ifndef SYNC_BENCHMARKS_SEVERAL_SCENARIOS_H_
#define SYNC_BENCHMARKS_SEVERAL_SCENARIOS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/raw_floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/suite.h"

namespace syncbench {

template <class L>
concept LocksBoth = std::default_initializable<typename L::Mutex> &&
                    requires(typename L::Mutex& mutex, void (*work)()) {
                      L::WithBoth(mutex, mutex, work);
                    };
template <class F>
concept TwoFlags = std::default_initializable<F> && requires(F& f, size_t i) {
  f.Set(i);
  { f.WaitAny() } -> std::convertible_to<size_t>;
};

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

struct LockBoth {
  using Floor = Raw<ScopedLock<WordMutex>>;
  static Scenario Describe() {
    return {.name = "LockBoth",
            .title = "lock two mutexes and unlock them, nobody else does",
            .targets = LevelWithBoth()};
  }
  template <LocksBoth L>
  static void Run(benchmark::State& state) {
    typename L::Mutex first, second;
    for (auto _ : state) {
      L::WithBoth(first, second, [] { benchmark::ClobberMemory(); });
    }
  }
};

// Each thread has both mutexes kContendedRounds times; every other one names
// them the other way round.
struct LockBothContended {
  using Floor = Raw<ScopedLock<WordMutex>>;
  static Scenario Describe() {
    return {.name = "LockBothContended",
            .title = "each thread locks two mutexes 10,000 times",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 4, 16},
            .targets = LevelWithBoth()};
  }
  template <LocksBoth L>
  static void Run(benchmark::State& state) {
    for (auto _ : state) {
      typename L::Mutex mutexes[2];
      int64_t count = 0;
      const double seconds =
          SecondsOn(static_cast<size_t>(state.range(0)), [&](size_t i) {
            for (int64_t round = 0; round < kContendedRounds; ++round) {
              L::WithBoth(mutexes[i % 2], mutexes[1 - i % 2], [&] { ++count; });
            }
          });
      Require(count == kContendedRounds * state.range(0),
              "two had both at once");
      state.SetIterationTime(seconds);
    }
  }

 private:
  // So many that the threads meet, though they don't start at the same moment.
  static constexpr int64_t kContendedRounds = 10 * kRounds;
};

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

// The second of two is set, and waited for.
struct WaitAny {
  using Floor = Raw<WordFlags>;
  static Scenario Describe() {
    return {.name = "WaitAny",
            .title = "wait for either of two flags, one is set",
            .targets = LevelWithBoth()};
  }
  template <TwoFlags F>
  static void Run(benchmark::State& state) {
    F flags;
    size_t sum = 0;
    for (auto _ : state) {
      flags.Set(1);
      sum += flags.WaitAny();
    }
    Require(sum == static_cast<size_t>(state.iterations()),
            "it was not the second");
  }
};

// A flag goes round a ring of threads, each of which waits for either of two of
// its own: the first one in one lap, the second one in the next.
template <TwoFlags F>
void PassFlag(benchmark::State& state, size_t threads, size_t laps) {
  for (auto _ : state) {
    std::deque<F> flags(threads);
    flags.front().Set(0);
    const double seconds = SecondsOn(threads, [&](size_t i) {
      const bool is_last = i + 1 == threads;
      for (size_t lap = 0; lap < laps; ++lap) {
        Require(flags[i].WaitAny() == lap % 2, "it was the other flag");
        flags[is_last ? 0 : i + 1].Set((is_last ? lap + 1 : lap) % 2);
      }
    });
    state.SetIterationTime(seconds);
  }
}

struct WaitAnyRoundTrip {
  using Floor = Raw<WordFlags>;
  static Scenario Describe() {
    return {
        .name = "WaitAnyRoundTrip",
        .title = "1,000 round trips, each thread waits for either of two flags",
        .measure = Measure::kManual,
        .targets = LevelWithBoth()};
  }
  template <TwoFlags F>
  static void Run(benchmark::State& state) {
    PassFlag<F>(state, 2, kRounds);
  }
};

struct WaitAnyRing {
  using Floor = Raw<WordFlags>;
  static Scenario Describe() {
    return {.name = "WaitAnyRing",
            .title = "50 laps round threads that wait for either of two flags",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {16},
            .targets = LevelWithBoth()};
  }
  template <TwoFlags F>
  static void Run(benchmark::State& state) {
    PassFlag<F>(state, static_cast<size_t>(state.range(0)), 50);
  }
};

using WaitAllSuite = Suite<LockBoth, LockBothContended>;
using WaitAnySuite = Suite<WaitAny, WaitAnyRoundTrip, WaitAnyRing>;

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_SEVERAL_SCENARIOS_H_

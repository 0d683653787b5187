// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What Event's companions cost: mutexes, semaphores, signals, conditions,
// latches and barriers.
//
// A subject is a class that has what its suite asks for, and is added to that:
//
//   SYNC_BENCHMARK_ADD(MutexSuite, "SpinLock", SpinLock);
//
//   MutexSuite        A default constructor, lock() and unlock().
//   SharedMutexSuite  The same, and lock_shared() and unlock_shared().
//   SemaphoreSuite    Made with a number of permits, of which Acquire() takes
//                     one and Release() gives one back.
//   SignalSuite       A default constructor; each Set() lets one Wait() pass.
//   MonitorSuite      The types Mutex, Lock, made with a Mutex, and Condition,
//                     with NotifyOne() and Wait(lock, predicate).
//   LatchSuite        Made with a number; Wait() blocks the thread until
//                     CountDown() has been called so often.
//   BarrierSuite      Made with a number of threads; ArriveAndWait() blocks
//                     each until so many have called it, again and again.
//
// Several threads call the functions at once.

#ifndef SYNC_BENCHMARKS_COMPANION_SCENARIOS_H_
#define SYNC_BENCHMARKS_COMPANION_SCENARIOS_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/raw_floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/suite.h"

namespace syncbench {

template <class M>
concept Lockable = std::default_initializable<M> && requires(M& m) {
  m.lock();
  m.unlock();
};
template <class M>
concept SharedLockable = Lockable<M> && requires(M& m) {
  m.lock_shared();
  m.unlock_shared();
};
template <class S>
concept Semaphore = std::constructible_from<S, int64_t> && requires(S& s) {
  s.Acquire();
  s.Release();
};
template <class S>
concept Signal = std::default_initializable<S> && requires(S& s) {
  s.Set();
  s.Wait();
};
template <class M>
concept Monitor =
    std::constructible_from<typename M::Lock, typename M::Mutex&> &&
    std::default_initializable<typename M::Condition> &&
    requires(typename M::Condition& condition, typename M::Lock& lock,
             bool (*predicate)()) {
      condition.Wait(lock, predicate);
      condition.NotifyOne();
    };
template <class L>
concept Latch = std::constructible_from<L, int> && requires(L& l) {
  l.CountDown();
  l.Wait();
};
template <class B>
concept Barrier = std::constructible_from<B, int64_t> &&
                  requires(B& b) { b.ArriveAndWait(); };

struct Lock {
  using Floor = Raw<WordMutex>;
  static Scenario Describe() {
    return {.name = "Lock",
            .title = "lock and unlock, nobody else does",
            .targets = {{1.1, "Std"}, {kLevel, "Absl"}}};
  }
  template <Lockable M>
  static void Run(benchmark::State& state) {
    M mutex;
    for (auto _ : state) {
      mutex.lock();
      benchmark::ClobberMemory();
      mutex.unlock();
    }
  }
};

struct LockExclusive : Lock {
  using Floor = Raw<WordSharedMutex>;
  static Scenario Describe() {
    return {.name = "LockExclusive",
            .title = "lock to write and unlock, nobody else does",
            .targets = LevelWithBoth()};
  }
};

struct LockShared {
  using Floor = Raw<WordSharedMutex>;
  static Scenario Describe() {
    return {.name = "LockShared",
            .title = "lock to read and unlock, nobody else does",
            .targets = LevelWithBoth()};
  }
  template <SharedLockable M>
  static void Run(benchmark::State& state) {
    M mutex;
    for (auto _ : state) {
      mutex.lock_shared();
      benchmark::ClobberMemory();
      mutex.unlock_shared();
    }
  }
};

// How often each thread locks, where few of them block: long enough for them to
// meet.
inline constexpr int64_t kLockings = 20 * kRounds;

// Each thread locks kLockings times: once of so many to write, else to read.
template <int64_t kTimesPerWrite>
struct Locks {
  template <class M>
    requires(kTimesPerWrite == 1 ? Lockable<M> : SharedLockable<M>)
  static void Run(benchmark::State& state) {
    const auto threads = static_cast<size_t>(state.range(0));
    for (auto _ : state) {
      M mutex;
      int64_t count = 0;
      const double seconds = SecondsOn(threads, [&](size_t) {
        for (int64_t i = 0; i < kLockings; ++i) {
          if (i % kTimesPerWrite == 0) {
            mutex.lock();
            ++count;
            mutex.unlock();
          } else if constexpr (kTimesPerWrite > 1) {
            mutex.lock_shared();
            benchmark::DoNotOptimize(count);
            mutex.unlock_shared();
          }
        }
      });
      Require(count == kLockings / kTimesPerWrite * state.range(0),
              "two had the lock at once");
      state.SetIterationTime(seconds);
    }
  }
};

struct LockContended : Locks<1> {
  using Floor = Raw<WordMutex>;
  static Scenario Describe() {
    return {.name = "LockContended",
            .title = "each thread locks 20,000 times",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 4, 16},
            .targets = LevelWithBoth()};
  }
};

struct ReadMostly : Locks<10> {
  using Floor = Raw<WordSharedMutex>;
  static Scenario Describe() {
    return {.name = "ReadMostly",
            .title = "each thread locks 20,000 times, one of ten to write",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 4, 16},
            .targets = LevelWithBoth()};
  }
};

struct Acquire {
  using Floor = Raw<WordSemaphore>;
  static Scenario Describe() {
    return {.name = "Acquire",
            .title = "take a permit and give it back, nobody else does",
            .targets = {{kLevel, "Std"}}};
  }
  template <Semaphore S>
  static void Run(benchmark::State& state) {
    S semaphore(1);
    for (auto _ : state) {
      semaphore.Acquire();
      benchmark::ClobberMemory();
      semaphore.Release();
    }
  }
};

// As LockContended, for two permits.
struct AcquireContended {
  using Floor = Raw<WordSemaphore>;
  static Scenario Describe() {
    return {.name = "AcquireContended",
            .title = "each thread takes one of two permits 20,000 times",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 4, 16},
            .targets = {{kLevel, "Std"}}};
  }
  template <Semaphore S>
  static void Run(benchmark::State& state) {
    const auto threads = static_cast<size_t>(state.range(0));
    for (auto _ : state) {
      S semaphore(2);
      const double seconds = SecondsOn(threads, [&](size_t) {
        for (int64_t i = 0; i < kLockings; ++i) {
          semaphore.Acquire();
          semaphore.Release();
        }
      });
      state.SetIterationTime(seconds);
    }
  }
};

// Threads in a ring, each of which blocks for the one before it.
struct Ring {
  size_t Next(size_t i) const { return (i + 1) % threads; }

  size_t threads;
  int64_t laps;
};

inline constexpr Ring kPair = {.threads = 2, .laps = kRounds};

// Of many threads a few laps are as much work.
inline Ring RingOf(int64_t threads) {
  return {.threads = static_cast<size_t>(threads), .laps = 50};
}

struct SetAndWait {
  using Floor = Raw<WordSignal>;
  static Scenario Describe() {
    return {.name = "SetAndWait",
            .title = "set a signal and wait for it, nobody else does",
            .targets = LevelWithBoth()};
  }
  template <Signal S>
  static void Run(benchmark::State& state) {
    S signal;
    for (auto _ : state) {
      signal.Set();
      signal.Wait();
    }
  }
};

// A signal goes round.
template <Signal S>
void PassSignal(benchmark::State& state, const Ring& ring) {
  for (auto _ : state) {
    std::deque<S> signals(ring.threads);
    signals.front().Set();
    const double seconds = SecondsOn(ring.threads, [&](size_t i) {
      for (int64_t lap = 0; lap < ring.laps; ++lap) {
        signals[i].Wait();
        signals[ring.Next(i)].Set();
      }
    });
    state.SetIterationTime(seconds);
  }
}

struct RoundTrip {
  using Floor = Raw<WordSignal>;
  static Scenario Describe() {
    return {.name = "RoundTrip",
            .title = "1,000 round trips of two threads, by two signals",
            .measure = Measure::kManual,
            .targets = LevelWithBoth()};
  }
  template <Signal S>
  static void Run(benchmark::State& state) {
    PassSignal<S>(state, kPair);
  }
};

struct SignalRing {
  using Floor = Raw<WordSignal>;
  static Scenario Describe() {
    return {.name = "SignalRing",
            .title = "50 laps of a signal round a ring of threads",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {16},
            .targets = LevelWithBoth()};
  }
  template <Signal S>
  static void Run(benchmark::State& state) {
    PassSignal<S>(state, RingOf(state.range(0)));
  }
};

struct NotifyNobody {
  using Floor = Raw<RawMonitor>;
  static Scenario Describe() {
    return {.name = "NotifyNobody",
            .title = "notify a condition, nobody waits",
            .targets = LevelWithBoth()};
  }
  template <Monitor M>
  static void Run(benchmark::State& state) {
    typename M::Condition changed;
    for (auto _ : state) {
      changed.NotifyOne();
      benchmark::ClobberMemory();
    }
  }
};

// Threads take turns, each by a condition of its own and all under one mutex,
// with the notification after the unlock, which is the faster order.
template <Monitor M>
void TakeTurns(benchmark::State& state, const Ring& ring) {
  for (auto _ : state) {
    typename M::Mutex mutex;
    std::deque<typename M::Condition> changed(ring.threads);
    size_t turn = 0;
    const double seconds = SecondsOn(ring.threads, [&](size_t i) {
      for (int64_t lap = 0; lap < ring.laps; ++lap) {
        {
          typename M::Lock lock(mutex);
          changed[i].Wait(lock, [&] { return turn == i; });
          turn = ring.Next(i);
        }
        changed[ring.Next(i)].NotifyOne();
      }
    });
    state.SetIterationTime(seconds);
  }
}

struct Turns {
  using Floor = Raw<RawMonitor>;
  static Scenario Describe() {
    return {.name = "Turns",
            .title = "two threads take 1,000 turns each, by a condition each",
            .measure = Measure::kManual,
            .targets = LevelWithBoth()};
  }
  template <Monitor M>
  static void Run(benchmark::State& state) {
    TakeTurns<M>(state, kPair);
  }
};

struct TurnRing {
  using Floor = Raw<RawMonitor>;
  static Scenario Describe() {
    return {
        .name = "TurnRing",
        .title = "threads in a ring take 50 turns each, by a condition each",
        .measure = Measure::kManual,
        .argument = "threads",
        .values = {16},
        .targets = LevelWithBoth()};
  }
  template <Monitor M>
  static void Run(benchmark::State& state) {
    TakeTurns<M>(state, RingOf(state.range(0)));
  }
};

// One counts down, and nobody need wait.
struct CountDown {
  using Floor = Raw<WordLatch>;
  static Scenario Describe() {
    return {.name = "CountDown",
            .title = "make a latch of one, count down, wait",
            .targets = LevelWithBoth()};
  }
  template <Latch L>
  static void Run(benchmark::State& state) {
    for (auto _ : state) {
      L latch(1);
      latch.CountDown();
      latch.Wait();
      benchmark::ClobberMemory();
    }
  }
};

// One thread waits for the others, at one latch after the other.
struct FanIn {
  using Floor = Raw<WordLatch>;
  static Scenario Describe() {
    return {.name = "FanIn",
            .title = "one thread waits for the others, at 1,000 latches",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 4, 16},
            .targets = LevelWithBoth()};
  }
  template <Latch L>
  static void Run(benchmark::State& state) {
    const auto threads = static_cast<size_t>(state.range(0));
    for (auto _ : state) {
      std::deque<L> latches;
      for (int64_t i = 0; i < kRounds; ++i) {
        latches.emplace_back(static_cast<int>(threads - 1));
      }
      const double seconds = SecondsOn(threads, [&](size_t i) {
        for (L& latch : latches) {
          if (i == 0) {
            latch.Wait();
          } else {
            latch.CountDown();
          }
        }
      });
      state.SetIterationTime(seconds);
    }
  }
};

struct BarrierPhase {
  using Floor = Raw<WordBarrier>;
  static Scenario Describe() {
    return {.name = "Phase",
            .title = "1,000 phases of a barrier",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {1, 2, 4, 16},
            .targets = LevelWithBoth()};
  }
  template <Barrier B>
  static void Run(benchmark::State& state) {
    const int64_t threads = state.range(0);
    for (auto _ : state) {
      B barrier(threads);
      const double seconds =
          SecondsOn(static_cast<size_t>(threads), [&](size_t) {
            for (int64_t i = 0; i < kRounds; ++i) (void)barrier.ArriveAndWait();
          });
      state.SetIterationTime(seconds);
    }
  }
};

using MutexSuite = Suite<Lock, LockContended>;
using SharedMutexSuite = Suite<LockExclusive, LockShared, ReadMostly>;
using SemaphoreSuite = Suite<Acquire, AcquireContended>;
using SignalSuite = Suite<SetAndWait, RoundTrip, SignalRing>;
using MonitorSuite = Suite<NotifyNobody, Turns, TurnRing>;
using LatchSuite = Suite<CountDown, FanIn>;
using BarrierSuite = Suite<BarrierPhase>;

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_COMPANION_SCENARIOS_H_

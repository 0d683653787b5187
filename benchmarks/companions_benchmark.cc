// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The companions of Event against those of the standard library and Abseil.
//
//   bazel run --config=opt //benchmarks:companions_benchmark

#include <barrier>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/blocking_counter.h"
#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/monitors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"

namespace syncbench {
namespace {

template <class M>
void BM_Lock(benchmark::State& state) {
  M mutex;
  for (auto _ : state) {
    mutex.lock();
    benchmark::ClobberMemory();
    mutex.unlock();
  }
}

template <class M>
void BM_LockShared(benchmark::State& state) {
  M mutex;
  for (auto _ : state) {
    mutex.lock_shared();
    benchmark::ClobberMemory();
    mutex.unlock_shared();
  }
}

// How often each thread locks, where few of them block: long enough for them to
// meet.
constexpr int64_t kLockings = 20 * kRounds;

// Each thread locks kLockings times: once of so many to write, else to read.
template <class M, int64_t kTimesPerWrite>
void BM_Locks(benchmark::State& state) {
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

template <class M>
void BM_LockContended(benchmark::State& state) {
  BM_Locks<M, 1>(state);
}

template <class M>
void BM_ReadMostly(benchmark::State& state) {
  BM_Locks<M, 10>(state);
}

struct StdSemaphore {
  explicit StdSemaphore(int64_t permits) : semaphore(permits) {}
  void Acquire() { semaphore.acquire(); }
  void Release() { semaphore.release(); }
  std::counting_semaphore<> semaphore;
};

template <class S>
void BM_Acquire(benchmark::State& state) {
  S semaphore(1);
  for (auto _ : state) {
    semaphore.Acquire();
    benchmark::ClobberMemory();
    semaphore.Release();
  }
}

// As BM_LockContended(), for two permits.
template <class S>
void BM_AcquireContended(benchmark::State& state) {
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

struct StdSignal {
  void Set() { semaphore.release(); }
  void Wait() { semaphore.acquire(); }
  std::binary_semaphore semaphore{0};
};

// A signal as people write it, with the notification after the unlock, which is
// the faster order.
template <class Monitor>
class MonitorSignal {
 public:
  void Set() {
    {
      const Lock lock(mutex_);
      set_ = true;
    }
    changed_.NotifyOne();
  }
  void Wait() {
    Lock lock(mutex_);
    changed_.Wait(lock, [this] { return set_; });
    set_ = false;
  }

 private:
  using Lock = typename Monitor::Lock;

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition changed_;
  bool set_ = false;  // Guarded by mutex_.
};

template <class Signal>
void BM_SetAndWait(benchmark::State& state) {
  Signal signal;
  for (auto _ : state) {
    signal.Set();
    signal.Wait();
  }
}

// Threads in a ring, each of which blocks for the one before it.
struct Ring {
  size_t Next(size_t i) const { return (i + 1) % threads; }

  size_t threads;
  int64_t laps;
};

constexpr Ring kPair = {.threads = 2, .laps = kRounds};

// Of many threads a few laps are as much work.
Ring RingOf(int64_t threads) {
  return {.threads = static_cast<size_t>(threads), .laps = 50};
}

// A signal goes round.
template <class Signal>
void PassSignal(benchmark::State& state, const Ring& ring) {
  for (auto _ : state) {
    std::deque<Signal> signals(ring.threads);
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

template <class Signal>
void BM_RoundTrip(benchmark::State& state) {
  PassSignal<Signal>(state, kPair);
}

template <class Signal>
void BM_SignalRing(benchmark::State& state) {
  PassSignal<Signal>(state, RingOf(state.range(0)));
}

struct OurMonitor {
  using Mutex = synclib::Mutex;
  struct Lock {
    explicit Lock(Mutex& locked) : mutex(locked), lock(locked) {}
    Mutex& mutex;
    synclib::MutexLock lock;
  };
  struct Condition {
    template <class P>
    void Wait(Lock& lock, P predicate) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      changed.Wait(lock.mutex, predicate);
    }
    void NotifyOne() { changed.NotifyOne(); }
    synclib::Condition changed;
  };
};

template <class Monitor>
void BM_NotifyNobody(benchmark::State& state) {
  typename Monitor::Condition changed;
  for (auto _ : state) {
    changed.NotifyOne();
    benchmark::ClobberMemory();
  }
}

// Threads take turns, each by a condition of its own and all under one mutex.
template <class Monitor>
void TakeTurns(benchmark::State& state, const Ring& ring) {
  for (auto _ : state) {
    typename Monitor::Mutex mutex;
    std::deque<typename Monitor::Condition> changed(ring.threads);
    size_t turn = 0;
    const double seconds = SecondsOn(ring.threads, [&](size_t i) {
      for (int64_t lap = 0; lap < ring.laps; ++lap) {
        typename Monitor::Lock lock(mutex);
        changed[i].Wait(lock, [&] { return turn == i; });
        turn = ring.Next(i);
        changed[turn].NotifyOne();
      }
    });
    state.SetIterationTime(seconds);
  }
}

template <class Monitor>
void BM_Turns(benchmark::State& state) {
  TakeTurns<Monitor>(state, kPair);
}

template <class Monitor>
void BM_TurnRing(benchmark::State& state) {
  TakeTurns<Monitor>(state, RingOf(state.range(0)));
}

struct StdLatch : std::latch {
  explicit StdLatch(int count) : latch(count) {}
  void CountDown() { count_down(); }
  void Wait() { wait(); }
};
struct AbslLatch : absl::BlockingCounter {
  using BlockingCounter::BlockingCounter;
  void CountDown() { DecrementCount(); }
};

// One counts down, and nobody need wait.
template <class L>
void BM_CountDown(benchmark::State& state) {
  for (auto _ : state) {
    L latch(1);
    latch.CountDown();
    latch.Wait();
    benchmark::ClobberMemory();
  }
}

// One thread waits for the others, at one latch after the other.
template <class L>
void BM_FanIn(benchmark::State& state) {
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

struct StdBarrier {
  explicit StdBarrier(int64_t parties) : barrier(parties) {}
  void ArriveAndWait() { barrier.arrive_and_wait(); }
  std::barrier<> barrier;
};

// One phase of so many threads.
template <class B>
void BM_Phase(benchmark::State& state) {
  const auto threads = state.range(0);
  for (auto _ : state) {
    B barrier(threads);
    const double seconds = SecondsOn(static_cast<size_t>(threads), [&](size_t) {
      for (int64_t i = 0; i < kRounds; ++i) (void)barrier.ArriveAndWait();
    });
    state.SetIterationTime(seconds);
  }
}

std::vector<Scenario> Scenarios() {
  using AbslSignal = MonitorSignal<AbslMonitor>;
  using synclib::AutoResetEvent;
  using synclib::Barrier;
  using synclib::Latch;
  using synclib::Mutex;
  using synclib::Semaphore;
  using synclib::SharedMutex;
  const std::vector<int64_t> threads = {2, 4, 16};
  return {
      {.name = "Lock",
       .title = "lock and unlock, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_Lock<std::mutex>},
                      {"Ours", BM_Lock<Mutex>},
                      {"Absl", BM_Lock<AbslMutex>}},
       .targets = {{1.1, "Std"}, {kLevel, "Absl"}}},
      {.name = "LockExclusive",
       .title = "lock to write and unlock, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_Lock<std::shared_mutex>},
                      {"Ours", BM_Lock<SharedMutex>},
                      {"Absl", BM_Lock<AbslMutex>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "LockShared",
       .title = "lock to read and unlock, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_LockShared<std::shared_mutex>},
                      {"Ours", BM_LockShared<SharedMutex>},
                      {"Absl", BM_LockShared<AbslMutex>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "Acquire",
       .title = "take a permit and give it back, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_Acquire<StdSemaphore>},
                      {"Ours", BM_Acquire<Semaphore>}},
       .targets = {{kLevel, "Std"}}},
      {.name = "SetAndWait",
       .title = "set a signal and wait for it, nobody else does",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_SetAndWait<StdSignal>},
                      {"Ours", BM_SetAndWait<AutoResetEvent>},
                      {"Absl", BM_SetAndWait<AbslSignal>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "NotifyNobody",
       .title = "notify a condition, nobody waits",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_NotifyNobody<StdMonitor>},
                      {"Ours", BM_NotifyNobody<OurMonitor>},
                      {"Absl", BM_NotifyNobody<AbslMonitor>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "CountDown",
       .title = "make a latch of one, count down, wait",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_CountDown<StdLatch>},
                      {"Ours", BM_CountDown<Latch>},
                      {"Absl", BM_CountDown<AbslLatch>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "LockContended",
       .title = "each thread locks 20,000 times",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_LockContended<std::mutex>},
                      {"Ours", BM_LockContended<Mutex>},
                      {"Absl", BM_LockContended<AbslMutex>}},
       .argument = "threads",
       .values = threads,
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "ReadMostly",
       .title = "each thread locks 20,000 times, one of ten to write",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_ReadMostly<std::shared_mutex>},
                      {"Ours", BM_ReadMostly<SharedMutex>},
                      {"Absl", BM_ReadMostly<AbslMutex>},
                      {"Fair", BM_ReadMostly<FairSharedMutex>}},
       .argument = "threads",
       .values = threads,
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}, {kLevel, "Fair"}}},
      {.name = "AcquireContended",
       .title = "each thread takes one of two permits 20,000 times",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_AcquireContended<StdSemaphore>},
                      {"Ours", BM_AcquireContended<Semaphore>},
                      {"Fair", BM_AcquireContended<FairSemaphore>}},
       .argument = "threads",
       .values = threads,
       .targets = {{kLevel, "Std"}, {kLevel, "Fair"}}},
      {.name = "RoundTrip",
       .title = "1,000 round trips of two threads, by two signals",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_RoundTrip<StdSignal>},
                      {"Ours", BM_RoundTrip<AutoResetEvent>},
                      {"Absl", BM_RoundTrip<AbslSignal>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "SignalRing",
       .title = "50 laps of a signal round a ring of threads",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_SignalRing<StdSignal>},
                      {"Ours", BM_SignalRing<AutoResetEvent>},
                      {"Absl", BM_SignalRing<AbslSignal>}},
       .argument = "threads",
       .values = {16},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "Turns",
       .title = "two threads take 1,000 turns each, by a condition",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_Turns<StdMonitor>},
                      {"Ours", BM_Turns<OurMonitor>},
                      {"Absl", BM_Turns<AbslMonitor>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "TurnRing",
       .title = "threads in a ring take 50 turns each, by a condition each",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_TurnRing<StdMonitor>},
                      {"Ours", BM_TurnRing<OurMonitor>},
                      {"Absl", BM_TurnRing<AbslMonitor>}},
       .argument = "threads",
       .values = {16},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "Phase",
       .title = "1,000 phases of a barrier",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_Phase<StdBarrier>},
                      {"Ours", BM_Phase<Barrier>}},
       .argument = "threads",
       .values = {1, 2, 4, 16},
       .targets = {{kLevel, "Std"}}},
      {.name = "FanIn",
       .title = "one thread waits for the others, at 1,000 latches",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_FanIn<StdLatch>},
                      {"Ours", BM_FanIn<Latch>},
                      {"Absl", BM_FanIn<AbslLatch>}},
       .argument = "threads",
       .values = threads,
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
  };
}

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunScenarios(argc, argv, "Ours", syncbench::Scenarios());
}

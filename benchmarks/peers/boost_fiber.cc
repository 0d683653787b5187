// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Boost.Fiber: its condition variable, for threads and for fibers.

#include "benchmarks/subject.h"

#ifdef SYNC_BENCHMARK_HAS_BOOST_FIBER

#include <boost/fiber/all.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/monitors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"

namespace syncbench {
namespace {

namespace fibers = boost::fibers;

using FiberEvent =
    MonitorEvent<StandardMonitor<fibers::mutex, fibers::condition_variable>>;

// For threads, which it isn't made for, without the waits: a spinlock of theirs
// doesn't give way, and a hand-over takes up to tens of milliseconds.
struct WithoutWaits : FiberEvent {
  void Wait() = delete;
  void WaitPast(uint64_t) = delete;
};

SYNC_BENCHMARK_SUBJECT("BoostFiber", WithoutWaits);

// The scenario of coroutines, for fibers of this thread. That they join again
// is in the time, unlike that of coroutines: a fiber goes on until it waits.
void BM_BroadcastFibers(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  FiberEvent event;
  bool over = false;
  size_t waiting = 0;
  std::vector<fibers::fiber> listeners;
  for (size_t i = 0; i < count; ++i) {
    listeners.emplace_back([&] {
      uint64_t pulses = 0;
      while (!over) {
        ++waiting;
        event.WaitPast(pulses++);
      }
    });
  }
  // When one more pulse has reached all of them, or all have begun.
  const auto let_run = [&] {
    waiting = 0;
    do {
      boost::this_fiber::yield();
    } while (waiting < count);
  };
  let_run();
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    event.Pulse();
    let_run();
    state.SetIterationTime(SecondsSince(start));
  }
  over = true;
  event.Pulse();
  for (fibers::fiber& listener : listeners) listener.join();
}

// Beyond that, the stacks would take gigabytes.
SYNC_BENCHMARK_AT_START(EventSuite::AddTo<BroadcastCoroutines>(
    {"BoostFiber", &BM_BroadcastFibers, 10'000}));

}  // namespace
}  // namespace syncbench

#else

SYNC_BENCHMARK_ABSENT("BoostFiber", "libboost-fiber-dev");

#endif

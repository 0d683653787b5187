// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What an event costs a thread that nobody keeps waiting.

#ifndef SYNC_BENCHMARKS_FLAG_SCENARIOS_H_
#define SYNC_BENCHMARKS_FLAG_SCENARIOS_H_

#include <cstdint>

#include "benchmark/benchmark.h"
#include "benchmarks/concepts.h"
#include "benchmarks/coroutine.h"
#include "benchmarks/floors.h"
#include "benchmarks/runner.h"

namespace syncbench {

struct IsSet {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "IsSet",
            .title = "one look at a set event",
            .targets = {{1.05}}};
  }
  template <Readable S>
  static void Run(benchmark::State& state) {
    S subject;
    subject.Set();
    for (auto _ : state) {
      bool is_set = subject.IsSet();
      benchmark::DoNotOptimize(is_set);
    }
  }
};

struct SetAndClear {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "SetAndClear",
            .title = "set and clear, nobody waits",
            .targets = {{1.15}, {1 / 3.5, "MutexCondVar"}}};
  }
  template <Clearable S>
  static void Run(benchmark::State& state) {
    S subject;
    for (auto _ : state) {
      subject.Set();
      subject.Clear();
    }
  }
};

struct SetWhenSet {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "SetWhenSet", .title = "set an event that is set"};
  }
  // Clear(), which isn't called, tells that this may be done twice.
  template <Clearable S>
  static void Run(benchmark::State& state) {
    S subject;
    subject.Set();
    for (auto _ : state) subject.Set();
  }
};

struct PulseNobody {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "PulseNobody",
            .title = "a pulse, nobody waits",
            .targets = {{1.15}, {1 / 3.5, "MutexCondVar"}}};
  }
  template <Pulsing S>
  static void Run(benchmark::State& state) {
    S subject;
    for (auto _ : state) subject.Pulse();
  }
};

struct WaitOnSetEvent {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "WaitOnSetEvent",
            .title = "a thread's wait for a set event",
            .targets = {{1.1}}};
  }
  template <Blocking S>
  static void Run(benchmark::State& state) {
    S subject;
    subject.Set();
    for (auto _ : state) {
      subject.Wait();
      benchmark::ClobberMemory();
    }
  }
};

struct WaitNoTime {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "WaitNoTime",
            .title = "a thread's wait with a time-out of zero, not set",
            .targets = {{1.2}}};
  }
  template <Trying S>
  static void Run(benchmark::State& state) {
    S subject;
    for (auto _ : state) {
      bool is_set = subject.TryWait();
      benchmark::DoNotOptimize(is_set);
    }
  }
};

struct AwaitSetEvent {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "AwaitSetEvent",
            .title = "a coroutine's wait for a set event",
            .targets = {{1.1}}};
  }
  template <class S>
    requires Awaitable<S> && Readable<S>
  static void Run(benchmark::State& state) {
    S subject;
    subject.Set();
    Coroutine coroutine = AwaitOften(state, subject);
    coroutine.Resume();
    Require(coroutine.done(), "a wait on a set event suspended the coroutine");
  }

 private:
  template <class S>
  static Coroutine AwaitOften(benchmark::State& state, S& subject) {
    for (auto _ : state) {
      co_await subject;
      benchmark::ClobberMemory();
    }
  }
};

struct AwaitNoTime {
  using Floor = AtomicFlag;
  static Scenario Describe() {
    return {.name = "AwaitNoTime",
            .title = "a coroutine's wait with a time-out of zero, not set",
            .targets = {{1.2}}};
  }
  template <AsyncTrying S>
  static void Run(benchmark::State& state) {
    S subject;
    Coroutine coroutine = TryOften(state, subject);
    coroutine.Resume();
    Require(coroutine.done(), "a wait without time suspended the coroutine");
  }

 private:
  template <class S>
  static Coroutine TryOften(benchmark::State& state, S& subject) {
    for (auto _ : state) {
      auto result = co_await subject.AsyncTryWait();
      benchmark::DoNotOptimize(result);
    }
  }
};

// Waits for one pulse after the other, by number.
template <Exact S>
class Tickets {
 public:
  explicit Tickets(S& subject) : subject_(subject) {}
  void Next() { subject_.WaitPast(seen_++); }

 private:
  S& subject_;
  uint64_t seen_ = 0;
};

struct PulseAndNext {
  using Floor = FutexGeneration;
  static Scenario Describe() {
    return {.name = "PulseAndNext",
            .title = "a pulse, and a wait for it by who was busy meanwhile"};
  }
  template <Pulsing S>
    requires Watched<S> || Exact<S>
  static void Run(benchmark::State& state) {
    S subject;
    auto watch = [&] {
      if constexpr (Watched<S>) {
        return typename S::Watch(subject);
      } else {
        return Tickets<S>(subject);
      }
    }();
    for (auto _ : state) {
      subject.Pulse();
      watch.Next();
    }
  }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_FLAG_SCENARIOS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What an event costs with coroutines that suspend, all in one thread.

#ifndef SYNC_BENCHMARKS_COROUTINE_SCENARIOS_H_
#define SYNC_BENCHMARKS_COROUTINE_SCENARIOS_H_

#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/concepts.h"
#include "benchmarks/coroutine.h"
#include "benchmarks/floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"

namespace syncbench {

template <class S>
Coroutine ListenOften(S& subject, int64_t& resumed) {
  for (;;) {
    (void)co_await subject;  // How a wait with limits ended is to be looked at.
    ++resumed;
    co_await std::suspend_always();  // Until it is to join again.
  }
}

struct OneCoroutine {
  using Floor = HandleList;
  static Scenario Describe() {
    return {.name = "OneCoroutine",
            .title = "one coroutine joins, is set, resumes; clear",
            .targets = {{1}}};
  }
  template <class S>
    requires Awaitable<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    S subject;
    int64_t resumed = 0;
    Coroutine coroutine = ListenOften(subject, resumed);
    for (auto _ : state) {
      coroutine.Resume();
      subject.Set();
      subject.Clear();
    }
    Require(resumed == state.iterations(), "a coroutine was not resumed");
  }
};

struct OneCoroutineLimited {
  using Floor = WaitWithoutLimits;
  static Scenario Describe() {
    return {.name = "OneCoroutineLimited",
            .title =
                "the same with a deadline and a stop token, set before "
                "either; against Event without",
            .targets = {{2.5}}};
  }
  template <class S>
    requires Limited<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    OneCoroutine::Run<WithLimits<S>>(state);
  }
};

// A broadcast to suspended coroutines, which it resumes one after the other in
// the calling thread. That they join isn't in the time. Where they are few,
// many broadcasts, each to its own, share one reading of the clock.
enum class Frames { kInOrder, kShuffled };

template <Frames kFrames>
struct BroadcastToCoroutines {
  using Floor = HandleList;
  template <class S>
    requires Awaitable<S> && Pulsing<S>
  static void Run(benchmark::State& state) {
    const auto listeners = static_cast<size_t>(state.range(0));
    const size_t count = std::max<size_t>(1, 100 / listeners);
    const std::unique_ptr<S[]> subjects(new S[count]);
    int64_t resumed = 0;
    std::vector<Coroutine> coroutines;
    coroutines.reserve(count * listeners);
    for (size_t i = 0; i < count * listeners; ++i) {
      coroutines.push_back(ListenOften(subjects[i / listeners], resumed));
    }
    std::vector<size_t> order(coroutines.size());
    std::iota(order.begin(), order.end(), size_t{0});
    if (kFrames == Frames::kShuffled) {
      std::shuffle(order.begin(), order.end(), std::mt19937(1));
    }
    int64_t expected = 0;
    while (state.KeepRunningBatch(static_cast<int64_t>(count))) {
      for (const size_t i : order) coroutines[i].Resume();
      const Clock::time_point start = Clock::now();
      for (size_t i = 0; i < count; ++i) subjects[i].Pulse();
      state.SetIterationTime(SecondsSince(start));
      expected += static_cast<int64_t>(coroutines.size());
    }
    Require(resumed == expected, "a broadcast missed a coroutine");
  }

 protected:
  static Scenario Describe(const char* name, const char* title,
                           std::vector<Target> targets) {
    return {.name = name,
            .title = title,
            .measure = Measure::kManual,
            .argument = "coroutines",
            .values = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000},
            .shared = true,
            .targets = std::move(targets)};
  }
};

struct BroadcastCoroutines : BroadcastToCoroutines<Frames::kInOrder> {
  static Scenario Describe() {
    return BroadcastToCoroutines::Describe(
        "BroadcastCoroutines",
        "a pulse resumes coroutines, whose frames are in order",
        {{1.25, "", {100, 10'000}}, {1.05, "", {1'000'000}}});
  }
};

struct BroadcastShuffled : BroadcastToCoroutines<Frames::kShuffled> {
  static Scenario Describe() {
    return BroadcastToCoroutines::Describe(
        "BroadcastShuffled",
        "a pulse resumes coroutines, whose frames are shuffled",
        {{0.25, "", {1'000'000}}});
  }
};

struct Register {
  using Floor = HandleList;
  static Scenario Describe() {
    return {.name = "Register",
            .title = "coroutines are resumed, join and suspend",
            .measure = Measure::kManual,
            .argument = "coroutines",
            .values = {100, 10'000},
            .shared = true,
            .targets = {{2, "", {10'000}}}};
  }
  template <class S>
    requires Awaitable<S> && Pulsing<S>
  static void Run(benchmark::State& state) {
    S subject;
    int64_t resumed = 0;
    std::vector<Coroutine> coroutines;
    for (int64_t i = 0; i < state.range(0); ++i) {
      coroutines.push_back(ListenOften(subject, resumed));
    }
    for (auto _ : state) {
      const Clock::time_point start = Clock::now();
      for (Coroutine& coroutine : coroutines) coroutine.Resume();
      state.SetIterationTime(SecondsSince(start));
      subject.Pulse();
    }
    Require(resumed == state.iterations() * state.range(0),
            "a broadcast missed a coroutine");
  }
};

// A coroutine's wait that has joined, without the coroutine. Its end is what
// the destruction of a suspended coroutine comes to, but for its frame.
template <Cancellable S>
class Registration {
 public:
  explicit Registration(S& subject) : awaiter_(subject.AsyncWait()) {
    Require(!awaiter_.await_ready(), "a wait was over before it began");
    awaiter_.await_suspend(std::noop_coroutine());
  }

 private:
  decltype(std::declval<S&>().AsyncWait()) awaiter_;
};

struct RegisterAndCancel {
  using Floor = DoubleList;
  static Scenario Describe() {
    return {.name = "RegisterAndCancel",
            .title =
                "waits of coroutines join, and are taken back in a "
                "random order",
            .argument = "waits",
            .values = {1, 100, 10'000},
            .shared = true,
            .targets = {{2.5, "", {10'000}}}};
  }
  template <Cancellable S>
  static void Run(benchmark::State& state) {
    S subject;
    std::vector<std::optional<Registration<S>>> waits(
        static_cast<size_t>(state.range(0)));
    std::vector<size_t> order(waits.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), std::mt19937(1));
    for (auto _ : state) {
      for (auto& wait : waits) wait.emplace(subject);
      for (const size_t i : order) waits[i].reset();
    }
  }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_COROUTINE_SCENARIOS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What time-outs cost of which very many are pending, in one thread.
//
// A subject is made for a number of timers, and is added so:
//
//   SYNC_BENCHMARK_ADD(TimerSuite, "SkipList", SkipListTimers);
//
// It has
//
//   Arm(i, delay)   Begins to watch timer i.
//   Cancel(i)       Ends that.
//   Settle()        Does what Cancel() has left for later.
//   FireAll()       Returns when all have fired, whose time has come.

#ifndef SYNC_BENCHMARKS_TIMER_SCENARIOS_H_
#define SYNC_BENCHMARKS_TIMER_SCENARIOS_H_

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/suite.h"

namespace syncbench {

template <class T>
concept Timers = std::constructible_from<T, size_t> &&
                 requires(T& t, size_t i, std::chrono::nanoseconds delay) {
                   t.Arm(i, delay);
                   t.Cancel(i);
                   t.Settle();
                   t.FireAll();
                 };

// The baseline: what people write, without any lock.
class Multimap {
 public:
  static constexpr char kName[] = "Multimap";
  static constexpr Role kRole = Role::kBaseline;

  explicit Multimap(size_t count) : places_(count) {}
  void Arm(size_t i, std::chrono::nanoseconds delay) {
    places_[i] = timers_.emplace(Clock::now() + delay, i);
  }
  void Cancel(size_t i) { timers_.erase(places_[i]); }
  void Settle() {}
  void FireAll() {
    const Clock::time_point now = Clock::now();
    size_t fired = 0;
    while (!timers_.empty() && timers_.begin()->first <= now) {
      benchmark::DoNotOptimize(timers_.begin()->second);
      timers_.erase(timers_.begin());
      ++fired;
    }
    Require(fired == places_.size(), "a timer was not due");
  }

 private:
  std::multimap<Clock::time_point, size_t> timers_;
  std::vector<decltype(timers_)::iterator> places_;
};

// Which part of the life of timers takes the time.
enum class Phase { kArm, kCancel, kExpire };

template <Phase kPhase>
struct TimersPhase {
  using Floor = Multimap;
  template <Timers T>
  static void Run(benchmark::State& state) {
    using std::chrono::nanoseconds;
    const auto count = static_cast<size_t>(state.range(0));
    // An hour or two; or what can be waited for.
    const nanoseconds soonest = kPhase == Phase::kExpire
                                    ? nanoseconds(100 * state.range(0))
                                    : std::chrono::hours(1);
    std::mt19937 random(1);
    std::uniform_int_distribution<int64_t> spread(0, soonest.count());
    std::vector<nanoseconds> delays;
    for (size_t i = 0; i < count; ++i) {
      delays.push_back(soonest + nanoseconds(spread(random)));
    }
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    for (auto _ : state) {
      T timers(count);
      Clock::time_point start = Clock::now();
      for (size_t i = 0; i < count; ++i) timers.Arm(i, delays[i]);
      double seconds = SecondsSince(start);
      if (kPhase == Phase::kExpire) {
        std::this_thread::sleep_until(Clock::now() + 2 * soonest);
        start = Clock::now();
        timers.FireAll();
        seconds = SecondsSince(start);
      } else {
        start = Clock::now();
        for (const size_t i : order) timers.Cancel(i);
        timers.Settle();
        if (kPhase == Phase::kCancel) seconds = SecondsSince(start);
      }
      state.SetIterationTime(seconds);
    }
  }

 protected:
  static Scenario Describe(const char* name, const char* title) {
    return {.name = name,
            .title = title,
            .measure = Measure::kManual,
            .argument = "timers",
            .values = {1'000, 10'000, 100'000, 1'000'000},
            .shared = true,
            .targets = {{1, "", {1'000'000}}, {1, "Asio", {1'000'000}}}};
  }
};

struct TimersArm : TimersPhase<Phase::kArm> {
  static Scenario Describe() {
    return TimersPhase::Describe("TimersArm", "time-outs are armed");
  }
};
struct TimersCancel : TimersPhase<Phase::kCancel> {
  static Scenario Describe() {
    return TimersPhase::Describe("TimersCancel",
                                 "time-outs are cancelled in a random order");
  }
};
struct TimersExpire : TimersPhase<Phase::kExpire> {
  static Scenario Describe() {
    return TimersPhase::Describe("TimersExpire", "time-outs expire");
  }
};

using TimerSuite = Suite<TimersArm, TimersCancel, TimersExpire>;

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_TIMER_SCENARIOS_H_

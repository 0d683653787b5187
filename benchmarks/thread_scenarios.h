// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What an event costs between threads.

#ifndef SYNC_BENCHMARKS_THREAD_SCENARIOS_H_
#define SYNC_BENCHMARKS_THREAD_SCENARIOS_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/concepts.h"
#include "benchmarks/floors.h"
#include "benchmarks/monitors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/threads.h"

namespace syncbench {

// What people write; the baseline of some targets.
struct MutexCondVar : MonitorEvent<StdMonitor> {
  static constexpr char kName[] = "MutexCondVar";
  static constexpr Role kRole = Role::kPeer;
};

inline std::vector<int64_t> OneProcessorOrTwo() {
  return UsableProcessors() < 2 ? std::vector<int64_t>{1}
                                : std::vector<int64_t>{1, 2};
}

// Round trips of pairs of threads that wait for each other, over two flags. The
// counter cpu_share is the part of the processors' time that they take.
//
// Called with what runs one round trip after the other for thread i, as often
// as kRounds says, and returns what that takes.
template <class Spend>
void CountRoundTrips(benchmark::State& state, size_t processors, Spend spend) {
  Spent total;
  while (state.KeepRunningBatch(kRounds)) {
    const Spent spent = spend();
    state.SetIterationTime(spent.seconds);
    total.seconds += spent.seconds;
    total.processor_seconds += spent.processor_seconds;
  }
  state.counters["cpu_share"] =
      total.processor_seconds /
      (total.seconds * static_cast<double>(processors));
}

template <class S>
struct Pair {
  S flags[2];

  // As thread 0 or 1.
  void Play(size_t me) {
    for (int64_t round = 0; round < kRounds; ++round) {
      if (me == 0) flags[1].Set();
      flags[me].Wait();
      flags[me].Clear();
      if (me == 1) flags[0].Set();
    }
  }
};

struct PingPong {
  using Floor = FutexFlag;
  static Scenario Describe() {
    return {.name = "PingPong",
            .title =
                "a round trip of two threads, each on a processor of its "
                "own or both on one",
            .measure = Measure::kManual,
            .argument = "processors",
            .values = OneProcessorOrTwo(),
            .targets = {{1, "MutexCondVar", {1}}, {0.1, "MutexCondVar", {2}}}};
  }
  template <class S>
    requires Blocking<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    const auto processors = static_cast<size_t>(state.range(0));
    CountRoundTrips(state, processors, [&] {
      Pair<S> pair;
      return SpentOn(2, [&](size_t i) {
        const OnProcessor there(i % processors);
        pair.Play(i);
      });
    });
  }
};

struct PingPongOversubscribed {
  using Floor = FutexFlag;
  static Scenario Describe() {
    return {.name = "PingPongOversubscribed",
            .title =
                "a round trip of two threads, of eight such pairs for "
                "each processor",
            .measure = Measure::kManual,
            .targets = {{1, "MutexCondVar"}}};
  }
  template <class S>
    requires Blocking<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    const size_t processors = UsableProcessors();
    CountRoundTrips(state, processors, [&] {
      std::vector<Pair<S>> pairs(8 * processors);
      return SpentOn(2 * pairs.size(),
                     [&](size_t i) { pairs[i / 2].Play(i % 2); });
    });
  }
};

// Runs a row of threads that are to be asleep before the clock starts. `run`
// returns false if a subject's don't sleep, which takes a second to tell: then
// it isn't tried again with this value of the argument.
template <class F>  // Of each row and subject another one.
void RunAsleep(benchmark::State& state, F run) {
  static std::set<int64_t> dont_sleep;
  const int64_t value = state.range(0);
  if (!dont_sleep.contains(value) && run()) return;
  dont_sleep.insert(value);
  state.SkipWithError("its threads don't sleep");
}

// Both hand-overs of a round trip, each to a thread that sleeps by then.
struct PingPongParked {
  using Floor = FutexFlag;
  static Scenario Describe() {
    return {.name = "PingPongParked",
            .title =
                "a round trip of two threads, each asleep when its turn "
                "comes",
            .measure = Measure::kManual,
            .argument = "processors",
            .values = OneProcessorOrTwo(),
            .targets = {{1.05}}};
  }
  template <class S>
    requires Blocking<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    const auto processors = static_cast<size_t>(state.range(0));
    RunAsleep(state, [&] {
      while (state.KeepRunningBatch(kParkedRounds)) {
        Sleepers<S> sleepers;
        SecondsOn(2, [&](size_t i) {
          const OnProcessor there(i % processors);
          sleepers.Play(i);
        });
        if (!sleepers.do_sleep) return false;
        state.SetIterationTime(sleepers.seconds[0] + sleepers.seconds[1]);
      }
      return true;
    });
  }

 private:
  static constexpr int64_t kParkedRounds = 50;

  template <class S>
  struct Sleepers {
    S flags[2];
    SleepWatch watches[2];
    // These two go with the flag.
    Clock::time_point set_at;
    bool do_sleep = true;
    double seconds[2] = {};  // Of hand-overs to each.

    void Play(size_t me) {
      watches[me].AddThisThread();
      for (int64_t round = 0; round < kParkedRounds; ++round) {
        if (me == 0) HandTo(1);
        flags[me].Wait();
        seconds[me] += SecondsSince(set_at);
        flags[me].Clear();
        if (me == 1) HandTo(0);
      }
    }
    void HandTo(size_t other) {
      do_sleep = do_sleep && watches[other].AwaitAllAsleep(1);
      set_at = Clock::now();
      flags[other].Set();
    }
  };
};

struct PingPongLimited {
  using Floor = WaitWithoutLimits;
  static Scenario Describe() {
    return {
        .name = "PingPongLimited",
        .title =
            "the same with a deadline and a stop token, or the former where "
            "there are no tokens, set before either; against Event without",
        .measure = Measure::kManual,
        .argument = "processors",
        .values = OneProcessorOrTwo(),
        .targets = {{2.5}}};
  }
  template <class S>
    requires LimitedBlocking<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    PingPongParked::Run<WithLimits<S>>(state);
  }
};

// Threads that wait for one broadcast after the other.
template <Exact S>
class Audience {
 public:
  // Of one broadcast, in seconds from its beginning.
  struct Times {
    double call_returned;
    double first_awake;
    double last_awake;
  };

  explicit Audience(size_t size) : awake_(size) {
    for (Clock::time_point& awake : awake_) {
      threads_.emplace_back([this, &awake] { Listen(awake); });
    }
  }
  ~Audience() {
    over_ = true;
    subject_.Pulse();
    for (std::thread& thread : threads_) thread.join();
  }

  // Broadcasts once all of them sleep, and returns once none does: this thread
  // sleeps meanwhile, so that it takes no processor from them. No value: they
  // don't sleep.
  std::optional<Times> Wake() {
    if (!watch_.AwaitAllAsleep(awake_.size())) return std::nullopt;
    left_ = awake_.size();
    Times times;
    const Clock::time_point start = Clock::now();
    subject_.Pulse();
    times.call_returned = SecondsSince(start);
    all_awake_.Wait();
    all_awake_.Clear();
    const auto until = [&](Clock::time_point end) {
      return std::chrono::duration<double>(end - start).count();
    };
    const auto [first, last] =
        std::minmax_element(awake_.begin(), awake_.end());
    times.first_awake = until(*first);
    times.last_awake = until(*last);
    return times;
  }

 private:
  void Listen(Clock::time_point& awake) {
    watch_.AddThisThread();
    for (uint64_t pulses = 0;; ++pulses) {
      subject_.WaitPast(pulses);
      if (over_) return;
      awake = Clock::now();
      if (left_.fetch_sub(1) == 1) all_awake_.Set();
    }
  }

  S subject_;
  SleepWatch watch_;
  bool over_ = false;
  std::atomic<size_t> left_{0};
  std::vector<Clock::time_point> awake_;  // When each was.
  FutexFlag all_awake_;
  std::vector<std::thread> threads_;
};

// One of the times of a broadcast: the median of some, for a thread that loses
// its processor on the way takes many times as long. The counter `p90_us` is
// what nine of ten broadcasts take at most, in microseconds.
template <class Derived>
struct BroadcastToThreads {
  using Floor = FutexGeneration;
  template <Exact S>
  static void Run(benchmark::State& state) {
    RunAsleep(state, [&] {
      Audience<S> audience(static_cast<size_t>(state.range(0)));
      std::vector<double> p90s;
      while (state.KeepRunningBatch(kBroadcasts)) {
        std::vector<double> times(kBroadcasts);
        for (double& time : times) {
          const auto woken = audience.Wake();
          if (!woken.has_value()) return false;
          time = Derived::Of(*woken);
        }
        std::sort(times.begin(), times.end());
        state.SetIterationTime(times[kBroadcasts / 2] * kBroadcasts);
        p90s.push_back(times[kBroadcasts * 9 / 10]);
      }
      std::sort(p90s.begin(), p90s.end());
      state.counters["p90_us"] = p90s[p90s.size() / 2] * 1e6;
      return true;
    });
  }

 protected:
  static constexpr int64_t kBroadcasts = 15;

  static Scenario Describe(const char* name, const char* title, double ratio) {
    return {.name = name,
            .title = title,
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {1, 4, 16, 64, 256},
            .shared = true,
            .targets = {{ratio, "", {64, 256}}}};
  }
};

struct BroadcastThreads : BroadcastToThreads<BroadcastThreads> {
  static Scenario Describe() {
    return BroadcastToThreads::Describe(
        "BroadcastThreads",
        "from the beginning of a pulse until the last of the threads that "
        "sleep runs",
        1.1);
  }
  static double Of(const auto& times) { return times.last_awake; }
};

// A thread that it wakes may take the caller's processor, so this isn't just
// the cost of the call.
struct BroadcastCaller : BroadcastToThreads<BroadcastCaller> {
  static Scenario Describe() {
    return BroadcastToThreads::Describe(
        "BroadcastCaller", "inside the pulse, for threads that sleep", 0.05);
  }
  static double Of(const auto& times) { return times.call_returned; }
};

struct BroadcastFirst : BroadcastToThreads<BroadcastFirst> {
  static Scenario Describe() {
    return BroadcastToThreads::Describe(
        "BroadcastFirst",
        "from the beginning of a pulse until the first of the threads that "
        "sleep runs",
        0.2);
  }
  static double Of(const auto& times) { return times.first_awake; }
};

// An event is set and cleared at once, with threads asleep in Wait(), on
// another processor where there are two: on the same one, a thread that is
// woken may run before the setter clears. The counter `lost` is the part of
// them that doesn't return.
struct PulseLosses {
  using Floor = MutexCondVar;
  static Scenario Describe() {
    return {.name = "PulseLosses",
            .title = "set and clear at once, for threads that sleep",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {1, 4, 16}};
  }
  template <class S>
    requires Blocking<S> && Clearable<S>
  static void Run(benchmark::State& state) {
    RunAsleep(state, [&] { return Pulses<S>(state); });
  }

 private:
  template <class S>
  static bool Pulses(benchmark::State& state) {
    const auto size = static_cast<size_t>(state.range(0));
    S subject;
    SleepWatch watch;
    std::atomic<int64_t> pulse{0};
    std::atomic<bool> over{false};
    // The last pulse that each has run after.
    std::vector<std::atomic<int64_t>> ran(size);
    std::vector<std::jthread> threads;
    for (std::atomic<int64_t>& last : ran) {
      threads.emplace_back([&] {
        const OnProcessor there(1);
        watch.AddThisThread();
        while (!over) {
          subject.Wait();
          last = pulse.load();
        }
      });
    }
    const OnProcessor here(0);
    int64_t released = 0;
    bool do_sleep = watch.AwaitAllAsleep(size);
    while (do_sleep && state.KeepRunning()) {
      ++pulse;
      const Clock::time_point start = Clock::now();
      subject.Set();
      subject.Clear();
      state.SetIterationTime(SecondsSince(start));
      do_sleep = watch.AwaitAllAsleep(size);
      released += std::count(ran.begin(), ran.end(), pulse.load());
    }
    over = true;
    subject.Set();
    state.counters["lost"] =
        1 - static_cast<double>(released) /
                static_cast<double>(state.iterations() * state.range(0));
    return do_sleep;
  }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_THREAD_SCENARIOS_H_

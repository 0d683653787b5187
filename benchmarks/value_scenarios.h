// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What it costs to hand over values: by queues, by places for one value, and by
// values that are made when they are first asked for.
//
// A subject is a class with a default constructor and what its suite asks for,
// all of it of int64_t, and is added to that:
//
//   SYNC_BENCHMARK_ADD(QueueSuite, "RingQueue", RingQueue);
//
//   QueueSuite          Pop() blocks the thread while the queue is empty, and
//                       Push(value) may while it has kQueueBound values.
//                       TryPush(value) returns whether there was room, and
//                       TryPop() an optional value; neither blocks.
//   StackSuite          The same, but Pop() and TryPop() take the last value.
//   PriorityQueueSuite  The same, but they take the least value.
//   OneShotSuite        Set(value), called once; Get() blocks the thread until
//                       then, and returns the value, to each thread that asks.
//                       With Getter(), each thread calls what that returns in
//                       place of Get(); it is made before the time begins.
//   LazySuite           Get() makes the value at its first call.
//
// Several threads call the functions at once.

#ifndef SYNC_BENCHMARKS_VALUE_SCENARIOS_H_
#define SYNC_BENCHMARKS_VALUE_SCENARIOS_H_

#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <stack>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/raw_floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/suite.h"

namespace syncbench {

template <class Q>
concept TryQueue =
    std::default_initializable<Q> && requires(Q& q, int64_t value) {
      { q.TryPush(value) } -> std::convertible_to<bool>;
      { q.TryPop() } -> std::convertible_to<std::optional<int64_t>>;
    };
template <class Q>
concept BlockingQueue =
    std::default_initializable<Q> && requires(Q& q, int64_t value) {
      q.Push(value);
      { q.Pop() } -> std::convertible_to<int64_t>;
    };
template <class O>
concept OneShot =
    std::default_initializable<O> && requires(O& o, int64_t value) {
      o.Set(value);
      { o.Get() } -> std::convertible_to<int64_t>;
    };
template <class L>
concept Lazy = std::default_initializable<L> && requires(L& l) {
  { l.Get() } -> std::convertible_to<int64_t>;
};

inline constexpr size_t kQueueBound = 64;

// A queue as people write it, with the notification after the unlock, which is
// the faster order. `Values` is a std::queue, std::stack or
// std::priority_queue.
template <class Monitor, class Values>
class MonitorQueue {
 public:
  void Push(int64_t value) {
    {
      Lock lock(mutex_);
      room_.Wait(lock, [this] { return HasRoom(); });
      values_.push(value);
    }
    items_.NotifyOne();
  }
  bool TryPush(int64_t value) {
    {
      const Lock lock(mutex_);
      if (!HasRoom()) return false;
      values_.push(value);
    }
    items_.NotifyOne();
    return true;
  }
  int64_t Pop() {
    int64_t value;
    {
      Lock lock(mutex_);
      items_.Wait(lock, [this] { return !values_.empty(); });
      value = TakeFrom(values_);
    }
    room_.NotifyOne();
    return value;
  }
  std::optional<int64_t> TryPop() {
    int64_t value;
    {
      const Lock lock(mutex_);
      if (values_.empty()) return std::nullopt;
      value = TakeFrom(values_);
    }
    room_.NotifyOne();
    return value;
  }

 private:
  using Lock = typename Monitor::Lock;

  bool HasRoom() const { return values_.size() < kQueueBound; }

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition room_;
  typename Monitor::Condition items_;
  Values values_;  // Guarded by mutex_.
};

using Fifo = std::queue<int64_t>;
using Lifo = std::stack<int64_t>;
using LeastFirst =
    std::priority_queue<int64_t, std::vector<int64_t>, std::greater<int64_t>>;

// One value goes through a queue that is empty otherwise.
struct TryPushAndPop {
  using Floor = Raw<Unlocked<ValueRing<kQueueBound>, kQueueBound>>;
  static Scenario Describe() {
    return Describe("TryPushAndPop",
                    "a value into an empty queue and out of it");
  }
  template <TryQueue Q>
  static void Run(benchmark::State& state) {
    Q queue;
    int64_t sum = 0;
    for (auto _ : state) {
      if (queue.TryPush(1)) sum += queue.TryPop().value_or(0);
    }
    Require(sum == state.iterations(), "a value was lost");
  }

 protected:
  static Scenario Describe(const char* name, const char* title) {
    return {.name = name, .title = title, .targets = LevelWithBoth()};
  }
};
struct LifoTryPushAndPop : TryPushAndPop {
  using Floor = Raw<Unlocked<Lifo, kQueueBound>>;
  static Scenario Describe() {
    return TryPushAndPop::Describe("LifoTryPushAndPop",
                                   "a value onto an empty stack and off it");
  }
};
struct PriorityTryPushAndPop : TryPushAndPop {
  using Floor = Raw<Unlocked<LeastFirst, kQueueBound>>;
  static Scenario Describe() {
    return TryPushAndPop::Describe(
        "PriorityTryPushAndPop",
        "a value into an empty queue by priority and out of it");
  }
};

// So many producers share the values 0 to kRounds - 1, and one consumer gets
// them all.
struct PassValues {
  using Floor = Raw<TicketRing<kQueueBound>>;
  static Scenario Describe() {
    return Describe("PassValues", "1,000 values from producers to one consumer",
                    {1, 4, 16});
  }
  template <BlockingQueue Q>
  static void Run(benchmark::State& state) {
    const int64_t producers = state.range(0);
    for (auto _ : state) {
      Q queue;
      int64_t sum = 0;
      const double seconds =
          SecondsOn(static_cast<size_t>(producers) + 1, [&](size_t i) {
            if (i == 0) {
              for (int64_t n = 0; n < kRounds; ++n) sum += queue.Pop();
            } else {
              int64_t value = static_cast<int64_t>(i) - 1;
              for (; value < kRounds; value += producers) queue.Push(value);
            }
          });
      Require(sum == kRounds * (kRounds - 1) / 2,
              "a value was lost, or came out twice");
      state.SetIterationTime(seconds);
    }
  }

 protected:
  static Scenario Describe(const char* name, const char* title,
                           std::vector<int64_t> producers) {
    return {.name = name,
            .title = title,
            .measure = Measure::kManual,
            .argument = "producers",
            .values = std::move(producers),
            .targets = LevelWithBoth()};
  }
};
struct LifoPassValues : PassValues {
  using Floor = Raw<MonitorQueue<RawMonitor, Lifo>>;
  static Scenario Describe() {
    return PassValues::Describe("LifoPassValues", "the same through a stack",
                                {1, 16});
  }
};
struct PriorityPassValues : PassValues {
  using Floor = Raw<MonitorQueue<RawMonitor, LeastFirst>>;
  static Scenario Describe() {
    return PassValues::Describe(
        "PriorityPassValues", "the same through a queue by priority", {1, 16});
  }
};

// A value is set, and nobody need wait for it.
struct SetAndGet {
  using Floor = Raw<WordOneShot>;
  static Scenario Describe() {
    return {.name = "SetAndGet",
            .title = "make a place for a value, set it, get it",
            .targets = LevelWithBoth()};
  }
  template <OneShot O>
  static void Run(benchmark::State& state) {
    int64_t sum = 0;
    for (auto _ : state) {
      O value;
      value.Set(1);
      sum += value.Get();
    }
    Require(sum == state.iterations(), "a value was not got");
  }
};

// What a thread calls to get the value.
template <OneShot O>
auto GetterOf(O& value) {
  if constexpr (requires { value.Getter(); }) {
    return value.Getter();
  } else {
    return [&value] { return value.Get(); };
  }
}

// One thread sets values, each of which all others get; the last of them to do
// so answers, and finds the others waiting for the next. That the values'
// places and getters are made isn't in the time.
template <OneShot O>
void AnswerValues(benchmark::State& state, size_t threads, size_t count) {
  for (auto _ : state) {
    std::vector<O> values(count), answers(count);
    // Of each thread; the first one's are of the answers.
    std::vector<std::vector<decltype(GetterOf(values[0]))>> get(threads);
    for (size_t i = 0; i < threads; ++i) {
      for (O& one : i == 0 ? answers : values) {
        get[i].push_back(GetterOf(one));
      }
    }
    std::vector<std::atomic<size_t>> left(count);
    for (std::atomic<size_t>& one : left) one = threads - 1;
    int64_t sum = 0;
    const double seconds = SecondsOn(threads, [&](size_t i) {
      for (size_t n = 0; n < count; ++n) {
        if (i == 0) {
          values[n].Set(1);
          sum += get[0][n]();
        } else {
          const int64_t value = get[i][n]();
          if (--left[n] == 0) answers[n].Set(value + 1);
        }
      }
    });
    Require(sum == 2 * static_cast<int64_t>(count), "a value was not answered");
    state.SetIterationTime(seconds);
  }
}

struct ValueRoundTrip {
  using Floor = Raw<WordOneShot>;
  static Scenario Describe() {
    return {.name = "ValueRoundTrip",
            .title = "1,000 round trips of two threads, each by a new value",
            .measure = Measure::kManual,
            .targets = LevelWithBoth()};
  }
  template <OneShot O>
  static void Run(benchmark::State& state) {
    AnswerValues<O>(state, 2, kRounds);
  }
};

struct ValueBroadcast {
  using Floor = Raw<WordOneShot>;
  static Scenario Describe() {
    return {.name = "ValueBroadcast",
            .title = "100 values, each of which all threads but one wait for",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {16},
            .targets = LevelWithBoth()};
  }
  template <OneShot O>
  static void Run(benchmark::State& state) {
    AnswerValues<O>(state, static_cast<size_t>(state.range(0)), kRounds / 10);
  }
};

// One look at a value that is there already.
struct GetMade {
  using Floor = Raw<WordLazy>;
  static Scenario Describe() {
    return {.name = "GetMade",
            .title = "look at a value that has been made",
            .targets = LevelWithBoth()};
  }
  template <Lazy L>
  static void Run(benchmark::State& state) {
    L value;
    value.Get();
    int64_t sum = 0;
    for (auto _ : state) sum += value.Get();
    Require(sum == state.iterations(), "the value was not got");
  }
};

// All threads ask for one value after the other, none of which has been made.
struct GetFirst {
  using Floor = Raw<WordLazy>;
  static Scenario Describe() {
    return {.name = "GetFirst",
            .title = "each thread asks for 1,000 values, to be made by one",
            .measure = Measure::kManual,
            .argument = "threads",
            .values = {2, 16},
            .targets = LevelWithBoth()};
  }
  template <Lazy L>
  static void Run(benchmark::State& state) {
    for (auto _ : state) {
      std::vector<L> values(kRounds);
      std::atomic<int64_t> sum{0};
      const double seconds =
          SecondsOn(static_cast<size_t>(state.range(0)), [&](size_t) {
            int64_t got = 0;
            for (L& value : values) got += value.Get();
            sum += got;
          });
      Require(sum == kRounds * state.range(0), "a value was not got");
      state.SetIterationTime(seconds);
    }
  }
};

using QueueSuite = Suite<TryPushAndPop, PassValues>;
using StackSuite = Suite<LifoTryPushAndPop, LifoPassValues>;
using PriorityQueueSuite = Suite<PriorityTryPushAndPop, PriorityPassValues>;
using OneShotSuite = Suite<SetAndGet, ValueRoundTrip, ValueBroadcast>;
using LazySuite = Suite<GetMade, GetFirst>;

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_VALUE_SCENARIOS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What hands over values, Queue, OneShot and Lazy, against what people make of
// the standard library and Abseil.
//
//   bazel run --config=opt //benchmarks:values_benchmark

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <queue>
#include <stack>
#include <vector>

#include "absl/base/call_once.h"
#include "absl/synchronization/notification.h"
#include "benchmark/benchmark.h"
#include "benchmarks/companions.h"
#include "benchmarks/monitors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "sync/coro/lazy.h"
#include "sync/one_shot.h"
#include "sync/queue.h"

namespace syncbench {
namespace {

constexpr int64_t kBound = 64;  // Of each queue.

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
      value = Take();
    }
    room_.NotifyOne();
    return value;
  }
  std::optional<int64_t> TryPop() {
    int64_t value;
    {
      const Lock lock(mutex_);
      if (values_.empty()) return std::nullopt;
      value = Take();
    }
    room_.NotifyOne();
    return value;
  }

 private:
  using Lock = typename Monitor::Lock;

  bool HasRoom() const { return values_.size() < size_t{kBound}; }
  int64_t Take() {
    int64_t value;
    if constexpr (requires { values_.top(); }) {
      value = values_.top();
    } else {
      value = values_.front();
    }
    values_.pop();
    return value;
  }

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition room_;
  typename Monitor::Condition items_;
  Values values_;  // Guarded by mutex_.
};

template <class Queue>
class OurQueue {
 public:
  void Push(int64_t value) { queue_.Push(value); }
  bool TryPush(int64_t value) { return queue_.TryPush(value); }
  int64_t Pop() { return *queue_.Pop().value; }
  std::optional<int64_t> TryPop() { return queue_.TryPop(); }

 private:
  Queue queue_{kBound};
};

// One value goes through a queue that is empty otherwise.
template <class Q>
void BM_TryPushAndPop(benchmark::State& state) {
  Q queue;
  int64_t sum = 0;
  for (auto _ : state) {
    if (queue.TryPush(1)) sum += queue.TryPop().value_or(0);
  }
  Require(sum == state.iterations(), "a value was lost");
}

// So many producers share the values 0 to kRounds - 1, and one consumer gets
// them all.
template <class Q>
void BM_PassValues(benchmark::State& state) {
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

class StdOneShot {
 public:
  void Set(int64_t value) { promise_.set_value(value); }
  int64_t Get() { return future_.get(); }

 private:
  std::promise<int64_t> promise_;
  std::future<int64_t> future_ = promise_.get_future();
};

// The same for several threads, each with a future of its own.
class StdSharedOneShot {
 public:
  void Set(int64_t value) { promise_.set_value(value); }
  int64_t Get() const { return std::shared_future(future_).get(); }

 private:
  std::promise<int64_t> promise_;
  std::shared_future<int64_t> future_ = promise_.get_future().share();
};

class AbslOneShot {
 public:
  void Set(int64_t value) {
    value_ = value;
    there_.Notify();
  }
  int64_t Get() {
    there_.WaitForNotification();
    return *value_;
  }

 private:
  std::optional<int64_t> value_;
  absl::Notification there_;
};

using OurOneShot = synclib::OneShot<int64_t>;

// A value is set, and nobody need wait for it.
template <class OneShot>
void BM_SetAndGet(benchmark::State& state) {
  int64_t sum = 0;
  for (auto _ : state) {
    OneShot value;
    value.Set(1);
    sum += value.Get();
  }
  Require(sum == state.iterations(), "a value was not got");
}

// Two threads answer each other, by a new value each time. That the values'
// places are made isn't in the time.
template <class OneShot>
void BM_ValueRoundTrip(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<OneShot> pings(kRounds), pongs(kRounds);
    int64_t sum = 0;
    const double seconds = SecondsOn(2, [&](size_t i) {
      for (size_t n = 0; n < size_t{kRounds}; ++n) {
        if (i == 0) {
          pings[n].Set(1);
          sum += pongs[n].Get();
        } else {
          pongs[n].Set(pings[n].Get() + 1);
        }
      }
    });
    Require(sum == 2 * kRounds, "a value was not answered");
    state.SetIterationTime(seconds);
  }
}

// The same of one thread and of all others, who get one value together. The
// last of them answers, so that the next value finds them waiting for it.
template <class OneShot>
void BM_ValueBroadcast(benchmark::State& state) {
  constexpr int64_t kBroadcasts = 100;
  const auto threads = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    std::vector<OneShot> values(kBroadcasts), answers(kBroadcasts);
    std::vector<std::atomic<size_t>> left(kBroadcasts);
    for (std::atomic<size_t>& one : left) one = threads - 1;
    int64_t sum = 0;
    const double seconds = SecondsOn(threads, [&](size_t i) {
      for (size_t n = 0; n < size_t{kBroadcasts}; ++n) {
        if (i == 0) {
          values[n].Set(1);
          sum += answers[n].Get();
        } else {
          const int64_t value = values[n].Get();
          if (--left[n] == 0) answers[n].Set(value + 1);
        }
      }
    });
    Require(sum == 2 * kBroadcasts, "a value was not answered");
    state.SetIterationTime(seconds);
  }
}

class StdLazy {
 public:
  int64_t Get() {
    std::call_once(once_, [this] { value_ = 1; });
    return *value_;
  }

 private:
  std::once_flag once_;
  std::optional<int64_t> value_;
};

class AbslLazy {
 public:
  int64_t Get() {
    absl::call_once(once_, [this] { value_ = 1; });
    return *value_;
  }

 private:
  absl::once_flag once_;
  std::optional<int64_t> value_;
};

class OurLazy {
 public:
  int64_t Get() {
    return value_.Get([] { return 1; });
  }

 private:
  synclib::Lazy<int64_t> value_;
};

// One look at a value that is there already.
template <class Lazy>
void BM_GetMade(benchmark::State& state) {
  Lazy value;
  value.Get();
  int64_t sum = 0;
  for (auto _ : state) sum += value.Get();
  Require(sum == state.iterations(), "the value was not got");
}

std::vector<Scenario> Scenarios() {
  using Fifo = std::queue<int64_t>;
  using Lifo = std::stack<int64_t>;
  using Priority =
      std::priority_queue<int64_t, std::vector<int64_t>, std::greater<int64_t>>;
  using StdQueue = MonitorQueue<StdMonitor, Fifo>;
  using AbslQueue = MonitorQueue<AbslMonitor, Fifo>;
  using OurFifo = OurQueue<synclib::Queue<int64_t>>;
  using OurLifo = OurQueue<synclib::LifoQueue<int64_t>>;
  using OurPriority = OurQueue<synclib::PriorityQueue<int64_t>>;
  return {
      {.name = "TryPushAndPop",
       .title = "a value into an empty queue and out of it",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_TryPushAndPop<StdQueue>},
                      {"Ours", BM_TryPushAndPop<OurFifo>},
                      {"Absl", BM_TryPushAndPop<AbslQueue>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "LifoTryPushAndPop",
       .title = "a value onto an empty stack and off it",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_TryPushAndPop<MonitorQueue<StdMonitor, Lifo>>},
                      {"Ours", BM_TryPushAndPop<OurLifo>},
                      {"Absl",
                       BM_TryPushAndPop<MonitorQueue<AbslMonitor, Lifo>>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "PriorityTryPushAndPop",
       .title = "a value into an empty queue by priority and out of it",
       .measure = Measure::kCpu,
       .contenders = {{"Std",
                       BM_TryPushAndPop<MonitorQueue<StdMonitor, Priority>>},
                      {"Ours", BM_TryPushAndPop<OurPriority>},
                      {"Absl",
                       BM_TryPushAndPop<MonitorQueue<AbslMonitor, Priority>>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "SetAndGet",
       .title = "make a place for a value, set it, get it",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_SetAndGet<StdOneShot>},
                      {"Ours", BM_SetAndGet<OurOneShot>},
                      {"Absl", BM_SetAndGet<AbslOneShot>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "GetMade",
       .title = "look at a value that has been made",
       .measure = Measure::kCpu,
       .contenders = {{"Std", BM_GetMade<StdLazy>},
                      {"Ours", BM_GetMade<OurLazy>},
                      {"Absl", BM_GetMade<AbslLazy>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "PassValues",
       .title = "1,000 values from producers to one consumer",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_PassValues<StdQueue>},
                      {"Ours", BM_PassValues<OurFifo>},
                      {"Absl", BM_PassValues<AbslQueue>}},
       .argument = "producers",
       .values = {1, 4, 16},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "ValueRoundTrip",
       .title = "1,000 round trips of two threads, each by a new value",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_ValueRoundTrip<StdOneShot>},
                      {"Ours", BM_ValueRoundTrip<OurOneShot>},
                      {"Absl", BM_ValueRoundTrip<AbslOneShot>}},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
      {.name = "ValueBroadcast",
       .title = "100 values, each of which all threads but one wait for",
       .measure = Measure::kManual,
       .contenders = {{"Std", BM_ValueBroadcast<StdSharedOneShot>},
                      {"Ours", BM_ValueBroadcast<OurOneShot>},
                      {"Absl", BM_ValueBroadcast<AbslOneShot>}},
       .argument = "threads",
       .values = {16},
       .targets = {{kLevel, "Std"}, {kLevel, "Absl"}}},
  };
}

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunScenarios(argc, argv, "Ours", syncbench::Scenarios());
}

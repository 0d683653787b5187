// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Programs of coroutines on one loop against the same on CPython's asyncio,
// which is the floor here, though it is more of a ceiling.
//
//   bazel run --config=opt //benchmarks:asyncio_benchmark

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "benchmarks/bare_event.h"
#include "benchmarks/coroutine.h"
#include "benchmarks/python.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/queue.h"
#include "sync/wait_options.h"

namespace syncbench {
namespace {

using synclib::Event;
using synclib::Queue;
using synclib::Run;
using synclib::Scope;
using synclib::Task;
using synclib::WaitOptions;
using synclib::WaitResult;

// Each is a function of peer.py once more.

struct Unlimited {
  static auto Wait(Event& event) { return event.AsyncWait(); }
};
struct LimitedToAnHour {
  static auto Wait(Event& event) { return event.AsyncWait(absl::Hours(1)); }
};

template <class Waits>
Task<> TakeTurns(Event& mine, Event& other, bool first) {
  for (int64_t round = 0; round < kRounds; ++round) {
    if (first) other.Set();
    Require(co_await Waits::Wait(mine) == WaitResult::kReady,
            "a turn was late");
    mine.Clear();
    if (!first) other.Set();
  }
}

template <class Waits>
void BM_RoundTrip(benchmark::State& state) {
  while (state.KeepRunningBatch(kRounds)) {
    Event ping, pong;
    const Clock::time_point start = Clock::now();
    Run(synclib::Gather(TakeTurns<Waits>(ping, pong, false),
                        TakeTurns<Waits>(pong, ping, true)));
    state.SetIterationTime(SecondsSince(start));
  }
}

// What is within reach: the same without a loop, by the least that does it.

// A round is ten changes of a word: each of two coroutines joins by two, is
// found by a broadcast, which is two, and clears. Set() resumes inside the
// call, so no coroutine calls it: one that did would look at its own event only
// after the other has set that, and not suspend. Whoever resumes them sets an
// event once both have joined.
template <bool kLimited>
Coroutine TakeBareTurns(BareEvent& mine, int64_t& turns) {
  for (;;) {
    // A limit is a moment: a wait has to know what time it is.
    if constexpr (kLimited) benchmark::DoNotOptimize(Clock::now());
    co_await mine;
    mine.Clear();
    ++turns;
  }
}

template <bool kLimited>
void BM_BareRoundTrip(benchmark::State& state) {
  while (state.KeepRunningBatch(kRounds)) {
    BareEvent ping, pong;
    int64_t turns = 0;
    const Clock::time_point start = Clock::now();
    Coroutine second = TakeBareTurns<kLimited>(ping, turns);
    Coroutine first = TakeBareTurns<kLimited>(pong, turns);
    second.Resume();
    first.Resume();
    for (int64_t round = 0; round < kRounds; ++round) {
      ping.Set();
      pong.Set();
    }
    state.SetIterationTime(SecondsSince(start));
    Require(turns == 2 * kRounds, "a turn was lost");
  }
}

// Four values are pushed, and then popped, so that nobody has to wait: by one
// thread, under a mutex that others might want as well.
void BM_LockedDeque(benchmark::State& state) {
  while (state.KeepRunningBatch(kRounds)) {
    std::mutex mutex;
    std::deque<int64_t> values;
    const Clock::time_point start = Clock::now();
    for (int64_t pushed = 0, popped = 0; popped < kRounds;) {
      for (int i = 0; i < 4; ++i) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (values.size() < 4) values.push_back(pushed++);
      }
      for (int i = 0; i < 4; ++i) {
        const std::lock_guard<std::mutex> lock(mutex);
        Require(values.front() == popped++, "a value was lost");
        values.pop_front();
      }
    }
    state.SetIterationTime(SecondsSince(start));
  }
}

Task<> Produce(Queue<int64_t>& values) {
  for (int64_t value = 0; value < kRounds; ++value) {
    Require(co_await values.AsyncPush(value) == synclib::QueueResult::kReady,
            "a value was not pushed");
  }
}

Task<> Consume(Queue<int64_t>& values) {
  for (int64_t value = 0; value < kRounds; ++value) {
    Require((co_await values.AsyncPop()).value == value, "a value was lost");
  }
}

void BM_Queue(benchmark::State& state) {
  while (state.KeepRunningBatch(kRounds)) {
    Queue<int64_t> values(4);
    const Clock::time_point start = Clock::now();
    Run(synclib::Gather(Consume(values), Produce(values)));
    state.SetIterationTime(SecondsSince(start));
  }
}

Coroutine ListenBarely(BareEvent& event, int64_t& left) {
  for (;;) {
    co_await event;
    --left;
  }
}

void BM_BareBroadcast(benchmark::State& state) {
  BareEvent event;
  int64_t left = 0;
  std::vector<Coroutine> listeners;
  for (int64_t i = 0; i < state.range(0); ++i) {
    listeners.push_back(ListenBarely(event, left));
    listeners.back().Resume();
  }
  for (auto _ : state) {
    left = state.range(0);
    const Clock::time_point start = Clock::now();
    event.Pulse();
    state.SetIterationTime(SecondsSince(start));
    Require(left == 0, "a listener was lost");
  }
}

struct Audience {
  Event event;
  Event done;
  int64_t left = 0;
  bool over = false;
};

Task<> Listen(Audience& audience) {
  while (!audience.over) {
    if (--audience.left == 0) audience.done.Set();
    co_await audience.event;
  }
}

Task<> Broadcast(benchmark::State& state, Scope& scope) {
  Audience audience;
  const int64_t listeners = state.range(0);
  audience.left = listeners;
  for (int64_t i = 0; i < listeners; ++i) scope.Start(Listen(audience));
  co_await audience.done;
  for (auto _ : state) {
    audience.done.Clear();
    audience.left = listeners;
    const Clock::time_point start = Clock::now();
    audience.event.Set();
    audience.event.Clear();
    co_await audience.done;
    state.SetIterationTime(SecondsSince(start));
  }
  audience.over = true;
  audience.event.Set();
  co_await scope.Join();
}

// Of Python's, so many share one start of all listeners, which isn't counted.
constexpr int64_t kPulses = 3;

void BM_Broadcast(benchmark::State& state) {
  Scope scope;
  Run(Broadcast(state, scope));
}

Task<> Child(Event& all_there, bool last) {
  if (last) {
    all_there.Set();
  } else {
    co_await all_there;
  }
}

constexpr int64_t kGathers = 10;  // In one iteration.

Coroutine BareChild(BareEvent& all_there, int64_t& left) {
  co_await all_there;
  --left;
}

void BM_BareGather(benchmark::State& state) {
  while (state.KeepRunningBatch(kGathers)) {
    const Clock::time_point start = Clock::now();
    for (int64_t round = 0; round < kGathers; ++round) {
      BareEvent all_there;
      int64_t left = state.range(0);
      std::vector<Coroutine> children;
      for (int64_t i = 0; i < state.range(0); ++i) {
        children.push_back(BareChild(all_there, left));
        children.back().Resume();
      }
      all_there.Set();
      Require(left == 0, "a child was lost");
    }
    state.SetIterationTime(SecondsSince(start));
  }
}

Task<> GatherOnce(int64_t children) {
  Event all_there;
  std::vector<Task<>> tasks;
  for (int64_t i = 1; i <= children; ++i) {
    tasks.push_back(Child(all_there, i == children));
  }
  co_await synclib::Gather(std::move(tasks));
}

Task<> GatherOften(int64_t children) {
  for (int64_t round = 0; round < kGathers; ++round) {
    co_await GatherOnce(children);
  }
}

void BM_Gather(benchmark::State& state) {
  while (state.KeepRunningBatch(kGathers)) {
    const Clock::time_point start = Clock::now();
    Run(GatherOften(state.range(0)));
    state.SetIterationTime(SecondsSince(start));
  }
}

std::vector<Scenario> Scenarios(bool has_python) {
  const auto contenders = [&](auto python, auto ours, Contender reachable) {
    reachable.role = Role::kWithinReach;
    std::vector<Contender> all = {{"Ours", ours}, reachable};
    if (has_python) all.insert(all.begin(), {"Asyncio", python});
    return all;
  };
  const std::vector<Target> targets = {{1. / 500, "Asyncio"}};
  return {
      {.name = "LoopRoundTrip",
       .title = "a round trip of two coroutines on a loop, by two events",
       .measure = Measure::kManual,
       .contenders = contenders(PythonBody("round_trip", kRounds),
                                BM_RoundTrip<Unlimited>,
                                {BareEvent::kName, BM_BareRoundTrip<false>}),
       .targets = targets},
      {.name = "LoopLimitedRoundTrip",
       .title = "the same, with a time-out for each wait",
       .measure = Measure::kManual,
       .contenders = contenders(PythonBody("limited_round_trip", kRounds),
                                BM_RoundTrip<LimitedToAnHour>,
                                {BareEvent::kName, BM_BareRoundTrip<true>}),
       .targets = targets},
      {.name = "LoopQueue",
       .title =
           "a value from one coroutine to another, through a queue of four",
       .measure = Measure::kManual,
       .contenders = contenders(PythonBody("queue", kRounds), BM_Queue,
                                {"LockedDeque", BM_LockedDeque}),
       .targets = targets},
      {.name = "LoopBroadcast",
       .title = "set and clear at once, until all listeners have run",
       .measure = Measure::kManual,
       .contenders =
           contenders(PythonBodyOf("broadcast", kPulses), BM_Broadcast,
                      {BareEvent::kName, BM_BareBroadcast}),
       .argument = "listeners",
       .values = {5, 100, 10'000},
       .shared = true,
       .targets = targets},
      {.name = "LoopGather",
       .title = "children are started, wait for each other, and end",
       .measure = Measure::kManual,
       .contenders = contenders(PythonBodyOf("gather", kGathers), BM_Gather,
                                {BareEvent::kName, BM_BareGather}),
       .argument = "children",
       .values = {100},
       .shared = true,
       .targets = targets},
  };
}

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  using syncbench::Absent;
  const bool has_python = syncbench::HasPython();
  return syncbench::RunScenarios(
      argc, argv, "Ours", syncbench::Scenarios(has_python),
      has_python ? std::vector<Absent>()
                 : std::vector<Absent>{{"Asyncio", "python3"}});
}

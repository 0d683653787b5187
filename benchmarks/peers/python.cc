// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// CPython's threading and asyncio, in the scenarios of events, pools and
// timers. asyncio_benchmark has more of them.

#include "benchmarks/python.h"

#include <cstdint>

#include "benchmarks/pool_scenarios.h"
#include "benchmarks/spent.h"
#include "benchmarks/subject.h"
#include "benchmarks/suite.h"
#include "benchmarks/timer_scenarios.h"

namespace syncbench {
namespace {

// More would take minutes.
constexpr int64_t kMost = 10'000;

bool AddPython() {
  if (!HasPython()) {
    AbsentPeers().push_back({"Python", "python3"});
    return false;
  }
  EventSuite::AddTo<PingPong>({"Python", PythonBodyOf("ping_pong", kRounds)});
  // That they join again is in the time, unlike that of our coroutines: a task
  // goes on until it waits.
  EventSuite::AddTo<BroadcastCoroutines>(
      {"Python", PythonBodyOf("broadcast", 1), kMost});
  PoolSuite::AddTo<PoolRoundTrip>(
      {"Python", PythonBody("pool_round_trip", kRounds)});
  TimerSuite::AddTo<TimersArm>(
      {"Python", PythonBodyOf("timers_arm", 1), kMost});
  TimerSuite::AddTo<TimersCancel>(
      {"Python", PythonBodyOf("timers_cancel", 1), kMost});
  TimerSuite::AddTo<TimersExpire>(
      {"Python", PythonBodyOf("timers_expire", 1), kMost});
  return true;
}

SYNC_BENCHMARK_AT_START(AddPython());

}  // namespace
}  // namespace syncbench

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// synclib::Event against a mutex with a condition variable, and against floors.
//
//   bazel run --config=opt //benchmarks:event_benchmark

#include <cstdint>
#include <cstdio>
#include <vector>

#include "benchmarks/runner.h"
#include "benchmarks/scenarios.h"
#include "benchmarks/subjects.h"
#include "benchmarks/threads.h"
#include "sync/event.h"

namespace syncbench {
namespace {

using synclib::Event;

std::vector<int64_t> ProcessorCounts() {
  if (UsableProcessors() >= 2) return {1, 2};
  std::fputs("one processor: no hand-over between two\n", stderr);
  return {1};
}

std::vector<Scenario> Scenarios() {
  const std::vector<int64_t> threads = {1, 4, 16, 64};
  const std::vector<int64_t> coroutines = {1, 100, 10000};
  return {
      {"IsSet",
       Measure::kCpu,
       {{"AtomicFlag", BM_IsSet<AtomicFlag>},
        {"Event", BM_IsSet<Event>},
        {"MutexCondVar", BM_IsSet<MutexCondVar>}}},
      {"SetAndClear",
       Measure::kCpu,
       {{"AtomicFlag", BM_SetAndClear<AtomicFlag>},
        {"Event", BM_SetAndClear<Event>},
        {"MutexCondVar", BM_SetAndClear<MutexCondVar>}}},
      {"WaitOnSetEvent",
       Measure::kCpu,
       {{"AtomicFlag", BM_WaitOnSetEvent<AtomicFlag>},
        {"Event", BM_WaitOnSetEvent<Event>},
        {"MutexCondVar", BM_WaitOnSetEvent<MutexCondVar>}}},
      {"AwaitSetEvent",
       Measure::kCpu,
       {{"AtomicFlag", BM_AwaitSetEvent<AtomicFlag>},
        {"Event", BM_AwaitSetEvent<Event>}}},
      {"PingPong",
       Measure::kReal,
       {{"FutexFlag", BM_PingPong<FutexFlag>},
        {"Event", BM_PingPong<Event>},
        {"MutexCondVar", BM_PingPong<MutexCondVar>}},
       "processors",
       ProcessorCounts()},
      {"BroadcastThreads",
       Measure::kManual,
       {{"FutexGeneration", BM_BroadcastThreads<FutexGeneration>},
        {"Event", BM_BroadcastThreads<Event>},
        {"MutexCondVar", BM_BroadcastThreads<MutexCondVar>}},
       "threads",
       threads},
      {"BroadcastCaller",
       Measure::kManual,
       {{"FutexGeneration", BM_BroadcastCaller<FutexGeneration>},
        {"Event", BM_BroadcastCaller<Event>},
        {"MutexCondVar", BM_BroadcastCaller<MutexCondVar>}},
       "threads",
       threads},
      {"BroadcastCoroutines",
       Measure::kManual,
       {{"CoroutineList", BM_BroadcastCoroutines<CoroutineList>},
        {"Event", BM_BroadcastCoroutines<Event>}},
       "coroutines",
       coroutines},
      {"RegisterAndCancel",
       Measure::kCpu,
       {{"CoroutineList", BM_RegisterAndCancel<CoroutineList>},
        {"Event", BM_RegisterAndCancel<Event>}},
       "waits",
       coroutines},
  };
}

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunScenarios(argc, argv, "Event", syncbench::Scenarios());
}

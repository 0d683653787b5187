// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs scenarios with Google Benchmark and prints a table of ratios.

#ifndef SYNC_BENCHMARKS_RUNNER_H_
#define SYNC_BENCHMARKS_RUNNER_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace syncbench {

struct Contender {
  std::string name;
  void (*body)(benchmark::State&);
};

// Ends the program if `condition` is false: a subject that doesn't do its job
// must not win.
inline void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not a measurement: %s\n", what);
  std::abort();
}

// What the time of a scenario is.
enum class Measure {
  kCpu,     // Of one thread that never sleeps: the processor's.
  kReal,    // Of threads that do: the clock's.
  kManual,  // What the body says.
};

// One row of the table, or one for each value of an argument. Its benchmarks
// are called BM_<scenario><contender>[/<argument>:<value>].
struct Scenario {
  std::string name;
  Measure measure;
  std::vector<Contender> contenders;  // The first is the floor.
  std::string argument = "";
  std::vector<int64_t> values = {};
};

// The program: takes Google Benchmark's flags, whose defaults here are several
// repetitions in random order. One row after the other, so that those who are
// compared run within seconds of each other; a machine's speed may drift. With
// --benchmark_out, which is a single file, all in one go. Returns the exit code
// of main().
int RunScenarios(int argc, char** argv, const std::string& ours,
                 const std::vector<Scenario>& scenarios);

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_RUNNER_H_

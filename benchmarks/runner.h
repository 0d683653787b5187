// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs scenarios with Google Benchmark and prints a table of ratios, or says in
// JSON what the scenarios are.

#ifndef SYNC_BENCHMARKS_RUNNER_H_
#define SYNC_BENCHMARKS_RUNNER_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace syncbench {

// What a contender is to the program's own subject.
enum class Role {
  kPeer,         // What people use.
  kFloor,        // The job done plainly, without what makes it safe.
  kBaseline,     // A plain way to do much the same, which may be beaten.
  kWithinReach,  // No more than one part of the job asks for.
};

struct Contender {
  std::string name;
  std::function<void(benchmark::State&)> body;
  int64_t most = INT64_MAX;  // The highest value of the argument that it bears.
  Role role = Role::kPeer;
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

// What the program's own subject is to reach.
struct Target {
  double ratio;                      // At most, of its time to that of
  std::string baseline = "";         // this contender. Empty: the floor.
  std::vector<int64_t> values = {};  // Of the argument. Empty: each.
};

// One row of the table, or one for each value of an argument. Its benchmarks
// are called BM_<scenario><contender>[/<argument>:<value>], and with
// Measure::kReal or kManual that and /real_time or /manual_time.
struct Scenario {
  std::string name;
  std::string title = "";  // What is measured, in a few plain words.
  Measure measure = Measure::kCpu;
  // Times are relative to that of the first: a floor, or what stands for one.
  std::vector<Contender> contenders = {};
  std::string argument = "";
  std::vector<int64_t> values = {};
  bool shared = false;  // The time divided by the argument is the cost of one.
  std::vector<Target> targets = {};
};

// Somebody who would be in the tables if the machine had his package.
struct Absent {
  std::string peer;
  std::string package;  // Of Debian.
};

// In JSON: what the scenarios are, who takes part in them, and who is absent.
// Targets relative to somebody who doesn't take part are left out.
std::string Describe(const std::string& ours,
                     const std::vector<Scenario>& scenarios,
                     const std::vector<Absent>& absent);

// The program: takes Google Benchmark's flags, whose defaults here are several
// repetitions in random order; or --scenarios, which prints Describe() and runs
// nothing. Of a row of which --benchmark_filter names somebody, the floor and
// `ours` run as well. One row after the other, so that those who are compared
// run within seconds of each other; a machine's speed may drift. With
// --benchmark_out, which is a single file, all in one go. Returns the exit code
// of main().
int RunScenarios(int argc, char** argv, const std::string& ours,
                 const std::vector<Scenario>& scenarios,
                 const std::vector<Absent>& absent = {});

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_RUNNER_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_MODEL_EXPLORE_H_
#define SYNC_TESTING_MODEL_EXPLORE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "testing/model/engine.h"

namespace synctest::model {

struct ExploreOptions {
  enum class Strategy : uint8_t {
    kExhaustive,  // All executions that cost no more than the budget.
    kPct,         // Priorities at random, changed at a few points.
    kRandom,      // Every choice at random.
  };

  Strategy strategy = Strategy::kExhaustive;
  int budget = 2;  // Of an execution: preemptions, stale reads and faults.
  Powers powers = {};
  int64_t executions = 1'000'000;  // At most.
  int64_t steps = 5'000;           // Of one execution, at most.
  int depth = 3;                   // Of the bugs that PCT looks for.
  uint64_t seed = 1;
  std::string replay = "";     // A schedule: just this one, with its powers.
  std::string test = "";       // What runs it, as GoogleTest's filter has it:
                               // for the command that replays a failure.
  Chooser* chooser = nullptr;  // Makes the choices, of just one execution.
  // Called after each execution in which nothing was wrong.
  std::function<void(const Outcome&)> after_each = nullptr;
};

// An execution in which something was wrong.
struct Failure {
  std::string what;
  std::string schedule;   // What to give to ExploreOptions::replay, or to the
                          // environment variable SYNCTEST_REPLAY.
  std::string test;       // ExploreOptions::test.
  int64_t execution = 0;  // Which one it was. Then it was made shorter.
  std::vector<BlockedThread> blocked;  // If nobody can go on.
  std::vector<Step> steps;
  std::vector<std::string> threads;
  std::vector<NamedObject> objects;

  // What is wrong, a table of who did what, and the command that replays it: of
  // Bazel in a test of Bazel's, or else of the program itself, for all of its
  // tests if it is not known which. An object has the name that the scenario
  // gave it (notes.h), or a letter: "A", or "reader's A" on the stack of a
  // thread other than the first. Where a named object is touched in more than
  // one place, "ready+8" is what begins at its byte 8. Of those with the same
  // name the second is "ready2".
  std::string ToString() const;
  // A picture of it, with a lane for each thread.
  std::string ToSvg() const;
  // False: the file could not be written.
  bool WriteSvg(const std::string& path) const;
};

struct Exploration {
  int64_t executions = 0;
  int64_t interleavings = 0;  // That differ; counted up to 2.
  int64_t steps = 0;
  double seconds = 0;
  bool complete = false;  // All that the budget allows.
  bool reuses = false;  // Whether freed memory was, or could have been, reused.
  std::optional<Failure> failure;

  bool ok() const { return !failure.has_value(); }
};

std::ostream& operator<<(std::ostream& out, const Exploration& exploration);

// Runs a scenario again and again on a model of the machine, each time in
// another interleaving of its threads, until something is wrong, or there is
// none left. Wrong is: a Check() that doesn't hold, a data race, a touch of
// memory that is gone, threads that wait for one another for ever, or a
// scenario that doesn't come to an end.
//
// The scenario is a function, which is the first thread. What it shares among
// threads must be of the model: its Thread, Atomic and StopSource, and the
// library built for it (//testing/model:sync). It must do the same whenever the
// same choices are made: no time, no randomness, no state that outlives it. A
// test of it is a model_test() of //testing/model:model.bzl. What it leaves
// open itself, such as what a fake of something does, it asks Pick() for.
//
// Example:
//
//   using namespace synctest::model;
//   auto scenario = [] {
//     synclib::Event ready;
//     int data = 0;
//     Name(data, "data");
//     Thread reader("reader", [&] {
//       ready.Wait();
//       Check(data == 1, "the reader sees the data");
//     });
//     ready.Set();  // The bug: a line too early.
//     data = 1;
//   };
//   Exploration found = Explore({}, scenario);
//   assert(!found.ok());
//   std::cout << found;  // A table of who did what.
//   assert(!Explore({.replay = found.failure->schedule}, scenario).ok());
//
// Thread safety: one exploration at a time, on one thread of a program.
// Cost: microseconds for an execution; the number of executions grows with the
//   steps of a scenario to the power of the budget.
Exploration Explore(const ExploreOptions& options,
                    const std::function<void()>& scenario);

// Ends the execution as a failure unless `holds`.
void Check(bool holds, const char* what);

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_EXPLORE_H_

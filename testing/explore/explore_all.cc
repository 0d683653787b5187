// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/explore/explore_all.h"

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "testing/model/explore.h"
#include "testing/running_test.h"
#include "testing/tally.h"

namespace synctest {
namespace {

using Strategy = model::ExploreOptions::Strategy;

constexpr int64_t kAtRandom = 2'000;
constexpr int64_t kMostOfDeeper = 1'000'000;

// A kind of machine, and how it is explored.
struct Machine {
  const char* name;
  model::Powers powers;
  int budget;  // Of an exhaustive exploration.
  Strategy strategy = Strategy::kExhaustive;

  bool is_exhaustive() const { return strategy == Strategy::kExhaustive; }
};

std::vector<Machine> Machines(const Budgets& budgets) {
  std::vector<Machine> machines = {
      // All that a plain machine does is among what one with stale reads does.
      {"plain", {}, budgets.plain > budgets.stale ? budgets.plain : 0},
      {"faults", {.faults = true}, budgets.faults},
      {"stale reads", {.stale_reads = true}, budgets.stale},
      {"reused addresses", {.reuse_addresses = true}, budgets.plain},
      {"suspensions", {.suspensions = true}, budgets.suspensions},
  };
  std::erase_if(machines, [](const Machine& m) { return m.budget == 0; });
  model::Powers all = {.stale_reads = true,
                       .faults = budgets.faults > 0,
                       .reuse_addresses = true};
  for (const bool suspensions : {false, true}) {
    // A thread that stops early hides what the others would have done.
    if (suspensions && budgets.suspensions == 0) continue;
    all.suspensions = suspensions;
    for (const Strategy strategy : {Strategy::kPct, Strategy::kRandom}) {
      machines.push_back({"all powers", all, 0, strategy});
    }
  }
  return machines;
}

std::string Description(const Machine& machine, int budget) {
  std::string description = machine.name;
  if (machine.is_exhaustive()) {
    return description + ", budget " + std::to_string(budget);
  }
  if (machine.powers.suspensions) description += " and suspensions";
  return description +
         (machine.strategy == Strategy::kPct ? ", PCT" : ", at random");
}

int Variable(const char* name, int otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

// Says every half minute how many executions there were.
std::function<void(const model::Outcome&)> Progress(const std::string& name) {
  using Clock = std::chrono::steady_clock;
  return [name, count = int64_t{0},
          said = Clock::now()](const model::Outcome&) mutable {
    if (++count % 1024 != 0 || Clock::now() < said + std::chrono::seconds(30)) {
      return;
    }
    said = Clock::now();
    std::cout << "  " << name << ": " << count << " executions" << std::endl;
  };
}

void Record(const Machine& machine, int budget,
            const model::Exploration& exploration) {
  const auto record = [&](const char* what, int64_t value) {
    Tally(std::string(machine.name) + " " + what, value);
  };
  record("executions", exploration.executions);
  record("microseconds", static_cast<int64_t>(exploration.seconds * 1e6));
  if (!machine.is_exhaustive()) return;
  record("budget", budget);
  record("complete", exploration.complete ? 1 : 0);
}

// Bazel runs tests elsewhere, and keeps what they write among their outputs.
void Draw(const model::Failure& failure) {
  const char* const outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  const std::string path =
      (outputs != nullptr ? std::string(outputs) : testing::TempDir()) +
      "/schedule.svg";
  if (!failure.WriteSvg(path)) {
    std::cout << "the picture could not be written: " << path << std::endl;
  } else if (outputs == nullptr) {
    std::cout << "a picture of it: " << path << std::endl;
  } else {
    std::cout << "a picture of it: schedule.svg in test.outputs, beside the "
                 "test's log\n";
  }
}

}  // namespace

void ExploreAll(const std::function<void()>& scenario, const Budgets& budgets) {
  const int deeper = Variable("SYNCTEST_DEEPER", 0);
  const int limit = Variable("SYNCTEST_BUDGET", INT_MAX);
  // Whether anything would be different if addresses were reused.
  bool reuses = false;
  for (const Machine& machine : Machines(budgets)) {
    if (!machine.is_exhaustive() && limit != INT_MAX) continue;
    if (machine.is_exhaustive() && machine.powers.reuse_addresses && !reuses) {
      continue;
    }
    model::ExploreOptions options;
    options.strategy = machine.strategy;
    options.budget = std::min(machine.budget + deeper, limit);
    options.powers = machine.powers;
    options.powers.second_looks = budgets.second_looks;
    options.test = RunningTest();
    options.executions = deeper > 0                ? kMostOfDeeper
                         : machine.is_exhaustive() ? INT64_MAX
                                                   : kAtRandom;
    const std::string description = Description(machine, options.budget);
    if (deeper > 0) options.after_each = Progress(description);
    const model::Exploration exploration = model::Explore(options, scenario);
    std::cout << "  " << description << ": " << exploration << std::endl;
    Record(machine, options.budget, exploration);
    reuses |= exploration.reuses || !exploration.complete;
    if (!exploration.ok()) {
      ADD_FAILURE() << description << ": " << exploration.failure->what;
      Draw(*exploration.failure);
      return;
    }
    if (std::getenv("SYNCTEST_REPLAY") != nullptr) return;
    EXPECT_TRUE(exploration.complete || deeper > 0 || !machine.is_exhaustive());
    EXPECT_GE(exploration.interleavings, 2) << "nothing was explored";
  }
}

}  // namespace synctest

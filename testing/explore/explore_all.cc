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
#include "testing/tally.h"

namespace synctest {
namespace {

constexpr int64_t kMostOfDeeper = 1'000'000;

int Variable(const char* name, int otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : std::atoi(value);
}

// Says every half minute how many executions there were.
std::function<void(const model::Outcome&)> Progress(const char* name) {
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

void Record(const std::string& machine, int budget,
            const model::Exploration& exploration) {
  const auto record = [&](const char* what, int64_t value) {
    Tally(machine + " " + what, value);
  };
  record("budget", budget);
  record("executions", exploration.executions);
  record("microseconds", static_cast<int64_t>(exploration.seconds * 1e6));
  record("complete", exploration.complete ? 1 : 0);
}

}  // namespace

void ExploreAll(const std::function<void()>& scenario, const Budgets& budgets) {
  using Strategy = model::ExploreOptions::Strategy;
  struct Machine {
    const char* name;
    int budget;
    model::Powers powers;
    Strategy strategy = Strategy::kExhaustive;
  };
  std::vector<Machine> machines = {
      {"plain", budgets.plain, {}},
      {"faults", budgets.faults, {.faults = true}},
      {"stale reads", budgets.stale, {.stale_reads = true}},
      {"reused addresses", budgets.plain, {.reuse_addresses = true}},
      {"suspensions", budgets.suspensions, {.suspensions = true}},
  };
  const int deeper = Variable("SYNCTEST_DEEPER", 0);
  if (deeper > 0) {
    machines.push_back(
        {"PCT",
         1,
         {.stale_reads = true, .faults = true, .reuse_addresses = true},
         Strategy::kPct});
  }
  for (const Machine& machine : machines) {
    if (machine.budget == 0) continue;
    model::ExploreOptions options;
    options.strategy = machine.strategy;
    options.budget =
        std::min(machine.budget + deeper, Variable("SYNCTEST_BUDGET", INT_MAX));
    options.powers = machine.powers;
    options.executions = deeper > 0 ? kMostOfDeeper : INT64_MAX;
    if (deeper > 0) options.after_each = Progress(machine.name);
    const model::Exploration exploration = model::Explore(options, scenario);
    std::cout << "  " << machine.name << ", budget " << options.budget << ": "
              << exploration << std::endl;
    Record(machine.name, options.budget, exploration);
    EXPECT_TRUE(exploration.ok()) << machine.name << ": " << exploration;
    if (!exploration.ok()) {
      // Bazel keeps what is written there.
      const char* const outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
      const std::string picture =
          (outputs != nullptr ? std::string(outputs) : testing::TempDir()) +
          "/schedule.svg";
      std::cout << (exploration.failure->WriteSvg(picture)
                        ? "a picture of it: "
                        : "the picture could not be written: ")
                << picture << std::endl;
      return;
    }
    if (std::getenv("SYNCTEST_REPLAY") != nullptr) return;
    EXPECT_TRUE(exploration.complete || deeper > 0);
    EXPECT_GE(exploration.interleavings, 2) << "nothing was explored";
  }
}

}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/explore/explore_all.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "gtest/gtest.h"
#include "testing/model/explore.h"
#include "testing/tally.h"

namespace synctest {
namespace {

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
  struct Machine {
    const char* name;
    int budget;
    model::Powers powers;
  };
  const Machine machines[] = {
      {"plain", budgets.plain, {}},
      {"faults", budgets.faults, {.faults = true}},
      {"stale reads", budgets.stale, {.stale_reads = true}},
      {"reused addresses", budgets.plain, {.reuse_addresses = true}},
      {"suspensions", budgets.suspensions, {.suspensions = true}},
  };
  const char* const cap = std::getenv("SYNCTEST_BUDGET");
  for (const Machine& machine : machines) {
    if (machine.budget == 0) continue;
    model::ExploreOptions options;
    options.budget = machine.budget;
    if (cap != nullptr)
      options.budget = std::min(std::atoi(cap), options.budget);
    options.powers = machine.powers;
    options.executions = INT64_MAX;
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
    EXPECT_TRUE(exploration.complete);
    EXPECT_GE(exploration.interleavings, 2) << "nothing was explored";
  }
}

}  // namespace synctest

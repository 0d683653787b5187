// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/shame/shame.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/running_test.h"

namespace synctest {
namespace {

constexpr int kMaxBudget = 4;

// Without any preemption a scenario may go in one way only, and a mended one
// that is explored in that way has shown little.
constexpr int kMinBudgetOfMended = 1;

model::Exploration ExploreAll(const std::function<void(Code)>& scenario,
                              Code code, int budget,
                              const model::Powers& powers) {
  return model::Explore({.budget = budget,
                         .powers = powers,
                         .executions = INT64_MAX,
                         .test = RunningTest()},
                        [&] { scenario(code); });
}

}  // namespace

std::string ExpectFound(const std::function<void(Code)>& scenario,
                        const std::string& what, const model::Powers& powers) {
  model::Exploration found;
  int64_t executions = 0;
  double seconds = 0;
  int budget = -1;
  while (found.ok() && budget < kMaxBudget) {
    found = ExploreAll(scenario, Code::kShipped, ++budget, powers);
    executions += found.executions;
    seconds += found.seconds;
  }
  EXPECT_FALSE(found.ok()) << "nothing was found within a budget of " << budget;
  if (found.ok()) return "";
  const std::string table = found.failure->ToString();
  const char* const name =
      testing::UnitTest::GetInstance()->current_test_info()->name();
  std::cout << name
            << absl::StrFormat(": found after %d executions, budget %d, %.2f s",
                               executions, budget, seconds)
            << "\n"
            << table << std::endl;
  if (std::getenv("SYNCTEST_REPLAY") != nullptr) return table;
  EXPECT_NE(found.failure->what.find(what), std::string::npos)
      << found.failure->what;
  testing::Test::RecordProperty("executions", std::to_string(executions));
  testing::Test::RecordProperty("budget", std::to_string(budget));

  const model::Exploration mended = ExploreAll(
      scenario, Code::kMended, std::max(budget, kMinBudgetOfMended), powers);
  std::cout << "mended: " << mended << std::endl;
  EXPECT_TRUE(mended.ok()) << "mended: " << mended.failure->what;
  if (!mended.ok()) return table;
  EXPECT_TRUE(mended.complete);
  EXPECT_GE(mended.interleavings, 2) << "nothing was explored";
  return table;
}

}  // namespace synctest

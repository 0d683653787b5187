// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/subject.h"

#include <coroutine>
#include <string>
#include <vector>

#include "benchmarks/runner.h"
#include "gtest/gtest.h"
#include "sync/event.h"

namespace {

using syncbench::Contender;
using syncbench::EventSuite;
using syncbench::Scenario;

// Can be looked at, and no more.
struct Lamp {
  void Set() { set = true; }
  bool IsSet() const { return set; }
  bool set = false;
};
SYNC_BENCHMARK_SUBJECT("Lamp", Lamp);

// Is its own awaiter.
struct Slot {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() const {}
  void Pulse() {}
};
SYNC_BENCHMARK_SUBJECT("Slot", Slot);

// Takes part in nothing.
struct Stone {};
SYNC_BENCHMARK_SUBJECT("Stone", Stone);

// Takes part in most, by the names that it has anyway.
SYNC_BENCHMARK_SUBJECT("Event", synclib::Event);

// The names of the scenarios that the contender is in.
std::vector<std::string> ScenariosWith(const std::string& name) {
  std::vector<std::string> names;
  for (const Scenario& scenario : EventSuite::Scenarios("Lamp")) {
    for (const Contender& contender : scenario.contenders) {
      if (contender.name == name) names.push_back(scenario.name);
    }
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(SubjectTest, TakesPartWhereItHasTheFunctions) {
  EXPECT_EQ(ScenariosWith("Lamp"), Names({"IsSet"}));
  EXPECT_EQ(ScenariosWith("Slot"), Names({"PulseNobody", "BroadcastCoroutines",
                                          "BroadcastShuffled", "Register"}));
  EXPECT_EQ(ScenariosWith("Stone"), Names());
}

TEST(SubjectTest, TheOneOfInterestFollowsTheFloor) {
  const std::vector<Scenario> scenarios = EventSuite::Scenarios("Lamp");
  ASSERT_FALSE(scenarios.empty());
  Names names;
  for (const Contender& contender : scenarios.front().contenders) {
    names.push_back(contender.name);
  }
  EXPECT_EQ(names, Names({"AtomicFlag", "Lamp", "Event"}));
}

// All scenarios are, without any code that isn't instrumented for sanitizers.
TEST(SubjectTest, IsRun) {
  std::string flags[] = {"subject_test", "--benchmark_filter=-Slot|:10000",
                         "--benchmark_min_time=0.0001",
                         "--benchmark_repetitions=2"};
  std::vector<char*> argv;
  for (std::string& flag : flags) argv.push_back(flag.data());
  testing::internal::CaptureStdout();
  EXPECT_EQ(syncbench::RunSuites<EventSuite>(static_cast<int>(argv.size()),
                                             argv.data(), "Lamp"),
            0);
  const std::string table = testing::internal::GetCapturedStdout();
  EXPECT_NE(table.find("Lamp"), table.npos) << table;
  EXPECT_NE(table.find("AtomicFlag"), table.npos) << table;
}

}  // namespace

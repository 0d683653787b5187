// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/subject.h"

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "benchmarks/callback_scenarios.h"
#include "benchmarks/floors.h"
#include "benchmarks/runner.h"
#include "gtest/gtest.h"
#include "sync/event.h"

namespace {

using syncbench::Contender;
using syncbench::EventSuite;
using syncbench::Role;
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
  static constexpr Role kRole = Role::kWithinReach;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() const {}
  void Pulse() {}
};
SYNC_BENCHMARK_SUBJECT("Slot", Slot);

// Has waits without time, and two more ways to wait.
struct Bell : syncbench::FunctionList {
  auto AsyncTryWait() { return flag.AsyncTryWait(); }
  void Pulse() { ++pulses; }
  struct Watch {
    explicit Watch(Bell& watched) : bell(watched) {}
    void Next() { syncbench::Require(++seen <= bell.pulses, "it has blocked"); }
    Bell& bell;
    int seen = 0;
  };
  syncbench::AtomicFlag flag;
  int pulses = 0;
};
SYNC_BENCHMARK_SUBJECT("Bell", Bell);

// Its threads never sleep.
class Spin {
 public:
  void Set() { set_ = true; }
  void Clear() { set_ = false; }
  void Wait() const {
    while (!set_) std::this_thread::yield();
  }
  void Pulse() { ++pulses_; }
  void WaitPast(uint64_t pulses) const {
    while (pulses_ <= pulses) std::this_thread::yield();
  }

 private:
  std::atomic<bool> set_{false};
  std::atomic<uint64_t> pulses_{0};
};
SYNC_BENCHMARK_SUBJECT("Spin", Spin);

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
  EXPECT_EQ(ScenariosWith("Bell"),
            Names({"SetAndClear", "SetWhenSet", "PulseNobody", "AwaitNoTime",
                   "PulseAndNext", "AddCallback", "OneCallback"}));
  EXPECT_EQ(ScenariosWith("Stone"), Names());
}

TEST(SubjectTest, TheOneOfInterestFollowsTheFloor) {
  const std::vector<Scenario> scenarios = EventSuite::Scenarios("Lamp");
  ASSERT_FALSE(scenarios.empty());
  Names names;
  for (const Contender& contender : scenarios.front().contenders) {
    names.push_back(contender.name);
  }
  EXPECT_EQ(names, Names({"AtomicFlag", "Lamp", "Event", "Toy"}));
}

// The roles that the contender has in its scenarios.
std::set<Role> RolesOf(const std::string& name) {
  std::set<Role> roles;
  for (const Scenario& scenario : EventSuite::Scenarios("Lamp")) {
    for (const Contender& contender : scenario.contenders) {
      if (contender.name == name) roles.insert(contender.role);
    }
  }
  return roles;
}

TEST(SubjectTest, IsAPeerUnlessItsClassSaysOtherwise) {
  EXPECT_EQ(RolesOf("Bell"), std::set{Role::kPeer});
  EXPECT_EQ(RolesOf("Slot"), std::set{Role::kWithinReach});
}

TEST(SubjectTest, AFloorIsOneUnlessItsClassSaysOtherwise) {
  EXPECT_EQ(RolesOf("AtomicFlag"), std::set{Role::kFloor});
  EXPECT_EQ(RolesOf("MutexCondVar"), std::set{Role::kPeer});
}

// Runs what the filter names; returns what the program prints.
std::string PrintedOf(const std::string& filter) {
  std::string flags[] = {"subject_test", "--benchmark_filter=" + filter,
                         "--benchmark_min_time=0.0001",
                         "--benchmark_repetitions=2"};
  std::vector<char*> argv;
  for (std::string& flag : flags) argv.push_back(flag.data());
  testing::internal::CaptureStdout();
  EXPECT_EQ(syncbench::RunSuites<EventSuite>(static_cast<int>(argv.size()),
                                             argv.data(), "Lamp"),
            0);
  return testing::internal::GetCapturedStdout();
}

// Of the row, its ratios and the floor's name; empty without such a row.
std::string RowOf(const std::string& printed, const std::string& row) {
  const size_t begin = printed.find("\n" + row + " ");
  if (begin == printed.npos) return "";
  return printed.substr(begin + 1, printed.find('\n', begin + 1) - begin - 1);
}

TEST(SubjectTest, AFilterThatNamesOneRunsItAgainstTheFloorAndTheOneOfInterest) {
  const std::string printed = PrintedOf("Toy");
  EXPECT_TRUE(std::regex_match(
      RowOf(printed, "IsSet"),
      std::regex(R"(IsSet +[0-9.]+ +[0-9.]+ +[0-9.]+ \w+ +AtomicFlag)")))
      << printed;
  EXPECT_EQ(printed.find(" Event"), printed.npos) << printed;
  // Which it has no function for.
  EXPECT_EQ(RowOf(printed, "PulseNobody"), "") << printed;
}

TEST(SubjectTest, AFilterMayNameTheWayOfMeasuringOrTheOthers) {
  EXPECT_NE(RowOf(PrintedOf("RegisterEvent/coroutines:100/manual_time$"),
                  "Register/coroutines:100"),
            "");
  const std::string printed = PrintedOf("-Toy|Event|Slot|:");
  EXPECT_NE(RowOf(printed, "IsSet"), "") << printed;
  EXPECT_EQ(printed.find("Toy"), printed.npos) << printed;
}

TEST(SubjectTest, AFilterThatIsNoRegularExpressionIsTold) {
  std::string flags[] = {"subject_test", "--benchmark_filter=Toy("};
  char* argv[] = {flags[0].data(), flags[1].data(), nullptr};
  testing::internal::CaptureStderr();
  EXPECT_EQ(syncbench::RunSuites<EventSuite>(2, argv, "Lamp"), 1);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("Could not compile"),
            std::string::npos);
}

// But has its figures in the others, as have those that it is compared with.
TEST(SubjectTest, HasNoTimeWhereItsThreadsAreToSleepAndDoNot) {
  const std::string printed = PrintedOf(
      "BM_(PingPong|PingPongParked|BroadcastCaller|PulseLosses)(Event|Spin)"
      "(/processors:1|/threads:4)/");
  const std::string ratio = " +[0-9.]+";
  EXPECT_TRUE(std::regex_match(RowOf(printed, "PingPong/processors:1"),
                               std::regex("\\S+" + ratio + ratio + ".*Flag")))
      << printed;
  for (const std::string row :
       {"PingPongParked/processors:1", "PulseLosses/threads:4"}) {
    EXPECT_TRUE(std::regex_match(
        RowOf(printed, row),
        std::regex("\\S+" + ratio + " +-" + ratio + " \\w+ .*")))
        << printed;
  }
  for (const std::string name :
       {"PingPongParkedSpin/processors:1", "BroadcastCallerSpin/threads:4",
        "PulseLossesSpin/threads:4"}) {
    EXPECT_NE(printed.find("\nBM_" + name + ": its threads don't sleep\n"),
              printed.npos)
        << printed;
  }
}

// All scenarios are, without any code that isn't instrumented for sanitizers.
TEST(SubjectTest, IsRun) {
  const std::string table = PrintedOf("-Slot|Spin|Toy|:10000");
  EXPECT_NE(table.find("Lamp"), table.npos) << table;
  EXPECT_NE(table.find("AtomicFlag"), table.npos) << table;
}

}  // namespace

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/runner.h"
#include "gtest/gtest.h"

namespace syncbench {
namespace {

void Nothing(benchmark::State&) {}

TEST(DescribeTest, SaysWhatAScenarioIs) {
  const Scenario scenario = {
      .name = "Look",
      .title = "one \"look\"",
      .measure = Measure::kReal,
      .contenders = {{.name = "Floor", .body = Nothing, .role = Role::kFloor},
                     {"Ours", Nothing}},
      .targets = {{1.05}}};
  EXPECT_EQ(Describe("Ours", {scenario}, {}),
            R"({"ours": "Ours",
 "absent": [],
 "scenarios": [
  {"name": "Look", "title": "one \"look\"",
   "argument": null, "values": [], "measure": "real", "per": null,
   "floor": "Floor", "contenders": ["Floor", "Ours"],
   "roles": {"Floor": "floor"}, "most": {},
   "targets": [{"value": null, "ratio": 1.05, "baseline": "Floor"}]}]}
)");
}

TEST(DescribeTest, HasATargetForEachValueThatItNames) {
  const Scenario scenario = {
      .name = "Touch",
      .title = "touches",
      .measure = Measure::kManual,
      .contenders = {{"Floor", Nothing},
                     {"Ours", Nothing},
                     {"Peer", Nothing, 64}},
      .argument = "n",
      .values = {1, 64, 256},
      .shared = true,
      .targets = {{0.1, "Peer", {64, 256}}, {2, "", {1}}}};
  EXPECT_EQ(Describe("Ours", {scenario}, {}),
            R"({"ours": "Ours",
 "absent": [],
 "scenarios": [
  {"name": "Touch", "title": "touches",
   "argument": "n", "values": [1, 64, 256], "measure": "manual", "per": "n",
   "floor": "Floor", "contenders": ["Floor", "Ours", "Peer"],
   "roles": {"Floor": "peer", "Peer": "peer"}, "most": {"Peer": 64},
   "targets": [{"value": 64, "ratio": 0.1, "baseline": "Peer"}, )"
            R"({"value": 256, "ratio": 0.1, "baseline": "Peer"}, )"
            R"({"value": 1, "ratio": 2, "baseline": "Floor"}]}]}
)");
}

TEST(DescribeTest, SaysTheRoleOfEachButOurs) {
  const Scenario scenario = {
      .name = "Look",
      .contenders = {
          {.name = "Plain", .body = Nothing, .role = Role::kBaseline},
          {.name = "Ours", .body = Nothing, .role = Role::kFloor},
          {.name = "Bare", .body = Nothing, .role = Role::kWithinReach},
          {"Peer", Nothing}}};
  const std::string json = Describe("Ours", {scenario}, {});
  EXPECT_NE(json.find(R"("roles": {"Plain": "baseline", )"
                      R"("Bare": "within reach", "Peer": "peer"})"),
            json.npos)
      << json;
}

TEST(DescribeTest, HasNoTargetRelativeToWhoIsAbsent) {
  const Scenario scenario = {.name = "Look",
                             .contenders = {{"Floor", Nothing}},
                             .targets = {{1, "Peer"}}};
  const std::string json =
      Describe("Ours", {scenario}, {{"Peer", "libpeer-dev"}});
  EXPECT_NE(
      json.find(R"("absent": [{"peer": "Peer", "package": "libpeer-dev"}])"),
      json.npos)
      << json;
  EXPECT_NE(json.find(R"("targets": [])"), json.npos) << json;
}

}  // namespace
}  // namespace syncbench

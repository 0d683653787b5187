// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Scenarios that are written once, for whatever class has what they need.

#ifndef SYNC_BENCHMARKS_SUITE_H_
#define SYNC_BENCHMARKS_SUITE_H_

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/runner.h"

namespace syncbench {

// Who is absent from this program; see SYNC_BENCHMARK_ABSENT().
inline std::vector<Absent>& AbsentPeers() {
  static std::vector<Absent> absent;
  return absent;
}

// The scenarios of a program and their contenders. Each of them is a class:
//
//   struct Look {
//     static Scenario Describe();  // All but the contenders.
//     using Floor = ...;           // Has a kName; a floor, if no kRole.
//     template <Lookable S>        // What a subject needs.
//     static void Run(benchmark::State& state);
//   };
//
// Subjects are added before main(). One is a peer, unless its class has another
// kRole:
//
//   static constexpr syncbench::Role kRole = syncbench::Role::kWithinReach;
template <class... All>
class Suite {
 public:
  // Adds a class to the scenarios that it has the functions for. Always true.
  template <class Subject>
  static bool Add(const std::string& name) {
    (AddIfFits<All, Subject>(name), ...);
    return true;
  }

  // Adds to one scenario only: a subject, or what no class can be. Always true.
  template <class One>
  static bool AddTo(const Contender& contender) {
    ContendersOf<One>().push_back(contender);
    return true;
  }

  // Those that have contenders besides the floor; `ours` is the first of these.
  static std::vector<Scenario> Scenarios(const std::string& ours) {
    std::vector<Scenario> scenarios;
    (AppendScenario<All>(ours, scenarios), ...);
    return scenarios;
  }

 private:
  template <class One>
  static std::vector<Contender>& ContendersOf() {
    static std::vector<Contender> contenders;
    return contenders;
  }

  template <class Subject>
  static constexpr Role RoleOf(Role otherwise) {
    if constexpr (requires { Subject::kRole; }) {
      return Subject::kRole;
    } else {
      return otherwise;
    }
  }

  template <class One, class Subject>
  static void AddIfFits(const std::string& name) {
    if constexpr (requires(benchmark::State& state) {
                    One::template Run<Subject>(state);
                  }) {
      AddTo<One>({.name = name,
                  .body = &One::template Run<Subject>,
                  .role = RoleOf<Subject>(Role::kPeer)});
    }
  }

  // The order in which files of a program add something isn't known.
  template <class One>
  static void AppendScenario(const std::string& ours,
                             std::vector<Scenario>& scenarios) {
    using Floor = typename One::Floor;
    std::vector<Contender> others = ContendersOf<One>();
    // A floor may be a subject, too.
    std::erase_if(others,
                  [](const Contender& c) { return c.name == Floor::kName; });
    if (others.empty()) return;
    std::sort(others.begin(), others.end(),
              [&](const Contender& a, const Contender& b) {
                return std::tuple(a.name != ours, a.name) <
                       std::tuple(b.name != ours, b.name);
              });
    Scenario scenario = One::Describe();
    scenario.contenders = {{.name = Floor::kName,
                            .body = &One::template Run<Floor>,
                            .role = RoleOf<Floor>(Role::kFloor)}};
    scenario.contenders.insert(scenario.contenders.end(), others.begin(),
                               others.end());
    scenarios.push_back(std::move(scenario));
  }
};

// The program: the scenarios of one suite after the other.
template <class... Suites>
int RunSuites(int argc, char** argv, const std::string& ours) {
  std::vector<Scenario> all;
  const auto append = [&](const std::vector<Scenario>& scenarios) {
    all.insert(all.end(), scenarios.begin(), scenarios.end());
  };
  (append(Suites::Scenarios(ours)), ...);
  return RunScenarios(argc, argv, ours, all, AbsentPeers());
}

}  // namespace syncbench

namespace syncbench {

// So that SYNC_BENCHMARK_ADD() takes a suite by either name.
namespace syncbench = ::syncbench;

}  // namespace syncbench

// Adds a class to a suite: SYNC_BENCHMARK_ADD(PoolSuite, "Asio", AsioPool). The
// suite's name may be qualified, as in syncbench::PoolSuite.
#define SYNC_BENCHMARK_ADD(suite, name, ...) \
  SYNC_BENCHMARK_AT_START(::syncbench::suite::Add<__VA_ARGS__>(name))

// Says that somebody would take part if a package of Debian's were installed.
#define SYNC_BENCHMARK_ABSENT(peer, package) \
  SYNC_BENCHMARK_AT_START(                   \
      (::syncbench::AbsentPeers().push_back({peer, package}), true))

#define SYNC_BENCHMARK_AT_START(...)                                  \
  [[maybe_unused]] static const bool SYNC_BENCHMARK_ADDED(__LINE__) = \
      __VA_ARGS__
#define SYNC_BENCHMARK_ADDED(line) SYNC_BENCHMARK_ADDED_AT(line)
#define SYNC_BENCHMARK_ADDED_AT(line) sync_benchmark_added_##line

#endif  // SYNC_BENCHMARKS_SUITE_H_

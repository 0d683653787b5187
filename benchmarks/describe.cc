// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "benchmarks/runner.h"

namespace syncbench {
namespace {

// Names and titles have nothing else to be escaped.
std::string Json(const std::string& text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

std::string Json(int64_t value) { return std::to_string(value); }

std::string Json(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

std::string Json(Measure measure) {
  switch (measure) {
    case Measure::kCpu:
      return Json("cpu");
    case Measure::kReal:
      return Json("real");
    case Measure::kManual:
      return Json("manual");
  }
  return "null";
}

std::string Json(Role role) {
  switch (role) {
    case Role::kPeer:
      return Json("peer");
    case Role::kFloor:
      return Json("floor");
    case Role::kBaseline:
      return Json("baseline");
    case Role::kWithinReach:
      return Json("within reach");
  }
  return "null";
}

std::string NameOrNull(const std::string& name) {
  return name.empty() ? "null" : Json(name);
}

// One after the other, each of them as `to_json` says.
template <class T, class F>
std::string Joined(const std::vector<T>& items, const char* separator,
                   F to_json) {
  std::string json;
  for (const T& item : items) {
    json += (json.empty() ? "" : separator) + to_json(item);
  }
  return json;
}

template <class T, class F>
std::string List(const std::vector<T>& items, const char* separator,
                 F to_json) {
  return "[" + Joined(items, separator, to_json) + "]";
}

std::string Json(const std::vector<int64_t>& values) {
  return List(values, ", ", [](int64_t value) { return Json(value); });
}

// By name, what `value` says of those contenders for whom `is_told` is true.
template <class P, class F>
std::string ByName(const std::vector<Contender>& contenders, P is_told,
                   F value) {
  std::vector<Contender> told;
  std::copy_if(contenders.begin(), contenders.end(), std::back_inserter(told),
               is_told);
  const auto to_json = [&](const Contender& one) {
    return Json(one.name) + ": " + Json(value(one));
  };
  return "{" + Joined(told, ", ", to_json) + "}";
}

// Of the contenders that don't bear every value of the argument.
std::string Most(const std::vector<Contender>& contenders) {
  return ByName(
      contenders, [](const Contender& one) { return one.most != INT64_MAX; },
      [](const Contender& one) { return one.most; });
}

// Of all but `ours`.
std::string Roles(const std::vector<Contender>& contenders,
                  const std::string& ours) {
  return ByName(
      contenders, [&](const Contender& one) { return one.name != ours; },
      [](const Contender& one) { return one.role; });
}

// One for each value of the argument, of those whose baseline takes part.
std::string Targets(const Scenario& scenario) {
  std::vector<std::string> targets;
  for (const Target& target : scenario.targets) {
    const std::string baseline = target.baseline.empty()
                                     ? scenario.contenders.front().name
                                     : target.baseline;
    if (std::none_of(
            scenario.contenders.begin(), scenario.contenders.end(),
            [&](const Contender& other) { return other.name == baseline; })) {
      continue;
    }
    const auto add = [&](const std::string& value) {
      targets.push_back("{\"value\": " + value +
                        ", \"ratio\": " + Json(target.ratio) +
                        ", \"baseline\": " + Json(baseline) + "}");
    };
    if (scenario.values.empty()) add("null");
    for (const int64_t value : scenario.values) {
      const std::vector<int64_t>& those = target.values;
      if (those.empty() ||
          std::find(those.begin(), those.end(), value) != those.end()) {
        add(Json(value));
      }
    }
  }
  return List(targets, ", ", [](const std::string& target) { return target; });
}

std::string Json(const Scenario& scenario, const std::string& ours) {
  return "\n  {\"name\": " + Json(scenario.name) +
         ", \"title\": " + Json(scenario.title) +
         ",\n   \"argument\": " + NameOrNull(scenario.argument) +
         ", \"values\": " + Json(scenario.values) +
         ", \"measure\": " + Json(scenario.measure) +
         ", \"per\": " + NameOrNull(scenario.shared ? scenario.argument : "") +
         ",\n   \"floor\": " + Json(scenario.contenders.front().name) +
         ", \"contenders\": " +
         List(scenario.contenders, ", ",
              [](const Contender& contender) { return Json(contender.name); }) +
         ",\n   \"roles\": " + Roles(scenario.contenders, ours) +
         ", \"most\": " + Most(scenario.contenders) +
         ",\n   \"targets\": " + Targets(scenario) + "}";
}

std::string Json(const Absent& absent) {
  return "{\"peer\": " + Json(absent.peer) +
         ", \"package\": " + Json(absent.package) + "}";
}

}  // namespace

std::string Describe(const std::string& ours,
                     const std::vector<Scenario>& scenarios,
                     const std::vector<Absent>& absent) {
  return "{\"ours\": " + Json(ours) + ",\n \"absent\": " +
         List(absent, ", ", [](const Absent& peer) { return Json(peer); }) +
         ",\n \"scenarios\": " +
         List(scenarios, ",",
              [&](const Scenario& one) { return Json(one, ours); }) +
         "}\n";
}

}  // namespace syncbench

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

// Of the contenders that don't bear every value of the argument.
std::string Most(const std::vector<Contender>& contenders) {
  std::vector<Contender> limited;
  std::copy_if(contenders.begin(), contenders.end(),
               std::back_inserter(limited),
               [](const Contender& one) { return one.most != INT64_MAX; });
  const auto to_json = [](const Contender& one) {
    return Json(one.name) + ": " + Json(one.most);
  };
  return "{" + Joined(limited, ", ", to_json) + "}";
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

std::string Json(const Scenario& scenario) {
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
  const auto to_json = [](const auto& item) { return Json(item); };
  return "{\"ours\": " + Json(ours) +
         ",\n \"absent\": " + List(absent, ", ", to_json) +
         ",\n \"scenarios\": " + List(scenarios, ",", to_json) + "}\n";
}

}  // namespace syncbench

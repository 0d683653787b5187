// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/ratio_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace syncbench {
namespace {

// How much longer `ours` must take than another subject to be behind it.
constexpr double kBehind = 1.05;

std::string Ratio(double ratio) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.*f", ratio < 100 ? 2 : 0, ratio);
  return buffer;
}

std::string Duration(double nanoseconds) {
  const char* unit = "ns";
  double value = nanoseconds;
  if (value >= 1e6) {
    value /= 1e6;
    unit = "ms";
  } else if (value >= 1e3) {
    value /= 1e3;
    unit = "us";
  }
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%.*f %s", value < 100 ? 2 : 0, value,
                unit);
  return buffer;
}

std::string Left(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string Right(const std::string& text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

RatioTable::RatioTable(std::string ours) : ours_(std::move(ours)) {}

const RatioTable::Time* RatioTable::Row::Find(
    const std::string& subject) const {
  for (const Time& time : times) {
    if (time.subject.name == subject) return &time;
  }
  return nullptr;
}

const RatioTable::Time* RatioTable::Row::Floor() const {
  for (const Time& time : times) {
    if (time.subject.is_floor) return &time;
  }
  return nullptr;
}

void RatioTable::Add(const std::string& row, const Subject& subject,
                     double nanoseconds) {
  auto found = std::find_if(rows_.begin(), rows_.end(),
                            [&](const Row& r) { return r.name == row; });
  if (found == rows_.end()) found = rows_.insert(found, Row{row, {}});
  found->times.push_back({subject, nanoseconds});
  if (!subject.is_floor && std::find(columns_.begin(), columns_.end(),
                                     subject.name) == columns_.end()) {
    columns_.push_back(subject.name);
  }
}

std::string RatioTable::Ratios() const {
  size_t first = 0;
  for (const Row& row : rows_) first = std::max(first, row.name.size());
  std::string text = Left("", first);
  for (const std::string& column : columns_) {
    text += "  " + Right(column, 8);
  }
  text += "  " + Right("floor", 10) + "\n";
  for (const Row& row : rows_) {
    const Time* floor = row.Floor();
    text += Left(row.name, first);
    for (const std::string& column : columns_) {
      const Time* time = row.Find(column);
      const bool both = time != nullptr && floor != nullptr;
      text += "  " +
              Right(both ? Ratio(time->nanoseconds / floor->nanoseconds) : "-",
                    std::max<size_t>(8, column.size()));
    }
    if (floor != nullptr) {
      text += "  " + Right(Duration(floor->nanoseconds), 10) + "  " +
              floor->subject.name;
    } else {
      text += "  " + Right("-", 10);
    }
    text += "\n";
  }
  return text;
}

std::string RatioTable::Behind() const {
  std::string text = "Where " + ours_ + " is behind, by more than 5 %:\n";
  bool anywhere = false;
  for (const Row& row : rows_) {
    const Time* ours = row.Find(ours_);
    if (ours == nullptr) continue;
    for (const Time& other : row.times) {
      if (ours->nanoseconds <= kBehind * other.nanoseconds) continue;
      anywhere = true;
      text += "  " + row.name + ": takes " +
              Ratio(ours->nanoseconds / other.nanoseconds) +
              " times as long as " + other.subject.name +
              (other.subject.is_floor ? ", the floor" : "") + "\n";
    }
  }
  if (!anywhere) text += "  nowhere\n";
  return text;
}

}  // namespace syncbench

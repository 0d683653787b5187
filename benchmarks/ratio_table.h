// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_BENCHMARKS_RATIO_TABLE_H_
#define SYNC_BENCHMARKS_RATIO_TABLE_H_

#include <string>
#include <vector>

namespace syncbench {

// Times of one subject, `ours`, and others, as ratios to the floor of each row.
class RatioTable {
 public:
  struct Subject {
    std::string name;
    bool is_floor;
  };

  explicit RatioTable(std::string ours);

  // Rows and columns come in the order in which they are added first.
  void Add(const std::string& row, const Subject& subject, double nanoseconds);

  bool empty() const { return rows_.empty(); }

  // One line for each row; the floor's own time is there for orientation only.
  std::string Ratios() const;

  // The rows in which somebody needs 5 % less time than `ours`, or still less.
  std::string Behind() const;

 private:
  struct Time {
    Subject subject;
    double nanoseconds;
  };
  struct Row {
    const Time* Find(const std::string& subject) const;
    const Time* Floor() const;

    std::string name;
    std::vector<Time> times;
  };

  std::string ours_;
  std::vector<Row> rows_;
  std::vector<std::string> columns_;  // Subjects that are no floor.
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_RATIO_TABLE_H_

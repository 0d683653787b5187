// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_COSTS_DOCUMENT_H_
#define SYNC_TESTING_COSTS_DOCUMENT_H_

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace synctest::costs {

// In docs/performance.md, `rows` are all those of the table that follows
// `<!-- counts: name -->`.
inline void ExpectDocumented(const std::string& name, const std::string& rows) {
  std::ifstream file("docs/performance.md");
  const std::string mark = absl::StrCat("<!-- counts: ", name, " -->");
  std::string line;
  while (std::getline(file, line) && line != mark) {
  }
  while (std::getline(file, line) && !line.starts_with("| --- ")) {
  }
  std::string documented;
  while (std::getline(file, line) && line.starts_with("|")) {
    absl::StrAppend(&documented, line, "\n");
  }
  EXPECT_EQ(rows, documented) << "Of " << name << " the document must say\n"
                              << rows;
}

}  // namespace synctest::costs

#endif  // SYNC_TESTING_COSTS_DOCUMENT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How much a test has done, in numbers that programs can read.

#ifndef SYNC_TESTING_TALLY_H_
#define SYNC_TESTING_TALLY_H_

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace synctest {

// Adds `count` to the property `key` of the test that runs. Properties are part
// of GoogleTest's XML, which Bazel keeps beside the log as test.xml;
// tools/evidence.py reads them there.
//
// Thread safety: for the thread that runs the test.
inline void Tally(const std::string& key, int64_t count) {
  const testing::TestResult& test =
      *testing::UnitTest::GetInstance()->current_test_info()->result();
  for (int i = 0; i < test.test_property_count(); ++i) {
    if (test.GetTestProperty(i).key() == key)
      count += std::stoll(test.GetTestProperty(i).value());
  }
  testing::Test::RecordProperty(key, std::to_string(count));
}

}  // namespace synctest

#endif  // SYNC_TESTING_TALLY_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Which test runs.

#ifndef SYNC_TESTING_RUNNING_TEST_H_
#define SYNC_TESTING_RUNNING_TEST_H_

#include <string>

#include "gtest/gtest.h"

namespace synctest {

// The test that runs, as GoogleTest's filter has it: "Suite.Test".
inline std::string RunningTest() {
  const testing::TestInfo& test =
      *testing::UnitTest::GetInstance()->current_test_info();
  return std::string(test.test_suite_name()) + "." + test.name();
}

}  // namespace synctest

#endif  // SYNC_TESTING_RUNNING_TEST_H_

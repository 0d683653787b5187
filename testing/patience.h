// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_PATIENCE_H_
#define SYNC_TESTING_PATIENCE_H_

#include <chrono>
#include <cstdlib>

namespace synctest {

// After which what has not come is taken for lost: two minutes, or as many
// seconds as the environment variable SYNCTEST_PATIENCE says.
inline std::chrono::seconds Patience() {
  const char* const seconds = std::getenv("SYNCTEST_PATIENCE");
  return std::chrono::seconds(seconds == nullptr ? 120 : std::atoi(seconds));
}

}  // namespace synctest

#endif  // SYNC_TESTING_PATIENCE_H_

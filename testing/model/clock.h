// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Vector clocks: what happens before what.

#ifndef SYNC_TESTING_MODEL_CLOCK_H_
#define SYNC_TESTING_MODEL_CLOCK_H_

#include <algorithm>
#include <cstdint>

#include "testing/model/engine.h"

namespace synctest::model {

struct Clock {
  uint32_t at[kMaxFibers] = {};

  void Join(const Clock& other) noexcept {
    for (int i = 0; i < kMaxFibers; ++i) at[i] = std::max(at[i], other.at[i]);
  }
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_CLOCK_H_

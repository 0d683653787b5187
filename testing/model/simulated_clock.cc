// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/simulated_clock.h"

#include <functional>

#include "absl/time/time.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace synctest::model {

Exploration Simulate(const std::function<void()>& scenario) {
  return Explore({.budget = 0, .executions = 1, .steps = 1'000'000}, scenario);
}

absl::Duration SimulatedTime() noexcept {
  return absl::Nanoseconds(LastNow() - kStartOfTime);
}

}  // namespace synctest::model

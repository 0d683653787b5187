// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Bugs that other libraries shipped, and the search for them.

#ifndef SYNC_TESTING_SHAME_SHAME_H_
#define SYNC_TESTING_SHAME_SHAME_H_

#include <cstdint>
#include <functional>
#include <string>

#include "testing/model/engine.h"

namespace synctest {

// Which of two variants of a piece of code, that differ by one mistake.
enum class Code : uint8_t { kShipped, kMended };

// Expects that the explorer finds a failure of scenario(Code::kShipped) whose
// description contains `what`, and that scenario(Code::kMended) has none within
// the same budget, at least 1, so that it is the mistake which was found.
//
// The search is a user's who knows nothing of the bug but what the machine must
// be able to do: all executions within a budget of 0, then 1, and so on. Prints
// how long that took and what was found, and records the properties
// "executions", of all budgets together, and "budget" of the test. Returns the
// table of what was found.
std::string ExpectFound(const std::function<void(Code)>& scenario,
                        const std::string& what,
                        const model::Powers& powers = {});

}  // namespace synctest

#endif  // SYNC_TESTING_SHAME_SHAME_H_

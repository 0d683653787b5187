// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_FUZZ_EVENT_FUZZ_H_
#define SYNC_TESTING_FUZZ_EVENT_FUZZ_H_

#include <functional>

#include "testing/fuzz/event_input.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace synctest::fuzz {

// Runs an input on the model: one execution, and if something is wrong with it
// those that shorten its schedule. Otherwise `after` is called with what
// happened.
model::Exploration RunInput(
    const Input& input,
    const std::function<void(const model::Outcome&)>& after = nullptr);

}  // namespace synctest::fuzz

#endif  // SYNC_TESTING_FUZZ_EVENT_FUZZ_H_

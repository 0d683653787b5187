// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The entry points of libFuzzer.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "testing/fuzz/event_fuzz.h"
#include "testing/fuzz/event_input.h"
#include "testing/model/engine.h"

namespace {

using synctest::model::Outcome;
using synctest::model::Step;

// What libFuzzer takes for the coverage: which step came after which, of the
// same thread or of another one, and the bits that it left or found.
__attribute__((section("__libfuzzer_extra_counters"))) uint8_t steps[1 << 16];

void Cover(const Outcome& outcome) {
  constexpr uint64_t kBits = 31;  // Of an event's word, all but the epoch.
  const Step* last = nullptr;
  for (const Step& step : outcome.steps) {
    if (!IsStep(step.action)) continue;
    if (last != nullptr) {
      uint64_t hash = last->where.line();
      hash = hash * 4099 + step.where.line();
      hash = hash * 33 + (step.after & kBits);
      hash = hash * 2 + (last->thread != step.thread ? 1 : 0);
      uint8_t& count = steps[hash * 0x9e3779b97f4a7c15 >> 48];
      if (count < UINT8_MAX) ++count;
    }
    last = &step;
  }
}

}  // namespace

// Files are named as seen from where Bazel was called.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* const directory = std::getenv("BUILD_WORKING_DIRECTORY");
  return directory == nullptr ? 0 : chdir(directory);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const synctest::fuzz::Input input = synctest::fuzz::Decode({data, size});
  const auto exploration = synctest::fuzz::RunInput(input, &Cover);
  if (exploration.ok()) return 0;
  std::cerr << synctest::fuzz::Describe(input) << exploration << std::endl;
  if (exploration.failure->WriteSvg("schedule.svg")) {
    std::cerr << "a picture of it: schedule.svg" << std::endl;
  }
  std::abort();
}

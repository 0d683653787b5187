// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The entry points of libFuzzer.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>

#include "testing/fuzz/event_fuzz.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace {

// From which line to which other one the threads were switched is covered, too.
__attribute__((section("__libfuzzer_extra_counters")))
uint8_t switches[1 << 14];

void CountSwitches(const synctest::model::Outcome& outcome) {
  const synctest::model::Step* last = nullptr;
  for (const synctest::model::Step& step : outcome.steps) {
    if (last != nullptr && last->thread != step.thread) {
      const uint32_t pair = last->where.line() * 1021 + step.where.line();
      uint8_t& count = switches[pair % sizeof(switches)];
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
  const std::span<const uint8_t> input(data, size);
  const synctest::model::Exploration exploration =
      synctest::fuzz::RunInput(input, &CountSwitches);
  if (exploration.ok()) return 0;
  std::cerr << synctest::fuzz::Describe(input) << exploration << std::endl;
  if (exploration.failure->WriteSvg("schedule.svg")) {
    std::cerr << "a picture of it: schedule.svg" << std::endl;
  }
  std::abort();
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Operations on events, and the schedule that they run under, both read from
// the bytes of an input.

#ifndef SYNC_TESTING_FUZZ_EVENT_FUZZ_H_
#define SYNC_TESTING_FUZZ_EVENT_FUZZ_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace synctest::fuzz {

// Every input is legal, and none may fail. From its front on, it is:
//
// - A byte for the machine: 1 has faults, 2 stale reads, 4 reused addresses.
// - Three threads: of each up to six operations, a byte each, and, if there are
//   fewer, a byte that is kEnd. A thread without operations is not started. Of
//   an operation the lower four bits are its Kind, the next says which of two
//   events it is for, and the upper three when it gives up: Limits.
// - The schedule: of each byte the upper five bits say how many choices are
//   made in the ordinary way first, and the lower three which option is taken
//   then; 0 is the ordinary one. Once the bytes are used up, so is every
//   choice.
//
// A thread may wait for ever, since the first thread, which has no operations,
// sets or pulses both events whenever nobody else can go on.
enum class Kind : uint8_t {
  kEnd,
  kSet,
  kClear,
  kPulse,
  kIsSet,
  kEpoch,     // Takes a ticket,
  kWaitPast,  // which this waits past.
  kWait,
  kNext,       // Of the thread's own EventWatch.
  kAsyncWait,  // In a coroutine, which then does what the next operation says,
               // if that is one that never waits.
  kAdd,        // The same, in the thread's own Callback.
  kRemove,     // That callback.
  kStop,       // The one token of all waits.
  kLend,       // Makes an event of its own, waits, and destroys it.
  kRepay,      // Sets the event that was lent, if nobody else has.
  kYield,
};

// Runs an input. If something is wrong, the failure is of the schedule
// shortened; `after` is called with what happened if nothing is.
model::Exploration RunInput(
    std::span<const uint8_t> input,
    const std::function<void(const model::Outcome&)>& after = nullptr);

// The input in words.
std::string Describe(std::span<const uint8_t> input);

}  // namespace synctest::fuzz

#endif  // SYNC_TESTING_FUZZ_EVENT_FUZZ_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Operations on events, and the schedule that they run under, as the bytes of
// an input. Each input is legal, and nothing must be wrong with any. From its
// front on, it is:
//
// - A byte for the machine: 1 has faults, 2 stale reads, 4 reused addresses.
// - Three threads: of each up to six operations, a byte each, and, if there are
//   fewer, a byte that is kEnd. A thread without operations is not started. Of
//   an operation the lower four bits are its Kind, the next one says which of
//   two events it is for, and the upper three are its Limits.
// - The schedule: of each byte the upper five bits say how many choices are
//   made in the ordinary way first, and the lower three which option is taken
//   then; 0 is the ordinary one. When the bytes are used up, all choices are
//   ordinary ones.
//
// Any thread may wait for ever, since the first thread, which has no
// operations, sets or pulses both events whenever nobody else can go on.

#ifndef SYNC_TESTING_FUZZ_EVENT_INPUT_H_
#define SYNC_TESTING_FUZZ_EVENT_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "testing/model/engine.h"

namespace synctest::fuzz {

inline constexpr int kThreads = 3;
inline constexpr int kMostOperations = 6;  // Of a thread.
inline constexpr int kMostAsync = 4;  // Of them all; the others are kWaiters.
inline constexpr int kEvents = 2;

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
  kLend,       // Makes an event, waits for it in a way that the limits choose,
               // and destroys it.
  kRepay,      // Sets the event that was lent, if nobody else has.
  kWaiters,    // Counts them, which takes the list.
};

// When a wait gives up.
enum class Limits : uint8_t {
  kNone,
  kShort,  // Before the first thread sets the events.
  kLong,   // After that.
  kToken,
  kShortAndToken,
  kTime,  // On the wall clock.
  kTry,
  kTryAndToken,
};

struct Operation {
  Kind kind = Kind::kEnd;
  int event = 0;
  Limits limits = Limits::kNone;
};

struct Input {
  model::Powers powers;
  Operation threads[kThreads][kMostOperations + 1];  // Each ends with a kEnd.
  std::span<const uint8_t> schedule;
};

Input Decode(std::span<const uint8_t> bytes);

// The operations, for people.
std::string Describe(const Input& input);

// Makes the choices that the bytes say.
class Schedule final : public model::Chooser {
 public:
  explicit Schedule(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  size_t Choose(const model::Choice& choice) override;

 private:
  const std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  int ordinary_ = 0;  // Choices, since the byte before.
};

}  // namespace synctest::fuzz

#endif  // SYNC_TESTING_FUZZ_EVENT_INPUT_H_

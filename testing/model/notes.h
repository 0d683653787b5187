// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a scenario says of itself, for people who read of its failure. Nothing
// here is a step: interleavings and schedules are the same without it.

#ifndef SYNC_TESTING_MODEL_NOTES_H_
#define SYNC_TESTING_MODEL_NOTES_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "testing/model/engine.h"

namespace synctest::model {

void NameMemory(const void* address, size_t size, const char* name,
                Format format) noexcept;

// Names the object, also for those who touch it when it is gone, until an
// atomic object is made in its place. Of objects in one another, a location
// belongs to the one that was named last. `format` says what the values of
// atomic objects in it mean.
template <class T>
void Name(const T& object, const char* name, Format format = nullptr) noexcept {
  NameMemory(std::addressof(object), sizeof(T), name, format);
}

// A call of a function of an object, which a failure shows where it begins and
// where it ends. The object may be gone by then.
struct Call {
  const void* object;
  const char* function;  // As in "Wait()". Outlives the failure.
  Place where;

  // `how`: kCall, or kAwait.
  void Begin(Action how = Action::kCall) const noexcept;
  // `format` says what the result means; null: there is none.
  void End(uint64_t result = 0, Format format = nullptr) const noexcept;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_NOTES_H_

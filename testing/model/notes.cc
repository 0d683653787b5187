// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/notes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "testing/model/engine.h"
#include "testing/model/machine.h"

namespace synctest::model {

void Machine::Note(Step step) {
  step.is_paid = std::exchange(has_paid_, false);
  outcome_.steps.push_back(step);
}

void Machine::Name(const void* address, size_t size, const char* name,
                   Format format) {
  outcome_.objects.push_back({.address = static_cast<const char*>(address),
                              .size = size,
                              .name = name,
                              .format = format,
                              .begin = outcome_.steps.size(),
                              .end = SIZE_MAX});
}

void Machine::EndNames(const void* address) {
  for (NamedObject& object : outcome_.objects) {
    if (object.Has(address)) {
      object.end = std::min(object.end, outcome_.steps.size());
    }
  }
}

void NameMemory(const void* address, size_t size, const char* name,
                Format format) noexcept {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Name(address, size, name, format);
}

void Call::Begin(Action how) const noexcept {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Note({.thread = m.current(),
          .action = how,
          .address = object,
          .where = where,
          .note = function});
}

void Call::End(uint64_t result, Format format) const noexcept {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Note({.thread = m.current(),
          .action = Action::kReturn,
          .address = object,
          .after = result,
          .where = where,
          .note = function,
          .format = format});
}

int ThreadOfStack(const void* location) noexcept {
  const Machine& m = machine();
  for (int i = 0; i < kMaxFibers; ++i) {
    const auto& stack = m.fibers_[i].stack;
    if (stack != nullptr && stack->Has(location)) return i;
  }
  return -1;
}

}  // namespace synctest::model

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "testing/model/clock.h"

namespace synctest::model {

void Location::Begin(uint64_t value) noexcept {
  destroyed = false;
  newest = newest_sc = 0;
  std::fill(std::begin(seen), std::end(seen), 0);
  used = Clock();
  store(0) = {.value = value,
              .releases = false,
              .is_sc = false,
              .release = {},
              .known = {}};
}

Location* Locations::Find(const void* address, uint32_t generation,
                          Location** free) noexcept {
  *free = nullptr;
  size_t i = Hash(reinterpret_cast<uintptr_t>(address), kSize);
  for (size_t tries = 0; tries < kSize; ++tries, i = (i + 1) % kSize) {
    Location& location = table_[i];
    if (location.generation != generation) {
      *free = &location;
      return nullptr;
    }
    if (location.address == address) return &location;
  }
  return nullptr;
}

}  // namespace synctest::model

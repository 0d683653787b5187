// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "testing/model/clock.h"

namespace synctest::model {
namespace {

size_t Hash(uintptr_t address, size_t size) {
  return (address * 0x9e3779b97f4a7c15u >> 40) % size;
}

}  // namespace

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

Granule* Granules::Get(uintptr_t address, uint32_t generation) noexcept {
  size_t i = Hash(address, kSize);
  for (size_t tries = 0; tries < kSize; ++tries, i = (i + 1) % kSize) {
    Granule& granule = table_[i];
    if (granule.generation != generation) {
      granule.address = address;
      granule.generation = generation;
      granule.used = granule.next = 0;
      return &granule;
    }
    if (granule.address == address) return &granule;
  }
  return nullptr;
}

}  // namespace synctest::model

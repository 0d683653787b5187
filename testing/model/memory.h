// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The memory of the model: atomic locations with the values that they had, and
// who has touched the rest.

#ifndef SYNC_TESTING_MODEL_MEMORY_H_
#define SYNC_TESTING_MODEL_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "testing/model/clock.h"
#include "testing/model/engine.h"

namespace synctest::model {

inline bool IsSc(std::memory_order order) {
  return order == std::memory_order_seq_cst;
}

// The value of `size` bytes, and back.
inline uint64_t Read(const void* address, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, address, size);
  return value;
}
inline void Write(void* address, size_t size, uint64_t value) {
  std::memcpy(address, &value, size);
}

inline size_t Hash(uintptr_t address, size_t size) {
  return (address * 0x9e3779b97f4a7c15u >> 40) % size;
}

// One store to an atomic object.
struct StoreRecord {
  uint64_t value;
  bool releases;  // Whether `release` says anything.
  bool is_sc;
  Clock release;  // What a load that acquires this learns.
  // For each thread: when, on its own part of its clock, it first knew of this
  // store, by reading or making it; 0: it doesn't. Whoever comes after that
  // reads nothing older.
  Clock known;
};

// An atomic object. Its stores are numbered; the last few are remembered.
struct Location {
  static constexpr uint32_t kHistory = 16;

  const void* address;
  uint32_t generation;  // Of the execution.
  bool destroyed;
  uint32_t newest;     // The number of the last store.
  uint32_t newest_sc;  // Of the last one that was sequentially consistent.
  uint32_t seen[kMaxFibers];  // The last store that each thread knows of.
  Clock used;                 // When each thread last used it.
  StoreRecord stores[kHistory];

  StoreRecord& store(uint32_t number) { return stores[number % kHistory]; }

  // A new object, with its first value.
  void Begin(uint64_t value) noexcept;
};

// By address. Forgets everything by a change of generation.
class Locations {
 public:
  static constexpr size_t kSize = 1024;

  // Null: unknown; `*free` is where it can be put, or null if all is full.
  Location* Find(const void* address, uint32_t generation,
                 Location** free) noexcept;

 private:
  Location table_[kSize] = {};
};

// The last accesses to eight bytes that are not atomic.
struct Cell {
  uint32_t epoch;
  uint8_t thread;
  uint8_t bytes;     // Which of the eight.
  Action action;     // kRead, kWrite or kFree.
  uint32_t step;     // After which of the execution it was.
  const void* code;  // By which instruction.
};

struct Granule {
  static constexpr int kCells = 4;
  static constexpr uint8_t kNobody = 255;

  // Newly allocated, or first touched.
  void Begin() noexcept {
    used = next = 0;
    freed_by = kNobody;
  }

  uintptr_t address;
  uint32_t generation;
  uint8_t used;
  uint8_t next;      // To be overwritten.
  uint8_t freed_by;  // The thread that has freed the memory.
  Cell cells[kCells];
};

class Granules {
 public:
  static constexpr size_t kSize = 1 << 14;

  // Null: too many. Inline, for each plain access asks once or twice.
  Granule* Get(uintptr_t address, uint32_t generation) noexcept {
    // Eight neighbors are neighbors in the table, too.
    size_t i = Hash(address / 8, kSize / 8) * 8 + address % 8;
    for (size_t tries = 0; tries < kSize; ++tries, i = (i + 1) % kSize) {
      Granule& granule = table_[i];
      if (granule.generation != generation) {
        granule.address = address;
        granule.generation = generation;
        granule.Begin();
        return &granule;
      }
      if (granule.address == address) return &granule;
    }
    return nullptr;
  }

 private:
  Granule table_[kSize] = {};
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_MEMORY_H_

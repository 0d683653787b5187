// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>

#include "testing/model/clock.h"
#include "testing/model/engine.h"
#include "testing/model/machine.h"
#include "testing/model/memory.h"

namespace synctest::model {
namespace {

bool Acquires(std::memory_order order) {
  return order == std::memory_order_acquire ||
         order == std::memory_order_consume ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}
bool Releases(std::memory_order order) {
  return order == std::memory_order_release ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

}  // namespace

Location& Machine::Use(const void* address, size_t size, Place where) {
  Location& location = At(address, size, where);
  location.used.at[current_] = self().clock.at[current_];
  return location;
}

Location& Machine::At(const void* address, size_t size, Place where) {
  CheckLive(address, size, "an atomic access to", where);
  Location* free;
  Location* location = locations_.Find(address, generation_, &free);
  if (location != nullptr) {
    if (location->destroyed) {
      FailToUse(address, where,
                "an atomic access to an object that was destroyed");
    }
    return *location;
  }
  if (free == nullptr) Fail("more atomic objects than the model has");
  free->address = address;
  free->generation = generation_;
  free->Begin(Read(address, size));
  return *free;
}

// The oldest store that a load by this thread may still read.
uint32_t Machine::Floor(Location& location, std::memory_order order) {
  if (!powers_.stale_reads) return location.newest;
  uint32_t floor = location.seen[current_];
  if (location.newest - floor >= Location::kHistory) {
    floor = location.newest - Location::kHistory + 1;
  }
  if (IsSc(order)) floor = std::max(floor, location.newest_sc);
  const Clock& clock = self().clock;
  for (uint32_t i = location.newest; i > floor; --i) {
    const Clock& known = location.store(i).known;
    for (int thread = 0; thread < kMaxFibers; ++thread) {
      if (known.at[thread] != 0 && known.at[thread] <= clock.at[thread]) {
        return i;
      }
    }
  }
  return floor;
}

// This thread has read the store with the number.
void Machine::Know(Location& location, uint32_t number,
                   std::memory_order order) {
  StoreRecord& store = location.store(number);
  uint32_t& known = store.known.at[current_];
  if (known == 0) known = self().clock.at[current_];
  uint32_t& seen = location.seen[current_];
  seen = std::max(seen, number);
  if (Acquires(order) && store.releases) self().clock.Join(store.release);
}

void Machine::Push(Location& location, uint64_t value, std::memory_order order,
                   const StoreRecord* continues) {
  Clock& clock = self().clock;
  StoreRecord record = {.value = value,
                        .releases = false,
                        .is_sc = IsSc(order),
                        .release = {},
                        .known = {}};
  record.known.at[current_] = clock.at[current_];
  // A release sequence goes on through read-modify-writes.
  if (continues != nullptr && continues->releases) {
    record.releases = true;
    record.release = continues->release;
  }
  if (Releases(order)) {
    record.releases = true;
    record.release.Join(clock);
    ++clock.at[current_];
  }
  location.store(++location.newest) = record;
  location.seen[current_] = location.newest;
  if (record.is_sc) location.newest_sc = location.newest;
  Stirred();
}

// Whose stack it is; -1: nobody's.
int Machine::StackOf(const void* address) const {
  if (fibers_[current_].stack->Has(address)) return current_;
  for (int i = 0; i < kMaxFibers; ++i) {
    const Fiber& fiber = fibers_[i];
    if (fiber.stack != nullptr && fiber.stack->Has(address)) return i;
  }
  return -1;
}

// What the bytes were of, if that is gone; else nothing.
std::optional<std::string> Machine::GoneAt(const void* address, size_t size) {
  const int owner = StackOf(address);
  if (owner == current_) return std::nullopt;
  if (owner >= 0) {
    const Fiber& fiber = fibers_[owner];
    if (fiber.state != Fiber::State::kEnded &&
        fiber.state != Fiber::State::kUnused && address >= fiber.saved) {
      return std::nullopt;
    }
    return "the stack of a function of " + fiber.name + " that has returned";
  }
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  for (uintptr_t i = at / 8; i * 8 < at + size; ++i) {
    const Granule& granule = GranuleOf(i * 8);
    if (granule.freed_by != Granule::kNobody) {
      return "memory that " + fibers_[granule.freed_by].name + " has freed";
    }
  }
  return std::nullopt;
}

void Machine::CheckLive(const void* address, size_t size, const char* how,
                        Place where) {
  if (const auto gone = GoneAt(address, size); gone.has_value()) {
    FailToUse(address, where, how + (" " + *gone));
  }
}

void Machine::FailToUse(const void* address, Place where,
                        const std::string& what) {
  Trace({.thread = current_,
         .action = Action::kUse,
         .address = address,
         .where = where});
  Fail(what);
}

void Machine::FailOfRace(const Cell& cell, const void* address, Action action,
                         const void* code) {
  outcome_.steps.insert(outcome_.steps.begin() + cell.step,
                        {.thread = cell.thread,
                         .action = cell.action,
                         .address = address,
                         .code = cell.code});
  Trace(
      {.thread = current_, .action = action, .address = address, .code = code});
  Fail("a data race: nothing orders step " + std::to_string(cell.step + 1) +
       ", of " + fibers_[cell.thread].name + ", and step " +
       std::to_string(outcome_.steps.size()) + ", of " + self().name);
}

void Machine::CheckRace(const void* address, uint8_t bytes, Action action,
                        const void* code) {
  Granule& granule = GranuleOf(reinterpret_cast<uintptr_t>(address));
  const Clock& clock = self().clock;
  Cell* own = nullptr;
  for (int i = 0; i < granule.used; ++i) {
    Cell& cell = granule.cells[i];
    if (!(cell.bytes & bytes)) continue;
    if (cell.thread == current_) {
      if (cell.bytes == bytes && cell.action == action) own = &cell;
    } else if ((action != Action::kRead || cell.action != Action::kRead) &&
               clock.at[cell.thread] < cell.epoch) {
      FailOfRace(cell, address, action, code);
    }
  }
  if (own == nullptr) {
    if (granule.used < Granule::kCells) {
      own = &granule.cells[granule.used++];
    } else {
      own = &granule.cells[granule.next];
      granule.next = (granule.next + 1) % Granule::kCells;
    }
  }
  *own = {.epoch = clock.at[current_],
          .thread = static_cast<uint8_t>(current_),
          .bytes = bytes,
          .action = action,
          .step = static_cast<uint32_t>(outcome_.steps.size()),
          .code = code};
}

Granule& Machine::GranuleOf(uintptr_t address) {
  Granule* const granule = granules_.Get(address / 8, generation_);
  if (granule == nullptr) Fail("more memory is used than the model has");
  return *granule;
}

void Machine::Touch(const void* address, size_t size, Action action,
                    const void* code) {
  if (const auto gone = GoneAt(address, size); gone.has_value()) {
    Trace({.thread = current_,
           .action = action,
           .address = address,
           .code = code});
    Fail((action == Action::kRead ? "a read of " : "a write to ") + *gone);
  }
  uintptr_t at = reinterpret_cast<uintptr_t>(address);
  const uintptr_t end = at + size;
  while (at < end) {
    const uintptr_t until = std::min(end, (at / 8 + 1) * 8);
    const auto bytes =
        static_cast<uint8_t>(((1u << (until - at)) - 1) << (at % 8));
    CheckRace(reinterpret_cast<const void*>(at), bytes, action, code);
    at = until;
  }
}

void* Machine::Allocate(size_t size) {
  if (self().may_not_allocate) Fail("an allocation where none is allowed");
  const auto last_freed = std::find_if(
      blocks_.rbegin(), blocks_.rend(), [size](const MemoryBlock& block) {
        return block.freed && block.size == size;
      });
  if (last_freed != blocks_.rend()) {
    outcome_.reuses = true;
    if (powers_.reuse_addresses) {
      char* const begin = last_freed->begin;
      blocks_.erase(std::next(last_freed).base());
      blocks_.push_back({begin, size, false});
      for (size_t at = 0; at < size; at += 8) {
        GranuleOf(reinterpret_cast<uintptr_t>(begin + at)).Begin();
      }
      return begin;
    }
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  blocks_.push_back({static_cast<char*>(memory), size, false});
  return memory;
}

void Machine::Free(void* memory, const void* code) {
  for (size_t i = blocks_.size(); i-- > 0;) {
    MemoryBlock& block = blocks_[i];
    if (block.begin != memory) continue;
    if (block.freed) Fail("memory was freed twice");
    // As a write to all of it: who has touched it must be done.
    for (size_t at = 0; at < block.size; at += 8) {
      Touch(block.begin + at, std::min<size_t>(8, block.size - at),
            Action::kFree, code);
      GranuleOf(reinterpret_cast<uintptr_t>(block.begin + at)).freed_by =
          static_cast<uint8_t>(current_);
    }
    Trace({.thread = current_,
           .action = Action::kFree,
           .address = block.begin,
           .code = code});
    block.freed = true;
    return;
  }
  std::free(memory);  // Of before the execution.
}

}  // namespace synctest::model

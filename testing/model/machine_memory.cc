// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
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

// What the bytes were of, if that is gone; else nothing.
std::string Machine::GoneAt(const void* address, size_t size) const {
  const char* const at = static_cast<const char*>(address);
  for (const MemoryBlock& block : blocks_) {
    if (block.freed && at < block.begin + block.size &&
        block.begin < at + size) {
      return "memory that " + fibers_[block.thread].name + " has freed";
    }
  }
  for (int i = 0; i < kMaxFibers; ++i) {
    const Fiber& fiber = fibers_[i];
    if (i == current_ || fiber.stack == nullptr || !fiber.stack->Has(at)) {
      continue;
    }
    if (fiber.state == Fiber::State::kEnded ||
        fiber.state == Fiber::State::kUnused ||
        at < static_cast<const char*>(fiber.saved)) {
      return "the stack of a function of " + fiber.name + " that has returned";
    }
  }
  return "";
}

void Machine::CheckLive(const void* address, size_t size, const char* how,
                        Place where) {
  const std::string gone = GoneAt(address, size);
  if (!gone.empty()) FailToUse(address, where, how + (" " + gone));
}

void Machine::FailToUse(const void* address, Place where,
                        const std::string& what) {
  Trace({.thread = current_,
         .action = Action::kUse,
         .address = address,
         .where = where});
  Fail(what);
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
      continue;
    }
    if ((action != Action::kRead || cell.action != Action::kRead) &&
        clock.at[cell.thread] < cell.epoch) {
      outcome_.steps.insert(outcome_.steps.begin() + cell.step,
                            {.thread = cell.thread,
                             .action = cell.action,
                             .address = address,
                             .code = cell.code});
      Trace({.thread = current_,
             .action = action,
             .address = address,
             .code = code});
      Fail("a data race: nothing orders step " + std::to_string(cell.step + 1) +
           ", of " + fibers_[cell.thread].name + ", and step " +
           std::to_string(outcome_.steps.size()) + ", of " + self().name);
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
  const std::string gone = GoneAt(address, size);
  if (!gone.empty()) {
    Trace({.thread = current_,
           .action = action,
           .address = address,
           .code = code});
    Fail((action == Action::kRead ? "a read of " : "a write to ") + gone);
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
  if (powers_.reuse_addresses) {
    for (size_t i = blocks_.size(); i-- > 0;) {
      MemoryBlock& block = blocks_[i];
      if (!block.freed || block.size != size) continue;
      block.freed = false;
      char* const begin = block.begin;
      std::rotate(blocks_.begin() + static_cast<std::ptrdiff_t>(i),
                  blocks_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  blocks_.end());
      for (size_t at = 0; at < size; at += 8) {
        Granule& granule = GranuleOf(reinterpret_cast<uintptr_t>(begin + at));
        granule.used = granule.next = 0;
      }
      return begin;
    }
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  blocks_.push_back({static_cast<char*>(memory), size, false, 0});
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
    }
    Trace({.thread = current_,
           .action = Action::kFree,
           .address = block.begin,
           .code = code});
    block.freed = true;
    block.thread = current_;
    return;
  }
  std::free(memory);  // Of before the execution.
}

}  // namespace synctest::model

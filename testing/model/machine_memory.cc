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
bool IsSc(std::memory_order order) {
  return order == std::memory_order_seq_cst;
}

uint64_t Read(const void* address, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, address, size);
  return value;
}

void Write(void* address, size_t size, uint64_t value) {
  std::memcpy(address, &value, size);
}

}  // namespace

Location& Machine::Use(const void* address, size_t size) {
  Location& location = At(address, size);
  location.used.at[current_] = self().clock.at[current_];
  return location;
}

Location& Machine::At(const void* address, size_t size) {
  CheckLive(address, size, "an atomic access to");
  Location* free;
  Location* location = locations_.Find(address, generation_, &free);
  if (location != nullptr) {
    if (location->destroyed) {
      Fail("an atomic access to an object that was destroyed");
    }
    return *location;
  }
  if (free == nullptr) Fail("more atomic objects than the model has");
  free->destroyed = false;
  free->address = address;
  free->generation = generation_;
  free->newest = free->newest_sc = 0;
  std::fill(std::begin(free->seen), std::end(free->seen), 0);
  free->used = Clock();
  free->store(0) = {.value = Read(address, size),
                    .releases = false,
                    .is_sc = false,
                    .release = {},
                    .known = {}};
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

void Machine::CheckLive(const void* address, size_t size, const char* how) {
  const std::string gone = GoneAt(address, size);
  if (!gone.empty()) Fail(how + (" " + gone));
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

void Construct(void* address, size_t size) noexcept {
  Machine& m = machine();
  if (!m.executing()) return;
  Inside inside;
  Location* free;
  Location* const location = m.locations_.Find(address, m.generation_, &free);
  if (location == nullptr) return;
  // Another object was here: this one begins anew.
  location->destroyed = false;
  location->newest = location->newest_sc = 0;
  std::fill(std::begin(location->seen), std::end(location->seen), 0);
  location->used = Clock();
  location->store(0) = {.value = Read(address, size),
                        .releases = false,
                        .is_sc = false,
                        .release = {},
                        .known = {}};
}

void Destroy(void* address) noexcept {
  Machine& m = machine();
  if (!m.executing()) return;
  Inside inside;
  Location* free;
  Location* location = m.locations_.Find(address, m.generation_, &free);
  if (location == nullptr && free != nullptr) {
    // Nobody has looked at it, but somebody may.
    location = free;
    location->address = address;
    location->generation = m.generation_;
    location->used = Clock();
  }
  if (location == nullptr) return;
  for (int i = 0; i < kMaxFibers; ++i) {
    if (i != m.current() && location->used.at[i] > m.self().clock.at[i]) {
      m.Trace({.thread = m.current(),
               .action = Action::kDestroy,
               .address = address});
      m.Fail("a data race: " + m.self().name +
             " destroys an atomic object that " + m.fibers_[i].name +
             " has used, and nothing orders the two");
    }
  }
  location->destroyed = true;
}

uint64_t Load(const void* address, size_t size, std::memory_order order,
              Place where) {
  Machine& m = machine();
  if (!m.active()) return Read(address, size);
  Inside inside;
  m.Point();
  Location& location = m.Use(address, size);
  const uint32_t floor = m.Floor(location, order);
  const uint32_t age = static_cast<uint32_t>(
      m.ChooseValue(Choice::About::kValue, location.newest - floor + 1, false));
  const uint32_t number = location.newest - age;
  StoreRecord& store = location.store(number);
  m.Know(location, number, order);
  m.Trace({.thread = m.current(),
           .action = Action::kLoad,
           .order = order,
           .age = static_cast<int>(age),
           .address = address,
           .before = store.value,
           .after = store.value,
           .where = where});
  return store.value;
}

void Store(void* address, size_t size, uint64_t value, std::memory_order order,
           Place where) {
  Machine& m = machine();
  if (!m.active()) return Write(address, size, value);
  Inside inside;
  m.Point();
  Location& location = m.Use(address, size);
  const uint64_t before = location.store(location.newest).value;
  m.Push(location, value, order, nullptr);
  Write(address, size, value);
  m.Trace({.thread = m.current(),
           .action = Action::kStore,
           .order = order,
           .address = address,
           .before = before,
           .after = value,
           .where = where});
}

namespace {

uint64_t Apply(Operator op, uint64_t value, uint64_t operand) {
  switch (op) {
    case Operator::kExchange:
      return operand;
    case Operator::kAdd:
      return value + operand;
    case Operator::kSubtract:
      return value - operand;
    case Operator::kAnd:
      return value & operand;
    case Operator::kOr:
      return value | operand;
    case Operator::kXor:
      return value ^ operand;
  }
  std::abort();
}

uint64_t Truncated(uint64_t value, size_t size) {
  return size == 8 ? value : value & ((uint64_t{1} << 8 * size) - 1);
}

// The step of a read-modify-write, which reads the newest store.
uint64_t Exchange(Machine& m, Location& location, void* address, size_t size,
                  uint64_t next, std::memory_order order, Place where) {
  m.Know(location, location.newest, order);
  const StoreRecord last = location.store(location.newest);
  m.Push(location, next, order, &last);
  Write(address, size, next);
  m.Trace({.thread = m.current(),
           .action = Action::kReadModifyWrite,
           .order = order,
           .address = address,
           .before = last.value,
           .after = next,
           .where = where});
  return last.value;
}

}  // namespace

uint64_t ReadModifyWrite(void* address, size_t size, Operator op,
                         uint64_t operand, std::memory_order order,
                         Place where) {
  Machine& m = machine();
  if (!m.active()) {
    const uint64_t value = Read(address, size);
    Write(address, size, Truncated(Apply(op, value, operand), size));
    return value;
  }
  Inside inside;
  m.Point();
  Location& location = m.Use(address, size);
  const uint64_t value = location.store(location.newest).value;
  return Exchange(m, location, address, size,
                  Truncated(Apply(op, value, operand), size), order, where);
}

bool CompareExchange(void* address, size_t size, uint64_t& expected,
                     uint64_t desired, bool weak, std::memory_order success,
                     std::memory_order failure, Place where) {
  Machine& m = machine();
  if (!m.active()) {
    const uint64_t value = Read(address, size);
    if (value == expected) {
      Write(address, size, desired);
      return true;
    }
    expected = value;
    return false;
  }
  Inside inside;
  m.Point();
  Location& location = m.Use(address, size);
  // What it may fail by: any store that a load may read, and that differs; and
  // a weak one by none at all.
  uint32_t failing[Location::kHistory + 1];
  size_t failures = 0;
  const uint32_t floor = m.Floor(location, failure);
  for (uint32_t i = location.newest + 1; i-- > floor;) {
    if (location.store(i).value != expected) failing[failures++] = i;
  }
  const bool can_exchange = location.store(location.newest).value == expected;
  if (can_exchange && weak && m.powers_.faults &&
      failures < Location::kHistory) {
    failing[failures++] = location.newest;
  }
  const size_t chosen = m.ChooseValue(Choice::About::kValue,
                                      failures + (can_exchange ? 1 : 0), false);
  if (can_exchange && chosen == 0) {
    Exchange(m, location, address, size, desired, success, where);
    return true;
  }
  const uint32_t number = failing[chosen - (can_exchange ? 1 : 0)];
  StoreRecord& store = location.store(number);
  m.Know(location, number, failure);
  m.Trace({.thread = m.current(),
           .action = Action::kFailedExchange,
           .order = failure,
           .age = static_cast<int>(location.newest - number),
           .address = address,
           .before = store.value,
           .after = desired,
           .where = where});
  expected = store.value;
  return false;
}

void Fence(std::memory_order order, Place where) {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Point();
  m.Trace({.thread = m.current(),
           .action = Action::kFence,
           .order = order,
           .where = where});
  if (!IsSc(order)) Fail("only sequentially consistent fences are modelled");
  // As if each fence read from the one before it. That orders more than the
  // language does, for what is not atomic.
  m.self().clock.Join(m.sc_clock_);
  m.sc_clock_.Join(m.self().clock);
  ++m.self().clock.at[m.current()];
}

void PlainAccess(const void* address, size_t size, Action action,
                 const void* code) noexcept {
  Machine& m = machine();
  if (!m.executing()) return;
  Inside inside;
  m.Touch(address, size, action, code);
}

void ExpectAlive(const void* address, size_t size) noexcept {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.CheckLive(address, size, "a use of");
}

void* Allocate(size_t size) {
  Machine& m = machine();
  if (!m.executing()) return std::malloc(size == 0 ? 1 : size);
  Inside inside;
  return m.Allocate(size);
}

NoAllocation::NoAllocation(bool holds) noexcept
    : was_(machine().self().may_not_allocate) {
  if (holds) machine().self().may_not_allocate = true;
}

NoAllocation::~NoAllocation() { machine().self().may_not_allocate = was_; }

void Free(void* block, const void* code) noexcept {
  if (block == nullptr) return;
  Machine& m = machine();
  if (!m.active()) return std::free(block);
  // What the machine itself has allocated is none of the scenario's.
  if (m.inside_) return std::free(block);
  Inside inside;
  m.Free(block, code);
}

}  // namespace synctest::model

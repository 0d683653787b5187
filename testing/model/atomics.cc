// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Atomic operations, plain accesses and the allocator, as steps of the machine.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "testing/model/clock.h"
#include "testing/model/engine.h"
#include "testing/model/machine.h"
#include "testing/model/memory.h"

namespace synctest::model {

void Construct(void* address, size_t size) noexcept {
  Machine& m = machine();
  if (!m.executing()) return;
  Inside inside;
  m.EndNames(address);
  Location* free;
  Location* const location = m.locations_.Find(address, m.generation_, &free);
  if (location == nullptr) return;
  // Another object was here: this one begins anew.
  location->Begin(Read(address, size));
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
  Location& location = m.Use(address, size, where);
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
  Location& location = m.Use(address, size, where);
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
  Location& location = m.Use(address, size, where);
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
  Location& location = m.Use(address, size, where);
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
  m.CheckLive(address, size, "a use of", Place());
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

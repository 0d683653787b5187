// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The machine behind engine.h. machine.cc has its schedule, machine_memory.cc
// its memory; threads.cc and atomics.cc have the steps, notes.cc what is said
// of them.

#ifndef SYNC_TESTING_MODEL_MACHINE_H_
#define SYNC_TESTING_MODEL_MACHINE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "testing/model/clock.h"
#include "testing/model/engine.h"
#include "testing/model/fiber.h"
#include "testing/model/memory.h"

namespace synctest::model {

inline constexpr int64_t kNever = INT64_MAX;

struct Fiber {
  enum class State : uint8_t {
    kUnused,
    kRunnable,
    kSleeping,
    kJoining,
    kSuspended,
    kEnded
  };

  std::unique_ptr<Stack> stack;
  void* saved = nullptr;
  State state = State::kUnused;
  bool daemon = false;
  bool never_waits = false;
  bool may_not_allocate = false;
  bool yielded = false;  // Has nothing to do until another has done something.
  int joining = -1;
  int host = -1;     // Of a signal handler: whom it interrupts.
  int handler = -1;  // That has interrupted it, and has not ended.
  void (*observer)(void*, const void*) = nullptr;
  void* observers_arg = nullptr;
  const void* asleep_at = nullptr;
  int64_t deadline = kNever;
  Clock clock;
  std::string name;
  std::function<void()> body;
  alignas(16) unsigned char storage[kThreadStorage] = {};
};

// A block of memory that an execution has allocated.
struct MemoryBlock {
  char* begin;
  size_t size;
  bool freed;
};

class Machine {
 public:
  const Outcome& Execute(const std::function<void()>& scenario,
                         Chooser& chooser, const Powers& powers,
                         int64_t max_steps);

  bool executing() const { return current_ >= 0 && !inside_; }
  bool active() const { return current_ >= 0; }
  int current() const { return current_; }
  Fiber& self() { return fibers_[current_]; }

  [[noreturn]] void Fail(const std::string& what);
  void Trace(Step step);

  // For people: notes.cc.

  void Note(Step step);
  void Name(const void* address, size_t size, const char* name, Format format);
  // Another object is at the address from now on.
  void EndNames(const void* address);

  // The schedule: machine.cc.

  // Before each step that others can see: who is next? `yields`: this thread
  // only waits for others.
  void Point(bool yields = false);
  // This thread can't go on: another one does.
  void Block(Fiber::State state);
  int Start(const char* name, std::function<void()> body);
  void End();
  // The fiber itself, or whom it interrupts if it is a signal handler.
  int ThreadOf(int fiber) const;
  // Something changed: those who have yielded may look.
  void Stirred();
  // Option 0 is what is expected; the others cost one each, unless all are
  // free.
  size_t ChooseValue(Choice::About about, size_t count, bool all_are_free);

  // Memory: machine_memory.cc.

  Location& At(const void* address, size_t size, Place where);
  Location& Use(const void* address, size_t size, Place where);
  uint32_t Floor(Location& location, std::memory_order order);
  void Push(Location& location, uint64_t value, std::memory_order order,
            const StoreRecord* continues);
  void Know(Location& location, uint32_t number, std::memory_order order);
  int StackOf(const void* address) const;
  std::optional<std::string> GoneAt(const void* address, size_t size);
  void CheckLive(const void* address, size_t size, const char* how,
                 Place where);
  [[noreturn]] void FailToUse(const void* address, Place where,
                              const std::string& what);
  Granule& GranuleOf(uintptr_t address);
  [[noreturn]] void FailOfRace(const Cell& cell, const void* address,
                               Action action, const void* code);
  void CheckRace(const void* address, uint8_t bytes, Action action,
                 const void* code);
  void Touch(const void* address, size_t size, Action action, const void* code);
  void* Allocate(size_t size);
  void Free(void* block, const void* code);

  Fiber fibers_[kMaxFibers];
  Powers powers_;
  int64_t now_ = 0;
  int64_t wall_ahead_ = 0;  // Of now_.
  std::vector<int64_t> wall_readings_;
  Clock sc_clock_;  // Of the sequentially consistent fences.
  uint32_t generation_ = 0;
  Locations locations_;
  Granules granules_;
  void (*reset_)() noexcept = nullptr;
  bool inside_ = false;  // In the machine's own code, which allocates natively.

 private:
  struct Successors;

  static void Enter();
  void Go(int to);
  [[noreturn]] void Leave();
  [[noreturn]] void Stuck();
  [[noreturn]] void TooLong();
  void CheckDepth();
  size_t Ask(Choice::About about, std::span<const uint8_t> costs,
             std::span<const uint8_t> threads, size_t ordinary);
  bool IsHeldUp(int fiber) const;
  void AddRunnable(Successors& successors, bool yielded, int cost);
  bool TimePasses(Successors& successors);
  void SleepersMayWake(Successors& successors);
  size_t Choose(const Successors& successors);
  void GoOn(const Successors& successors, size_t chosen);
  void AwakenBySelf(int fiber);
  bool AllDone() const;

  int current_ = -1;
  void* outside_ = nullptr;
  Chooser* chooser_ = nullptr;
  int suspended_ = -1;
  bool has_paid_ = false;  // For a choice since the last step.
  int64_t steps_ = 0;
  int64_t max_steps_ = 0;
  std::vector<MemoryBlock> blocks_;
  Outcome outcome_;
};

Machine& machine();

// The machine's own code may allocate, and must not be taken for the
// scenario's.
using Inside = MachineCode;

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_MACHINE_H_

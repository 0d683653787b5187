// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/engine.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "testing/model/clock.h"
#include "testing/model/fiber.h"
#include "testing/model/memory.h"

namespace synctest::model {
namespace {

constexpr int64_t kNever = INT64_MAX;
constexpr int64_t kHour = 3'600'000'000'000;

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
  bool yielded = false;  // Has nothing to do until another has done something.
  bool timed_out = false;
  int joining = -1;
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
struct Block {
  char* begin;
  size_t size;
  bool freed;
  int thread;  // That freed it.
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

  void Point(bool yields = false);
  void Block(Fiber::State state);
  int Start(const char* name, std::function<void()> body);
  void End();

  size_t ChooseValue(Choice::About about, size_t count, bool first_is_free);

  Location& At(const void* address, size_t size);
  Location& Use(const void* address, size_t size);
  uint32_t Floor(Location& location, std::memory_order order);
  void Push(Location& location, uint64_t value, std::memory_order order,
            const StoreRecord* continues);
  void Know(Location& location, uint32_t number, std::memory_order order);
  void CheckLive(const void* address, size_t size, const char* how);
  void CheckRace(Granule& granule, uint8_t bytes, bool is_write);

  void Touch(const void* address, size_t size, bool is_write);

  void* Allocate(size_t size);
  void Free(void* block);
  void Stirred();  // Something changed: those who have yielded may look.

  Fiber fibers_[kMaxFibers];
  Powers powers_;
  int64_t now_ = 0;
  Clock sc_clock_;  // Of the sequentially consistent fences.
  uint32_t generation_ = 0;
  Locations locations_;
  Granules granules_;
  void (*reset_)() noexcept = nullptr;
  bool inside_ = false;  // In the machine's own code, which allocates natively.

 private:
  static void Enter();
  void Go(int to);
  [[noreturn]] void Leave();
  [[noreturn]] void Stuck();
  [[noreturn]] void TooLong();
  size_t Ask(Choice::About about, std::span<const uint8_t> costs,
             std::span<const uint8_t> threads, size_t ordinary);
  void AwakenBySelf(int fiber);
  bool AllDone() const;

  int current_ = -1;
  void* outside_ = nullptr;
  Chooser* chooser_ = nullptr;
  int suspended_ = -1;
  int64_t steps_ = 0;
  int64_t max_steps_ = 0;
  std::vector<struct Block> blocks_;
  Outcome outcome_;
};

Machine& machine() {
  // Not by `new`, which asks the machine; and never destroyed.
  alignas(Machine) static unsigned char storage[sizeof(Machine)];
  static Machine& machine = *::new (storage) Machine;
  return machine;
}

using Inside = MachineCode;

const Outcome& Machine::Execute(const std::function<void()>& scenario,
                                Chooser& chooser, const Powers& powers,
                                int64_t max_steps) {
  if (active()) {
    std::fprintf(stderr, "an exploration was begun inside of another one\n");
    std::abort();
  }
  if (reset_ != nullptr) reset_();
  ++generation_;
  powers_ = powers;
  chooser_ = &chooser;
  max_steps_ = max_steps;
  steps_ = 0;
  suspended_ = -1;
  now_ = kHour;
  sc_clock_ = Clock();
  outcome_.failed = false;
  outcome_.failure.clear();
  outcome_.steps.clear();
  outcome_.threads.clear();
  outcome_.choices.clear();
  outcome_.fingerprint = 14695981039346656037u;
  for (Fiber& fiber : fibers_) fiber.state = Fiber::State::kUnused;

  const int first = Start("main", [&scenario] { scenario(); });
  current_ = first;
  SwitchStack(&outside_, fibers_[first].saved);
  current_ = -1;
  inside_ = false;

  // What threads that were abandoned had on their stacks is not destroyed.
  for (Fiber& fiber : fibers_) ::new (&fiber.body) std::function<void()>();
  for (const struct Block& block : blocks_) std::free(block.begin);
  blocks_.clear();
  return outcome_;
}

void Machine::Enter() {
  Machine& m = machine();
  m.inside_ = false;
  m.self().body();
  m.self().body = nullptr;
  m.inside_ = true;
  m.End();
}

int Machine::Start(const char* name, std::function<void()> body) {
  for (int i = 0; i < kMaxFibers; ++i) {
    Fiber& fiber = fibers_[i];
    if (fiber.state != Fiber::State::kUnused) continue;
    if (fiber.stack == nullptr) fiber.stack = std::make_unique<Stack>();
    fiber.saved = fiber.stack->Begin(&Enter);
    fiber.state = Fiber::State::kRunnable;
    fiber.daemon = fiber.never_waits = fiber.yielded = fiber.timed_out = false;
    fiber.observer = nullptr;
    fiber.joining = -1;
    fiber.clock = Clock();
    if (current_ >= 0) {
      fiber.clock = self().clock;
      ++self().clock.at[current_];
    }
    ++fiber.clock.at[i];
    fiber.name = name;
    fiber.body = std::move(body);
    std::memset(fiber.storage, 0, sizeof(fiber.storage));
    outcome_.threads.push_back(name);
    return i;
  }
  Fail("more threads than the model has");
}

void Machine::End() {
  Trace({.thread = current_, .action = Action::kEnd});
  self().state = Fiber::State::kEnded;
  for (Fiber& fiber : fibers_) {
    if (fiber.state == Fiber::State::kJoining && fiber.joining == current_) {
      fiber.state = Fiber::State::kRunnable;
    }
  }
  Stirred();
  Block(Fiber::State::kEnded);
  std::abort();  // An ended thread doesn't run.
}

void Machine::Fail(const std::string& what) {
  inside_ = true;
  outcome_.failed = true;
  outcome_.failure =
      what.c_str();  // A copy: it may be in the execution's memory.
  Leave();
}

// Ends the execution, and abandons the threads.
void Machine::Leave() {
  void* abandoned;
  SwitchStack(&abandoned, outside_);
  std::abort();
}

// Nobody can go on.
void Machine::Stuck() {
  std::string who;
  bool all_may_wait = true;
  for (const Fiber& fiber : fibers_) {
    if (fiber.state != Fiber::State::kSleeping &&
        fiber.state != Fiber::State::kJoining) {
      continue;
    }
    if (fiber.never_waits) all_may_wait = false;
    who += (who.empty() ? "" : ", ") + fiber.name;
  }
  if (suspended_ < 0) Fail("nobody can go on: " + who + " wait(s) for ever");
  if (all_may_wait) Leave();
  Fail("while " + fibers_[suspended_].name + " is suspended, " + who +
       " can't go on");
}

void Machine::Trace(Step step) {
  const auto add = [&](uint64_t n) {
    outcome_.fingerprint = (outcome_.fingerprint ^ n) * 1099511628211u;
  };
  add(static_cast<uint64_t>(step.thread) << 8 |
      static_cast<uint64_t>(step.action));
  add(static_cast<uint64_t>(step.age));
  outcome_.steps.push_back(step);
}

void Machine::TooLong() {
  if (suspended_ < 0) {
    Fail("it does not come to an end: a livelock, or more steps are needed");
  }
  Fail("while " + fibers_[suspended_].name + " is suspended, " + self().name +
       " can't go on");
}

size_t Machine::Ask(Choice::About about, std::span<const uint8_t> costs,
                    std::span<const uint8_t> threads, size_t ordinary) {
  const size_t chosen =
      chooser_->Choose({about, costs, threads, ordinary, current_});
  outcome_.choices.push_back(static_cast<uint8_t>(chosen));
  return chosen;
}

// Before each step that others can see: who is next?
void Machine::Point(bool yields) {
  if (++steps_ > max_steps_) TooLong();
  uint8_t costs[2 * kMaxFibers];
  uint8_t threads[2 * kMaxFibers];
  size_t count = 0;
  const auto add = [&](int thread, int cost) {
    costs[count] = static_cast<uint8_t>(cost);
    threads[count++] = static_cast<uint8_t>(thread);
  };
  if (!yields) add(current_, 0);
  bool others = false;
  for (const bool yielded : {false, true}) {
    // Who has yielded may go on before anything has changed, at a cost.
    for (int i = 0; i < kMaxFibers; ++i) {
      const Fiber& fiber = fibers_[i];
      if (i == current_ || fiber.state != Fiber::State::kRunnable ||
          fiber.yielded != yielded) {
        continue;
      }
      if (!yielded) others = true;
      add(i, yields && !yielded ? 0 : 1);
    }
  }
  if (yields && others) add(current_, 1);
  if (yields && !others) {
    count = 0;
    // All who could go on wait for one another: each looks once more.
    for (Fiber& fiber : fibers_) fiber.yielded = false;
    add(current_, 0);
    for (int i = 0; i < kMaxFibers; ++i) {
      if (i != current_ && fibers_[i].state == Fiber::State::kRunnable) {
        add(i, 0);
      }
    }
  }
  const size_t sleepers_from = count;
  if (powers_.faults) {
    for (int i = 0; i < kMaxFibers; ++i) {
      if (fibers_[i].state == Fiber::State::kSleeping) add(i, 1);
    }
  }
  const size_t suspension = count;
  if (powers_.suspensions && suspended_ < 0 && !self().never_waits) {
    add(current_, 1);
  }
  const size_t chosen = count == 1 ? 0
                                   : Ask(Choice::About::kThread, {costs, count},
                                         {threads, count}, sleepers_from);
  const int next = threads[chosen];
  if (chosen == suspension) {
    suspended_ = current_;
    Trace({.thread = current_, .action = Action::kSuspended});
    Block(Fiber::State::kSuspended);
    std::abort();  // It doesn't go on.
  }
  if (chosen >= sleepers_from) AwakenBySelf(next);
  if (next != current_) Go(next);
}

// A sleeper that nobody has woken: its time has come, or it is for no reason.
void Machine::AwakenBySelf(int index) {
  Fiber& fiber = fibers_[index];
  fiber.state = Fiber::State::kRunnable;
  fiber.timed_out = fiber.deadline != kNever;
  if (fiber.timed_out) now_ = std::max(now_, fiber.deadline);
  Trace({.thread = index,
         .action = fiber.timed_out ? Action::kTimeout : Action::kSpurious,
         .address = fiber.asleep_at});
}

bool Machine::AllDone() const {
  for (const Fiber& fiber : fibers_) {
    if (fiber.state != Fiber::State::kUnused &&
        fiber.state != Fiber::State::kEnded && !fiber.daemon) {
      return false;
    }
  }
  return true;
}

// This thread can't go on: another one does.
void Machine::Block(Fiber::State state) {
  self().state = state;
  if (AllDone()) Leave();
  if (++steps_ > max_steps_) TooLong();
  uint8_t costs[2 * kMaxFibers];
  uint8_t threads[2 * kMaxFibers];
  size_t count = 0;
  const auto add = [&](int thread, int cost) {
    costs[count] = static_cast<uint8_t>(cost);
    threads[count++] = static_cast<uint8_t>(thread);
  };
  for (const bool yielded : {false, true}) {
    for (int i = 0; i < kMaxFibers; ++i) {
      const Fiber& fiber = fibers_[i];
      if (fiber.state == Fiber::State::kRunnable && fiber.yielded == yielded) {
        add(i, 0);
      }
    }
    if (count > 0) break;
    for (Fiber& fiber : fibers_) {
      if (yielded) fiber.yielded = false;
    }
  }
  size_t sleepers_from = count;
  if (count == 0) {
    // Time passes.
    int first = -1;
    for (int i = 0; i < kMaxFibers; ++i) {
      const Fiber& fiber = fibers_[i];
      if (fiber.state == Fiber::State::kSleeping && fiber.deadline != kNever &&
          (first < 0 || fiber.deadline < fibers_[first].deadline)) {
        first = i;
      }
    }
    if (first < 0) Stuck();
    add(first, 0);
    sleepers_from = 0;
  } else if (powers_.faults) {
    for (int i = 0; i < kMaxFibers; ++i) {
      if (i != current_ && fibers_[i].state == Fiber::State::kSleeping) {
        add(i, 1);
      }
    }
  }
  const size_t chosen = count == 1 ? 0
                                   : Ask(Choice::About::kThread, {costs, count},
                                         {threads, count}, sleepers_from);
  const int next = threads[chosen];
  if (chosen >= sleepers_from) AwakenBySelf(next);
  if (next != current_) Go(next);
}

void Machine::Go(int to) {
  Fiber& from = self();
  const bool inside = inside_;
  current_ = to;
  SwitchStack(&from.saved, fibers_[to].saved);
  inside_ = inside;
}

void Machine::Stirred() {
  for (int i = 0; i < kMaxFibers; ++i) {
    if (i != current_) fibers_[i].yielded = false;
  }
}

// Option 0 is what is expected; the others cost one each, unless they are all
// alike.
size_t Machine::ChooseValue(Choice::About about, size_t count,
                            bool all_are_free) {
  if (count < 2) return 0;
  uint8_t costs[Location::kHistory];
  for (size_t i = 0; i < count; ++i) costs[i] = i > 0 && !all_are_free;
  return Ask(about, {costs, count}, {}, all_are_free ? count : 1);
}

uint64_t Read(const void* address, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, address, size);
  return value;
}

void Write(void* address, size_t size, uint64_t value) {
  std::memcpy(address, &value, size);
}

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

void Machine::CheckLive(const void* address, size_t size, const char* how) {
  const char* const at = static_cast<const char*>(address);
  for (const struct Block& block : blocks_) {
    if (block.freed && at < block.begin + block.size &&
        block.begin < at + size) {
      Fail(std::string(how) + " memory that " + fibers_[block.thread].name +
           " has freed");
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
      Fail(std::string(how) + " the stack of a function of " + fiber.name +
           " that has returned");
    }
  }
}

void Machine::CheckRace(Granule& granule, uint8_t bytes, bool is_write) {
  const Clock& clock = self().clock;
  Cell* own = nullptr;
  for (int i = 0; i < granule.used; ++i) {
    Cell& cell = granule.cells[i];
    if (!(cell.bytes & bytes)) continue;
    if (cell.thread == current_) {
      if (cell.bytes == bytes && cell.is_write == is_write) own = &cell;
      continue;
    }
    if ((is_write || cell.is_write) && clock.at[cell.thread] < cell.epoch) {
      const auto after = [](const Fiber& fiber, size_t step) {
        return fiber.name + " (after step " + std::to_string(step) + ")";
      };
      Fail("a data race: " + after(self(), outcome_.steps.size()) +
           (is_write ? " writes" : " reads") + " what " +
           after(fibers_[cell.thread], cell.step) +
           (cell.is_write ? " writes" : " reads") +
           ", and nothing orders the two");
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
          .is_write = is_write,
          .step = static_cast<uint32_t>(outcome_.steps.size())};
}

void Machine::Touch(const void* address, size_t size, bool is_write) {
  CheckLive(address, size, is_write ? "a write to" : "a read of");
  uintptr_t at = reinterpret_cast<uintptr_t>(address);
  const uintptr_t end = at + size;
  while (at < end) {
    const uintptr_t granule = at / 8;
    const uintptr_t until = std::min(end, (granule + 1) * 8);
    const auto bytes =
        static_cast<uint8_t>(((1u << (until - at)) - 1) << (at % 8));
    if (Granule* const g = granules_.Get(granule, generation_)) {
      CheckRace(*g, bytes, is_write);
    }
    at = until;
  }
}

void* Machine::Allocate(size_t size) {
  if (powers_.reuse_addresses) {
    for (size_t i = blocks_.size(); i-- > 0;) {
      struct Block& block = blocks_[i];
      if (!block.freed || block.size != size) continue;
      block.freed = false;
      char* const begin = block.begin;
      std::rotate(blocks_.begin() + static_cast<std::ptrdiff_t>(i),
                  blocks_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  blocks_.end());
      for (size_t at = 0; at < size; at += 8) {
        Granule* const granule = granules_.Get(
            reinterpret_cast<uintptr_t>(begin + at) / 8, generation_);
        if (granule != nullptr) granule->used = granule->next = 0;
      }
      return begin;
    }
  }
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  blocks_.push_back({static_cast<char*>(memory), size, false, 0});
  return memory;
}

void Machine::Free(void* memory) {
  for (size_t i = blocks_.size(); i-- > 0;) {
    struct Block& block = blocks_[i];
    if (block.begin != memory) continue;
    if (block.freed) Fail("memory was freed twice");
    // As a write to all of it: who has touched it must be done.
    for (size_t at = 0; at < block.size; at += 8) {
      Touch(block.begin + at, std::min<size_t>(8, block.size - at), true);
    }
    blocks_[i].freed = true;
    blocks_[i].thread = current_;
    return;
  }
  std::free(memory);  // Of before the execution.
}

}  // namespace

const Outcome& Execute(const std::function<void()>& scenario, Chooser& chooser,
                       const Powers& powers, int64_t max_steps) {
  return machine().Execute(scenario, chooser, powers, max_steps);
}

MachineCode::MachineCode() noexcept
    : was_(std::exchange(machine().inside_, true)) {}

MachineCode::~MachineCode() { machine().inside_ = was_; }

const Powers& CurrentPowers() noexcept { return machine().powers_; }

uint32_t CurrentExecution() noexcept { return machine().generation_; }

void BeforeEach(void (*reset)() noexcept) noexcept { machine().reset_ = reset; }

bool IsExecuting() noexcept { return machine().executing(); }

void Fail(const std::string& what) { machine().Fail(what); }

int CurrentThread() noexcept { return machine().current(); }

void Note(const char* note, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Trace({.thread = m.current(),
           .action = Action::kNote,
           .where = where,
           .note = note});
}

int StartThread(const char* name, std::function<void()> body, Place where) {
  Inside inside;
  Machine& m = machine();
  const int thread = m.Start(name, std::move(body));
  m.Trace({.thread = m.current(),
           .action = Action::kStart,
           .after = static_cast<uint64_t>(thread),
           .where = where});
  m.Point();
  return thread;
}

void Detach(int thread) noexcept { machine().fibers_[thread].daemon = true; }

void NeverWaits(int thread) noexcept {
  machine().fibers_[thread].never_waits = true;
}

void ObserveSleep(void (*observer)(void*, const void*), void* arg) noexcept {
  Fiber& self = machine().self();
  self.observer = observer;
  self.observers_arg = arg;
}

void JoinThread(int thread, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Point();
  Fiber& other = m.fibers_[thread];
  if (other.state != Fiber::State::kEnded) {
    m.self().joining = thread;
    m.Block(Fiber::State::kJoining);
  }
  m.self().clock.Join(other.clock);
  m.Trace({.thread = m.current(),
           .action = Action::kJoin,
           .after = static_cast<uint64_t>(thread),
           .where = where});
}

void Yield(Place where) {
  Inside inside;
  Machine& m = machine();
  m.Trace({.thread = m.current(), .action = Action::kYield, .where = where});
  m.self().yielded = true;
  m.Point(/*yields=*/true);
  m.self().yielded = false;
}

void Sleep(const void* address, size_t size, uint64_t expected,
           int64_t deadline, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Point();
  m.CheckLive(address, size, "a wait on");
  // The kernel compares with the newest value.
  Location& location = m.At(address, size);
  uint64_t value = location.store(location.newest).value;
  if (size == 4) value = static_cast<uint32_t>(value);
  const bool sleeps =
      value == expected && (deadline == kNever || deadline > m.now_);
  m.Trace({.thread = m.current(),
           .action = sleeps ? Action::kSleep : Action::kNoSleep,
           .address = address,
           .before = expected,
           .after = value,
           .where = where});
  if (!sleeps) return;
  m.self().asleep_at = address;
  m.self().deadline = deadline;
  if (m.self().observer != nullptr) {
    m.self().observer(m.self().observers_arg, address);
  }
  m.Block(Fiber::State::kSleeping);
}

void Wake(const void* address, int count, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Point();
  m.Trace({.thread = m.current(),
           .action = Action::kWake,
           .address = address,
           .where = where});
  for (; count > 0; --count) {
    uint8_t sleepers[kMaxFibers];
    size_t found = 0;
    for (int i = 0; i < kMaxFibers; ++i) {
      if (m.fibers_[i].state == Fiber::State::kSleeping &&
          m.fibers_[i].asleep_at == address) {
        sleepers[found++] = static_cast<uint8_t>(i);
      }
    }
    if (found == 0) return;
    const size_t which =
        found <= static_cast<size_t>(count)
            ? 0
            : m.ChooseValue(Choice::About::kSleeper, found, true);
    const int woken = sleepers[which];
    m.fibers_[woken].state = Fiber::State::kRunnable;
    m.fibers_[woken].yielded = false;
    m.Trace({.thread = woken, .action = Action::kAwake, .address = address});
  }
}

int64_t Now(Place where) {
  Inside inside;
  Machine& m = machine();
  if (m.powers_.faults && m.ChooseValue(Choice::About::kFault, 2, false) == 1) {
    m.now_ += kHour;
    m.Trace({.thread = m.current(),
             .action = Action::kNote,
             .where = where,
             .note = "an hour has passed"});
  }
  return m.now_;
}

int64_t LastNow() noexcept { return machine().now_; }

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

void PlainAccess(const void* address, size_t size, bool is_write) noexcept {
  Machine& m = machine();
  if (!m.executing()) return;
  Inside inside;
  m.Touch(address, size, is_write);
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

void Free(void* block) noexcept {
  if (block == nullptr) return;
  Machine& m = machine();
  if (!m.active()) return std::free(block);
  // What the machine itself has allocated is none of the scenario's.
  if (m.inside_) return std::free(block);
  Inside inside;
  m.Free(block);
}

void Publish(Clock& clock) noexcept {
  Machine& m = machine();
  if (!m.active()) return;
  clock.Join(m.self().clock);
  ++m.self().clock.at[m.current()];
}

void Observe(const Clock& clock) noexcept {
  Machine& m = machine();
  if (m.active()) m.self().clock.Join(clock);
}

void* ThreadStorage() noexcept {
  static unsigned char outside[kThreadStorage];
  Machine& m = machine();
  return m.active() ? m.self().storage : outside;
}

}  // namespace synctest::model

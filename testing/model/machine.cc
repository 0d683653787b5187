// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/machine.h"

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
#include "testing/model/engine.h"
#include "testing/model/fiber.h"

namespace synctest::model {
namespace {

// Bytes of a stack. Scenarios need less than half of it.
constexpr size_t kDeepest = 16 * 1024;

}  // namespace

Machine& machine() {
  // Not by `new`, which asks the machine; and never destroyed.
  alignas(Machine) static unsigned char storage[sizeof(Machine)];
  static Machine& machine = *::new (storage) Machine;
  return machine;
}

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
  has_paid_ = false;
  now_ = kStartOfTime;
  wall_ahead_ = kStartOfWallTime - kStartOfTime;
  wall_readings_.clear();
  sc_clock_ = Clock();
  outcome_.failed = false;
  outcome_.failure.clear();
  outcome_.blocked.clear();
  outcome_.steps.clear();
  outcome_.threads.clear();
  outcome_.objects.clear();
  outcome_.choices.clear();
  outcome_.fingerprint = 14695981039346656037u;
  outcome_.reuses = false;
  for (Fiber& fiber : fibers_) fiber.state = Fiber::State::kUnused;

  const int first = Start("main", [&scenario] { scenario(); });
  current_ = first;
  SwitchStack(&outside_, fibers_[first].saved);
  current_ = -1;
  inside_ = false;

  // What threads that were abandoned had on their stacks is not destroyed.
  for (Fiber& fiber : fibers_) ::new (&fiber.body) std::function<void()>();
  for (const MemoryBlock& block : blocks_) std::free(block.begin);
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
    fiber.daemon = fiber.never_waits = fiber.yielded = false;
    fiber.may_not_allocate = false;
    fiber.observer = nullptr;
    fiber.joining = fiber.host = fiber.handler = -1;
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
  if (self().host >= 0) fibers_[self().host].handler = -1;
  for (Fiber& fiber : fibers_) {
    if (fiber.state == Fiber::State::kJoining && fiber.joining == current_) {
      fiber.state = Fiber::State::kRunnable;
    }
  }
  Stirred();
  Block(Fiber::State::kEnded);
  std::abort();  // An ended thread doesn't run.
}

int Machine::ThreadOf(int fiber) const {
  while (fibers_[fiber].host >= 0) fiber = fibers_[fiber].host;
  return fiber;
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
  bool all_may_wait = true;
  for (int i = 0; i < kMaxFibers; ++i) {
    const Fiber& fiber = fibers_[i];
    const bool joins = fiber.state == Fiber::State::kJoining;
    if (!joins && fiber.state != Fiber::State::kSleeping) continue;
    if (fiber.never_waits) all_may_wait = false;
    outcome_.blocked.push_back({i, joins ? fiber.joining : -1});
  }
  if (suspended_ < 0) Fail("nobody can go on");
  if (all_may_wait) Leave();
  Fail("nobody can go on while " + fibers_[suspended_].name + " is suspended");
}

void Machine::Trace(Step step) {
  const auto add = [&](uint64_t n) {
    outcome_.fingerprint = (outcome_.fingerprint ^ n) * 1099511628211u;
  };
  add(static_cast<uint64_t>(step.thread) << 8 |
      static_cast<uint64_t>(step.action));
  add(static_cast<uint64_t>(step.age));
  Note(step);
}

void Machine::TooLong() {
  if (suspended_ < 0) {
    Fail("it does not come to an end: a livelock, or more steps are needed");
  }
  Fail("it does not come to an end while " + fibers_[suspended_].name +
       " is suspended");
}

size_t Machine::Ask(Choice::About about, std::span<const uint8_t> costs,
                    std::span<const uint8_t> threads, size_t ordinary) {
  if (costs.size() == 1) return 0;
  const size_t chosen =
      chooser_->Choose({about, costs, threads, ordinary, current_});
  if (costs[chosen] > 0) has_paid_ = true;
  outcome_.choices.push_back(static_cast<uint8_t>(chosen));
  return chosen;
}

// Who may go on, and at what cost; from `sleepers_from` on, those who sleep.
struct Machine::Successors {
  void Add(int thread, int cost) {
    costs[count] = static_cast<uint8_t>(cost);
    threads[count++] = static_cast<uint8_t>(thread);
  }

  uint8_t costs[Choice::kMost];
  uint8_t threads[Choice::kMost];
  size_t count = 0;
  size_t sleepers_from = 0;
};

// If only time can help: the sleeper whose deadline is the first.
bool Machine::TimePasses(Successors& successors) {
  int first = -1;
  for (int i = 0; i < kMaxFibers; ++i) {
    const Fiber& fiber = fibers_[i];
    if (fiber.state == Fiber::State::kSleeping && fiber.deadline != kNever &&
        !IsHeldUp(i) &&
        (first < 0 || fiber.deadline < fibers_[first].deadline)) {
      first = i;
    }
  }
  if (first < 0) return false;
  successors.sleepers_from = successors.count;
  successors.Add(first, 0);
  return true;
}

void Machine::SleepersMayWake(Successors& successors) {
  successors.sleepers_from = successors.count;
  if (!powers_.faults) return;
  for (int i = 0; i < kMaxFibers; ++i) {
    if (fibers_[i].state == Fiber::State::kSleeping && i != current_ &&
        !IsHeldUp(i)) {
      successors.Add(i, 1);
    }
  }
}

// Returns which of them.
size_t Machine::Choose(const Successors& successors) {
  return Ask(Choice::About::kThread, {successors.costs, successors.count},
             {successors.threads, successors.count}, successors.sleepers_from);
}

void Machine::GoOn(const Successors& successors, size_t chosen) {
  const int next = successors.threads[chosen];
  if (chosen >= successors.sleepers_from) AwakenBySelf(next);
  if (next != current_) Go(next);
}

// By a signal handler that has not ended; or, being one, by its host, which is
// suspended or has another one to finish first.
bool Machine::IsHeldUp(int fiber) const {
  if (fibers_[fiber].handler >= 0) return true;
  if (fibers_[fiber].host < 0) return false;
  const Fiber& host = fibers_[fibers_[fiber].host];
  return host.state == Fiber::State::kSuspended ||
         (host.handler >= 0 && host.handler != fiber);
}

void Machine::AddRunnable(Successors& successors, bool yielded, int cost) {
  for (int i = 0; i < kMaxFibers; ++i) {
    const Fiber& fiber = fibers_[i];
    if (i != current_ && fiber.state == Fiber::State::kRunnable &&
        fiber.yielded == yielded && !IsHeldUp(i)) {
      successors.Add(i, cost);
    }
  }
}

void Machine::Point(bool yields) {
  if (++steps_ > max_steps_) TooLong();
  CheckDepth();
  Successors successors;
  if (!yields) successors.Add(current_, 0);
  AddRunnable(successors, /*yielded=*/false, yields ? 0 : 1);
  if (yields && successors.count == 0) {
    // All who could go on have seen that nothing has changed.
    if (!TimePasses(successors)) {
      // Each looks once more.
      for (Fiber& fiber : fibers_) fiber.yielded = false;
      successors.Add(current_, 0);
      AddRunnable(successors, /*yielded=*/false, 0);
      SleepersMayWake(successors);
    }
  } else {
    // Who has yielded may go on before anything has changed, at a cost.
    AddRunnable(successors, /*yielded=*/true, 1);
    if (yields) successors.Add(current_, 1);
    SleepersMayWake(successors);
  }
  const size_t suspension = successors.count;
  if (powers_.suspensions && suspended_ < 0 && !self().never_waits) {
    successors.Add(current_, 1);
  }
  const size_t chosen = Choose(successors);
  if (chosen == suspension) {
    suspended_ = current_;
    Trace({.thread = current_, .action = Action::kSuspended});
    Block(Fiber::State::kSuspended);
    std::abort();  // It doesn't go on.
  }
  GoOn(successors, chosen);
}

void Machine::CheckDepth() {
  const size_t depth = self().stack->Depth(__builtin_frame_address(0));
  if (depth > kDeepest) {
    Fail("the stack of " + self().name + " is " + std::to_string(depth) +
         " bytes deep: does something call itself?");
  }
}

// A sleeper that nobody has woken: its time has come, or it is for no reason.
void Machine::AwakenBySelf(int index) {
  Fiber& fiber = fibers_[index];
  fiber.state = Fiber::State::kRunnable;
  const bool timed_out = fiber.deadline != kNever;
  if (timed_out) now_ = std::max(now_, fiber.deadline);
  Trace({.thread = index,
         .action = timed_out ? Action::kTimeout : Action::kSpurious,
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

void Machine::Block(Fiber::State state) {
  self().state = state;
  if (AllDone()) Leave();
  if (++steps_ > max_steps_) TooLong();
  Successors successors;
  AddRunnable(successors, /*yielded=*/false, 0);
  if (successors.count > 0 || !TimePasses(successors)) {
    if (successors.count == 0) AddRunnable(successors, /*yielded=*/true, 0);
    if (successors.count == 0) Stuck();
    SleepersMayWake(successors);
  }
  GoOn(successors, Choose(successors));
}

void Machine::Go(int to) {
  Fiber& from = self();
  const bool inside = inside_;
  current_ = to;
  if (self().host >= 0) fibers_[self().host].handler = to;
  SwitchStack(&from.saved, fibers_[to].saved);
  inside_ = inside;
}

void Machine::Stirred() {
  for (int i = 0; i < kMaxFibers; ++i) {
    if (i != current_) fibers_[i].yielded = false;
  }
}

size_t Machine::ChooseValue(Choice::About about, size_t count,
                            bool all_are_free) {
  if (count < 2) return 0;
  uint8_t costs[Choice::kMost];
  for (size_t i = 0; i < count; ++i) costs[i] = i > 0 && !all_are_free;
  return Ask(about, {costs, count}, {}, all_are_free ? count : 1);
}

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

void Fail(const std::string& what) { machine().Fail(what); }

int CurrentThread() noexcept { return machine().ThreadOf(machine().current()); }

}  // namespace synctest::model

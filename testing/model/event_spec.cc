// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/event_spec.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sync/event.h"
#include "sync/internal/wait_core.h"
#include "sync/wait_options.h"
#include "testing/model/engine.h"
#include "testing/model/notes.h"

namespace synctest::model {
namespace {

using synclib::WaitResult;

std::string WordToString(uint64_t word) {
  using synclib::internal::EventRules;
  using synclib::internal::WaitCore;
  std::string text = word & EventRules::kSet ? "set, epoch " : "epoch ";
  text += std::to_string(EventRules::EpochOf(word));
  if (word & WaitCore::kLocked) text += ", locked";
  if (word & WaitCore::kHasWaiters) text += ", waiters";
  if (word & WaitCore::kDrain) text += ", drain";
  if (word & WaitCore::kLockParked) text += ", lock parked";
  return text;
}

std::string BoolToString(uint64_t result) {
  return result != 0 ? "true" : "false";
}

std::string EpochToString(uint64_t result) { return std::to_string(result); }

std::string WaitResultToString(uint64_t result) {
  switch (static_cast<WaitResult>(result)) {
    case WaitResult::kReady:
      return "kReady";
    case WaitResult::kCancelled:
      return "kCancelled";
    case WaitResult::kTimeout:
      return "kTimeout";
  }
  return "?";
}

}  // namespace

EventSpec& EventSpec::Make(bool set) {
  const MachineCode code;
  // Kept from execution to execution, since threads may be abandoned.
  static std::vector<std::unique_ptr<EventSpec>> pool;
  static uint32_t execution = 0;
  static size_t used = 0;
  if (execution != CurrentExecution()) {
    execution = CurrentExecution();
    used = 0;
  }
  if (used == pool.size()) pool.push_back(std::make_unique<EventSpec>());
  EventSpec& spec = *pool[used++];
  spec.silent_ = CurrentPowers().stale_reads;
  spec.names_ = 0;
  std::fill(std::begin(spec.name_), std::end(spec.name_), 0);
  State first = {};
  first.set = set;
  spec.states_.assign(1, first);
  return spec;
}

uint32_t EventSpec::Begin(const Operation& operation) {
  if (silent_) return 0;
  const MachineCode code;
  int slot = 0;
  while (slot < kMax && name_[slot] != 0) ++slot;
  if (slot == kMax) Fail("more operations at one time than are specified");
  name_[slot] = ++names_;
  operation_[slot] = operation;
  wall_readings_[slot] = WallReadings();
  for (State& state : states_) state.phase[slot] = kBegun;
  return names_;
}

int EventSpec::Slot(uint32_t name) const {
  const auto* const at = std::find(std::begin(name_), std::end(name_), name);
  return at == std::end(name_) ? -1 : static_cast<int>(at - name_);
}

// The wall clock may have been set back since it showed that.
bool EventSpec::LimitHasCome(int slot) const {
  const Operation& operation = operation_[slot];
  return operation.limit <= (operation.by_wall_clock
                                 ? LatestWallReading(wall_readings_[slot])
                                 : LastNow());
}

// All that registered waits become ready in this one step.
void EventSpec::Broadcast(State& state) const {
  ++state.epoch;
  for (int slot = 0; slot < kMax; ++slot) {
    if (name_[slot] == 0 || state.phase[slot] != kWaits) continue;
    state.phase[slot] = 0;
    state.result[slot] = static_cast<uint64_t>(WaitResult::kReady);
  }
}

// Adds the states that a step of the operation leads to.
void EventSpec::Step(const State& state, int slot) {
  State next = state;
  const auto end = [&](uint64_t result) {
    next.phase[slot] = 0;
    next.result[slot] = result;
  };
  const auto add = [&] {
    if (std::find(states_.begin(), states_.end(), next) == states_.end()) {
      states_.push_back(next);
    }
  };
  const Operation& operation = operation_[slot];
  if (state.phase[slot] == kWaits) {
    if (LimitHasCome(slot)) {
      end(static_cast<uint64_t>(WaitResult::kTimeout));
      add();
    }
    if (operation.may_be_cancelled) {
      end(static_cast<uint64_t>(WaitResult::kCancelled));
      add();
    }
    return;
  }
  if (state.phase[slot] != kBegun) return;
  switch (operation.kind) {
    case Kind::kSet:
      end(0);
      if (!next.set) Broadcast(next);
      next.set = true;
      break;
    case Kind::kPulse:
      end(0);
      Broadcast(next);
      next.set = false;
      break;
    case Kind::kClear:
      end(0);
      next.set = false;
      break;
    case Kind::kIsSet:
      end(next.set);
      break;
    case Kind::kEpoch:
      end(next.epoch);
      break;
    case Kind::kWait:
      if (operation.past.has_value() ? state.epoch > *operation.past
                                     : state.set) {
        end(static_cast<uint64_t>(WaitResult::kReady));
      } else {
        next.phase[slot] = kWaits;
      }
      break;
  }
  add();
}

// Adds whatever may have happened by now.
void EventSpec::Close() {
  for (size_t i = 0; i < states_.size(); ++i) {
    for (int slot = 0; slot < kMax; ++slot) {
      // A copy, because the states may move.
      if (name_[slot] != 0) Step(State(states_[i]), slot);
    }
  }
}

template <class Holds>
void EventSpec::Keep(Holds holds, const char* what) {
  std::erase_if(states_, [&](const State& state) { return !holds(state); });
  if (states_.empty()) Fail(what);
}

void EventSpec::Joined(uint32_t name) {
  if (silent_) return;
  const MachineCode code;
  const int slot = Slot(name);
  if (slot < 0) return;  // It has ended since.
  Close();
  Keep([&](const State& state) { return state.phase[slot] != kBegun; },
       "a wait sleeps that should have been ready at once");
}

void EventSpec::MayBeCancelled(uint32_t name) {
  if (silent_) return;
  const int slot = Slot(name);
  if (slot >= 0) operation_[slot].may_be_cancelled = true;
}

void EventSpec::End(uint32_t name, uint64_t result) {
  if (silent_) return;
  const MachineCode code;
  const int slot = Slot(name);
  Close();
  Keep(
      [&](const State& state) {
        return state.phase[slot] == 0 && state.result[slot] == result;
      },
      "a result that no order of the operations explains");
  name_[slot] = 0;
  for (State& state : states_) state.result[slot] = 0;
  std::vector<State> distinct;
  for (const State& state : states_) {
    if (std::find(distinct.begin(), distinct.end(), state) == distinct.end()) {
      distinct.push_back(state);
    }
  }
  states_ = distinct;
}

Format EventSpec::ResultOf(Kind kind) {
  switch (kind) {
    case Kind::kIsSet:
      return &BoolToString;
    case Kind::kEpoch:
      return &EpochToString;
    case Kind::kWait:
      return &WaitResultToString;
    case Kind::kSet:
    case Kind::kClear:
    case Kind::kPulse:
      return nullptr;
  }
  return nullptr;
}

void EventSpec::Quiet() {
  if (silent_) return;
  const MachineCode code;
  Close();
  Keep(
      [&](const State& state) {
        for (int slot = 0; slot < kMax; ++slot) {
          if (name_[slot] != 0 && state.phase[slot] != kWaits) return false;
        }
        return true;
      },
      "a wait that is over does not return");
}

void NameEvent(const synclib::Event& event, const char* name) noexcept {
  Name(event, name, &WordToString);
}

}  // namespace synctest::model

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The model of an event, under the operations of subject.h.

#ifndef SYNC_TESTING_SEQUENTIAL_MODEL_SUBJECT_H_
#define SYNC_TESTING_SEQUENTIAL_MODEL_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sync/callback.h"
#include "sync/wait_options.h"
#include "testing/sequential/event_model.h"
#include "testing/sequential/subject.h"

namespace synctest {

// The model, with what the contract says about where and in which order the
// waits that ended go on: those with an executor are posted, in list order,
// then the others run, in list order, one after another. Copyable, so that one
// search can go on from it in several ways.
class ModelSubject final : public Subject {
 public:
  explicit ModelSubject(const Plan& plan)
      : Subject(plan), event_(plan.initially_set) {}
  ModelSubject(const ModelSubject&) = default;

  // Whether `op` makes sense now, and isn't misuse.
  bool Allows(const Op& op) const {
    const Phase phase = slots_[op.slot].phase;
    const Way way = slots_[op.slot].way;
    switch (op.kind) {
      case Kind::kSet:
      case Kind::kClear:
      case Kind::kPulse:
      case Kind::kTry:
        return true;
      case Kind::kTryNext:
        return !NextInUse();
      case Kind::kPump:
        return !posted_.empty();
      case Kind::kMake:
      case Kind::kStart:
        // Idle slots with the same plan are alike: the first will do.
        for (int i = 0; i < op.slot; ++i) {
          if (slots_[i].phase == Phase::kIdle &&
              plan_.modes[i] == plan_.modes[op.slot] &&
              plan_.acts[i] == plan_.acts[op.slot]) {
            return false;
          }
        }
        if (op.way == Way::kAwaitOld && event_.epoch() == 0) return false;
        if (op.way == Way::kNext && NextInUse()) return false;
        return phase == Phase::kIdle;
      case Kind::kBegin:
        return phase == Phase::kMade;
      case Kind::kWithdraw:
        return phase == Phase::kMade || phase == Phase::kWaiting;
      case Kind::kCancel:
        return phase != Phase::kIdle && HasToken(way) &&
               !waits_[op.slot].stopped;
    }
    return false;
  }

 private:
  struct Wait {
    uint64_t ticket = 0;
    bool stopped = false;
    Mode mode = Mode::kNone;
    synclib::WaitResult result{};
    uint64_t released_by = 0;
    bool has_run = false;  // A callback.
  };

  bool NextInUse() const {
    for (const Slot& slot : slots_) {
      if (slot.phase != Phase::kIdle && slot.way == Way::kNext) return true;
    }
    return false;
  }

  size_t Set() override { return Release(event_.Set()); }
  size_t Pulse() override { return Release(event_.Pulse()); }
  void Clear() override { event_.Clear(); }
  bool IsSet() override { return event_.IsSet(); }
  uint64_t Epoch() override { return event_.epoch(); }
  size_t Waiters() override { return event_.waiters(); }
  size_t Queued() override { return posted_.size(); }
  size_t Refused() override { return refused_; }

  void Try() override {
    const uint64_t epoch = event_.epoch();
    const EventModel::GiveUp stopped{true, false}, expired{false, true},
        both{true, true};
    int i = 0;
    const auto see = [&](std::optional<synclib::WaitResult> result) {
      See(Sight::kResult, 0, static_cast<int>(*result), i++);
    };
    for (int round = 0; round < 3; ++round) {  // Thread, coroutine, callback.
      see(event_.Wait(kSlots, expired));
      see(event_.Wait(kSlots, stopped));
      see(event_.Wait(kSlots, both));
      see(event_.WaitPast(epoch, kSlots, expired));
      see(event_.WaitPast(epoch, kSlots, stopped));
      if (epoch > 0) see(event_.WaitPast(epoch - 1, kSlots, both));
    }
  }

  void TryNext() override {
    const auto result =
        event_.WaitPast(seen_, kSlots, EventModel::GiveUp{false, true});
    See(Sight::kResult, 0, static_cast<int>(*result), 0);
    NextEnded(*result, event_.epoch());
  }

  void Pump() override {
    queue_.push_back(posted_.front());
    posted_.erase(posted_.begin());
    slots_[queue_.back()].phase = Phase::kGranted;
    Drain();
  }

  void Make(int slot, Way way) override {
    slots_[slot].phase = Phase::kMade;
    slots_[slot].way = way;
    Wait& wait = waits_[slot];
    wait.ticket = way == Way::kNext       ? seen_
                  : way == Way::kAwaitOld ? event_.epoch() - 1
                                          : event_.epoch();
    wait.stopped = false;
    wait.mode = IsCallback(way) ? Mode::kNone : plan_.modes[slot];
  }
  void Start(int slot, Way way) override {
    Make(slot, way);
    Begin(slot);
  }
  void Begin(int slot) override {
    Wait& wait = waits_[slot];
    slots_[slot].phase = Phase::kWaiting;
    const Way way = slots_[slot].way;
    const EventModel::GiveUp give_up{HasToken(way) && wait.stopped, false};
    std::optional<synclib::WaitResult> result =
        IsPast(way) || way == Way::kNext
            ? event_.WaitPast(wait.ticket, slot, give_up)
            : event_.Wait(slot, give_up);
    if (!result) return;
    wait.result = *result;
    wait.released_by = event_.epoch();
    GoOn(slot, false, false);
  }

  void Withdraw(int slot) override {
    const Phase phase = slots_[slot].phase;
    if (IsCallback(slots_[slot].way)) {
      if (event_.Remove(slot)) {
        slots_[slot].phase = Phase::kIdle;
        See(Sight::kRemove, slot, 0, synclib::Callback::kRemoved);
      } else {
        See(Sight::kRemove, slot, 0, synclib::Callback::kTaken);
      }
      return;
    }
    if (phase == Phase::kWaiting) event_.Remove(slot);
    if (phase == Phase::kGranted) std::erase(queue_, slot);
    slots_[slot].phase = Phase::kIdle;
  }

  void Cancel(int slot) override {
    waits_[slot].stopped = true;
    if (slots_[slot].phase != Phase::kWaiting) return;
    event_.Remove(slot);
    waits_[slot].result = synclib::WaitResult::kCancelled;
    HandOut({slot});
  }

  size_t Release(const std::vector<int>& released) {
    for (int slot : released) {
      waits_[slot].result = synclib::WaitResult::kReady;
      waits_[slot].released_by = event_.epoch();
    }
    HandOut(released);
    return released.size();
  }

  void HandOut(const std::vector<int>& ended) {
    std::vector<int> rest;
    for (int slot : ended) {
      slots_[slot].phase = Phase::kGranted;
      switch (waits_[slot].mode) {
        case Mode::kQueue:
          slots_[slot].phase = Phase::kPosted;
          posted_.push_back(slot);
          break;
        case Mode::kInline:
          queue_.push_back(slot);
          break;
        case Mode::kRefuse:
          ++refused_;
          [[fallthrough]];
        case Mode::kNone:
          rest.push_back(slot);
      }
    }
    queue_.insert(queue_.end(), rest.begin(), rest.end());
    Drain();
  }

  void Drain() {
    if (draining_) return;
    draining_ = true;
    while (!queue_.empty()) {
      const int slot = queue_.front();
      queue_.erase(queue_.begin());
      const Mode mode = waits_[slot].mode;
      const bool on_executor = mode == Mode::kQueue || mode == Mode::kInline;
      GoOn(slot, true, on_executor);
    }
    draining_ = false;
  }

  // What the slot does once its wait has ended.
  void GoOn(int slot, bool suspended, bool on_executor) {
    for (;;) {
      Wait& wait = waits_[slot];
      const bool callback = IsCallback(slots_[slot].way);
      if (slots_[slot].way == Way::kNext) {
        NextEnded(wait.result, wait.released_by);
      }
      Ended(slot, wait.result, suspended, on_executor);
      if (!TakeAgain(slot)) return;
      slots_[slot].phase = Phase::kWaiting;
      slots_[slot].way = callback ? Way::kCallback : Way::kAwait;
      // On the current executor.
      if (!on_executor) wait.mode = Mode::kNone;
      const auto result = event_.Wait(slot);
      if (!result) return;
      wait.result = *result;
      suspended = false;
    }
  }

  void NextEnded(synclib::WaitResult result, uint64_t epoch) {
    if (result == synclib::WaitResult::kReady) {
      missed_ = epoch - seen_ - 1;
      seen_ = epoch;
    }
    See(Sight::kSeen, 0, 0, seen_);
    See(Sight::kMissed, 0, 0, missed_);
  }

  EventModel event_;
  std::array<Wait, kSlots> waits_;
  uint64_t seen_ = 0;
  uint64_t missed_ = 0;
  bool draining_ = false;
  std::vector<int> queue_;   // Of this thread's trampoline.
  std::vector<int> posted_;  // Of the queueing executor.
  size_t refused_ = 0;
};

}  // namespace synctest

#endif  // SYNC_TESTING_SEQUENTIAL_MODEL_SUBJECT_H_

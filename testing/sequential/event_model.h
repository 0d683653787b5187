// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What Event promises a single thread, in the plainest C++ there is: the
// contract's table, and nothing of how it is done.

#ifndef SYNC_TESTING_SEQUENTIAL_EVENT_MODEL_H_
#define SYNC_TESTING_SEQUENTIAL_EVENT_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sync/wait_options.h"

namespace synctest {

class EventModel {
 public:
  using Id = int;  // Names a wait; the caller chooses.
  using WaitResult = synclib::WaitResult;

  // What speaks for giving up when the wait is requested.
  struct GiveUp {
    bool stopped;  // Its token.
    bool expired;  // Its limit.
  };

  explicit EventModel(bool set = false) : set_(set) {}

  // The waits that the call releases, in order: their number is its result.
  std::vector<Id> Set() {
    if (set_) return {};
    set_ = true;
    return Broadcast();
  }
  std::vector<Id> Pulse() {
    set_ = false;
    return Broadcast();
  }
  void Clear() { set_ = false; }

  bool IsSet() const { return set_; }
  uint64_t epoch() const { return epoch_; }
  size_t waiters() const { return waits_.size(); }

  // The request of a wait: its result, or none if it has joined.
  std::optional<WaitResult> Wait(Id id, GiveUp give_up = {}) {
    return Request(set_, id, give_up);
  }
  std::optional<WaitResult> WaitPast(uint64_t ticket, Id id,
                                     GiveUp give_up = {}) {
    return Request(epoch_ > ticket, id, give_up);
  }

  // A time-out, a cancellation, the destruction of a coroutine, the removal of
  // a callback: whether the wait had joined and was not released.
  bool Remove(Id id) { return std::erase(waits_, id) != 0; }

 private:
  std::vector<Id> Broadcast() {
    ++epoch_;
    return std::exchange(waits_, {});
  }

  std::optional<WaitResult> Request(bool ready, Id id, GiveUp give_up) {
    std::optional<WaitResult> result;
    if (ready) {
      result = WaitResult::kReady;
    } else if (give_up.stopped) {
      result = WaitResult::kCancelled;
    } else if (give_up.expired) {
      result = WaitResult::kTimeout;
    } else {
      waits_.push_back(id);
    }
    return result;
  }

  bool set_;
  uint64_t epoch_ = 0;
  std::vector<Id> waits_;
};

}  // namespace synctest

#endif  // SYNC_TESTING_SEQUENTIAL_EVENT_MODEL_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is within reach: the least that an event does that threads share, and
// that loses no broadcast. No peer, for no thread waits for it, no wait gives
// up, and who finds it locked spins.

#ifndef SYNC_BENCHMARKS_BARE_EVENT_H_
#define SYNC_BENCHMARKS_BARE_EVENT_H_

#include <atomic>
#include <coroutine>
#include <cstdint>

#include "benchmarks/floors.h"

namespace syncbench {

// A plain list of coroutines, and a word that guards it. Whether somebody
// waits, and that there is a broadcast, is one step; so it takes a
// compare-exchange where the floor has an exchange. To join takes two steps,
// and so does a broadcast that finds somebody.
class BareEvent {
 public:
  static constexpr char kName[] = "BareEvent";

  class Awaiter {
   public:
    explicit Awaiter(BareEvent& event)
        : event_(event), node_(event.list_.operator co_await()) {}
    bool await_ready() const { return event_.IsSet(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      if (!event_.Lock(kSet)) return false;
      node_.await_suspend(handle);
      event_.Unlock([](uint64_t word) { return word | kHasWaiters; });
      return true;
    }
    void await_resume() const {}

   private:
    BareEvent& event_;
    HandleList::Awaiter node_;
  };

  void Set() {
    Change([](uint64_t word) {
      return word & kSet ? word : (word + kOneEpoch) | kSet;
    });
  }
  void Pulse() {
    Change([](uint64_t word) { return (word + kOneEpoch) & ~kSet; });
  }
  void Clear() { word_.fetch_and(~kSet, std::memory_order_acq_rel); }
  bool IsSet() const {
    return (word_.load(std::memory_order_acquire) & kSet) != 0;
  }
  Awaiter operator co_await() { return Awaiter(*this); }

 private:
  static constexpr uint64_t kLocked = 1;
  static constexpr uint64_t kHasWaiters = 2;
  static constexpr uint64_t kSet = 4;
  static constexpr uint64_t kOneEpoch = 8;

  template <class Step>
  void Change(Step step) {
    uint64_t word = word_.load(std::memory_order_relaxed);
    while (!(word & (kLocked | kHasWaiters))) {
      if (word_.compare_exchange_weak(word, step(word),
                                      std::memory_order_acq_rel)) {
        return;
      }
    }
    Release(step);
  }
  template <class Step>
  [[gnu::noinline]] void Release(Step step) {
    (void)Lock(0);
    HandleList::Awaiter* const released = list_.TakeAll();
    Unlock([&](uint64_t word) { return step(word) & ~kHasWaiters; });
    HandleList::Resume(released);
  }
  // False: one of the bits is set.
  bool Lock(uint64_t bits) {
    uint64_t word = word_.load(std::memory_order_relaxed);
    while (!(word & bits)) {
      if (word & kLocked) {
        word = word_.load(std::memory_order_relaxed);
      } else if (word_.compare_exchange_weak(word, word | kLocked,
                                             std::memory_order_acquire)) {
        return true;
      }
    }
    return false;
  }
  template <class Step>
  void Unlock(Step step) {
    uint64_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, step(word) & ~kLocked,
                                        std::memory_order_acq_rel)) {
    }
  }

  std::atomic<uint64_t> word_{0};
  HandleList list_;
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_BARE_EVENT_H_

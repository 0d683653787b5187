// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is within reach of an event that threads share, that loses no broadcast,
// and whose word counts broadcasts in the step that makes one. Its list is
// locked by whoever touches it, so a wait could be taken back from the middle,
// and is in order; BareStack in peers/bare_events.cc, which has neither lock
// nor count, does with fewer steps. No peer, for no thread waits for it, no
// wait gives up, and who finds it locked spins.

#ifndef SYNC_BENCHMARKS_BARE_EVENT_H_
#define SYNC_BENCHMARKS_BARE_EVENT_H_

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>

#include "benchmarks/floors.h"
#include "benchmarks/runner.h"

namespace syncbench {

// A word that guards a list of who waits for what else is in it. It takes two
// steps to touch the list. The second one is no store, for others change the
// word meanwhile.
class BareWord {
 public:
  static constexpr uint64_t kLocked = 1;
  static constexpr uint64_t kHasWaiters = 2;
  static constexpr uint64_t kSet = 4;
  static constexpr uint64_t kOneEpoch = 8;

  std::atomic<uint64_t>& word() { return word_; }
  bool IsSet() const {
    return (word_.load(std::memory_order_acquire) & kSet) != 0;
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

 private:
  std::atomic<uint64_t> word_{0};
};

// A plain list of coroutines. Whether somebody waits, and that there is one
// more broadcast, is one step; so it takes a compare-exchange where the floor
// has an exchange. To join touches the list, and so does a broadcast that finds
// somebody.
class BareEvent {
 public:
  static constexpr char kName[] = "BareEvent";
  static constexpr Role kRole = Role::kWithinReach;

  // Before it has looked, it writes nothing but whose it is.
  class Awaiter {
   public:
    explicit Awaiter(BareEvent& event) : event_(event) {}
    bool await_ready() const { return event_.IsSet(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      if (!event_.word_.Lock(BareWord::kSet)) return false;
      std::construct_at(&node_, event_.list_)->await_suspend(handle);
      event_.word_.Unlock(
          [](uint64_t word) { return word | BareWord::kHasWaiters; });
      return true;
    }
    void await_resume() const {}

   private:
    BareEvent& event_;
    union {
      HandleList::Awaiter node_;  // Once it has suspended.
    };
  };

  void Set() {
    Change([](uint64_t word) {
      return word & BareWord::kSet
                 ? word
                 : (word + BareWord::kOneEpoch) | BareWord::kSet;
    });
  }
  void Pulse() {
    Change([](uint64_t word) {
      return (word + BareWord::kOneEpoch) & ~BareWord::kSet;
    });
  }
  void Clear() {
    word_.word().fetch_and(~BareWord::kSet, std::memory_order_acq_rel);
  }
  bool IsSet() const { return word_.IsSet(); }
  Awaiter operator co_await() { return Awaiter(*this); }

 private:
  template <class Step>
  void Change(Step step) {
    uint64_t word = word_.word().load(std::memory_order_relaxed);
    while (!(word & (BareWord::kLocked | BareWord::kHasWaiters))) {
      if (word_.word().compare_exchange_weak(word, step(word),
                                             std::memory_order_acq_rel)) {
        return;
      }
    }
    Release(step);
  }
  template <class Step>
  [[gnu::noinline]] void Release(Step step) {
    (void)word_.Lock(0);
    HandleList::Awaiter* const released = list_.TakeAll();
    word_.Unlock(
        [&](uint64_t word) { return step(word) & ~BareWord::kHasWaiters; });
    HandleList::Resume(released);
  }

  BareWord word_;
  HandleList list_;
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_BARE_EVENT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the bugs are built on, and is not to blame: a futex, a lock and a
// condition variable of the model.

#ifndef SYNC_TESTING_SHAME_LOCK_H_
#define SYNC_TESTING_SHAME_LOCK_H_

#include <atomic>
#include <climits>
#include <cstdint>

#include "testing/model/atomic.h"
#include "testing/model/engine.h"

namespace synctest {

inline constexpr auto kRelaxed = std::memory_order_relaxed;
inline constexpr auto kAcquire = std::memory_order_acquire;
inline constexpr auto kRelease = std::memory_order_release;
inline constexpr auto kAcqRel = std::memory_order_acq_rel;

// A time that doesn't come.
inline constexpr int64_t kNever = INT64_MAX;

// Sleeps if `word` is `expected`; returns when it is woken, at the time
// `until`, or for no reason.
inline void Sleep(const model::Atomic<uint32_t>& word, uint32_t expected,
                  int64_t until = kNever,
                  model::Place where = model::Place::current()) {
  model::Sleep(&word, sizeof(word), expected, until, where);
}
// Takes addresses only: the words may be gone.
inline void WakeOne(const model::Atomic<uint32_t>* word,
                    model::Place where = model::Place::current()) {
  model::Wake(word, 1, where);
}
inline void WakeAll(const model::Atomic<uint32_t>* word,
                    model::Place where = model::Place::current()) {
  model::Wake(word, INT_MAX, where);
}

// May be destroyed by whoever holds it last.
class Lock {
 public:
  void lock(model::Place where = model::Place::current()) {
    uint32_t state = kFree;
    if (state_.compare_exchange_strong(state, kHeld, kAcquire, kRelaxed,
                                       where)) {
      return;
    }
    while (state_.exchange(kContended, kAcquire, where) != kFree) {
      Sleep(state_, kContended, kNever, where);
    }
  }
  void unlock(model::Place where = model::Place::current()) {
    if (state_.exchange(kFree, kRelease, where) == kContended) {
      WakeOne(&state_, where);
    }
  }

 private:
  static constexpr uint32_t kFree = 0;
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kContended = 2;

  model::Atomic<uint32_t> state_{kFree};
};

// Holds a lock for a scope, whose line is what failures name.
class Holder {
 public:
  explicit Holder(Lock& lock, model::Place where = model::Place::current())
      : lock_(lock), where_(where) {
    lock_.lock(where_);
  }
  ~Holder() { lock_.unlock(where_); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

 private:
  Lock& lock_;
  const model::Place where_;
};

class Condition {
 public:
  // May return for no reason.
  void Wait(Lock& lock, model::Place where = model::Place::current()) {
    const uint32_t notifications = notifications_.load(kRelaxed, where);
    lock.unlock(where);
    Sleep(notifications_, notifications, kNever, where);
    lock.lock(where);
  }
  void NotifyAll(model::Place where = model::Place::current()) {
    notifications_.fetch_add(1, kRelaxed, where);
    WakeAll(&notifications_, where);
  }

 private:
  model::Atomic<uint32_t> notifications_{0};
};

}  // namespace synctest

#endif  // SYNC_TESTING_SHAME_LOCK_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What events are measured against: floors. A floor is what the machine asks
// for the job itself, without what makes the job safe or general. It is
// measured in the same run, so that ratios to it carry from one machine to
// another.

#ifndef SYNC_BENCHMARKS_FLOORS_H_
#define SYNC_BENCHMARKS_FLOORS_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <coroutine>
#include <cstdint>
#include <utility>

#include "benchmarks/runner.h"
#include "sync/event.h"

namespace syncbench {

inline void FutexWait(std::atomic<uint32_t>& word, uint32_t expected) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr);
}

inline void FutexWake(std::atomic<uint32_t>& word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count);
}

// The floor of a flag for which nobody has to wait: one load to look at it, and
// one exchange to change it. A plain store is no floor: it would not order the
// setter's earlier writes against a concurrent Clear() that misses them.
class AtomicFlag {
 public:
  static constexpr char kName[] = "AtomicFlag";

  void Set() { flag_.exchange(true, std::memory_order_acq_rel); }
  void Clear() { flag_.exchange(false, std::memory_order_acq_rel); }
  void Pulse() { flag_.exchange(false, std::memory_order_acq_rel); }
  bool IsSet() const { return flag_.load(std::memory_order_acquire); }
  bool TryWait() const { return IsSet(); }

  // For flags that are set: nobody is ever woken.
  void Wait() const {
    while (!IsSet()) {
    }
  }
  auto operator co_await() const {
    struct Awaiter {
      bool await_ready() const { return flag.IsSet(); }
      void await_suspend(std::coroutine_handle<>) const {}
      void await_resume() const {}
      const AtomicFlag& flag;
    };
    return Awaiter{*this};
  }
  auto AsyncTryWait() const {
    struct Awaiter {
      bool await_ready() const { return true; }
      void await_suspend(std::coroutine_handle<>) const {}
      bool await_resume() const { return flag.IsSet(); }
      const AtomicFlag& flag;
    };
    return Awaiter{*this};
  }

 private:
  std::atomic<bool> flag_{false};
};

// The floor of a hand-over to one thread: a word on which that thread sleeps,
// with a mark that spares the setter the system call if it doesn't. It sleeps
// at once; whoever spins first may well be faster.
class FutexFlag {
 public:
  static constexpr char kName[] = "FutexFlag";

  void Set() {
    if (word_.exchange(kSet, std::memory_order_acq_rel) == kAsleep) {
      FutexWake(word_, 1);
    }
  }

  // Called by the thread that waits.
  void Clear() { word_.exchange(kClear, std::memory_order_acq_rel); }

  void Wait() {
    uint32_t word = word_.load(std::memory_order_acquire);
    while (word != kSet) {
      if (word == kAsleep || word_.compare_exchange_weak(
                                 word, kAsleep, std::memory_order_acquire)) {
        FutexWait(word_, kAsleep);
        word = word_.load(std::memory_order_acquire);
      }
    }
  }

 private:
  static constexpr uint32_t kClear = 0;
  static constexpr uint32_t kSet = 1;
  static constexpr uint32_t kAsleep = 2;

  std::atomic<uint32_t> word_{kClear};
};

// The floor of a broadcast to threads: all of them sleep on one word, whose
// generation says what they have missed, and one system call wakes all. It
// neither knows who waits nor in which order, and its owner may not destroy it
// before the last has returned.
class FutexGeneration {
 public:
  static constexpr char kName[] = "FutexGeneration";

  void Pulse() {
    uint32_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, (word | kAsleep) + 1,
                                        std::memory_order_acq_rel)) {
    }
    if (word & kAsleep) FutexWake(word_, INT_MAX);
  }

  void WaitPast(uint64_t generation) {
    uint32_t word = word_.load(std::memory_order_acquire);
    while (word >> 1 == static_cast<uint32_t>(generation)) {
      if ((word & kAsleep) ||
          word_.compare_exchange_weak(word, word | kAsleep,
                                      std::memory_order_acquire)) {
        FutexWait(word_, word | kAsleep);
        word = word_.load(std::memory_order_acquire);
      }
    }
  }

 private:
  // Bit 0: somebody may sleep. Above it, the generation.
  static constexpr uint32_t kAsleep = 1;

  std::atomic<uint32_t> word_{0};
};

// The floor of an event for coroutines: an intrusive, singly linked list of
// handles, first in, first out, for one thread. No wait can be taken back, no
// other thread may touch it, and it doesn't know whether it is set.
class HandleList {
 public:
  static constexpr char kName[] = "HandleList";

  class Awaiter {
   public:
    explicit Awaiter(HandleList& list) : list_(list) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      *list_.end_ = this;
      list_.end_ = &next_;
    }
    void await_resume() const {}

   private:
    friend class HandleList;

    HandleList& list_;
    Awaiter* next_ = nullptr;
    std::coroutine_handle<> handle_;
  };

  HandleList() = default;
  HandleList(const HandleList&) = delete;
  HandleList& operator=(const HandleList&) = delete;

  Awaiter operator co_await() { return Awaiter(*this); }

  // The first of those who wait, or null; nobody does any more.
  Awaiter* TakeAll() {
    end_ = &head_;
    return std::exchange(head_, nullptr);
  }
  static void Resume(Awaiter* first) {
    while (Awaiter* const awaiter = first) {
      first = awaiter->next_;
      awaiter->handle_.resume();
    }
  }

  void Pulse() { Resume(TakeAll()); }
  void Set() { Pulse(); }
  void Clear() {}

 private:
  Awaiter* head_ = nullptr;
  Awaiter** end_ = &head_;
};

// The floor of a wait that is taken back: the same, but circular and doubly
// linked. Nothing wakes it.
class DoubleList {
 public:
  static constexpr char kName[] = "DoubleList";

  class Awaiter {
   public:
    explicit Awaiter(DoubleList& list) : list_(list) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (next_ != nullptr) list_.Remove(this);
    }
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      list_.Append(this);
    }
    void await_resume() const {}

   private:
    friend class DoubleList;

    DoubleList& list_;
    Awaiter* next_ = nullptr;
    Awaiter* prev_ = nullptr;
    std::coroutine_handle<> handle_;
  };

  Awaiter AsyncWait() { return Awaiter(*this); }
  bool empty() const { return head_ == nullptr; }

 private:
  void Append(Awaiter* awaiter) {
    if (head_ == nullptr) {
      head_ = awaiter->next_ = awaiter->prev_ = awaiter;
      return;
    }
    Awaiter* const last = head_->prev_;
    awaiter->next_ = head_;
    awaiter->prev_ = last;
    last->next_ = awaiter;
    head_->prev_ = awaiter;
  }
  void Remove(Awaiter* awaiter) {
    if (awaiter->next_ == awaiter) {
      head_ = nullptr;
      return;
    }
    awaiter->prev_->next_ = awaiter->next_;
    awaiter->next_->prev_ = awaiter->prev_;
    if (head_ == awaiter) head_ = awaiter->next_;
  }

  Awaiter* head_ = nullptr;
};

// What a wait with limits is measured against: one without.
struct WaitWithoutLimits : synclib::Event {
  static constexpr char kName[] = "PlainWait";
  static constexpr Role kRole = Role::kBaseline;
  void WaitLimited() { Wait(); }
  auto AsyncWaitLimited() { return AsyncWait(); }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_FLOORS_H_

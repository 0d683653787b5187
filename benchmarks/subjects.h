// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is measured against what: floors and peers of synclib::Event.
//
// A floor is what the machine asks for the job itself, without what makes the
// job safe or general. It is measured in the same run, so that ratios to it
// carry from one machine to another.

#ifndef SYNC_BENCHMARKS_SUBJECTS_H_
#define SYNC_BENCHMARKS_SUBJECTS_H_

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <mutex>

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
  void Set() { flag_.exchange(true, std::memory_order_acq_rel); }
  void Clear() { flag_.exchange(false, std::memory_order_acq_rel); }
  bool IsSet() const { return flag_.load(std::memory_order_acquire); }

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

 private:
  std::atomic<bool> flag_{false};
};

// The floor of a hand-over to one thread: a word on which that thread sleeps,
// with a mark that spares the setter the system call if it doesn't. It sleeps
// at once; whoever spins first may well be faster.
class FutexFlag {
 public:
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

// What people write without a library, with the notification after the unlock,
// which is the faster order. The generation makes broadcasts exact.
class MutexCondVar {
 public:
  void Set() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      set_ = true;
      ++generation_;
    }
    condition_.notify_all();
  }
  void Pulse() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ++generation_;
    }
    condition_.notify_all();
  }
  void Clear() {
    std::lock_guard<std::mutex> lock(mutex_);
    set_ = false;
  }
  bool IsSet() {
    std::lock_guard<std::mutex> lock(mutex_);
    return set_;
  }
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    condition_.wait(lock, [this] { return set_; });
  }
  void WaitPast(uint64_t generation) {
    std::unique_lock<std::mutex> lock(mutex_);
    condition_.wait(lock, [&] { return generation_ > generation; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable condition_;
  bool set_ = false;
  uint64_t generation_ = 0;
};

// The floor of a broadcast to coroutines, and of a wait that is taken back: an
// intrusive, circular, doubly linked list of handles, first in, first out, for
// one thread. No other thread may touch it, and no resumed coroutine may
// destroy another that waits.
class CoroutineList {
 public:
  class Awaiter {
   public:
    explicit Awaiter(CoroutineList& list) : list_(list) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() {
      if (linked_) list_.Remove(this);
    }
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      list_.Append(this);
    }
    void await_resume() const {}

   private:
    friend class CoroutineList;

    CoroutineList& list_;
    Awaiter* next_ = nullptr;
    Awaiter* prev_ = nullptr;
    std::coroutine_handle<> handle_;
    bool linked_ = false;
  };

  Awaiter AsyncWait() { return Awaiter(*this); }
  Awaiter operator co_await() { return Awaiter(*this); }

  void Pulse() {
    Awaiter* const first = head_;
    if (first == nullptr) return;
    head_ = nullptr;
    Awaiter* const last = first->prev_;
    Awaiter* next = first;
    for (Awaiter* awaiter = nullptr; awaiter != last;) {
      awaiter = next;
      next = awaiter->next_;
      awaiter->linked_ = false;
      awaiter->handle_.resume();
    }
  }

 private:
  void Append(Awaiter* awaiter) {
    awaiter->linked_ = true;
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
    awaiter->linked_ = false;
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

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_SUBJECTS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What Event's companions are measured against: floors, as floors.h has them
// for events. Each does its job by as few changes of a word as that takes. Who
// has to wait looks at the word again and again, and never sleeps; none serves
// in any order, gives up, or may be destroyed before the last call has
// returned.

#ifndef SYNC_BENCHMARKS_RAW_FLOORS_H_
#define SYNC_BENCHMARKS_RAW_FLOORS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace syncbench {

// Such a class as the floor.
template <class T>
struct Raw : T {
  static constexpr char kName[] = "Raw";
  using T::T;
};

// Looks until it is so: at first at once, for whom is on another processor,
// then with others let run.
template <class P>
void Poll(P is_so) {
  constexpr int kAtOnce = 100;
  for (int looks = 0; !is_so(); ++looks) {
    if (looks >= kAtOnce) std::this_thread::yield();
  }
}

// To lock is a compare-exchange, to unlock an exchange, which would see whether
// somebody sleeps.
class WordMutex {
 public:
  bool try_lock() {
    bool locked = false;
    return locked_.compare_exchange_strong(locked, true,
                                           std::memory_order_acquire);
  }
  void lock() {
    Poll([this] { return try_lock(); });
  }
  void unlock() { locked_.exchange(false, std::memory_order_release); }

 private:
  std::atomic<bool> locked_{false};
};

// The same, and for a reader a compare-exchange and a subtraction.
class WordSharedMutex {
 public:
  void lock() {
    Poll([this] {
      int64_t readers = 0;
      return readers_.compare_exchange_strong(readers, kWriter,
                                              std::memory_order_acquire);
    });
  }
  void unlock() { readers_.exchange(0, std::memory_order_release); }
  void lock_shared() {
    Poll([this] {
      int64_t readers = readers_.load(std::memory_order_relaxed);
      return readers != kWriter &&
             readers_.compare_exchange_strong(readers, readers + 1,
                                              std::memory_order_acquire);
    });
  }
  void unlock_shared() { readers_.fetch_sub(1, std::memory_order_release); }

 private:
  static constexpr int64_t kWriter = -1;

  std::atomic<int64_t> readers_{0};
};

// A subtraction and an addition.
class WordSemaphore {
 public:
  explicit WordSemaphore(int64_t permits) : permits_(permits) {}
  void Acquire() {
    Poll([this] {
      if (permits_.fetch_sub(1, std::memory_order_acquire) > 0) return true;
      permits_.fetch_add(1, std::memory_order_relaxed);
      return false;
    });
  }
  void Release() { permits_.fetch_add(1, std::memory_order_release); }

 private:
  std::atomic<int64_t> permits_;
};

// An exchange each.
class WordSignal {
 public:
  void Set() { set_.exchange(true, std::memory_order_acq_rel); }
  void Wait() {
    Poll([this] {
      return set_.load(std::memory_order_relaxed) &&
             set_.exchange(false, std::memory_order_acq_rel);
    });
  }

 private:
  std::atomic<bool> set_{false};
};

// To notify nobody is to look whether somebody waits; else it is an addition,
// at which all of them look at the predicate.
struct RawMonitor {
  using Mutex = WordMutex;
  using Lock = std::unique_lock<Mutex>;
  class Condition {
   public:
    template <class P>
    void Wait(Lock& lock, P predicate) {
      while (!predicate()) {
        const uint32_t seen = notified_.load(std::memory_order_relaxed);
        waiters_.fetch_add(1, std::memory_order_relaxed);
        lock.unlock();
        Poll([&] { return notified_.load(std::memory_order_relaxed) != seen; });
        waiters_.fetch_sub(1, std::memory_order_relaxed);
        lock.lock();
      }
    }
    void NotifyOne() {
      // Who waits has locked the mutex before whoever notifies did.
      if (waiters_.load(std::memory_order_relaxed) != 0) {
        notified_.fetch_add(1, std::memory_order_relaxed);
      }
    }
    void NotifyAll() { NotifyOne(); }

   private:
    std::atomic<uint32_t> waiters_{0};
    std::atomic<uint32_t> notified_{0};
  };
};

// A subtraction, and a look.
class WordLatch {
 public:
  explicit WordLatch(int count) : left_(count) {}
  void CountDown() { left_.fetch_sub(1, std::memory_order_release); }
  void Wait() {
    Poll([this] { return left_.load(std::memory_order_acquire) == 0; });
  }

 private:
  std::atomic<int> left_;
};

// A subtraction each; the last thread lets the others go on.
class WordBarrier {
 public:
  explicit WordBarrier(int64_t parties) : parties_(parties) {}
  void ArriveAndWait() {
    const uint32_t phase = phase_.load(std::memory_order_relaxed);
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      left_.store(parties_, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
    } else {
      Poll([&] { return phase_.load(std::memory_order_acquire) != phase; });
    }
  }

 private:
  const int64_t parties_;
  std::atomic<int64_t> left_{parties_};
  std::atomic<uint32_t> phase_{0};
};

// Two flags in one word: a change each.
class WordFlags {
 public:
  void Set(size_t i) { set_.fetch_or(1u << i, std::memory_order_release); }
  size_t WaitAny() {
    uint32_t set;
    Poll([&] { return (set = set_.load(std::memory_order_relaxed)) != 0; });
    const size_t i = (set & 1) != 0 ? 0 : 1;
    set_.fetch_and(~(1u << i), std::memory_order_acquire);
    return i;
  }

 private:
  std::atomic<uint32_t> set_{0};
};

// So many values, first in, first out, as a container has them.
template <size_t kBound>
class ValueRing {
 public:
  void push(int64_t value) { values_[end_++ % kBound] = value; }
  int64_t front() const { return values_[begin_ % kBound]; }
  void pop() { ++begin_; }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }

 private:
  std::array<int64_t, kBound> values_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

// The first value, or of those without a first one that on top.
template <class Values>
int64_t TakeFrom(Values& values) {
  int64_t value;
  if constexpr (requires { values.top(); }) {
    value = values.top();
  } else {
    value = values.front();
  }
  values.pop();
  return value;
}

// A queue of one thread's: a container that has a bound.
template <class Values, size_t kBound>
class Unlocked {
 public:
  bool TryPush(int64_t value) {
    if (values_.size() == kBound) return false;
    values_.push(value);
    return true;
  }
  std::optional<int64_t> TryPop() {
    if (values_.empty()) return std::nullopt;
    return TakeFrom(values_);
  }

 private:
  Values values_;
};

// An addition each says which place is whose, and whoever gets there too early
// waits for the other to have used it.
template <size_t kBound>
class TicketRing {
 public:
  void Push(int64_t value) {
    const size_t ticket = end_.fetch_add(1, std::memory_order_relaxed);
    Place& place = AwaitTurn(ticket, 0);
    place.value = value;
    place.turn.fetch_add(1, std::memory_order_release);
  }
  int64_t Pop() {
    const size_t ticket = begin_.fetch_add(1, std::memory_order_relaxed);
    Place& place = AwaitTurn(ticket, 1);
    const int64_t value = place.value;
    place.turn.fetch_add(1, std::memory_order_release);
    return value;
  }

 private:
  struct Place {
    std::atomic<size_t> turn{0};  // Even: to be filled.
    int64_t value;
  };

  Place& AwaitTurn(size_t ticket, size_t full) {
    Place& place = places_[ticket % kBound];
    const size_t turn = 2 * (ticket / kBound) + full;
    Poll([&] { return place.turn.load(std::memory_order_acquire) == turn; });
    return place;
  }

  std::array<Place, kBound> places_;
  std::atomic<size_t> begin_{0};
  std::atomic<size_t> end_{0};
};

// A store, and a look.
class WordOneShot {
 public:
  void Set(int64_t value) {
    value_ = value;
    set_.store(true, std::memory_order_release);
  }
  int64_t Get() const {
    Poll([this] { return set_.load(std::memory_order_acquire); });
    return value_;
  }

 private:
  int64_t value_ = 0;
  std::atomic<bool> set_{false};
};

// A look; before the value is there, a compare-exchange says who makes it.
class WordLazy {
 public:
  int64_t Get() {
    if (!IsMade()) [[unlikely]]
      Make();
    return value_;
  }

 private:
  static constexpr int kNone = 0;
  static constexpr int kBeingMade = 1;
  static constexpr int kMade = 2;

  bool IsMade() const {
    return state_.load(std::memory_order_acquire) == kMade;
  }
  [[gnu::noinline]] void Make() {
    int state = kNone;
    if (state_.compare_exchange_strong(state, kBeingMade,
                                       std::memory_order_relaxed)) {
      value_ = 1;
      state_.store(kMade, std::memory_order_release);
    } else {
      Poll([this] { return IsMade(); });
    }
  }

  int64_t value_ = 0;
  std::atomic<int> state_{kNone};
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_RAW_FLOORS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is within reach of an event; see bare_event.h.

#include <atomic>
#include <chrono>
#include <climits>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "benchmarks/bare_event.h"
#include "benchmarks/floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/subject.h"
#include "sync/event.h"

namespace syncbench {
namespace {

SYNC_BENCHMARK_SUBJECT("BareEvent", BareEvent);

// The fewest steps for an event that threads share: a word that is the last of
// those who wait, or says that it is set, as in cppcoro. To join is one
// compare-exchange, and a broadcast one exchange, which takes all. In return,
// no wait can be taken back, broadcasts have no number, and each has to walk
// over all whom it takes to know who was first.
class BareStack {
 public:
  static constexpr Role kRole = Role::kWithinReach;

  class Awaiter {
   public:
    explicit Awaiter(BareStack& event) : event_(event) {}
    bool await_ready() const { return event_.IsSet(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      void* top = event_.top_.load(std::memory_order_acquire);
      do {
        if (top == &event_) return false;
        next_ = static_cast<Awaiter*>(top);
      } while (!event_.top_.compare_exchange_weak(
          top, this, std::memory_order_release, std::memory_order_acquire));
      return true;
    }
    void await_resume() const {}

   private:
    friend class BareStack;

    BareStack& event_;
    Awaiter* next_;  // Once it has suspended.
    std::coroutine_handle<> handle_;
  };

  void Set() { Release(top_.exchange(this, std::memory_order_acq_rel)); }
  void Pulse() { Release(top_.exchange(nullptr, std::memory_order_acq_rel)); }
  void Clear() {
    void* set = this;
    top_.compare_exchange_strong(set, nullptr, std::memory_order_acq_rel);
  }
  bool IsSet() const { return top_.load(std::memory_order_acquire) == this; }
  Awaiter operator co_await() { return Awaiter(*this); }

 private:
  void Release(void* top) {
    if (top == this) return;
    Awaiter* first = nullptr;
    auto* last = static_cast<Awaiter*>(top);
    while (Awaiter* const awaiter = last) {
      last = awaiter->next_;
      awaiter->next_ = first;
      first = awaiter;
    }
    while (Awaiter* const awaiter = first) {
      first = awaiter->next_;
      awaiter->handle_.resume();
    }
  }

  std::atomic<void*> top_{nullptr};  // Itself: it is set.
};

SYNC_BENCHMARK_SUBJECT("BareStack", BareStack);

// The floor's list with as much memory for each wait as the library's own has,
// which nobody looks at: what the bytes alone cost.
class WideHandleList : public HandleList {
 public:
  class Awaiter : public HandleList::Awaiter {
   public:
    using HandleList::Awaiter::Awaiter;

   private:
    [[maybe_unused]] std::byte
        rest_[sizeof(synclib::Event::Awaiter) - sizeof(HandleList::Awaiter)];
  };

  Awaiter operator co_await() { return Awaiter(*this); }
};

SYNC_BENCHMARK_AT_START(EventSuite::AddTo<BroadcastCoroutines>(
    {.name = "WideHandleList",
     .body = &BroadcastCoroutines::Run<WideHandleList>,
     .role = Role::kWithinReach}));

// For a wait that can be taken back: the floor's list, and a word that guards
// it. What any such wait needs, also for an event that is set: it writes whose
// it is and that it has not suspended, and looks at the latter when it ends.
// Nothing wakes who waits.
class BareList {
 public:
  static constexpr Role kRole = Role::kWithinReach;

  class Awaiter {
   public:
    explicit Awaiter(BareList& list) : list_(list) {}
    ~Awaiter() {
      if (suspended_) TakeBack();
    }
    bool await_ready() const { return list_.IsSet(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      return list_.Touch(BareWord::kSet, [&] {
        suspended_ = true;
        std::construct_at(&wait_, list_.list_)->await_suspend(handle);
      });
    }
    void await_resume() const {}

   private:
    void TakeBack() {
      (void)list_.Touch(0, [this] { std::destroy_at(&wait_); });
    }

    BareList& list_;
    bool suspended_ = false;
    union {
      DoubleList::Awaiter wait_;  // Once it has suspended.
    };
  };

  // With a limit as well, of which it sees to no more than that it has come.
  class LimitedAwaiter : public Awaiter {
   public:
    LimitedAwaiter(BareList& list, absl::Duration limit)
        : Awaiter(list), limit_(limit) {}
    bool await_ready() {
      is_set_ = Awaiter::await_ready();
      return is_set_ || limit_ <= absl::ZeroDuration();
    }
    bool await_resume() const { return is_set_; }

   private:
    const absl::Duration limit_;
    bool is_set_;
  };

  void Set() {
    word_.word().fetch_or(BareWord::kSet, std::memory_order_acq_rel);
  }
  bool IsSet() const { return word_.IsSet(); }
  Awaiter AsyncWait() { return Awaiter(*this); }
  Awaiter operator co_await() { return AsyncWait(); }
  LimitedAwaiter AsyncTryWait() {
    return LimitedAwaiter(*this, absl::ZeroDuration());
  }

 private:
  // False: one of the bits is set.
  template <class F>
  bool Touch(uint64_t bits, F function) {
    if (!word_.Lock(bits)) return false;
    function();
    const uint64_t waiters = list_.empty() ? 0 : BareWord::kHasWaiters;
    word_.Unlock([&](uint64_t word) {
      return (word & ~BareWord::kHasWaiters) | waiters;
    });
    return true;
  }

  BareWord word_;
  DoubleList list_;
};

SYNC_BENCHMARK_SUBJECT("BareList", BareList);

// For a wait with limits: one without, and what it takes to have the limits in
// mind, but not that they end it.
class BareLimits : private synclib::Event {
 public:
  class Awaiter {
   public:
    explicit Awaiter(BareLimits& event)
        : event_(event), wait_(event.AsyncWait()) {}
    bool await_ready() { return wait_.await_ready(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      limit_ = std::chrono::steady_clock::now() + std::chrono::hours(1);
      benchmark::DoNotOptimize(limit_);
      { const std::lock_guard enter(event_.timers_); }
      on_stop_.emplace(event_.source_.get_token(), Nothing());
      return wait_.await_suspend(handle);
    }
    void await_resume() {
      on_stop_.reset();
      const std::lock_guard leave(event_.timers_);
    }

   private:
    struct Nothing {
      void operator()() const noexcept {}
    };

    BareLimits& event_;
    Event::Awaiter wait_;
    std::chrono::steady_clock::time_point limit_;
    std::optional<std::stop_callback<Nothing>> on_stop_;
  };

  using Event::Clear;
  using Event::Set;
  Awaiter AsyncWaitLimited() { return Awaiter(*this); }

 private:
  std::mutex timers_;
  std::stop_source source_;
};

SYNC_BENCHMARK_AT_START(EventSuite::AddTo<OneCoroutineLimited>(
    {.name = "BareLimits",
     .body = &OneCoroutineLimited::Run<BareLimits>,
     .role = Role::kWithinReach}));

// For threads that sleep: each on a word of its own, so that the event is
// touched no more once a wait returns. They are woken one after the other by
// the caller, the first one first.
class BareSleepers {
 public:
  static constexpr Role kRole = Role::kWithinReach;

  void Pulse() {
    Sleeper* sleeper;
    {
      const std::lock_guard lock(mutex_);
      ++pulses_;
      sleeper = std::exchange(first_, nullptr);
      end_ = &first_;
    }
    while (sleeper != nullptr) {
      std::atomic<uint32_t>& word = sleeper->released;
      sleeper = sleeper->next;
      word.store(1, std::memory_order_release);
      FutexWake(word, 1);
    }
  }
  void WaitPast(uint64_t pulses) {
    Sleeper sleeper;
    {
      const std::lock_guard lock(mutex_);
      if (pulses_ > pulses) return;
      *end_ = &sleeper;
      end_ = &sleeper.next;
    }
    while (sleeper.released.load(std::memory_order_acquire) == 0) {
      FutexWait(sleeper.released, 0);
    }
  }

 private:
  struct Sleeper {
    std::atomic<uint32_t> released{0};
    Sleeper* next = nullptr;
  };

  std::mutex mutex_;
  uint64_t pulses_ = 0;  // Guarded by mutex_, as the next ones.
  Sleeper* first_ = nullptr;
  Sleeper** end_ = &first_;
};

SYNC_BENCHMARK_SUBJECT("BareSleepers", BareSleepers);

// The same in groups, each on one word that all events share and nobody
// destroys: first kAlone threads that are a group each, then groups of kMany. A
// group is released by one system call, and its first thread then releases the
// next group. The caller releases the first two.
class BareGroups {
 public:
  static constexpr Role kRole = Role::kWithinReach;

  void Pulse() {
    Sleeper* first;
    {
      const std::lock_guard lock(mutex_);
      ++pulses_;
      first = std::exchange(first_, nullptr);
      next_group_ = &first_;
      groups_ = room_ = 0;
    }
    if (first == nullptr) return;
    Sleeper* const second = std::exchange(first->next_group, nullptr);
    Release(first);
    if (second != nullptr) Release(second);
  }
  void WaitPast(uint64_t pulses) {
    Sleeper sleeper;
    {
      const std::lock_guard lock(mutex_);
      if (pulses_ > pulses) return;
      Join(&sleeper);
    }
    for (;;) {
      const uint32_t generation = sleeper.word->load(std::memory_order_acquire);
      if (sleeper.released.load(std::memory_order_acquire)) break;
      FutexWait(*sleeper.word, generation);
    }
    if (sleeper.next_group != nullptr) Release(sleeper.next_group);
  }

 private:
  static constexpr size_t kAlone = 3;
  static constexpr size_t kMany = 32;
  static constexpr size_t kWords = 64;  // More groups share words.

  struct Sleeper {
    std::atomic<uint32_t>* word;
    std::atomic<bool> released{false};
    Sleeper* next = nullptr;        // Of its group.
    Sleeper* next_group = nullptr;  // Of the first of a group: the next first.
  };
  struct alignas(64) Word {
    std::atomic<uint32_t> word;  // Changes whenever it has released somebody.
  };

  void Join(Sleeper* sleeper) {  // Under mutex_.
    if (room_ == 0) {
      room_ = groups_++ < kAlone ? 1 : kMany;
      *next_group_ = sleeper;
      next_group_ = &sleeper->next_group;
    } else {
      *end_ = sleeper;
    }
    end_ = &sleeper->next;
    --room_;
    sleeper->word = &words_[groups_ % kWords].word;
  }

  // The threads of a group, of which nobody may be left when this returns.
  static void Release(Sleeper* first) {
    std::atomic<uint32_t>& word = *first->word;
    for (Sleeper* sleeper = first; sleeper != nullptr;) {
      std::atomic<bool>& released = sleeper->released;
      sleeper = sleeper->next;
      released.store(true, std::memory_order_release);
    }
    word.fetch_add(1, std::memory_order_release);
    FutexWake(word, INT_MAX);
  }

  static inline Word words_[kWords];

  std::mutex mutex_;
  uint64_t pulses_ = 0;  // Guarded by mutex_, as the next ones.
  size_t groups_ = 0;
  size_t room_ = 0;  // For how many more there is room in the last group.
  Sleeper* first_ = nullptr;
  Sleeper** next_group_ = &first_;
  Sleeper** end_ = nullptr;  // Of the last group.
};

SYNC_BENCHMARK_SUBJECT("BareGroups", BareGroups);

}  // namespace
}  // namespace syncbench

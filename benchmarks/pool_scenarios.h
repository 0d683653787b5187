// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What it costs to resume coroutines on the threads of a pool.
//
// A subject is a pool, made with a number of threads, and is added so:
//
//   SYNC_BENCHMARK_ADD(PoolSuite, "WorkStealing", WorkStealingPool);
//
// It has a type Event, whose functions are those of subject.h: made with the
// pool, and awaited by coroutines, which Set() and Pulse() resume on the pool,
// and Clear(). For a pool that has no events, but can Post(handle), that is
// PostingEvent<WorkStealingPool>. A thread waits for the coroutines by the same
// means whatever the pool.

#ifndef SYNC_BENCHMARKS_POOL_SCENARIOS_H_
#define SYNC_BENCHMARKS_POOL_SCENARIOS_H_

#include <atomic>
#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/concepts.h"
#include "benchmarks/coroutine.h"
#include "benchmarks/floors.h"
#include "benchmarks/raw_floors.h"
#include "benchmarks/runner.h"
#include "benchmarks/spent.h"
#include "benchmarks/suite.h"
#include "benchmarks/threads.h"

namespace syncbench {

template <class P>
concept Pool = std::constructible_from<P, size_t> &&
               std::constructible_from<typename P::Event, P&> &&
               Awaitable<typename P::Event> && Clearable<typename P::Event> &&
               Pulsing<typename P::Event>;

// For a pool that has a Post(handle) and no events: a list of handles.
template <class P>
class PostingEvent {
 public:
  class Awaiter {
   public:
    explicit Awaiter(PostingEvent& event) : event_(event) {}
    bool await_ready() const { return false; }
    // Inlined, it might spill into the frame after another thread resumes it.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> handle) {
      const std::lock_guard lock(event_.mutex_);
      if (event_.set_) return false;
      handle_ = handle;
      next_ = std::exchange(event_.last_, this);
      return true;
    }
    void await_resume() const {}

   private:
    friend class PostingEvent;

    PostingEvent& event_;
    std::coroutine_handle<> handle_;
    Awaiter* next_ = nullptr;
  };

  explicit PostingEvent(P& pool) : pool_(pool) {}
  Awaiter operator co_await() { return Awaiter(*this); }

  void Set() { Release(true); }
  void Pulse() { Release(false); }
  void Clear() {
    const std::lock_guard lock(mutex_);
    set_ = false;
  }

 private:
  void Release(bool set) {
    Awaiter* next;
    {
      const std::lock_guard lock(mutex_);
      set_ = set;
      next = std::exchange(last_, nullptr);
    }
    while (Awaiter* const awaiter = next) {
      next = awaiter->next_;
      pool_.Post(awaiter->handle_);
    }
  }

  P& pool_;
  std::mutex mutex_;
  bool set_ = false;         // Guarded by mutex_.
  Awaiter* last_ = nullptr;  // Likewise; the one that has joined last.
};

// A pool as people write it: threads that share a queue of handles, under a
// mutex.
template <class Monitor>
class HandleQueue {
 public:
  using Event = PostingEvent<HandleQueue>;

  explicit HandleQueue(size_t threads) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] {
        while (const std::coroutine_handle<> handle = Take()) handle.resume();
      });
    }
  }
  ~HandleQueue() {
    Post(nullptr);
    for (std::thread& thread : threads_) thread.join();
  }

  void Post(std::coroutine_handle<> handle) {
    {
      const Lock lock(mutex_);
      handles_.push_back(handle);
    }
    posted_.NotifyOne();
  }

 private:
  using Lock = typename Monitor::Lock;

  std::coroutine_handle<> Take() {
    Lock lock(mutex_);
    posted_.Wait(lock, [this] { return !handles_.empty(); });
    const std::coroutine_handle<> handle = handles_.front();
    if (handle != nullptr) {
      handles_.pop_front();
    } else {
      posted_.NotifyAll();  // It stays there for the others.
    }
    return handle;
  }

  typename Monitor::Mutex mutex_;
  typename Monitor::Condition posted_;
  std::deque<std::coroutine_handle<>> handles_;  // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

// Suspends the coroutine, then does something: whoever learns of that may
// resume or destroy the coroutine.
template <class F>
struct SuspendThen {
  bool await_ready() const { return false; }
  [[gnu::noinline]] void await_suspend(std::coroutine_handle<>) const {
    const F last = action;  // The frame may go meanwhile.
    last();
  }
  void await_resume() const {}
  F action;
};
template <class F>
SuspendThen(F) -> SuspendThen<F>;

struct PoolRoundTrip {
  using Floor = Raw<HandleQueue<RawMonitor>>;
  static Scenario Describe() {
    return {.name = "PoolRoundTrip",
            .title = "from a thread to a coroutine on a pool and back",
            .measure = Measure::kManual,
            .targets = {{1, "Asio"}}};
  }
  template <Pool P>
  static void Run(benchmark::State& state) {
    P pool(UsableProcessors());
    typename P::Event there(pool);
    FutexFlag back;
    bool over = false;
    Coroutine coroutine = Answer<P>(there, back, over);
    coroutine.Resume();
    const auto round_trip = [&] {
      there.Set();
      back.Wait();
      back.Clear();
    };
    while (state.KeepRunningBatch(kRounds)) {
      const Clock::time_point start = Clock::now();
      for (int64_t i = 0; i < kRounds; ++i) round_trip();
      state.SetIterationTime(SecondsSince(start));
    }
    over = true;
    round_trip();
  }

 private:
  template <class P>
  static Coroutine Answer(typename P::Event& there, FutexFlag& back,
                          const bool& over) {
    for (;;) {
      co_await there;
      there.Clear();
      if (over) break;
      back.Set();
    }
    co_await SuspendThen{[&] { back.Set(); }};
  }
};

struct PoolBroadcast {
  using Floor = Raw<HandleQueue<RawMonitor>>;
  static Scenario Describe() {
    return {.name = "PoolBroadcast",
            .title = "a pulse until the last coroutine has run on a pool",
            .measure = Measure::kManual,
            .argument = "coroutines",
            .values = {1, 100, 10'000, 1'000'000},
            .shared = true,
            .targets = {{1, "Asio"}}};
  }
  template <Pool P>
  static void Run(benchmark::State& state) {
    const auto count = static_cast<size_t>(state.range(0));
    P pool(UsableProcessors());
    typename P::Event event(pool);
    FutexFlag done;
    std::atomic<size_t> left{0};
    std::vector<Coroutine> coroutines;
    coroutines.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      coroutines.push_back(Listen<P>(event, left, done));
    }
    for (auto _ : state) {
      for (Coroutine& coroutine : coroutines) coroutine.Resume();
      left = count;
      const Clock::time_point start = Clock::now();
      event.Pulse();
      done.Wait();
      state.SetIterationTime(SecondsSince(start));
      done.Clear();
    }
  }

 private:
  template <class P>
  static Coroutine Listen(typename P::Event& event, std::atomic<size_t>& left,
                          FutexFlag& done) {
    for (;;) {
      co_await event;
      co_await SuspendThen{[&] {
        if (--left == 0) done.Set();
      }};
    }
  }
};

using PoolSuite = Suite<PoolRoundTrip, PoolBroadcast>;

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_POOL_SCENARIOS_H_

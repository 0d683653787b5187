// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is measured: each body once, with the subject as template argument.

#ifndef SYNC_BENCHMARKS_SCENARIOS_H_
#define SYNC_BENCHMARKS_SCENARIOS_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "benchmarks/runner.h"
#include "benchmarks/subjects.h"
#include "benchmarks/threads.h"

namespace syncbench {

using Clock = std::chrono::steady_clock;

inline double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A coroutine that its owner resumes and destroys.
class Coroutine {
 public:
  struct promise_type {
    Coroutine get_return_object() {
      return Coroutine(
          std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };

  Coroutine(Coroutine&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)) {}
  Coroutine& operator=(Coroutine&&) = delete;
  ~Coroutine() {
    if (handle_) handle_.destroy();
  }

  void Resume() { handle_.resume(); }
  bool done() const { return handle_.done(); }

 private:
  explicit Coroutine(std::coroutine_handle<promise_type> handle)
      : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

// One look at a set flag.
template <class Flag>
void BM_IsSet(benchmark::State& state) {
  Flag flag;
  flag.Set();
  for (auto _ : state) {
    bool is_set = flag.IsSet();
    benchmark::DoNotOptimize(is_set);
  }
}

// To set a flag and clear it again, with nobody waiting.
template <class Flag>
void BM_SetAndClear(benchmark::State& state) {
  Flag flag;
  for (auto _ : state) {
    flag.Set();
    flag.Clear();
  }
}

// A thread's wait that is over before it begins.
template <class Flag>
void BM_WaitOnSetEvent(benchmark::State& state) {
  Flag flag;
  flag.Set();
  for (auto _ : state) {
    flag.Wait();
    benchmark::ClobberMemory();
  }
}

template <class Flag>
Coroutine AwaitOften(benchmark::State& state, Flag& flag) {
  for (auto _ : state) {
    co_await flag;
    benchmark::ClobberMemory();
  }
}

// The same for a coroutine, which isn't suspended.
template <class Flag>
void BM_AwaitSetEvent(benchmark::State& state) {
  Flag flag;
  flag.Set();
  Coroutine coroutine = AwaitOften(state, flag);
  coroutine.Resume();
  Require(coroutine.done(), "a wait on a set event suspended the coroutine");
}

// A round trip between two threads that block for each other, over two flags;
// both on one processor, or each on its own.
template <class Flag>
void BM_PingPong(benchmark::State& state) {
  const auto processors = static_cast<size_t>(state.range(0));
  Flag ping;
  Flag pong;
  bool over = false;
  std::thread partner([&] {
    const OnProcessor there(processors - 1);
    for (;;) {
      ping.Wait();
      if (over) return;
      ping.Clear();
      pong.Set();
    }
  });
  {
    const OnProcessor here(0);
    for (auto _ : state) {
      ping.Set();
      pong.Wait();
      pong.Clear();
    }
  }
  over = true;
  ping.Set();
  partner.join();
}

// Threads that wait for one broadcast after the other.
template <class Broadcast>
class Audience {
 public:
  // Of one broadcast, in seconds from its beginning.
  struct Times {
    double call_returned;
    double last_awake;
  };

  explicit Audience(size_t size) : size_(size) {
    for (size_t i = 0; i < size; ++i)
      threads_.emplace_back([this] { Listen(); });
  }
  ~Audience() {
    over_ = true;
    broadcast_.Pulse();
    for (std::thread& thread : threads_) thread.join();
  }

  // Broadcasts once all of them sleep, and returns once none does: this thread
  // sleeps meanwhile, so that it takes no processor from them.
  Times Wake() {
    watch_.AwaitAllAsleep(size_);
    left_.store(size_, std::memory_order_relaxed);
    Times times;
    const Clock::time_point start = Clock::now();
    broadcast_.Pulse();
    times.call_returned = SecondsSince(start);
    all_awake_.Wait();
    all_awake_.Clear();
    times.last_awake =
        std::chrono::duration<double>(last_awake_ - start).count();
    return times;
  }

 private:
  void Listen() {
    watch_.AddThisThread();
    for (uint64_t epoch = 0;; ++epoch) {
      broadcast_.WaitPast(epoch);
      if (over_) return;
      if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        last_awake_ = Clock::now();
        all_awake_.Set();
      }
    }
  }

  const size_t size_;
  Broadcast broadcast_;
  SleepWatch watch_;
  bool over_ = false;
  std::atomic<size_t> left_{0};
  Clock::time_point last_awake_;
  FutexFlag all_awake_;
  std::vector<std::thread> threads_;
};

// From the beginning of a broadcast to sleeping threads until the last of them
// runs.
template <class Broadcast>
void BM_BroadcastThreads(benchmark::State& state) {
  Audience<Broadcast> audience(static_cast<size_t>(state.range(0)));
  for (auto _ : state) state.SetIterationTime(audience.Wake().last_awake);
}

// From the beginning of the same call until it returns. A thread that it wakes
// may take the caller's processor, so this isn't just the cost of the call.
template <class Broadcast>
void BM_BroadcastCaller(benchmark::State& state) {
  Audience<Broadcast> audience(static_cast<size_t>(state.range(0)));
  for (auto _ : state) state.SetIterationTime(audience.Wake().call_returned);
}

template <class Broadcast>
Coroutine ListenOnce(Broadcast& broadcast, int64_t& resumed) {
  for (;;) {
    co_await broadcast;
    ++resumed;
    co_await std::suspend_always();  // Until it is to join again.
  }
}

// A broadcast to suspended coroutines, which it resumes one after the other in
// the calling thread. That they join isn't in the time. Where they are few,
// many broadcasts, each to its own, share one reading of the clock.
template <class Broadcast>
void BM_BroadcastCoroutines(benchmark::State& state) {
  const auto listeners = static_cast<size_t>(state.range(0));
  const size_t count = std::max<size_t>(1, 100 / listeners);
  const std::unique_ptr<Broadcast[]> broadcasts(new Broadcast[count]);
  int64_t resumed = 0;
  std::vector<Coroutine> coroutines;
  for (size_t i = 0; i < count * listeners; ++i) {
    coroutines.push_back(ListenOnce(broadcasts[i / listeners], resumed));
  }
  int64_t expected = 0;
  while (state.KeepRunningBatch(static_cast<int64_t>(count))) {
    for (Coroutine& coroutine : coroutines) coroutine.Resume();
    const Clock::time_point start = Clock::now();
    for (size_t i = 0; i < count; ++i) broadcasts[i].Pulse();
    state.SetIterationTime(SecondsSince(start));
    expected += static_cast<int64_t>(coroutines.size());
  }
  Require(resumed == expected, "a broadcast missed a coroutine");
}

// A coroutine's wait that has joined and that is taken back by its end: what
// the destruction of a suspended coroutine comes to, but for its frame.
template <class Broadcast>
class Registration {
 public:
  explicit Registration(Broadcast& broadcast)
      : awaiter_(broadcast.AsyncWait()) {
    Require(!awaiter_.await_ready(), "a wait was over before it began");
    awaiter_.await_suspend(std::noop_coroutine());
  }

 private:
  decltype(std::declval<Broadcast&>().AsyncWait()) awaiter_;
};

// So many waits join a list, and leave it in a random order.
template <class Broadcast>
void BM_RegisterAndCancel(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  Broadcast broadcast;
  std::vector<std::optional<Registration<Broadcast>>> waits(count);
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  for (auto _ : state) {
    for (auto& wait : waits) wait.emplace(broadcast);
    for (uint32_t i : order) waits[i].reset();
  }
}

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_SCENARIOS_H_

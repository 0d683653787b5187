// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Asio, with its own events, pool and timers.

#include "benchmarks/pool_scenarios.h"
#include "benchmarks/subject.h"
#include "benchmarks/timer_scenarios.h"

#ifdef SYNC_BENCHMARK_HAS_ASIO

#include <asio.hpp>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <vector>

namespace syncbench {
namespace {

using Timer = asio::steady_timer;

// The known way: what waits does so for a timer that never expires, and a
// broadcast cancels that.
class AsioEvent {
 public:
  class Awaiter {
   public:
    explicit Awaiter(Timer& timer) : timer_(timer) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      timer_.async_wait([handle](asio::error_code) { handle.resume(); });
    }
    void await_resume() const {}

   private:
    Timer& timer_;
  };

  Awaiter operator co_await() { return Awaiter(timer_); }
  void Pulse() {
    timer_.cancel();
    context_.restart();
    context_.poll();
  }

 private:
  static inline asio::io_context context_{1};
  Timer timer_{context_, Timer::time_point::max()};
};

SYNC_BENCHMARK_SUBJECT("Asio", AsioEvent);

class AsioPool {
 public:
  using Event = PostingEvent<AsioPool>;

  explicit AsioPool(size_t threads) : pool_(threads) {}
  ~AsioPool() { pool_.join(); }
  void Post(std::coroutine_handle<> handle) {
    asio::post(pool_, [handle] { handle.resume(); });
  }

 private:
  asio::thread_pool pool_;
};

SYNC_BENCHMARK_ADD(PoolSuite, "Asio", AsioPool);

class AsioTimers {
 public:
  explicit AsioTimers(size_t count) : timers_(count) {}

  void Arm(size_t i, std::chrono::nanoseconds delay) {
    timers_[i].emplace(context_, delay);
    timers_[i]->async_wait([this](asio::error_code error) {
      if (!error) ++fired_;
    });
  }
  void Cancel(size_t i) { timers_[i].reset(); }
  void Settle() { context_.poll(); }
  void FireAll() {
    context_.run();
    Require(fired_ == timers_.size(), "a timer did not fire");
  }

 private:
  asio::io_context context_{1};
  std::vector<std::optional<Timer>> timers_;
  size_t fired_ = 0;
};

SYNC_BENCHMARK_ADD(TimerSuite, "Asio", AsioTimers);

}  // namespace
}  // namespace syncbench

#else

SYNC_BENCHMARK_ABSENT("Asio", "libasio-dev");

#endif

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Limits of coroutines' waits against other timers.
//
//   bazel run --config=opt //benchmarks:timers_benchmark

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/coroutine.h"
#include "benchmarks/spent.h"
#include "benchmarks/timer_scenarios.h"
#include "sync/event.h"
#include "sync/event_loop.h"

namespace syncbench {
namespace {

// Waits with limits, for what never happens, of coroutines on a loop. A single
// coroutine stands for all of them.
class Ours {
 public:
  explicit Ours(size_t count) : waits_(count) {}

  void Arm(size_t i, std::chrono::nanoseconds delay) {
    waits_[i].emplace(event_.AsyncWait(absl::FromChrono(delay)).On(loop_));
    // A thread that the system holds up may be late already.
    const bool over =
        waits_[i]->await_ready() || !waits_[i]->await_suspend(fired_.handle());
    if (over) fired_.Resume();
  }
  void Cancel(size_t i) { waits_[i].reset(); }
  void Settle() {}
  void FireAll() { loop_.Run(); }

 private:
  Coroutine CountFired() {
    for (size_t left = waits_.size(); --left > 0;) {
      co_await std::suspend_always();
    }
    loop_.Stop();
    co_await std::suspend_always();
  }

  synclib::EventLoop loop_;
  synclib::Event event_;
  std::vector<std::optional<synclib::Event::LimitedAwaiter>> waits_;
  Coroutine fired_ = CountFired();
};

SYNC_BENCHMARK_ADD(TimerSuite, "EventLoop", Ours);

// What the floor leaves out, and a wait with a limit needs, by the same means:
// a list of those who wait for the same, off which each is taken when its time
// has come; a queue, from which its coroutine goes on; and a lock for both and
// for the timers.
class Textbook {
 public:
  static constexpr Role kRole = Role::kWithinReach;

  explicit Textbook(size_t count) : waits_(count) {}

  void Arm(size_t i, std::chrono::nanoseconds delay) {
    const Clock::time_point limit = Clock::now() + delay;
    const std::lock_guard lock(mutex_);
    waits_[i] = {timers_.emplace(limit, i),
                 waiters_.insert(waiters_.end(), fired_.handle())};
  }
  void Cancel(size_t i) {
    const std::lock_guard lock(mutex_);
    timers_.erase(waits_[i].timer);
    waiters_.erase(waits_[i].waiter);
  }
  void Settle() {}
  void FireAll() {
    while (left_ > 0) {
      const Clock::time_point now = Clock::now();
      for (;;) {
        const std::lock_guard lock(mutex_);
        if (timers_.empty() || timers_.begin()->first > now) break;
        const Wait& wait = waits_[timers_.begin()->second];
        ready_.push_back(*wait.waiter);
        timers_.erase(wait.timer);
        waiters_.erase(wait.waiter);
      }
      for (; !ready_.empty(); ready_.pop_front()) ready_.front().resume();
    }
  }

 private:
  using Waiters = std::list<std::coroutine_handle<>>;
  using ByLimit = std::multimap<Clock::time_point, size_t>;
  struct Wait {
    ByLimit::iterator timer;
    Waiters::iterator waiter;
  };
  Coroutine CountFired() {
    for (;;) {
      --left_;
      co_await std::suspend_always();
    }
  }

  std::mutex mutex_;
  ByLimit timers_;
  Waiters waiters_;
  std::vector<Wait> waits_;
  std::deque<std::coroutine_handle<>> ready_;
  size_t left_ = waits_.size();
  Coroutine fired_ = CountFired();
};

SYNC_BENCHMARK_ADD(TimerSuite, "Textbook", Textbook);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::TimerSuite>(argc, argv, "EventLoop");
}

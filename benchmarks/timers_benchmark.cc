// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Limits of coroutines' waits against other timers.
//
//   bazel run --config=opt //benchmarks:timers_benchmark

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "benchmarks/coroutine.h"
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

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::TimerSuite::Main(argc, argv, "EventLoop");
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What hands over values, Queue, OneShot and Lazy, against what people make of
// the standard library and Abseil, and against what GLib and oneTBB have of it
// where those are installed.
//
//   bazel run --config=opt //benchmarks:values_benchmark

#include <cstddef>
#include <cstdint>
#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <queue>
#include <set>
#include <stack>

#include "absl/base/call_once.h"
#include "absl/synchronization/notification.h"
#include "benchmarks/monitors.h"
#include "benchmarks/suite.h"
#include "benchmarks/value_scenarios.h"
#include "sync/coro/lazy.h"
#include "sync/one_shot.h"
#include "sync/queue.h"

namespace syncbench {
namespace {

template <class Queue>
class OurQueue {
 public:
  void Push(int64_t value) { queue_.Push(value); }
  bool TryPush(int64_t value) { return queue_.TryPush(value); }
  int64_t Pop() { return *queue_.Pop().value; }
  std::optional<int64_t> TryPop() { return queue_.TryPop(); }

 private:
  Queue queue_{kQueueBound};
};

template <class Values>
using StdQueue = MonitorQueue<StdMonitor, Values>;
template <class Values>
using AbslQueue = MonitorQueue<AbslMonitor, Values>;

SYNC_BENCHMARK_ADD(QueueSuite, "Ours", OurQueue<synclib::Queue<int64_t>>);
SYNC_BENCHMARK_ADD(QueueSuite, "Std", StdQueue<Fifo>);
SYNC_BENCHMARK_ADD(QueueSuite, "Absl", AbslQueue<Fifo>);

SYNC_BENCHMARK_ADD(StackSuite, "Ours", OurQueue<synclib::LifoQueue<int64_t>>);
SYNC_BENCHMARK_ADD(StackSuite, "Std", StdQueue<Lifo>);
SYNC_BENCHMARK_ADD(StackSuite, "Absl", AbslQueue<Lifo>);

SYNC_BENCHMARK_ADD(PriorityQueueSuite, "Ours",
                   OurQueue<synclib::PriorityQueue<int64_t>>);
SYNC_BENCHMARK_ADD(PriorityQueueSuite, "Std", StdQueue<LeastFirst>);
SYNC_BENCHMARK_ADD(PriorityQueueSuite, "Absl", AbslQueue<LeastFirst>);

// What is within reach where each value has a place of its own, which is
// allocated: the same as of the standard library, with a list or a tree.
class LeastFirstNodes {
 public:
  void push(int64_t value) { values_.insert(value); }
  int64_t top() const { return *values_.begin(); }
  void pop() { values_.erase(values_.begin()); }
  size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }

 private:
  std::multiset<int64_t> values_;
};

template <class Scenario, class Values>
Contender Nodes() {
  return {.name = "Nodes",
          .body = &Scenario::template Run<StdQueue<Values>>,
          .role = Role::kWithinReach};
}

SYNC_BENCHMARK_AT_START(QueueSuite::AddTo<TryPushAndPop>(
    Nodes<TryPushAndPop, std::queue<int64_t, std::list<int64_t>>>()));
SYNC_BENCHMARK_AT_START(StackSuite::AddTo<LifoTryPushAndPop>(
    Nodes<LifoTryPushAndPop, std::stack<int64_t, std::list<int64_t>>>()));
SYNC_BENCHMARK_AT_START(PriorityQueueSuite::AddTo<PriorityTryPushAndPop>(
    Nodes<PriorityTryPushAndPop, LeastFirstNodes>()));

class StdOneShot {
 public:
  void Set(int64_t value) { promise_.set_value(value); }
  int64_t Get() { return future_.get(); }

 private:
  std::promise<int64_t> promise_;
  std::future<int64_t> future_ = promise_.get_future();
};

// The same for several threads, each with a future of its own.
class StdSharedOneShot {
 public:
  void Set(int64_t value) { promise_.set_value(value); }
  int64_t Get() const { return future_.get(); }
  auto Getter() const {
    return [future = future_] { return future.get(); };
  }

 private:
  std::promise<int64_t> promise_;
  std::shared_future<int64_t> future_ = promise_.get_future().share();
};

class AbslOneShot {
 public:
  void Set(int64_t value) {
    value_ = value;
    there_.Notify();
  }
  int64_t Get() {
    there_.WaitForNotification();
    return *value_;
  }

 private:
  std::optional<int64_t> value_;
  absl::Notification there_;
};

SYNC_BENCHMARK_ADD(OneShotSuite, "Ours", synclib::OneShot<int64_t>);
SYNC_BENCHMARK_AT_START(
    OneShotSuite::AddTo<SetAndGet>({"Std", &SetAndGet::Run<StdOneShot>}));
SYNC_BENCHMARK_AT_START(OneShotSuite::AddTo<ValueRoundTrip>(
    {"Std", &ValueRoundTrip::Run<StdOneShot>}));
SYNC_BENCHMARK_AT_START(OneShotSuite::AddTo<ValueBroadcast>(
    {"Std", &ValueBroadcast::Run<StdSharedOneShot>}));
SYNC_BENCHMARK_ADD(OneShotSuite, "Absl", AbslOneShot);

class OurLazy {
 public:
  int64_t Get() {
    return value_.Get([] { return 1; });
  }

 private:
  synclib::Lazy<int64_t> value_;
};

class StdLazy {
 public:
  int64_t Get() {
    std::call_once(once_, [this] { value_ = 1; });
    return *value_;
  }

 private:
  std::once_flag once_;
  std::optional<int64_t> value_;
};

class AbslLazy {
 public:
  int64_t Get() {
    absl::call_once(once_, [this] { value_ = 1; });
    return *value_;
  }

 private:
  absl::once_flag once_;
  std::optional<int64_t> value_;
};

SYNC_BENCHMARK_ADD(LazySuite, "Ours", OurLazy);
SYNC_BENCHMARK_ADD(LazySuite, "Std", StdLazy);
SYNC_BENCHMARK_ADD(LazySuite, "Absl", AbslLazy);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::QueueSuite, syncbench::StackSuite,
                              syncbench::PriorityQueueSuite,
                              syncbench::OneShotSuite, syncbench::LazySuite>(
      argc, argv, "Ours");
}

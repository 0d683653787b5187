// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/queue.h"
#include "sync/thread_pool.h"

namespace examples {
namespace {

using synclib::Popped;
using synclib::Queue;
using synclib::QueueResult;
using synclib::Task;

// How many there are that were made, and not yet consumed.
class Gauge {
 public:
  void Up() {
    const int64_t now = ++now_;
    for (int64_t most = most_; now > most;) {
      if (most_.compare_exchange_weak(most, now)) return;
    }
  }
  void Down() { --now_; }
  int64_t most() const { return most_; }

 private:
  std::atomic<int64_t> now_ = 0;
  std::atomic<int64_t> most_ = 0;
};

Task<int64_t> Consume(Queue<int64_t>& queue, Gauge& made) {
  int64_t count = 0;
  for (;;) {
    const Popped<int64_t> next = co_await queue.AsyncPop();
    if (next.result == QueueResult::kClosed) co_return count;
    made.Down();
    ++count;
    queue.TaskDone();
  }
}

}  // namespace

int64_t WorkQueue(int producers, int64_t items_each) {
  constexpr int64_t kBound = 4;
  constexpr int kConsumers = 3;
  synclib::ThreadPool pool(2);
  Queue<int64_t> queue(kBound);
  Gauge made;
  std::jthread closer([&] {
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < producers; ++i) {
        threads.emplace_back([&] {
          for (int64_t item = 0; item < items_each; ++item) {
            made.Up();
            queue.Push(item);  // Waits while the consumers are behind.
          }
        });
      }
    }
    queue.Join();
    queue.Close();
  });
  std::vector<Task<int64_t>> consumers;
  for (int i = 0; i < kConsumers; ++i)
    consumers.push_back(Consume(queue, made));
  int64_t received = 0;
  for (const int64_t each :
       synclib::Run(pool, synclib::Gather(std::move(consumers)))) {
    received += each;
  }
  std::printf(
      "  %d threads, %d coroutines: %lld of %lld items, at most %lld at a "
      "time\n",
      producers, kConsumers, static_cast<long long>(received),
      static_cast<long long>(producers * items_each),
      static_cast<long long>(made.most()));
  // One in the hands of each producer and consumer, and those in the queue.
  const bool is_held_back = made.most() <= producers + kConsumers + kBound;
  return is_held_back ? received : -1;
}

}  // namespace examples

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "examples/examples.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"

namespace examples {
namespace {

using synclib::Event;
using synclib::Task;

struct Mailbox {
  std::mutex mutex;
  std::vector<int64_t> items;  // Guarded by `mutex`.
  Event bell;

  void Push(int64_t item) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      items.push_back(item);
    }
    bell.Set();  // Publishes the item even if the bell has rung already.
  }

  std::vector<int64_t> Drain() {
    std::lock_guard<std::mutex> lock(mutex);
    return std::exchange(items, {});
  }
};

// Wait, clear, drain, in this order: what is pushed after the drain rings the
// bell again, and what was pushed before it, is drained.
Task<int64_t> Consume(Mailbox& mailbox, int64_t expected) {
  int64_t received = 0;
  while (received < expected) {
    co_await mailbox.bell;
    mailbox.bell.Clear();
    received += static_cast<int64_t>(mailbox.Drain().size());
  }
  co_return received;
}

}  // namespace

int64_t QueueDoorbell(int producers, int64_t items_each) {
  Mailbox mailbox;
  std::vector<std::jthread> threads;
  for (int i = 0; i < producers; ++i) {
    threads.emplace_back([&] {
      for (int64_t item = 0; item < items_each; ++item) mailbox.Push(item);
    });
  }
  const int64_t received =
      synclib::Run(Consume(mailbox, producers * items_each));
  std::printf("  %d producers, a coroutine: %lld of %lld items received\n",
              producers, static_cast<long long>(received),
              static_cast<long long>(producers * items_each));
  return received;
}

}  // namespace examples

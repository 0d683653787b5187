// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"

namespace examples {
namespace {

using synclib::Event;
using synclib::Task;
using synclib::WaitResult;

// A service that does something now and then until it is told to stop: the
// wait for the shutdown is its pause.
Task<> Service(Event& shutdown, std::atomic<int>& stopped) {
  int64_t rounds = 0;
  while (co_await shutdown.AsyncWait(absl::Milliseconds(10)) !=
         WaitResult::kReady) {
    ++rounds;  // Some work.
  }
  std::printf("  a service stops after %lld rounds\n",
              static_cast<long long>(rounds));
  ++stopped;
}

Task<> Operator(Event& shutdown, absl::Duration delay) {
  co_await synclib::Sleep(delay);
  std::puts("  operator: shutting down");
  shutdown.Set();
}

}  // namespace

int PoolShutdown(absl::Duration delay) {
  Event shutdown;
  std::atomic<int> stopped = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        shutdown.Wait();
        ++stopped;
      });
    }
    synclib::ThreadPool pool(2);
    synclib::Run(
        pool,
        synclib::Gather(Service(shutdown, stopped), Service(shutdown, stopped),
                        Service(shutdown, stopped), Operator(shutdown, delay)));
  }  // The pool and the threads end here.
  std::printf("  2 threads and 3 coroutines: %d have stopped\n",
              stopped.load());
  return stopped;
}

}  // namespace examples

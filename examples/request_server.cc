// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/coro/with_timeout.h"
#include "sync/event.h"
#include "sync/one_shot.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/thread_pool.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"

namespace examples {
namespace {

using synclib::QueueResult;
using synclib::Task;

enum Outcome { kAnswered, kTimedOut, kStopped, kRefused, kOutcomes };

struct Request {
  absl::Duration work;
  synclib::OneShot<Outcome>* outcome;
};

// What a request asks for: this one sleeps. False: it was stopped.
Task<bool> Work(absl::Duration work, std::stop_token token) {
  const auto end = co_await synclib::Sleep({work, token});
  co_return end != synclib::WaitResult::kCancelled;
}

struct Server {
  // Blocks the thread of a client until its request has an outcome.
  Outcome Ask(absl::Duration work) {
    synclib::OneShot<Outcome> outcome;
    const Request request = {work, &outcome};
    if (inbox.Push(request) == QueueResult::kClosed) End(request, kRefused);
    return outcome.Get();
  }

  // Whoever pushes from now on, or waits to, finds the inbox closed.
  void Shutdown() {
    shutdown.Set();
    inbox.Close();
  }

  // Ends after Shutdown(), when every request has an outcome.
  Task<> Serve() {
    synclib::Scope handlers;
    for (;;) {
      // After the shutdown no slot is taken: it is the first of the two.
      const auto any = co_await synclib::AsyncWaitAny({shutdown, slots});
      const bool has_slot = any.index == 1;
      const auto next = co_await inbox.AsyncPop();
      if (next.result == QueueResult::kClosed) {
        if (has_slot) slots.Release();
        break;
      }
      if (has_slot) {
        handlers.Start(Handle(*next.value, handlers.token()));
      } else {
        End(*next.value, kRefused);  // Left in the inbox at the shutdown.
      }
    }
    // Some time for those at work: with all slots had, there are none.
    (void)co_await slots.AsyncAcquireMany(kSlots, limit / 4);
    handlers.Stop();
    co_await handlers.Join();
  }

  // Has a slot, and gives it back. The limit stops the work, or `stop` does.
  Task<> Handle(Request request, std::stop_token stop) {
    const bool is_done = co_await synclib::WithTimeout<bool>(
        {limit, stop},
        [&](std::stop_token token) { return Work(request.work, token); });
    const Outcome otherwise = stop.stop_requested() ? kStopped : kTimedOut;
    End(request, is_done ? kAnswered : otherwise);
    slots.Release();
  }

  void End(const Request& request, Outcome outcome) {
    ++ended[outcome];
    request.outcome->Set(outcome);  // From here on the client may be gone.
  }

  static constexpr int64_t kSlots = 4;  // Requests that are handled at a time.
  const absl::Duration limit;           // For each of them.
  synclib::Event shutdown = {};
  synclib::Queue<Request> inbox{/*bound=*/2};
  synclib::Semaphore slots{kSlots};
  std::atomic<int64_t> ended[kOutcomes] = {};
};

}  // namespace

ServerReport RequestServer(int clients, int64_t answers, absl::Duration limit) {
  Server server = {limit};
  std::atomic<int64_t> requests = 0;
  auto client = [&] {
    const absl::Duration work[] = {limit / 8, absl::InfiniteDuration()};
    while (server.Ask(work[requests++ % 2]) != kRefused) {
      if (server.ended[kAnswered] >= answers) server.Shutdown();
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < clients; ++i) threads.emplace_back(client);
  synclib::ThreadPool pool(2);
  synclib::Run(pool, server.Serve());
  threads.clear();  // Joins them.
  const auto& [answered, timed_out, stopped, refused] = server.ended;
  const ServerReport r = {requests, answered, timed_out, stopped, refused};
  absl::PrintF(
      "  %d requests: %d answered, %d timed out, %d stopped, %d refused\n",
      r.requests, r.answered, r.timed_out, r.stopped, r.refused);
  return r;
}

}  // namespace examples

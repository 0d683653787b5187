// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/semaphore.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"

namespace examples {
namespace {

using synclib::Scope;
using synclib::Semaphore;
using synclib::Task;
using synclib::WaitResult;

// A bucket of tokens: as many as `burst` at once, and one more each `period`.
struct Limiter {
  explicit Limiter(int64_t burst) : tokens(burst, burst), allowed(burst) {}

  // Fills the bucket until it is stopped.
  Task<> Fill(absl::Duration period, std::stop_token token) {
    for (;;) {
      const WaitResult end = co_await synclib::Sleep({period, token});
      if (end == WaitResult::kCancelled) co_return;
      ++allowed;
      if (!tokens.Release()) --allowed;  // It is full.
    }
  }

  Semaphore tokens;
  std::atomic<int64_t> allowed;  // Requests so far, at most.
};

struct Server {
  std::atomic<int64_t> requests = 0;
  std::atomic<int64_t> too_early = 0;
};

Task<> Client(Limiter& limiter, Server& server, int requests) {
  for (int i = 0; i < requests; ++i) {
    co_await limiter.tokens.AsyncAcquire();
    if (++server.requests > limiter.allowed) ++server.too_early;
  }
}

}  // namespace

int64_t RateLimiter(int clients, int requests_each, absl::Duration period) {
  constexpr int64_t kBurst = 3;
  synclib::ThreadPool pool(2);
  Limiter limiter(kBurst);
  Server server;
  auto serve = [&](Scope& scope) -> Task<> {
    scope.Start(limiter.Fill(period, scope.token()));
    std::vector<Task<>> tasks;
    for (int i = 0; i < clients; ++i) {
      tasks.push_back(Client(limiter, server, requests_each));
    }
    co_await synclib::Gather(std::move(tasks));
    scope.Stop();
  };
  synclib::Run(pool, synclib::WithScope(serve));
  std::printf("  %d clients: %lld requests, %lld of them too early\n", clients,
              static_cast<long long>(server.requests),
              static_cast<long long>(server.too_early));
  return server.too_early == 0 ? server.requests.load() : -1;
}

}  // namespace examples

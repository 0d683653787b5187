// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The program that tutorials on asyncio warn of: an event that is set and
// cleared at once, and dependents that loop on waiting for it. In Python:
//
//   async def dependent(event):
//       while not stopped:
//           await event.wait()
//
//   async def signaller(event, period):
//       while not stopped:
//           await asyncio.sleep(period)
//           event.set()
//           event.clear()
//
// A dependent that waits is released by the broadcast, cleared or not. One that
// was busy finds nothing; if it must know, it has an EventWatch, which tells it
// how many broadcasts came meanwhile.

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/thread_pool.h"

namespace examples {
namespace {

using synclib::Event;
using synclib::EventWatch;
using synclib::Task;

constexpr int kDependents = 5;

// What is counted, by those it happens to, while a program runs.
class Ledger {
 public:
  Ledger(const char* name, int broadcasts)
      : name_(name), broadcasts_(broadcasts) {}

  // By the signaller: how many waited when broadcast `i` came; the first is 1.
  void Broadcast(int i, int64_t waiting) {
    waiting_ += waiting;
    const int step = std::max(1, broadcasts_ / 20);
    if (i % step == 0 || i == broadcasts_) {
      std::fprintf(stderr, "\r  %s: broadcast %d of %d ", name_, i,
                   broadcasts_);
      if (i == broadcasts_) std::fputc('\n', stderr);
    }
  }

  // By a dependent whose wait a broadcast has ended.
  void Woken() { woken_.fetch_add(1); }

  // Ends the accounts.
  SignalReport Report() const {
    SignalReport report;
    report.broadcasts = broadcasts_;
    report.waiting = waiting_;
    report.released = std::min(waiting_, woken_.load());
    report.lost = report.waiting - report.released;
    return report;
  }

 private:
  const char* const name_;
  const int broadcasts_;
  int64_t waiting_ = 0;
  std::atomic<int64_t> woken_ = 0;
};

// Calls broadcast(i) for i = 1, 2, …, once a period.
template <class F>
void EveryPeriod(int broadcasts, absl::Duration period, F broadcast) {
  const absl::Time start = absl::Now();
  for (int i = 1; i <= broadcasts; ++i) {
    absl::SleepFor(start + i * period - absl::Now());
    broadcast(i);
  }
}

// What the dependents of one program share.
struct Shared {
  explicit Shared(Ledger& l) : ledger(l) {}

  Ledger& ledger;
  Event event;
  std::atomic<bool> stopped = false;
  // Of the slow one:
  absl::Duration pause;  // After each wait.
  int64_t caught_up = 0;
  int64_t noticed = 0;
  std::atomic<bool> slow_is_done = false;
};

void DependentThread(Shared& shared) {
  for (;;) {
    shared.event.Wait();
    if (shared.stopped) return;
    shared.ledger.Woken();
  }
}

Task<> DependentCoroutine(Shared& shared) {
  for (;;) {
    co_await shared.event;
    if (shared.stopped) co_return;
    shared.ledger.Woken();
  }
}

// Of the slow one: whether it waits, and what it has learned.
bool IsUpToDate(const Shared& shared, const EventWatch& watch) {
  return shared.event.epoch() == watch.seen();
}
void Notice(Shared& shared, const EventWatch& watch, bool waited) {
  if (waited) shared.ledger.Woken();
  shared.caught_up += static_cast<int64_t>(watch.missed());
  shared.noticed += static_cast<int64_t>(1 + watch.missed());
}

void SlowThread(Shared& shared, EventWatch& watch, uint64_t last) {
  while (watch.seen() < last) {
    const bool waits = IsUpToDate(shared, watch);
    watch.Next();
    Notice(shared, watch, waits);
    absl::SleepFor(shared.pause);
  }
  shared.slow_is_done = true;
}

Task<> SlowCoroutine(Shared& shared, EventWatch& watch, uint64_t last) {
  while (watch.seen() < last) {
    const bool waits = IsUpToDate(shared, watch);
    co_await watch.AsyncNext();
    Notice(shared, watch, waits);
    co_await synclib::Sleep(shared.pause);
  }
  shared.slow_is_done = true;
}

const char* Name(Dependents dependents) {
  switch (dependents) {
    case Dependents::kThreads:
      return "threads";
    case Dependents::kCoroutines:
      return "coroutines";
    case Dependents::kMixed:
      return "threads and coroutines";
  }
  return "?";
}

}  // namespace

SignalReport PeriodicSignaller(Dependents dependents, int broadcasts,
                               absl::Duration period) {
  const int threads = dependents == Dependents::kThreads      ? kDependents
                      : dependents == Dependents::kCoroutines ? 0
                                                              : 2;
  const auto last = static_cast<uint64_t>(broadcasts);
  Ledger ledger(Name(dependents), broadcasts);
  Shared shared(ledger);
  shared.pause = 2.5 * period;
  Event& event = shared.event;
  EventWatch watch(event);
  {
    std::vector<std::jthread> running;
    std::vector<Task<>> tasks;
    for (int i = 0; i < kDependents; ++i) {
      const bool is_slow = i == 0;
      if (i >= threads) {
        tasks.push_back(is_slow ? SlowCoroutine(shared, watch, last)
                                : DependentCoroutine(shared));
      } else if (is_slow) {
        running.emplace_back([&] { SlowThread(shared, watch, last); });
      } else {
        running.emplace_back([&] { DependentThread(shared); });
      }
    }
    if (!tasks.empty()) {
      running.emplace_back([&] {
        synclib::ThreadPool pool(2);
        synclib::Run(pool, synclib::Gather(std::move(tasks)));
      });
    }
    EveryPeriod(broadcasts, period, [&](int i) {
      const size_t waiting = event.waiters();
      const size_t released = event.Set();
      event.Clear();
      // Some may have come in between.
      ledger.Broadcast(i, static_cast<int64_t>(std::max(waiting, released)));
    });
    // Not before all have seen the last of those.
    while (!shared.slow_is_done || event.waiters() < kDependents - 1) {
      absl::SleepFor(period / 10);
    }
    shared.stopped = true;
    event.Set();
  }
  SignalReport report = ledger.Report();
  report.caught_up = shared.caught_up;
  report.unnoticed = broadcasts - shared.noticed;
  return report;
}

SignalReport PeriodicConditionVariable(int broadcasts, absl::Duration period) {
  Ledger ledger("condition variable", broadcasts);
  std::mutex mutex;
  std::condition_variable changed;
  bool flag = false;  // Guarded by `mutex`, as are the others.
  bool stopped = false;
  int64_t waiting = 0;
  int current = 0;
  {
    std::vector<std::jthread> running;
    for (int i = 0; i < kDependents; ++i) {
      running.emplace_back([&, i] {
        std::unique_lock<std::mutex> lock(mutex);
        int last = 0;
        while (!stopped) {
          ++waiting;
          changed.wait(lock, [&] { return flag || stopped; });
          --waiting;
          if (stopped) break;
          // The flag may be set for a moment still, and be seen twice.
          if (current != std::exchange(last, current)) ledger.Woken();
          lock.unlock();
          if (i == 0) absl::SleepFor(2.5 * period);
          lock.lock();
        }
      });
    }
    EveryPeriod(broadcasts, period, [&](int i) {
      {
        std::lock_guard<std::mutex> lock(mutex);
        current = i;
        ledger.Broadcast(i, waiting);
        flag = true;
      }
      changed.notify_all();
      std::lock_guard<std::mutex> lock(mutex);
      flag = false;
    });
    std::lock_guard<std::mutex> lock(mutex);
    stopped = true;
    changed.notify_all();
  }
  return ledger.Report();
}

}  // namespace examples

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The program that tutorials on asyncio warn of: an event that is set and
// cleared at once, and dependents that loop on waiting for it. A dependent that
// waits is released by the broadcast, cleared or not. One that was busy learns
// from its EventWatch how many broadcasts it has missed.

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
      : name_(name), waiting_(broadcasts + 2), woken_(broadcasts + 2) {}

  // By the signaller: how many waited at broadcast `i`; the first is 1.
  void Broadcast(int i, int64_t waiting) {
    waiting_[i] = waiting;
    const int last = static_cast<int>(waiting_.size()) - 2;
    const int step = std::max(1, last / 20);
    if (i % step == 0 || i == last) {
      std::fprintf(stderr, "\r  %s: broadcast %d of %d ", name_, i, last);
      if (i == last) std::fputc('\n', stderr);
    }
  }

  // By a dependent that has waited, and that broadcast number `i` has released.
  void Woken(uint64_t i) { woken_[i].fetch_add(1); }

  // Ends the accounts. The last broadcast only tells the dependents to stop.
  SignalReport Report() const {
    SignalReport report;
    report.broadcasts = static_cast<int64_t>(waiting_.size()) - 2;
    for (int64_t i = 1; i <= report.broadcasts; ++i) {
      report.waiting += waiting_[i];
      report.released += woken_[i];
      report.lost += std::max<int64_t>(0, waiting_[i] - woken_[i]);
    }
    return report;
  }

 private:
  const char* const name_;
  std::vector<int64_t> waiting_;
  std::vector<std::atomic<int64_t>> woken_;
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

struct Tally {
  std::atomic<int64_t> caught_up = 0;
  std::atomic<int64_t> noticed = 0;

  void Add(const EventWatch& watch) {
    caught_up += static_cast<int64_t>(watch.missed());
    noticed += static_cast<int64_t>(1 + watch.missed());
  }
};

void DependentThread(Event& event, EventWatch& watch, uint64_t last,
                     absl::Duration pause, Ledger& ledger, Tally& tally) {
  while (watch.seen() < last) {
    const bool waits = event.epoch() == watch.seen();
    watch.Next();
    if (waits) ledger.Woken(watch.seen());
    tally.Add(watch);
    if (pause > absl::ZeroDuration()) absl::SleepFor(pause);
  }
}

Task<> DependentCoroutine(Event& event, EventWatch& watch, uint64_t last,
                          absl::Duration pause, Ledger& ledger, Tally& tally) {
  while (watch.seen() < last) {
    const bool waits = event.epoch() == watch.seen();
    co_await watch.AsyncNext();
    if (waits) ledger.Woken(watch.seen());
    tally.Add(watch);
    if (pause > absl::ZeroDuration()) co_await synclib::Sleep(pause);
  }
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
  const uint64_t last = broadcasts + 1;
  Ledger ledger(Name(dependents), broadcasts);
  Tally tally;
  Event event;
  {
    // The watches are made before the first broadcast. The first is slow.
    std::vector<std::unique_ptr<EventWatch>> watches;
    for (int i = 0; i < kDependents; ++i) {
      watches.push_back(std::make_unique<EventWatch>(event));
    }
    const auto pause = [&](int i) {
      return i == 0 ? 2.5 * period : absl::ZeroDuration();
    };
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        DependentThread(event, *watches[i], last, pause(i), ledger, tally);
      });
    }
    std::vector<Task<>> tasks;
    for (int i = threads; i < kDependents; ++i) {
      tasks.push_back(DependentCoroutine(event, *watches[i], last, pause(i),
                                         ledger, tally));
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
    event.Pulse();
  }
  SignalReport report = ledger.Report();
  report.caught_up = tally.caught_up;
  report.unnoticed = kDependents * static_cast<int64_t>(last) - tally.noticed;
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
          if (current != std::exchange(last, current)) ledger.Woken(current);
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
  SignalReport report = ledger.Report();
  report.unnoticed = report.lost;
  return report;
}

}  // namespace examples

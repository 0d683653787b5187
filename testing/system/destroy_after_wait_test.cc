// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The event is destroyed by whoever is released first, while the Set() or
// Pulse() that released it, and the other waits that it released, are still on
// their way out. The address sanitizer sees who touches it afterwards.

#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "testing/detached.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::WaitResult;

constexpr int kEvents = 30000;

// An event, destroyed by the first of its waiters that goes on.
struct Shared {
  explicit Shared(int waiters) : left(waiters) {}

  // A wait on the event has ended Ready.
  void Released() {
    if (!taken.exchange(true, std::memory_order_relaxed)) delete event;
    left.fetch_sub(1, std::memory_order_acq_rel);
  }
  void AwaitAll() {
    WaitUntil([&] { return left.load(std::memory_order_acquire) == 0; },
              "all waiters to go on");
  }

  Event* const event = new Event;
  std::atomic<bool> taken{false};
  std::atomic<int> left;
};

void SetOrPulse(Event& event, int round) {
  if (round % 2 == 0) {
    event.Set();
  } else {
    event.Pulse();
  }
}

// `body(round, i)` runs on threads i = 1, 2 ... and 0, this one, in step.
template <class Body>
void InRounds(int threads, int rounds, Body body) {
  std::barrier barrier(threads);
  const auto loop = [&](int i) {
    for (int round = 0; round < rounds; ++round) {
      barrier.arrive_and_wait();
      body(round, i);
      barrier.arrive_and_wait();
    }
  };
  std::vector<std::jthread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(loop, i);
  loop(0);
  Tally("events", rounds);
}

// One waiter, which may come before or after.
TEST(DestroyAfterWaitTest, S5_ByTheOnlyThreadThatWaits) {
  Watchdog watchdog("rounds with one thread");
  std::atomic<Event*> event{nullptr};
  InRounds(2, kEvents, [&](int, int i) {
    if (i == 0) {
      Event* mine = new Event;
      event.store(mine, std::memory_order_release);
      mine->Set();
    } else {
      Event* mine;
      while ((mine = event.exchange(nullptr)) == nullptr) {
        std::this_thread::yield();
      }
      mine->Wait();
      delete mine;
    }
  });
}

TEST(DestroyAfterWaitTest, S5_ByTheOnlyThreadThatWaitsPastAnEpoch) {
  Watchdog watchdog("rounds with one thread that waits past an epoch");
  std::atomic<Event*> event{nullptr};
  InRounds(2, kEvents, [&](int round, int i) {
    if (i == 0) {
      Event* mine = new Event;
      event.store(mine, std::memory_order_release);
      SetOrPulse(*mine, round);
    } else {
      Event* mine;
      while ((mine = event.exchange(nullptr)) == nullptr) {
        std::this_thread::yield();
      }
      mine->WaitPast(0);
      delete mine;
    }
  });
}

TEST(DestroyAfterWaitTest, S5_ByAThreadThatWaitsWithALimitAlone) {
  Watchdog watchdog("rounds with one thread that may give up");
  std::atomic<Event*> event{nullptr};
  std::stop_source source;
  InRounds(2, kEvents, [&](int, int i) {
    if (i == 0) {
      Event* mine = new Event;
      event.store(mine, std::memory_order_release);
      mine->Set();
    } else {
      Event* mine;
      while ((mine = event.exchange(nullptr)) == nullptr) {
        std::this_thread::yield();
      }
      EXPECT_EQ(mine->Wait({absl::Hours(1), source.get_token()}),
                WaitResult::kReady);
      delete mine;
    }
  });
}

TEST(DestroyAfterWaitTest, S5_ByWhoeverSeesThatItIsSet) {
  Watchdog watchdog("rounds with one thread that asks");
  std::atomic<Event*> event{nullptr};
  InRounds(2, kEvents, [&](int, int i) {
    if (i == 0) {
      Event* mine = new Event;
      event.store(mine, std::memory_order_release);
      mine->Set();
    } else {
      Event* mine;
      while ((mine = event.exchange(nullptr)) == nullptr) {
        std::this_thread::yield();
      }
      while (!mine->IsSet()) std::this_thread::yield();
      delete mine;
    }
  });
}

TEST(DestroyAfterWaitTest, S5_ByTheFirstOfSeveralThreads) {
  Watchdog watchdog("rounds with several threads");
  constexpr int kThreads = 3;
  std::unique_ptr<Shared> shared = std::make_unique<Shared>(kThreads);
  InRounds(kThreads + 1, kEvents / 3, [&](int round, int i) {
    if (i != 0) {
      shared->event->Wait();
      shared->Released();
      return;
    }
    AwaitWaiters(*shared->event, kThreads);
    SetOrPulse(*shared->event, round);
    shared->AwaitAll();
    shared = std::make_unique<Shared>(kThreads);
  });
  delete shared->event;
}

// Without knowing who has joined: the last to return destroys, and a waiter
// that comes during the Set() may have to release the others.
TEST(DestroyAfterWaitTest, S5_ByTheLastOfThreadsThatCameDuringTheSet) {
  Watchdog watchdog("rounds with threads that come during the Set()");
  constexpr int kThreads = 3;
  Event* event = new Event;
  std::atomic<int> left{kThreads};
  InRounds(kThreads + 1, kEvents / 3, [&](int, int i) {
    if (i == 0) {
      event->Set();
      return;
    }
    event->Wait();
    if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete event;
      event = new Event;
      left.store(kThreads, std::memory_order_relaxed);
    }
  });
  delete event;
}

Detached AwaitShared(Shared& shared) {
  EXPECT_EQ(co_await *shared.event, WaitResult::kReady);
  shared.Released();
}

Detached WaitOn(Shared& shared, synclib::Executor& executor) {
  EXPECT_EQ(co_await shared.event->AsyncWait().On(executor),
            WaitResult::kReady);
  shared.Released();
}

TEST(DestroyAfterWaitTest, S5_ByTheFirstOfCoroutinesResumedInsideTheCall) {
  for (int round = 0; round < kEvents; ++round) {
    Shared shared(3);
    for (int i = 0; i < 3; ++i) AwaitShared(shared);
    SetOrPulse(*shared.event, round);
    EXPECT_EQ(shared.left, 0);
  }
}

TEST(DestroyAfterWaitTest, S5_ByTheFirstOfCoroutinesOnAPool) {
  Watchdog watchdog("rounds with coroutines on a pool");
  synclib::ThreadPool pool(2);
  for (int round = 0; round < kEvents; ++round) {
    Shared shared(3);
    for (int i = 0; i < 3; ++i) WaitOn(shared, pool);
    SetOrPulse(*shared.event, round);
    shared.AwaitAll();
  }
}

// Destroys itself too.
struct SelfDestroying : Callback {
  explicit SelfDestroying(Shared& shared) : Callback(&Call), shared(shared) {}
  static void Call(Callback& self, WaitResult result) noexcept {
    EXPECT_EQ(result, WaitResult::kReady);
    Shared& shared = static_cast<SelfDestroying&>(self).shared;
    delete static_cast<SelfDestroying*>(&self);
    shared.Released();
  }
  Shared& shared;
};

TEST(DestroyAfterWaitTest, S5_ByTheFirstOfCallbacks) {
  for (int round = 0; round < kEvents; ++round) {
    Shared shared(3);
    for (int i = 0; i < 3; ++i) {
      ASSERT_FALSE(shared.event->Add(*new SelfDestroying(shared)).has_value());
    }
    SetOrPulse(*shared.event, round);
    EXPECT_EQ(shared.left, 0);
  }
}

TEST(DestroyAfterWaitTest, S5_ByTheFirstOfAThreadACoroutineAndACallback) {
  Watchdog watchdog("rounds with waiters of all kinds");
  synclib::ThreadPool pool(1);
  std::unique_ptr<Shared> shared = std::make_unique<Shared>(4);
  InRounds(2, kEvents / 3, [&](int round, int i) {
    if (i != 0) {
      shared->event->Wait();
      shared->Released();
      return;
    }
    WaitOn(*shared, pool);
    ASSERT_FALSE(shared->event->Add(*new SelfDestroying(*shared)).has_value());
    AwaitShared(*shared);
    AwaitWaiters(*shared->event, 4);
    SetOrPulse(*shared->event, round);
    shared->AwaitAll();
    shared = std::make_unique<Shared>(4);
  });
  delete shared->event;
}

}  // namespace
}  // namespace synctest

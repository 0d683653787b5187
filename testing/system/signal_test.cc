// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Signal handlers that use events, in threads that are inside an operation on
// the same event.

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

// A handler may always clear and ask, and broadcast if all who wait are blocked
// threads; the portable platform layer wakes threads by other means, which
// aren't for handlers.
#ifdef SYNC_PORTABLE
constexpr bool kMayBroadcast = false;
#else
constexpr bool kMayBroadcast = true;
#endif

// The thread sanitizer holds signals back until the thread enters the C
// library by one of the ways that it watches. A thread that is blocked in a
// system call of this library's own never does, so there only threads that run
// are sent signals.
constexpr bool kReachesBlocked = !kThreadSanitizer;

constinit Event event;
std::atomic<int> handled{0};
std::atomic<int> wrong{0};  // Calls that changed errno, or did nothing.
std::atomic<bool> pulse_only{false};
thread_local volatile std::sig_atomic_t handles = 0;  // In this thread.

void Handle(int) {
  const int saved = errno;
  errno = EDOM;
  handles = 1;
  if (pulse_only.load(std::memory_order_relaxed)) {
    event.Pulse();
  } else {
    event.Clear();
    if (kMayBroadcast) {
      const uint64_t epoch = event.epoch();
      switch (handled.load(std::memory_order_relaxed) % 3) {
        case 0:
          event.Set();
          event.Clear();
          break;
        case 1:
          event.Pulse();
          if (event.epoch() <= epoch) wrong.fetch_add(1);
          break;
        case 2:
          event.Set();
          event.Set();
          break;
      }
    }
    (void)event.epoch();
    (void)event.IsSet();
  }
  if (errno != EDOM) wrong.fetch_add(1);
  errno = saved;
  handles = 0;
  handled.fetch_add(1, std::memory_order_relaxed);
}

// Installs the handler, without SA_RESTART: system calls are interrupted.
class SignalTest : public testing::Test {
 protected:
  SignalTest() {
    struct sigaction action = {};
    action.sa_handler = &Handle;
    sigaction(SIGUSR1, &action, &before_);
    handled = 0;
    wrong = 0;
  }
  ~SignalTest() override {
    sigaction(SIGUSR1, &before_, nullptr);
    EXPECT_EQ(wrong, 0);
    event.Clear();
  }

 private:
  struct sigaction before_;
};

// Threads wait, give up, set and clear as fast as they can, and are interrupted
// all the time. None may be lost: each ends once there is a last Set().
TEST_F(SignalTest, HandlersThatInterruptEveryOperation) {
  Watchdog watchdog("threads that are interrupted");
  constexpr int kSignals = kSanitizer ? 500 : 5000;
  std::atomic<bool> over{false};
  std::atomic<uint64_t> waits{0}, timeouts{0};
  std::vector<std::jthread> threads;
  const auto until_over = [&](auto operation) {
    threads.emplace_back([&, operation] {
      while (!over.load(std::memory_order_relaxed)) operation();
    });
  };
  until_over([&] {
    event.Wait();
    waits.fetch_add(1, std::memory_order_relaxed);
  });
  until_over([&] {
    if (event.Wait(absl::Microseconds(20)) == WaitResult::kTimeout) {
      timeouts.fetch_add(1, std::memory_order_relaxed);
    }
  });
  until_over([&] {
    if (event.WaitPast(event.epoch(), absl::Microseconds(20)) ==
        WaitResult::kTimeout) {
      timeouts.fetch_add(1, std::memory_order_relaxed);
    }
  });
  until_over([&] {
    event.Set();
    event.Clear();
    event.Pulse();
    // Leaves the others the time to give up.
    for (int i = 0; i < 100; ++i) std::this_thread::yield();
  });
  // One signal at a time for each thread, since they don't queue.
  int sent = 0;
  while (sent < kSignals) {
    for (std::jthread& thread : threads) {
      ASSERT_EQ(pthread_kill(thread.native_handle(), SIGUSR1), 0);
      ++sent;
    }
    WaitUntil([&] { return handled == sent; }, "signals to be handled");
  }
  over = true;
  // Until all have ended: a handler that is still to run may clear.
  std::atomic<bool> joined{false};
  std::jthread setter([&] {
    while (!joined) {
      event.Set();
      std::this_thread::yield();
    }
  });
  threads.clear();
  joined = true;
  Tally("signals", sent);
  Tally("waits", static_cast<int64_t>(waits));
  Tally("timed out", static_cast<int64_t>(timeouts));
  EXPECT_EQ(handled, sent);
}

// The handler is the only one that broadcasts, once, in a thread which waits
// itself: all that had joined must be released.
TEST_F(SignalTest, OnePulseByAHandlerReleasesAllThatWait) {
  Watchdog watchdog("threads that a handler released");
  constexpr int kThreads = 3, kRounds = Scaled(5000);
  pulse_only = kMayBroadcast;
  Event gate;
  std::atomic<int> released{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        if (i == 0) {
          EXPECT_EQ(event.Wait(absl::Hours(1)), WaitResult::kReady);
        } else {
          event.Wait();
        }
        released.fetch_add(1);
        gate.WaitPast(round);
      }
    });
  }
  for (int round = 1; round <= kRounds; ++round) {
    AwaitWaiters(event, kThreads);
    if (kReachesBlocked) {
      pthread_kill(threads[round % kThreads].native_handle(), SIGUSR1);
    } else {
      raise(SIGUSR1);
    }
    if (!kMayBroadcast) {
      WaitUntil([&] { return handled == round; }, "a signal");
      event.Pulse();
    }
    WaitUntil([&] { return released == round * kThreads; }, "a lost broadcast");
    gate.Pulse();
  }
  threads.clear();
  pulse_only = false;
  EXPECT_EQ(handled, kRounds);
  EXPECT_EQ(event.waiters(), 0u);
}

// A handler that wakes a thread leaves alone what the interrupted thread is
// running for coroutines and callbacks, or is about to.
TEST_F(SignalTest, HandlersDontRunWhatTheirThreadHasQueued) {
  Watchdog watchdog("work that a handler interrupts");
  class OneAtATime final : public synclib::Executor {
   public:
    bool Post(synclib::Work* w) noexcept override {
      work = w;
      return true;
    }
    synclib::Work* work = nullptr;
  };
  constexpr int kSignals = kSanitizer ? 500 : 20000;
  pulse_only = kMayBroadcast;
  std::atomic<bool> over{false};
  std::atomic<uint64_t> in_handler{0}, rounds{0};
  std::jthread blocked([&] {
    while (!over) (void)event.Wait(absl::Milliseconds(1));
  });
  std::jthread worker([&] {
    Event inline_event;
    OneAtATime executor;
    int ran = 0;
    const std::function<void()> run = [&] {
      ++ran;
      if (handles) in_handler.fetch_add(1);
    };
    struct Inline : synclib::Callback {
      explicit Inline(const std::function<void()>& f)
          : Callback(&Fired), function(f) {}
      static void Fired(Callback& self, WaitResult) noexcept {
        static_cast<Inline&>(self).function();
      }
      const std::function<void()>& function;
    };
    for (int expected = 1; !over; expected += 2) {
      ASSERT_TRUE(Submit(executor, run));
      executor.work->Run();
      ASSERT_EQ(ran, expected);
      Inline callback(run);
      ASSERT_FALSE(inline_event.Add(callback).has_value());
      inline_event.Pulse();
      ASSERT_EQ(ran, expected + 1);
      rounds.fetch_add(1, std::memory_order_relaxed);
    }
  });
  for (int sent = 0; sent < kSignals; ++sent) {
    ASSERT_EQ(pthread_kill(worker.native_handle(), SIGUSR1), 0);
    WaitUntil([&] { return handled > sent; }, "a signal");
  }
  over = true;
  worker.join();
  blocked.join();
  pulse_only = false;
  EXPECT_EQ(in_handler, 0u);
  Tally("signals", kSignals);
  Tally("rounds", static_cast<int64_t>(rounds));
}

// A wait that is interrupted over and over is as long as it should be, and
// nobody sees the interruptions.
TEST_F(SignalTest, InterruptedWaitsKeepTheirLimits) {
  Watchdog watchdog("a wait that is interrupted");
  Event quiet;
  std::atomic<bool> done{false};
  std::jthread waiter([&] {
    for (int i = 0; i < 20; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_EQ(quiet.Wait(absl::Milliseconds(5)), WaitResult::kTimeout);
      EXPECT_GE(std::chrono::steady_clock::now() - begin,
                std::chrono::milliseconds(5));
    }
    done = true;
  });
  while (!done) {
    pthread_kill(waiter.native_handle(), SIGUSR1);
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace synctest

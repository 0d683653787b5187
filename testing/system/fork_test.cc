// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// fork() while threads wait, set and clear. In the child, where these threads
// are not, inherited events can be used, but not waited for, and destroyed; new
// ones work in full, those with a limit by a timer thread of the child's own.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_any.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

// By default it ends a child that starts threads, if its parent had several.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

constexpr int kForks = Scaled(300);

// Ends the child, with the line for a status.
#define CHILD_CHECK(condition)                                              \
  do {                                                                      \
    if (!(condition)) {                                                     \
      static const char message[] = "in the child: " #condition "\n";       \
      if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0) _exit(2); \
      _exit(1);                                                             \
    }                                                                       \
  } while (false)

// Forks, has the child run `body`, and expects it to come to the end of it. The
// parent runs `meanwhile` first.
template <class Body, class Meanwhile = void (*)()>
void InChild(
    Body body, Meanwhile meanwhile = [] {}) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    alarm(60);  // A child that hangs is killed.
    body();
    _exit(0);
  }
  meanwhile();
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "status " << status << (WIFSIGNALED(status) ? ", by a signal" : "");
}

// On the portable platform layer a broadcast that finds sleepers takes a lock
// of the C++ library, which another thread may have held at the fork.
#ifdef SYNC_PORTABLE
constexpr bool kMayBroadcast = false;
#else
constexpr bool kMayBroadcast = true;
#endif

// The thread sanitizer can't have a thread in the child of a process that had
// several: it takes it for one of the parent's. So there the child does what
// needs none: it uses inherited events, and waits for its own.
constexpr bool kMayStartThreads = !kThreadSanitizer;

// What the contract allows in the child on an event of its parent's.
void UseInherited(Event& event) {
  event.Clear();
  const uint64_t epoch = event.epoch();
  CHILD_CHECK(!event.IsSet());
  CHILD_CHECK(event.Wait(absl::ZeroDuration()) == WaitResult::kTimeout);
  if (!kMayBroadcast) return;
  event.Set();
  CHILD_CHECK(event.IsSet());
  CHILD_CHECK(event.epoch() == epoch + 1);
  CHILD_CHECK(event.Wait(absl::ZeroDuration()) == WaitResult::kReady);
  event.Set();
  CHILD_CHECK(event.epoch() == epoch + 1);
  event.Pulse();
  CHILD_CHECK(!event.IsSet());
  CHILD_CHECK(event.epoch() == epoch + 2);
  CHILD_CHECK(event.Wait(absl::ZeroDuration()) == WaitResult::kTimeout);
  event.Set();
  event.Clear();
  CHILD_CHECK(event.epoch() == epoch + 3);
}

// Every way to wait for an event of the child's own.
void UseNew() {
  Event event, done;
  CHILD_CHECK(event.Wait(absl::Milliseconds(1)) == WaitResult::kTimeout);
  if (!kMayStartThreads) return;
  // Coroutines with a limit: on the timer thread.
  WaitResult result{};
  const auto wait = [&](absl::Duration limit) -> Detached {
    result = co_await event.AsyncWait(limit);
    done.Set();
  };
  wait(absl::Milliseconds(1));
  done.Wait();
  CHILD_CHECK(result == WaitResult::kTimeout);
  done.Clear();
  wait(absl::Hours(1));
  CHILD_CHECK(event.Set() == 1);
  done.Wait();  // Set() may leave it to the timer thread.
  CHILD_CHECK(result == WaitResult::kReady);
  event.Clear();
  // Threads.
  std::thread thread([&] {
    if (event.Wait(absl::Hours(1)) == WaitResult::kReady) done.Pulse();
  });
  AwaitWaiters(event, 1);
  const uint64_t epoch = done.epoch();
  CHILD_CHECK(event.Set() == 1);
  done.WaitPast(epoch);
  thread.join();
  // A pool.
  event.Clear();
  done.Clear();
  synclib::ThreadPool pool(1);
  const auto wait_on_pool = [&]() -> Detached {
    co_await event.AsyncWait().On(pool);
    done.Set();
  };
  wait_on_pool();
  event.Set();
  done.Wait();
}

class ForkTest : public testing::Test {
 protected:
  // Two of each kind wait for `quiet`, which nobody touches in the parent.
  ForkTest() : quiet_(std::make_unique<Event>()) {
    for (int i = 0; i < 2; ++i) {
      threads_.emplace_back([this, quiet = quiet_.get()] {
        quiet->Wait();
        released_.fetch_add(1);
      });
      Suspended(*quiet_);
      SuspendedWithLimit(*quiet_);
    }
    threads_.emplace_back([this, quiet = quiet_.get()] {
      if (quiet->Wait(absl::Hours(1)) == WaitResult::kReady) {
        released_.fetch_add(1);
      }
    });
    AwaitWaiters(*quiet_, 7);
    AwaitTimer();  // What a thread that is starting locks, stays so in a child.
  }
  // In the parent nothing of this was seen: all wait still.
  ~ForkTest() override {
    EXPECT_EQ(quiet_->waiters(), 7u);
    EXPECT_EQ(quiet_->Set(), 7u);
    threads_.clear();
    EXPECT_EQ(released_, 7);
  }

  Detached Suspended(Event& event) {
    co_await event;
    released_.fetch_add(1);
  }
  Detached SuspendedWithLimit(Event& event) {
    // A variable, because GCC 12 miscompiles a coroutine which has none, and
    // which awaits in the condition of an `if`.
    const WaitResult result = co_await event.AsyncWait(absl::Hours(1));
    if (result == WaitResult::kReady) released_.fetch_add(1);
  }

  std::unique_ptr<Event> quiet_;
  std::atomic<int> released_{0};
  std::vector<std::jthread> threads_;
};

TEST_F(ForkTest, ChildrenUseAndDestroyEventsThatHaveWaiters) {
  Watchdog watchdog("forks");
  for (int i = 0; i < kForks / 2; ++i) {
    InChild([&] {
      if (i % 2 == 0) UseInherited(*quiet_);
      quiet_.reset();
      UseNew();
    });
    if (HasFailure()) return;
  }
}

// A list with a thread on it is the parent's, also if the first one has left.
TEST_F(ForkTest, ChildrenForgetAThreadThatWasNotTheFirst) {
  Event event;
  std::stop_source source;
  ThreadWaiter first, second;
  first.Start(event, source.get_token());
  AwaitWaiters(event, 1);
  second.Start(event);
  AwaitWaiters(event, 2);
  source.request_stop();
  EXPECT_EQ(first.Result(), WaitResult::kCancelled);
  InChild([&] {
    CHILD_CHECK(event.waiters() == 0);
    if (kMayBroadcast) CHILD_CHECK(event.Set() == 0);
  });
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(second.Result(), WaitResult::kReady);
}

// Destroyed while threads are inside of every operation.
TEST_F(ForkTest, ChildrenOfAStormUseAndDestroyItsEvent) {
  Watchdog watchdog("forks in a storm");
  auto storm = std::make_unique<Event>();
  // While a child lives the storm has a lull, or it would take all processors.
  enum Weather : int { kStorm, kLull, kOver };
  std::atomic<int> weather{kStorm};
  std::atomic<uint64_t> operations{0};
  std::vector<std::jthread> threads;
  // A thread that starts uses the allocator, and the address sanitizer's isn't
  // ready for a fork() meanwhile.
  std::atomic<size_t> started{0};
  const auto until_over = [&](auto operation) {
    threads.emplace_back([&, operation] {
      started.fetch_add(1);
      int now;
      while ((now = weather.load(std::memory_order_relaxed)) != kOver) {
        if (now == kLull) {
          weather.wait(kLull);
          continue;
        }
        operation();
        operations.fetch_add(1, std::memory_order_relaxed);
      }
    });
  };
  for (int i = 0; i < 2; ++i) {
    until_over([&event = *storm] {
      // Nobody need come: the wait gives up soon.
      (void)event.Wait(absl::Microseconds(50));
      (void)event.WaitPast(event.epoch(), absl::Microseconds(50));
    });
  }
  until_over([&event = *storm] {
    event.Set();
    event.Clear();
    event.Pulse();
    (void)event.waiters();
  });
  WaitUntil([&] { return started == threads.size(); }, "the storm to begin");
  std::mt19937 random(1);
  for (int i = 0; i < kForks; ++i) {
    weather = kStorm;
    weather.notify_all();
    const uint64_t until = operations + random() % 300;
    WaitUntil([&] { return operations >= until; }, "the storm");
    InChild(
        [&] {
          UseInherited(*storm);
          // Not always: if a thread that isn't here was about to let go of the
          // list, the destructor gives it a second.
          if (i % 10 == 0) storm.reset();
          UseInherited(*quiet_);
          UseNew();
        },
        [&] { weather = kLull; });
    if (HasFailure()) break;
    Tally("forks", 1);
  }
  Tally("operations", static_cast<int64_t>(operations));
  weather = kOver;
  weather.notify_all();
}

// The child's first threads get the stacks of its parent's, in which the waits
// were that the event has in its list.
TEST_F(ForkTest, ChildrenThatHaveStartedThreadsUseAndDestroyInheritedEvents) {
  for (int i = 0; i < 10; ++i) {
    InChild([&] {
      UseNew();
      UseInherited(*quiet_);
      quiet_.reset();
      UseNew();
    });
    if (HasFailure()) return;
  }
}

// A grandchild's timer thread is its own, too.
TEST_F(ForkTest, GrandchildrenWorkAlike) {
  for (int i = 0; i < 10; ++i) {
    InChild([&] {
      const bool new_first = i % 2 == 0;
      if (new_first) UseNew();
      Event event;
      const pid_t grandchild = fork();
      CHILD_CHECK(grandchild >= 0);
      if (grandchild == 0) {
        alarm(60);
        UseInherited(event);
        if (!new_first) UseInherited(*quiet_);
        UseNew();
        _exit(0);
      }
      int status = 0;
      CHILD_CHECK(waitpid(grandchild, &status, 0) == grandchild);
      CHILD_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
      UseNew();
    });
    if (HasFailure()) return;
  }
}

// What the child has inherited is its own to clean up: frames and callbacks of
// waits that its Set() has forgotten, since threads were on the list as well.
TEST_F(ForkTest, ChildrenDestroyTheirCoroutinesAndRemoveTheirCallbacks) {
  struct Nothing : synclib::Callback {
    Nothing() : Callback([](Callback&, WaitResult) noexcept {}) {}
  };
  struct Case {
    bool with_thread;  // On the same list.
    bool forgets;      // By a broadcast of the child's.
  };
  for (const Case c :
       {Case{false, false}, Case{true, false}, Case{true, kMayBroadcast}}) {
    Event event;
    std::jthread thread;
    if (c.with_thread) {
      thread = std::jthread([&] { event.Wait(); });
      AwaitWaiters(event, 1);
    }
    Detached coroutine = Suspended(event);
    Detached limited = SuspendedWithLimit(event);
    Nothing callback, limited_callback;
    EXPECT_FALSE(event.Add(callback).has_value());
    EXPECT_FALSE(event.Add(limited_callback, absl::Hours(1)).has_value());
    InChild([&] {
      if (c.forgets) event.Set();
      coroutine.handle.destroy();
      limited.handle.destroy();
      CHILD_CHECK(callback.Remove() == synclib::Callback::kRemoved);
      CHILD_CHECK(limited_callback.Remove() == synclib::Callback::kRemoved);
      event.~Event();
    });
    coroutine.handle.destroy();
    limited.handle.destroy();
    EXPECT_EQ(callback.Remove(), synclib::Callback::kRemoved);
    EXPECT_EQ(limited_callback.Remove(), synclib::Callback::kRemoved);
    event.Set();
    if (HasFailure()) return;
  }
}

// Who joins in the child, where no thread waits, is one of many kinds on the
// list that it has inherited.
TEST_F(ForkTest, ChildrenBroadcastToWaitsOfTheirParentAndTheirOwn) {
  struct Counting : synclib::Executor {
    bool Post(synclib::Work* work) noexcept override {
      ++posted;
      work->Run();
      return true;
    }
    int posted = 0;
  } executor;
  Event event, other;
  int resumed = 0;
  const auto wait_elsewhere = [&]() -> Detached {
    co_await event.AsyncWait().On(executor);
    ++resumed;
  };
  const auto wait_for_any = [&]() -> Detached {
    (void)co_await synclib::AsyncWaitAny({event, other});
    ++resumed;
  };
  for (const bool is_arm : {false, true}) {
    if (is_arm) {
      wait_for_any();
    } else {
      wait_elsewhere();
    }
    InChild([&] {
      Suspended(event);
      if (!kMayBroadcast) return;
      CHILD_CHECK(event.Set() == 2);
      CHILD_CHECK(resumed == 1 && released_ == 1);
      CHILD_CHECK(executor.posted == (is_arm ? 0 : 1));
    });
    EXPECT_EQ(event.Set(), 1u);
    EXPECT_EQ(resumed, 1);
    event.Clear();
    executor.posted = resumed = 0;
  }
}

// Granted before the fork, and still in the queue of the thread that forks:
// that is not forgotten, and goes on once.
TEST_F(ForkTest, AChildsQueueIsItsOwn) {
  struct Counting : synclib::Callback {
    Counting() : Callback(&Fired) {}
    static void Fired(Callback& self, WaitResult) noexcept {
      auto& counting = static_cast<Counting&>(self);
      ++counting.runs;
      if (counting.then) counting.then();
    }
    std::function<void()> then;
    int runs = 0;
  };
  Event event;
  Counting first, second;
  std::stop_source source;
  first.then = [&] {
    InChild([&] {
      CHILD_CHECK(second.Remove() == synclib::Callback::kTaken);
      source.request_stop();
      Event other;
      other.Set();
      CHILD_CHECK(second.runs == 0);
    });
  };
  ASSERT_FALSE(event.Add(first).has_value());
  ASSERT_FALSE(event.Add(second, source.get_token()).has_value());
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(first.runs, 1);
  EXPECT_EQ(second.runs, 1);
}

// Each generation forks the next. They tell one another apart by some bits:
// this goes beyond what one byte counts.
TEST_F(ForkTest, ManyGenerationsLaterAlike) {
  constexpr int kGenerations = kThreadSanitizer ? 10 : 260;
  const std::function<void(int)> live = [&](int generation) {
    if (generation < kGenerations) {
      const pid_t child = fork();
      CHILD_CHECK(child >= 0);
      if (child == 0) {
        alarm(60);
        live(generation + 1);
        _exit(0);
      }
      int status = 0;
      CHILD_CHECK(waitpid(child, &status, 0) == child);
      CHILD_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    // The stacks of the waits that the event has in its list are in use again.
    std::vector<std::thread> threads;
    for (int i = 0; kMayStartThreads && i < 3; ++i) {
      threads.emplace_back([] {
        volatile char used[4096];
        for (volatile char& byte : used) byte = 1;
      });
    }
    for (std::thread& thread : threads) thread.join();
    UseInherited(*quiet_);
    quiet_.reset();
  };
  InChild([&] { live(1); });
}

}  // namespace
}  // namespace synctest

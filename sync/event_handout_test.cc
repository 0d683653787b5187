// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// In which order and where a broadcast resumes whom it has released.

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::CallbackWaiter;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::ThreadWaiter;
using synctest::WaitUntil;

using Log = std::vector<std::string>;

// Writes down what is posted, and runs it when told to.
class LoggingExecutor final : public Executor {
 public:
  LoggingExecutor(std::string name, Log& log)
      : name_(std::move(name)), log_(log) {}

  bool Post(Work* work) noexcept override {
    log_.push_back("post " + name_);
    posted_.push_back(work);
    return true;
  }
  void RunAll() {
    for (; !posted_.empty(); posted_.pop_front()) posted_.front()->Run();
  }

 private:
  const std::string name_;
  Log& log_;
  std::deque<Work*> posted_;
};

Detached Await(Event& event, Log& log, std::string name) {
  co_await event;
  log.push_back("run " + name);
}

Detached AwaitOn(Executor& executor, Event& event, Log& log, std::string name) {
  co_await event.AsyncWait().On(executor);
  log.push_back("run " + name);
}

TEST(EventHandoutTest, InlineWaitersRunInTheOrderOfJoining) {
  Event event;
  Log log;
  std::array<CallbackWaiter, 2> callbacks;
  callbacks[0].Then([&](WaitResult) { log.push_back("run b"); });
  callbacks[1].Then([&](WaitResult) { log.push_back("run d"); });
  Await(event, log, "a");
  callbacks[0].Start(event);
  Await(event, log, "c");
  callbacks[1].Start(event);
  Await(event, log, "e");
  EXPECT_EQ(event.Set(), 5u);
  EXPECT_EQ(log, Log({"run a", "run b", "run c", "run d", "run e"}));
}

TEST(EventHandoutTest, PostedWaitersAreHandedOutBeforeInlineOnes) {
  Event event;
  Log log;
  LoggingExecutor b("b", log);
  LoggingExecutor d("d", log);
  CallbackWaiter callback;
  callback.Then([&](WaitResult) { log.push_back("run c"); });
  Await(event, log, "a");
  AwaitOn(b, event, log, "b");
  callback.Start(event);
  AwaitOn(d, event, log, "d");
  EXPECT_EQ(event.Set(), 4u);
  EXPECT_EQ(log, Log({"post b", "post d", "run a", "run c"}));
  b.RunAll();
  d.RunAll();
}

// A thread before a posted coroutine in the list is woken before it, and one
// behind it after it.
TEST(EventHandoutTest, ThreadsAndPostedCoroutinesAreHandedOutInListOrder) {
  class CheckingExecutor final : public Executor {
   public:
    explicit CheckingExecutor(std::array<ThreadWaiter, 2>& threads)
        : threads_(threads) {}
    bool Post(Work* work) noexcept override {
      threads_[0].Result();
      EXPECT_FALSE(threads_[1].done());
      posted = work;
      return true;
    }
    Work* posted = nullptr;

   private:
    std::array<ThreadWaiter, 2>& threads_;
  };
  Event event;
  Log log;
  std::array<ThreadWaiter, 2> threads;
  CheckingExecutor executor(threads);
  threads[0].Start(event);
  AwaitWaiters(event, 1);
  AwaitOn(executor, event, log, "coroutine");
  threads[1].Start(event);
  AwaitWaiters(event, 3);
  EXPECT_EQ(event.Set(), 3u);
  threads[1].Result();
  executor.posted->Run();
  EXPECT_EQ(log, Log({"run coroutine"}));
}

// The callback, first in the list, blocks until the threads behind it run.
TEST(EventHandoutTest, ThreadsAreWokenBeforeInlineWaitersRun) {
  Event event;
  CallbackWaiter callback;
  std::array<ThreadWaiter, 3> threads;
  callback.Then([&](WaitResult) {
    for (ThreadWaiter& thread : threads) thread.Result();
  });
  callback.Start(event);
  for (ThreadWaiter& thread : threads) thread.Start(event);
  AwaitWaiters(event, 4);
  EXPECT_EQ(event.Set(), 4u);
  callback.Result();
}

// So is the coroutine, which its executor runs in Post().
TEST(EventHandoutTest, ThreadsAreWokenBeforeWhatAnExecutorRunsAtOnce) {
  class InlineExecutor final : public Executor {
   public:
    bool Post(Work* work) noexcept override {
      work->Run();
      return true;
    }
  };
  Event event;
  InlineExecutor executor;
  ThreadWaiter thread;
  bool resumed = false;
  auto wait = [&]() -> Detached {
    co_await event.AsyncWait().On(executor);
    thread.Result();
    resumed = true;
  };
  wait();
  thread.Start(event);
  AwaitWaiters(event, 2);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_TRUE(resumed);
}

TEST(EventHandoutTest, SetReturnsAfterInlineWaitersHaveRun) {
  Event event;
  CallbackWaiter callback;
  CoroutineWaiter coroutine;
  callback.Start(event);
  coroutine.Start(event);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_TRUE(callback.done());
  EXPECT_TRUE(coroutine.done());
}

// It counts those it releases, though they run later.
TEST(EventHandoutTest, SetFromResumedCodeQueuesBehindIt) {
  Event outer;
  Event inner;
  Log log;
  Await(inner, log, "inner");
  CallbackWaiter waiter;
  waiter.Then([&](WaitResult) {
    EXPECT_EQ(inner.Set(), 1u);
    log.push_back("after inner.Set()");
  });
  waiter.Start(outer);
  Await(outer, log, "outer");
  outer.Set();
  EXPECT_EQ(log, Log({"after inner.Set()", "run outer", "run inner"}));
}

// Every operation may be called from resumed code, on the same event too: it
// holds nothing (S6).
TEST(EventHandoutTest, S6_ResumedCodeMayUseTheEvent) {
  Event event;
  CallbackWaiter again;
  std::array<CallbackWaiter, 2> waiters;
  waiters[0].Then([&](WaitResult) {
    EXPECT_TRUE(event.IsSet());
    EXPECT_EQ(event.epoch(), 1u);
    EXPECT_EQ(event.waiters(), 0u);
    EXPECT_EQ(event.Set(), 0u);
    event.Clear();
    again.Start(event);
    EXPECT_EQ(event.waiters(), 1u);
    EXPECT_EQ(event.Pulse(), 1u);
    EXPECT_EQ(event.Wait(absl::ZeroDuration()), WaitResult::kTimeout);
  });
  for (CallbackWaiter& waiter : waiters) waiter.Start(event);
  event.Set();
  EXPECT_TRUE(waiters[0].done());
  EXPECT_TRUE(waiters[1].done());
  EXPECT_TRUE(again.done());
}

// S6 and L1: code that a hand-out runs holds up nobody else's calls.
TEST(EventHandoutTest, S6_OthersMayUseTheEventWhileResumedCodeRuns) {
  Event event;
  CallbackWaiter waiter;
  waiter.Then([&](WaitResult) {
    std::jthread other([&] {
      EXPECT_TRUE(event.IsSet());
      event.Clear();
      ThreadWaiter thread;
      thread.Start(event);
      AwaitWaiters(event, 1);
      EXPECT_EQ(event.Pulse(), 1u);
      EXPECT_EQ(event.Wait(absl::ZeroDuration()), WaitResult::kTimeout);
    });
  });
  waiter.Start(event);
  event.Set();
  EXPECT_TRUE(waiter.done());
}

// S6: of an executor.
class UsingExecutor final : public Executor {
 public:
  explicit UsingExecutor(Event& event) : event_(event) {}

  bool Post(Work* work) noexcept override {
    event_.Clear();
    event_.Set();
    event_.Pulse();
    EXPECT_EQ(event_.waiters(), 0u);
    EXPECT_EQ(event_.Wait(absl::ZeroDuration()), WaitResult::kTimeout);
    work->Run();
    return true;
  }

 private:
  Event& event_;
};

TEST(EventHandoutTest, S6_PostMayUseTheEvent) {
  Event event;
  UsingExecutor executor(event);
  Log log;
  AwaitOn(executor, event, log, "a");
  AwaitOn(executor, event, log, "b");
  event.Set();
  EXPECT_EQ(log, Log({"run a", "run b"}));
}

// S6: of a stop callback.
TEST(EventHandoutTest, S6_CancelledCodeMayUseTheEventAndTheToken) {
  Event event;
  std::stop_source source;
  CallbackWaiter waiter;
  waiter.Then([&](WaitResult result) {
    EXPECT_EQ(result, WaitResult::kCancelled);
    EXPECT_EQ(event.waiters(), 0u);
    event.Pulse();
    EXPECT_FALSE(source.request_stop());
    std::stop_callback late(source.get_token(), [] {});
  });
  waiter.Start(event, source.get_token());
  source.request_stop();
  EXPECT_TRUE(waiter.done());
}

TEST(EventHandoutTest, CoroutineWithoutExecutorResumesInTheSettersThread) {
  Event event;
  CoroutineWaiter waiter;
  std::thread::id resumed_in;
  waiter.Then([&](WaitResult) { resumed_in = std::this_thread::get_id(); });
  waiter.Start(event);
  std::thread setter([&] { event.Set(); });
  const std::thread::id id = setter.get_id();
  setter.join();
  EXPECT_EQ(resumed_in, id);
}

TEST(EventHandoutTest, CancelledCoroutineResumesInRequestStop) {
  Event event;
  CoroutineWaiter waiter;
  std::stop_source source;
  std::thread::id resumed_in;
  waiter.Then([&](WaitResult) { resumed_in = std::this_thread::get_id(); });
  waiter.Start(event, source.get_token());
  source.request_stop();
  EXPECT_TRUE(waiter.done());
  EXPECT_EQ(resumed_in, std::this_thread::get_id());
}

// S7. On the stack, with a few dozen bytes for each, it would need more than
// there are.
constexpr size_t kDeep = 250'000;

Detached Link(Event& event, Event& next) {
  co_await event;
  next.Set();
}

TEST(EventHandoutTest, S7_ChainOfCoroutinesUsesBoundedStack) {
  std::vector<Event> events(kDeep + 1);
  for (size_t i = 0; i < kDeep; ++i) Link(events[i], events[i + 1]);
  events[0].Set();
  EXPECT_TRUE(events[kDeep].IsSet());
}

struct LinkCallback : Callback {
  LinkCallback() : Callback(&Fired) {}
  static void Fired(Callback& self, WaitResult) noexcept {
    static_cast<LinkCallback&>(self).next->Set();
  }
  Event* next = nullptr;
};

TEST(EventHandoutTest, S7_ChainOfCallbacksUsesBoundedStack) {
  std::vector<Event> events(kDeep + 1);
  std::vector<LinkCallback> links(kDeep);
  for (size_t i = 0; i < kDeep; ++i) {
    links[i].next = &events[i + 1];
    EXPECT_FALSE(events[i].Add(links[i]).has_value());
  }
  events[0].Set();
  EXPECT_TRUE(events[kDeep].IsSet());
}

Detached CancelLink(Event& event, std::stop_token token,
                    std::stop_source next) {
  (void)co_await event.AsyncWait(token);
  next.request_stop();
}

TEST(EventHandoutTest, S7_ChainOfCancellationsUsesBoundedStack) {
  constexpr size_t kLength = kDeep / 5;
  Event event;
  std::vector<std::stop_source> sources(kLength + 1);
  for (size_t i = 0; i < kLength; ++i) {
    CancelLink(event, sources[i].get_token(), sources[i + 1]);
  }
  sources[0].request_stop();
  EXPECT_TRUE(sources[kLength].stop_requested());
}

// Runs everything at once, where it is posted.
class InlineExecutor final : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    work->Run();
    return true;
  }
};

Detached LinkOn(Executor& executor, Event& event, Event& next) {
  co_await event.AsyncWait().On(executor);
  next.Set();
}

TEST(EventHandoutTest, S7_ChainThroughAnInlineExecutorUsesBoundedStack) {
  InlineExecutor executor;
  std::vector<Event> events(kDeep + 1);
  for (size_t i = 0; i < kDeep; ++i) LinkOn(executor, events[i], events[i + 1]);
  events[0].Set();
  EXPECT_TRUE(events[kDeep].IsSet());
}

// A coroutine that the queue of this thread holds must run before the thread
// blocks: it may be the one to set the event. Each of these blocks as another
// operation does.
class BlockingEmptiesTheQueueTest : public testing::Test {
 protected:
  // Has `block` called from resumed code, while a coroutine is queued behind
  // it that sets `go_`.
  template <class F>
  void Check(F block) {
    Event queued;
    Link(queued, go_);
    CallbackWaiter blocker;
    blocker.Then([&](WaitResult) {
      queued.Set();
      EXPECT_FALSE(go_.IsSet());
      block();
      EXPECT_TRUE(go_.IsSet());
    });
    Event start;
    blocker.Start(start);
    start.Set();
    EXPECT_TRUE(blocker.done());
  }

  Event go_;
};

TEST_F(BlockingEmptiesTheQueueTest, InWait) {
  Check([&] { go_.Wait(); });
}

TEST_F(BlockingEmptiesTheQueueTest, InWaitWithALimit) {
  Check([&] { EXPECT_EQ(go_.Wait(absl::Hours(1)), WaitResult::kReady); });
}

TEST_F(BlockingEmptiesTheQueueTest, InWaitPast) {
  Check([&] { go_.WaitPast(0); });
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Which executor resumes a coroutine, and what becomes of work that it refuses.

#include "sync/executor.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::Detached;
using synctest::PooledCoroutineWaiter;

// Keeps what is posted until it is told to run it.
class ManualExecutor final : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    posted_.push_back(work);
    return true;
  }
  size_t posted() const { return posted_.size(); }
  void RunAll() {
    while (!posted_.empty()) {
      Work* const work = posted_.front();
      posted_.pop_front();
      work->Run();
    }
  }

 private:
  std::deque<Work*> posted_;
};

class RefusingExecutor final : public Executor {
 public:
  bool Post(Work*) noexcept override {
    ++refused_;
    return false;
  }
  int refused() const { return refused_; }

 private:
  int refused_ = 0;
};

class InlineExecutor final : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    work->Run();
    return true;
  }
};

// Where a coroutine has resumed.
struct Resumption {
  std::optional<WaitResult> result;
  Executor* executor = nullptr;
  std::thread::id thread;

  void Record(WaitResult r) {
    result = r;
    executor = Executor::Current();
    thread = std::this_thread::get_id();
  }
};

Detached Await(Event& event, Resumption& resumption) {
  resumption.Record(co_await event.AsyncWait());
}

Detached AwaitOn(Executor& executor, Event& event, Resumption& resumption,
                 WaitOptions options = WaitOptions()) {
  resumption.Record(co_await event.AsyncWait(options).On(executor));
}

// Has a coroutine wait under an executor.
void AwaitUnder(ManualExecutor& executor, Event& event,
                Resumption& resumption) {
  ASSERT_TRUE(Submit(executor, [&] { Await(event, resumption); }));
  executor.RunAll();
  ASSERT_EQ(event.waiters(), 1u);
}

TEST(ExecutorTest, ThereIsNoCurrentOneOutsideOfWork) {
  EXPECT_EQ(Executor::Current(), nullptr);
  std::jthread thread([] { EXPECT_EQ(Executor::Current(), nullptr); });
}

TEST(ExecutorTest, IsTheCurrentOneOfItsWorkOnly) {
  ManualExecutor executor;
  Executor* current = nullptr;
  ASSERT_TRUE(Submit(executor, [&] { current = Executor::Current(); }));
  EXPECT_EQ(current, nullptr);
  executor.RunAll();
  EXPECT_EQ(current, &executor);
  EXPECT_EQ(Executor::Current(), nullptr);
}

TEST(ExecutorTest, ResumesWhatSuspendedUnderIt) {
  ManualExecutor executor;
  Event event;
  Resumption resumption;
  AwaitUnder(executor, event, resumption);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_FALSE(resumption.result.has_value());
  ASSERT_EQ(executor.posted(), 1u);
  executor.RunAll();
  EXPECT_EQ(resumption.result, WaitResult::kReady);
  EXPECT_EQ(resumption.executor, &executor);
}

TEST(ExecutorTest, IsNotAskedIfTheWaitIsReadyAtOnce) {
  ManualExecutor executor;
  Event event(Event::kSet);
  Resumption resumption;
  AwaitOn(executor, event, resumption);
  EXPECT_EQ(resumption.result, WaitResult::kReady);
  EXPECT_EQ(resumption.executor, nullptr);
  EXPECT_EQ(executor.posted(), 0u);
}

TEST(ExecutorTest, OnOverridesTheCurrentOne) {
  ManualExecutor under;
  ManualExecutor on;
  Event event;
  Resumption resumption;
  ASSERT_TRUE(Submit(under, [&] { AwaitOn(on, event, resumption); }));
  under.RunAll();
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(under.posted(), 0u);
  ASSERT_EQ(on.posted(), 1u);
  on.RunAll();
  EXPECT_EQ(resumption.executor, &on);
}

// The next wait goes by what is current then.
TEST(ExecutorTest, OnIsForOneWait) {
  ManualExecutor on;
  Event event;
  std::vector<Executor*> current;
  auto wait = [&]() -> Detached {
    co_await event.AsyncWaitPast(0).On(on);
    current.push_back(Executor::Current());
    event.Clear();
    co_await event;
    current.push_back(Executor::Current());
  };
  wait();
  event.Pulse();
  on.RunAll();
  event.Pulse();
  on.RunAll();
  EXPECT_EQ(current, std::vector<Executor*>({&on, &on}));
}

TEST(ExecutorTest, OnSurvivesAMoveOfTheAwaiter) {
  ManualExecutor on;
  Event event;
  int resumed = 0;
  auto plain = [&]() -> Detached {
    Event::Awaiter a = event.AsyncWait().On(on);
    Event::Awaiter b = std::move(a);
    co_await std::move(b);
    ++resumed;
  };
  auto limited = [&]() -> Detached {
    Event::LimitedAwaiter a = event.AsyncWait(absl::Hours(1)).On(on);
    Event::LimitedAwaiter b = std::move(a);
    EXPECT_EQ(co_await std::move(b), WaitResult::kReady);
    ++resumed;
  };
  plain();
  limited();
  event.Set();
  EXPECT_EQ(on.posted(), 2u);
  on.RunAll();
  EXPECT_EQ(resumed, 2);
}

TEST(ExecutorTest, ResumesWhatIsCancelledOrTimesOut) {
  Event event;
  std::stop_source source;
  PooledCoroutineWaiter waiter;
  std::vector<Executor*> current;
  waiter.Then([&](WaitResult) { current.push_back(Executor::Current()); });
  waiter.Start(event, source.get_token());
  AwaitWaiters(event, 1);
  source.request_stop();
  EXPECT_EQ(waiter.Result(), WaitResult::kCancelled);
  waiter.Start(event, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_EQ(current, std::vector<Executor*>(2, &waiter.pool()));
}

TEST(ExecutorTest, RefusedWorkIsResumedByTheSetter) {
  RefusingExecutor executor;
  Event event;
  std::vector<Resumption> resumptions(2);
  AwaitOn(executor, event, resumptions[0]);
  AwaitOn(executor, event, resumptions[1], absl::Hours(1));
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(executor.refused(), 2);
  for (const Resumption& resumption : resumptions) {
    EXPECT_EQ(resumption.result, WaitResult::kReady);
    EXPECT_EQ(resumption.executor, nullptr);
    EXPECT_EQ(resumption.thread, std::this_thread::get_id());
  }
}

TEST(ExecutorTest, RefusedWorkIsResumedByRequestStop) {
  RefusingExecutor executor;
  Event event;
  Resumption resumption;
  std::stop_source source;
  AwaitOn(executor, event, resumption, source.get_token());
  source.request_stop();
  EXPECT_EQ(executor.refused(), 1);
  EXPECT_EQ(resumption.result, WaitResult::kCancelled);
  EXPECT_EQ(resumption.executor, nullptr);
  EXPECT_EQ(resumption.thread, std::this_thread::get_id());
}

TEST(ExecutorTest, ThatHasStoppedLosesNoWaiter) {
  Event event;
  Resumption resumption;
  ThreadPool pool(1);
  AwaitOn(pool, event, resumption);
  pool.Stop();
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(resumption.result, WaitResult::kReady);
  EXPECT_EQ(resumption.executor, nullptr);
}

TEST(ExecutorTest, ThatRunsAtOnceIsCurrentMeanwhile) {
  InlineExecutor executor;
  Event event;
  Resumption resumption;
  AwaitOn(executor, event, resumption);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(resumption.result, WaitResult::kReady);
  EXPECT_EQ(resumption.executor, &executor);
  EXPECT_EQ(Executor::Current(), nullptr);
}

// A coroutine without executor, resumed by work of one, doesn't become its.
TEST(ExecutorTest, IsNotTheCurrentOneOfInlineResumptions) {
  ManualExecutor executor;
  Event event;
  Resumption resumption;
  resumption.executor = &executor;
  Await(event, resumption);
  Executor* after = nullptr;
  ASSERT_TRUE(Submit(executor, [&] {
    event.Set();
    after = Executor::Current();
  }));
  executor.RunAll();
  EXPECT_EQ(resumption.result, WaitResult::kReady);
  EXPECT_EQ(resumption.executor, nullptr);
  EXPECT_EQ(after, &executor);
}

// Nor of those that run while a thread of it blocks.
TEST(ExecutorTest, IsNotTheCurrentOneOfWhatRunsBeforeItsThreadBlocks) {
  ThreadPool pool(1);
  Event queued;
  Event go;
  Event done;
  Resumption resumption;
  resumption.executor = &pool;
  auto sets_go = [&]() -> Detached {
    resumption.Record(co_await queued.AsyncWait());
    go.Set();
  };
  sets_go();
  Executor* after = nullptr;
  ASSERT_TRUE(Submit(pool, [&] {
    queued.Set();
    go.Wait();
    after = Executor::Current();
    done.Set();
  }));
  done.Wait();
  EXPECT_EQ(resumption.executor, nullptr);
  EXPECT_EQ(after, &pool);
}

TEST(ExecutorTest, RefusedSubmitDropsTheFunction) {
  RefusingExecutor executor;
  auto owned = std::make_shared<int>(0);
  EXPECT_FALSE(Submit(executor, [owned] { ++*owned; }));
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_EQ(*owned, 0);
}

TEST(ExecutorTest, SubmittedFunctionIsDestroyedOnceItHasRun) {
  ManualExecutor executor;
  auto owned = std::make_shared<int>(0);
  EXPECT_TRUE(Submit(executor, [owned] { ++*owned; }));
  executor.RunAll();
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_EQ(*owned, 1);
}

// An executor that runs everything at once doesn't grow the stack.
TEST(ExecutorTest, WorkSubmittedByWorkIsQueuedBehindIt) {
  InlineExecutor executor;
  std::vector<int> order;
  ASSERT_TRUE(Submit(executor, [&] {
    EXPECT_TRUE(Submit(executor, [&] {
      EXPECT_EQ(Executor::Current(), &executor);
      order.push_back(2);
    }));
    order.push_back(1);
  }));
  EXPECT_EQ(order, std::vector<int>({1, 2}));
}

// However a wait ends, its executor may go then.
TEST(ExecutorTest, MayGoOnceNoWaitIsSuspendedUnderIt) {
  Event event;
  std::stop_source source;
  Resumption resumption;
  {
    InlineExecutor executor;
    AwaitOn(executor, event, resumption);
    event.Pulse();
    AwaitOn(executor, event, resumption, source.get_token());
    source.request_stop();
    AwaitOn(executor, event, resumption, source.get_token());
    auto limited = AwaitOn(executor, event, resumption, absl::Hours(1));
    limited.handle.destroy();
    const auto unlimited = [&]() -> Detached {
      co_await event.AsyncWait().On(executor);
    };
    Detached coroutine = unlimited();
    coroutine.handle.destroy();
  }
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(resumption.result, WaitResult::kCancelled);
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// An exception that leaves a task is thrown where the task is awaited.

#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"

namespace synclib {
namespace {

Task<int> Throw(std::string what) {
  throw std::runtime_error(what);
  co_return 0;
}

Task<int> ThrowLater(std::string what, bool& thrown) {
  co_await Sleep(absl::Milliseconds(1));
  thrown = true;
  throw std::runtime_error(what);
}

// What `f` throws says; empty, if it doesn't throw.
template <class F>
std::string Caught(F f) {
  try {
    f();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(TaskExceptionsTest, AreThrownByTheAwait) {
  auto outer = []() -> Task<std::string> {
    try {
      (void)co_await Throw("inner");
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "nothing thrown";
  };
  EXPECT_EQ(synclib::Run(outer()), "inner");
}

TEST(TaskExceptionsTest, PassThroughTasksThatDoNotCatchThem) {
  auto outer = []() -> Task<int> { co_return co_await Throw("inner"); };
  EXPECT_EQ(Caught([&] { synclib::Run(outer()); }), "inner");
}

TEST(TaskExceptionsTest, OfVoidTasksAreThrownToo) {
  auto task = []() -> Task<> {
    throw std::runtime_error("void");
    co_return;
  };
  EXPECT_EQ(Caught([&] { synclib::Run(task()); }), "void");
}

TEST(RunExceptionsTest, AreThrownToTheCaller) {
  bool thrown = false;
  EXPECT_EQ(Caught([] { synclib::Run(Throw("at once")); }), "at once");
  EXPECT_EQ(Caught([&] { synclib::Run(ThrowLater("later", thrown)); }),
            "later");
  EXPECT_TRUE(thrown);
}

TEST(RunExceptionsTest, CrossFromThePool) {
  bool thrown = false;
  ThreadPool pool(1);
  EXPECT_EQ(Caught([&] { synclib::Run(pool, Throw("at once")); }), "at once");
  EXPECT_EQ(Caught([&] { synclib::Run(pool, ThrowLater("later", thrown)); }),
            "later");
}

TEST(GatherExceptionsTest, FirstInOrderIsThrownOnceAllHaveFinished) {
  bool first = false;
  bool last = false;
  EXPECT_EQ(Caught([&] {
              synclib::Run(Gather(ThrowLater("first", first), Throw("second"),
                                  ThrowLater("third", last)));
            }),
            "first");
  EXPECT_TRUE(first);
  EXPECT_TRUE(last);
}

TEST(GatherExceptionsTest, OfAVectorAsOfArguments) {
  bool thrown = false;
  std::vector<Task<int>> tasks;
  tasks.push_back(Throw("first"));
  tasks.push_back(ThrowLater("second", thrown));
  EXPECT_EQ(Caught([&] { synclib::Run(Gather(std::move(tasks))); }), "first");
  EXPECT_TRUE(thrown);
}

TEST(GatherOutcomesExceptionsTest, AreOfThoseThatThrewOnceAllHaveFinished) {
  bool first = false;
  bool last = false;
  auto value = []() -> Task<int> { co_return 2; };
  auto nothing = [&]() -> Task<> {
    co_await Sleep(absl::Milliseconds(1));
    last = true;
    throw std::runtime_error("fourth");
  };
  auto outcomes = synclib::Run(GatherOutcomes(
      ThrowLater("first", first), value(), Throw("third"), nothing()));
  EXPECT_TRUE(first);
  EXPECT_TRUE(last);
  EXPECT_FALSE(std::get<0>(outcomes).ok());
  EXPECT_NE(std::get<0>(outcomes).error(), nullptr);
  EXPECT_EQ(Caught([&] { (void)std::get<0>(outcomes).value(); }), "first");
  EXPECT_EQ(std::get<1>(outcomes).value(), 2);
  EXPECT_EQ(Caught([&] { (void)std::get<2>(std::move(outcomes)).value(); }),
            "third");
  EXPECT_EQ(Caught([&] { (void)std::get<3>(outcomes).value(); }), "fourth");
}

TEST(GatherOutcomesExceptionsTest, OfAVectorAsOfArguments) {
  bool thrown = false;
  std::vector<Task<int>> tasks;
  tasks.push_back(Throw("first"));
  tasks.push_back(ThrowLater("second", thrown));
  const std::vector<Outcome<int>> outcomes =
      synclib::Run(GatherOutcomes(std::move(tasks)));
  EXPECT_TRUE(thrown);
  EXPECT_EQ(Caught([&] { (void)outcomes[0].value(); }), "first");
  EXPECT_EQ(Caught([&] { (void)outcomes[1].value(); }), "second");
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/lazy.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/thread_pool.h"

namespace synclib {
namespace {

TEST(LazyTest, IsMadeOnceWhoeverAsks) {
  for (int round = 0; round < 100; ++round) {
    Lazy<int> lazy;
    std::atomic<int> made = 0;
    ThreadPool pool(2);
    auto make = [&]() -> Task<int> { co_return ++made; };
    auto ask = [&]() -> Task<int> { co_return *co_await lazy.AsyncGet(make); };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back(
          [&] { EXPECT_EQ(lazy.Get([&] { return ++made; }), 1); });
    }
    const auto [a, b] = synclib::Run(pool, Gather(ask(), ask()));
    EXPECT_EQ(a + b, 2);
    threads.clear();
    EXPECT_EQ(made, 1);
    EXPECT_TRUE(lazy.IsSet());
  }
}

TEST(LazyTest, WhoAsksMeanwhileWaits) {
  Lazy<int> lazy;
  std::atomic<bool> asked = false;
  int value = 0;
  {
    std::jthread other;
    lazy.Get([&] {
      other = std::jthread([&] {
        asked = true;
        value = lazy.Get([] { return 2; });
      });
      while (!asked) std::this_thread::yield();
      return 1;
    });
  }
  EXPECT_EQ(value, 1);
}

#ifdef __cpp_exceptions
TEST(LazyTest, IsMadeByTheNextIfMakingThrows) {
  Lazy<int> lazy;
  EXPECT_THROW(lazy.Get([]() -> int { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_FALSE(lazy.IsSet());
  auto fail = []() -> Task<int> {
    throw std::runtime_error("no");
    co_return 0;
  };
  auto ask = [&]() -> Task<int> { co_return *co_await lazy.AsyncGet(fail); };
  EXPECT_THROW(synclib::Run(ask()), std::runtime_error);
  EXPECT_EQ(lazy.Get([] { return 3; }), 3);
}
#endif

}  // namespace
}  // namespace synclib

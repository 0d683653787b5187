// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// For tests in which threads, coroutines and callbacks wait for everything at
// random, and count what they get.

#ifndef SYNC_TESTING_STRESS_H_
#define SYNC_TESTING_STRESS_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synctest {

// Stop sources whose tokens are waited with, for somebody to stop.
class Stops {
 public:
  std::stop_token MakeToken() {
    std::lock_guard<std::mutex> lock(mutex_);
    return sources_.emplace_back().get_token();
  }
  // The newest may well be waited with; the oldest come in the end.
  void StopNewest() {
    std::stop_source source(std::nostopstate);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (sources_.empty()) return;
      source = std::move(sources_.back());
      sources_.pop_back();
    }
    source.request_stop();
  }

 private:
  std::mutex mutex_;
  std::deque<std::stop_source> sources_;
};

// When a wait gives up, in equal parts: never, by a limit, by a token, by both.
class Limits {
 public:
  Limits(std::minstd_rand& random, Stops& stops) {
    const int what = random() % 4;
    if (what >= 2) token_ = stops.MakeToken();
    has_limit_ = what % 2 == 1;
    if (has_limit_) {
      options_ = {absl::Microseconds(random() % 100), token_};
    } else {
      options_ = token_;
    }
  }

  const synclib::WaitOptions& options() const { return options_; }

  // Returns `result`, for which there must be a reason.
  synclib::WaitResult Checked(synclib::WaitResult result) const {
    switch (result) {
      case synclib::WaitResult::kReady:
        break;
      case synclib::WaitResult::kCancelled:
        EXPECT_TRUE(token_.stop_requested());
        break;
      case synclib::WaitResult::kTimeout:
        EXPECT_TRUE(has_limit_);
        break;
    }
    return result;
  }

 private:
  bool has_limit_;
  std::stop_token token_;
  synclib::WaitOptions options_;
};

// Who waits, again and again.
struct Worker {
  Limits RandomLimits() { return Limits(random, stops); }
  void StopSometimes() {
    if (random() % 4 == 0) stops.StopNewest();
  }

  const int index;
  Stops& stops;
  std::minstd_rand random{static_cast<uint32_t>(index + 1)};
};

// A wait for a primitive itself, as testing/waits.h has others.
template <class Primitive>
class Plain {
 public:
  explicit Plain(Primitive& primitive) : primitive_(primitive) {}

  synclib::WaitResult Wait(const synclib::WaitOptions& options) const {
    return primitive_.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) const {
    return primitive_.AsyncWait(options);
  }
  auto Add(synclib::Callback& callback,
           const synclib::WaitOptions& options) const {
    return primitive_.Add(callback, options);
  }

 private:
  Primitive& primitive_;
};

template <class Wait>
concept TakesCallbacks = requires(Wait& wait, synclib::Callback& callback,
                                  const synclib::WaitOptions& options) {
  wait.Add(callback, options);
};

// One wait by a callback, on behalf of a thread or a coroutine.
template <class Wait>
class WaitByCallback {
 public:
  // How the callback comes to its end.
  enum Manner { kStays, kGoesInItsFunction, kIsRemoved };

  WaitByCallback(Wait& wait, Manner manner) : wait_(wait), manner_(manner) {
    node_.emplace(*this);
  }

  // A value: the wait is over. No value: it is when over() is set.
  std::optional<synclib::WaitResult> Begin(const Limits& limits) {
    const std::optional<synclib::WaitResult> at_once =
        wait_.Add(*node_, limits.options());
    if (at_once.has_value()) return limits.Checked(*at_once);
    if (manner_ == kIsRemoved &&
        node_->Remove() == synclib::Callback::kRemoved) {
      return synclib::WaitResult::kCancelled;
    }
    return std::nullopt;
  }
  synclib::Event& over() { return over_; }
  synclib::WaitResult End(const Limits& limits) {
    if (manner_ != kGoesInItsFunction) {
      WaitUntil([&] { return node_->Remove() == synclib::Callback::kHasRun; },
                "a callback to return");
    }
    EXPECT_EQ(calls_, 1);
    return limits.Checked(result_);
  }

 private:
  struct Node : synclib::Callback {
    explicit Node(WaitByCallback& o) : Callback(&Called), owner(o) {}
    static void Called(Callback& self, synclib::WaitResult result) noexcept {
      static_cast<Node&>(self).owner.Called(result);
    }

    WaitByCallback& owner;
  };

  void Called(synclib::WaitResult result) {
    ++calls_;
    if constexpr (requires { wait_.Called(*node_, result); }) {
      result = wait_.Called(*node_, result);
    }
    result_ = result;
    if (manner_ == kGoesInItsFunction) node_.reset();
    over_.Set();
  }

  Wait& wait_;
  const Manner manner_;
  std::optional<Node> node_;
  synclib::Event over_;
  int calls_ = 0;
  synclib::WaitResult result_{};
};

// Every other wait that can be is by a callback.
template <class Wait>
std::optional<typename WaitByCallback<Wait>::Manner> RandomManner(
    Worker& worker) {
  const int manner = worker.random() % 6;
  if (manner >= 3) return std::nullopt;
  return static_cast<typename WaitByCallback<Wait>::Manner>(manner);
}

// Has a thread wait: calls `ended` with the result.
template <class Wait, class Ended>
void WaitAsThread(Worker& worker, Wait wait, Ended ended) {
  const Limits limits = worker.RandomLimits();
  if constexpr (TakesCallbacks<Wait>) {
    if (const auto manner = RandomManner<Wait>(worker)) {
      WaitByCallback<Wait> by_callback(wait, *manner);
      if (const auto at_once = by_callback.Begin(limits)) {
        return ended(*at_once);
      }
      by_callback.over().Wait();
      return ended(by_callback.End(limits));
    }
  }
  ended(limits.Checked(wait.Wait(limits.options())));
}

// The same for a coroutine.
template <class Wait, class Ended>
synclib::Task<> WaitAsCoroutine(Worker& worker, Wait wait, Ended ended) {
  const Limits limits = worker.RandomLimits();
  if constexpr (TakesCallbacks<Wait>) {
    if (const auto manner = RandomManner<Wait>(worker)) {
      WaitByCallback<Wait> by_callback(wait, *manner);
      std::optional<synclib::WaitResult> result = by_callback.Begin(limits);
      if (!result.has_value()) {
        co_await by_callback.over();
        result = by_callback.End(limits);
      }
      ended(*result);
      co_return;
    }
  }
  const synclib::WaitResult result = co_await wait.AsyncWait(limits.options());
  ended(limits.Checked(result));
}

inline constexpr int kOfEach = 3;             // Threads, and both coroutines.
inline constexpr int kWorkers = 3 * kOfEach;  // All of them.

// Has threads, coroutines of a pool, and such without an executor, wait
// `waits` times each, and stop each other's tokens; and meanwhile calls
// other(random), until all have ended. Each time `one_wait(worker, n, how)`
// says what for, by returning `how(wait, ended)`: where `wait` is one as of
// testing/waits.h, and ended(result) is called when it has ended.
template <class OneWait, class Other>
void RunAll(int waits, OneWait one_wait, Other other) {
  Stops stops;
  std::deque<Worker> workers;
  for (int i = 0; i < kWorkers; ++i) workers.push_back({i, stops});
  std::atomic<int> running = kWorkers;
  const auto run = [&](Worker& worker) -> Detached {
    const auto how = [&worker](auto wait, auto ended) {
      return WaitAsCoroutine(worker, std::move(wait), std::move(ended));
    };
    for (int n = 0; n < waits; ++n) {
      worker.StopSometimes();
      co_await one_wait(worker, n, how);
    }
    --running;
  };
  synclib::ThreadPool pool(2);
  std::vector<std::jthread> threads;
  for (Worker& worker : workers) {
    switch (worker.index % 3) {
      case 0:
        threads.emplace_back([&] {
          const auto how = [&worker](auto wait, auto ended) {
            WaitAsThread(worker, std::move(wait), std::move(ended));
          };
          for (int n = 0; n < waits; ++n) {
            worker.StopSometimes();
            one_wait(worker, n, how);
          }
          --running;
        });
        break;
      case 1:
        run(worker);
        break;
      case 2:
        synclib::Submit(pool, [&] { run(worker); });
        break;
    }
  }
  std::minstd_rand random(kWorkers + 1);
  WaitUntil(
      [&] {
        stops.StopNewest();
        other(random);
        return running == 0;
      },
      "all to end");
}

}  // namespace synctest

#endif  // SYNC_TESTING_STRESS_H_

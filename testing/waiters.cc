// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/waiters.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "testing/detached.h"
#include "testing/patience.h"

namespace synctest {

using synclib::WaitResult;

void WaitUntil(absl::FunctionRef<bool()> condition, const char* what) {
  const auto end = std::chrono::steady_clock::now() + Patience();
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      std::fprintf(stderr, "synctest: gave up waiting for %s\n", what);
      std::abort();
    }
    std::this_thread::yield();
  }
}

void AwaitTimer() {
  synclib::Event over;
  const auto wait = [&]() -> Detached {
    synclib::Event never;
    (void)co_await never.AsyncWait(absl::Milliseconds(1));
    over.Set();
  };
  wait();
  over.Wait();
}

void Waiter::BeginAnew(std::unique_ptr<Wait> wait) {
  Finish();
  wait_ = std::move(wait);
  done_.store(false, std::memory_order_relaxed);
  Begin(*wait_);
}

WaitResult Waiter::Result() {
  WaitUntil([&] { return done(); }, "a wait to end");
  return result_;
}

void Waiter::Finish() {
  if (wait_ != nullptr) Result();
}

void Waiter::End(WaitResult result) {
  if (then_) then_(result);
  result_ = result;
  done_.store(true, std::memory_order_release);
}

void ThreadWaiter::Begin(Wait& wait) {
  thread_ = std::jthread([this, &wait] { End(wait.Block()); });
}

void PooledCoroutineWaiter::Begin(Wait& wait) {
  synclib::Submit(pool_, [this, &wait] { CoroutineWaiter::Begin(wait); });
}

void CallbackWaiter::Begin(Wait& wait) {
  node_.emplace(this, &wait);
  if (const std::optional<WaitResult> result = wait.Add(*node_)) End(*result);
}

void CallbackWaiter::Node::Fired(Callback& self, WaitResult result) noexcept {
  auto& node = static_cast<Node&>(self);
  CallbackWaiter* const owner = node.owner;
  result = node.wait->Called(node, result);
  owner->node_.reset();
  owner->End(result);
}

}  // namespace synctest

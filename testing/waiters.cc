// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/waiters.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "absl/functional/function_ref.h"
#include "sync/executor.h"

namespace synctest {

using synclib::Event;
using synclib::WaitOptions;
using synclib::WaitResult;

void WaitUntil(absl::FunctionRef<bool()> condition, const char* what) {
  constexpr auto kPatience = std::chrono::minutes(2);
  const auto start = std::chrono::steady_clock::now();
  while (!condition()) {
    if (std::chrono::steady_clock::now() - start > kPatience) {
      std::fprintf(stderr, "synctest: gave up waiting for %s\n", what);
      std::abort();
    }
    std::this_thread::yield();
  }
}

void AwaitWaiters(Event& event, size_t count) {
  WaitUntil([&] { return event.waiters() == count; }, "waits to join");
}

void Waiter::Start(Event& event, std::source_location where) {
  Begin(event, std::nullopt, nullptr, where);
}

void Waiter::Start(Event& event, const WaitOptions& options) {
  Begin(event, std::nullopt, &options, options.where());
}

void Waiter::StartPast(Event& event, uint64_t epoch,
                       std::source_location where) {
  Begin(event, epoch, nullptr, where);
}

void Waiter::StartPast(Event& event, uint64_t epoch,
                       const WaitOptions& options) {
  Begin(event, epoch, &options, options.where());
}

void Waiter::Begin(Event& event, std::optional<uint64_t> past,
                   const WaitOptions* options, std::source_location where) {
  Finish();
  started_ = true;
  done_.store(false, std::memory_order_relaxed);
  Wait wait{&event, past, std::nullopt, where};
  if (options != nullptr) wait.options = *options;
  Begin(wait);
}

WaitResult Waiter::Result() {
  WaitUntil([&] { return done(); }, "a wait to end");
  return result_;
}

void Waiter::Finish() {
  if (started_) Result();
}

void Waiter::End(WaitResult result) {
  if (then_) then_(result);
  result_ = result;
  done_.store(true, std::memory_order_release);
}

void ThreadWaiter::Begin(const Wait& wait) {
  thread_ = std::jthread([this, wait] {
    auto& [event, past, options, where] = wait;
    if (past && options) return End(event->WaitPast(*past, *options));
    if (past) return End(event->WaitPast(*past, where));
    if (options) return End(event->Wait(*options));
    End(event->Wait(where));
  });
}

Detached CoroutineWaiter::Run(Wait wait) {
  WaitResult result;
  if (wait.past && wait.options) {
    result = co_await wait.event->AsyncWaitPast(*wait.past, *wait.options);
  } else if (wait.past) {
    result = co_await wait.event->AsyncWaitPast(*wait.past, wait.where);
  } else if (wait.options) {
    result = co_await wait.event->AsyncWait(*wait.options);
  } else {
    result = co_await wait.event->AsyncWait(wait.where);
  }
  End(result);
}

void PooledCoroutineWaiter::Begin(const Wait& wait) {
  synclib::Submit(pool_, [this, wait] { CoroutineWaiter::Begin(wait); });
}

void CallbackWaiter::Begin(const Wait& wait) {
  auto& [event, past, options, where] = wait;
  node_.emplace(this);
  const WaitOptions limits = options.value_or(WaitOptions(where));
  const std::optional<WaitResult> result =
      past ? event->AddPast(*past, *node_, limits) : event->Add(*node_, limits);
  if (result) End(*result);
}

void CallbackWaiter::Node::Fired(Callback& self, WaitResult result) noexcept {
  CallbackWaiter* const owner = static_cast<Node&>(self).owner;
  owner->node_.reset();
  owner->End(result);
}

}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_all.h"

#include <coroutine>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/internal/all_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

using internal::AllWait;
using internal::Trampoline;
using internal::Waiter;

WaitResult WaitAll(const Waitables& waitables,
                   std::source_location where) noexcept {
  return WaitAll(waitables, WaitOptions(where));
}

WaitResult WaitAll(const Waitables& waitables,
                   const WaitOptions& options) noexcept {
  AllWait wait(waitables.targets());
  const WaitOptions begun = options.Begun();
  internal::GivingUp limits;
  limits.token = &begun.token();
  limits.deadline = begun.limit();
  for (;;) {
    // First: what came before that must not be missed.
    const std::optional<WaitResult> given_up = limits.Now();
    Waiter* ring = nullptr;
    const AllWait::Outcome outcome = wait.Take(&ring);
    Trampoline::HandOut(ring);
    if (outcome == AllWait::Outcome::kTaken) return WaitResult::kReady;
    if (given_up.has_value()) return *given_up;
    if (outcome == AllWait::Outcome::kBusy) {
      wait.list()->AwaitList(begun.limit());
    } else {
      internal::Request request = wait.Looking();
      // How that ends doesn't matter: all is looked at once more.
      (void)internal::BlockThread(*wait.list(), request, begun);
    }
  }
}

namespace internal {

AllAwaiter::AllAwaiter(const Waitables& waitables, WaitOptions options) noexcept
    : LimitedCoroutineWait(nullptr, Request(), std::move(options), &Looked),
      wait_(waitables.targets()) {}

AllAwaiter::AllAwaiter(AllAwaiter&& other) noexcept
    : LimitedCoroutineWait(std::move(other)), wait_(std::move(other.wait_)) {}

AllAwaiter::~AllAwaiter() {
  // Before that goes which the wait on a list refers to.
  if (stage() != Stage::kIdle && stage() != Stage::kOver) Destroyed();
}

bool AllAwaiter::await_ready() noexcept {
  if constexpr (kDebugChecks) CheckFirstAwait(*this);
  return false;  // Only the beginning of the wait starts its clock.
}

bool AllAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  set_handle(handle);
  return Wait();
}

// True: the coroutine is suspended, and its frame may be gone.
bool AllAwaiter::Wait() noexcept {
  for (;;) {
    Start();
    // First: what came before that must not be missed.
    const std::optional<WaitResult> given_up = GivenUp();
    Waiter* released = nullptr;
    const AllWait::Outcome taken = wait_.Take(&released);
    Trampoline::HandOut(released);
    if (taken == AllWait::Outcome::kTaken || given_up.has_value()) {
      outcome =
          taken == AllWait::Outcome::kTaken ? WaitResult::kReady : *given_up;
      set_stage(Stage::kOver);
      return false;
    }
    if (taken == AllWait::Outcome::kBusy) {
      wait_.list()->AwaitList(limit());
      continue;
    }
    set_core(wait_.list());
    request = wait_.Looking();
    if (!Join(&released).has_value()) {
      Trampoline::HandOut(released);
      return true;
    }
  }
}

void AllAwaiter::Looked(Work* work) {
  auto* const self = static_cast<AllAwaiter*>(work);
  if (!self->DisarmBeforeResuming()) return;
  if (!self->Wait()) self->Resume();
}

}  // namespace internal

internal::AllAwaiter AsyncWaitAll(const Waitables& waitables,
                                  std::source_location where) noexcept {
  return internal::AllAwaiter(waitables, WaitOptions(where));
}

internal::LimitedAllAwaiter AsyncWaitAll(const Waitables& waitables,
                                         WaitOptions options) noexcept {
  return internal::LimitedAllAwaiter(waitables, std::move(options));
}

}  // namespace SYNC_ABI
}  // namespace synclib

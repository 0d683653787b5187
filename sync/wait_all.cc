// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_all.h"

#include <coroutine>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/internal/all_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/target.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

using Attempt = internal::WaitCore::Attempt;
using internal::Target;
using internal::Targets;
using internal::Trampoline;
using internal::Waiter;

namespace {

Attempt TryAll(const Targets& targets, const Target** lacked) noexcept {
  Waiter* ring = nullptr;
  const Attempt attempt = internal::TakeAll(targets, lacked, &ring);
  Trampoline::HandOut(ring);
  return attempt;
}

// In whatever order, and before there are limits to look at.
bool TakeAtOnce(const Targets& targets) noexcept {
  const Target* lacked;
  return TryAll(targets, &lacked) == Attempt::kDone;
}

// When they could not be had at once.
WaitResult BlockForAll(Targets targets, const WaitOptions& options) noexcept {
  internal::PutInOrder(targets);
  const WaitOptions begun = options.Begun();
  internal::GivingUp limits;
  limits.token = &begun.token();
  limits.deadline = begun.limit();
  for (;;) {
    // First: what came before that must not be missed.
    const std::optional<WaitResult> given_up = limits.Now();
    const Target* lacked;
    const Attempt attempt = TryAll(targets, &lacked);
    if (attempt == Attempt::kDone) return WaitResult::kReady;
    if (given_up.has_value()) return *given_up;
    if (attempt == Attempt::kBusy) {
      lacked->core->AwaitList(begun.limit());
    } else {
      internal::Request request = internal::LookingFor(*lacked);
      // How that ends doesn't matter: all is looked at once more.
      (void)internal::BlockThread(*lacked->core, request, begun);
    }
  }
}

}  // namespace

WaitResult WaitAll(const Waitables& waitables,
                   std::source_location where) noexcept {
  if (TakeAtOnce(waitables.targets())) return WaitResult::kReady;
  return BlockForAll(waitables.targets(), WaitOptions(where));
}

WaitResult WaitAll(const Waitables& waitables,
                   const WaitOptions& options) noexcept {
  if (TakeAtOnce(waitables.targets())) return WaitResult::kReady;
  return BlockForAll(waitables.targets(), options);
}

namespace internal {

AllAwaiter::AllAwaiter(const Waitables& waitables, WaitOptions options) noexcept
    : LimitedCoroutineWait(nullptr, Request(), std::move(options), &Looked),
      targets_(waitables.targets()) {}

AllAwaiter::AllAwaiter(AllAwaiter&& other) noexcept
    : LimitedCoroutineWait(std::move(other)),
      targets_(std::move(other.targets_)) {}

AllAwaiter::~AllAwaiter() {
  // Before that goes which the wait on a list refers to.
  if (stage() != Stage::kIdle && stage() != Stage::kOver) Destroyed();
}

bool AllAwaiter::await_ready() noexcept {
  if constexpr (kDebugChecks) CheckFirstAwait(stage() == Stage::kIdle);
  return false;  // Only the beginning of the wait starts its clock.
}

bool AllAwaiter::await_suspend(std::coroutine_handle<> handle) noexcept {
  if (TakeAtOnce(targets_)) {
    set_stage(Stage::kOver);
    return false;
  }
  PutInOrder(targets_);
  set_handle(handle);
  return Wait();
}

// True: the coroutine is suspended, and its frame may be gone.
bool AllAwaiter::Wait() noexcept {
  for (;;) {
    Start();
    // First: what came before that must not be missed.
    const std::optional<WaitResult> given_up = GivenUp();
    const Target* lacked;
    const Attempt attempt = TryAll(targets_, &lacked);
    if (attempt == Attempt::kDone || given_up.has_value()) {
      outcome = attempt == Attempt::kDone ? WaitResult::kReady : *given_up;
      set_stage(Stage::kOver);
      return false;
    }
    if (attempt == Attempt::kBusy) {
      lacked->core->AwaitList(limit());
      continue;
    }
    set_core(lacked->core);
    request = LookingFor(*lacked);
    Waiter* released;
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

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/coroutine_wait.h"

#include <coroutine>
#include <cstdint>
#include <optional>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib::inline SYNC_ABI::internal {
namespace {

void CheckFirstAwait(const Waiter& waiter) {
  if (kDebugChecks && waiter.stage != Waiter::Stage::kIdle) {
    Fatal("an awaiter was awaited a second time; make one for each wait");
  }
}

}  // namespace

bool CoroutineWait::await_ready() noexcept {
  CheckFirstAwait(*this);
  const bool ready = core_.Try(this, request_, GivingUp()).has_value();
  if (ready) stage = Stage::kOver;
  return ready;
}

bool CoroutineWait::await_suspend(std::coroutine_handle<> handle) noexcept {
  handle_ = handle;
  if (executor() == nullptr) set_executor(Executor::Current());
  Waiter* released;
  const bool joined =
      !core_.Join(this, request_, GivingUp(), &released).has_value();
  // Once it has joined, the frame may be gone.
  if (!joined) stage = Stage::kOver;
  Trampoline::HandOut(released);
  return joined;
}

void CoroutineWait::Resume(Work* work) {
  auto* self = static_cast<CoroutineWait*>(work);
  self->stage = Stage::kOver;
  self->handle_.resume();
}

void CoroutineWait::Destroyed() noexcept {
  Waiter* released = nullptr;
  if (stage == Stage::kJoined && core_.Remove(this, &released)) return;
  Trampoline::TakeBack(this);
}

bool LimitedCoroutineWait::await_ready() noexcept {
  CheckFirstAwait(*this);
  return false;  // Only the beginning of the wait starts its clock.
}

bool LimitedCoroutineWait::await_suspend(
    std::coroutine_handle<> handle) noexcept {
  handle_ = handle;
  if (executor() == nullptr) set_executor(Executor::Current());
  Waiter* released;
  const std::optional<WaitResult> ended = Begin(request_, &released);
  // Once it has joined, the frame may be gone.
  if (ended.has_value()) {
    outcome = *ended;
    stage = Stage::kOver;
  }
  Trampoline::HandOut(released);
  return !ended.has_value();
}

void LimitedCoroutineWait::Resume(Work* work) {
  auto* self = static_cast<LimitedCoroutineWait*>(work);
  self->Disarm();
  self->stage = Stage::kOver;
  self->handle_.resume();
}

void LimitedCoroutineWait::Destroyed() noexcept {
  Waiter* released = nullptr;
  if (stage == Stage::kJoined && Abort(&released)) return;
  Trampoline::TakeBack(this);
  Disarm();
}

}  // namespace synclib::inline SYNC_ABI::internal

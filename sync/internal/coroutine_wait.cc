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

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

void ReportDestruction() {
  if constexpr (kDebugChecks) {
    Fatal("a coroutine was destroyed while another thread was ending its wait");
  }
}

}  // namespace

void CheckFirstAwait(bool is_first) noexcept {
  if (!is_first) {
    Fatal("an awaiter was awaited a second time; make one for each wait");
  }
}

void CoroutineWait::Resume(Work* work) {
  auto* self = static_cast<CoroutineWait*>(work);
  self->PrefetchAhead();
  self->handle_.resume();
}

void CoroutineWait::Destroyed() noexcept {
  Trampoline::MarkQueued();
  if (stage() != Stage::kJoined) return WaitCore::GiveBack(&core_, *this);
  Waiter* released;
  if (!core_.Remove(this, StopToken(), &released)) ReportDestruction();
  set_stage(Stage::kOver);
  Trampoline::HandOut(released);
}

void LimitedCoroutineWait::set_handle(std::coroutine_handle<> handle) noexcept {
  handle_ = handle;
  if (executor() == nullptr) set_executor(Self().executor);
}

bool LimitedCoroutineWait::DisarmBeforeResuming() noexcept {
  // What an executor has accepted runs when it says so. Without one, this may
  // be inside Set(), which waits for nobody.
  if (executor() == nullptr) return DisarmOrLeave();
  Disarm();
  return true;
}

void LimitedCoroutineWait::Run(Work* work) {
  auto* self = static_cast<LimitedCoroutineWait*>(work);
  self->PrefetchAhead();
  if (self->DisarmBeforeResuming()) self->Resume();
}

void LimitedCoroutineWait::Destroyed() noexcept {
  Trampoline::MarkQueued();
  Waiter* released;
  if (stage() == Stage::kJoined) {
    if (!Abort(&released)) ReportDestruction();
    set_stage(Stage::kOver);
    Trampoline::HandOut(released);
  } else {
    WaitCore::GiveBack(core(), *this);
    outcome = WaitResult::kCancelled;  // Given back.
  }
  Disarm();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

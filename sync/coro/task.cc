// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/task.h"

#include <atomic>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Orders of `met_`. The exchanges acquire and release: the second to come sees
// what the first has done.

bool TaskPromiseBase::Start(Work* then) noexcept {
  CheckFirstStart();
  then_ = then;
  start_.Resume();
  return met_.exchange(true, std::memory_order_acq_rel);
}

void TaskPromiseBase::StartOn(Executor* executor, Work* then) noexcept {
  CheckFirstStart();
  then_ = then;
  met_.store(true, std::memory_order_relaxed);  // Before anybody else sees it.
  if (!Trampoline::Post(&start_, executor)) Trampoline::Run(&start_, nullptr);
}

void TaskPromiseBase::CheckFirstStart() const noexcept {
  if (kDebugChecks && then_ != nullptr) {
    Fatal("a Task was awaited a second time; it runs once");
  }
}

void CheckNotMovedFrom(bool moved_from) noexcept {
  if (moved_from) Fatal("a Task was awaited that had been moved from");
}

// The last step of the task: its frame may be destroyed by what this runs.
void TaskPromiseBase::Finish() noexcept {
  Work* then = then_;
  if (met_.exchange(true, std::memory_order_acq_rel)) {
    Trampoline::Run(then, Executor::Current());
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

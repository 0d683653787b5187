// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/gather.h"

#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/latch.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

void CountedEnd::Start(TaskPromiseBase& task, Latch& left) noexcept {
  left_ = &left;
  task.StartOn(Executor::Current(), this);
}

// When the last is counted, the coroutine that awaits them may go on, and take
// `work` with it.
void CountedEnd::Call(Work* work) {
  static_cast<CountedEnd*>(work)->left_->CountDown();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/gather.h"

#include <atomic>
#include <cstddef>

#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

Gathering::Gathering(size_t count) noexcept : left_(count) {
  if (count == 0) done_.Set();
}

void Gathering::Start(TaskPromiseBase& task, Part& part) noexcept {
  part.gathering_ = this;
  task.StartOn(Executor::Current(), &part);
}

void Gathering::Part::Call(Work* work) {
  Gathering* gathering = static_cast<Part*>(work)->gathering_;
  // Acquire and release: the last one passes on what all the others did.
  if (gathering->left_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    gathering->done_.Set();
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

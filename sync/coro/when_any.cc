// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/when_any.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

Race::Race(size_t count) noexcept : left_(static_cast<int64_t>(count)) {
  if (count == 0) Fatal("WhenAny() of no tasks would never end");
}

void Race::Start(TaskPromiseBase& task, Part& part) noexcept {
  part.race_ = this;
  part.number_ = started_++;
  task.StartOn(Executor::Current(), &part);
}

void Race::Part::Call(Work* work) {
  Part* const part = static_cast<Part*>(work);
  part->race_->End(part->number_);
}

void Race::End(size_t number) noexcept {
  size_t none = 0;
  // Relaxed: what the tasks did is seen by who awaits them all.
  if (first_.compare_exchange_strong(none, number + 1,
                                     std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    source_.request_stop();
  }
  left_.CountDown();
}

size_t Race::first() const noexcept {
  return first_.load(std::memory_order_relaxed) - 1;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

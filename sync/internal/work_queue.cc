// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/work_queue.h"

#include <atomic>
#include <cstdint>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

bool WorkQueue::Push(Work* work) noexcept {
  bell_.Enter();
  uintptr_t top = pushed_.load(std::memory_order_relaxed);
  bool pushed = false;
  while (!pushed && !(top & kClosed)) {
    work->next = reinterpret_cast<Work*>(top);
    // Release pairs with Pop(): the work is whole.
    pushed = pushed_.compare_exchange_weak(
        top, reinterpret_cast<uintptr_t>(work), std::memory_order_release,
        std::memory_order_relaxed);
  }
  bell_.Leave();
  return pushed;
}

Work* WorkQueue::Pop() noexcept {
  if (popping_ == nullptr) {
    // Acquire pairs with Push().
    const uintptr_t all =
        pushed_.fetch_and(kClosed, std::memory_order_acquire) & ~kClosed;
    Work* newest = reinterpret_cast<Work*>(all);
    while (newest != nullptr) {
      Work* work = newest;
      newest = static_cast<Work*>(work->next);
      work->next = popping_;
      popping_ = work;
    }
  }
  Work* work = popping_;
  if (work != nullptr) popping_ = static_cast<Work*>(work->next);
  return work;
}

void WorkQueue::Close() noexcept {
  bell_.Enter();
  // Release pairs with the Pop() that finds nothing: what came before is
  // visible to a worker that ends, and so is Enter().
  pushed_.fetch_or(kClosed, std::memory_order_release);
  bell_.Leave(kAllSleepers);
}

bool WorkQueue::closed() const noexcept {
  // Relaxed: all pushes came before the bit, in the order of this one object,
  // and a Pop() that follows reads what is newest.
  return (pushed_.load(std::memory_order_relaxed) & kClosed) != 0;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

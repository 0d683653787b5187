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

bool WorkQueue::PushBatch(Ring* first, Ring* last) noexcept {
  bell_.Enter();
  uintptr_t top = pushed_.load(std::memory_order_relaxed);
  bool pushed = false;
  while (!pushed && !(top & kClosed)) {
    last->next = reinterpret_cast<Ring*>(top);
    last->prev = first;
    // Release pairs with Pop(): the works are whole.
    pushed = pushed_.compare_exchange_weak(
        top, reinterpret_cast<uintptr_t>(last), std::memory_order_release,
        std::memory_order_relaxed);
  }
  bell_.Leave();
  return pushed;
}

bool WorkQueue::PushAll(Ring& works) noexcept {
  Ring* const last = works.prev;
  Ring* const before_last = last->prev;
  if (PushBatch(works.next, last)) {
    works.Reset();  // The works may be gone.
    return true;
  }
  last->next = &works;
  last->prev = before_last;
  return false;
}

Work* WorkQueue::Pop() noexcept {
  if (popping_ == nullptr) {
    if (!any()) return nullptr;
    // Acquire pairs with PushBatch().
    const uintptr_t all =
        pushed_.fetch_and(kClosed, std::memory_order_acquire) & ~kClosed;
    Ring* last = reinterpret_cast<Ring*>(all);
    while (last != nullptr) {
      Ring* const older = last->next;
      last->next = popping_;
      popping_ = last->prev;
      last = older;
    }
  }
  Ring* const oldest = popping_;
  popping_ = oldest->next;
  return static_cast<Work*>(oldest);
}

bool WorkQueue::any() const noexcept {
  // Acquire pairs with Close().
  return popping_ != nullptr ||
         (pushed_.load(std::memory_order_acquire) & ~kClosed) != 0;
}

void WorkQueue::Close() noexcept {
  bell_.Enter();
  // Release pairs with the any() that finds nothing: what came before is
  // visible to a worker that ends, and so is Enter().
  pushed_.fetch_or(kClosed, std::memory_order_release);
  bell_.LeaveAndWakeAll();
}

bool WorkQueue::closed() const noexcept {
  // Relaxed: all pushes came before the bit, in the order of this one object,
  // and a Pop() that follows reads what is newest.
  return (pushed_.load(std::memory_order_relaxed) & kClosed) != 0;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

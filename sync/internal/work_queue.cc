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
  if (IsOwner()) return PushOwn(first, last);
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

bool WorkQueue::PushOwn(Ring* first, Ring* last) noexcept {
  TakePushed();  // What happened before goes first.
  if (closed()) return false;
  Append(first, last);
  return true;
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
  if (oldest_ == nullptr) TakePushed();
  Ring* const oldest = oldest_;
  if (oldest != nullptr) oldest_ = oldest->next;
  return static_cast<Work*>(oldest);
}

void WorkQueue::TakePushed() noexcept {
  if (!HasPushed()) return;
  // Acquire pairs with PushBatch().
  const uintptr_t all =
      pushed_.fetch_and(kClosed, std::memory_order_acquire) & ~kClosed;
  Ring* const newest = reinterpret_cast<Ring*>(all);
  Ring* first = nullptr;
  for (Ring* last = newest; last != nullptr;) {
    Ring* const older = last->next;
    last->next = first;
    first = last->prev;
    last = older;
  }
  Append(first, newest);
}

void WorkQueue::Append(Ring* first, Ring* last) noexcept {
  last->next = nullptr;
  if (oldest_ == nullptr) {
    oldest_ = first;
  } else {
    newest_->next = first;
  }
  newest_ = last;
}

bool WorkQueue::any() const noexcept {
  return oldest_ != nullptr || HasPushed();
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

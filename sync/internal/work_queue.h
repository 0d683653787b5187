// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the library's own executors keep their work in.

#ifndef SYNC_INTERNAL_WORK_QUEUE_H_
#define SYNC_INTERNAL_WORK_QUEUE_H_

#include <cstdint>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// First in, first out, intrusive and unbounded. Any thread pushes, which rings
// the bell, and never waits for another; one at a time pops. Pushes go on a
// Treiber stack ("Systems programming: coping with parallelism", 1986) of
// batches; the popping side takes all of it at once and turns it round, which
// touches the last work of each batch only. What the owner pushes, if there is
// one, goes behind that at once, without a read-modify-write.
class WorkQueue {
 public:
  explicit WorkQueue(Bell& bell) noexcept : bell_(bell) {}
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // False: the queue is closed, and the work still the caller's. The bell's
  // destructor waits for calls of this and of Close(), which what they bring
  // about may overtake.
  bool Push(Work* work) noexcept { return PushBatch(work, work); }

  // The same for all that are in the queue whose sentinel `works` is, and at
  // least one is, in one step and with one ring of the bell at most. True:
  // `works` is empty then. False: it is as it was.
  bool PushAll(Ring& works) noexcept;

  // From now on, and until Disown(), only this thread pops. The bell isn't rung
  // for what it pushes itself: it must look for work before it sleeps.
  void Own() noexcept { owner_.store(&Self(), std::memory_order_relaxed); }
  void Disown() noexcept { owner_.store(nullptr, std::memory_order_relaxed); }

  // The oldest work, or null. Not by two threads at once.
  Work* Pop() noexcept;

  // Whether Pop() would return some. For the thread that may pop.
  bool any() const noexcept;

  // Nothing can be pushed after this; what has been can still be popped.
  void Close() noexcept;

  // A Pop() that follows a true answer, and returns null, has seen the last.
  bool closed() const noexcept;

 private:
  bool PushBatch(Ring* first, Ring* last) noexcept;
  bool PushOwn(Ring* first, Ring* last) noexcept;
  bool IsOwner() const noexcept {
    // Relaxed: who finds itself here has put itself here.
    const ThreadSlot* const owner = owner_.load(std::memory_order_relaxed);
    return owner != nullptr && owner == &Self();
  }
  bool HasPushed() const noexcept {
    // Acquire pairs with Close().
    return (pushed_.load(std::memory_order_acquire) & ~kClosed) != 0;
  }
  void TakePushed() noexcept;
  void Append(Ring* first, Ring* last) noexcept;

  Bell& bell_;
  // The address of the last work of the newest batch, plus kClosed. Within a
  // batch, `next` goes from the oldest to the newest; of the last, it goes to
  // the last of the batch before, and `prev` to the first of its own.
  static constexpr uintptr_t kClosed = 1;
  Atomic<uintptr_t> pushed_{0};
  Atomic<const ThreadSlot*> owner_{nullptr};
  // Of whoever pops: from the oldest to the newest, linked by `next`.
  Ring* oldest_ = nullptr;
  Ring* newest_ = nullptr;  // Unless there is none.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WORK_QUEUE_H_

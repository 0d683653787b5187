// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What happens to waits that have ended: the first of their threads are woken,
// who wake the others; coroutines are posted to their executors; and then all
// else runs on this thread, from a queue, so that the stack doesn't grow
// however long a chain of waits is. The timer thread leaves what would run
// there to another one, its runner.

#ifndef SYNC_INTERNAL_TRAMPOLINE_H_
#define SYNC_INTERNAL_TRAMPOLINE_H_

#include <cstddef>

#include "absl/base/attributes.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Calls user code: nobody calls it with the list bit or a lock held.
class Trampoline {
 public:
  // Hands out the whole ring that starts at `first` (null: nothing): ends its
  // arms, in whose place comes whom they release; wakes its threads and posts
  // its coroutines, and then runs the rest here, both in list order; where this
  // thread is running such work already, the rest queues behind that. Returns
  // how many waits there were. For a signal handler, if they are all threads.
  static size_t HandOut(Waiter* first) noexcept {
    return first == nullptr ? 0 : HandOutRing(first);
  }

  // The same for a ring, which isn't empty, of threads, or of those of which
  // all RunsInline(). The last one has their count().
  static size_t HandOutAlike(Waiter* first) noexcept;

  // Runs `work` on this thread, or queues it behind the work that is running,
  // with `executor` as its current one.
  static void Run(Work* work, Executor* executor) noexcept;

  // Gives `work` to `executor`, unless that is null or refuses: then the work
  // has no executor, and is still the caller's.
  static bool Post(Work* work, Executor* executor) noexcept;

  // Runs what is queued on this thread. A thread does so before it sleeps,
  // since what it waits for may depend on it.
  static void RunQueued() noexcept;

  // Has what is queued on this thread say so, for one that may be.
  static void MarkQueued() noexcept;

  // Takes out of its queue what is being destroyed by code that this thread
  // runs before it.
  static void TakeBack(Work* work) noexcept;

 private:
  // By way of the second, unless it is one coroutine or callback.
  static size_t HandOutRing(Waiter* first) noexcept;
  static size_t HandOutMany(Waiter* first) noexcept;
  static void WakeAndPost(Ring& ring, ThreadSlot& self) noexcept;
  static void PostSome(WorkQueue& queue, Ring& place, const Ring& ring,
                       ThreadSlot& self) noexcept;
  // As queued on this thread.
  static void Mark(Work* work, const ThreadSlot& self) noexcept;
  static void Enqueue(Ring& queue, Work* work, ThreadSlot& self) noexcept;
  static void RunQueue(ThreadSlot& self) noexcept;
  ABSL_ATTRIBUTE_COLD static void LeaveToRunner(ThreadSlot& self) noexcept;
  ABSL_ATTRIBUTE_COLD static void RunDespiteErrors(ThreadSlot& self) noexcept;
  static void RunAll(ThreadSlot& self) noexcept(false);
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_TRAMPOLINE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/trampoline.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"
#include "sync/internal/waiter.h"

namespace synclib::inline SYNC_ABI::internal {
namespace {

// Marks, in debug builds, which thread may still take a wait back.
uint32_t Tag(const ThreadSlot& self) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(&self));
}

}  // namespace

// GCC 12 takes the address of a sentinel on the stack, in waiters that are
// unlinked before the sentinel goes, for one that is left behind.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wdangling-pointer"
size_t Trampoline::HandOut(Waiter* first) noexcept {
  if (first == nullptr) return 0;
  ThreadSlot& self = Self();
  size_t count = 0;

  // Threads first: what follows is user code, and they need not wait for it.
  Ring deferred;
  deferred.Reset();
  deferred.Append(first->ring());
  Ring* next;
  for (Ring* ring = deferred.next; ring != &deferred; ring = next) {
    next = ring->next;  // Read before the wake: the waiter then is gone.
    Waiter* waiter = Waiter::From(ring);
    ++count;
    if (waiter->kind == Waiter::Kind::kThread) {
      ring->Unlink();
      // A thread of the process that forked this one is not there to be woken.
      if (waiter->process != ProcessGeneration()) {
        --count;
      } else {
        waiter->Unpark();
      }
    } else {
      waiter->stage = Waiter::Stage::kHandedOut;
      if constexpr (kDebugChecks) {
        waiter->parked.store(Tag(self), std::memory_order_relaxed);
      }
    }
  }
  if (deferred.alone()) return count;

  // From here on user code runs, which may destroy any coroutine that is
  // still in one of these queues: TakeBack() unlinks it.
  Ring here;
  here.Reset();
  while (!deferred.alone()) {
    Waiter* waiter = Waiter::From(deferred.next);
    waiter->ring()->Unlink();
    if (Executor* executor = waiter->executor(); executor != nullptr) {
      waiter->stage = Waiter::Stage::kPosted;
      if (executor->Post(waiter)) continue;
      waiter->stage = Waiter::Stage::kHandedOut;
      waiter->set_executor(nullptr);
    }
    here.Push(waiter->ring());
  }
  if (!here.alone()) {
    Ring* rest = here.next;
    here.Unlink();
    self.queue.Append(rest);
    if (!self.draining) RunQueue(self);
  }
  return count;
}
#pragma GCC diagnostic pop

void Trampoline::Run(Work* work, Executor* executor) noexcept {
  work->set_executor(executor);
  ThreadSlot& self = Self();
  self.queue.Push(work);
  if (!self.draining) RunQueue(self);
}

void Trampoline::Drain() noexcept {
  ThreadSlot& self = Self();
  if (!self.queue.alone()) RunQueue(self);
}

void Trampoline::TakeBack(Waiter* waiter) noexcept {
  if constexpr (kDebugChecks) {
    if (waiter->stage != Waiter::Stage::kHandedOut ||
        waiter->parked.load(std::memory_order_relaxed) != Tag(Self())) {
      Fatal(
          "a coroutine was destroyed while its wait was being handed out by "
          "another thread, or after an executor had taken it");
    }
  }
  waiter->ring()->Unlink();
}

void Trampoline::RunQueue(ThreadSlot& self) noexcept {
  const bool was_draining = std::exchange(self.draining, true);
  Executor* const executor = self.executor;
  std::exception_ptr error;
  while (!self.queue.alone()) {
    Work* work = static_cast<Work*>(self.queue.next);
    self.queue.next->Unlink();
    self.executor = work->executor_;
    std::exception_ptr thrown = CatchAll(
        [](void* p) {
          Work* w = static_cast<Work*>(p);
          w->function_(w);
        },
        work);
    if (error == nullptr) error = std::move(thrown);
  }
  self.executor = executor;
  self.draining = was_draining;
  if (error != nullptr) TerminateWith(std::move(error));
}

}  // namespace synclib::inline SYNC_ABI::internal

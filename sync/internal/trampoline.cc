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
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {

void Work::Run() noexcept { internal::Trampoline::Run(this, executor_); }

void Work::Withdraw() noexcept { internal::Trampoline::TakeBack(this); }

namespace internal {
namespace {

uint8_t Hash(const ThreadSlot& self) {
  return static_cast<uint8_t>(reinterpret_cast<uintptr_t>(&self) >> 12);
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
    if (waiter->kind != Waiter::Kind::kThread) {
      waiter->set_stage(Work::Stage::kQueued);
      waiter->thread_ = Hash(self);
      continue;
    }
    ring->Unlink();
    waiter->Unpark();
  }
  if (deferred.alone()) return count;

  // From here on user code runs, which may destroy any coroutine that is
  // still in one of these queues: TakeBack() unlinks it. What an executor runs
  // inside Post() queues behind the posts.
  const bool was_draining = std::exchange(self.draining, true);
  Ring here;
  here.Reset();
  while (!deferred.alone()) {
    Waiter* waiter = Waiter::From(deferred.next);
    waiter->ring()->Unlink();
    if (!Post(waiter, waiter->executor())) Enqueue(here, waiter, self);
  }
  self.draining = was_draining;
  if (!here.alone()) {
    Ring* rest = here.next;
    here.Unlink();
    self.queue.Append(rest);
  }
  if (!self.draining && !self.queue.alone()) RunQueue(self);
  return count;
}
#pragma GCC diagnostic pop

void Trampoline::Run(Work* work, Executor* executor) noexcept {
  ThreadSlot& self = Self();
  work->set_executor(executor);
  Enqueue(self.queue, work, self);
  if (!self.draining) RunQueue(self);
}

bool Trampoline::Post(Work* work, Executor* executor) noexcept {
  work->set_executor(executor);
  if (executor == nullptr) return false;
  work->set_stage(Work::Stage::kPosted);
  if (executor->Post(work)) return true;
  work->set_executor(nullptr);
  work->set_stage(Work::Stage::kIdle);
  return false;
}

void Trampoline::Drain() noexcept {
  ThreadSlot& self = Self();
  if (!self.queue.alone()) RunQueue(self);
}

void Trampoline::TakeBack(Work* work) noexcept {
  if (kDebugChecks && (work->stage() != Work::Stage::kQueued ||
                       work->thread_ != Hash(Self()))) {
    Fatal(
        "a coroutine was destroyed while its wait was being handed out by "
        "another thread, or after an executor had taken it");
  }
  // Release builds leave to itself what an executor has taken.
  if (work->stage() == Work::Stage::kQueued) work->Unlink();
}

void Trampoline::Enqueue(Ring& queue, Work* work, ThreadSlot& self) noexcept {
  work->set_stage(Work::Stage::kQueued);
  work->thread_ = Hash(self);
  queue.Push(work);
}

void Trampoline::RunQueue(ThreadSlot& self) noexcept {
  if (self.runner != nullptr) {
    while (!self.queue.alone()) {
      Work* work = static_cast<Work*>(self.queue.next);
      work->Unlink();
      work->set_stage(Work::Stage::kPosted);
      self.runner->Push(work);
    }
    return;
  }
  const bool was_draining = std::exchange(self.draining, true);
  Executor* const executor = self.executor;
  std::exception_ptr error;
  while (!self.queue.alone()) {
    Work* work = static_cast<Work*>(self.queue.next);
    work->Unlink();
    work->set_stage(Work::Stage::kOver);
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

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

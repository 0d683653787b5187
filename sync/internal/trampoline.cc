// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/trampoline.h"

#include <atomic>
#include <cstddef>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
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

// Orders of the count: relaxed, for it is only looked at when the executor is
// destroyed, which comes after all waits under it.

void Work::CountSuspended(Stage next) noexcept {
  const bool was = stage_ == Stage::kJoined;
  const bool is = next == Stage::kJoined;
  if (executor_ == nullptr || was == is) return;
  if (is) {
    executor_->suspended_.fetch_add(1, std::memory_order_relaxed);
  } else {
    executor_->suspended_.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Executor::CheckSuspended() const noexcept {
  const size_t suspended = suspended_.load(std::memory_order_relaxed);
  if (suspended == 0) return;
  internal::Fatal(absl::StrCat(
      "an executor (a pool, a loop, or that of Run()) was destroyed on which ",
      suspended, " suspended coroutine(s) are to go on; it must outlive their ",
      "waits"));
}

namespace internal {
namespace {

bool IsThreads(const Waiter& waiter) noexcept {
  return waiter.kind == Waiter::Kind::kThread ||
         (waiter.kind == Waiter::Kind::kArm &&
          static_cast<const Arm&>(waiter).wait->of_thread);
}

// Puts in the place of an arm whom it releases, and counts the one that ends
// its wait. Returns the node behind.
Ring* EndArm(Arm* arm, size_t* count) noexcept {
  Ring* const behind = arm->ring()->next;
  arm->ring()->Unlink();
  arm->set_stage(Waiter::Stage::kOver);
  if (arm->Claim()) ++*count;
  Waiter* const released = arm->wait->end(arm);
  if (released != nullptr) behind->Append(released->ring());
  return behind;
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
  Ring ring;
  ring.Reset();
  ring.Append(first->ring());
  size_t count = 0;
  bool all_are_threads = true;
  for (Ring* node = ring.next; node != &ring;) {
    Waiter* const waiter = Waiter::From(node);
    if (!IsThreads(*waiter)) all_are_threads = false;
    if (waiter->kind == Waiter::Kind::kArm) {
      node = EndArm(static_cast<Arm*>(waiter), &count);
    } else {
      node = node->next;
      ++count;
    }
  }
  if (!all_are_threads) {
    HandOutCoroutines(ring);
    return count;
  }
  // Maybe in a signal handler: without a look at what this thread has queued.
  while (!ring.alone()) {
    Waiter* const waiter = Waiter::From(ring.next);
    waiter->ring()->Unlink();
    waiter->Unpark();
  }
  return count;
}

// And threads and callbacks. `ring` is a sentinel.
void Trampoline::HandOutCoroutines(Ring& ring) noexcept {
  ThreadSlot& self = Self();
  // From the first Post() on user code runs, which may destroy any coroutine
  // that is still in one of these rings: TakeBack() unlinks it.
  for (Ring* node = ring.next; node != &ring; node = node->next) {
    Waiter* const waiter = Waiter::From(node);
    if (waiter->kind != Waiter::Kind::kThread) Mark(waiter, self);
  }
  Ring here;
  here.Reset();
  // What an executor runs inside Post() queues behind the rest.
  const bool was_draining = std::exchange(self.draining, true);
  while (!ring.alone()) {
    Waiter* const waiter = Waiter::From(ring.next);
    waiter->ring()->Unlink();
    if (waiter->kind == Waiter::Kind::kThread) {
      waiter->Unpark();
    } else if (!Post(waiter, waiter->executor())) {
      Enqueue(here, waiter, self);
    }
  }
  self.draining = was_draining;
  if (!here.alone()) {
    Ring* rest = here.next;
    here.Unlink();
    self.queue.Append(rest);
  }
  if (!self.draining && !self.queue.alone()) RunQueue(self);
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
  // Two threads of which one is the 256th after the other aren't told apart.
  if (kDebugChecks && (work->stage() != Work::Stage::kQueued ||
                       work->thread_ != Self().number)) {
    Fatal(
        "a coroutine was destroyed while its wait was being handed out by "
        "another thread, or after an executor had taken it");
  }
  // Release builds leave to itself what an executor has taken.
  if (work->stage() == Work::Stage::kQueued) work->Unlink();
}

void Trampoline::Mark(Work* work, const ThreadSlot& self) noexcept {
  work->set_stage(Work::Stage::kQueued);
  work->thread_ = self.number;
}

void Trampoline::Enqueue(Ring& queue, Work* work, ThreadSlot& self) noexcept {
  Mark(work, self);
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

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

// Of the threads in the ring whose sentinel that is, which is empty then. Those
// who are awake take no system call, and so need not be left to one another:
// with more threads than processors, it takes many turns until each has had
// its own after that of its waker.
void UnparkAll(Ring& threads) noexcept {
  for (Ring* node = threads.next; node != &threads;) {
    Waiter* const waiter = Waiter::From(node);
    node = node->next;
    Waiter::UnparkAwake(waiter);
  }
  if (threads.alone()) return;
  Waiter* const first = Waiter::From(threads.next);
  threads.Unlink();
  threads.Reset();
  Waiter::UnparkAll(first);
}

}  // namespace

size_t Trampoline::HandOutRing(Waiter* first) noexcept {
  if (!first->ring()->alone() || (first->kind != Waiter::Kind::kCoroutine &&
                                  first->kind != Waiter::Kind::kCallback)) {
    return HandOutMany(first);
  }
  ThreadSlot& self = Self();
  // What the executor runs inside Post() queues behind what is queued.
  const bool was_running = std::exchange(self.is_running, true);
  if (!Post(first, first->executor())) Enqueue(self.queue, first, self);
  self.is_running = was_running;
  if (!was_running && !self.queue.alone()) RunQueue(self);
  return 1;
}

// GCC 12 takes the address of a sentinel on the stack, in waiters that are
// unlinked before the sentinel goes, for one that is left behind.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wdangling-pointer"
size_t Trampoline::HandOutMany(Waiter* first) noexcept {
  Ring ring;
  ring.Reset();
  ring.Append(first->ring());
  size_t count = 0;
  bool are_all_to_run_here = true;
  ThreadSlot* self = nullptr;  // Null, maybe in a signal handler, for threads.
  for (Ring* node = ring.next; node != &ring;) {
    Waiter* const waiter = Waiter::From(node);
    node = node->next;
    if (waiter->kind == Waiter::Kind::kArm) {
      auto* const arm = static_cast<Arm*>(waiter);
      arm->ring()->Unlink();
      arm->set_stage(Waiter::Stage::kOver);
      if (arm->Claim()) ++count;
      if (Waiter* const owner = arm->wait->end(arm)) {
        --count;  // Who comes in the place of an arm counts as that does.
        node->Append(owner->ring());
        node = owner->ring();
      }
      continue;
    }
    ++count;
    if (waiter->kind == Waiter::Kind::kThread) {
      are_all_to_run_here = false;
    } else {
      if (self == nullptr) self = &Self();
      // From the first Post() on user code runs, which may destroy any
      // coroutine that is still in the ring: TakeBack() unlinks it.
      Mark(waiter, *self);
      if (waiter->executor() != nullptr) are_all_to_run_here = false;
    }
  }
  if (self == nullptr) {
    UnparkAll(ring);
    return count;
  }
  if (!are_all_to_run_here) WakeAndPost(ring, *self);
  if (!ring.alone()) {
    Ring* const rest = ring.next;
    ring.Unlink();
    self->queue.Append(rest);
  }
  if (!self->is_running && !self->queue.alone()) RunQueue(*self);
  return count;
}

size_t Trampoline::HandOutAlike(Waiter* first) noexcept {
  const size_t count = first->Previous()->count();
  if (first->kind == Waiter::Kind::kThread) {
    Waiter::UnparkAll(first);
    return count;
  }
  ThreadSlot& self = Self();
  if (self.unmarked == &self.queue) self.unmarked = first->ring();
  self.queue.Append(first->ring());
  if (!self.is_running) RunQueue(self);
  return count;
}

// Leaves in the ring, whose sentinel that is, what has no executor.
void Trampoline::WakeAndPost(Ring& ring, ThreadSlot& self) noexcept {
  // What an executor runs inside Post() queues behind the rest.
  const bool was_running = std::exchange(self.is_running, true);
  Ring threads;  // To be woken before the next Post().
  threads.Reset();
  Ring place;  // Behind those that have been looked at, and stay.
  ring.next->Push(&place);
  while (place.next != &ring) {
    Waiter* const waiter = Waiter::From(place.next);
    if (waiter->kind == Waiter::Kind::kThread) {
      waiter->ring()->Unlink();
      threads.Push(waiter->ring());
    } else if (Executor* const executor = waiter->executor()) {
      UnparkAll(threads);
      if (WorkQueue* const queue = executor->queue()) {
        PostSome(*queue, place, ring, self);
        continue;
      }
      waiter->ring()->Unlink();
      if (!Post(waiter, executor)) Enqueue(place, waiter, self);
    } else {
      place.Unlink();
      waiter->ring()->next->Push(&place);
    }
  }
  place.Unlink();
  UnparkAll(threads);
  self.is_running = was_running;
}

// Posts who is behind `place`, and those after it with the same executor, whose
// queue that is; not all at once, so that the first of many soon run.
void Trampoline::PostSome(WorkQueue& queue, Ring& place, const Ring& ring,
                          ThreadSlot& self) noexcept {
  constexpr int kMost = 32;
  const Executor* const executor = Waiter::From(place.next)->executor();
  Ring works;
  works.Reset();
  for (int i = 0; i < kMost && place.next != &ring; ++i) {
    Waiter* const waiter = Waiter::From(place.next);
    if (waiter->executor() != executor) break;
    waiter->ring()->Unlink();
    waiter->set_stage(Work::Stage::kPosted);
    works.Push(waiter->ring());
  }
  if (queue.PushAll(works)) return;
  while (!works.alone()) {
    Waiter* const refused = Waiter::From(works.next);
    refused->ring()->Unlink();
    refused->set_executor(nullptr);
    Enqueue(place, refused, self);
  }
}
#pragma GCC diagnostic pop

void Trampoline::Run(Work* work, Executor* executor) noexcept {
  ThreadSlot& self = Self();
  work->set_executor(executor);
  Enqueue(self.queue, work, self);
  if (!self.is_running) RunQueue(self);
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

void Trampoline::RunQueued() noexcept {
  ThreadSlot& self = Self();
  if (!self.queue.alone()) RunQueue(self);
}

void Trampoline::MarkQueued() noexcept {
  ThreadSlot& self = Self();
  while (self.unmarked != &self.queue) {
    Mark(static_cast<Work*>(self.unmarked), self);
    self.unmarked = self.unmarked->next;
  }
}

void Trampoline::TakeBack(Work* work) noexcept {
  MarkQueued();  // Also so that `unmarked` isn't this one.
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
  if (self.runner != nullptr) return LeaveToRunner(self);
  const bool was_running = std::exchange(self.is_running, true);
  Executor* const executor = self.executor;
  std::exception_ptr error = CatchAll([&] { RunAll(self); });
  // The others go on all the same, and the first one is the program's end.
  if (error != nullptr) RunDespiteErrors(self);
  self.executor = executor;
  self.is_running = was_running;
  if (error != nullptr) TerminateWith(std::move(error));
}

void Trampoline::LeaveToRunner(ThreadSlot& self) noexcept {
  for (Ring* node = self.queue.next; node != &self.queue; node = node->next) {
    static_cast<Work*>(node)->set_stage(Work::Stage::kPosted);
  }
  self.unmarked = &self.queue;
  if (!self.queue.alone()) self.runner->PushAll(self.queue);
}

void Trampoline::RunDespiteErrors(ThreadSlot& self) noexcept {
  while (!self.queue.alone()) CatchAll([&] { RunAll(self); });
}

// Until the queue is empty, or something is thrown.
void Trampoline::RunAll(ThreadSlot& self) noexcept(false) {
  Ring& queue = self.queue;
  while (!queue.alone()) {
    Work* const work = static_cast<Work*>(queue.next);
    if (self.unmarked == work) self.unmarked = work->next;
    queue.next = work->next;
    queue.next->prev = &queue;
    work->set_stage(Work::Stage::kOver);
    self.executor = work->executor_;
    work->function_(work);
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

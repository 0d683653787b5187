// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

void TimerHeap::Push(TimedWaiter* timer) noexcept {
  timer->child = timer->sibling = timer->previous_timer = nullptr;
  root_ = Meld(root_, timer);
}

void TimerHeap::Remove(TimedWaiter* timer) noexcept {
  if (timer == root_) {
    root_ = MeldSiblings(timer->child);
    return;
  }
  if (timer->previous_timer->child == timer) {
    timer->previous_timer->child = timer->sibling;
  } else {
    timer->previous_timer->sibling = timer->sibling;
  }
  if (timer->sibling != nullptr)
    timer->sibling->previous_timer = timer->previous_timer;
  root_ = Meld(root_, MeldSiblings(timer->child));
}

// Melds two roots, either of which may be null.
TimedWaiter* TimerHeap::Meld(TimedWaiter* a, TimedWaiter* b) noexcept {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  if (b->deadline.nanos() < a->deadline.nanos()) std::swap(a, b);
  b->previous_timer = a;
  b->sibling = a->child;
  if (a->child != nullptr) a->child->previous_timer = b;
  a->child = b;
  return a;
}

// Makes one heap of a list of siblings: melds them in pairs from the left,
// then all of the pairs from the right.
TimedWaiter* TimerHeap::MeldSiblings(TimedWaiter* first) noexcept {
  TimedWaiter* pairs = nullptr;  // Linked by `sibling`, the last one first.
  while (first != nullptr) {
    TimedWaiter* a = first;
    TimedWaiter* b = a->sibling;
    first = b == nullptr ? nullptr : b->sibling;
    a->previous_timer = a->sibling = nullptr;
    if (b != nullptr) b->previous_timer = b->sibling = nullptr;
    TimedWaiter* pair = Meld(a, b);
    pair->sibling = pairs;
    pairs = pair;
  }
  TimedWaiter* root = nullptr;
  while (pairs != nullptr) {
    TimedWaiter* pair = std::exchange(pairs, pairs->sibling);
    pair->sibling = nullptr;
    root = Meld(root, pair);
  }
  return root;
}

bool TimerQueue::Arm(TimedWaiter* timer) noexcept {
  lock_.lock();
  if (closed_) {
    lock_.unlock();
    return false;
  }
  timer->armed_in = ProcessGeneration();
  timer->queue.store(this, std::memory_order_relaxed);  // Under the lock.
  TimerHeap& heap = HeapOf(*timer);
  heap.Push(timer);
  const bool is_first = heap.top() == timer;
  lock_.unlock();
  if (is_first) bell_.Ring();
  return true;
}

void TimerQueue::Disarm(TimedWaiter* timer) noexcept {
  while (TimerQueue* const queue = QueueOf(timer)) {
    queue->lock_.lock();
    const Removal removal = queue->Remove(timer);
    const bool must_wait = removal == Removal::kFiring;
    if (must_wait) {
      queue->disarming_.store(1, std::memory_order_relaxed);  // Under the lock.
    }
    queue->lock_.unlock();
    if (must_wait) FutexWait(queue->disarming_, 1, kNever);
  }
}

bool TimerQueue::DisarmOrLeave(TimedWaiter* timer) noexcept {
  int round = 0;
  while (TimerQueue* const queue = QueueOf(timer)) {
    if (queue->lock_.try_lock()) {
      const Removal removal = queue->Remove(timer);
      queue->lock_.unlock();
      if (removal != Removal::kFiring) continue;
    }
    if (SpinHint(round++)) continue;
    timer->set_stage(Waiter::Stage::kPosted);
    if (queue->left_.Push(timer)) return false;
    // Closed: the timer has moved to the heir.
    timer->set_stage(Waiter::Stage::kOver);
  }
  return true;
}

// Where it is armed; null: nowhere.
TimerQueue* TimerQueue::QueueOf(TimedWaiter* timer) noexcept {
  // Acquire pairs with FireDue(), whose last touch of the timer this may see,
  // and with Close(): a queue is visible before its timers are in it.
  TimerQueue* const queue = timer->queue.load(std::memory_order_acquire);
  if (queue != nullptr && queue->of_timer_thread_ &&
      timer->armed_in != ProcessGeneration()) {
    // The timer thread of the process that forked this one had it.
    timer->queue.store(nullptr, std::memory_order_relaxed);
    return nullptr;
  }
  return queue;
}

// Under the lock.
TimerQueue::Removal TimerQueue::Remove(TimedWaiter* timer) noexcept {
  if (timer->queue.load(std::memory_order_relaxed) != this) {
    return Removal::kElsewhere;  // Moved to the heir, or fired.
  }
  if (firing_ == timer) return Removal::kFiring;
  HeapOf(*timer).Remove(timer);
  timer->queue.store(nullptr, std::memory_order_relaxed);
  return Removal::kRemoved;
}

Instant TimerQueue::NextLook() noexcept {
  lock_.lock();
  Instant next = kNever;
  for (const TimerHeap& heap : heaps_) {
    if (heap.top() != nullptr) {
      next = std::min(next, heap.top()->deadline.NextLook());
    }
  }
  lock_.unlock();
  return next;
}

void TimerQueue::FireDue() noexcept {
  HandOutLeft();
  // What is due now, and not what is armed meanwhile: each clock gets its turn.
  const int64_t now[] = {MonotonicNow(), WallNow()};
  lock_.lock();
  for (TimerHeap& heap : heaps_) {
    TimedWaiter* timer;
    while ((timer = heap.top()) != nullptr &&
           timer->deadline.nanos() <= now[timer->deadline.clock()] &&
           // Read anew: this one may have been armed since, and the wall clock
           // been set back before.
           timer->deadline.Passed()) {
      heap.Remove(timer);
      firing_ = timer;
      lock_.unlock();
      Waiter* released = timer->fire(timer);
      lock_.lock();
      firing_ = nullptr;
      // The last touch of the timer: Disarm() returns after this.
      timer->queue.store(nullptr, std::memory_order_release);
      const bool awaited =
          disarming_.exchange(0, std::memory_order_relaxed) != 0;
      lock_.unlock();
      if (awaited) FutexWake(&disarming_, kAllSleepers);
      Trampoline::HandOut(released);
      lock_.lock();
    }
  }
  lock_.unlock();
}

void TimerQueue::HandOutLeft() noexcept {
  while (Work* work = left_.Pop()) {
    auto* timer = static_cast<TimedWaiter*>(work);
    Disarm(timer);
    timer->ring()->Reset();
    Trampoline::HandOut(timer);
  }
}

void TimerQueue::Close(TimerQueue& (*heir)() noexcept) noexcept {
  lock_.lock();
  closed_ = true;
  for (TimerHeap& heap : heaps_) {
    while (TimedWaiter* timer = heap.top()) {
      TimerQueue& to = heir();
      to.lock_.lock();
      heap.Remove(timer);
      to.HeapOf(*timer).Push(timer);
      timer->queue.store(&to, std::memory_order_release);
      to.lock_.unlock();
      to.bell_.Ring();
    }
  }
  lock_.unlock();
  left_.Close();  // Not before: who is refused looks for the heir.
  HandOutLeft();
}

namespace {

// Two threads that live as long as the process: one watches the clocks and runs
// no user code but Executor::Post(), so that no limit is late for it; the other
// runs what would have run there.
class TimerThread {
 public:
  TimerQueue& queue() noexcept { return queue_; }

  void Start() noexcept {
    StartThread(
        "sync-timer", [](void* p) { static_cast<TimerThread*>(p)->Watch(); },
        this)
        .detach();
    StartThread(
        "sync-runner", [](void* p) { static_cast<TimerThread*>(p)->RunLeft(); },
        this)
        .detach();
  }

 private:
  [[noreturn]] void Watch() noexcept {
    Self().runner = &runner_;
    for (;;) {
      const uint32_t heard = bell_.Listen();
      queue_.FireDue();
      bell_.Sleep(heard, queue_.NextLook());
    }
  }
  [[noreturn]] void RunLeft() noexcept {
    for (;;) {
      const uint32_t heard = runners_bell_.Listen();
      if (Work* work = runner_.Pop()) {
        work->Run();
      } else {
        runners_bell_.Sleep(heard, kNever);
      }
    }
  }

  Bell runners_bell_;
  WorkQueue runner_{runners_bell_};
  Bell bell_;
  TimerQueue queue_{bell_, TimerQueue::kOfTimerThread};
};

// Never destroyed. After a fork() the child lays it anew: the threads are gone,
// and so are the timers, which were those of waits that the parent has.
alignas(TimerThread) constinit unsigned char storage[sizeof(TimerThread)] = {};
constinit Lock start_lock;
constinit Atomic<TimerThread*> timer_thread{nullptr};

void ForgetTimerThread() noexcept {
  new (&start_lock) Lock;
  if (timer_thread.exchange(nullptr, std::memory_order_relaxed) != nullptr) {
    new (storage) TimerThread;
  }
}

}  // namespace

TimerQueue& SharedTimers() noexcept {
  TimerThread* thread = timer_thread.load(std::memory_order_acquire);
  if (thread == nullptr) {
    OnFork(&ForgetTimerThread);  // First: a fork() may find the lock held.
    start_lock.lock();
    thread = timer_thread.load(std::memory_order_relaxed);  // Under the lock.
    if (thread == nullptr) {
      thread = new (storage) TimerThread;
      thread->Start();
      timer_thread.store(thread, std::memory_order_release);
    }
    start_lock.unlock();
  }
  return thread->queue();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

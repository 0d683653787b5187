// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>
#include <utility>

#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"

namespace synclib::inline SYNC_ABI::internal {

void TimerHeap::Push(Timer* timer) noexcept {
  timer->child = timer->sibling = timer->previous = nullptr;
  root_ = Meld(root_, timer);
}

void TimerHeap::Remove(Timer* timer) noexcept {
  if (timer == root_) {
    root_ = MeldSiblings(timer->child);
    return;
  }
  if (timer->previous->child == timer) {
    timer->previous->child = timer->sibling;
  } else {
    timer->previous->sibling = timer->sibling;
  }
  if (timer->sibling != nullptr) timer->sibling->previous = timer->previous;
  root_ = Meld(root_, MeldSiblings(timer->child));
}

// Melds two roots, either of which may be null.
Timer* TimerHeap::Meld(Timer* a, Timer* b) noexcept {
  if (a == nullptr) return b;
  if (b == nullptr) return a;
  if (b->deadline.nanos() < a->deadline.nanos()) std::swap(a, b);
  b->previous = a;
  b->sibling = a->child;
  if (a->child != nullptr) a->child->previous = b;
  a->child = b;
  return a;
}

// Makes one heap of a list of siblings: melds them in pairs from the left,
// then all of the pairs from the right.
Timer* TimerHeap::MeldSiblings(Timer* first) noexcept {
  Timer* pairs = nullptr;  // Linked by `sibling`, the last one first.
  while (first != nullptr) {
    Timer* a = first;
    Timer* b = a->sibling;
    first = b == nullptr ? nullptr : b->sibling;
    a->previous = a->sibling = nullptr;
    if (b != nullptr) b->previous = b->sibling = nullptr;
    Timer* pair = Meld(a, b);
    pair->sibling = pairs;
    pairs = pair;
  }
  Timer* root = nullptr;
  while (pairs != nullptr) {
    Timer* pair = std::exchange(pairs, pairs->sibling);
    pair->sibling = nullptr;
    root = Meld(root, pair);
  }
  return root;
}

bool TimerQueue::Arm(Timer* timer, Deadline deadline) noexcept {
  lock_.lock();
  if (closed_) {
    lock_.unlock();
    return false;
  }
  timer->deadline = deadline;
  timer->queue.store(this, std::memory_order_relaxed);  // Under the lock.
  TimerHeap& heap = HeapOf(deadline);
  heap.Push(timer);
  const bool is_first = heap.top() == timer;
  lock_.unlock();
  if (is_first) bell_.Ring();
  return true;
}

void TimerQueue::Disarm(Timer* timer) noexcept {
  for (;;) {
    // Acquire pairs with Close(): a queue is visible before its timers are
    // said to be there.
    TimerQueue* queue = timer->queue.load(std::memory_order_acquire);
    if (queue == nullptr) return;
    queue->lock_.lock();
    if (timer->queue.load(std::memory_order_relaxed) != queue) {
      // Moved to the heir, or fired, in between.
      queue->lock_.unlock();
      continue;
    }
    if (queue->firing_ != timer) {
      queue->HeapOf(timer->deadline).Remove(timer);
      timer->queue.store(nullptr, std::memory_order_relaxed);
      queue->lock_.unlock();
      return;
    }
    queue->disarming_.store(1, std::memory_order_relaxed);  // Under the lock.
    queue->lock_.unlock();
    FutexWait(queue->disarming_, 1, kNever);
  }
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
  lock_.lock();
  for (TimerHeap& heap : heaps_) {
    while (Timer* timer = heap.top()) {
      if (!timer->deadline.Passed()) break;
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

void TimerQueue::Close(TimerQueue& (*heir)() noexcept) noexcept {
  lock_.lock();
  closed_ = true;
  for (TimerHeap& heap : heaps_) {
    while (Timer* timer = heap.top()) {
      TimerQueue& to = heir();
      to.lock_.lock();
      heap.Remove(timer);
      to.HeapOf(timer->deadline).Push(timer);
      timer->queue.store(&to, std::memory_order_release);
      to.lock_.unlock();
      to.bell_.Ring();
    }
  }
  lock_.unlock();
}

namespace {

class TimerThread {
 public:
  TimerQueue& queue() noexcept { return queue_; }

  // Its thread lives as long as the process.
  void Start() noexcept {
    StartThread("the timers of coroutines and callbacks", &Main, this).detach();
  }

 private:
  [[noreturn]] static void Main(void* p) {
    auto* self = static_cast<TimerThread*>(p);
    for (;;) {
      const uint32_t heard = self->bell_.Listen();
      self->queue_.FireDue();
      self->bell_.Sleep(heard, self->queue_.NextLook());
    }
  }

  Bell bell_;
  TimerQueue queue_{bell_};
};

// Never destroyed. After a fork() the child lays it anew: the thread is gone,
// and the timers are those of waits that the parent has.
alignas(TimerThread) constinit unsigned char storage[sizeof(TimerThread)] = {};
constinit Lock start_lock;
constinit Atomic<TimerThread*> timer_thread{nullptr};

void ForgetTimerThread() noexcept {
  new (&start_lock) Lock;
  timer_thread.store(nullptr, std::memory_order_relaxed);
}

}  // namespace

TimerQueue& SharedTimers() noexcept {
  TimerThread* thread = timer_thread.load(std::memory_order_acquire);
  if (thread == nullptr) {
    start_lock.lock();
    thread = timer_thread.load(std::memory_order_relaxed);  // Under the lock.
    if (thread == nullptr) {
      thread = new (storage) TimerThread;
      OnFork(&ForgetTimerThread);
      thread->Start();
      timer_thread.store(thread, std::memory_order_release);
    }
    start_lock.unlock();
  }
  return thread->queue();
}

}  // namespace synclib::inline SYNC_ABI::internal

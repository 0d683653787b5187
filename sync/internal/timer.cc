// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <new>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/lock.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr Deadline::Clock kClocks[] = {Deadline::kMonotonic, Deadline::kWall};

}  // namespace

bool TimerQueue::Arm(TimedWaiter* timer) noexcept {
  lock_.lock();
  if (closed_) {
    lock_.unlock();
    return false;
  }
  const bool is_early = Push(timer);
  lock_.unlock();
  if (is_early) bell_.Ring();
  return true;
}

// Under the lock. True: the owner must look earlier than it intends to.
bool TimerQueue::Push(TimedWaiter* timer) noexcept {
  timer->armed_in = ProcessGeneration();
  // Release pairs with QueueOf(): the queue is visible.
  timer->queue.store(this, std::memory_order_release);
  WheelOf(*timer).Push(timer);
  int64_t& next_look = next_look_[timer->clock];
  if (timer->nanos >= next_look) return false;
  next_look = timer->nanos;
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
      if (removal == Removal::kRemoved) break;
      if (removal == Removal::kElsewhere) continue;
    }
    if (++round < Patience()) {
      if (!SpinHint(round)) YieldProcessor();
      continue;
    }
    timer->set_stage(Waiter::Stage::kPosted);
    if (queue->left_.Push(timer)) return false;
    // Closed: the timer has moved to the heir.
    timer->set_stage(Waiter::Stage::kOver);
  }
  return true;
}

// Where it is armed; null: nowhere.
TimerQueue* TimerQueue::QueueOf(TimedWaiter* timer) noexcept {
  // Acquire pairs with Fire(), whose last touch of the timer this may see, and
  // with Push().
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
  WheelOf(*timer).Remove(timer);
  timer->queue.store(nullptr, std::memory_order_relaxed);
  return Removal::kRemoved;
}

Instant TimerQueue::NextLook() noexcept {
  lock_.lock();
  Instant next = kNever;
  for (const Deadline::Clock clock : kClocks) {
    next_look_[clock] = wheels_[clock].NextLook();
    next = std::min(next, Deadline(clock, next_look_[clock]).NextLook());
  }
  lock_.unlock();
  return next;
}

bool TimerQueue::FireDue() noexcept {
  HandOutLeft();
  bool more = false;
  for (const Deadline::Clock clock : kClocks) more |= FireSome(clock);
  return more;
}

// Of one clock, so that each gets its turn. Who has ended is handed out
// together.
bool TimerQueue::FireSome(Deadline::Clock clock) noexcept {
  constexpr int kMost = 64;
  TimerWheel& wheel = wheels_[clock];
  Waiter* released = nullptr;
  int fired = 0;
  lock_.lock();
  if (wheel.any() != nullptr) {
    const bool is_wall = clock == Deadline::kWall;
    const int64_t now = is_wall ? WallNow() : MonotonicNow();
    while (fired < kMost) {
      bool more;
      TimedWaiter* const timer = wheel.PopDue(now, &more);
      if (timer == nullptr) {
        if (!more) break;
        lock_.unlock();
        lock_.lock();
        continue;
      }
      // Read anew: this one may have been armed since, and the wall clock been
      // set back before. The other clock doesn't go back.
      if (is_wall && !timer->deadline().Passed()) {
        wheel.Push(timer);
        break;
      }
      Waiter::Append(&released, Fire(timer));
      ++fired;
    }
  }
  lock_.unlock();
  Trampoline::HandOut(released);
  return fired == kMost;
}

// Under the lock, which it lets go of meanwhile. The timer is off its wheel.
// Returns what its function does.
Waiter* TimerQueue::Fire(TimedWaiter* timer) noexcept {
  firing_ = timer;
  lock_.unlock();
  Waiter* const released = timer->fire(timer);
  lock_.lock();
  firing_ = nullptr;
  // The last touch of the timer, unless it is in the ring: Disarm() returns
  // after this.
  timer->queue.store(nullptr, std::memory_order_release);
  if (disarming_.load(std::memory_order_relaxed) != 0) {  // Under the lock.
    disarming_.store(0, std::memory_order_relaxed);
    FutexWake(&disarming_, kAllSleepers);
  }
  return released;
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
  const bool has_timers =
      std::any_of(std::begin(wheels_), std::end(wheels_),
                  [](const TimerWheel& wheel) { return wheel.any(); });
  lock_.unlock();
  if (has_timers) {
    // Not under the lock: the heir may have to be made first.
    TimerQueue& to = heir();
    lock_.lock();
    for (TimerWheel& wheel : wheels_) {
      while (TimedWaiter* const timer = wheel.any()) {
        to.lock_.lock();
        wheel.Remove(timer);
        const bool is_early = to.Push(timer);
        to.lock_.unlock();
        if (is_early) to.bell_.Ring();
      }
    }
    lock_.unlock();
  }
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
      if (!queue_.FireDue()) bell_.Sleep(heard, queue_.NextLook());
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

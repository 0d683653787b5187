// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_EVENT_LOOP_H_
#define SYNC_EVENT_LOOP_H_

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {

// Runs coroutines one after another on the thread that calls Run(), as asyncio
// does, and fires their time-outs there: they need no locks among themselves.
// To run one coroutine to its end, call synclib::Run(task), which makes a loop
// of its own. For several threads, use a ThreadPool.
//
// Example:
//
//   synclib::EventLoop loop;
//   synclib::Submit(loop, [&] { loop.Stop(); });
//   loop.Run();
//
// Thread safety: Post() and Stop() may be called by any thread; Run() by one.
// Ordering: what happened before Post() is visible to the work.
// Lifetime: outlives every wait that was suspended under it.
// Wake order: work starts in the order of Post().
// Resumption: the loop is the current executor of what it runs.
// Time-outs: fire in Run(), between two pieces of work, and so are late by what
//   one takes; once that has returned, on the library's timer thread.
// Misuse: to call Run() while it runs ends the program.
// Cost: Post() allocates nothing and never waits; it wakes the thread of Run()
//   if that sleeps. A loop has four kilobytes, most of them for timers.
class EventLoop final : public Executor {
 public:
  EventLoop() noexcept = default;
  // Runs what has been accepted and not been run.
  ~EventLoop();

  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs work and time-outs until Stop(), then the rest of what has been
  // accepted.
  void Run() noexcept;

  // Refuses further work, and makes Run() return, now or when it is called.
  void Stop() noexcept;

  // False once the loop is stopped.
  bool Post(Work* work) noexcept override;

 private:
  internal::WorkQueue* queue() noexcept override { return &queue_; }
  internal::TimerQueue* timers() noexcept override { return &timers_; }
  void Serve() noexcept;
  bool RunSome() noexcept;

  internal::Bell bell_;
  internal::WorkQueue queue_{bell_};
  internal::TimerQueue timers_{bell_, internal::TimerQueue::kOfEventLoop};
  internal::Atomic<bool> runs_{false};
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_EVENT_LOOP_H_

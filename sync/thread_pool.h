// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_THREAD_POOL_H_
#define SYNC_THREAD_POOL_H_

#include <vector>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/lock.h"
#include "sync/internal/platform.h"
#include "sync/internal/work_queue.h"

namespace synclib {
inline namespace SYNC_ABI {

// A fixed number of threads that run coroutines, first in, first out. Small
// and replaceable: any Executor does. For coroutines that share data without
// locks, use an EventLoop, which has one thread.
//
// Example:
//
//   synclib::Event done;
//   synclib::ThreadPool pool(2);
//   synclib::Submit(pool, [&] { done.Set(); });
//   done.Wait();
//
// Thread safety: Post() and Stop() may be called by any thread.
// Ordering: what happened before Post() is visible to the work; what the work
//   did is visible after the destructor.
// Lifetime: outlives every wait that was suspended under it. The destructor
//   stops the pool and waits for its threads.
// Wake order: threads take work in the order of Post().
// Resumption: the pool is the current executor of what it runs.
// Time-outs: fire on the library's timer thread and resume here.
// Misuse: to destroy it from one of its own threads, or to make it without
//   threads, ends the program. Work that blocks keeps its thread.
// Cost: Post() allocates nothing and never waits; it wakes a thread if one
//   sleeps.
class ThreadPool final : public Executor {
 public:
  // As many threads as can run at once.
  ThreadPool();
  explicit ThreadPool(int threads);
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // False once the pool is stopped.
  bool Post(Work* work) noexcept override;

  // Refuses further work. The threads run what has been accepted, and end.
  void Stop() noexcept;

 private:
  void Serve() noexcept;

  internal::Bell bell_;
  internal::WorkQueue queue_{bell_};
  internal::Lock popping_;  // Held by the thread that pops.
  std::vector<internal::Thread> threads_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_THREAD_POOL_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_THREAD_POOL_H_
#define SYNC_THREAD_POOL_H_

#include <cstddef>
#include <vector>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/lock.h"
#include "sync/internal/platform.h"
#include "sync/internal/work_queue.h"
#include "sync/semaphore.h"

namespace synclib {
inline namespace SYNC_ABI {

// A number of threads that run coroutines, first in, first out. Small and
// replaceable: any Executor does. For coroutines that share data without locks,
// use an EventLoop, which has one thread.
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
//   threads, ends the program. Work that blocks keeps its thread, unless it
//   says so by a ThreadPool::Blocking.
// Cost: Post() allocates nothing and never waits; it wakes a thread if one
//   sleeps, unless one is being woken already: that wakes the next.
class ThreadPool final : public Executor {
 public:
  static constexpr int kSubstitutes = 64;

  // As many threads as can run at once.
  ThreadPool();

  // `threads`, and at most so many `substitutes` for those that block.
  explicit ThreadPool(int threads, int substitutes = kSubstitutes);
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // False once the pool is stopped.
  bool Post(Work* work) noexcept override;

  // Refuses further work. The threads run what has been accepted, and end.
  void Stop() noexcept;

  // On a thread of the pool's, says that it may block: while this exists, a
  // spare thread or a new one serves in its stead, unless all substitutes do
  // already. When it goes there is a thread too many, until one of them has
  // done what it runs: that becomes a spare one. Elsewhere it does nothing. Not
  // to be kept over a co_await, nor nested, which takes two. The program ends
  // if the system has no thread to give.
  //
  // Example:
  //
  //   synclib::Event answer;
  //   synclib::ThreadPool pool(1);
  //   synclib::Submit(pool, [&] {
  //     const synclib::ThreadPool::Blocking blocking(pool);
  //     answer.Wait();
  //   });
  //   synclib::Submit(pool, [&] { answer.Set(); });
  class [[nodiscard]] Blocking {
   public:
    explicit Blocking(ThreadPool& pool) noexcept;
    ~Blocking();
    Blocking(const Blocking&) = delete;
    Blocking& operator=(const Blocking&) = delete;

   private:
    ThreadPool* const pool_;  // Null: of another thread.
  };

 private:
  internal::WorkQueue* queue() noexcept override { return &queue_; }
  void StartThread() noexcept;
  void Serve() noexcept;
  void BeginBlocking() noexcept;
  void EndBlocking() noexcept;
  void RetireIfTooMany() noexcept;

  internal::Bell bell_;
  internal::WorkQueue queue_{bell_};
  internal::Lock popping_;  // Held by the thread that pops.

  const int size_;
  const size_t most_threads_;
  internal::Lock staffing_;  // Guards what follows.
  // Threads that neither block nor are to spare; read without the lock too.
  internal::Atomic<int> serving_;
  int spare_ = 0;
  bool stopped_ = false;
  std::vector<internal::Thread> threads_;
  Semaphore called_{0};  // A permit for each spare thread that is to serve.
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_THREAD_POOL_H_

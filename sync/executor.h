// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Where coroutines run: the interface between this library and the thread pool
// or loop of your choice. See thread_pool.h and event_loop.h for ours.

#ifndef SYNC_EXECUTOR_H_
#define SYNC_EXECUTOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/functional/any_invocable.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"

namespace synclib {
inline namespace SYNC_ABI {

class Executor;

namespace internal {
class LimitedWaiter;
class TimerQueue;
class Trampoline;
class WorkQueue;
}  // namespace internal

// Something to run once: a coroutine to resume, most often. It lives in that
// coroutine's frame, so handing it over costs no memory.
class Work : protected internal::Ring {
 public:
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // Runs it on this thread, with the executor that accepted it as the current
  // one. The work may be gone when this returns. From code that the library is
  // running on this thread already, the work is queued behind that code, so
  // that an executor that runs everything at once doesn't grow the stack.
  void Run() noexcept;

 protected:
  using Function = void (*)(Work*);

  // Where it is. What is queued on a thread may be destroyed by that thread,
  // which takes it back; what an executor has may not.
  enum class Stage : uint8_t {
    kIdle,    // Nowhere.
    kJoined,  // A wait that is on its list, or granted and not yet handed out.
    kQueued,  // In a queue of the thread that will run or post it.
    kPosted,  // With an executor.
    kOver,    // Run, or ended without.
  };

  explicit Work(Function f) noexcept : function_(f) {}
  // set_function() comes before anything that might run it.
  Work() noexcept = default;
  ~Work() {
    if (stage_ == Stage::kQueued || stage_ == Stage::kPosted) Withdraw();
  }

  Function function() const noexcept { return function_; }
  void set_function(Function f) noexcept { function_ = f; }
  Executor* executor() const noexcept { return executor_; }
  void set_executor(Executor* executor) noexcept { executor_ = executor; }
  uint8_t thread() const noexcept { return thread_; }
  void set_thread(uint8_t number) noexcept { thread_ = number; }
  Stage stage() const noexcept { return stage_; }
  void set_stage(Stage stage) noexcept {
    if constexpr (internal::kDebugChecks) CountSuspended(stage);
    stage_ = stage;
  }

 private:
  friend class internal::Trampoline;
  friend class internal::WorkQueue;

  ABSL_ATTRIBUTE_COLD void Withdraw() noexcept;
  void CountSuspended(Stage next) noexcept;

  Function function_;
  Executor* executor_ = nullptr;
  Stage stage_ = Stage::kIdle;
  // If queued: the number of the thread, modulo 256. Of a thread that waits: of
  // the word on which it sleeps.
  uint8_t thread_ = 0;
};

// A place where coroutines run. Implement Post() over a pool of your own.
//
// Example:
//
//   struct MyPool {  // Stands for yours.
//     bool Submit(std::function<void()> function) {
//       function();
//       return true;
//     }
//   };
//
//   class PoolExecutor : public synclib::Executor {
//    public:
//     explicit PoolExecutor(MyPool& pool) : pool_(pool) {}
//     bool Post(synclib::Work* work) noexcept override {
//       return pool_.Submit([work] { work->Run(); });
//     }
//
//    private:
//     MyPool& pool_;
//   };
//
// Thread safety: Post() is called by any thread, also at the same time.
// Ordering: what happened before Post() must be visible to the work.
// Lifetime: an executor outlives every wait that was suspended under it.
// Wake order: up to the executor; it is offered work in the order of joining.
// Resumption: a coroutine that suspends in a wait resumes on the executor that
//   was current then; `.On(executor)` overrides that for one wait.
// Time-outs: fire on the library's timer thread, which then posts the work; an
//   executor with timers of its own, like EventLoop, fires them itself.
// Misuse: to accept work and never run it, which loses a coroutine; to block in
//   Post(): setters, the timer thread and who joined later wait for it; to
//   destroy an executor under which a wait is suspended (debug builds abort).
// Cost: one virtual call for each resumption.
class Executor {
 public:
  // Accepts `work`, to call work->Run() once, and returns true; or does nothing
  // and returns false, for good or for now. Accepted work is run even if the
  // executor stops. Refused work runs as if there were no executor: in the
  // thread that offers it. It may run the work before it returns.
  virtual bool Post(Work* work) noexcept = 0;

  // The executor whose work this thread is running, or null.
  static Executor* Current() noexcept;

 protected:
  Executor() noexcept = default;
  virtual ~Executor() {
    if constexpr (internal::kDebugChecks) CheckSuspended();
  }

 private:
  // What is not inline, here and in Work, is in internal/trampoline.cc.
  friend class Work;
  friend class internal::LimitedWaiter;
  friend class internal::Trampoline;

  // Where its work is put, if that is a queue of the library's; null: Post() is
  // called instead.
  virtual internal::WorkQueue* queue() noexcept { return nullptr; }

  // Where the time-outs of waits under this executor are kept; null: with the
  // library's timer thread.
  virtual internal::TimerQueue* timers() noexcept { return nullptr; }
  void CheckSuspended() const noexcept;

  internal::Atomic<size_t> suspended_{0};  // Waits; counted in debug builds.
};

// Posts a function to be called once. Returns false, and drops it, if the
// executor refuses. Allocates, unlike everything else here. An exception that
// leaves the function ends the program.
bool Submit(Executor& executor, absl::AnyInvocable<void() &&> function);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_EXECUTOR_H_

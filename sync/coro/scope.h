// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_SCOPE_H_
#define SYNC_CORO_SCOPE_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <utility>

#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

// Tasks that end before their scope does: what asyncio.TaskGroup is to Python.
// The first that fails stops the others, by a token that their waits take.
//
// Example:
//
//   synclib::Event never;
//   int stopped = 0;
//   auto wait = [&](std::stop_token token) -> synclib::Task<> {
//     const synclib::WaitResult result = co_await never.AsyncWait(token);
//     if (result == synclib::WaitResult::kCancelled) ++stopped;
//   };
//   auto all = [&]() -> synclib::Task<> {
//     synclib::Scope scope;
//     for (int i = 0; i < 3; ++i) scope.Start(wait(scope.token()));
//     scope.Stop();
//     co_await scope.Join();
//   };
//   synclib::Run(all());
//   assert(stopped == 3);
//
// Thread safety: every method, by any thread, until Join() is awaited; then, by
//   the scope's own tasks.
// Ordering: what the tasks did is visible after Join().
// Lifetime: Join() must have been awaited before a scope in which a task was
//   started is destroyed.
// Wake order: tasks start in order.
// Resumption: each task starts on the executor that is current in Start(), or
//   on this thread, at once unless it is in a hand-out; Join() is an Event's.
// Time-outs: those of the tasks' waits; or Stop() ends what takes the token.
// Misuse: to destroy a scope without Join(), or to call that twice: debug
//   builds abort. So nothing may throw between Start() and Join().
// Cost: an allocation for each task, besides its frame.
class Scope {
 public:
  Scope() = default;
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Starts a task, which Join() awaits. Its result is dropped. If it throws,
  // the others are stopped, and Join() throws what the first one threw.
  template <class T>
  void Start(Task<T> task) {
    auto* const child = new Child<T>(*this, std::move(task));
    Begin(child->task.promise(), child);
  }

  // What tells the scope's tasks to stop.
  StopToken token() const noexcept { return source_.get_token(); }
  void Stop() noexcept { source_.request_stop(); }

  // Ends when all tasks have, also those that are started meanwhile. Throws
  // what the first that failed threw. Awaited once, and last.
  Task<> Join();

 private:
  // The end of a task.
  struct ChildBase : Work {
    ChildBase(Scope& s, Function f) noexcept : Work(f), scope(s) {}
    Scope& scope;
  };
  template <class T>
  struct Child : ChildBase {
    Child(Scope& s, Task<T> t) noexcept
        : ChildBase(s, &Ended), task(std::move(t)) {}

    static void Ended(Work* work) {
      auto* const self = static_cast<Child*>(work);
      Scope& scope = self->scope;
      std::exception_ptr error = internal::CatchAll(
          [](void* p) {
            (void)static_cast<Child*>(p)->task.promise().TakeResult();
          },
          self);
      delete self;
      scope.End(std::move(error));
    }

    Task<T> task;
  };

  void Begin(internal::TaskPromiseBase& task, Work* child) noexcept;
  void End(std::exception_ptr error) noexcept;
  void Leave() noexcept;

  internal::Atomic<size_t> left_{1};  // Tasks, and one until Join().
  internal::Atomic<bool> failed_{false};
  std::exception_ptr error_;  // Of the first that failed.
  StopSource source_;
  Event done_;
  // For messages, in debug builds.
  internal::Atomic<bool> has_started_{false};
  internal::Atomic<bool> is_joined_{false};
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_SCOPE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_SCOPE_H_
#define SYNC_CORO_SCOPE_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/lock.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"

namespace synclib {
inline namespace SYNC_ABI {

// Tasks that end before their scope does: what asyncio.TaskGroup is to Python.
// The first that fails stops the others, by a token that their waits take. What
// starts them, and may throw, is best a task of the scope itself: WithScope().
//
// Example:
//
//   synclib::Event never;
//   int stopped = 0;
//   auto wait = [&](std::stop_token token) -> synclib::Task<> {
//     const synclib::WaitResult result = co_await never.AsyncWait(token);
//     if (result == synclib::WaitResult::kCancelled) ++stopped;
//   };
//   auto body = [&](synclib::Scope& scope) -> synclib::Task<> {
//     for (int i = 0; i < 3; ++i) scope.Start(wait(scope.token()));
//     scope.Stop();
//     co_return;
//   };
//   synclib::Run(synclib::WithScope(body));
//   assert(stopped == 3);
//
// Thread safety: every method, by any thread, until Join() is awaited; then, by
//   the scope's own tasks.
// Ordering: what the tasks did is visible after Join().
// Lifetime: a scope in which tasks were started is destroyed after its Join();
//   or during that, with the coroutine that awaits it, whose own the scope is:
//   then the tasks go first, as those of Gather() do.
// Wake order: tasks start in order.
// Resumption: each task starts on the executor that is current in Start(), or
//   on this thread, at once unless it is in a hand-out; Join() is an Event's.
// Time-outs: those of the tasks' waits; or Stop() ends what takes the token.
// Misuse: to destroy a scope without Join(), also by an exception after a
//   Start(), or to call that twice: debug builds abort. To start a task that
//   uses what is gone before Join() ends.
// Cost: an allocation for each task, besides its frame.
class Scope {
 public:
  Scope() noexcept { tasks_.Reset(); }
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Starts a task, which Join() awaits. Its result is dropped. If it throws,
  // the others are stopped, and Join() throws what the first one threw.
  template <class T>
  void Start(Task<T> task) {
    auto* const child = new Child<T>(*this, std::move(task));
    Begin(child->task->promise(), child, child);
  }

  // What tells the scope's tasks to stop.
  StopToken token() const noexcept { return source_.get_token(); }
  void Stop() noexcept { source_.request_stop(); }

  // Ends when all tasks have, also those that are started meanwhile. Throws
  // what the first that failed threw. Awaited once, and last. Stops the scope
  // when `parent` is stopped.
  Task<> Join(StopToken parent = StopToken());

 private:
  // Those that have not ended are a ring, and those that have, and could not be
  // taken out of it at once, a stack as well.
  struct Started : internal::Ring {
    virtual ~Started() = default;
    Started* next_ended = nullptr;
  };
  // A task, and as Work its end.
  template <class T>
  struct Child final : Work, Started {
    Child(Scope& s, Task<T> t) noexcept
        : Work(&Ended), scope(s), task(std::in_place, std::move(t)) {}

    static void Ended(Work* work) {
      auto* const self = static_cast<Child*>(work);
      Scope& scope = self->scope;
      std::exception_ptr error = self->task->promise().error();
      self->task.reset();
      scope.End(self, std::move(error));
    }

    Scope& scope;
    std::optional<Task<T>> task;  // Until it has ended.
  };

  void Begin(internal::TaskPromiseBase& task, Work* end,
             Started* started) noexcept;
  void End(Started* ended, std::exception_ptr error) noexcept;
  void Leave() noexcept;
  // Returns the stack of those that have ended, none of which is in the ring.
  Started* TakeEnded() noexcept;
  static void Delete(Started* ended) noexcept;

  internal::Lock lock_;
  internal::Ring tasks_;                       // Under the lock.
  internal::Atomic<Started*> ended_{nullptr};  // Taken under the lock.

  internal::Atomic<size_t> left_{1};  // Tasks, and one until Join().
  internal::Atomic<bool> failed_{false};
  std::exception_ptr error_;  // Of the first that failed.
  StopSource source_;
  Event done_;
  // For messages, in debug builds.
  internal::Atomic<bool> has_started_{false};
  internal::Atomic<bool> is_joined_{false};
};

// Runs `body(scope)` as the first task of a Scope, and joins that: what
// `async with asyncio.TaskGroup()` is to Python. If the body throws, the others
// are stopped, and once all have ended this throws the same. Stops the scope
// when `parent` is stopped. The body's own variables are gone when it returns:
// what the tasks use belongs outside of it, or to them.
Task<> WithScope(StopToken parent, absl::AnyInvocable<Task<>(Scope&)> body);
Task<> WithScope(absl::AnyInvocable<Task<>(Scope&)> body);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_SCOPE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_TASK_H_
#define SYNC_CORO_TASK_H_

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

template <class T = void>
class Task;

namespace internal {

// The resumption of a coroutine.
class Continuation : public Work {
 public:
  explicit Continuation(std::coroutine_handle<> handle) noexcept
      : Work(&Call), handle_(handle) {}
  void Resume() const { handle_.resume(); }

 private:
  static void Call(Work* work) { static_cast<Continuation*>(work)->Resume(); }

  std::coroutine_handle<> handle_;
};

// Ends the program with a message if so.
void CheckNotMovedFrom(bool moved_from) noexcept;

// What doesn't depend on the type of the result.
class TaskPromiseBase {
 public:
  TaskPromiseBase(const TaskPromiseBase&) = delete;
  TaskPromiseBase& operator=(const TaskPromiseBase&) = delete;

  std::suspend_always initial_suspend() noexcept { return {}; }
  auto final_suspend() noexcept {
    struct Final {
      bool await_ready() noexcept { return false; }
      [[gnu::noinline]] void await_suspend(std::coroutine_handle<>) noexcept {
        promise.Finish();
      }
      void await_resume() noexcept {}
      TaskPromiseBase& promise;
    };
    return Final{*this};
  }
  void unhandled_exception() noexcept { error_ = std::current_exception(); }

  // Runs the task until it suspends. True: it has finished. False: `then` will
  // be run when it does, where it does.
  bool Start(Work* then) noexcept;

  // Starts the task on `executor`, or, if that is null or refuses, here and
  // without one. `then` will be run when it has finished.
  void StartOn(Executor* executor, Work* then) noexcept;

  // What the task has thrown, when it has finished; null if nothing.
  std::exception_ptr error() const noexcept { return error_; }

 protected:
  explicit TaskPromiseBase(std::coroutine_handle<> handle) noexcept
      : start_(handle) {}
  ~TaskPromiseBase() = default;

  void RethrowIfFailed() const {
    if (error_ != nullptr) std::rethrow_exception(error_);
  }

 private:
  void CheckFirstStart() const noexcept;
  void Finish() noexcept;

  Continuation start_;
  Work* then_ = nullptr;  // Null: not started.
  // Of the two that meet at the end, the task and whoever started it, the
  // second to come runs `then_`, or doesn't suspend for it.
  Atomic<bool> met_{false};
  std::exception_ptr error_;
};

template <class T>
class TaskPromise final : public TaskPromiseBase {
 public:
  TaskPromise() noexcept
      : TaskPromiseBase(
            std::coroutine_handle<TaskPromise>::from_promise(*this)) {}
  Task<T> get_return_object() noexcept;

  void return_value(T value) { value_.emplace(std::move(value)); }
  T TakeResult() {
    RethrowIfFailed();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> final : public TaskPromiseBase {
 public:
  TaskPromise() noexcept
      : TaskPromiseBase(
            std::coroutine_handle<TaskPromise>::from_promise(*this)) {}
  Task<void> get_return_object() noexcept;

  void return_void() noexcept {}
  void TakeResult() const { RethrowIfFailed(); }
};

}  // namespace internal

// A coroutine that runs when it is awaited, or never, as `async def` makes one.
// Small and replaceable: every primitive of this library works in coroutines of
// any type.
//
// Example:
//
//   auto answer = []() -> synclib::Task<int> { co_return 42; };
//   auto twice = [&]() -> synclib::Task<int> {
//     int n = co_await answer();
//     co_return 2 * n;
//   };
//   assert(synclib::Run(twice()) == 84);
//
// Thread safety: a task belongs to one coroutine at a time.
// Ordering: what the task did is visible to whoever awaits it.
// Lifetime: the awaiting coroutine outlives the task. It may be destroyed in a
//   wait, and leaves the list, if nothing can end that wait at the same time;
//   but not by code that it releases as it begins the wait.
// Wake order: one coroutine awaits it.
// Resumption: the awaiting coroutine goes on where the task has ended.
// Time-outs: a task ends when its own waits do; give those the WaitOptions.
// Misuse: to await a task twice, or one that was moved from. Debug builds
//   abort.
// Cost: one allocation, the coroutine's frame. An exception that leaves the
//   task is thrown by the co_await.
template <class T>
class [[nodiscard]] Task {
  static_assert(!std::is_reference_v<T>, "return a pointer instead");

 public:
  using promise_type = internal::TaskPromise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    Task(std::move(other)).Swap(*this);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Runs the task, here, and awaits its end.
  auto operator co_await() && noexcept {
    class Awaiter {
     public:
      explicit Awaiter(promise_type& promise) noexcept : promise_(promise) {}
      bool await_ready() const noexcept { return false; }
      [[gnu::noinline]] bool await_suspend(
          std::coroutine_handle<> handle) noexcept {
        return !promise_.Start(&then_.emplace(handle));
      }
      T await_resume() { return promise_.TakeResult(); }

     private:
      promise_type& promise_;
      std::optional<internal::Continuation> then_;
    };
    return Awaiter(promise());
  }

  // For what runs tasks, like Run() and Gather().
  promise_type& promise() const noexcept {
    if constexpr (internal::kDebugChecks) internal::CheckNotMovedFrom(!handle_);
    return handle_.promise();
  }

 private:
  friend promise_type;

  explicit Task(std::coroutine_handle<promise_type> handle) noexcept
      : handle_(handle) {}
  void Swap(Task& other) noexcept { std::swap(handle_, other.handle_); }

  std::coroutine_handle<promise_type> handle_;
};

namespace internal {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_TASK_H_

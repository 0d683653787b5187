// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs several tasks at the same time and awaits them all, as asyncio.gather().

#ifndef SYNC_CORO_GATHER_H_
#define SYNC_CORO_GATHER_H_

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/latch.h"

namespace synclib {
inline namespace SYNC_ABI {

namespace internal {

// As Work, the end of a task, which a latch counts.
class CountedEnd : public Work {
 public:
  CountedEnd() noexcept : Work(&Call) {}

  // Starts the task on the current executor.
  void Start(TaskPromiseBase& task, Latch& left) noexcept;

 private:
  static void Call(Work* work);

  Latch* left_ = nullptr;
};

template <class T>
using GatherResult = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

// Takes the result of a task that has ended, or throws what that threw.
struct TakeGathered {
  template <class T>
  GatherResult<T> operator()(TaskPromise<T>& task) const {
    if constexpr (std::is_void_v<T>) {
      task.TakeResult();
      return {};
    } else {
      return task.TakeResult();
    }
  }
};

// Runs the tasks, and returns what `take` makes of each when all have ended.
template <class Take, class... T>
Task<std::tuple<std::invoke_result_t<Take&, TaskPromise<T>&>...>> GatherBy(
    Take take, Task<T>... tasks) {
  Latch left(sizeof...(T));
  CountedEnd ends[sizeof...(T) + 1];
  // They go before what their ends touch.
  std::tuple<Task<T>...> running(std::move(tasks)...);
  std::apply(
      [&](auto&... task) {
        size_t i = 0;
        (ends[i++].Start(task.promise(), left), ...);
      },
      running);
  co_await left;
  co_return std::apply(
      [&](auto&... task) {
        // Braces, for the order of evaluation.
        return std::tuple<std::invoke_result_t<Take&, TaskPromise<T>&>...>{
            take(task.promise())...};
      },
      running);
}

template <class Take, class T>
Task<std::vector<std::invoke_result_t<Take&, TaskPromise<T>&>>> GatherBy(
    Take take, std::vector<Task<T>> tasks) {
  Latch left(static_cast<int64_t>(tasks.size()));
  std::vector<CountedEnd> ends(tasks.size());
  // They go before what their ends touch.
  std::vector<Task<T>> running = std::move(tasks);
  for (size_t i = 0; i < running.size(); ++i) {
    ends[i].Start(running[i].promise(), left);
  }
  co_await left;
  std::vector<std::invoke_result_t<Take&, TaskPromise<T>&>> results;
  results.reserve(running.size());
  for (Task<T>& task : running) results.push_back(take(task.promise()));
  co_return results;
}

}  // namespace internal

// Each task starts on the current executor, or here if there is none. When all
// have finished, the result is theirs, in order: std::monostate for a void one.
// If some have thrown, the first of them in order decides what is thrown, but
// only once all have finished: none outlives the call, nor is stopped by
// another's failure, as by a Scope. To have the results of the others, use
// GatherOutcomes().
//
// Example:
//
//   auto one = []() -> synclib::Task<int> { co_return 1; };
//   auto two = []() -> synclib::Task<int> { co_return 2; };
//   auto [a, b] = synclib::Run(synclib::Gather(one(), two()));
//   assert(a == 1 && b == 2);
//
// Thread safety: the tasks may end on any threads.
// Ordering: what the tasks did is visible after the co_await.
// Lifetime: owns the tasks.
// Wake order: the tasks start in order.
// Resumption: the awaiting coroutine goes on as after any co_await of an Event:
//   on the executor that was current when it suspended.
// Time-outs: it ends when the tasks do; give their waits the WaitOptions.
// Misuse: to destroy it while the tasks are suspended, if something may end
//   their waits at the same time.
// Cost: a frame; for a vector of tasks, two vectors more.
template <class... T>
Task<std::tuple<internal::GatherResult<T>...>> Gather(Task<T>... tasks) {
  return internal::GatherBy(internal::TakeGathered(), std::move(tasks)...);
}

// The same for any number of tasks of one type.
template <class T>
Task<std::vector<internal::GatherResult<T>>> Gather(
    std::vector<Task<T>> tasks) {
  return internal::GatherBy(internal::TakeGathered(), std::move(tasks));
}

// What became of a task: its value, std::monostate for a void one, or what it
// threw.
template <class T>
class Outcome {
 public:
  using Value = internal::GatherResult<T>;

  // Takes the result of a task that has ended.
  explicit Outcome(internal::TaskPromise<T>& task) : error_(task.error()) {
    if (ok()) value_.emplace(internal::TakeGathered()(task));
  }

  bool ok() const noexcept { return error_ == nullptr; }

  // Null if there is a value.
  std::exception_ptr error() const noexcept { return error_; }

  // The value; if there is none, throws what the task threw.
  const Value& value() const& {
    RethrowIfFailed();
    return *value_;
  }
  Value value() && {
    RethrowIfFailed();
    return *std::move(value_);
  }

 private:
  void RethrowIfFailed() const {
    if (!ok()) std::rethrow_exception(error_);
  }

  std::exception_ptr error_;
  std::optional<Value> value_;
};

namespace internal {

struct TakeOutcome {
  template <class T>
  Outcome<T> operator()(TaskPromise<T>& task) const {
    return Outcome<T>(task);
  }
};

}  // namespace internal

// Runs tasks as Gather() does. The result is what became of each, in order;
// what they throw is in there, and not thrown.
//
// Example:
//
//   auto parse = [](std::string text) -> synclib::Task<int> {
//     co_return std::stoi(text);
//   };
//   const auto [a, b] = synclib::Run(
//       synclib::GatherOutcomes(parse("1"), parse("2")));
//   assert(a.ok() && a.value() == 1);
//   assert(b.error() == nullptr);
//
// In everything else as Gather().
template <class... T>
Task<std::tuple<Outcome<T>...>> GatherOutcomes(Task<T>... tasks) {
  return internal::GatherBy(internal::TakeOutcome(), std::move(tasks)...);
}

// The same for any number of tasks of one type.
template <class T>
Task<std::vector<Outcome<T>>> GatherOutcomes(std::vector<Task<T>> tasks) {
  return internal::GatherBy(internal::TakeOutcome(), std::move(tasks));
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_GATHER_H_

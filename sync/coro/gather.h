// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs several tasks at the same time and awaits them all, as asyncio.gather().

#ifndef SYNC_CORO_GATHER_H_
#define SYNC_CORO_GATHER_H_

#include <cstddef>
#include <cstdint>
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

template <class T>
GatherResult<T> TakeGathered(TaskPromise<T>& task) {
  if constexpr (std::is_void_v<T>) {
    task.TakeResult();
    return {};
  } else {
    return task.TakeResult();
  }
}

}  // namespace internal

// Each task starts on the current executor, or here if there is none. When all
// have finished, the result is theirs, in order: std::monostate for a void one.
// If some have thrown, the first of them in order decides what is thrown, but
// only once all have finished: none outlives the call, nor is stopped by
// another's failure, as by a Scope.
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
  Latch left(sizeof...(T));
  internal::CountedEnd ends[sizeof...(T) + 1];
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
      [](auto&... task) {
        // Braces, for the order of evaluation.
        return std::tuple<internal::GatherResult<T>...>{
            internal::TakeGathered(task.promise())...};
      },
      running);
}

// The same for any number of tasks of one type.
template <class T>
Task<std::vector<internal::GatherResult<T>>> Gather(
    std::vector<Task<T>> tasks) {
  Latch left(static_cast<int64_t>(tasks.size()));
  std::vector<internal::CountedEnd> ends(tasks.size());
  // They go before what their ends touch.
  std::vector<Task<T>> running = std::move(tasks);
  for (size_t i = 0; i < running.size(); ++i) {
    ends[i].Start(running[i].promise(), left);
  }
  co_await left;
  std::vector<internal::GatherResult<T>> results;
  results.reserve(running.size());
  for (Task<T>& task : running) {
    results.push_back(internal::TakeGathered(task.promise()));
  }
  co_return results;
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_GATHER_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Runs several tasks at the same time, and stops all when the first has ended.

#ifndef SYNC_CORO_WHEN_ANY_H_
#define SYNC_CORO_WHEN_ANY_H_

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "sync/coro/gather.h"
#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/latch.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// What the first of several tasks of one type has returned.
template <class T>
struct First {
  size_t index;  // Which it was.
  internal::GatherResult<T> value;
};

namespace internal {

// Several tasks of which the first to end stops the token.
class Race {
 public:
  // The end of one of them.
  class Part : public Work {
   public:
    Part() noexcept : Work(&Call) {}

   private:
    friend class Race;

    static void Call(Work* work);

    Race* race_ = nullptr;
    size_t number_ = 0;
  };

  explicit Race(size_t count) noexcept;

  StopToken token() const noexcept { return source_.get_token(); }
  void Stop() noexcept { source_.request_stop(); }

  // Starts the next task; they are numbered from 0 on.
  void Start(TaskPromiseBase& task, Part& part) noexcept;

  // Zero once all have ended.
  Latch& left() noexcept { return left_; }

  // Of a race that is over: which ended first.
  size_t first() const noexcept;

 private:
  void End(size_t number) noexcept;

  size_t started_ = 0;
  Latch left_;
  Atomic<size_t> first_{0};  // The first one's number, plus 1.
  StopSource source_;
};

// Of the task that is number `first`, as the alternative of that number.
template <class Variant, size_t kNumber = 0, class Tasks>
Variant TakeFirst(Tasks& tasks, size_t first) {
  if constexpr (kNumber + 1 < std::variant_size_v<Variant>) {
    if (first != kNumber) {
      return TakeFirst<Variant, kNumber + 1>(tasks, first);
    }
  }
  return Variant(std::in_place_index<kNumber>,
                 TakeGathered()(std::get<kNumber>(tasks).promise()));
}

}  // namespace internal

// Runs each `start(token)` as Gather() does, and stops the token as soon as the
// first of them has ended. When all have, the result is that of the first, in
// the alternative of that number: std::monostate for a void one. If the
// first has thrown, so does this. What the others return or throw is dropped.
//
// Example:
//
//   synclib::Event never;
//   auto wait = [&](std::stop_token token) -> synclib::Task<bool> {
//     const synclib::WaitResult result = co_await never.AsyncWait(token);
//     co_return result == synclib::WaitResult::kReady;
//   };
//   auto answer = [](std::stop_token) -> synclib::Task<int> { co_return 42; };
//   std::variant<bool, int> first =
//       synclib::Run(synclib::WhenAny<bool, int>(wait, answer));
//   assert(std::get<1>(first) == 42);
//
// When `parent`, if there is one, is stopped, so is the token. Nothing is
// cancelled which doesn't take it. In everything else as Gather().
template <class... T>
Task<std::variant<internal::GatherResult<T>...>> WhenAny(
    StopToken parent,
    std::type_identity_t<absl::AnyInvocable<Task<T>(StopToken)>>... start) {
  static_assert(sizeof...(T) > 0, "WhenAny() of no tasks would never end");
  internal::Race race(sizeof...(T));
  internal::Race::Part parts[sizeof...(T)];
  // Braces, for the order of evaluation.
  std::tuple<Task<T>...> tasks{start(race.token())...};
  std::apply(
      [&](auto&... task) {
        size_t i = 0;
        (race.Start(task.promise(), parts[i++]), ...);
      },
      tasks);
  const WaitResult result = co_await race.left().AsyncWait(parent);
  if (result != WaitResult::kReady) {
    race.Stop();
    co_await race.left();
  }
  co_return internal::TakeFirst<std::variant<internal::GatherResult<T>...>>(
      tasks, race.first());
}

template <class... T>
Task<std::variant<internal::GatherResult<T>...>> WhenAny(
    std::type_identity_t<absl::AnyInvocable<Task<T>(StopToken)>>... start) {
  return WhenAny<T...>(StopToken(), std::move(start)...);
}

// The same for any number of tasks of one type; at least one.
template <class T>
Task<First<T>> WhenAny(
    StopToken parent,
    std::vector<absl::AnyInvocable<Task<T>(StopToken)>> start) {
  internal::Race race(start.size());
  std::vector<internal::Race::Part> parts(start.size());
  std::vector<Task<T>> tasks;
  tasks.reserve(start.size());
  for (auto& each : start) tasks.push_back(each(race.token()));
  for (size_t i = 0; i < tasks.size(); ++i) {
    race.Start(tasks[i].promise(), parts[i]);
  }
  const WaitResult result = co_await race.left().AsyncWait(parent);
  if (result != WaitResult::kReady) {
    race.Stop();
    co_await race.left();
  }
  co_return First<T>{race.first(),
                     internal::TakeGathered()(tasks[race.first()].promise())};
}
template <class T>
Task<First<T>> WhenAny(
    std::vector<absl::AnyInvocable<Task<T>(StopToken)>> start) {
  return WhenAny(StopToken(), std::move(start));
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_WHEN_ANY_H_

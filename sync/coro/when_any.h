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
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

// What the first of several tasks of one type has returned.
template <class T>
struct First {
  size_t index;  // Which it was.
  internal::GatherResult<T> value;
};

namespace internal {

// Which of several tasks ends first; stops the token then.
class Race {
 public:
  StopToken token() const noexcept { return source_.get_token(); }

  // Of the next task, from 0 on.
  size_t NextNumber() noexcept { return entered_++; }

  // What a task has while it runs.
  class Entry {
   public:
    Entry(Race& race, size_t number) noexcept : race_(race), number_(number) {}
    ~Entry() { race_.End(number_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    Race& race_;
    const size_t number_;
  };

  // Of a race that is over.
  size_t first() const noexcept;

 private:
  void End(size_t number) noexcept;

  size_t entered_ = 0;
  Atomic<size_t> ended_{0};  // The first one's number, from 1 on.
  StopSource source_;
};

template <class T>
Task<T> RunInRace(Task<T> task, Race& race, size_t number) {
  const Race::Entry entry(race, number);
  co_return co_await std::move(task);
}

// Of the task that is number `first`, as the alternative of that number.
template <class Variant, size_t kNumber = 0, class Tasks>
Variant TakeFirst(Tasks& tasks, size_t first) {
  if constexpr (kNumber + 1 < std::variant_size_v<Variant>) {
    if (first != kNumber) {
      return TakeFirst<Variant, kNumber + 1>(tasks, first);
    }
  }
  return Variant(std::in_place_index<kNumber>,
                 TakeGathered(std::get<kNumber>(tasks).promise()));
}

void CheckRace(size_t tasks) noexcept;

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
// Nothing is cancelled which doesn't take the token. In everything else as
// Gather().
template <class... T>
Task<std::variant<internal::GatherResult<T>...>> WhenAny(
    std::type_identity_t<absl::AnyInvocable<Task<T>(StopToken)>>... start) {
  static_assert(sizeof...(T) > 0, "WhenAny() of no tasks would never end");
  internal::Race race;
  // Braces, for the order of evaluation.
  std::tuple<Task<T>...> tasks{
      internal::RunInRace(start(race.token()), race, race.NextNumber())...};
  internal::Gathering gathering(sizeof...(T));
  internal::Gathering::Part parts[sizeof...(T)];
  std::apply(
      [&](auto&... task) {
        size_t i = 0;
        (gathering.Start(task.promise(), parts[i++]), ...);
      },
      tasks);
  co_await gathering.done();
  co_return internal::TakeFirst<std::variant<internal::GatherResult<T>...>>(
      tasks, race.first());
}

// The same for any number of tasks of one type; at least one.
template <class T>
Task<First<T>> WhenAny(
    std::vector<absl::AnyInvocable<Task<T>(StopToken)>> start) {
  internal::CheckRace(start.size());
  internal::Race race;
  std::vector<Task<T>> tasks;
  tasks.reserve(start.size());
  for (size_t i = 0; i < start.size(); ++i) {
    tasks.push_back(
        internal::RunInRace(start[i](race.token()), race, race.NextNumber()));
  }
  internal::Gathering gathering(tasks.size());
  std::vector<internal::Gathering::Part> parts(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i) {
    gathering.Start(tasks[i].promise(), parts[i]);
  }
  co_await gathering.done();
  co_return First<T>{race.first(),
                     internal::TakeGathered(tasks[race.first()].promise())};
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_WHEN_ANY_H_

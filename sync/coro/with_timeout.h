// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_WITH_TIMEOUT_H_
#define SYNC_CORO_WITH_TIMEOUT_H_

#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "sync/coro/gather.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Sets its event when it goes.
class SetsWhenItEnds {
 public:
  explicit SetsWhenItEnds(Event& event) noexcept : event_(event) {}
  ~SetsWhenItEnds() { event_.Set(); }
  SetsWhenItEnds(const SetsWhenItEnds&) = delete;
  SetsWhenItEnds& operator=(const SetsWhenItEnds&) = delete;

 private:
  Event& event_;
};

template <class T>
Task<T> RunAndSet(Task<T> task, Event& ended) {
  const SetsWhenItEnds sets(ended);
  co_return co_await std::move(task);
}

Task<> StopUnlessSet(Event& ended, WaitOptions limit, StopSource& source);

}  // namespace internal

// Runs `start(token)`, whose token is stopped when the limit has come, or the
// token of the options is stopped: what asyncio.timeout() is to Python, but
// that nothing is cancelled which doesn't take the token. The result is that of
// the task, which says what came of it.
//
// Example:
//
//   synclib::Event never;
//   auto wait = [&](std::stop_token token) -> synclib::Task<bool> {
//     const synclib::WaitResult result = co_await never.AsyncWait(token);
//     co_return result == synclib::WaitResult::kReady;
//   };
//   assert(!synclib::Run(
//       synclib::WithTimeout<bool>(absl::Milliseconds(1), wait)));
//
// In everything else as Gather() of the task, and of a wait with the limit.
template <class T>
Task<T> WithTimeout(WaitOptions limit,
                    absl::AnyInvocable<Task<T>(StopToken)> start) {
  StopSource source;
  Event ended;
  auto results =
      co_await Gather(internal::RunAndSet(start(source.get_token()), ended),
                      internal::StopUnlessSet(ended, std::move(limit), source));
  if constexpr (!std::is_void_v<T>) co_return std::move(std::get<0>(results));
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_WITH_TIMEOUT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_WITH_TIMEOUT_H_
#define SYNC_CORO_WITH_TIMEOUT_H_

#include "absl/functional/any_invocable.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// The end of a task.
class Ending : public Work {
 public:
  Ending() noexcept : Work(&Call) {}

  // Set once it has ended.
  Event& event() noexcept { return event_; }

 private:
  static void Call(Work* work);

  Event event_;
};

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
// The limit counts from when this is awaited. In everything else as Gather().
template <class T>
Task<T> WithTimeout(WaitOptions limit,
                    absl::AnyInvocable<Task<T>(StopToken)> start) {
  const WaitOptions begun = limit.Begun();
  StopSource source;
  internal::Ending ending;
  Task<T> task = start(source.get_token());
  task.promise().StartOn(Executor::Current(), &ending);
  const WaitResult result = co_await ending.event().AsyncWait(begun);
  if (result != WaitResult::kReady) {
    source.request_stop();
    co_await ending.event();
  }
  co_return task.promise().TakeResult();
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_WITH_TIMEOUT_H_

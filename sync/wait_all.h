// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for all of several things at once, and takes all of them or none.

#ifndef SYNC_WAIT_ALL_H_
#define SYNC_WAIT_ALL_H_

#include <coroutine>
#include <source_location>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/target.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

// Blocks this thread until all of `waitables` are there at the same time, and
// takes all of them in one step: permits, mutexes, and so on, while each Event
// among them is set. Until then it takes nothing, and nobody waits for it, or
// behind it: what is there, others may take. So it ends only if all are there
// and stay so for long enough; and it can't be part of a deadlock over things
// that are taken one after the other. Mutexes that need not be taken in one
// step, a std::scoped_lock takes for less.
//
// Example:
//
//   synclib::Semaphore printers(2), scanners(1);
//   synclib::Event open;
//   open.Set();
//   if (synclib::WaitAll({open, printers, scanners}, absl::Seconds(1)) ==
//       synclib::WaitResult::kReady) {
//     scanners.Release();
//     printers.Release();
//   }
//
// Thread safety: as a wait for each of them.
// Ordering: as a wait for each of them.
// Lifetime: all outlive the wait.
// Wake order: on each list behind who takes; all who look there try again at
//   the same time.
// Resumption: as an Event's waits; without an executor, whoever resumes it may
//   have to wait for a thread that is at work on another one's list.
// Time-outs: takes WaitOptions. It may give up though all is there, at a moment
//   at which another wait begins or ends on one of the lists. A wait for all of
//   nothing is ready.
// Misuse: to name something twice that is taken ends the program with a
//   message.
// Cost: each try, one whenever what it lacked has come, holds the lists of what
//   is taken for some instructions, while who joins or gives up waits, and
//   others' tries say no. No allocation for up to eight; a frame of 0.6 KB.
WaitResult WaitAll(
    const Waitables& waitables,
    std::source_location where = std::source_location::current()) noexcept;
[[nodiscard]] WaitResult WaitAll(const Waitables& waitables,
                                 const WaitOptions& options) noexcept;

namespace internal {

class [[nodiscard]] AllAwaiter : private LimitedCoroutineWait {
 public:
  AllAwaiter(const Waitables& waitables, WaitOptions options) noexcept;
  AllAwaiter(AllAwaiter&& other) noexcept;
  ~AllAwaiter();

  // Resumes on `executor`, for this wait. It outlives the wait.
  AllAwaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }
  bool await_ready() noexcept;
  bool await_suspend(std::coroutine_handle<> handle) noexcept;
  WaitResult await_resume() const noexcept { return outcome; }

 protected:
  using LimitedCoroutineWait::set_executor;

 private:
  static void Looked(Work* work);
  bool Wait() noexcept;

  Targets targets_;
};

// The same for a wait that may give up.
class [[nodiscard]] LimitedAllAwaiter : public AllAwaiter {
 public:
  using AllAwaiter::AllAwaiter;

  LimitedAllAwaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }
  [[nodiscard]] WaitResult await_resume() const noexcept {
    return AllAwaiter::await_resume();
  }
};

}  // namespace internal

// The same for coroutines: `co_await AsyncWaitAll({from, to})` is a WaitResult.
// Nothing happens until it is awaited. `.On(executor)` says where to resume.
internal::AllAwaiter AsyncWaitAll(
    const Waitables& waitables,
    std::source_location where = std::source_location::current()) noexcept;
internal::LimitedAllAwaiter AsyncWaitAll(const Waitables& waitables,
                                         WaitOptions options) noexcept;

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_WAIT_ALL_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for any of several things, as asyncio.wait(FIRST_COMPLETED).

#ifndef SYNC_WAIT_ANY_H_
#define SYNC_WAIT_ANY_H_

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/executor.h"
#include "sync/internal/any_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/target.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

// How a wait for any of several things ended.
struct [[nodiscard]] AnyResult {
  static constexpr size_t kNone = SIZE_MAX;

  WaitResult result;
  size_t index;  // Which it was; kNone: it gave up.
};

// Blocks this thread until one of `waitables` is there, and takes that one: the
// first of them that is there at once, or else the first to come. Nothing is
// taken of the others; they have been left when the wait ends, and may go. If
// it gives up, nothing is taken at all. Of a Queue, wait for a Popping, a
// Pushing or Joined().
//
// Example:
//
//   synclib::Event stop;
//   synclib::Semaphore work(1);
//   const synclib::AnyResult any = synclib::WaitAny({stop, work});
//   assert(any.index == 1);
//
// Thread safety: as a wait for each of them; one may be there twice, and waits
//   behind itself then, where a Semaphore's permits come in several numbers.
// Ordering: as a wait for the one that is taken.
// Lifetime: as a wait with a limit. When it has returned, what it has taken may
//   go as after a wait for that alone, and the others are done with.
// Wake order: has its place on each list, and is granted once for all of them.
// Resumption: as an Event's waits; without an executor, whoever resumes it may
//   have to wait for a thread that is at work on another one's list.
// Time-outs: takes WaitOptions. A wait for any of nothing ends by them only.
// Misuse: as of a wait for each of them.
// Cost: a place on each list, in front of each WaitAll() there, and otherwise
//   entered and left in constant time; no allocation for up to eight, for which
//   a thread's stack or a coroutine's frame has room: 1.4 kilobytes.
AnyResult WaitAny(
    const Waitables& waitables,
    std::source_location where = std::source_location::current()) noexcept;
AnyResult WaitAny(const Waitables& waitables,
                  const WaitOptions& options) noexcept;

namespace internal {

class [[nodiscard]] AnyAwaiter : private LimitedCoroutineWait {
 public:
  AnyAwaiter(const Waitables& waitables, WaitOptions options) noexcept;
  AnyAwaiter(AnyAwaiter&& other) noexcept;
  ~AnyAwaiter();

  // Resumes on `executor`, for this wait. It outlives the wait.
  AnyAwaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }
  bool await_ready() noexcept;
  bool await_suspend(std::coroutine_handle<> handle) noexcept;
  AnyResult await_resume() noexcept;

 private:
  static void Ended(Work* work);
  static void Won(Work* work);
  static void Out(Work* work);
  bool Leave(Waiter** ring) noexcept;
  bool AwaitOut(Waiter** ring) noexcept;
  bool Await(uint64_t what, Function then, Waiter** ring) noexcept;

  Targets targets_;
  std::optional<AnyWait> wait_;
  WaitResult result_ = WaitResult::kReady;  // Unless an arm has won.
  size_t index_ = 0;
};

}  // namespace internal

// The same for coroutines: `co_await AsyncWaitAny({stop, work})` is an
// AnyResult. Nothing happens until it is awaited. `.On(executor)` says where to
// resume.
internal::AnyAwaiter AsyncWaitAny(
    const Waitables& waitables,
    std::source_location where = std::source_location::current()) noexcept;
internal::AnyAwaiter AsyncWaitAny(const Waitables& waitables,
                                  WaitOptions options) noexcept;

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_WAIT_ANY_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The second way to wait: a suspended coroutine, of any promise type.

#ifndef SYNC_INTERNAL_COROUTINE_WAIT_H_
#define SYNC_INTERNAL_COROUTINE_WAIT_H_

#include <coroutine>
#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <utility>

#include "absl/base/attributes.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/limited_waiter.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Ends the program if the waiter has been awaited before.
void CheckFirstAwait(const Waiter& waiter) noexcept;

// Awaits without giving up. May be moved until it is awaited, once,
// and does nothing if it never is.
class CoroutineWait : private Waiter {
 public:
  CoroutineWait(WaitCore& core, Request r, std::source_location w) noexcept
      : Waiter(r, w), core_(core) {}
  CoroutineWait(CoroutineWait&& other) noexcept
      : CoroutineWait(other.core_, other.request, other.where) {
    set_executor(other.executor());
  }
  ~CoroutineWait() {
    if (stage() != Stage::kIdle && stage() != Stage::kOver) Destroyed();
  }

  WaitResult await_resume() const noexcept { return WaitResult::kReady; }

 protected:
  using Waiter::request;
  using Waiter::set_executor;

  // await_ready(). `awaited` is the place of the co_await: all that
  // `co_await event` leaves.
  template <class R>
  bool IsReady(std::source_location awaited) noexcept {
    if constexpr (kDebugChecks) CheckFirstAwait(*this);
    if (TakeNow<R>(core_, &request.what)) {
      set_stage(Stage::kOver);
      return true;
    }
    if (where.line() == 0) where = awaited;
    return false;
  }

  // await_suspend().
  template <class R>
  bool Suspend(std::coroutine_handle<> handle) noexcept {
    std::construct_at(&handle_, handle);
    set_function(&Resume);
    if (executor() == nullptr) set_executor(Self().executor);
    Waiter* released;
    if (core_.JoinNow(R::kRules, this, kNeverGivesUp, &released).has_value()) {
      set_stage(Stage::kOver);
      return false;
    }
    // It has joined: the frame may be gone.
    Trampoline::HandOut(released);
    return true;
  }

 private:
  static void Resume(Work* work);

  ABSL_ATTRIBUTE_COLD void Destroyed() noexcept;

  WaitCore& core_;
  union {
    std::coroutine_handle<> handle_;  // Once it has suspended.
  };
};

// The same for a primitive whose Rules are R::kRules.
template <class R>
class [[nodiscard]] Awaiter : public CoroutineWait {
 public:
  using CoroutineWait::CoroutineWait;

  // Resumes on `executor`, for this wait. It outlives the wait.
  Awaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }
  bool await_ready(
      std::source_location awaited = std::source_location::current()) noexcept {
    return IsReady<R>(awaited);
  }

  // Not inline: compilers have spilled into the frame across an inlined one
  // (GCC 12, clang before 17).
  ABSL_ATTRIBUTE_NOINLINE bool await_suspend(
      std::coroutine_handle<> handle) noexcept {
    return CoroutineWait::Suspend<R>(handle);
  }
};

// The same for a wait that may give up.
class LimitedCoroutineWait : protected LimitedWaiter {
 public:
  LimitedCoroutineWait(WaitCore& core, Request r, WaitOptions options) noexcept
      : LimitedCoroutineWait(&core, r, std::move(options), &Run) {}
  LimitedCoroutineWait(LimitedCoroutineWait&& other) noexcept
      : LimitedWaiter(std::move(other)) {}
  ~LimitedCoroutineWait() {
    if (stage() != Stage::kIdle && stage() != Stage::kOver) Destroyed();
  }

  [[nodiscard]] WaitResult await_resume() const noexcept { return outcome; }

 protected:
  // await_ready() and await_suspend(), as CoroutineWait's.
  template <class R>
  bool IsReady() noexcept {
    if constexpr (kDebugChecks) CheckFirstAwait(*this);
    if (!TakeNow<R>(*core(), &request.what)) {
      if (!is_try()) return false;
      outcome = WaitResult::kTimeout;
    }
    set_stage(Stage::kOver);
    return true;
  }
  template <class R>
  bool Suspend(std::coroutine_handle<> handle) noexcept {
    set_handle(handle);
    Waiter* released;
    std::optional<WaitResult> ended = BeginMissing();
    if (!ended.has_value()) ended = JoinNow(R::kRules, &released);
    if (ended.has_value()) {
      outcome = *ended;
      set_stage(Stage::kOver);
      return false;
    }
    // It has joined: the frame may be gone.
    Trampoline::HandOut(released);
    return true;
  }

  // `run` is what runs when the wait has ended. `core` may be null if
  // set_core() follows.
  LimitedCoroutineWait(WaitCore* core, Request r, WaitOptions options,
                       Function run) noexcept
      : LimitedWaiter(Kind::kCoroutine, run, core) {
    request = r;
    SetOptions(std::move(options));
  }

  // Before anything else runs when the wait has ended: as
  // LimitedWaiter::DisarmOrLeave(), where that is called for.
  bool DisarmBeforeResuming() noexcept;

  void set_handle(std::coroutine_handle<> handle) noexcept;
  void Resume() noexcept(false) { handle_.resume(); }

  // What is left to do when it is destroyed before it has gone on. The second
  // time it does nothing: for derived classes that must do it before they go.
  ABSL_ATTRIBUTE_COLD void Destroyed() noexcept;

 private:
  static void Run(Work* work);

  std::coroutine_handle<> handle_;
};

// The same for a primitive whose Rules are R::kRules.
template <class R>
class [[nodiscard]] LimitedAwaiter : public LimitedCoroutineWait {
 public:
  using LimitedCoroutineWait::LimitedCoroutineWait;

  // Resumes on `executor`, for this wait. It outlives the wait.
  LimitedAwaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }
  bool await_ready() noexcept { return IsReady<R>(); }
  // Not inline, as Awaiter's.
  ABSL_ATTRIBUTE_NOINLINE bool await_suspend(
      std::coroutine_handle<> handle) noexcept {
    return Suspend<R>(handle);
  }
};

static_assert(sizeof(CoroutineWait) <= 96);
static_assert(sizeof(LimitedCoroutineWait) <= 224);

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_COROUTINE_WAIT_H_

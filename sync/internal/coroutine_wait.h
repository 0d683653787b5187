// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The second way to wait: a suspended coroutine, of any promise type.

#ifndef SYNC_INTERNAL_COROUTINE_WAIT_H_
#define SYNC_INTERNAL_COROUTINE_WAIT_H_

#include <concepts>
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

// Ends the program if an awaiter is awaited that has been awaited before.
void CheckFirstAwait(bool is_first) noexcept;

// A wait of a suspended coroutine that doesn't give up.
class CoroutineWait : private Waiter {
 public:
  // What says how to wait.
  using How = std::source_location;

  CoroutineWait(WaitCore& core, Request r, How w) noexcept
      : Waiter(r, w), core_(core) {}
  ~CoroutineWait() {
    if (stage() != Stage::kOver) Destroyed();
  }

  static constexpr bool IsTry(const How&) noexcept { return false; }
  using Waiter::set_executor;

  // await_suspend(). If it has joined, the frame may be gone.
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

  // What it got, when it is over.
  uint64_t what() const noexcept { return request.what; }

 private:
  static void Resume(Work* work);

  ABSL_ATTRIBUTE_COLD void Destroyed() noexcept;

  WaitCore& core_;
  union {
    std::coroutine_handle<> handle_;  // Once it has suspended.
  };
};

// The same for a wait that may give up.
class LimitedCoroutineWait : protected LimitedWaiter {
 public:
  using How = WaitOptions;

  LimitedCoroutineWait(WaitCore& core, Request r, WaitOptions options) noexcept
      : LimitedCoroutineWait(&core, r, std::move(options), &Run) {}
  // Of one that has not begun.
  LimitedCoroutineWait(LimitedCoroutineWait&& other) noexcept
      : LimitedWaiter(std::move(other)) {}
  ABSL_ATTRIBUTE_NOINLINE ~LimitedCoroutineWait() {
    if (stage() != Stage::kIdle && stage() != Stage::kOver) Destroyed();
  }

  static bool IsTry(const How& options) noexcept { return options.is_try(); }
  using LimitedWaiter::set_executor;

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

  WaitResult result() const noexcept { return outcome; }
  uint64_t what() const noexcept { return request.what; }

 protected:
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

// Awaits a primitive whose Rules are R::kRules, by a Wait, which it makes only
// when the coroutine suspends: a few words say until then what is asked for.
// May be moved until it is awaited, once, and does nothing if it never is.
template <class R, class Wait>
class [[nodiscard]] BasicAwaiter {
 public:
  static constexpr bool kMayGiveUp = std::same_as<Wait, LimitedCoroutineWait>;

  BasicAwaiter(WaitCore& core, uint64_t what, typename Wait::How how) noexcept
      : asked_{core, what, nullptr, std::move(how)} {}
  BasicAwaiter(BasicAwaiter&& other) noexcept
      : asked_(std::move(other.asked_)) {}
  // Always inline: GCC takes what is behind a coroutine's first suspension for
  // cold, and would call it.
  ABSL_ATTRIBUTE_ALWAYS_INLINE ~BasicAwaiter() {
    if (state_ == State::kWait) {
      std::destroy_at(&wait_);
    } else {
      std::destroy_at(&asked_);
    }
  }

  // Resumes on `executor`, for this wait. It outlives the wait.
  BasicAwaiter On(Executor& executor) && noexcept {
    set_executor(&executor);
    return std::move(*this);
  }

  // `awaited` is the place of the co_await: all that `co_await event` leaves.
  bool await_ready(
      std::source_location awaited = std::source_location::current()) noexcept {
    if constexpr (kDebugChecks) CheckFirstAwait(state_ == State::kIdle);
    if (TakeNow<R>(asked_.core, &asked_.what)) {
      state_ = State::kReady;
      return true;
    }
    if (Wait::IsTry(asked_.how)) {
      state_ = State::kTimeout;
      return true;
    }
    if constexpr (!kMayGiveUp) {
      if (asked_.how.line() == 0) asked_.how = awaited;
    }
    return false;
  }

  // Not inline: compilers have spilled into the frame across an inlined one
  // (GCC 12, clang before 17).
  ABSL_ATTRIBUTE_NOINLINE bool await_suspend(
      std::coroutine_handle<> handle) noexcept {
    Asked asked = std::move(asked_);
    std::destroy_at(&asked_);
    std::construct_at(&wait_, asked.core, Request{&R::kRules, asked.what},
                      std::move(asked.how));
    state_ = State::kWait;
    wait_.set_executor(asked.executor);
    return wait_.template Suspend<R>(handle);
  }

  WaitResult await_resume() const noexcept
    requires(!kMayGiveUp)
  {
    return WaitResult::kReady;
  }
  [[nodiscard]] WaitResult await_resume() const noexcept
    requires kMayGiveUp
  {
    if (state_ == State::kWait) return wait_.result();
    return state_ == State::kReady ? WaitResult::kReady : WaitResult::kTimeout;
  }

 protected:
  void set_executor(Executor* executor) noexcept { asked_.executor = executor; }
  void set_what(uint64_t what) noexcept { asked_.what = what; }

  // What the wait got, when it is over.
  uint64_t what() const noexcept {
    return state_ == State::kWait ? wait_.what() : asked_.what;
  }

 private:
  struct Asked {
    WaitCore& core;
    uint64_t what;
    Executor* executor;
    typename Wait::How how;
  };
  enum class State : uint8_t { kIdle, kReady, kTimeout, kWait };

  union {
    Asked asked_;
    Wait wait_;  // Of kWait.
  };
  State state_ = State::kIdle;
};

template <class R>
using Awaiter = BasicAwaiter<R, CoroutineWait>;
template <class R>
using LimitedAwaiter = BasicAwaiter<R, LimitedCoroutineWait>;

static_assert(sizeof(CoroutineWait) <= 96);
static_assert(sizeof(LimitedCoroutineWait) <= 224);

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_COROUTINE_WAIT_H_

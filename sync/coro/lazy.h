// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CORO_LAZY_H_
#define SYNC_CORO_LAZY_H_

#include <concepts>
#include <functional>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

#include "absl/base/attributes.h"
#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/mutex.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// A value that is made when it is first asked for, once, whoever asks: what
// std::call_once() is to threads, for coroutines as well.
//
// Example:
//
//   synclib::Lazy<int> answer;
//   auto make = []() -> synclib::Task<int> { co_return 42; };
//   auto ask = [&]() -> synclib::Task<int> {
//     co_return *co_await answer.AsyncGet(make);
//   };
//   assert(synclib::Run(ask()) == 42);
//   assert(answer.Get([] { return 7; }) == 42);  // It is there.
//
// Thread safety: every method, by any thread, at any time.
// Ordering: the making of the value is visible to whoever gets it.
// Lifetime: all calls must have returned before it is destroyed.
// Wake order: those who ask meanwhile go on as a Mutex's waits do.
// Resumption: as an Event's waits.
// Time-outs: Wait() and AsyncWait() take WaitOptions, for the time in which
//   another makes the value. Who makes it takes as long as that takes.
// Misuse: to ask for the value while one makes it, in the same thread or
//   coroutine, or by Get() or Wait() on a thread on which the making is to go
//   on: never ends. To ask for value() before it is there: debug builds abort.
// Cost: an Event, a Mutex, and a std::optional<T>. One atomic read once the
//   value is there. AsyncGet() and AsyncWait() are Tasks, whose frames are
//   allocated.
template <class T>
class Lazy {
  static_assert(!std::is_reference_v<T>, "make a pointer instead");

 public:
  Lazy() = default;
  Lazy(const Lazy&) = delete;
  Lazy& operator=(const Lazy&) = delete;

  // Returns the value; made by `make()` if it isn't there. If that throws, so
  // does this, and the next one to ask makes it.
  template <std::invocable F>
  T& Get(F&& make, std::source_location where = std::source_location::current())
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (!there_.IsSet()) {
      const MutexLock lock(mutex_, where);
      Make(std::forward<F>(make));
    }
    return *value_;
  }

  // The same, or until the wait for another that makes it gives up: its own
  // `make()` takes as long as that takes. Of kReady, value() is there.
  template <std::invocable F>
  [[nodiscard]] WaitResult Wait(F&& make, const WaitOptions& options)
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (there_.IsSet()) return WaitResult::kReady;
    const WaitResult result = mutex_.Lock(options);
    if (result != WaitResult::kReady) return GivenUp(result);
    const Mutex::Guard guard = Mutex::Guard::Adopt(mutex_);
    Make(std::forward<F>(make));
    return WaitResult::kReady;
  }

  // The same for coroutines: `make()` is a task that makes the value, to which
  // the result of this one points.
  Task<T*> AsyncGet(
      absl::AnyInvocable<Task<T>()> make,
      std::source_location where = std::source_location::current()) {
    if (!there_.IsSet()) {
      (void)co_await AsyncWait(std::move(make), WaitOptions(where));
    }
    co_return &*value_;
  }
  Task<WaitResult> AsyncWait(absl::AnyInvocable<Task<T>()> make,
                             WaitOptions options)
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (there_.IsSet()) co_return WaitResult::kReady;
    const WaitResult result = co_await mutex_.AsyncLock(std::move(options));
    if (result != WaitResult::kReady) co_return GivenUp(result);
    const Mutex::Guard guard = Mutex::Guard::Adopt(mutex_);
    if (!there_.IsSet()) {
      value_.emplace(co_await make());
      there_.Set();
    }
    co_return WaitResult::kReady;
  }

  bool IsSet() const noexcept { return there_.IsSet(); }

  // The value, once it is there.
  T& value() noexcept {
    CheckSet();
    return *value_;
  }
  const T& value() const noexcept {
    CheckSet();
    return *value_;
  }

 private:
  void CheckSet() const noexcept {
    if (internal::kDebugChecks && !IsSet()) {
      internal::Fatal("the value of a Lazy was asked for before it was made");
    }
  }
  // With the mutex.
  template <class F>
  ABSL_ATTRIBUTE_NOINLINE void Make(F&& make) {
    if (!there_.IsSet()) {
      value_.emplace(std::invoke(std::forward<F>(make)));
      there_.Set();
    }
  }
  // The value comes first.
  WaitResult GivenUp(WaitResult why) const noexcept {
    return there_.IsSet() ? WaitResult::kReady : why;
  }

  Event there_;
  Mutex mutex_;
  std::optional<T> value_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_LAZY_H_

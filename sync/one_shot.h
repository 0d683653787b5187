// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_ONE_SHOT_H_
#define SYNC_ONE_SHOT_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

// An event with a value: set once, and waited for by any number of threads,
// coroutines and callbacks, which all see the same value. What std::promise and
// std::shared_future, or an asyncio.Future, are together. For a result that may
// be a failure, let T be absl::StatusOr<> or a std::variant<>.
//
// Example:
//
//   synclib::OneShot<int> answer;
//   std::jthread thread([&] { answer.Set(42); });
//   auto twice = [&]() -> synclib::Task<int> {
//     const int value = co_await answer;
//     co_return 2 * value;
//   };
//   assert(synclib::Run(twice()) == 84);
//   assert(answer.Get() == 42);
//
// Thread safety: every method, by any thread, at any time; what T allows is
//   done with the value.
// Ordering: as an Event's; so is the making of the value visible.
// Lifetime: as an Event's: once a wait has returned kReady, or IsSet() true, it
//   may go, though the Set() that made the value has not returned yet. All
//   other calls must have.
// Wake order: as an Event's.
// Resumption: as an Event's.
// Time-outs: every wait takes WaitOptions.
// Misuse: to look at the value before it is set, or to destroy it with waiters:
//   debug builds abort.
// Cost: an Event, a flag and a std::optional<T>; no allocation.
template <class T>
class OneShot {
  static_assert(!std::is_reference_v<T>, "set a pointer instead");

 public:
  OneShot() = default;
  OneShot(const OneShot&) = delete;
  OneShot& operator=(const OneShot&) = delete;

  // Makes the value, unless there is one already, or somebody else is making
  // it: then false. If the making throws, there is none, and the next Set() may
  // make it.
  template <class... Args>
    requires std::is_constructible_v<T, Args...>
  bool Set(Args&&... args) {
    // Acquire: after one whose making has thrown.
    if (taken_.exchange(true, std::memory_order_acquire)) return false;
    absl::Cleanup give_up = [this]() noexcept {
      taken_.store(false, std::memory_order_release);
    };
    value_.emplace(std::forward<Args>(args)...);
    std::move(give_up).Cancel();
    event_.Set();
    return true;
  }

  bool IsSet() const noexcept { return event_.IsSet(); }

  // The value, once it is there.
  T& value() noexcept {
    CheckIsSet();
    return *value_;
  }
  const T& value() const noexcept {
    CheckIsSet();
    return *value_;
  }

  // As Event::waiters().
  size_t waiters() noexcept { return event_.waiters(); }

  // Blocks this thread until the value is there.
  T& Get(
      std::source_location where = std::source_location::current()) noexcept {
    event_.Wait(where);
    return *value_;
  }

  // The same, or until the wait gives up. Of kReady, value() is there.
  [[nodiscard]] WaitResult Wait(const WaitOptions& options) noexcept {
    return event_.Wait(options);
  }

  // The same for coroutines: `co_await one_shot` is the value, and
  // `co_await one_shot.AsyncWait(options)` a WaitResult. `.On(executor)` says
  // where to resume.
  class [[nodiscard]] Awaiter : public Event::Awaiter {
   public:
    Awaiter On(Executor& executor) && noexcept {
      return Awaiter(std::move(*this).Event::Awaiter::On(executor), value_);
    }
    T& await_resume() const noexcept { return *value_; }

   private:
    friend class OneShot;
    Awaiter(Event::Awaiter awaiter, std::optional<T>& value) noexcept
        : Event::Awaiter(std::move(awaiter)), value_(value) {}

    std::optional<T>& value_;
  };
  Awaiter AsyncGet(
      std::source_location where = std::source_location::current()) noexcept {
    return Awaiter(event_.AsyncWait(where), value_);
  }
  Awaiter operator co_await() noexcept {
    return Awaiter(event_.operator co_await(), value_);
  }
  Event::LimitedAwaiter AsyncWait(WaitOptions options) noexcept {
    return event_.AsyncWait(std::move(options));
  }

  // The same for callbacks, as Event::Add().
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return event_.Add(callback, where);
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return event_.Add(callback, std::move(options));
  }

  // For WaitAny(), WaitAll() and callbacks.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return event_; }

 private:
  void CheckIsSet() const noexcept {
    if (internal::kDebugChecks && !IsSet()) {
      internal::Fatal("the value of a OneShot was asked for before Set()");
    }
  }

  Event event_;
  internal::Atomic<bool> taken_{false};
  std::optional<T> value_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_ONE_SHOT_H_

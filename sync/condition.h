// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CONDITION_H_
#define SYNC_CONDITION_H_

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "sync/callback.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/mutex.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A Condition's payload: notifications, while they are handed out.
struct ConditionRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;

  static bool Take(uint64_t*, uint64_t*) noexcept { return false; }
  static bool Grant(uint64_t* word, uint64_t*) noexcept {
    if (*word < kOne) return false;
    *word -= kOne;
    return true;
  }
  static void GiveBack(WaitCore& core, uint64_t) noexcept {
    (void)core.Notify(1);
  }
  static constexpr Rules kRules = {.name = "a Condition",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &GiveBack};
};

// The mutex of a coroutine that is to wait: it has it by a guard, or otherwise.
struct HeldMutex {
  // NOLINTNEXTLINE(google-explicit-constructor)
  HeldMutex(Mutex& m) noexcept : mutex(&m) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  HeldMutex(Mutex::Guard& g) noexcept;

  Mutex* const mutex;
  Mutex::Guard* const guard = nullptr;
};

// Awaits a notification, with the mutex free meanwhile, and then the mutex;
// again, as long as a predicate says so. A guard has the mutex exactly while
// the coroutine has it.
class ConditionWait : public LimitedCoroutineWait {
 public:
  ConditionWait(ConditionWait&&) noexcept = default;
  ~ConditionWait();
  bool await_suspend(std::coroutine_handle<> handle);

 protected:
  // Whether the wait, which has the mutex, is over. Null: it is.
  using Predicate = bool (*)(ConditionWait& self);

  ConditionWait(WaitCore& condition, HeldMutex held, WaitOptions options,
                Predicate predicate) noexcept;

 private:
  bool Wait();
  bool Lock(WaitResult notified);
  bool WaitOn();
  static void Notified(Work* work);
  static void Locked(Work* work);

  WaitCore& condition_;
  Mutex& mutex_;
  Mutex::Guard* const guard_;  // May be null.
  const Predicate predicate_;
  // How the wait for the notification has ended.
  WaitResult notified_ = WaitResult::kReady;
};

// The predicate of a wait for one notification.
struct NoPredicate {};

template <class P, bool kMayGiveUp>
class [[nodiscard]] ConditionAwaiter : public ConditionWait {
 public:
  ConditionAwaiter(WaitCore& condition, HeldMutex held, WaitOptions options,
                   P predicate)
      : ConditionWait(condition, held, std::move(options),
                      kHasPredicate ? &Holds : nullptr),
        predicate_(std::move(predicate)) {}

  // Resumes on `executor`, for this wait. It outlives the wait.
  ConditionAwaiter On(Executor& executor) && {
    set_executor(&executor);
    return std::move(*this);
  }
  bool await_ready() {
    if constexpr (kDebugChecks) CheckFirstAwait(stage() == Stage::kIdle);
    if (!Holds(*this)) return false;
    set_stage(Stage::kOver);
    return true;
  }
  WaitResult await_resume() const noexcept
    requires(!kMayGiveUp)
  {
    return result();
  }
  [[nodiscard]] WaitResult await_resume() const noexcept
    requires kMayGiveUp
  {
    return result();
  }

 private:
  static constexpr bool kHasPredicate = !std::same_as<P, NoPredicate>;

  static bool Holds(ConditionWait& self) {
    if constexpr (kHasPredicate) {
      return std::invoke(static_cast<ConditionAwaiter&>(self).predicate_);
    }
    return false;
  }

  [[no_unique_address]] P predicate_;
};

}  // namespace internal

// Lets those who have a Mutex wait for a change of what it guards: what
// asyncio.Condition is to Python, for threads, coroutines and callbacks. For a
// flag that needs no mutex, use Event.
//
// Example:
//
//   synclib::Mutex mutex;
//   synclib::Condition changed;
//   int items = 0;
//   std::jthread producer([&] {
//     synclib::MutexLock lock(mutex);
//     ++items;
//     changed.NotifyOne();
//   });
//   synclib::MutexLock lock(mutex);
//   changed.Wait(mutex, [&] { return items > 0; });
//   --items;
//
// Thread safety: every method, by any thread, at any time; who waits has the
//   mutex, who notifies need not. A notification waits for another thread that
//   is at work on the list, such as one that joins it.
// Ordering: what happened before a notification is visible after the wait that
//   it ends.
// Lifetime: once a wait has returned that was notified, the condition may go,
//   though the call that notified it has not returned yet. All other calls must
//   have.
// Wake order: the notifications are handed out first in, first out; then the
//   waits get the mutex as its class comment says.
// Resumption: as an Event's waits, once the mutex is had. A callback is called
//   without it.
// Time-outs: every wait takes WaitOptions, which end the wait for the
//   notification, but not for the mutex, which a wait lets go of, and has again
//   when it returns, in any case. None loses a notification by giving up.
// Misuse: to wait without the mutex, or with two of them at a time; to destroy
//   a coroutine in a wait that was not told of its guard; to destroy a
//   condition with waiters: debug builds abort, and say who waits.
// Cost: 16 bytes, and 256 for the awaiter of a coroutine; no allocation. A wait
//   is one of an Event's, and one for the mutex. A notification that nobody
//   waits for is one atomic read; NotifyOne() costs the same however many wait.
class Condition : private internal::Primitive<internal::ConditionRules> {
 public:
  constexpr Condition() noexcept : Primitive(0) {}

  // Ends the first wait, or the first `count`, or all. Returns how many.
  size_t NotifyOne() noexcept { return core_.Notify(1); }
  size_t Notify(size_t count) noexcept { return core_.Notify(count); }
  size_t NotifyAll() noexcept { return core_.Notify(SIZE_MAX); }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

  // Blocks this thread, without the mutex, until it is notified. Always kReady.
  WaitResult Wait(Mutex& mutex, std::source_location where =
                                    std::source_location::current()) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return Wait(mutex, WaitOptions(where));
  }

  // The same, or until the wait gives up.
  [[nodiscard]] WaitResult Wait(Mutex& mutex,
                                const WaitOptions& options) noexcept
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  // Blocks this thread, without the mutex, until `predicate` is true, which it
  // asks with the mutex, at first and after each notification. Always kReady.
  template <std::predicate P>
  WaitResult Wait(Mutex& mutex, P predicate,
                  std::source_location where = std::source_location::current())
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return Wait(mutex, std::move(predicate), WaitOptions(where));
  }

  // The same, or until the wait gives up: kReady says that it is true.
  template <std::predicate P>
  [[nodiscard]] WaitResult Wait(Mutex& mutex, P predicate,
                                const WaitOptions& options)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    const WaitOptions limits = options.Begun();
    WaitResult result = WaitResult::kReady;
    while (!std::invoke(predicate)) {
      if (result != WaitResult::kReady) return result;
      result = Wait(mutex, limits);
    }
    return WaitResult::kReady;
  }

  // The same for coroutines: `co_await changed.AsyncWait(guard)` is a
  // WaitResult. A coroutine that has the mutex otherwise than by a Mutex::Guard
  // gives that instead. Nothing happens until it is awaited. `.On(executor)`
  // says where to resume. A predicate is first asked where it is awaited; what
  // it throws before that has suspended, the co_await throws, with the mutex.
  // Then it is asked where to resume, and ends the program if it throws.
  template <class P, bool kMayGiveUp>
  using AwaiterFor = internal::ConditionAwaiter<P, kMayGiveUp>;
  using Awaiter = AwaiterFor<internal::NoPredicate, false>;
  using LimitedAwaiter = AwaiterFor<internal::NoPredicate, true>;
  Awaiter AsyncWait(
      internal::HeldMutex held,
      std::source_location where = std::source_location::current()) noexcept {
    return Awaiter(core_, held, WaitOptions(where), {});
  }
  LimitedAwaiter AsyncWait(internal::HeldMutex held,
                           WaitOptions options) noexcept {
    return LimitedAwaiter(core_, held, std::move(options), {});
  }
  template <std::predicate P>
  AwaiterFor<P, false> AsyncWait(
      internal::HeldMutex held, P predicate,
      std::source_location where = std::source_location::current()) {
    return AwaiterFor<P, false>(core_, held, WaitOptions(where),
                                std::move(predicate));
  }
  template <std::predicate P>
  AwaiterFor<P, true> AsyncWait(internal::HeldMutex held, P predicate,
                                WaitOptions options) {
    return AwaiterFor<P, true>(core_, held, std::move(options),
                               std::move(predicate));
  }

  // Has a callback called by the next notification that is its own.
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Primitive::Add(0, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(0, callback, std::move(options));
  }
};

static_assert(sizeof(Condition) == 16);
static_assert(sizeof(Condition::Awaiter) <= 256);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CONDITION_H_

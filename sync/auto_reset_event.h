// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_AUTO_RESET_EVENT_H_
#define SYNC_AUTO_RESET_EVENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/callback.h"
#include "sync/internal/config.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// An AutoResetEvent's payload: 1 if it is set; more only where Set() has found
// the list held, one for each.
struct AutoResetEventRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;

  // All that the flag stands for.
  static bool Take(uint64_t* word, uint64_t*) noexcept {
    if (WaitCore::OthersComeFirst(*word) || *word < kOne) return false;
    *word &= WaitCore::kListBits;
    return true;
  }
  // One call of Set().
  static bool Grant(uint64_t* word, uint64_t*) noexcept {
    if (*word < kOne) return false;
    *word -= kOne;
    return true;
  }
  // How many waits it has released.
  static size_t Set(WaitCore& core) noexcept {
    return core.Give(
        [](uint64_t word) noexcept {
          return word < kOne || (word & WaitCore::kLocked) ? word + kOne : word;
        },
        [](uint64_t before, uint64_t after) { return before != after; });
  }
  static void GiveBack(WaitCore& core, uint64_t) noexcept { (void)Set(core); }

  // As of a flag that nobody has waited for.
  static void Join(uint64_t* word, uint64_t*) noexcept {
    if (*word >= kOne) *word = kOne | (*word & WaitCore::kListBits);
  }
  static constexpr Rules kRules = {.name = "an AutoResetEvent",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .join = &Join,
                                   .give_back = &GiveBack};
};

}  // namespace internal

// A flag that the wait which it ends clears: each Set() lets one wait pass, the
// one that has waited longest, or the next one to come. However often it is set
// while nobody waits, one passes; to count, use Semaphore; to let all pass,
// Event.
//
// Example:
//
//   synclib::AutoResetEvent work;
//   work.Set();
//   work.Wait();
//   assert(!work.TryWait());
//
// Thread safety: every method, by any thread, at any time. Set() and TryWait()
//   wait for no other thread, and suit signal handlers on Linux: Set() does if
//   all waiters are threads.
// Ordering: what happened before a Set(), also one that found the event set, is
//   visible after the wait or the true TryWait() that it lets pass.
// Lifetime: once a wait has returned kReady, or TryWait() true, the event may
//   go, though the Set() that it came from has not returned yet. All other
//   calls must have.
// Wake order: first in, first out, also where threads are more than processors:
//   then each hand-over takes as long as its thread needs to run.
// Resumption: as an Event's waits.
// Time-outs: every wait takes WaitOptions. A Set() at the same moment is either
//   the wait's, which is kReady, or the next one's.
// Misuse: to destroy an event with waiters: debug builds abort, and say who
//   waits.
// Cost: 16 bytes, no allocation. One read-modify-write where nobody need wait
//   or waits, two to release a wait, and for that of a thread one more, and a
//   system call if it sleeps.
class AutoResetEvent
    : private internal::Primitive<internal::AutoResetEventRules> {
 public:
  enum InitialState { kSet };

  // Starts cleared.
  constexpr AutoResetEvent() noexcept : Primitive(0) {}

  // Starts set.
  constexpr explicit AutoResetEvent(InitialState) noexcept
      : Primitive(Rules::kOne) {}

  // Releases one wait, or sets the flag if there is none. True: this call
  // released one. If other calls overlap, they may do so in its stead.
  bool Set() noexcept { return Rules::Set(core_) != 0; }

  // Clears the flag. If a wait is just being released, waits for whoever does
  // that, since it is not known before whether it was set.
  void Clear() noexcept {
    // Ends: a flag that is set, of which nobody waits for a hand-out, is there
    // to be taken.
    while (core_.AwaitDrain() >= Rules::kOne && !TryWait()) {
    }
  }

  // Clears the flag, and says whether it was set: false also at a moment at
  // which a wait begins or ends.
  [[nodiscard]] bool TryWait() noexcept { return TakeNow(0); }

  // For WaitAny(), WaitAll() and callbacks.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(0); }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

  // Blocks this thread until it is released. Always kReady.
  WaitResult Wait(
      std::source_location where = std::source_location::current()) noexcept {
    return Block(0, where);
  }

  // The same, or until the wait gives up.
  [[nodiscard]] WaitResult Wait(const WaitOptions& options) noexcept {
    return Block(0, options);
  }

  // The same for coroutines, as Event::AsyncWait().
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncWait(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(0, where);
  }
  LimitedAwaiter AsyncWait(WaitOptions options) noexcept {
    return Await(0, std::move(options));
  }

  // `co_await event`.
  Awaiter operator co_await() noexcept {
    return Await(0, std::source_location());
  }

  // The same for callbacks, as Event::Add().
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Primitive::Add(0, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(0, callback, std::move(options));
  }

 private:
  using Rules = internal::AutoResetEventRules;
};

static_assert(sizeof(AutoResetEvent) == 16);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_AUTO_RESET_EVENT_H_

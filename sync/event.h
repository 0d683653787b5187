// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_EVENT_H_
#define SYNC_EVENT_H_

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

// An Event's payload: whether it is set, and its epoch.
struct EventRules {
  static constexpr uint64_t kSet = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kOneEpoch = 2 * kSet;

  // What a wait asks for: this, or that the epoch has moved past a number.
  static constexpr uint64_t kFlag = UINT64_MAX;

  static uint64_t EpochOf(uint64_t word) noexcept { return word / kOneEpoch; }

  // The answer is as if the wait had joined just before the broadcast that
  // satisfies it.
  static bool Take(uint64_t* word, uint64_t* what) noexcept {
    if (*what == kFlag ? !(*word & kSet) : EpochOf(*word) <= *what)
      return false;
    *what = EpochOf(*word) - 1;
    return true;
  }
  static bool Grant(uint64_t* word, uint64_t* what) noexcept {
    return EpochOf(*word) > *what;
  }
  static void Join(uint64_t* word, uint64_t* what) noexcept {
    *what = EpochOf(*word);
  }
  static constexpr Rules kRules = {.name = "an Event",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .join = &Join,
                                   .broadcasts = true};

  // Steps; objects, so that they are inlined where they are handed over.
  static constexpr auto Set = [](uint64_t word) noexcept {
    return word & kSet ? word : (word + kOneEpoch) | kSet;
  };
  static constexpr auto Pulse = [](uint64_t word) noexcept {
    return (word + kOneEpoch) & ~kSet;
  };
  static constexpr auto SetIsBroadcast =
      [](uint64_t before, uint64_t) noexcept { return (before & kSet) == 0; };
};

}  // namespace internal

// A flag that any number of threads, coroutines and callbacks wait for: what
// asyncio.Event is to Python, for all of them at once. A broadcast reaches
// every wait that has joined, whatever happens to the flag afterwards. For a
// consumer that may be busy during a broadcast, see EventWatch.
//
// Example:
//
//   synclib::Event ready;
//   int answer = 0;
//   std::jthread thread([&] {
//     ready.Wait();
//     assert(answer == 42);
//   });
//   answer = 42;
//   ready.Set();
//
// Thread safety: every method, by any thread, at any time. Set(), Pulse(),
//   Clear(), IsSet() and epoch() wait for nobody (L1 in docs/semantics.md). On
//   Linux they suit signal handlers, the first two if only threads wait.
// Ordering: what happened before a Set() or Pulse(), also one that found the
//   event set, is visible after a wait that it ended, and after a true IsSet()
//   or a Clear() that follows it.
// Lifetime: once a wait has returned kReady, or IsSet() true, the event may go,
//   though the Set() or Pulse() that made it so, and waits without limit or
//   token that it released, have not returned yet. All other calls must have.
// Wake order: first in, first out, over all kinds of waiter: threads are woken,
//   the first two by the setter and the next by those before, and coroutines
//   posted; then the rest runs. Who then runs first is up to the system.
// Resumption: on the executor that was current at the co_await. Without one, in
//   the thread that ends the wait, during any call but Clear(), IsSet() and
//   epoch(): hold no lock then that a waiter takes.
// Time-outs: every wait takes WaitOptions. A limit is late by what the thread
//   that waits, or the EventLoop of a coroutine that does, runs before it
//   looks.
// Misuse: to destroy an event with waiters; to wait past an epoch that is yet
//   to come. Debug builds abort and say who waits; else, undefined behavior.
// Cost: 16 bytes, no allocation. One atomic read where nobody need wait; one
//   read-modify-write to set or clear where nobody waits, two to release; a
//   system call to wake a thread, Set() makes two at most if only threads wait.
class Event : private internal::Primitive<internal::EventRules> {
 public:
  enum InitialState { kSet };

  // Starts cleared.
  constexpr Event() noexcept : Primitive(0) {}

  // Starts set: `Event event(Event::kSet)`. That is not a broadcast.
  constexpr explicit Event(InitialState) noexcept : Primitive(Rules::kSet) {}

  // Sets the flag, and if it was clear releases every wait. Returns how many
  // waits this call released: if other calls overlap, they may release some in
  // its stead.
  size_t Set() noexcept {
    return core_.Broadcast(Rules::Set, Rules::SetIsBroadcast);
  }

  // Releases every wait and leaves the flag clear, whatever it was. Returns as
  // Set() does.
  size_t Pulse() noexcept {
    return core_.Broadcast(Rules::Pulse, internal::WaitCore::Always);
  }

  // Clears the flag. Takes no broadcast back.
  void Clear() noexcept { core_.ClearBits(Rules::kSet); }

  // Whether the flag is set.
  bool IsSet() const noexcept { return (core_.Read() & Rules::kSet) != 0; }

  // The number of broadcasts so far: calls of Set() that found the flag clear,
  // and calls of Pulse(). Never wraps: 59 bits.
  uint64_t epoch() const noexcept { return Rules::EpochOf(core_.Read()); }

  // For WaitAny(), WaitAll() and callbacks: as Wait(), and as WaitPast().
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(Rules::kFlag); }
  Waitable NextPast(uint64_t epoch) noexcept { return Target(Past(epoch)); }

  // How many waits have joined and not been released, a WaitAll() among them
  // that looks whether it can go on: for tests and diagnostics, since it may
  // have changed by the time it is returned. Walks the list; not for signal
  // handlers.
  size_t waiters() noexcept { return core_.Count(); }

  // Blocks this thread until the flag is set or a broadcast comes. Always
  // kReady. As all that block, it spins for up to 60 microseconds before it
  // sleeps, where that is not mostly in vain.
  WaitResult Wait(
      std::source_location where = std::source_location::current()) noexcept {
    return Block(Rules::kFlag, where);
  }

  // The same, or until the wait gives up.
  [[nodiscard]] WaitResult Wait(const WaitOptions& options) noexcept {
    return Block(Rules::kFlag, options);
  }

  // Blocks this thread until there have been more than `epoch` broadcasts,
  // whatever the flag is. Between reading epoch() and this, none is missed.
  WaitResult WaitPast(
      uint64_t epoch,
      std::source_location where = std::source_location::current()) noexcept {
    return Block(Past(epoch), where);
  }
  [[nodiscard]] WaitResult WaitPast(uint64_t epoch,
                                    const WaitOptions& options) noexcept {
    return Block(Past(epoch), options);
  }

  // The same for coroutines: `co_await event.AsyncWait()` is a WaitResult.
  // Nothing happens until it is awaited. `.On(executor)` says where to resume.
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncWait(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(Rules::kFlag, where);
  }
  LimitedAwaiter AsyncWait(WaitOptions options) noexcept {
    return Await(Rules::kFlag, std::move(options));
  }
  Awaiter AsyncWaitPast(
      uint64_t epoch,
      std::source_location where = std::source_location::current()) noexcept {
    return Await(Past(epoch), where);
  }
  LimitedAwaiter AsyncWaitPast(uint64_t epoch, WaitOptions options) noexcept {
    return Await(Past(epoch), std::move(options));
  }

  // `co_await event`.
  Awaiter operator co_await() noexcept {
    return Await(Rules::kFlag, std::source_location());
  }

  // The same for callbacks. A value: the wait has ended at once, and the
  // function won't be called. No value: it will be, unless it is removed first.
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Add(callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(Rules::kFlag, callback, std::move(options));
  }
  [[nodiscard]] std::optional<WaitResult> AddPast(
      uint64_t epoch, Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return AddPast(epoch, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> AddPast(
      uint64_t epoch, Callback& callback, WaitOptions options) noexcept {
    return Primitive::Add(Past(epoch), callback, std::move(options));
  }

 private:
  friend class EventWatch;

  using Rules = internal::EventRules;

  uint64_t Past(uint64_t epoch) const noexcept {
    if constexpr (internal::kDebugChecks) CheckTicket(epoch);
    return epoch < Rules::kFlag ? epoch : Rules::kFlag - 1;
  }
  void CheckTicket(uint64_t epoch) const noexcept;
};

static_assert(sizeof(Event) == 16);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_EVENT_H_

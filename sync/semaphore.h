// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_SEMAPHORE_H_
#define SYNC_SEMAPHORE_H_

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

// A Semaphore's payload: permits, and above them their bound.
struct SemaphoreRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr int kBits = 30;
  static constexpr uint64_t kMax = (uint64_t{1} << kBits) - 1;
  static constexpr int kBoundShift = WaitCore::kPayloadShift + kBits;

  static uint64_t PermitsOf(uint64_t word) noexcept {
    return word / kOne & kMax;
  }
  static uint64_t BoundOf(uint64_t word) noexcept {
    return word >> kBoundShift;
  }

  static bool Take(uint64_t* word, uint64_t* count) noexcept {
    return !WaitCore::OthersComeFirst(*word) && Grant(word, count);
  }
  static bool Grant(uint64_t* word, uint64_t* count) noexcept {
    if (PermitsOf(*word) < *count) return false;
    *word -= *count * kOne;
    return true;
  }
  static bool Fits(uint64_t word, uint64_t count) noexcept {
    return count <= BoundOf(word) - PermitsOf(word);
  }
  static bool ReleaseNow(WaitCore& core, uint64_t count) noexcept {
    bool released;
    core.Give(
        [&](uint64_t word) noexcept {
          released = Fits(word, count);
          return released ? word + count * kOne : word;
        },
        [](uint64_t before, uint64_t after) { return before != after; });
    return released;
  }
  // False, and nothing happens, if there would be more than the bound.
  static bool Release(WaitCore& core, uint64_t count) noexcept {
    return ReleaseNow(core, count) || ReleaseAtBound(core, count);
  }
  static bool ReleaseAtBound(WaitCore& core, uint64_t count) noexcept;
  static void GiveBack(WaitCore& core, uint64_t count) noexcept {
    (void)Release(core, count);
  }
  static constexpr Rules kRules = {.name = "a Semaphore",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &GiveBack,
                                   .held_briefly = true};
};

}  // namespace internal

// A number of permits, which are acquired and released: what asyncio.Semaphore
// is to Python, for threads, coroutines and callbacks at once. Whoever finds
// none waits for one, and gets it handed. With a bound it is an
// asyncio.BoundedSemaphore. To protect data, a Mutex says better what is meant.
//
// Example:
//
//   synclib::Semaphore permits(2);
//   permits.Acquire();
//   assert(permits.TryAcquire());
//   assert(!permits.TryAcquire());
//   permits.Release();
//   assert(permits.Acquire(absl::Seconds(1)) == synclib::WaitResult::kReady);
//
// Thread safety: every method, by any thread, at any time. TryAcquire(),
//   permits(), and Release() but at the bound, wait for no other thread and
//   suit signal handlers on Linux: Release() does if all waiters are threads.
// Ordering: what happened before a Release() is visible after whatever acquires
//   a permit later.
// Lifetime: once a wait has returned kReady, or TryAcquire() true, it may go,
//   though the Release() that the permit came from has not returned yet. All
//   other calls must have.
// Wake order: first in, first out: who waits for many permits is not overtaken,
//   not even by TryAcquire(). But a thread first tries for a moment, before it
//   waits. A permit that is handed to one that sleeps waits for it to run.
// Resumption: as an Event's waits.
// Time-outs: every wait takes WaitOptions. A permit that comes at the same
//   moment is either the wait's, which is kReady, or the next one's.
// Misuse: to destroy a semaphore with waiters: debug builds abort, and say who
//   waits. A number of permits that is negative, or beyond the bound to begin
//   with or to acquire several, ends the program. Of a bound of 0 none is had.
// Cost: 16 bytes, no allocation. One read-modify-write where nobody need wait
//   or waits, two to hand over a permit, and a system call for each thread that
//   sleeps.
class Semaphore : private internal::Primitive<internal::SemaphoreRules> {
 public:
  static constexpr int64_t kMaxPermits = internal::SemaphoreRules::kMax;

  // Starts with `permits`; at most `bound` are there at a time.
  constexpr explicit Semaphore(int64_t permits,
                               int64_t bound = kMaxPermits) noexcept
      : Primitive(Checked(bound, kMaxPermits) << Rules::kBoundShift |
                  Checked(permits, bound) * Rules::kOne) {}

  // Adds permits, and hands them to who waits. False, and nothing happens, if
  // there would be more than the bound.
  bool Release(int64_t count = 1) noexcept {
    return Rules::Release(core_, Checked(count, INT64_MAX));
  }

  // Takes a permit if it is there, and nobody waits for one. Says false also at
  // a moment at which a wait begins or ends; a wait whose limit has passed may
  // then be told kTimeout.
  [[nodiscard]] bool TryAcquire() noexcept { return TakeNow(1); }
  [[nodiscard]] bool TryAcquireMany(int64_t count) noexcept {
    return TakeNow(Acquirable(count));
  }

  // Those that nobody has acquired yet: for tests and diagnostics.
  int64_t permits() const noexcept {
    return static_cast<int64_t>(Rules::PermitsOf(core_.Read()));
  }

  // For WaitAny(), WaitAll() and callbacks: a permit, or several that come
  // together. NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(1); }
  Waitable Many(int64_t count) noexcept { return Target(Acquirable(count)); }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

  // Blocks this thread until it has a permit. Always kReady.
  WaitResult Acquire(
      std::source_location where = std::source_location::current()) noexcept {
    return Block(1, where);
  }

  // The same, or until the wait gives up.
  [[nodiscard]] WaitResult Acquire(const WaitOptions& options) noexcept {
    return Block(1, options);
  }

  // The same for several permits, which come together.
  WaitResult AcquireMany(
      int64_t count,
      std::source_location where = std::source_location::current()) noexcept {
    return Block(Acquirable(count), where);
  }
  [[nodiscard]] WaitResult AcquireMany(int64_t count,
                                       const WaitOptions& options) noexcept {
    return Block(Acquirable(count), options);
  }

  // The same for coroutines: `co_await permits.AsyncAcquire()` is a WaitResult.
  // Nothing happens until it is awaited. `.On(executor)` says where to resume.
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncAcquire(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(1, where);
  }
  LimitedAwaiter AsyncAcquire(WaitOptions options) noexcept {
    return Await(1, std::move(options));
  }
  Awaiter AsyncAcquireMany(
      int64_t count,
      std::source_location where = std::source_location::current()) noexcept {
    return Await(Acquirable(count), where);
  }
  LimitedAwaiter AsyncAcquireMany(int64_t count, WaitOptions options) noexcept {
    return Await(Acquirable(count), std::move(options));
  }

  // The same for callbacks, as Event::Add(). A result of kReady means that a
  // permit is had, or as many as `count`.
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Primitive::Add(1, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(1, callback, std::move(options));
  }
  [[nodiscard]] std::optional<WaitResult> AddMany(
      int64_t count, Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return AddMany(count, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> AddMany(
      int64_t count, Callback& callback, WaitOptions options) noexcept {
    return Primitive::Add(Acquirable(count), callback, std::move(options));
  }

 private:
  using Rules = internal::SemaphoreRules;

  [[noreturn]] static void ReportNumber(int64_t number, int64_t most) noexcept;

  static constexpr uint64_t Checked(int64_t number, int64_t most) noexcept {
    if (number < 0 || number > most) ReportNumber(number, most);
    return static_cast<uint64_t>(number);
  }
  uint64_t Acquirable(int64_t count) const noexcept {
    return Checked(count, static_cast<int64_t>(Rules::BoundOf(core_.Read())));
  }
};

static_assert(sizeof(Semaphore) == 16);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_SEMAPHORE_H_

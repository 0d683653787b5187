// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_LATCH_H_
#define SYNC_LATCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/callback.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A Latch's payload: what is left to count down.
struct LatchRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;

  static bool Take(uint64_t* word, uint64_t*) noexcept { return *word < kOne; }
  static constexpr Rules kRules = {
      .name = "a Latch", .take = &Take, .grant = &Take, .broadcasts = true};
};

}  // namespace internal

// A count that goes down to zero, once, and whoever waits for that: what
// std::latch is to threads, for coroutines and callbacks as well. For phases
// that repeat, use Barrier; for a flag that is set by one, Event.
//
// Example:
//
//   synclib::Latch done(2);
//   std::jthread first([&] { done.CountDown(); });
//   std::jthread second([&] { done.CountDown(); });
//   done.Wait();
//
// Thread safety: every method, by any thread, at any time. CountDown(),
//   TryWait() and count() wait for no other thread, and suit signal handlers on
//   Linux: CountDown() does if all waiters are threads.
// Ordering: what happened before each CountDown() is visible after a wait.
// Lifetime: once a wait has returned kReady, or TryWait() true, the latch may
//   go, though calls of CountDown(), and waits without limit or token that were
//   released, have not returned yet. All others must have, also to arrive.
// Wake order: as an Event's broadcast.
// Resumption: as an Event's waits.
// Time-outs: every wait takes WaitOptions.
// Misuse: to destroy a latch with waiters: debug builds abort, and say who
//   waits. To count below zero, or from a negative number, ends the program
//   with a message.
// Cost: 16 bytes, no allocation. One read-modify-write to count down, two for
//   the last where somebody waits, and system calls for threads that sleep, as
//   an Event's.
class Latch : private internal::Primitive<internal::LatchRules> {
 public:
  static constexpr int64_t kMaxCount = (int64_t{1} << 59) - 1;

  constexpr explicit Latch(int64_t count) noexcept
      : Primitive(Checked(count, kMaxCount) * Rules::kOne) {}

  // Subtracts `count`. Returns how many waits this call released, as
  // Event::Set() does: none, unless it was the last.
  size_t CountDown(int64_t count = 1) noexcept;

  // Counts down, and waits for the others.
  WaitResult ArriveAndWait(
      std::source_location where = std::source_location::current()) noexcept {
    CountDown();
    return Wait(where);
  }
  [[nodiscard]] WaitResult ArriveAndWait(const WaitOptions& options) noexcept {
    CountDown();
    return Wait(options);
  }

  // Whether the count is zero.
  [[nodiscard]] bool TryWait() const noexcept { return count() == 0; }

  // What is left to count down.
  int64_t count() const noexcept {
    return static_cast<int64_t>(core_.Read() / Rules::kOne);
  }

  // For WaitAny(), WaitAll() and callbacks.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(0); }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

  // Blocks this thread until the count is zero. Always kReady.
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

  // `co_await latch`.
  Awaiter operator co_await() noexcept {
    return Await(0, std::source_location());
  }

  // ArriveAndWait() for coroutines: counts down when it is awaited.
  template <class Wait>
  class [[nodiscard]] Arriving : public Wait {
   public:
    Arriving On(Executor& executor) && noexcept {
      this->set_executor(&executor);
      return std::move(*this);
    }
    bool await_ready() noexcept {
      latch_.CountDown();
      return Wait::await_ready();
    }

   private:
    friend class Latch;
    Arriving(Latch& latch, Wait wait) noexcept
        : Wait(std::move(wait)), latch_(latch) {}

    Latch& latch_;
  };
  Arriving<Awaiter> AsyncArriveAndWait(
      std::source_location where = std::source_location::current()) noexcept {
    return {*this, AsyncWait(where)};
  }
  Arriving<LimitedAwaiter> AsyncArriveAndWait(WaitOptions options) noexcept {
    return {*this, AsyncWait(std::move(options))};
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
  using Rules = internal::LatchRules;

  static constexpr uint64_t Checked(int64_t number, int64_t most) noexcept {
    if (number < 0 || number > most) ReportNumber(number, most);
    return static_cast<uint64_t>(number);
  }
  [[noreturn]] static void ReportNumber(int64_t number, int64_t most) noexcept;
};

inline size_t Latch::CountDown(int64_t count) noexcept {
  return core_.Broadcast(
      [count](uint64_t word) noexcept {
        const auto left = static_cast<int64_t>(word / Rules::kOne);
        return word - Checked(count, left) * Rules::kOne;
      },
      [](uint64_t before, uint64_t after) {
        return after < Rules::kOne && before >= Rules::kOne;
      });
}

static_assert(sizeof(Latch) == 16);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_LATCH_H_

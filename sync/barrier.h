// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_BARRIER_H_
#define SYNC_BARRIER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/callback.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A Barrier's payload: parties, arrivals, and some flags. An arrival counts
// until its wait is granted or leaves, so that those of a phase that has ended
// are no longer there when the list is free.
struct BarrierRules {
  static constexpr uint64_t kBroken = uint64_t{1} << WaitCore::kPayloadShift;
  // The phase of those who have arrived has ended: well, or by Reset().
  static constexpr uint64_t kIsComplete = 2 * kBroken;
  static constexpr uint64_t kIsReset = 4 * kBroken;
  static constexpr uint64_t kBreaksOnLeave = 8 * kBroken;  // Who gives up.
  static constexpr uint64_t kOneArrival = 16 * kBroken;
  static constexpr int kBits = 28;
  static constexpr uint64_t kMax = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kOneParty = kOneArrival << kBits;

  static uint64_t ArrivalsOf(uint64_t word) noexcept {
    return word / kOneArrival & kMax;
  }
  static uint64_t PartiesOf(uint64_t word) noexcept { return word / kOneParty; }
  // Whether those who have arrived wait no more.
  static bool IsOver(uint64_t word) noexcept {
    return (word & (kBroken | kIsComplete | kIsReset)) != 0;
  }

  // What a wait learns: its index, or one of these.
  static constexpr uint64_t kWasBroken = uint64_t{1} << 63;
  static constexpr uint64_t kNoArrival = uint64_t{1}
                                         << 62;  // It gave up first.

  // The last of the parties, who need not wait, and who meets a barrier that is
  // broken.
  static bool Take(uint64_t* word, uint64_t* what) noexcept;
  static bool Grant(uint64_t* word, uint64_t* what) noexcept;
  static void Join(uint64_t* word, uint64_t* what) noexcept;
  static void Leave(uint64_t* word) noexcept;
  static constexpr Rules kRules = {.name = "a Barrier",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .join = &Join,
                                   .leave = &Leave,
                                   .taking_gives = true};
};

}  // namespace internal

// How a wait at a Barrier ended.
struct [[nodiscard]] BarrierResult {
  enum Outcome : uint8_t {
    kComplete,   // All parties have arrived.
    kBroken,     // The barrier was broken, before or meanwhile.
    kCancelled,  // As WaitResult.
    kTimeout,
  };

  static constexpr int64_t kNone = -1;

  Outcome outcome;
  // Of kComplete: from 0 on, and different for all parties of the phase. One of
  // them may do what is to be done once. Else, kNone.
  int64_t index;
};

// Where a number of parties, threads, coroutines and callbacks, wait for one
// another, again and again: what asyncio.Barrier is to Python. If more wait
// than there are parties, they belong to several phases. For something that
// happens once, use Latch.
//
// Example:
//
//   synclib::Barrier barrier(2);
//   std::jthread other([&] { (void)barrier.ArriveAndWait(); });
//   assert(barrier.ArriveAndWait().outcome ==
//          synclib::BarrierResult::kComplete);
//
// Thread safety: every method, by any thread, at any time. All but the waits
//   and waiters() wait for no other thread.
// Ordering: what happened before each arrival, or Drop(), is visible after the
//   waits of its phase.
// Lifetime: once a wait has ended with kComplete or kBroken, the barrier may
//   go, though the call that brought that about, and waits without limit or
//   token of the same phase, have not returned yet. All other calls must have.
// Wake order: as an Event's broadcast, but threads that haven't fallen asleep
//   yet come before those that have.
// Resumption: as an Event's waits.
// Time-outs: every wait takes WaitOptions. One that gives up takes its arrival
//   back, and the others wait on; or, if the barrier was made so, breaks it.
// Misuse: to destroy a barrier with waiters: debug builds abort, and say who
//   waits. To destroy what arrives last from code that it releases. Fewer
//   parties than one, or more than kMaxParties, end the program.
// Cost: 16 bytes, no allocation. An arrival is a wait of an Event's; the last
//   one of a phase looks at each of the others.
class Barrier : private internal::Primitive<internal::BarrierRules> {
 public:
  static constexpr int64_t kMaxParties = internal::BarrierRules::kMax;

  // What a wait that gives up does to the others.
  enum GivingUp : bool { kTakesArrivalBack, kBreaks };

  constexpr explicit Barrier(int64_t parties,
                             GivingUp giving_up = kTakesArrivalBack) noexcept
      : Primitive(Checked(parties) * Rules::kOneParty |
                  (giving_up == kBreaks ? Rules::kBreaksOnLeave : 0)) {}

  // Blocks this thread until all parties have arrived.
  BarrierResult ArriveAndWait(
      std::source_location where = std::source_location::current()) noexcept;

  // The same, or until the wait gives up.
  BarrierResult ArriveAndWait(const WaitOptions& options) noexcept;

  // The same for coroutines: `co_await barrier.AsyncArriveAndWait()` is a
  // BarrierResult. Nothing happens until it is awaited. `.On(executor)` says
  // where to resume.
  template <class Wait>
  class [[nodiscard]] BasicAwaiter : public Wait {
   public:
    BasicAwaiter On(Executor& executor) && noexcept {
      this->set_executor(&executor);
      return std::move(*this);
    }
    BarrierResult await_resume() const noexcept {
      return barrier_.Ended(Wait::await_resume(), this->what());
    }

   private:
    friend class Barrier;
    template <class How>
    BasicAwaiter(Barrier& barrier, How how) noexcept
        : Wait(barrier.core_, Rules::kNoArrival, std::move(how)),
          barrier_(barrier) {}

    Barrier& barrier_;
  };
  using Awaiter = BasicAwaiter<internal::Awaiter<internal::BarrierRules>>;
  using LimitedAwaiter =
      BasicAwaiter<internal::LimitedAwaiter<internal::BarrierRules>>;
  Awaiter AsyncArriveAndWait(
      std::source_location where = std::source_location::current()) noexcept {
    return Awaiter(*this, where);
  }
  LimitedAwaiter AsyncArriveAndWait(WaitOptions options) noexcept {
    return LimitedAwaiter(*this, std::move(options));
  }

  // The same for callbacks: arrives. A value: the wait has ended at once, and
  // the function isn't called; those of others may be. In the function, until
  // it adds the callback again, ResultOf() says how the wait has ended.
  // Remove() takes the arrival back, as a wait that gives up.
  [[nodiscard]] std::optional<BarrierResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Add(callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<BarrierResult> Add(Callback& callback,
                                                 WaitOptions options) noexcept;
  static BarrierResult ResultOf(const Callback& callback,
                                WaitResult result) noexcept {
    return ToResult(result, callback.callback_wait_.what(Rules::kRules));
  }

  // There is one party less from now on: who would have been the next to
  // arrive. Without parties, the barrier is of no more use.
  void Drop() noexcept;

  // Breaks the barrier: waits end with kBroken, also those to come, until it is
  // reset. Returns how many this call ended, as Event::Set() does.
  size_t Abort() noexcept;

  // Mends the barrier. Waits, if there are any, end with kBroken; those to come
  // belong to a new phase.
  void Reset() noexcept;

  bool broken() const noexcept { return (core_.Read() & Rules::kBroken) != 0; }
  int64_t parties() const noexcept {
    return static_cast<int64_t>(Rules::PartiesOf(core_.Read()));
  }
  // How many have arrived, and wait for the others.
  int64_t arrived() const noexcept {
    const uint64_t word = core_.Read();
    return Rules::IsOver(word) ? 0
                               : static_cast<int64_t>(Rules::ArrivalsOf(word));
  }
  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

 private:
  using Rules = internal::BarrierRules;

  static constexpr uint64_t Checked(int64_t parties) noexcept {
    if (parties < 1 || parties > kMaxParties) ReportParties(parties);
    return static_cast<uint64_t>(parties);
  }
  [[noreturn]] static void ReportParties(int64_t parties) noexcept;
  static BarrierResult ToResult(WaitResult result, uint64_t what) noexcept;
  BarrierResult Ended(WaitResult result, uint64_t what) noexcept;
};

static_assert(sizeof(Barrier) == 16);
static_assert(sizeof(Barrier::Awaiter) <= 96);
static_assert(sizeof(Barrier::LimitedAwaiter) <= 224);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_BARRIER_H_

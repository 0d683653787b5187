// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// When a wait gives up, and how it ended: the vocabulary of every wait.

#ifndef SYNC_WAIT_OPTIONS_H_
#define SYNC_WAIT_OPTIONS_H_

#include <cstdint>
#include <source_location>
#include <utility>

#include "absl/time/time.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

// How a wait ended. Where more than one holds at the step that decides, the
// first of this list is the answer: a wait on a set event is kReady even if
// its token is stopped and its limit has passed.
enum class WaitResult : uint8_t {
  kReady,      // What was waited for has happened.
  kCancelled,  // The stop token was stopped first.
  kTimeout,    // The limit came first.
};

// When a wait gives up. Implicit, so that a call reads like a sentence:
//
// Example:
//
//   synclib::Event event(synclib::Event::kSet);
//   std::stop_source source;
//   (void)event.Wait(absl::Seconds(1));                        // A duration.
//   (void)event.Wait(absl::Now() + absl::Seconds(1));          // A time.
//   (void)event.Wait(source.get_token());                      // A token.
//   (void)event.Wait({absl::Seconds(1), source.get_token()});  // Both.
//
// A duration counts on the monotonic clock, from the moment the wait begins (a
// coroutine's: when it is awaited). A time follows the wall clock: a forward
// jump is noticed within a second, and a backward jump never ends a wait
// early. No wait ends with kTimeout before a reading of its clock shows that
// the limit has come; of two waits whose limits are within a millisecond of
// one another, either may end first. A zero or negative duration and a time in
// the past make the wait a try, which never sleeps; infinite and huge ones are
// for ever. Fractions of a nanosecond round up. For std::chrono, see
// absl::FromChrono(). To wait without a limit, leave the argument out.
//
// Thread safety: a value.
// Lifetime: a wait copies what it needs; the token keeps its state alive.
// Cost: of a limit, a reading of the clock, and for coroutines and callbacks a
//   place among the timers, entered and left in constant time under a lock;
//   of a token, a registration, under a lock of the C++ library's.
class WaitOptions {
 public:
  using Where = std::source_location;

  // Never gives up.
  WaitOptions() noexcept : WaitOptions(Where()) {}
  explicit WaitOptions(Where where) noexcept
      : WaitOptions(StopToken(), where) {}

  // NOLINTBEGIN(google-explicit-constructor): implicit by design.
  WaitOptions(absl::Duration limit, Where where = Where::current()) noexcept
      : WaitOptions(limit, StopToken(), where) {}
  WaitOptions(absl::Time limit, Where where = Where::current()) noexcept
      : WaitOptions(limit, StopToken(), where) {}
  WaitOptions(StopToken token, Where where = Where::current()) noexcept
      : WaitOptions(absl::InfiniteDuration(), std::move(token), where) {}
  WaitOptions(absl::Duration limit, StopToken token,
              Where where = Where::current()) noexcept
      : duration_(limit),
        clock_(Deadline::kDuration),
        token_(std::move(token)),
        where_(where) {}
  WaitOptions(absl::Time limit, StopToken token,
              Where where = Where::current()) noexcept
      : time_(limit),
        clock_(Deadline::kWall),
        token_(std::move(token)),
        where_(where) {}
  // NOLINTEND(google-explicit-constructor)

  // The same, with a duration that has begun to count, for several waits.
  WaitOptions Begun() const noexcept {
    const Deadline started = limit().Started();
    if (started.clock() == Deadline::kWall) return *this;
    WaitOptions begun = *this;
    begun.duration_ = absl::Nanoseconds(started.nanos());
    begun.clock_ = Deadline::kMonotonic;
    return begun;
  }

  // Where the options were made; for messages about who waits.
  Where where() const noexcept { return where_; }

  // For the library's own waits: when one gives up, and whether it does unless
  // it ends at once.
  internal::Deadline limit() const noexcept {
    if (clock_ == Deadline::kWall) {
      return Deadline(clock_, RoundUp(time_ - absl::UnixEpoch()));
    }
    const int64_t nanos = RoundUp(duration_);
    // Of one that has begun, and was over then: whatever its clock says.
    const bool is_past = clock_ == Deadline::kMonotonic && nanos == 0;
    return Deadline(clock_, is_past ? INT64_MIN : nanos);
  }
  bool is_try() const noexcept {
    return clock_ == Deadline::kDuration && duration_ <= absl::ZeroDuration() &&
           !token_.stop_possible();
  }
  const StopToken& token() const& noexcept { return token_; }
  StopToken token() && noexcept { return std::move(token_); }

 private:
  using Deadline = internal::Deadline;

  // In nanoseconds, saturated; absl's own conversion rounds down.
  static int64_t RoundUp(absl::Duration d) noexcept {
    if (d <= absl::ZeroDuration()) return 0;
    const int64_t nanos = absl::ToInt64Nanoseconds(d);
    return nanos < INT64_MAX && absl::Nanoseconds(nanos) < d ? nanos + 1
                                                             : nanos;
  }

  // As it was given: a wait that ends at once converts nothing.
  union {
    absl::Duration duration_;
    absl::Time time_;  // Of the wall clock.
  };
  Deadline::Clock clock_;
  StopToken token_;
  Where where_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_WAIT_OPTIONS_H_

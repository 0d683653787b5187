// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// When a wait gives up, in the form that the library computes with.

#ifndef SYNC_INTERNAL_DEADLINE_H_
#define SYNC_INTERNAL_DEADLINE_H_

#include <algorithm>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A moment on one of two clocks, or a duration that has not begun to count.
class Deadline {
 public:
  enum Clock : uint8_t { kMonotonic, kWall, kDuration };

  // Never.
  constexpr Deadline() noexcept = default;
  constexpr Deadline(Clock clock, int64_t nanos) noexcept
      : nanos_(nanos), clock_(clock) {}

  bool never() const noexcept { return nanos_ == kNever; }
  Clock clock() const noexcept { return clock_; }
  int64_t nanos() const noexcept { return nanos_; }

  // This moment, or the one in which this duration ends if it begins now.
  Deadline Started() const noexcept {
    if (clock_ != kDuration || never()) return *this;
    if (nanos_ <= 0) return Deadline(kMonotonic, INT64_MIN);
    const Instant now = MonotonicNow();
    return Deadline(kMonotonic, nanos_ > kNever - now ? kNever : now + nanos_);
  }

  // Whether a reading of the clock shows that the moment has come, or there is
  // nothing of the duration.
  bool Passed() const noexcept {
    if (never() || nanos_ == INT64_MIN) return !never();
    if (clock_ == kDuration) return nanos_ <= 0;
    return (clock_ == kMonotonic ? MonotonicNow() : WallNow()) >= nanos_;
  }

  // When to look at the clock again. The wall clock may jump: half a second
  // is the longest that anybody sleeps by it.
  Instant NextLook() const noexcept {
    if (never() || clock_ == kMonotonic) return nanos_;
    constexpr int64_t kLongest = 500'000'000;
    const int64_t now = WallNow();
    if (nanos_ <= now) return MonotonicNow();
    return MonotonicNow() + std::min(nanos_ - now, kLongest);
  }

 private:
  int64_t nanos_ = kNever;
  Clock clock_ = kMonotonic;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_DEADLINE_H_

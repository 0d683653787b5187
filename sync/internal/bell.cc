// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/bell.h"

#include <atomic>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib::inline SYNC_ABI::internal {
namespace {

constexpr uint64_t kOneSleeper = uint64_t{1} << 32;

}  // namespace

uint32_t Bell::Listen() const noexcept {
  return static_cast<uint32_t>(state_.load(std::memory_order_acquire));
}

void Bell::Sleep(uint32_t heard, Instant deadline) noexcept {
  const uint64_t before =
      state_.fetch_add(kOneSleeper, std::memory_order_acq_rel);
  if (static_cast<uint32_t>(before) == heard) {
    FutexWait(state_, heard, deadline);
  }
  state_.fetch_sub(kOneSleeper, std::memory_order_acq_rel);
}

void Bell::Ring(int count) noexcept {
  uint64_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    const uint64_t rings = static_cast<uint32_t>(state + 1);
    const uint64_t sleepers = state >> 32 << 32;
    if (state_.compare_exchange_weak(state, sleepers | rings,
                                     std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
      if (sleepers != 0) FutexWake(&state_, count);
      return;
    }
  }
}

}  // namespace synclib::inline SYNC_ABI::internal

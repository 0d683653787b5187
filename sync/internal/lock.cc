// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/lock.h"

#include <atomic>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Orders of a lock: what takes it acquires, unlock() releases; a failed attempt
// has seen nothing.

bool Lock::try_lock() noexcept {
  uint32_t free = 0;
  return state_.compare_exchange_strong(free, 1, std::memory_order_acquire,
                                        std::memory_order_relaxed);
}

void Lock::lock() noexcept {
  for (int round = 0; !try_lock(); ++round) {
    if (!SpinHint(round)) return Sleep();
  }
}

void Lock::Sleep() noexcept {
  // Whoever has slept leaves a 2 behind, since others may still sleep.
  while (state_.exchange(2, std::memory_order_acquire) != 0) {
    FutexWait(state_, 2, kNever);
  }
}

void Lock::unlock() noexcept {
  if (state_.exchange(0, std::memory_order_release) == 2) {
    FutexWake(&state_, 1);
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

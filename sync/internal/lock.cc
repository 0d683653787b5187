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

void Lock::Await() noexcept {
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

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

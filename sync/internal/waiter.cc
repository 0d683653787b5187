// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/waiter.h"

#include <atomic>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

bool Waiter::Park(Deadline deadline) noexcept {
  for (int round = 0;; ++round) {
    if (parked.load(std::memory_order_acquire) == 1) return true;  // [P2]
    if (SpinHint(round)) continue;
    if (deadline.Passed()) return false;
    FutexWait(parked, 0, deadline.NextLook());
  }
}

void Waiter::Unpark() noexcept {
  const void* address = &parked;
  parked.store(1, std::memory_order_release);  // [P1]: the last touch.
  FutexWake(address, 1);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

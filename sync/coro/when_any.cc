// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/when_any.h"

#include <atomic>
#include <cstddef>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Relaxed: what the tasks did is seen by who awaits them all.

void Race::End(size_t number) noexcept {
  size_t none = 0;
  if (ended_.compare_exchange_strong(none, number + 1,
                                     std::memory_order_relaxed,
                                     std::memory_order_relaxed)) {
    source_.request_stop();
  }
}

size_t Race::first() const noexcept {
  return ended_.load(std::memory_order_relaxed) - 1;
}

void CheckRace(size_t tasks) noexcept {
  if (tasks == 0) Fatal("WhenAny() of no tasks would never end");
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a Waitable is underneath.

#ifndef SYNC_INTERNAL_TARGET_H_
#define SYNC_INTERNAL_TARGET_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/fixed_array.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// What to wait for, and where.
struct Target {
  WaitCore* core;
  Request request;
  uint64_t* granted = nullptr;  // Learns what the wait got, if it is this one;
                                // 0 before.
};

// Tells `*granted`, which may be null, what a wait got.
inline void Tell(uint64_t* granted, uint64_t what) noexcept {
  if (granted == nullptr) return;
  if (kDebugChecks && *granted != 0) {
    Fatal("Waitables were waited for again before what they brought was taken");
  }
  *granted = what;
}

inline constexpr size_t kInlineTargets = 8;
using Targets = absl::FixedArray<Target, kInlineTargets>;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_TARGET_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_INTERNAL_LOCK_H_
#define SYNC_INTERNAL_LOCK_H_

#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Mutual exclusion among waiters, timers and workers. Setters only try.
class Lock {
 public:
  constexpr Lock() noexcept = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  void lock() noexcept;
  bool try_lock() noexcept;
  void unlock() noexcept;

 private:
  void Sleep() noexcept;

  Atomic<uint32_t> state_{0};  // 0 free, 1 held, 2 held and slept for.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_LOCK_H_

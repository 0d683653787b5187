// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_INTERNAL_LOCK_H_
#define SYNC_INTERNAL_LOCK_H_

#include <atomic>
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

  // Orders: what takes the lock acquires, unlock() releases; a failed attempt
  // has seen nothing.
  void lock() noexcept {
    if (!try_lock()) Await();
  }
  bool try_lock() noexcept {
    uint32_t free = 0;
    return state_.compare_exchange_strong(free, 1, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (state_.exchange(0, std::memory_order_release) == 2) {
      FutexWake(&state_, 1);
    }
  }

 private:
  void Await() noexcept;
  void Sleep() noexcept;

  Atomic<uint32_t> state_{0};  // 0 free, 1 held, 2 held and slept for.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_LOCK_H_

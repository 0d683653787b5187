// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_MUTEX_H_
#define SYNC_MUTEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>

#include "absl/base/thread_annotations.h"
#include "sync/callback.h"
#include "sync/internal/config.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A Mutex's payload: whether it is held.
struct MutexRules {
  static constexpr uint64_t kHeld = uint64_t{1} << WaitCore::kPayloadShift;

  static bool Take(uint64_t* word, uint64_t) noexcept {
    if (*word & kHeld) return false;
    *word |= kHeld;
    return true;
  }
  // Has not lost yet.
  static uint64_t Joined(uint64_t, uint64_t) noexcept { return 0; }
  static constexpr Rules kRules = {"a Mutex", &Take, &Joined,
                                   /*broadcasts=*/false, /*barging=*/true};
};

}  // namespace internal

class ABSL_LOCKABLE Mutex : private internal::Primitive<internal::MutexRules> {
 public:
  constexpr Mutex() noexcept : Primitive(0) {}

  void lock() noexcept ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    Block(0, std::source_location());
  }
  [[nodiscard]] bool try_lock() noexcept ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TakeNow(0);
  }
  void unlock() noexcept ABSL_UNLOCK_FUNCTION() {
    core_.Give([](uint64_t word) noexcept { return word & ~Rules::kHeld; },
               [](uint64_t, uint64_t) { return true; });
  }
  [[nodiscard]] WaitResult Lock(const WaitOptions& options) noexcept {
    return Block(0, options);
  }
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncLock(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(0, where);
  }
  LimitedAwaiter AsyncLock(const WaitOptions& options) noexcept {
    return Await(0, options);
  }
  size_t waiters() noexcept { return core_.Count(); }

 private:
  using Rules = internal::MutexRules;
};

static_assert(sizeof(Mutex) == 16);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_MUTEX_H_

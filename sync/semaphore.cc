// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/semaphore.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

bool internal::SemaphoreRules::Release(WaitCore& core,
                                       uint64_t count) noexcept {
  const auto fits = [count](uint64_t word) noexcept {
    return count <= BoundOf(word) - PermitsOf(word);
  };
  bool released;
  do {
    core.Give(
        [&](uint64_t word) noexcept {
          released = fits(word);
          return released ? word + count * kOne : word;
        },
        [](uint64_t before, uint64_t after) { return before != after; });
    // Some of the permits may have been those of waits.
  } while (!released && fits(core.AwaitDrain()));
  return released;
}

void Semaphore::ReportNumber(int64_t number, int64_t most) noexcept {
  internal::Fatal(absl::StrCat("a Semaphore was asked for ", number,
                               " permits; it can have 0 to ", most));
}

}  // namespace SYNC_ABI
}  // namespace synclib

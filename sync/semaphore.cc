// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/semaphore.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

bool internal::SemaphoreRules::ReleaseAtBound(WaitCore& core,
                                              uint64_t count) noexcept {
  // Some of the permits may have been those of waits.
  while (Fits(core.AwaitDrain(), count)) {
    if (ReleaseNow(core, count)) return true;
  }
  return false;
}

void Semaphore::ReportNumber(int64_t number, int64_t most) noexcept {
  internal::Fatal(absl::StrCat("a Semaphore was asked for ", number,
                               " permits; it can have 0 to ", most));
}

}  // namespace SYNC_ABI
}  // namespace synclib

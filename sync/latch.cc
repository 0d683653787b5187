// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/latch.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

void Latch::ReportNumber(int64_t number, int64_t most) noexcept {
  internal::Fatal(absl::StrCat("a Latch was asked to count ", number,
                               " down; it can count 0 to ", most));
}

}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/latch.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

size_t Latch::CountDown(int64_t count) noexcept {
  return core_.Broadcast(
      [count](uint64_t word) noexcept {
        const auto left = static_cast<int64_t>(word / Rules::kOne);
        return word - Checked(count, left) * Rules::kOne;
      },
      [](uint64_t before, uint64_t after) {
        return after < Rules::kOne && before >= Rules::kOne;
      });
}

void Latch::ReportNumber(int64_t number, int64_t most) noexcept {
  internal::Fatal(absl::StrCat("a Latch was asked to count ", number,
                               " down; it can count 0 to ", most));
}

}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/event.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

void Event::CheckTicket(uint64_t epoch) const noexcept {
  const uint64_t now = this->epoch();
  if (epoch > now) {
    internal::Fatal(absl::StrCat("a wait past epoch ", epoch,
                                 " of an Event whose epoch is ", now,
                                 ": a ticket comes from its own epoch()"));
  }
}

}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/event_watch.h"

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {

void EventWatch::ReportSecondConsumer() noexcept {
  internal::Fatal("an EventWatch was used by two consumers at one time");
}

}  // namespace SYNC_ABI
}  // namespace synclib

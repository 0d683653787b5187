// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/timer_thread.h"

#include "sync/internal/config.h"
#include "sync/internal/timer.h"

namespace synclib {
inline namespace SYNC_ABI {

void StartTimer() noexcept { internal::SharedTimers(); }

}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/sleep.h"

#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/internal/config.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

Task<WaitResult> Sleep(WaitOptions options) {
  Event never;
  co_return co_await never.AsyncWait(options);
}

}  // namespace SYNC_ABI
}  // namespace synclib

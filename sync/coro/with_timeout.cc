// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/with_timeout.h"

#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

Task<> StopUnlessSet(Event& ended, WaitOptions limit, StopSource& source) {
  const WaitResult result = co_await ended.AsyncWait(limit);
  if (result != WaitResult::kReady) source.request_stop();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

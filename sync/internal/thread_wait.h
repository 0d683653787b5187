// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The first way to wait: a blocked thread.

#ifndef SYNC_INTERNAL_THREAD_WAIT_H_
#define SYNC_INTERNAL_THREAD_WAIT_H_

#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Blocks this thread until it can take what it asks for, or the wait gives up.
// Runs what is queued on this thread before it sleeps. `request` becomes what
// it does in WaitCore::Join().
void BlockThread(WaitCore& core, Request& request,
                 std::source_location where) noexcept;
WaitResult BlockThread(WaitCore& core, Request& request,
                       const WaitOptions& options) noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_THREAD_WAIT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The first way to wait: a blocked thread.

#ifndef SYNC_INTERNAL_THREAD_WAIT_H_
#define SYNC_INTERNAL_THREAD_WAIT_H_

#include <cstdint>
#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/wait_core.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Blocks this thread until the request is satisfied or the wait gives up.
// Runs what is queued on this thread before it sleeps. If the result is
// kReady, `*released_by` is the number of the broadcast that made it so.
void BlockThread(WaitCore& core, Request request, std::source_location where,
                 uint64_t* released_by) noexcept;
WaitResult BlockThread(WaitCore& core, Request request,
                       const WaitOptions& options,
                       uint64_t* released_by) noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_THREAD_WAIT_H_

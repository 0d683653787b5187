// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The first way to wait: a blocked thread.

#ifndef SYNC_INTERNAL_THREAD_WAIT_H_
#define SYNC_INTERNAL_THREAD_WAIT_H_

#include <source_location>

#include "absl/base/attributes.h"
#include "absl/functional/function_ref.h"
#include "sync/internal/config.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Blocks this thread until it can take what it asks for, or the wait gives up.
// Runs what is queued on this thread before it sleeps, and tries some times
// before it joins where that is worth it. `request` becomes what it does in
// WaitCore::Join().
//
// Cold, and with options by value, so that a try before it is straight code, to
// which they need not be in memory.
ABSL_ATTRIBUTE_COLD void BlockThread(WaitCore& core, Request& request,
                                     std::source_location where) noexcept;
ABSL_ATTRIBUTE_COLD WaitResult BlockThread(WaitCore& core, Request& request,
                                           WaitOptions options) noexcept;

// The same for one that has something to give up when it has joined, and not
// before: unless the wait ends at once, `then` is called first.
WaitResult BlockThread(WaitCore& core, Request& request, WaitOptions options,
                       absl::FunctionRef<void()> then) noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_THREAD_WAIT_H_

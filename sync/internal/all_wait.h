// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait for all of several things.

#ifndef SYNC_INTERNAL_ALL_WAIT_H_
#define SYNC_INTERNAL_ALL_WAIT_H_

#include "absl/types/span.h"
#include "sync/internal/config.h"
#include "sync/internal/target.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Takes all of `targets` in one step, or nothing. It holds the lists of those
// that are taken at once, but maybe not that of the last, and waits for nobody.
// Unless it is done, `*lacked` is the one that was missing or busy. Puts behind
// `*ring`, which may be null, whom the caller must hand out.
//
// Of two that try at the same time, in different orders, both may find the
// other one in the way; in that of PutInOrder(), one of them gets through.
WaitCore::Attempt TakeAll(absl::Span<const Target> targets,
                          const Target** lacked, Waiter** ring) noexcept;

// Those that are taken come first, by their addresses. Ends the program if one
// of them is there twice.
void PutInOrder(Targets& targets) noexcept;

// What a wait on the list of the one that was missing asks for, to end when it
// may be there. Refers to the target.
Request LookingFor(const Target& target) noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_ALL_WAIT_H_

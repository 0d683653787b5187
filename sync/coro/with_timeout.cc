// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/with_timeout.h"

#include "sync/executor.h"
#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

void Ending::Call(Work* work) { static_cast<Ending*>(work)->event_.Set(); }

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The types of the platform layer, those of the C++ standard library. Included
// by platform.h.

#ifndef SYNC_INTERNAL_PLATFORM_TYPES_H_
#define SYNC_INTERNAL_PLATFORM_TYPES_H_

#include <atomic>

#include "sync/internal/config.h"
#include "sync/internal/platform_std_types.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

template <class T>
using Atomic = std::atomic<T>;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_PLATFORM_TYPES_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The types of the platform layer that are the C++ library's, but for Atomic:
// what a layer shares that has atomics of its own.

#ifndef SYNC_INTERNAL_PLATFORM_STD_TYPES_H_
#define SYNC_INTERNAL_PLATFORM_STD_TYPES_H_

#include <stop_token>
#include <thread>

#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {

// What a wait's cancellation listens to, and what stops it.
using StopToken = std::stop_token;
using StopSource = std::stop_source;

namespace internal {

template <class F>
using StopCallback = std::stop_callback<F>;

using Thread = std::thread;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_PLATFORM_STD_TYPES_H_

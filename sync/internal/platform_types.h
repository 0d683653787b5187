// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The types of the platform layer, those of the C++ standard library. Included
// by platform.h.

#ifndef SYNC_INTERNAL_PLATFORM_TYPES_H_
#define SYNC_INTERNAL_PLATFORM_TYPES_H_

#include <atomic>
#include <stop_token>
#include <thread>

#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {

// What a wait's cancellation listens to, and what stops it.
using StopToken = std::stop_token;
using StopSource = std::stop_source;

namespace internal {

template <class T>
using Atomic = std::atomic<T>;

template <class F>
using StopCallback = std::stop_callback<F>;

using Thread = std::thread;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_PLATFORM_TYPES_H_

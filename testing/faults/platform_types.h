// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The types of the platform layer of a library that is built with faults: what
// sync/internal/platform_types.h is for other builds.

#ifndef SYNC_TESTING_FAULTS_PLATFORM_TYPES_H_
#define SYNC_TESTING_FAULTS_PLATFORM_TYPES_H_

#include "sync/internal/config.h"
#include "sync/internal/platform_std_types.h"
#include "testing/faults/atomic.h"
#include "testing/faults/faults.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

template <class T>
using Atomic = synctest::faults::Atomic<T>;

using synctest::faults::syscall;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_TESTING_FAULTS_PLATFORM_TYPES_H_

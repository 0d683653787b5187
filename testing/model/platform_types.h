// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The types of the platform layer of a library that is built for the model:
// what sync/internal/platform_types.h is for other builds.

#ifndef SYNC_TESTING_MODEL_PLATFORM_TYPES_H_
#define SYNC_TESTING_MODEL_PLATFORM_TYPES_H_

#include "sync/internal/config.h"
#include "testing/model/atomic.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synclib {
inline namespace SYNC_ABI {

using StopToken = synctest::model::StopToken;
using StopSource = synctest::model::StopSource;

namespace internal {

template <class T>
using Atomic = synctest::model::Atomic<T>;

template <class F>
using StopCallback = synctest::model::StopCallback<F>;

using Thread = synctest::model::Thread;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_TESTING_MODEL_PLATFORM_TYPES_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A pause for coroutines, as asyncio.sleep().

#ifndef SYNC_CORO_SLEEP_H_
#define SYNC_CORO_SLEEP_H_

#include "sync/coro/task.h"
#include "sync/internal/config.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// Suspends until the limit has come (kTimeout) or the token is stopped
// (kCancelled). A duration counts from when the task is awaited; a zero or
// negative one doesn't suspend at all.
//
// Example:
//
//   auto nap = []() -> synclib::Task<> {
//     co_await synclib::Sleep(absl::Milliseconds(1));
//   };
//   synclib::Run(nap());
//
// In everything as a co_await of an Event that nobody sets.
// Cost: a frame, and a coroutine's wait with a limit.
Task<WaitResult> Sleep(WaitOptions options);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_SLEEP_H_

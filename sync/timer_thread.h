// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The threads that the library may start by itself.

#ifndef SYNC_TIMER_THREAD_H_
#define SYNC_TIMER_THREAD_H_

#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {

// Starts the timer thread, if it isn't running: two threads, one that watches
// the limits of coroutines and callbacks whose executor has no timers of its
// own, and one on which those without any executor go on after a time-out. The
// first such wait starts it, as does an EventLoop that ends while such a wait
// is suspended under it. A program that must not start a thread then, because
// it is to fork, or to drop privileges, or because it handles failure at a
// better place, calls this before. Blocked threads never need it.
//
// If the system has no thread to give, the program ends with a message. The
// child of a fork() starts its own.
void StartTimer() noexcept;

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_TIMER_THREAD_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the library's own executors keep their work in.

#ifndef SYNC_INTERNAL_WORK_QUEUE_H_
#define SYNC_INTERNAL_WORK_QUEUE_H_

#include <cstdint>

#include "sync/executor.h"
#include "sync/internal/bell.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// First in, first out, intrusive and unbounded. Any thread pushes, which rings
// the bell, and never waits for another; one at a time pops. Pushes go on a
// Treiber stack ("Systems programming: coping with parallelism", 1986); the
// popping side takes all of it at once and turns it round.
class WorkQueue {
 public:
  explicit WorkQueue(Bell& bell) noexcept : bell_(bell) {}
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // False: the queue is closed, and the work still the caller's. The bell's
  // destructor waits for calls of this and of Close(), which what they bring
  // about may overtake.
  bool Push(Work* work) noexcept;

  // The oldest work, or null. Not by two threads at once.
  Work* Pop() noexcept;

  // Nothing can be pushed after this; what has been can still be popped.
  void Close() noexcept;

  // A Pop() that follows a true answer, and returns null, has seen the last.
  bool closed() const noexcept;

 private:
  Bell& bell_;
  // The address of the newest work, linked by `next`, plus kClosed.
  static constexpr uintptr_t kClosed = 1;
  Atomic<uintptr_t> pushed_{0};
  Work* popping_ = nullptr;  // Oldest first.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WORK_QUEUE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the benchmarks of Event's companions share. Their subject of interest is
// called "Ours".

#ifndef SYNC_BENCHMARKS_COMPANIONS_H_
#define SYNC_BENCHMARKS_COMPANIONS_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace syncbench {

// A target: no more than what the table calls behind.
inline constexpr double kLevel = 1.05;

// Of an absl::Mutex, the names of the standard library.
class AbslMutex {
 public:
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Lock(); }
  bool try_lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { return mutex_.TryLock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Unlock(); }
  void lock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderLock(); }
  void unlock_shared() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.ReaderUnlock(); }

 private:
  absl::Mutex mutex_;
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_COMPANIONS_H_

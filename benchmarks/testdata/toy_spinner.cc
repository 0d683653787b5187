// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// An event whose threads never sleep: the example of subject.h.

#include <atomic>
#include <thread>

#include "benchmarks/subject.h"

namespace {

class SpinEvent {
 public:
  void Set() { set_ = true; }
  void Clear() { set_ = false; }
  bool IsSet() const { return set_; }
  void Wait() const {
    while (!set_) std::this_thread::yield();
  }

 private:
  std::atomic<bool> set_{false};
};

SYNC_BENCHMARK_SUBJECT("Spinner", SpinEvent);

}  // namespace

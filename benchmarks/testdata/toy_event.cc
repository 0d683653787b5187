// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What somebody outside would write.

#include <atomic>

#include "benchmarks/subject.h"

namespace {

class ToyEvent {
 public:
  void Set() {
    set_ = true;
    set_.notify_all();
  }
  void Clear() { set_ = false; }
  bool IsSet() const { return set_; }
  void Wait() const { set_.wait(false); }

 private:
  std::atomic<bool> set_{false};
};

SYNC_BENCHMARK_SUBJECT("Toy", ToyEvent);

}  // namespace

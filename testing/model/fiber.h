// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Stacks to switch between on one OS thread, in some nanoseconds.

#ifndef SYNC_TESTING_MODEL_FIBER_H_
#define SYNC_TESTING_MODEL_FIBER_H_

#include <cstddef>

namespace synctest::model {

// Saves where this stack stands in `*from`, and goes on where `to` was saved.
void SwitchStack(void** from, void* to) noexcept;

// Memory for one stack, with a page below it that must not be touched.
class Stack {
 public:
  static constexpr size_t kSize = 256 * 1024;

  Stack();
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // What to give to SwitchStack() to begin with `entry`, which never returns.
  void* Begin(void (*entry)()) noexcept;

  bool Has(const void* address) const noexcept {
    return address >= memory_ && address < memory_ + kSize;
  }
  // From its beginning to `frame`.
  size_t Depth(const void* frame) const noexcept {
    return static_cast<size_t>(memory_ + kSize -
                               static_cast<const char*>(frame));
  }

 private:
  char* memory_;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_FIBER_H_

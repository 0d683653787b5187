// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a piece of code asks of the machine: its atomic operations and its
// system calls, counted. Unlike times, the counts are the same on each run.

#ifndef SYNC_TESTING_COSTS_COSTS_H_
#define SYNC_TESTING_COSTS_COSTS_H_

#include <time.h>

#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/functional/function_ref.h"

namespace synctest::costs {

struct Costs {
  int modifications = 0;  // Atomic read-modify-writes that took effect.
  int failures = 0;       // Compare-exchanges that didn't.
  int loads = 0;
  int stores = 0;
  int sleeps = 0;  // System calls: to sleep on a futex, and to wake.
  int wakes = 0;
  int lines = 0;  // Cache lines of the object, in which there are atomics.
  int nodes = 0;  // Atomics elsewhere, each of which may be in a line apart.
};

// What this thread does in `body`, which is about the object of `size` bytes at
// `object`: that begins a cache line. Calls don't nest, but for one in what
// Interrupt() has run.
Costs Count(const void* object, size_t size, absl::FunctionRef<void()> body);
template <class T>
Costs Count(const T& object, absl::FunctionRef<void()> body) {
  return Count(&object, sizeof(object), body);
}

// The same for what is no piece of code: what this thread does between the two.
void Begin(const void* object, size_t size);
Costs End();

// A moment in the life of a wait of a thread.
enum class Moment {
  kNone,
  kSpin,   // It looks whether it has been woken, for the first time.
  kSleep,  // It goes to sleep.
};

// Has this thread run `body`, uncounted, when it comes to that moment next: in
// the stead of another thread that runs just then.
void Interrupt(Moment moment, std::function<void()> body);

// For the platform layer.

inline constexpr size_t kLine = 64;  // Bytes.

enum class Kind { kModification, kFailure, kLoad, kStore };
void Note(Kind kind, const void* atomic) noexcept;

void Reach(Moment moment) noexcept;

// The futex system call as sync/internal/platform_linux.cc makes it, under the
// name by which it does.
long syscall(long number, const void* address, int operation, uint32_t value,
             const timespec* deadline, const void* unused,
             uint32_t mask) noexcept;

}  // namespace synctest::costs

#endif  // SYNC_TESTING_COSTS_COSTS_H_

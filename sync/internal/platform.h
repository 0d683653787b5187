// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The machine: everything outside the library that it depends on. Only the
// platform files name atomics, system calls, clocks, threads and thread-local
// storage, so that another platform (a portable one, a model) can replace them.

#ifndef SYNC_INTERNAL_PLATFORM_H_
#define SYNC_INTERNAL_PLATFORM_H_

#include <cstdint>
#include <exception>

#include "absl/base/attributes.h"
#include "absl/strings/string_view.h"
#include "sync/internal/config.h"
#include "sync/internal/ring.h"

// What must be a type: Atomic, StopToken, StopCallback and Thread. A header
// from outside of the library may also have a `syscall` in `internal`, which
// then stands between the Linux layer and the kernel.
#ifndef SYNC_PLATFORM_TYPES
#define SYNC_PLATFORM_TYPES "sync/internal/platform_types.h"
#endif
#include SYNC_PLATFORM_TYPES

namespace synclib {
inline namespace SYNC_ABI {

class Executor;

namespace internal {

class WorkQueue;

// A moment on the monotonic clock, in nanoseconds.
using Instant = int64_t;
inline constexpr Instant kNever = INT64_MAX;

// Nanoseconds on the monotonic clock, and of Unix time on the wall clock.
Instant MonotonicNow() noexcept;
int64_t WallNow() noexcept;

// Sleeps while `word` is `expected`, until a wake or, at the latest, the
// deadline. It may return for no reason and says nothing about why: the caller
// looks at what it waits for, and at the clock.
void FutexWait(const Atomic<uint32_t>& word, uint32_t expected,
               Instant deadline) noexcept;

// The same on the low half of a 64-bit word.
void FutexWait(const Atomic<uint64_t>& word, uint32_t expected_low_half,
               Instant deadline) noexcept;

// Wakes up to `count` threads that sleep on `*word`, which is not dereferenced:
// it may be gone. Preserves errno.
inline constexpr int kAllSleepers = INT32_MAX;
void FutexWake(const Atomic<uint32_t>* word, int count) noexcept;
void FutexWake(const Atomic<uint64_t>* word, int count) noexcept;

// One round of waiting for something that another thread does within a few
// instructions: spins, later yields, and at last says false: time to sleep.
bool SpinHint(int round) noexcept;

// For who has been beaten to a change of a word: leaves it to the other one for
// a moment. Otherwise they take its line from one another at each step.
ABSL_ATTRIBUTE_COLD void BackOff() noexcept;

// Spins while `word` is `value`, until the deadline at the latest, and for as
// long as that is worth its while: short of a sleep if another processor is
// about to change it. How long a thread goes on for it, it learns.
void SpinWhile(const Atomic<uint32_t>& word, uint32_t value,
               Instant deadline) noexcept;

// How many rounds are ample for a thread that has lost its processor to get it
// back: one that has done nothing in so many of them must be suspended.
int Patience() noexcept;

// How many of the threads on a list that broadcasts sleep each on its own word,
// before the others share words.
int ThreadsThatSleepAlone() noexcept;

// Has the processor read the memory at `address`, which need not exist, ahead
// of its use.
inline void Prefetch(const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address);
#else
  (void)address;
#endif
}

// Lets other threads have the processor.
void YieldProcessor() noexcept;

// What the library keeps for a thread.
struct ThreadSlot {
  Executor* executor = nullptr;    // Current executor.
  const Executor* pool = nullptr;  // The ThreadPool that the thread is of.
  Ring queue = {};              // Sentinel of the trampoline; see trampoline.h.
  Ring* unmarked = nullptr;     // In `queue`, or the sentinel: the first work
                                // whose stage may not say that it is queued.
  bool is_running = false;      // Whether the trampoline is running.
  WorkQueue* runner = nullptr;  // Not null: gets what would run here.
  uint8_t number = 0;           // Of the thread, modulo 256.
  // Of SpinWhile(): how many calls are not to spin; and how many will not if
  // the next one that does spins in vain.
  uint16_t spins_to_skip = 0;
  uint16_t next_to_skip = 1;
};

// This thread's slot. Out of line, because a compiler may keep the address of
// a thread-local across the suspension of a coroutine.
ThreadSlot& Self() noexcept;

// Grows by one, modulo 65,536, in the child of each fork(), which has no other
// thread then.
inline constinit uint16_t process_generation = 0;
inline uint16_t ProcessGeneration() noexcept { return process_generation; }

// Has `reset` called in the child of each fork(). At most one function.
void OnFork(void (*reset)() noexcept) noexcept;

// Runs f(), and returns the exception that leaves it, if any.
template <class F>
std::exception_ptr CatchAll(const F& f) noexcept {
#ifdef __cpp_exceptions
  try {
    f();
  } catch (...) {
    return std::current_exception();
  }
#else
  f();
#endif
  return nullptr;
}

// Ends the program with `error` as the current exception.
[[noreturn]] void TerminateWith(std::exception_ptr error) noexcept;

// Ends the program with a message on stderr.
[[noreturn]] void Fatal(absl::string_view message) noexcept;

// A thread of the library's own. The program ends with a message if the
// system has none to give. `name`, of at most 15 characters, is what debuggers
// show.
Thread StartThread(const char* name, void (*f)(void*), void* arg) noexcept;

// How many threads can run at once; at least 1.
int HardwareConcurrency() noexcept;

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_PLATFORM_H_

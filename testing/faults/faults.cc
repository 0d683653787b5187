// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/faults/faults.h"

#include <linux/futex.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace synctest::faults {
namespace {

// All that is shared is relaxed, and written only where a fault happens or a
// thread begins: an order, or a fence that comes with one, would hide what the
// library's own orders lack.
constinit std::atomic<uint64_t> seed{0};
constinit std::atomic<uint64_t> threads{0};
constinit std::atomic<uint64_t> counts[kFaults] = {};

// Of this thread's generator; 0: it has not begun. Atomic for the sake of
// signal handlers: one that comes in between merely has a choice repeated.
constinit thread_local std::atomic<uint64_t> generator{0};

void Seed(uint64_t number) noexcept {
  constexpr uint64_t kFarApart = 0x9e3779b97f4a7c15;
  generator.store(seed.load(std::memory_order_relaxed) + number * kFarApart,
                  std::memory_order_relaxed);
}

// What static initializers did before this, they did with the seed 0.
[[maybe_unused]] const bool seeded = [] {
  const char* const text = std::getenv("SYNC_FAULT_SEED");
  const uint64_t chosen = text != nullptr ? std::strtoull(text, nullptr, 10)
                                          : std::random_device()();
  std::fprintf(stderr, "SYNC_FAULT_SEED=%llu\n",
               static_cast<unsigned long long>(chosen));
  seed.store(chosen, std::memory_order_relaxed);
  Seed(threads.fetch_add(1, std::memory_order_relaxed) + 1);
  return true;
}();

// A linear congruential generator, of which the high half is used.
uint32_t Random() noexcept {
  uint64_t state = generator.load(std::memory_order_relaxed);
  if (state == 0) {
    Seed(threads.fetch_add(1, std::memory_order_relaxed) + 1);
    state = generator.load(std::memory_order_relaxed);
  }
  state = state * 6364136223846793005 + 1442695040888963407;
  generator.store(state, std::memory_order_relaxed);
  return static_cast<uint32_t>(state >> 32);
}

bool OnceIn(uint32_t times) noexcept { return Random() < UINT32_MAX / times; }

void Note(Fault fault) noexcept {
  counts[static_cast<int>(fault)].fetch_add(1, std::memory_order_relaxed);
}

timespec SomeMicroseconds() noexcept {
  return {0, static_cast<long>(Random() % kLongestSleep)};
}

// Returns whether it took a while.
bool DelayOnceIn(uint32_t times) noexcept {
  if (!OnceIn(times)) return false;
  const int saved_errno = errno;
  if (OnceIn(kDelaysPerSleep)) {
    Note(Fault::kSleep);
    const timespec duration = SomeMicroseconds();
    nanosleep(&duration, nullptr);
  } else {
    Note(Fault::kYield);
    sched_yield();
  }
  errno = saved_errno;
  return true;
}

}  // namespace

void Delay() noexcept { DelayOnceIn(kStepsPerDelay); }

bool FailsForNoReason() noexcept {
  if (!OnceIn(kExchangesPerFailure)) return false;
  Note(Fault::kWeakFailure);
  return true;
}

long syscall(long number, const void* address, int operation, uint32_t value,
             const timespec* deadline, const void* unused,
             uint32_t mask) noexcept {
  const bool is_wait = operation == FUTEX_WAIT_BITSET_PRIVATE;
  if (DelayOnceIn(kSystemCallsPerDelay) && !is_wait) Note(Fault::kLateWake);
  if (is_wait && OnceIn(kWaitsPerInterruption)) {
    if (OnceIn(2)) {
      Note(Fault::kNoSleep);
    } else {
      Note(Fault::kShortSleep);
      // This operation takes a duration.
      const timespec duration = SomeMicroseconds();
      ::syscall(number, address, FUTEX_WAIT_PRIVATE, value, &duration);
    }
    errno = EINTR;
    return -1;
  }
  const long result =
      ::syscall(number, address, operation, value, deadline, unused, mask);
  DelayOnceIn(kSystemCallsPerDelay);
  return result;
}

uint64_t Count(Fault fault) noexcept {
  return counts[static_cast<int>(fault)].load(std::memory_order_relaxed);
}

}  // namespace synctest::faults

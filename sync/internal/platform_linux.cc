// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Sleeping and clocks on Linux: the futex system call.

#include "sync/internal/platform.h"

#ifndef SYNC_PORTABLE

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <string>

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;

static_assert(sizeof(Atomic<uint32_t>) == 4 && sizeof(Atomic<uint64_t>) == 8);

int64_t ReadClock(clockid_t clock) noexcept {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

void Wait(const void* address, uint32_t expected, Instant deadline) noexcept {
  timespec limit;
  if (deadline != kNever) {
    // The kernel refuses a negative time.
    const Instant instant = deadline > 0 ? deadline : 0;
    limit.tv_sec = instant / kNanosPerSecond;
    limit.tv_nsec = instant % kNanosPerSecond;
  }
  const int saved_errno = errno;
  // FUTEX_WAIT_BITSET takes an absolute time on the monotonic clock.
  if (syscall(SYS_futex, address, FUTEX_WAIT_BITSET_PRIVATE, expected,
              deadline == kNever ? nullptr : &limit, nullptr,
              FUTEX_BITSET_MATCH_ANY) != 0 &&
      errno != EAGAIN && errno != EINTR && errno != ETIMEDOUT) {
    Fatal("the kernel refused to wait on a futex (errno " +
          std::to_string(errno) + "); is the system call filtered?");
  }
  errno = saved_errno;
}

void Wake(const void* address, int count) noexcept {
  const int saved_errno = errno;
  // Fails if the memory has gone since, and then there is nobody to wake.
  syscall(SYS_futex, address, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
  errno = saved_errno;
}

const void* LowHalf(const Atomic<uint64_t>* word) noexcept {
  constexpr int kLowHalf = std::endian::native == std::endian::little ? 0 : 1;
  return reinterpret_cast<const uint32_t*>(word) + kLowHalf;
}

}  // namespace

void ResetPlatformAfterFork() noexcept {}

Instant MonotonicNow() noexcept { return ReadClock(CLOCK_MONOTONIC); }

int64_t WallNow() noexcept { return ReadClock(CLOCK_REALTIME); }

void FutexWait(const Atomic<uint32_t>& word, uint32_t expected,
               Instant deadline) noexcept {
  Wait(&word, expected, deadline);
}

void FutexWait(const Atomic<uint64_t>& word, uint32_t expected_low_half,
               Instant deadline) noexcept {
  Wait(LowHalf(&word), expected_low_half, deadline);
}

void FutexWake(const Atomic<uint32_t>* word, int count) noexcept {
  Wake(word, count);
}

void FutexWake(const Atomic<uint64_t>* word, int count) noexcept {
  Wake(LowHalf(word), count);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_PORTABLE

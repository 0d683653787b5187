// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Sleeping and clocks for systems without a layer of their own, made of the
// C++ standard library: a fixed table of mutexes and condition variables,
// chosen by address. Not async-signal-safe, and a wake-up may wait for a
// sleeper that is about to sleep.

#include "sync/internal/platform.h"

#ifdef SYNC_PORTABLE

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

struct Bucket {
  std::mutex mutex;
  std::condition_variable sleepers;
};

constexpr size_t kBuckets = 64;

struct Table {
  Bucket buckets[kBuckets];
};

// Never destroyed: a thread may wait while the program exits.
Table& TheTable() {
  alignas(Table) static unsigned char storage[sizeof(Table)];
  static Table* table = new (storage) Table;
  return *table;
}

Bucket& BucketOf(const void* address) {
  const auto number = reinterpret_cast<uintptr_t>(address) / 8;
  return TheTable().buckets[number % kBuckets];
}

template <class T>
void Wait(const Atomic<T>& word, uint32_t expected, Instant deadline) {
  Bucket& bucket = BucketOf(&word);
  std::unique_lock<std::mutex> lock(bucket.mutex);
  if (static_cast<uint32_t>(word.load(std::memory_order_relaxed)) != expected) {
    return;
  }
  if (deadline == kNever) {
    bucket.sleepers.wait(lock);
    return;
  }
  using Clock = std::chrono::steady_clock;
  bucket.sleepers.wait_until(
      lock, Clock::time_point(std::chrono::duration_cast<Clock::duration>(
                std::chrono::nanoseconds(deadline))));
}

// Others' words may share the bucket: nobody knows how many to wake.
void WakeAll(const void* address) noexcept {
  Bucket& bucket = BucketOf(address);
  // Passing through the mutex orders this after a sleeper's look at the word.
  { std::lock_guard<std::mutex> lock(bucket.mutex); }
  bucket.sleepers.notify_all();
}

}  // namespace

void ResetPlatformAfterFork() noexcept {
  // The threads that held the mutexes are gone.
  new (&TheTable()) Table;
}

Instant MonotonicNow() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int64_t WallNow() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void FutexWait(const Atomic<uint32_t>& word, uint32_t expected,
               Instant deadline) noexcept {
  Wait(word, expected, deadline);
}

void FutexWait(const Atomic<uint64_t>& word, uint32_t expected_low_half,
               Instant deadline) noexcept {
  Wait(word, expected_low_half, deadline);
}

void FutexWake(const Atomic<uint32_t>* word, int) noexcept { WakeAll(word); }

void FutexWake(const Atomic<uint64_t>* word, int) noexcept { WakeAll(word); }

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_PORTABLE

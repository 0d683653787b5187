// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a machine may do to a thread at any time, and seldom does: to keep it
// waiting between two steps, to fail a weak compare-exchange for no reason, to
// end a sleep for no reason. Here it happens often, at random.
//
// Each thread chooses by a generator of its own, which starts from the number
// in the environment variable SYNC_FAULT_SEED, or else from one that differs
// from run to run, and from the thread's number. The program prints that seed
// on stderr when it starts. It replays the choices of each thread; when the
// threads run is up to the machine, so a failure may need many runs to come
// again, and may not come again.
//
// Nothing here allocates, locks, or changes errno but to say how a system call
// has ended: signal handlers may call all of it.

#ifndef SYNC_TESTING_FAULTS_FAULTS_H_
#define SYNC_TESTING_FAULTS_FAULTS_H_

#include <time.h>

#include <cstdint>

namespace synctest::faults {

enum class Fault {
  kYield,        // Between two steps, the thread yielded.
  kSleep,        // Between two steps, it slept for some microseconds.
  kWeakFailure,  // A weak compare-exchange failed.
  kNoSleep,      // A futex wait was interrupted before it slept.
  kShortSleep,   // A futex wait was interrupted after some microseconds.
  kLateWake,     // A wake was kept waiting.
};
inline constexpr int kFaults = 6;

// How often: one time in so many, on average.
inline constexpr uint32_t kStepsPerDelay = 32;
inline constexpr uint32_t kSystemCallsPerDelay = 4;
inline constexpr uint32_t kDelaysPerSleep = 32;  // The others yield.
inline constexpr uint32_t kExchangesPerFailure = 8;
inline constexpr uint32_t kWaitsPerInterruption = 4;

// For how long at most, in nanoseconds.
inline constexpr uint32_t kLongestSleep = 50'000;

// To be called between two steps: may take a while.
void Delay() noexcept;

// Whether a weak compare-exchange is to fail.
bool FailsForNoReason() noexcept;

// The futex system call as sync/internal/platform_linux.cc makes it, under the
// name by which it does, with faults.
long syscall(long number, const void* address, int operation, uint32_t value,
             const timespec* deadline, const void* unused,
             uint32_t mask) noexcept;

// How often it has happened in this process.
uint64_t Count(Fault fault) noexcept;

}  // namespace synctest::faults

#endif  // SYNC_TESTING_FAULTS_FAULTS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/bell.h"

#include <atomic>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr uint64_t kWoken = uint64_t{1} << 32;
constexpr uint64_t kOneSleeper = uint64_t{1} << 33;
constexpr uint64_t kOneEntered = uint64_t{1} << 48;

bool HasSleepers(uint64_t state) noexcept {
  return (state & (kOneEntered - kOneSleeper)) != 0;
}

}  // namespace

// Orders. A ring releases, and Listen() acquires: what came before a ring is
// visible to whoever hears it. That either the ring sees the sleeper or the
// sleeper the ring is due to their being read-modify-writes of one object, for
// which relaxed is enough.

uint32_t Bell::Listen() const noexcept {
  return static_cast<uint32_t>(state_.load(std::memory_order_acquire));
}

void Bell::Sleep(uint32_t heard, Instant deadline) noexcept {
  const uint64_t before =
      state_.fetch_add(kOneSleeper, std::memory_order_relaxed);
  if (static_cast<uint32_t>(before) == heard) {
    FutexWait(state_, heard, deadline);
  }
  uint64_t state = state_.load(std::memory_order_relaxed);
  while (!state_.compare_exchange_weak(state, (state - kOneSleeper) & ~kWoken,
                                       std::memory_order_relaxed,
                                       std::memory_order_relaxed)) {
  }
}

void Bell::Ring() noexcept { Change(0, false); }

void Bell::PassOn() noexcept {
  // Relaxed: who was woken sees those who slept when it went on.
  const uint64_t state = state_.load(std::memory_order_relaxed);
  if (HasSleepers(state) && !(state & kWoken)) Ring();
}

void Bell::Enter() noexcept {
  // Relaxed: the work that is brought next is what makes this visible to
  // whoever may then destroy the bell.
  state_.fetch_add(kOneEntered, std::memory_order_relaxed);
}

void Bell::Leave() noexcept { Change(uint64_t{0} - kOneEntered, false); }

void Bell::LeaveAndWakeAll() noexcept {
  Change(uint64_t{0} - kOneEntered, true);
}

Bell::~Bell() {
  for (;;) {
    const uint32_t heard = Listen();
    if (state_.load(std::memory_order_acquire) < kOneEntered) return;
    Sleep(heard, kNever);
  }
}

// Rings, and adds to the high half. Wakes by address: the bell may be gone.
void Bell::Change(uint64_t added, bool wakes_all) noexcept {
  uint64_t state = state_.load(std::memory_order_relaxed);
  uint64_t next;
  do {
    next = ((state + added) >> 32 << 32) | static_cast<uint32_t>(state + 1);
    if (HasSleepers(state)) next |= kWoken;
  } while (!state_.compare_exchange_weak(state, next, std::memory_order_release,
                                         std::memory_order_relaxed));
  if (!HasSleepers(state)) return;
  if (wakes_all) {
    FutexWake(&state_, kAllSleepers);
  } else if (!(state & kWoken)) {
    FutexWake(&state_, 1);
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

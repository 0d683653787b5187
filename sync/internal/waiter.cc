// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/waiter.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

bool Waiter::IsIn(const Waiter* ring) const noexcept {
  if (ring == nullptr) return false;
  const Waiter* waiter = ring;
  do {
    if (waiter == this) return true;
    waiter = waiter->Next();
  } while (waiter != ring);
  return false;
}

size_t Waiter::CountLooks(const Waiter* ring) noexcept {
  if (ring == nullptr) return 0;
  size_t count = 0;
  const Waiter* last = ring->Previous();
  while (last->looks()) {
    ++count;
    if (last == ring) break;
    last = last->Previous();
  }
  return count;
}

Waiter::Parked Waiter::Park(Deadline deadline) noexcept {
  constexpr auto kAsleep = static_cast<uint32_t>(Parked::kAsleep);
  for (int round = 0;; ++round) {
    const uint32_t value = parked.load(std::memory_order_acquire);  // [P2]
    if (value != kAsleep) return static_cast<Parked>(value);
    if (SpinHint(round)) continue;
    if (deadline.Passed()) return Parked::kAsleep;
    FutexWait(parked, kAsleep, deadline.NextLook());
  }
}

void Waiter::Unpark() noexcept {
  const void* address = &parked;
  // [P1]: the last touch.
  parked.store(static_cast<uint32_t>(Parked::kReleased),
               std::memory_order_release);
  FutexWake(address, 1);
}

// Of a wait with barging, `request.what` is how often it has lost.

bool Waiter::MayCompete() const noexcept {
  constexpr uint64_t kMostLosses = 3;
  return kind == Kind::kThread && request.what < kMostLosses;
}

// Relaxed: whoever competes, or loses, takes the list.

bool Waiter::WakeToCompete() noexcept {
  constexpr auto kCompetes = static_cast<uint32_t>(Parked::kCompetes);
  if (parked.load(std::memory_order_relaxed) == kCompetes) return false;
  parked.store(kCompetes, std::memory_order_relaxed);
  return true;
}

void Waiter::Lose() noexcept {
  parked.store(static_cast<uint32_t>(Parked::kAsleep),
               std::memory_order_relaxed);
  ++request.what;
}

bool Arm::Claim() noexcept {
  uint32_t none = 0;
  // Relaxed: the list says how the wait began, and the end of the wait what
  // this arm brings.
  return wait->winner.compare_exchange_strong(none, number,
                                              std::memory_order_relaxed,
                                              std::memory_order_relaxed) ||
         none == number;
}

// Relaxed: it orders nothing.
void Waiter::StopCompeting() noexcept {
  auto competes = static_cast<uint32_t>(Parked::kCompetes);
  parked.compare_exchange_strong(
      competes, static_cast<uint32_t>(Parked::kAsleep),
      std::memory_order_relaxed, std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

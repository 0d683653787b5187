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
  SpinWhile(parked, kAsleep, deadline.NextLook());
  for (;;) {
    const uint32_t value = parked.load(std::memory_order_acquire);  // [P2]
    switch (const auto why = static_cast<Parked>(value)) {
      case Parked::kAsleep:
        break;
      case Parked::kCompetes:
        return why;
      case Parked::kLeads:
        Arrange(this);
        [[fallthrough]];
      case Parked::kReleased:
        Unpark(prev);
        return why;
    }
    if (deadline.Passed()) return Parked::kAsleep;
    FutexWait(parked, kAsleep, deadline.NextLook());
  }
}

void Waiter::UnparkAll(Waiter* first) noexcept {
  const void* const address = &first->parked;
  // [P1]: the last touch.
  first->parked.store(static_cast<uint32_t>(Parked::kLeads),
                      std::memory_order_release);
  FutexWake(address, 1);
}

void Waiter::Arrange(Ring* first) noexcept {
  // By the number of the waker in the ring. One by one at first, since each
  // that runs may take the processor of who has released all; that goes on by
  // then.
  const auto woken_by = [](int waker) noexcept { return waker < 4 ? 1 : 2; };
  first->prev->next = nullptr;
  Ring* woken = first->next;
  int number = 0;
  int group = 0;  // Whose wakers are the first, and then those of this number.
  int left = 1;   // In the group.
  for (Ring* waker = first; waker != nullptr; ++number) {
    Ring* const next = waker->next;
    waker->prev = woken;
    for (int i = 0; i < woken_by(number) && woken != nullptr; ++i) {
      woken = woken->next;
    }
    if (--left == 0) {
      waker->next = nullptr;
      left = woken_by(group++);
    }
    waker = next;
  }
}

void Waiter::Unpark(Ring* group) noexcept {
  while (group != nullptr) {
    Waiter* const waiter = From(group);
    group = group->next;
    const void* const address = &waiter->parked;
    // [P1]: the last touch.
    waiter->parked.store(static_cast<uint32_t>(Parked::kReleased),
                         std::memory_order_release);
    FutexWake(address, 1);
  }
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

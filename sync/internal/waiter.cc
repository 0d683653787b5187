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
  constexpr auto kAwake = static_cast<uint32_t>(Parked::kAwake);
  constexpr auto kAsleep = static_cast<uint32_t>(Parked::kAsleep);
  SpinWhile(parked, kAwake, deadline.NextLook());
  for (;;) {
    uint32_t value = parked.load(std::memory_order_acquire);  // [P2]
    const auto why = static_cast<Parked>(value);
    switch (why) {
      case Parked::kAwake:
      case Parked::kAsleep:
        break;
      case Parked::kCompetes:
        return why;
      case Parked::kLeads:
        PassOn();
        return Parked::kReleased;
      case Parked::kArranges:
        Arrange(this);
        [[fallthrough]];
      case Parked::kReleased:
        Unpark(prev);
        return Parked::kReleased;
    }
    if (deadline.Passed()) return why;
    // Relaxed: whoever wakes it only has to know that it must.
    if (value == kAsleep || parked.compare_exchange_strong(
                                value, kAsleep, std::memory_order_relaxed,
                                std::memory_order_relaxed)) {
      FutexWait(parked, kAsleep, deadline.NextLook());
    }
  }
}

void Waiter::UnparkAll(Waiter* first) noexcept { End(first, Parked::kLeads); }

void Waiter::UnparkAwake(Waiter* waiter) noexcept {
  auto awake = static_cast<uint32_t>(Parked::kAwake);
  if (waiter->parked.load(std::memory_order_relaxed) != awake) return;
  Ring* const behind = waiter->next;
  waiter->ring()->Unlink();
  waiter->prev = nullptr;  // It wakes nobody.
  // [P1]: the last touch.
  if (!waiter->parked.compare_exchange_strong(
          awake, static_cast<uint32_t>(Parked::kReleased),
          std::memory_order_release, std::memory_order_relaxed)) {
    behind->Push(waiter->ring());
  }
}

void Waiter::PassOn() noexcept {
  Ring* const behind = next;
  if (behind == this) return;
  ring()->Unlink();
  End(From(behind), Parked::kArranges);
}

void Waiter::Arrange(Ring* first) noexcept {
  // By the number of the waker among all. One by one at first, since each that
  // runs may take the processor of who has released them; that goes on by then.
  const auto woken_by = [](int waker) noexcept { return waker < 4 ? 1 : 2; };
  first->prev->next = nullptr;
  Ring* woken = first->next;
  int number = 1;  // After who has passed them on.
  int group = 1;   // Whose wakers are the first, and then those of this number.
  int left = 1;    // In the group.
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
    End(waiter, Parked::kReleased);
  }
}

void Waiter::End(Waiter* waiter, Parked how) noexcept {
  const Atomic<uint32_t>* const parked = &waiter->parked;
  // [P1]: the last touch.
  const uint32_t was = waiter->parked.exchange(static_cast<uint32_t>(how),
                                               std::memory_order_release);
  if (was != static_cast<uint32_t>(Parked::kAwake)) FutexWake(parked, 1);
}

// Of a wait with barging, `request.what` is how often it has lost.

bool Waiter::MayCompete() const noexcept {
  // With 0 the mutex would be handed over each time, as HandedOver is in
  // docs/benchmarks.
  constexpr uint64_t kMostLosses = 3;
  return kind == Kind::kThread && request.what < kMostLosses;
}

// Relaxed: whoever competes, or loses, takes the list.

bool Waiter::WakeToCompete() noexcept {
  constexpr auto kCompetes = static_cast<uint32_t>(Parked::kCompetes);
  // Also one that is awake: whoever unlocks is away for as long as the system
  // call takes, and the other one at work meanwhile. Without, two threads take
  // a mutex in turns, which takes them three times as long.
  return parked.exchange(kCompetes, std::memory_order_relaxed) != kCompetes;
}

void Waiter::Lose() noexcept {
  parked.store(static_cast<uint32_t>(Parked::kAwake),
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
      competes, static_cast<uint32_t>(Parked::kAwake),
      std::memory_order_relaxed, std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

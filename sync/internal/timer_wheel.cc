// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/timer_wheel.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

// The time of a clock, as a number without a sign, in the same order.
uint64_t Key(int64_t nanos) {
  return static_cast<uint64_t>(nanos) ^ uint64_t { 1 } << 63;
}
int64_t Nanos(uint64_t key) {
  return static_cast<int64_t>(key ^ uint64_t{1} << 63);
}

bool Alone(const TimedWaiter& timer) { return timer.next_timer == &timer; }

}  // namespace

TimerWheel::TimerWheel(int64_t now) noexcept : time_(Key(now)) {}

void TimerWheel::Push(TimedWaiter* timer) noexcept {
  const uint64_t key = std::max(Key(timer->nanos), time_);
  const int level = (std::bit_width((key ^ time_) | 1) - 1) / kDigitBits;
  const int value = static_cast<int>(key >> level * kDigitBits) & (kValues - 1);
  const int slot = level * kValues + value;
  timer->slot = static_cast<uint8_t>(slot);
  TimedWaiter*& first = slots_[slot];
  if (first == nullptr) {
    timer->next_timer = timer->previous_timer = timer;
    first = timer;
    occupied_[level] |= static_cast<uint16_t>(1 << value);
    levels_ |= static_cast<uint16_t>(1 << level);
  } else {
    TimedWaiter* const last = std::exchange(first->previous_timer, timer);
    timer->next_timer = first;
    timer->previous_timer = last;
    last->next_timer = timer;
  }
}

void TimerWheel::Remove(TimedWaiter* timer) noexcept {
  if (Alone(*timer)) {
    Empty(timer->slot);
    return;
  }
  TimedWaiter*& first = slots_[timer->slot];
  if (first == timer) first = timer->next_timer;
  timer->next_timer->previous_timer = timer->previous_timer;
  timer->previous_timer->next_timer = timer->next_timer;
}

TimedWaiter* TimerWheel::any() const noexcept {
  const int slot = FirstSlot();
  return slot == kNoSlot ? nullptr : slots_[slot];
}

TimedWaiter* TimerWheel::PopDue(int64_t now, bool* more) noexcept {
  const uint64_t end = Key(now);
  if (end < time_) Restart(now);
  for (;;) {
    *more = moving_ != kNoSlot && MoveSome();
    if (*more) return nullptr;
    const int slot = FirstSlot();
    if (slot == kNoSlot || Start(slot) > end) {
      time_ = end;
      return nullptr;
    }
    TimedWaiter* const timer = slots_[slot];
    if (slot < kFine && IsPast(slot, end)) {
      Remove(timer);
      return timer;
    }
    if (slot >= kValues && !Alone(*timer)) {
      time_ = std::max(time_, Start(slot));
      moving_ = slot;
      continue;
    }
    // No other is earlier.
    Remove(timer);
    if (timer->nanos <= now) return timer;
    time_ = end;
    Push(timer);
  }
}

// Moves some timers of the slot that is being moved down. Whether there are
// more.
bool TimerWheel::MoveSome() noexcept {
  constexpr int kMost = 32;  // Some microseconds, if they are in no cache.
  // Of a slot of these levels, the timers are few, and will soon be due.
  constexpr int kSoon = 4 * kValues;
  const int slot = std::exchange(moving_, kNoSlot);
  TimedWaiter* timer = slots_[slot];
  if (timer == nullptr) return false;
  TimedWaiter* const last = timer->previous_timer;
  for (int i = 0; i < kMost; ++i) {
    TimedWaiter* const next = timer->next_timer;
    if (slot < kSoon) {
      Prefetch(timer);
      Prefetch(timer + 1);
    }
    Push(timer);
    if (timer == last) {
      Empty(slot);
      return false;
    }
    timer = next;
  }
  slots_[slot] = timer;
  timer->previous_timer = last;
  last->next_timer = timer;
  moving_ = slot;
  return true;
}

// The slot has no timers any more.
void TimerWheel::Empty(int slot) noexcept {
  slots_[slot] = nullptr;
  const int level = slot / kValues;
  occupied_[level] &= static_cast<uint16_t>(~(1 << slot % kValues));
  if (occupied_[level] == 0) levels_ &= static_cast<uint16_t>(~(1 << level));
}

int64_t TimerWheel::NextLook() const noexcept {
  const int slot = FirstSlot();
  if (slot == kNoSlot) return kNever;
  const TimedWaiter& timer = *slots_[slot];
  return Alone(timer) ? timer.nanos : Nanos(Start(slot));
}

int TimerWheel::FirstSlot() const noexcept {
  if (levels_ == 0) return kNoSlot;
  const int level = std::countr_zero(levels_);
  return level * kValues + std::countr_zero(occupied_[level]);
}

// The earliest time that belongs to the slot.
uint64_t TimerWheel::Start(int slot) const noexcept {
  const int shift = slot / kValues * kDigitBits;
  const uint64_t digits = time_ >> shift & ~uint64_t{kValues - 1};
  return (digits | static_cast<uint64_t>(slot % kValues)) << shift;
}

// Whether all times that belong to the slot are before `time`.
bool TimerWheel::IsPast(int slot, uint64_t time) const noexcept {
  return (time - Start(slot)) >> (slot / kValues * kDigitBits) != 0;
}

// For a clock that was set back: moves every timer to where it belongs.
void TimerWheel::Restart(int64_t now) noexcept {
  TimerWheel old = std::exchange(*this, TimerWheel(now));
  while (TimedWaiter* const timer = old.any()) {
    old.Remove(timer);
    Push(timer);
  }
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

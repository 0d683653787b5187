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
namespace {

// On which threads sleep together, by number; the first is nobody's. Never
// destroyed: a thread may be about to sleep on one when it has been released,
// and those that it was to sleep with have gone.
constinit Atomic<uint32_t> shared_words[256];

void WakeTogether(uint8_t word) noexcept {
  Atomic<uint32_t>* const shared = &shared_words[word];
  // Release, after all of them: who is about to sleep on it looks once more.
  shared->fetch_add(1, std::memory_order_release);
  FutexWake(shared, kAllSleepers);
}

}  // namespace

bool Waiter::IsIn(const Waiter* ring) const noexcept {
  if (ring == nullptr) return false;
  const Waiter* waiter = ring;
  do {
    if (waiter == this) return true;
    waiter = waiter->Next();
  } while (waiter != ring);
  return false;
}

bool Waiter::AreThreads(const Waiter* ring) noexcept {
  if (ring == nullptr) return true;
  const Waiter* waiter = ring;
  do {
    if (waiter->kind != Kind::kThread) return false;
    waiter = waiter->Next();
  } while (waiter != ring);
  return true;
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
  const uint8_t word = this->word();
  const Atomic<uint32_t>& sleeps_on = word == 0 ? parked : shared_words[word];
  uint32_t asleep = kAsleep;
  for (;;) {
    // Acquire, before it looks whether it is released.
    if (word != 0) asleep = sleeps_on.load(std::memory_order_acquire);
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
        Arrange();
        [[fallthrough]];
      case Parked::kReleased:
        Unpark(prev);
        return Parked::kReleased;
    }
    if (deadline.Passed()) {
      // From here on it may run what it hands out, with itself among them.
      // Relaxed: unless it is released, nothing has been published.
      if (value == kAwake || parked.compare_exchange_strong(
                                 value, kAwake, std::memory_order_relaxed,
                                 std::memory_order_relaxed)) {
        return Parked::kAwake;
      }
      continue;
    }
    // Relaxed: whoever wakes it only has to know that it must.
    if (value == kAsleep || parked.compare_exchange_strong(
                                value, kAsleep, std::memory_order_relaxed,
                                std::memory_order_relaxed)) {
      FutexWait(sleeps_on, asleep, deadline.NextLook());
    }
  }
}

void Waiter::SleepBehind(const Waiter& last) noexcept {
  const auto alone = static_cast<uint32_t>(ThreadsThatSleepAlone());
  uint32_t place = last.place();
  uint8_t word = 0;
  if (!sleeps_alone && ++place >= alone) {
    word = last.word();
    if (word == 0 || place == alone + kTogether) {  // The first of its group.
      word = static_cast<uint8_t>(1 + Self().number % 255);
      place = alone;
    }
  }
  set_word(word);
  set_counts(last.count() + 1, place);
}

void Waiter::UnparkAll(Waiter* first) noexcept {
  Waiter* const second = first->Next();
  const bool has_second = second != first;
  if (has_second) first->ring()->Unlink();
  first->prev = nullptr;  // It wakes nobody.
  End(first, Parked::kReleased);
  if (has_second) End(second, Parked::kLeads);
}

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

void Waiter::Arrange() noexcept {
  prev->next = nullptr;
  prev = nullptr;
  Waiter* waker = this;
  Waiter* before = this;
  uint32_t in_group = 0;
  while (before->next != nullptr) {
    Waiter* const waiter = before->Next();
    waiter->prev = nullptr;
    if (before == this || waiter->word() != before->word() ||
        (waiter->word() == 0 && in_group == kTogether)) {
      before->next = nullptr;
      waker->prev = waiter;
      waker = waker->next == nullptr ? waiter : waker->Next();
      in_group = 0;
    }
    ++in_group;
    before = waiter;
  }
}

void Waiter::Unpark(Ring* group) noexcept {
  if (group == nullptr) return;
  const uint8_t word = From(group)->word();
  bool are_awake = true;
  while (group != nullptr) {
    Waiter* const waiter = From(group);
    group = group->next;
    if (word == 0) {
      End(waiter, Parked::kReleased);
    } else if (!waiter->Release(Parked::kReleased)) {
      are_awake = false;
    }
  }
  if (!are_awake) WakeTogether(word);
}

void Waiter::End(Waiter* waiter, Parked how) noexcept {
  const Atomic<uint32_t>* const parked = &waiter->parked;
  const uint8_t word = waiter->word();
  if (waiter->Release(how)) return;
  if (word == 0) {
    FutexWake(parked, 1);
  } else {
    WakeTogether(word);
  }
}

bool Waiter::Release(Parked how) noexcept {
  // [P1]: the last touch.
  return parked.exchange(static_cast<uint32_t>(how),
                         std::memory_order_release) ==
         static_cast<uint32_t>(Parked::kAwake);
}

bool Waiter::MayCompete() const noexcept {
  // With 0 the mutex would be handed over each time, as HandedOver is in
  // docs/benchmarks.
  constexpr uint64_t kMostLosses = 3;
  return kind == Kind::kThread && request.what / Rules::kOneLoss < kMostLosses;
}

// Relaxed: whoever competes, or loses, takes the list.

bool Waiter::WakeToCompete() noexcept {
  constexpr auto kCompetes = static_cast<uint32_t>(Parked::kCompetes);
  // Also one that is awake: whoever unlocks is away for as long as the system
  // call takes, and the other one at work meanwhile. Without, two threads would
  // take a mutex in turns.
  return parked.exchange(kCompetes, std::memory_order_relaxed) != kCompetes;
}

void Waiter::Lose() noexcept {
  parked.store(static_cast<uint32_t>(Parked::kAwake),
               std::memory_order_relaxed);
  request.what += Rules::kOneLoss;
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

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/wait_list.h"

#include <cstddef>
#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/hint.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

const Waiter* WaitList::own() const noexcept {
  return (state_ & kProcess) == ThisProcess()
             ? reinterpret_cast<Waiter*>(state_ & ~kBits)
             : nullptr;
}

Waiter* WaitList::FirstAfterFork() noexcept {
  if (state_ == 0) return nullptr;
  if (state_ & kHasThreads) {
    state_ = 0;
    return nullptr;
  }
  Waiter* const first = reinterpret_cast<Waiter*>(state_ & ~kBits);
  state_ = (state_ & ~kProcess) | ThisProcess();
  Waiter* waiter = first;
  do {
    waiter->SetProcess();
    waiter = waiter->Next();
  } while (waiter != first);
  return first;
}

size_t WaitList::Count(size_t most) noexcept {
  Waiter* const first = this->first();
  size_t count = 0;
  Waiter* waiter = first;
  while (waiter != nullptr && count < most) {
    ++count;
    waiter = waiter->Next();
    if (waiter == first) break;
  }
  return count;
}

void WaitList::RefuseAddress() noexcept {
  Fatal("a wait was begun in memory beyond 48 bits of address");
}

void WaitList::PushBehind(Waiter* waiter, uintptr_t bits) noexcept {
  Waiter* const first = this->first();
  if (first == nullptr) return PushFirst(waiter, bits);
  if ((state_ & (kHasThreads | kUncounted)) == bits && !(bits & kUncounted)) {
    Waiter* const last = first->Previous();
    if (waiter->kind == Waiter::Kind::kThread) {
      waiter->SleepBehind(*last);
    } else {
      const uint32_t count = last->count() + 1;
      if (count % Waiter::kAhead == 0 && count >= 2 * Waiter::kAhead) {
        SetHints(waiter, last);
      }
      waiter->set_count(count);
    }
    first->ring()->Push(waiter->ring());
    return;
  }
  Waiter* next = first;  // The end of the list is in front of its first.
  if (!waiter->looks()) {
    while (next->Previous()->looks()) {
      next = next->Previous();
      if (next != first) continue;
      state_ = reinterpret_cast<uintptr_t>(waiter) | (state_ & kBits);
      break;
    }
  }
  next->ring()->Push(waiter->ring());
  state_ |= bits | kUncounted;
}

// Of those that have joined since the last time, each is told of by one of
// those before.
void WaitList::SetHints(Waiter* waiter, Waiter* last) noexcept {
  Waiter* to = last;
  Waiter* from = last;
  for (int i = 1; i < Waiter::kAhead; ++i) from = from->Previous();
  from->ahead = Hint(from, waiter);
  for (int i = 1; i < Waiter::kAhead; ++i) {
    from = from->Previous();
    from->ahead = Hint(from, to);
    to = to->Previous();
  }
}

void WaitList::Remove(Waiter* waiter) noexcept {
  Waiter* const first = this->first();
  waiter->linked = false;
  // One that the list has forgotten is in no ring.
  if (first == nullptr || !waiter->IsOfThisProcess()) return;
  Waiter* const last = first->Previous();
  waiter->ring()->Unlink();
  if (waiter->ring()->alone()) {
    state_ = 0;
    return;
  }
  if (waiter == first) {
    state_ = reinterpret_cast<uintptr_t>(waiter->Next()) | (state_ & kBits);
  }
  if (state_ & kUncounted) return;
  if (waiter == last) {
    waiter->Previous()->set_count(waiter->count() - 1);
  } else {
    last->set_count(last->count() - 1);
  }
}

void WaitList::Restore(Waiter* waiter, uintptr_t before) noexcept {
  waiter->linked = true;
  if (before == 0 || !waiter->IsOfThisProcess()) return;
  waiter->ring()->Relink();
  state_ = before;
  if (state_ & kUncounted) return;
  Waiter* const last = first()->Previous();
  if (waiter != last) last->set_count(last->count() + 1);
}

Waiter* WaitList::GrantSome(uint64_t* word, const Waiter* competitor,
                            Waiter** woken) noexcept {
  Waiter* const first = this->first();
  Waiter* rest = GrantTakers(word, competitor, woken);
  if (rest != nullptr && rest->looks()) rest = ReleaseLooks(rest, *word);
  if (rest == first) return nullptr;
  if (rest == nullptr) {
    state_ = 0;
  } else {
    first->ring()->Append(rest->ring());  // Parts them.
    state_ = reinterpret_cast<uintptr_t>(rest) | (state_ & kBits);
  }
  return first;
}

Waiter* WaitList::GrantTakers(uint64_t* word, const Waiter* competitor,
                              Waiter** woken) noexcept {
  Waiter* const first = this->first();
  Waiter* rest = first;
  while (!rest->looks()) {
    const Rules& rules = *rest->request.rules;
    const uint64_t before = *word;
    uint64_t what = rest->request.what;
    if (!rules.grant(word, &what)) return rest;
    if (rules.barging && rest != competitor && rest->MayCompete()) {
      *word = before;
      if (rest->WakeToCompete()) *woken = rest;
      return rest;
    }
    if (rest->kind == Waiter::Kind::kArm && !static_cast<Arm*>(rest)->Claim()) {
      *word = before;  // Its wait has been ended by another one.
    } else {
      rest->request.what = what;
    }
    rest->linked = false;
    rest = rest->Next();
    if (rest == first) return nullptr;
  }
  return rest;
}

Waiter* WaitList::ReleaseLooks(Waiter* looks, uint64_t word) noexcept {
  Waiter* const first = this->first();
  Waiter* rest = looks;
  Waiter* waiter = looks;
  do {
    Waiter* const next = waiter->Next();
    uint64_t what = waiter->request.what;
    if (waiter->request.rules->grant(&word, &what)) {
      do {
        rest->linked = false;
        rest = rest->Next();
      } while (rest != next);
      if (next == first) return nullptr;
    }
    waiter = next;
  } while (waiter != first);
  return rest;
}

void WaitList::TakeBack(Waiter* granted, uintptr_t before) noexcept {
  if (granted == nullptr) return;
  // In front of the rest, which is at the end of the ring.
  if (state_ != 0) first()->ring()->Append(granted->ring());
  state_ = reinterpret_cast<uintptr_t>(granted) | (before & kBits);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

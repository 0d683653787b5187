// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/any_wait.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/target.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

uint64_t BitOf(uint64_t what) noexcept {
  return uint64_t{1} << (WaitCore::kPayloadShift + what);
}

}  // namespace

AnyWait::AnyWait(const Targets& targets, std::source_location where) noexcept
    : ArmedWait{&End}, arms_(targets.size()) {
  uint32_t number = 0;
  for (const Target& target : targets) {
    arms_[number].emplace(this, number + 1, target, where);
    ++number;
  }
}

bool AnyWait::TakeOne(const Targets& targets, size_t* which) noexcept {
  for (size_t i = 0; i < targets.size(); ++i) {
    uint64_t got;
    if (targets[i].core->TakeNow(targets[i].request, &got)) {
      Tell(targets[i].granted, got);
      *which = i;
      return true;
    }
  }
  return false;
}

Waiter* AnyWait::Join() noexcept {
  Waiter* all = nullptr;
  for (std::optional<OwnArm>& arm : arms_) {
    // Relaxed: a hint.
    if (winner.load(std::memory_order_relaxed) != 0) break;
    Waiter* released = nullptr;
    if (arm->request.rules->broadcasts) {
      if (arm->core->Join(&*arm, kNeverGivesUp, &released).has_value()) {
        has_won_ = arm->Claim();
        if (has_won_) Waiter::Append(&all, Set(kWon));
        break;
      }
    } else {
      arm->core->Enter(&*arm, &released);
    }
    ++joined_;
    Waiter::Append(&all, released);
  }
  return all;
}

Waiter* AnyWait::Leave() noexcept {
  Waiter* all = nullptr;
  int32_t elsewhere = 0;  // Granted, and not in our hands.
  for (size_t i = 0; i < joined_; ++i) {
    OwnArm& arm = *arms_[i];
    Waiter* released;
    if (arm.core->Remove(&arm, StopToken(), &released)) {
      arm.set_stage(Waiter::Stage::kOver);
    } else {
      ++elsewhere;
    }
    Waiter::Append(&all, released);
  }
  joined_ = 0;
  if (elsewhere == 0) return all;
  // Of these, one wins, unless the wait was won at once.
  const int32_t losers = has_won_ ? elsewhere : elsewhere - 1;
  has_won_ = true;
  is_out_ = losers > 0 &&
            // Acquire: those that have come are done with their arms.
            out_.fetch_add(losers, std::memory_order_acquire) + losers != 0;
  return all;
}

void AnyWait::Await(uint64_t what) noexcept {
  Waiter waiter(Waiter::Kind::kThread, nullptr, Asking(what),
                std::source_location());
  Waiter* released;
  if (ended_.Join(&waiter, kNeverGivesUp, &released).has_value()) return;
  Trampoline::HandOut(released);  // Nobody but itself, if anybody.
  waiter.Park(Deadline());
}

size_t AnyWait::TakeWinner() noexcept {
  // Relaxed: it is known that there is one.
  const size_t which = winner.load(std::memory_order_relaxed) - 1;
  OwnArm& arm = *arms_[which];
  Tell(arm.granted, arm.request.what);
  return which;
}

void AnyWait::GiveBack() noexcept {
  // Relaxed: nothing can end the wait any more.
  const uint32_t number = winner.load(std::memory_order_relaxed);
  if (number == 0) return;
  OwnArm& arm = *arms_[number - 1];
  WaitCore::GiveBack(arm.core, arm);
}

Waiter* AnyWait::Set(uint64_t what) noexcept {
  return ended_.Release(
      [what](uint64_t word) noexcept { return word | BitOf(what); });
}

bool AnyWait::Take(uint64_t* word, uint64_t* what) noexcept {
  return (*word & BitOf(*what)) != 0;
}

Waiter* AnyWait::End(Arm* arm) noexcept {
  auto* const self = static_cast<AnyWait*>(arm->wait);
  if (arm->Claim()) return self->Set(kWon);
  // Acquire and release: the last one passes on that all are done.
  const bool is_last = self->out_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  return is_last ? self->Set(kOut) : nullptr;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

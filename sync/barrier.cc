// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/barrier.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

using R = BarrierRules;

uint64_t PhaseOf(uint64_t word) noexcept { return word / R::kOnePhase; }

bool IsChange(uint64_t before, uint64_t after) noexcept {
  return before != after;
}

}  // namespace

uint64_t R::EndPhase(uint64_t word, bool broken) noexcept {
  broken = broken || (word & kBroken) != 0;
  word &= ~(kLastWasBroken | kMax * kOneArrival);
  word += kOnePhase;
  return broken ? word | kLastWasBroken : word;
}

bool R::Take(uint64_t* word, uint64_t* what) noexcept {
  if (*word & kBroken) {
    *what = kWasBroken;
    return true;
  }
  // Before another phase ends, those of the last one learn how that did.
  if (*word & WaitCore::kDrain) return false;
  const uint64_t arrivals = ArrivalsOf(*word);
  if (arrivals + 1 < PartiesOf(*word)) return false;
  *what = arrivals;
  *word = EndPhase(*word, /*broken=*/false);
  return true;
}

void R::Join(uint64_t* word, uint64_t* what) noexcept {
  *what = ArrivalsOf(*word) | PhaseOf(*word) << kPhaseShift;
  *word += kOneArrival;
}

// While somebody waits to learn how a phase has ended, no other one ends: its
// first arrival needs the list, unless it is the last one too, which Take()
// sees to.
bool R::Grant(uint64_t* word, uint64_t* what) noexcept {
  *what &= ~kWasBroken;  // It may have been tried before.
  const bool ended = PhaseOf(*word) != *what >> kPhaseShift;
  if (!ended && !(*word & kBroken)) return false;
  if (!ended || (*word & kLastWasBroken)) *what |= kWasBroken;
  return true;
}

void R::Leave(uint64_t* word) noexcept {
  *word -= kOneArrival;
  if (*word & kBreaksOnLeave) *word |= kBroken;
}

}  // namespace internal

BarrierResult Barrier::ArriveAndWait(const WaitOptions& options) noexcept {
  internal::Request request = Asking(Rules::kNoArrival);
  const WaitResult result = internal::BlockThread(core_, request, options);
  return End(result, request.what);
}

void Barrier::Drop() noexcept {
  core_.Give(
      [](uint64_t word) noexcept {
        Checked(static_cast<int64_t>(Rules::PartiesOf(word)));
        word -= Rules::kOneParty;
        const uint64_t arrivals = Rules::ArrivalsOf(word);
        const bool all = arrivals != 0 && arrivals == Rules::PartiesOf(word);
        return all ? Rules::EndPhase(word, /*broken=*/false) : word;
      },
      &internal::IsChange);
}

size_t Barrier::Abort() noexcept {
  return core_.Give(
      [](uint64_t word) noexcept { return word | Rules::kBroken; },
      &internal::IsChange);
}

void Barrier::Reset() noexcept {
  core_.Give(
      [](uint64_t word) noexcept {
        word &= ~Rules::kBroken;
        // Otherwise nobody waits for the end of this phase.
        return Rules::ArrivalsOf(word) == 0
                   ? word
                   : Rules::EndPhase(word, /*broken=*/true);
      },
      &internal::IsChange);
}

BarrierResult Barrier::End(WaitResult result, uint64_t what) noexcept {
  if (result != WaitResult::kReady && what == Rules::kNoArrival) {
    // As if it had arrived.
    core_.Give(
        [](uint64_t word) noexcept {
          return word & Rules::kBreaksOnLeave ? word | Rules::kBroken : word;
        },
        &internal::IsChange);
  }
  using Outcome = BarrierResult::Outcome;
  switch (result) {
    case WaitResult::kCancelled:
      return {Outcome::kCancelled, 0};
    case WaitResult::kTimeout:
      return {Outcome::kTimeout, 0};
    case WaitResult::kReady:
      break;
  }
  if (what & Rules::kWasBroken) return {Outcome::kBroken, 0};
  return {Outcome::kComplete, static_cast<int64_t>(Rules::IndexOf(what))};
}

void Barrier::ReportParties(int64_t parties) noexcept {
  internal::Fatal(absl::StrCat("a Barrier was to have ", parties,
                               " parties; it can have 1 to ", kMaxParties));
}

}  // namespace SYNC_ABI
}  // namespace synclib

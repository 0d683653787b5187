// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/barrier.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/callback.h"
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

bool IsChange(uint64_t before, uint64_t after) noexcept {
  return before != after;
}

}  // namespace

bool R::Take(uint64_t* word, uint64_t* what) noexcept {
  if (*word & kBroken) {
    *what = kWasBroken;
    return true;
  }
  // Before another phase ends, those of the last one learn how that did.
  if (WaitCore::IsHandingOver(*word)) return false;
  *what = ArrivalsOf(*word);
  if (*what + 1 < PartiesOf(*word)) return false;
  if (*what != 0) *word |= kIsComplete;
  return true;
}

bool R::Grant(uint64_t* word, uint64_t* what) noexcept {
  if (!IsOver(*word)) return false;
  const bool complete = (*word & kIsComplete) != 0;
  *word -= kOneArrival;
  *what = complete ? ArrivalsOf(*word) : kWasBroken;
  if (ArrivalsOf(*word) == 0) *word &= ~(kIsComplete | kIsReset);
  return true;
}

void R::Join(uint64_t* word, uint64_t* what) noexcept {
  *what = 0;
  *word += kOneArrival;
}

void R::Leave(uint64_t* word) noexcept {
  *word -= kOneArrival;
  if (*word & kBreaksOnLeave) *word |= kBroken;
}

}  // namespace internal

BarrierResult Barrier::ArriveAndWait(std::source_location where) noexcept {
  internal::Request request = Asking(Rules::kNoArrival);
  if (!internal::TakeNow<Rules>(core_, &request.what)) {
    internal::BlockThread(core_, request, where);
  }
  return ToResult(WaitResult::kReady, request.what);
}

BarrierResult Barrier::ArriveAndWait(const WaitOptions& options) noexcept {
  internal::Request request = Asking(Rules::kNoArrival);
  const WaitResult result =
      internal::TakeNow<Rules>(core_, &request.what)
          ? WaitResult::kReady
          : internal::BlockThread(core_, request, options);
  return Ended(result, request.what);
}

std::optional<BarrierResult> Barrier::Add(Callback& callback,
                                          WaitOptions options) noexcept {
  const std::optional<WaitResult> result =
      Primitive::Add(Rules::kNoArrival, callback, std::move(options));
  if (!result.has_value()) return std::nullopt;
  return Ended(*result, callback.callback_wait_.what(Rules::kRules));
}

void Barrier::Drop() noexcept {
  core_.Give(
      [](uint64_t word) noexcept {
        Checked(static_cast<int64_t>(Rules::PartiesOf(word)));
        word -= Rules::kOneParty;
        const uint64_t arrivals = Rules::ArrivalsOf(word);
        const bool completes = arrivals != 0 && !Rules::IsOver(word) &&
                               arrivals == Rules::PartiesOf(word);
        return completes ? word | Rules::kIsComplete : word;
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
        if (Rules::ArrivalsOf(word) != 0 && !(word & Rules::kIsComplete)) {
          word |= Rules::kIsReset;
        }
        return word & ~Rules::kBroken;
      },
      &internal::IsChange);
}

BarrierResult Barrier::Ended(WaitResult result, uint64_t what) noexcept {
  if (result != WaitResult::kReady && what == Rules::kNoArrival) {
    // As if it had arrived.
    core_.Give(
        [](uint64_t word) noexcept {
          return word & Rules::kBreaksOnLeave ? word | Rules::kBroken : word;
        },
        &internal::IsChange);
  }
  return ToResult(result, what);
}

BarrierResult Barrier::ToResult(WaitResult result, uint64_t what) noexcept {
  using Outcome = BarrierResult::Outcome;
  switch (result) {
    case WaitResult::kCancelled:
      return {Outcome::kCancelled, BarrierResult::kNone};
    case WaitResult::kTimeout:
      return {Outcome::kTimeout, BarrierResult::kNone};
    case WaitResult::kReady:
      break;
  }
  if (what & Rules::kWasBroken) return {Outcome::kBroken, BarrierResult::kNone};
  return {Outcome::kComplete, static_cast<int64_t>(what)};
}

void Barrier::ReportParties(int64_t parties) noexcept {
  internal::Fatal(absl::StrCat("a Barrier was to have ", parties,
                               " parties; it can have 1 to ", kMaxParties));
}

}  // namespace SYNC_ABI
}  // namespace synclib

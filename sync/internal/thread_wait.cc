// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/thread_wait.h"

#include <optional>
#include <source_location>
#include <utility>

#include "absl/functional/function_ref.h"
#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/limited_waiter.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

using Parked = Waiter::Parked;

namespace {

// Before a thread joins: what `attempt` answers, some times, where that is
// worth it; also while others wait, who may not for long. No value: it has to
// join.
template <class Attempt>
std::optional<WaitResult> TryForAWhile(const Request& request,
                                       const Attempt& attempt) noexcept {
  std::optional<WaitResult> answer;
  if (!request.rules->held_briefly) return answer;
  for (int round = 0; !answer.has_value() && SpinHint(round); ++round) {
    answer = attempt();
  }
  return answer;
}

// Runs what a join has released. That may block for the same, and would stand
// behind the thread, which goes on after it only. Where there is barging,
// nobody has a right to a place: the thread leaves its own first, by `leave`,
// if it can. True: it has, and begins anew.
template <class Leave>
bool RunReleased(Waiter& waiter, Waiter* released,
                 const Leave& leave) noexcept {
  Waiter* behind = nullptr;
  const bool has_left = waiter.request.rules->barging &&
                        !Waiter::AreThreads(released) && leave(&behind);
  if (has_left) waiter.StopCompeting();
  Waiter::Append(&released, behind);
  Trampoline::HandOut(released);
  Trampoline::RunQueued();  // Inside a hand-out, it has only been queued.
  return has_left;
}

}  // namespace

void BlockThread(WaitCore& core, Request& request,
                 std::source_location where) noexcept {
  Waiter waiter(Waiter::Kind::kThread, nullptr, request, where);
  const auto attempt = [&]() noexcept {
    return core.Try(&waiter, kNeverGivesUp);
  };
  const auto leave = [&](Waiter** released) noexcept {
    return core.Remove(&waiter, StopToken(), released, false);
  };
  Waiter* released;
  bool is_over;
  do {
    waiter.request = request;
    is_over = attempt().has_value();
    if (is_over) break;
    Trampoline::RunQueued();
    is_over = TryForAWhile(request, attempt).has_value() ||
              core.Join(&waiter, kNeverGivesUp, &released).has_value();
  } while (!is_over && RunReleased(waiter, released, leave));
  while (!is_over) {
    is_over =
        waiter.Park(Deadline()) == Parked::kReleased || core.Compete(&waiter);
  }
  request = waiter.request;
}

namespace {

// Null `then`: nothing.
WaitResult Block(WaitCore& core, Request& request, WaitOptions options,
                 const absl::FunctionRef<void()>* then) noexcept {
  LimitedWaiter waiter(Waiter::Kind::kThread, nullptr, &core);
  waiter.SetOptions(std::move(options));
  const auto attempt = [&]() noexcept { return waiter.Begin(); };
  const auto leave = [&](Waiter** released) noexcept {
    return waiter.Abort(released, false);
  };
  Waiter* released;
  std::optional<WaitResult> ended;
  do {
    waiter.request = request;
    ended = attempt();
    if (ended.has_value()) break;
    if (then == nullptr) {
      Trampoline::RunQueued();
      ended = TryForAWhile(request, attempt);
    }
    if (!ended.has_value()) ended = waiter.Join(&released);
  } while (!ended.has_value() && then == nullptr &&
           RunReleased(waiter, released, leave));
  if (ended.has_value()) {
    waiter.outcome = *ended;
  } else {
    if (then != nullptr) {
      Trampoline::HandOut(released);
      (*then)();
      Trampoline::RunQueued();
    }
    bool is_over = false;
    Deadline limit = waiter.limit();
    while (!is_over) {
      switch (waiter.Park(limit)) {
        case Parked::kReleased:
          is_over = true;
          break;
        case Parked::kCompetes:
          is_over = core.Compete(&waiter);
          break;
        default:
          is_over = waiter.Abort(&released);
          Trampoline::HandOut(released);
          // Otherwise it is granted, or being cancelled: the wake has come or
          // is coming.
          limit = Deadline();
          break;
      }
    }
  }
  waiter.DisarmStop();
  request = waiter.request;
  return waiter.outcome;
}

}  // namespace

WaitResult BlockThread(WaitCore& core, Request& request,
                       WaitOptions options) noexcept {
  return Block(core, request, std::move(options), nullptr);
}

WaitResult BlockThread(WaitCore& core, Request& request, WaitOptions options,
                       absl::FunctionRef<void()> then) noexcept {
  return Block(core, request, std::move(options), &then);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

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
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

using Parked = Waiter::Parked;

void BlockThread(WaitCore& core, Request& request,
                 std::source_location where) noexcept {
  Waiter waiter(Waiter::Kind::kThread, nullptr, request, where);
  if (!core.Try(&waiter, kNeverGivesUp).has_value()) {
    Trampoline::Drain();
    Waiter* released;
    if (!core.Join(&waiter, kNeverGivesUp, &released).has_value()) {
      Trampoline::HandOut(released);
      Trampoline::Drain();  // Of what the join has released, too.
      while (waiter.Park(Deadline()) == Parked::kCompetes &&
             !core.Compete(&waiter)) {
      }
    }
  }
  request = waiter.request;
}

namespace {

// Null `then`: nothing.
WaitResult Block(WaitCore& core, Request& request, WaitOptions options,
                 const absl::FunctionRef<void()>* then) noexcept {
  LimitedWaiter waiter(Waiter::Kind::kThread, nullptr, &core);
  waiter.request = request;
  waiter.SetOptions(std::move(options));
  Waiter* released;
  std::optional<WaitResult> ended = waiter.Begin();
  if (!ended.has_value()) {
    if (then == nullptr) Trampoline::Drain();
    ended = waiter.Join(&released);
  }
  if (ended.has_value()) {
    waiter.outcome = *ended;
  } else {
    Trampoline::HandOut(released);
    if (then != nullptr) (*then)();
    Trampoline::Drain();  // Of what the join has released, too.
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

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/thread_wait.h"

#include <cstdint>
#include <optional>
#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib::inline SYNC_ABI::internal {
namespace {

// A blocked thread that somebody else may cancel. Its limit is its own affair.
struct LimitedThreadWait : Waiter {
  struct OnStop {
    LimitedThreadWait* wait;
    void operator()() const noexcept { wait->Cancel(); }
  };

  LimitedThreadWait(WaitCore& core, std::source_location where) noexcept
      : Waiter(Kind::kThread, nullptr, where), core(core) {}

  // Runs in the thread that requests the stop.
  void Cancel() noexcept {
    if (!gate.GiveUp()) return;
    Waiter* released;
    if (core.Remove(this, &released)) {
      outcome = WaitResult::kCancelled;
      released = this;
    }
    if (released == nullptr) return;  // Whoever granted it has it.
    // Undone first, so that the wait need not stay for the user code that is
    // in the ring with it.
    stop.reset();
    Trampoline::HandOut(released);
  }

  WaitCore& core;
  Gate gate;
  std::optional<StopCallback<OnStop>> stop;
};

}  // namespace

void BlockThread(WaitCore& core, Request request, std::source_location where,
                 uint64_t* released_by) noexcept {
  Trampoline::Drain();
  Waiter waiter(Waiter::Kind::kThread, nullptr, where);
  Waiter* released;
  const bool joined =
      !core.Join(&waiter, request, GivingUp(), &released).has_value();
  Trampoline::HandOut(released);
  if (joined) waiter.Park(Deadline());
  *released_by = waiter.epoch + 1;
}

WaitResult BlockThread(WaitCore& core, Request request,
                       const WaitOptions& options,
                       uint64_t* released_by) noexcept {
  LimitedThreadWait wait(core, options.where());
  const GivingUp giving_up{&wait.gate, &options.token(),
                           options.limit().Started()};
  std::optional<WaitResult> ended = core.Try(&wait, request, giving_up);
  if (!ended.has_value()) {
    Trampoline::Drain();
    if (options.token().stop_possible()) {
      wait.stop.emplace(options.token(), LimitedThreadWait::OnStop{&wait});
    }
    Waiter* released;
    ended = core.Join(&wait, request, giving_up, &released);
    Trampoline::HandOut(released);
    if (!ended.has_value() && !wait.Park(giving_up.deadline)) {
      const std::optional<WaitResult> why = giving_up.Now();
      if (wait.gate.GiveUp()) {
        if (core.Remove(&wait, &released)) ended = why;
        Trampoline::HandOut(released);
      }
    }
    if (!ended.has_value()) {
      // Granted, or cancelled by somebody: the wake has come or is coming.
      wait.Park(Deadline());
      ended = wait.outcome;
    }
  }
  *released_by = wait.epoch + 1;
  return *ended;
}

}  // namespace synclib::inline SYNC_ABI::internal

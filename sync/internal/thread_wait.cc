// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/thread_wait.h"

#include <cstdint>
#include <optional>
#include <source_location>

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

void BlockThread(WaitCore& core, Request request, std::source_location where,
                 uint64_t* released_by) noexcept {
  Waiter waiter(Waiter::Kind::kThread, nullptr, where);
  if (!core.Try(&waiter, request, GivingUp()).has_value()) {
    Trampoline::Drain();
    Waiter* released;
    if (!core.Join(&waiter, request, GivingUp(), &released).has_value()) {
      Trampoline::HandOut(released);
      waiter.Park(Deadline());
    }
  }
  *released_by = waiter.epoch + 1;
}

WaitResult BlockThread(WaitCore& core, Request request,
                       const WaitOptions& options,
                       uint64_t* released_by) noexcept {
  LimitedWaiter waiter(Waiter::Kind::kThread, nullptr, &core);
  waiter.SetOptions(options);
  Waiter* released;
  const std::optional<WaitResult> ended = waiter.Begin(request, &released);
  if (ended.has_value()) {
    waiter.outcome = *ended;
  } else {
    Trampoline::HandOut(released);
    if (!waiter.Park(waiter.limit()) && !waiter.Abort(&released)) {
      // Granted, or being cancelled: the wake has come or is coming.
      Trampoline::HandOut(released);
      waiter.Park(Deadline());
    }
  }
  *released_by = waiter.epoch + 1;
  return waiter.outcome;
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/callback.h"

#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/target.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// Orders of `state_`. kHasRun is stored with release, and Remove() reads with
// acquire: what the function did is visible after kHasRun. kRuns publishes
// nothing; the other states are stored, and read outside of Remove(), by
// whoever has the callback to itself: relaxed is enough.

Callback::CallbackWait::~CallbackWait() {
  Leave("destroyed that may still run; Remove() it first:");
}

// Tells the run in progress in this thread, if any, to keep off. `what` is what
// is done to the callback that this thread must have to itself.
void Callback::CallbackWait::Leave(const char* what) noexcept {
  if constexpr (internal::kDebugChecks) {
    const bool is_ours =
        left_ != nullptr
            ? runner_ == internal::Self().number
            : state_.load(std::memory_order_relaxed) != State::kAdded;
    if (!is_ours) {
      internal::Fatal(absl::StrCat("a Callback was ", what, " added at ",
                                   where.file_name(), ":", where.line()));
    }
  }
  if (left_ != nullptr) *std::exchange(left_, nullptr) = true;
}

std::optional<WaitResult> Callback::CallbackWait::Add(
    const internal::Target& target, WaitOptions options) noexcept {
  bool* const run = left_;
  Leave("added that may still run;");
  set_core(target.core);
  request = target.request;
  granted_ = target.granted;
  SetOptions(std::move(options));
  state_.store(State::kAdded, std::memory_order_relaxed);
  internal::Waiter* released;
  std::optional<WaitResult> ended = Begin();
  if (!ended.has_value()) ended = Join(&released);
  if (ended.has_value()) {
    if (*ended == WaitResult::kReady) internal::Tell(granted_, request.what);
    // Its own function, if this is inside of it, goes on.
    left_ = run;
    if (run != nullptr) *run = false;
    state_.store(run == nullptr ? State::kIdle : State::kRuns,
                 std::memory_order_relaxed);
  } else {
    internal::Trampoline::HandOut(released);
  }
  return ended;
}

Callback::RemoveResult Callback::CallbackWait::Remove() noexcept {
  switch (state_.load(std::memory_order_acquire)) {
    case State::kIdle:
      return kRemoved;
    case State::kRuns:
      return kTaken;
    case State::kHasRun:
      return kHasRun;
    case State::kAdded:
      break;
  }
  internal::Waiter* released;
  if (Abort(&released)) {
    state_.store(State::kIdle, std::memory_order_relaxed);
    internal::Trampoline::HandOut(released);
    return kRemoved;
  }
  if (released != nullptr) {
    // It may be among them, and gone once it has run.
    internal::Trampoline::HandOut(released);
    return kTaken;
  }
  return state_.load(std::memory_order_acquire) == State::kHasRun ? kHasRun
                                                                  : kTaken;
}

void Callback::CallbackWait::Call(Work* work) {
  auto* self = static_cast<CallbackWait*>(work);
  self->PrefetchAhead();
  if (!self->DisarmOrLeave()) return;
  if (self->outcome == WaitResult::kReady) {
    internal::Tell(self->granted_, self->request.what);
  }
  bool left = false;
  self->left_ = &left;
  self->runner_ = internal::Self().number;
  self->state_.store(State::kRuns, std::memory_order_relaxed);
  self->function_(self->callback_, self->outcome);
  if (left) return;
  self->left_ = nullptr;
  self->state_.store(State::kHasRun, std::memory_order_release);
}

}  // namespace SYNC_ABI
}  // namespace synclib

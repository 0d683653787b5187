// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/condition.h"

#include <coroutine>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "sync/internal/config.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/trampoline.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/mutex.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

WaitResult Condition::Wait(Mutex& mutex, const WaitOptions& options) noexcept
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  internal::Request request = Asking(0);
  bool unlocked = false;
  const WaitResult result =
      internal::BlockThread(core_, request, options, [&]() noexcept {
        unlocked = true;
        internal::MutexRules::Unlock(mutex.core_);
      });
  // One that gives up at once, too, lets others have the mutex.
  if (!unlocked) mutex.unlock();
  mutex.lock(options.where());
  return result;
}

namespace internal {

HeldMutex::HeldMutex(Mutex::Guard& g) noexcept : mutex(g.mutex_), guard(&g) {
  if (kDebugChecks && mutex == nullptr) {
    Fatal("a Condition was to be awaited with a Guard that has no mutex");
  }
}

ConditionWait::ConditionWait(WaitCore& condition, HeldMutex held,
                             WaitOptions options, Predicate predicate) noexcept
    : LimitedCoroutineWait(&condition, {}, std::move(options), &Notified),
      condition_(condition),
      mutex_(*held.mutex),
      guard_(held.guard),
      predicate_(predicate) {}

bool ConditionWait::await_suspend(std::coroutine_handle<> handle) {
  set_handle(handle);
  return Wait();
}

// Each of these is true if the coroutine is suspended, and its frame may be
// gone; otherwise it has the mutex, and goes on.

bool ConditionWait::Wait() {
  WaitCore& mutex = mutex_.core_;
  if (guard_ != nullptr) guard_->mutex_ = nullptr;
  set_core(&condition_);
  set_function(&Notified);
  request = {&ConditionRules::kRules};
  Waiter* released;
  std::optional<WaitResult> ended = Begin();
  if (!ended.has_value()) ended = Join(&released);
  if (!ended.has_value()) Trampoline::HandOut(released);
  // One that gives up at once, too, lets others have the mutex.
  MutexRules::Unlock(mutex);
  return !ended.has_value() || Lock(*ended);
}

bool ConditionWait::Lock(WaitResult notified) {
  set_function(&Locked);
  notified_ = notified;
  outcome = WaitResult::kReady;  // As the wait for the mutex will be.
  Waiter* released;
  if (JoinNext(mutex_.core_, {&MutexRules::kRules}, &released)) return WaitOn();
  Trampoline::HandOut(released);
  return true;
}

bool ConditionWait::WaitOn() {
  if (guard_ != nullptr) guard_->mutex_ = &mutex_;
  set_stage(Stage::kOver);  // Also if the predicate throws.
  outcome = notified_;
  if (predicate_ != nullptr) {
    if (predicate_(*this)) {
      outcome = WaitResult::kReady;
    } else if (outcome == WaitResult::kReady) {
      return Wait();
    }
  }
  return false;
}

ConditionWait::~ConditionWait() {
  const bool has_begun = stage() != Stage::kIdle && stage() != Stage::kOver;
  if (!has_begun || function() != &Locked) return;
  // It was to get the mutex, or has it: leaves first that and then its
  // notification to others, whose code may run here.
  Destroyed();
  if (notified_ == WaitResult::kReady) condition_.Notify(1);
}

// The wait for the notification has ended.
void ConditionWait::Notified(Work* work) {
  auto* self = static_cast<ConditionWait*>(work);
  if (!self->DisarmBeforeResuming()) return;
  if (!self->Lock(self->outcome)) self->Resume();
}

void ConditionWait::Locked(Work* work) {
  auto* self = static_cast<ConditionWait*>(work);
  if (!self->WaitOn()) self->Resume();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

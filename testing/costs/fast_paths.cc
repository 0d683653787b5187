// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A function for each operation whose machine code is read: where
// docs/performance.md says `object.Operation()`, it is object_Operation().

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"
#include "sync/auto_reset_event.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"

namespace {

using synclib::AutoResetEvent;
using synclib::Condition;
using synclib::Event;
using synclib::Latch;
using synclib::Mutex;
using synclib::OneShot;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitResult;

}  // namespace

extern "C" {

bool event_IsSet(const Event& event) { return event.IsSet(); }
size_t event_Set(Event& event) { return event.Set(); }
size_t event_Pulse(Event& event) { return event.Pulse(); }
void event_Clear(Event& event) { event.Clear(); }
void event_Wait(Event& event) { event.Wait(); }
WaitResult event_Wait_0(Event& event) {
  return event.Wait(absl::ZeroDuration());
}
WaitResult event_Wait_absl_Hours_1(Event& event) {
  return event.Wait(absl::Hours(1));
}
void event_WaitPast_epoch(Event& event, uint64_t epoch) {
  event.WaitPast(epoch);
}
bool event_AsyncWait_await_ready(Event& event) {
  return event.AsyncWait().await_ready();
}
void mutex_lock(Mutex& mutex) { mutex.lock(); }
bool mutex_AsyncLock_await_ready(Mutex& mutex) {
  return mutex.AsyncLock().await_ready();
}
bool mutex_try_lock(Mutex& mutex) { return mutex.try_lock(); }
void mutex_unlock(Mutex& mutex) { mutex.unlock(); }

void shared_mutex_lock_shared(SharedMutex& mutex) { mutex.lock_shared(); }
bool shared_mutex_try_lock_shared(SharedMutex& mutex) {
  return mutex.try_lock_shared();
}
void shared_mutex_unlock_shared(SharedMutex& mutex) { mutex.unlock_shared(); }
void shared_mutex_lock(SharedMutex& mutex) { mutex.lock(); }
bool shared_mutex_try_lock(SharedMutex& mutex) { return mutex.try_lock(); }
void shared_mutex_unlock(SharedMutex& mutex) { mutex.unlock(); }

size_t condition_NotifyOne(Condition& condition) {
  return condition.NotifyOne();
}
size_t condition_NotifyAll(Condition& condition) {
  return condition.NotifyAll();
}

void semaphore_Acquire(Semaphore& semaphore) { semaphore.Acquire(); }
bool semaphore_AsyncAcquire_await_ready(Semaphore& semaphore) {
  return semaphore.AsyncAcquire().await_ready();
}
bool semaphore_TryAcquire(Semaphore& semaphore) {
  return semaphore.TryAcquire();
}
bool semaphore_Release(Semaphore& semaphore) { return semaphore.Release(); }

bool auto_reset_event_Set(AutoResetEvent& event) { return event.Set(); }
bool auto_reset_event_TryWait(AutoResetEvent& event) { return event.TryWait(); }
void auto_reset_event_Wait(AutoResetEvent& event) { event.Wait(); }

size_t latch_CountDown(Latch& latch) { return latch.CountDown(); }
bool latch_TryWait(const Latch& latch) { return latch.TryWait(); }
void latch_Wait(Latch& latch) { latch.Wait(); }
WaitResult latch_Wait_absl_Hours_1(Latch& latch) {
  return latch.Wait(absl::Hours(1));
}

bool one_shot_IsSet(const OneShot<int>& value) { return value.IsSet(); }
bool one_shot_Set(OneShot<int>& value, int answer) { return value.Set(answer); }
int* one_shot_Get(OneShot<int>& value) { return &value.Get(); }

}  // extern "C"

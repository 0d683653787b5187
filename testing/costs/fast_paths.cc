// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A function for each operation whose machine code is read: where
// docs/performance.md says `object.Operation()`, it is object_Operation().

#include <cstddef>

#include "absl/time/time.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"

namespace {

using synclib::AutoResetEvent;
using synclib::Event;
using synclib::Latch;
using synclib::Mutex;
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
bool event_AsyncWait_await_ready(Event& event) {
  return event.AsyncWait().await_ready();
}

void mutex_lock(Mutex& mutex) { mutex.lock(); }
bool mutex_try_lock(Mutex& mutex) { return mutex.try_lock(); }
void mutex_unlock(Mutex& mutex) { mutex.unlock(); }

void shared_mutex_lock_shared(SharedMutex& mutex) { mutex.lock_shared(); }
void shared_mutex_unlock_shared(SharedMutex& mutex) { mutex.unlock_shared(); }

void semaphore_Acquire(Semaphore& semaphore) { semaphore.Acquire(); }
bool semaphore_TryAcquire(Semaphore& semaphore) {
  return semaphore.TryAcquire();
}
bool semaphore_Release(Semaphore& semaphore) { return semaphore.Release(); }

bool auto_reset_event_Set(AutoResetEvent& event) { return event.Set(); }
void auto_reset_event_Wait(AutoResetEvent& event) { event.Wait(); }

size_t latch_CountDown(Latch& latch) { return latch.CountDown(); }
void latch_Wait(Latch& latch) { latch.Wait(); }

}  // extern "C"

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is in the library, and what a user might build with it, conforms.

#include "testing/conformance/conformance.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/conformance/permits.h"

namespace synctest {
namespace {

struct SetSubject {
  void Release() { event.Set(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return event.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return event.AsyncWait(options);
  }
  operator synclib::Waitable() { return event; }
  size_t waiters() { return event.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Event event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Set, WaitableTest, SetSubject);

struct PulseSubject {
  void Release() { event.Pulse(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return event.WaitPast(0, options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return event.AsyncWaitPast(0, options);
  }
  operator synclib::Waitable() { return event.NextPast(0); }
  size_t waiters() { return event.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Event event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Pulse, WaitableTest, PulseSubject);

struct SemaphoreSubject {
  void Release() { semaphore.Release(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return semaphore.Acquire(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return semaphore.AsyncAcquire(options);
  }
  operator synclib::Waitable() { return semaphore; }
  size_t waiters() { return semaphore.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Semaphore semaphore{0};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Semaphore, WaitableTest, SemaphoreSubject);

struct ManyPermitsSubject {
  void Release() { semaphore.Release(3); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return semaphore.AcquireMany(3, options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return semaphore.AsyncAcquireMany(3, options);
  }
  operator synclib::Waitable() { return semaphore.Many(3); }
  size_t waiters() { return semaphore.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Semaphore semaphore{2};
};
INSTANTIATE_TYPED_TEST_SUITE_P(ManyPermits, WaitableTest, ManyPermitsSubject);

struct AutoResetEventSubject {
  void Release() { event.Set(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return event.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return event.AsyncWait(options);
  }
  operator synclib::Waitable() { return event; }
  size_t waiters() { return event.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::AutoResetEvent event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(AutoResetEvent, WaitableTest,
                               AutoResetEventSubject);

// Once it is open, releasing it again does nothing.
struct LatchSubject {
  void Release() { latch.CountDown(std::min<int64_t>(latch.count(), 1)); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return latch.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return latch.AsyncWait(options);
  }
  operator synclib::Waitable() { return latch; }
  size_t waiters() { return latch.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Latch latch{1};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Latch, WaitableTest, LatchSubject);

// Who passes has the mutex until the next release.
struct MutexSubject {
  MutexSubject() { mutex.lock(); }
  void Release() { mutex.unlock(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return mutex.Lock(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return mutex.AsyncLock(options);
  }
  operator synclib::Waitable() { return mutex; }
  size_t waiters() { return mutex.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Mutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Mutex, WaitableTest, MutexSubject);

struct WriterSubject {
  WriterSubject() { mutex.lock(); }
  void Release() { mutex.unlock(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return mutex.Lock(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return mutex.AsyncLock(options);
  }
  operator synclib::Waitable() { return mutex; }
  size_t waiters() { return mutex.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::SharedMutex mutex;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Writer, WaitableTest, WriterSubject);

// A writer keeps readers out until the first release, which is its own.
struct ReaderSubject {
  ReaderSubject() { mutex.lock(); }
  void Release() {
    if (!std::exchange(released, true)) mutex.unlock();
  }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return mutex.LockShared(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return mutex.AsyncLockShared(options);
  }
  operator synclib::Waitable() { return mutex.Shared(); }
  size_t waiters() { return mutex.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::SharedMutex mutex;
  bool released = false;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Reader, WaitableTest, ReaderSubject);

// Once it is set, setting it again does nothing.
struct OneShotSubject {
  void Release() { (void)value.Set(1); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return value.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return value.AsyncWait(options);
  }
  operator synclib::Waitable() { return value; }
  size_t waiters() { return value.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::OneShot<int> value;
};
INSTANTIATE_TYPED_TEST_SUITE_P(OneShot, WaitableTest, OneShotSubject);

// A waitable of a user's own: who passes closes it.
class Turnstile {
 public:
  void Release() { permits_.Release(); }
  size_t waiters() { return permits_.waiters(); }
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator synclib::Waitable() noexcept { return permits_; }

 private:
  synclib::Semaphore permits_{0};
};

struct AnySubject {
  void Release() { turnstile.Release(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return synclib::WaitAny({never, turnstile}, options).result;
  }
  synclib::Task<synclib::WaitResult> AsyncWait(synclib::WaitOptions options) {
    const synclib::AnyResult any =
        co_await synclib::AsyncWaitAny({never, turnstile}, options);
    co_return any.result;
  }
  size_t waiters() { return turnstile.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Event never;
  Turnstile turnstile;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Any, WaitableTest, AnySubject);

struct AllSubject {
  void Release() { turnstile.Release(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return synclib::WaitAll({open, turnstile}, options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return synclib::AsyncWaitAll({open, turnstile}, options);
  }
  size_t waiters() { return turnstile.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = false;

  synclib::Event open{synclib::Event::kSet};
  Turnstile turnstile;
};
INSTANTIATE_TYPED_TEST_SUITE_P(All, WaitableTest, AllSubject);

INSTANTIATE_TYPED_TEST_SUITE_P(Permits, WaitableTest,
                               PermitsSubject<GivingUp::kTakesNothing>);

}  // namespace
}  // namespace synctest

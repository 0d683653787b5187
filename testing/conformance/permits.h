// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a user might build with events: a count of permits, in order of arrival.

#ifndef SYNC_TESTING_CONFORMANCE_PERMITS_H_
#define SYNC_TESTING_CONFORMANCE_PERMITS_H_

#include <cstddef>
#include <deque>
#include <mutex>

#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/wait_options.h"

namespace synctest {

// Whether who gives up takes nothing, or the next permit with him: the bug that
// the suite must find.
enum class GivingUp : bool { kTakesNothing, kTakesAPermit };

template <GivingUp kGivingUp>
class Permits {
 public:
  void Release() {
    Waiter* granted = nullptr;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (queue_.empty()) {
        ++permits_;
      } else {
        granted = queue_.front();
        queue_.pop_front();
      }
    }
    // Not under the lock: it may run the waiter.
    if (granted != nullptr) granted->event.Set();
  }
  synclib::WaitResult Acquire(const synclib::WaitOptions& options) {
    Waiter self;
    if (!Join(self)) return synclib::WaitResult::kReady;
    const synclib::WaitResult result = self.event.Wait(options);
    if (result == synclib::WaitResult::kReady || Leave(self)) return result;
    self.event.Wait();  // The grant is on its way.
    return synclib::WaitResult::kReady;
  }
  synclib::Task<synclib::WaitResult> AsyncAcquire(
      synclib::WaitOptions options) {
    Waiter self;
    if (!Join(self)) co_return synclib::WaitResult::kReady;
    const synclib::WaitResult result = co_await self.event.AsyncWait(options);
    if (result == synclib::WaitResult::kReady || Leave(self)) co_return result;
    co_await self.event;
    co_return synclib::WaitResult::kReady;
  }
  size_t waiters() {
    std::lock_guard<std::mutex> lock(mutex_);
    return queue_.size();
  }

 private:
  struct Waiter {
    synclib::Event event;
  };

  // False: there was a permit.
  bool Join(Waiter& self) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (permits_ > 0) {
      --permits_;
      return false;
    }
    queue_.push_back(&self);
    return true;
  }
  // False: it has been granted a permit.
  bool Leave(Waiter& self) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (std::erase(queue_, &self) == 0) return false;
    if (kGivingUp == GivingUp::kTakesAPermit) --permits_;
    return true;
  }

  std::mutex mutex_;
  int permits_ = 0;
  std::deque<Waiter*> queue_;
};

template <GivingUp kGivingUp>
struct PermitsSubject {
  void Release() { permits.Release(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return permits.Acquire(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return permits.AsyncAcquire(options);
  }
  size_t waiters() { return permits.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = false;

  Permits<kGivingUp> permits;
};

}  // namespace synctest

#endif  // SYNC_TESTING_CONFORMANCE_PERMITS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a Waiter can wait for, besides the primitives whose methods are called
// Wait() and AsyncWait() themselves.

#ifndef SYNC_TESTING_WAITS_H_
#define SYNC_TESTING_WAITS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>

#include "absl/base/thread_annotations.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/coro/task.h"
#include "sync/mutex.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synctest {

// A permit of a semaphore.
//
// Example:
//
//   synclib::Semaphore permits(0);
//   synctest::CoroutineWaiter waiter;
//   waiter.Start(synctest::Permit{permits}, absl::Hours(1));
//   permits.Release();
//   assert(waiter.Result() == synclib::WaitResult::kReady);
struct Permit {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return semaphore.Acquire(how);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return semaphore.AsyncAcquire(how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return semaphore.Add(callback, how);
  }

  synclib::Semaphore& semaphore;
};

// Several of them.
struct Permits {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return semaphore.AcquireMany(count, how);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return semaphore.AsyncAcquireMany(count, how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return semaphore.AddMany(count, callback, how);
  }

  synclib::Semaphore& semaphore;
  int64_t count;
};

// A mutex, or a SharedMutex for writing.
template <class M>
struct Exclusive {
  synclib::WaitResult Wait(std::source_location where) const
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex.lock(where);
    return synclib::WaitResult::kReady;
  }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) const {
    return mutex.Lock(options);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return mutex.AsyncLock(how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return mutex.Add(callback, how);
  }

  M& mutex;
};

// A SharedMutex for reading.
struct Shared {
  synclib::WaitResult Wait(std::source_location where) const
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex.lock_shared(where);
    return synclib::WaitResult::kReady;
  }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) const {
    return mutex.LockShared(options);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return mutex.AsyncLockShared(how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return mutex.AddShared(callback, how);
  }

  synclib::SharedMutex& mutex;
};

// A notification of a condition. A thread or coroutine takes over the mutex,
// which is locked when the wait begins and when it has ended.
struct Notification {
  template <class How>
  synclib::WaitResult Wait(const How& how) const
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return condition.Wait(mutex, how);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return condition.AsyncWait(mutex, how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return condition.Add(callback, how);
  }

  synclib::Condition& condition;
  synclib::Mutex& mutex;
};

// The same with a predicate.
struct Fulfilment {
  template <class How>
  synclib::WaitResult Wait(const How& how) const
      ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return condition.Wait(mutex, predicate, how);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return condition.AsyncWait(mutex, predicate, how);
  }

  synclib::Condition& condition;
  synclib::Mutex& mutex;
  std::function<bool()> predicate;
};

// The other parties of a barrier. `*result` is how the wait has ended; where
// that is not a WaitResult, it is kReady.
struct Arrival {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return Ended(barrier.ArriveAndWait(how));
  }
  template <class How>
  synclib::Task<synclib::WaitResult> AsyncWait(How how) const {
    co_return Ended(co_await barrier.AsyncArriveAndWait(how));
  }
  template <class How>
  std::optional<synclib::WaitResult> Add(synclib::Callback& callback,
                                         const How& how) const {
    const std::optional<synclib::BarrierResult> at_once =
        barrier.Add(callback, how);
    if (!at_once.has_value()) return std::nullopt;
    return Ended(*at_once);
  }
  synclib::WaitResult Called(const synclib::Callback& callback,
                             synclib::WaitResult ended) const {
    return Ended(synclib::Barrier::ResultOf(callback, ended));
  }

  synclib::WaitResult Ended(synclib::BarrierResult ended) const {
    *result = ended;
    switch (ended.outcome) {
      case synclib::BarrierResult::kCancelled:
        return synclib::WaitResult::kCancelled;
      case synclib::BarrierResult::kTimeout:
        return synclib::WaitResult::kTimeout;
      case synclib::BarrierResult::kComplete:
      case synclib::BarrierResult::kBroken:
        break;
    }
    return synclib::WaitResult::kReady;
  }

  synclib::Barrier& barrier;
  synclib::BarrierResult* result;
};

// How the wait has ended that `result` tells of, where a queue that was closed
// is kReady.
inline synclib::WaitResult EndOf(synclib::QueueResult result) {
  switch (result) {
    case synclib::QueueResult::kCancelled:
      return synclib::WaitResult::kCancelled;
    case synclib::QueueResult::kTimeout:
      return synclib::WaitResult::kTimeout;
    case synclib::QueueResult::kReady:
    case synclib::QueueResult::kClosed:
      break;
  }
  return synclib::WaitResult::kReady;
}

// The same of a callback, before it has pushed or popped.
inline synclib::QueueResult ToQueueResult(synclib::WaitResult ended) {
  switch (ended) {
    case synclib::WaitResult::kCancelled:
      return synclib::QueueResult::kCancelled;
    case synclib::WaitResult::kTimeout:
      return synclib::QueueResult::kTimeout;
    case synclib::WaitResult::kReady:
      break;
  }
  return synclib::QueueResult::kReady;
}

// Room in a queue, of whatever kind, for `value`. `*result` is how the push has
// ended.
template <class T, class Queue = synclib::Queue<T>>
struct Room {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    *result = queue.Push(value, how);
    return EndOf(*result);
  }
  template <class How>
  synclib::Task<synclib::WaitResult> AsyncWait(How how) const {
    *result = co_await queue.AsyncPush(value, how);
    co_return EndOf(*result);
  }
  template <class How>
  std::optional<synclib::WaitResult> Add(synclib::Callback& callback,
                                         const How& how) {
    pushing = std::make_unique<typename Queue::Pushing>(queue);
    const std::optional<synclib::WaitResult> at_once =
        callback.AddTo(*pushing, how);
    if (!at_once.has_value()) return std::nullopt;
    return Called(callback, *at_once);
  }
  synclib::WaitResult Called(const synclib::Callback&,
                             synclib::WaitResult ended) const {
    *result = ended == synclib::WaitResult::kReady ? pushing->Push(value)
                                                   : ToQueueResult(ended);
    return ended;
  }

  Queue& queue;
  T value;
  synclib::QueueResult* result;
  std::unique_ptr<typename Queue::Pushing> pushing = nullptr;
};

// A value in a queue: `*popped`.
template <class T, class Queue = synclib::Queue<T>>
struct Item {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    *popped = queue.Pop(how);
    return EndOf(popped->result);
  }
  template <class How>
  synclib::Task<synclib::WaitResult> AsyncWait(How how) const {
    *popped = co_await queue.AsyncPop(how);
    co_return EndOf(popped->result);
  }
  template <class How>
  std::optional<synclib::WaitResult> Add(synclib::Callback& callback,
                                         const How& how) {
    popping = std::make_unique<typename Queue::Popping>(queue);
    const std::optional<synclib::WaitResult> at_once =
        callback.AddTo(*popping, how);
    if (!at_once.has_value()) return std::nullopt;
    return Called(callback, *at_once);
  }
  synclib::WaitResult Called(const synclib::Callback&,
                             synclib::WaitResult ended) const {
    if (ended == synclib::WaitResult::kReady) {
      *popped = popping->Take();
    } else {
      *popped = {ToQueueResult(ended), std::nullopt};
    }
    return ended;
  }

  Queue& queue;
  synclib::Popped<T>* popped;
  std::unique_ptr<typename Queue::Popping> popping = nullptr;
};

// That all is done with what was pushed.
template <class T, class Queue = synclib::Queue<T>>
struct AllDone {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return queue.Join(how);
  }
  template <class How>
  auto AsyncWait(const How& how) const {
    return queue.AsyncJoin(how);
  }
  template <class How>
  auto Add(synclib::Callback& callback, const How& how) const {
    return callback.AddTo(queue.Joined(), how);
  }

  Queue& queue;
};

// Any of several things. `*index` is which it was.
struct AnyOf {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return Ended(synclib::WaitAny(waitables, how));
  }
  template <class How>
  synclib::Task<synclib::WaitResult> AsyncWait(How how) const {
    co_return Ended(co_await synclib::AsyncWaitAny(waitables, how));
  }

  synclib::WaitResult Ended(synclib::AnyResult any) const {
    *index = any.index;
    return any.result;
  }

  synclib::Waitables waitables;
  size_t* index;
};

// All of several things.
struct AllOf {
  template <class How>
  synclib::WaitResult Wait(const How& how) const {
    return synclib::WaitAll(waitables, how);
  }
  template <class How>
  synclib::Task<synclib::WaitResult> AsyncWait(How how) const {
    const synclib::WaitResult result =
        co_await synclib::AsyncWaitAll(waitables, how);
    co_return result;
  }

  synclib::Waitables waitables;
};

}  // namespace synctest

#endif  // SYNC_TESTING_WAITS_H_

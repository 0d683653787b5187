// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_MUTEX_H_
#define SYNC_MUTEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "sync/callback.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/primitive.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// A Mutex's payload: whether it is held.
struct MutexRules {
  static constexpr uint64_t kHeld = uint64_t{1} << WaitCore::kPayloadShift;

  static bool Take(uint64_t* word, uint64_t* losses) noexcept {
    return !WaitCore::IsHandingOver(*word) && Grant(word, losses);
  }
  static bool Grant(uint64_t* word, uint64_t*) noexcept {
    if (*word & kHeld) return false;
    *word |= kHeld;
    return true;
  }
  static void Unlock(WaitCore& core) noexcept {
    core.Give(
        [](uint64_t word) noexcept {
          if constexpr (kDebugChecks) {
            if (!(word & kHeld))
              Fatal("a Mutex was unlocked that was not locked");
          }
          return word & ~kHeld;
        },
        WaitCore::Always);
  }
  static void GiveBack(WaitCore& core, uint64_t) noexcept { Unlock(core); }

  static constexpr Rules kRules = {.name = "a Mutex",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &GiveBack,
                                   .barging = true,
                                   .held_briefly = true};
};

}  // namespace internal

class Condition;

namespace internal {
class ConditionWait;
struct HeldMutex;
}  // namespace internal

// Mutual exclusion of threads, coroutines and callbacks: what asyncio.Lock is
// to Python, for both at once. It has no owner: whoever has it may let go of
// it, on any thread, so that a coroutine may keep it over a co_await.
//
// Example:
//
//   synclib::Mutex mutex;
//   int count = 0;
//   auto add = [&]() -> synclib::Task<> {
//     synclib::Mutex::Guard guard = co_await mutex.AsyncGuard();
//     ++count;
//   };
//   {
//     synclib::MutexLock lock(mutex);
//     ++count;
//   }
//   synclib::Run(add());
//   assert(count == 2);
//
// Thread safety: every method, by any thread, at any time. try_lock(), which
//   may also fail at a moment at which a wait begins or ends, and unlock() wait
//   for no other thread.
// Ordering: what happened before an unlock() is visible to whoever locks it
//   afterwards.
// Lifetime: who has the mutex, and knows that nobody else is to come, may
//   destroy it, though the unlock() before has not returned yet.
// Wake order: who comes while the mutex is free may take it before those who
//   wait, which makes it fast. The first of those gets it handed: a thread only
//   after it has been woken three times to take it, in vain.
// Resumption: as an Event's waits.
// Time-outs: lock() has none; Lock() and AsyncLock() take WaitOptions.
// Misuse: to lock it twice, which never ends; to unlock what is not locked; to
//   destroy a mutex with waiters. Debug builds abort for the latter two, and
//   say who waits.
// Cost: 16 bytes, no allocation. One read-modify-write each to lock and unlock
//   where nobody waits. A thread tries for a moment before it waits.
class ABSL_LOCKABLE Mutex : private internal::Primitive<internal::MutexRules> {
 public:
  constexpr Mutex() noexcept : Primitive(0) {}

  // As of the standard library, so that std::scoped_lock and its like work.
  void lock(
      std::source_location where = std::source_location::current()) noexcept
      ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    Block(0, where);
  }
  [[nodiscard]] bool try_lock() noexcept ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TakeNow(0);
  }
  void unlock() noexcept ABSL_UNLOCK_FUNCTION() { Rules::Unlock(core_); }

  // As lock(), or until the wait gives up: kReady says that the mutex is had,
  // for Guard::Adopt() or a std::unique_lock to adopt.
  [[nodiscard]] WaitResult Lock(const WaitOptions& options) noexcept {
    return Block(0, options);
  }

  // The same for coroutines: `co_await mutex.AsyncLock()` is a WaitResult.
  // Nothing happens until it is awaited. `.On(executor)` says where to resume.
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncLock(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(0, where);
  }
  LimitedAwaiter AsyncLock(WaitOptions options) noexcept {
    return Await(0, std::move(options));
  }

  class GuardAwaiter;

  // Has a mutex while it exists, as a MutexLock does, in a coroutine. Clang's
  // analysis of thread safety doesn't follow coroutines: there, see
  // AssertHeld().
  class [[nodiscard]] Guard {
   public:
    // Takes over a mutex that is had: after `co_await AsyncLock(options)`.
    static Guard Adopt(Mutex& mutex) noexcept { return Guard(mutex); }

    Guard(Guard&& other) noexcept
        : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&&) = delete;
    ~Guard() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      if (mutex_ != nullptr) mutex_->unlock();
    }

   private:
    friend class GuardAwaiter;
    friend class internal::ConditionWait;
    friend struct internal::HeldMutex;
    explicit Guard(Mutex& mutex) noexcept : mutex_(&mutex) {}

    Mutex* mutex_;
  };

  // `co_await mutex.AsyncGuard()` is a Guard.
  class [[nodiscard]] GuardAwaiter : public Awaiter {
   public:
    GuardAwaiter On(Executor& executor) && noexcept {
      set_executor(&executor);
      return std::move(*this);
    }
    Guard await_resume() const noexcept { return Guard(mutex_); }

   private:
    friend class Mutex;
    GuardAwaiter(Awaiter awaiter, Mutex& mutex) noexcept
        : Awaiter(std::move(awaiter)), mutex_(mutex) {}

    Mutex& mutex_;
  };
  GuardAwaiter AsyncGuard(
      std::source_location where = std::source_location::current()) noexcept {
    return GuardAwaiter(AsyncLock(where), *this);
  }

  // The same for callbacks, as Event::Add(). A result of kReady means that the
  // mutex is had.
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Primitive::Add(0, callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(0, callback, std::move(options));
  }

  // For WaitAny(), WaitAll() and callbacks.
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(0); }

  // Tells Clang's analysis of thread safety that the mutex is had here: after
  // Lock() or AsyncLock(), or with a Guard. Debug builds abort if nobody has
  // it.
  void AssertHeld() const noexcept ABSL_ASSERT_EXCLUSIVE_LOCK() {
    if (internal::kDebugChecks && (core_.Read() & Rules::kHeld) == 0) {
      internal::Fatal("a Mutex was said to be held, and is not");
    }
  }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

 private:
  friend class Condition;
  friend class internal::ConditionWait;
  using Rules = internal::MutexRules;
};

static_assert(sizeof(Mutex) == 16);

// Has a Mutex while it exists. For threads; a coroutine awaits AsyncGuard().
class [[nodiscard]] ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex, std::source_location where =
                                       std::source_location::current()) noexcept
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.lock(where);
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_MUTEX_H_

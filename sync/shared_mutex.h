// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_SHARED_MUTEX_H_
#define SYNC_SHARED_MUTEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "sync/callback.h"
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

// A SharedMutex's payload: whether a writer has it, and how many readers.
struct SharedMutexRules {
  static constexpr uint64_t kWriter = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kReader = 2 * kWriter;

  // What a wait asks for, beside how often it has lost.
  static constexpr uint64_t kExclusive = 0;
  static constexpr uint64_t kShared = 1;

  // While it is free, whoever comes may have it; who reads beside others comes
  // after those who wait.
  static bool Take(uint64_t* word, uint64_t* what) noexcept {
    const bool is_free = *word < kWriter;
    return !(is_free ? WaitCore::IsHandingOver(*word)
                     : WaitCore::OthersComeFirst(*word)) &&
           Grant(word, what);
  }
  static bool Grant(uint64_t* word, uint64_t* what) noexcept {
    const uint64_t payload = *word & ~WaitCore::kListBits;
    if (IsShared(*what) ? (payload & kWriter) != 0 : payload != 0) {
      return false;
    }
    *word += PartOf(*what);
    return true;
  }
  static bool IsShared(uint64_t what) noexcept { return (what & kShared) != 0; }
  static uint64_t PartOf(uint64_t what) noexcept {
    return IsShared(what) ? kReader : kWriter;
  }
  static void Unlock(WaitCore& core, uint64_t what) noexcept {
    core.Give(
        [part = PartOf(what)](uint64_t word) noexcept {
          if constexpr (kDebugChecks) {
            const bool written = (word & kWriter) != 0;
            if (word < part || written != (part == kWriter)) {
              Fatal("a SharedMutex was unlocked that was not locked so");
            }
          }
          return word - part;
        },
        // Not while there are other readers: nobody who waits can have it.
        [](uint64_t, uint64_t after) noexcept {
          return (after & ~WaitCore::kListBits) == 0;
        });
  }
  static constexpr Rules kRules = {.name = "a SharedMutex",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &Unlock,
                                   .barging = true,
                                   .held_briefly = true};
};

}  // namespace internal

// Exclusion of writers, threads, coroutines or callbacks, from one another and
// from readers, which may be many at a time. Where readers are short, a Mutex
// is as fast. Without an owner, as Mutex.
//
// Example:
//
//   synclib::SharedMutex mutex;
//   int value = 0;
//   std::jthread writer([&] {
//     synclib::WriterLock lock(mutex);
//     value = 1;
//   });
//   synclib::ReaderLock lock(mutex);
//   assert(value == 0 || value == 1);
//
// Thread safety: every method, by any thread, at any time. The methods that
//   try, and those that unlock, wait for no other thread.
// Ordering: what happened before an unlock is visible to whoever locks it
//   afterwards.
// Lifetime: as a Mutex's.
// Wake order: as a Mutex's. But while others read, a reader that comes gets its
//   turn after those who wait; and coroutines and callbacks that wait to read
//   one behind the other get it together; threads, as they come to run.
// Resumption: as an Event's waits.
// Time-outs: every wait but lock() and lock_shared() takes WaitOptions.
// Misuse: to lock it twice, also shared: a writer may be waiting in between; to
//   block to write in what is resumed inline, as its thread may read; to unlock
//   what is not locked so, to destroy one with waiters: debug builds abort.
// Cost: 16 bytes, no allocation. One read-modify-write each to lock and unlock
//   where nobody waits, also for readers, which contend for the word. A thread
//   tries for a moment before it waits.
class ABSL_LOCKABLE SharedMutex
    : private internal::Primitive<internal::SharedMutexRules> {
 public:
  constexpr SharedMutex() noexcept : Primitive(0) {}

  // As of the standard library, so that std::unique_lock, std::shared_lock and
  // their like work. Those that try may fail if a wait begins or ends at that
  // moment.
  void lock(
      std::source_location where = std::source_location::current()) noexcept
      ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    Block(Rules::kExclusive, where);
  }
  [[nodiscard]] bool try_lock() noexcept ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) {
    return TakeNow(Rules::kExclusive);
  }
  void unlock() noexcept ABSL_UNLOCK_FUNCTION() {
    Rules::Unlock(core_, Rules::kExclusive);
  }

  void lock_shared(
      std::source_location where = std::source_location::current()) noexcept
      ABSL_SHARED_LOCK_FUNCTION() {
    Block(Rules::kShared, where);
  }
  [[nodiscard]] bool try_lock_shared() noexcept
      ABSL_SHARED_TRYLOCK_FUNCTION(true) {
    return TakeNow(Rules::kShared);
  }
  void unlock_shared() noexcept ABSL_UNLOCK_FUNCTION() {
    Rules::Unlock(core_, Rules::kShared);
  }

  // As lock() and lock_shared(), or until the wait gives up: kReady says that
  // the mutex is had, for a std::unique_lock or std::shared_lock to adopt.
  [[nodiscard]] WaitResult Lock(const WaitOptions& options) noexcept {
    return Block(Rules::kExclusive, options);
  }
  [[nodiscard]] WaitResult LockShared(const WaitOptions& options) noexcept {
    return Block(Rules::kShared, options);
  }

  // The same for coroutines: `co_await mutex.AsyncLock()` is a WaitResult; a
  // std::unique_lock or std::shared_lock may then adopt the mutex. Nothing
  // happens until it is awaited. `.On(executor)` says where to resume.
  using Primitive::Awaiter;
  using Primitive::LimitedAwaiter;
  Awaiter AsyncLock(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(Rules::kExclusive, where);
  }
  LimitedAwaiter AsyncLock(WaitOptions options) noexcept {
    return Await(Rules::kExclusive, std::move(options));
  }
  Awaiter AsyncLockShared(
      std::source_location where = std::source_location::current()) noexcept {
    return Await(Rules::kShared, where);
  }
  LimitedAwaiter AsyncLockShared(WaitOptions options) noexcept {
    return Await(Rules::kShared, std::move(options));
  }

  // The same for callbacks, as Event::Add(). A result of kReady means that the
  // mutex is had.
  [[nodiscard]] std::optional<WaitResult> Add(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return Add(callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> Add(Callback& callback,
                                              WaitOptions options) noexcept {
    return Primitive::Add(Rules::kExclusive, callback, std::move(options));
  }
  [[nodiscard]] std::optional<WaitResult> AddShared(
      Callback& callback,
      std::source_location where = std::source_location::current()) noexcept {
    return AddShared(callback, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> AddShared(
      Callback& callback, WaitOptions options) noexcept {
    return Primitive::Add(Rules::kShared, callback, std::move(options));
  }

  // For WaitAny(), WaitAll() and callbacks: as lock(), and as lock_shared().
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Waitable() noexcept { return Target(Rules::kExclusive); }
  Waitable Shared() noexcept { return Target(Rules::kShared); }

  // Tell Clang's analysis of thread safety that the mutex is had here: after
  // Lock(), LockShared(), or what coroutines await. Debug builds abort if
  // nobody has it so.
  void AssertHeld() const noexcept ABSL_ASSERT_EXCLUSIVE_LOCK() {
    CheckHas(Rules::kWriter);
  }
  void AssertReaderHeld() const noexcept ABSL_ASSERT_SHARED_LOCK() {
    CheckHas(~WaitCore::kListBits);
  }

  // As Event::waiters().
  size_t waiters() noexcept { return core_.Count(); }

 private:
  using Rules = internal::SharedMutexRules;
  using WaitCore = internal::WaitCore;

  void CheckHas(uint64_t any_of) const noexcept {
    if (internal::kDebugChecks && (core_.Read() & any_of) == 0) {
      internal::Fatal("a SharedMutex was said to be held, and is not so");
    }
  }
};

static_assert(sizeof(SharedMutex) == 16);

// Has a SharedMutex while it exists, alone, or with other readers. For threads,
// and Clang's analysis, which doesn't know those of the standard library.
class [[nodiscard]] ABSL_SCOPED_LOCKABLE WriterLock {
 public:
  explicit WriterLock(
      SharedMutex& mutex,
      std::source_location where = std::source_location::current()) noexcept
      ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.lock(where);
  }
  ~WriterLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class [[nodiscard]] ABSL_SCOPED_LOCKABLE ReaderLock {
 public:
  explicit ReaderLock(
      SharedMutex& mutex,
      std::source_location where = std::source_location::current()) noexcept
      ABSL_SHARED_LOCK_FUNCTION(mutex)
      : mutex_(mutex) {
    mutex_.lock_shared(where);
  }
  ~ReaderLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock_shared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_SHARED_MUTEX_H_

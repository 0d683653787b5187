// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_CALLBACK_H_
#define SYNC_CALLBACK_H_

#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/internal/config.h"
#include "sync/internal/limited_waiter.h"
#include "sync/internal/platform.h"
#include "sync/internal/target.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {

// A function to be called when a wait ends: the third way to wait, and what to
// build adaptors to other worlds from (an eventfd, a fiber, another library's
// future). Intrusive: the caller owns the node, and nothing is allocated. A
// thread that just wants to wait calls Event::Wait(); a coroutine awaits.
//
// Example:
//
//   struct Counter : synclib::Callback {
//     Counter() : Callback(&Fired) {}
//     static void Fired(Callback& self, synclib::WaitResult) noexcept {
//       ++static_cast<Counter&>(self).count;
//     }
//     int count = 0;
//   };
//   synclib::Event event;
//   Counter counter;
//   if (event.Add(counter).has_value()) return;  // Ready at once: not called.
//   event.Set();                                 // Calls Fired().
//   assert(counter.count == 1);
//   assert(counter.Remove() == synclib::Callback::kHasRun);
//
// Thread safety: Remove() may be called by any thread, one at a time, also
//   while the function runs; adding and destroying need exclusive access. Who
//   adds itself again is ended by its token or limit, or by what it waits for.
// Ordering: as a thread's wait for the same thing, to the function; what the
//   function did is visible after Remove() says kHasRun.
// Lifetime: a Callback may be destroyed, or added again, if it was never added,
//   after Remove() says kRemoved or kHasRun, and inside its own function; not
//   after kTaken, until a later Remove() says kHasRun.
// Wake order: callbacks run in the order of joining, after the threads of the
//   same broadcast have been woken and its coroutines posted.
// Resumption: in the thread that ends the wait, from its queue, with no current
//   executor: see Event. In a thread of the library's after a time-out, or if
//   a thread is suspended in the middle of the timers when the wait is granted.
// Time-outs: as any wait's, given to AddTo(), or to the Add() of a primitive.
// Misuse: to destroy one that may still run. Debug builds abort.
// Cost: 240 bytes, since it may have a limit and a token; no allocation. As a
//   coroutine's wait, with a call of a function instead of a resumption.
class Callback {
 public:
  // Must not block: other callbacks and coroutines may wait for it to return.
  // `self` may be destroyed, or added again, meanwhile.
  using Function = void (*)(Callback& self, WaitResult result) noexcept;

  enum RemoveResult : uint8_t {
    kRemoved,  // It is not added, and won't run.
    kTaken,    // Its function has begun, or is about to.
    kHasRun,   // Its function has returned.
  };

  explicit Callback(Function function) noexcept
      : callback_wait_(*this, function) {}

  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;

  // Begins a wait for what WaitAny() can wait for: most primitives, a push, a
  // pop or the end of a queue, or a thing of yours. A value: it has ended at
  // once, and the function isn't called.
  [[nodiscard]] std::optional<WaitResult> AddTo(
      const Waitable& waitable,
      std::source_location where = std::source_location::current()) noexcept {
    return AddTo(waitable, WaitOptions(where));
  }
  [[nodiscard]] std::optional<WaitResult> AddTo(const Waitable& waitable,
                                                WaitOptions options) noexcept {
    return callback_wait_.Add(waitable.target(), std::move(options));
  }

  // Takes it off what it was added to, which must still exist unless the
  // function has begun. Never waits for the function. Like any call that adds
  // or ends a wait, it may run other waiters: hold no lock that they take.
  RemoveResult Remove() noexcept { return callback_wait_.Remove(); }

 private:
  friend class Barrier;

  // All the rest, so that a class derived from Callback inherits few names.
  class CallbackWait : private internal::LimitedWaiter {
   public:
    CallbackWait(Callback& callback, Callback::Function f) noexcept
        : LimitedWaiter(Kind::kCallback, &Call, nullptr),
          callback_(callback),
          function_(f) {}
    ~CallbackWait();

    std::optional<WaitResult> Add(const internal::Target& target,
                                  WaitOptions options) noexcept;
    RemoveResult Remove() noexcept;
    // What the wait, which was by these rules, was granted.
    uint64_t what(const internal::Rules& rules) const noexcept {
      if (internal::kDebugChecks && request.rules != &rules) {
        internal::Fatal("a Callback was asked for what it has not waited for");
      }
      return request.what;
    }

   private:
    enum class State : uint32_t { kIdle, kAdded, kRuns, kHasRun };

    static void Call(Work* work);
    void Leave(const char* what) noexcept;

    Callback& callback_;
    const Callback::Function function_;
    uint64_t* granted_ = nullptr;  // As in Target.
    // Where the run in progress learns that this object is no longer its own:
    // destroyed, or added again. Null: no run, or it knows.
    bool* left_ = nullptr;
    uint8_t runner_ = 0;  // If not null: the number of the thread, modulo 256.
    internal::Atomic<State> state_{State::kIdle};
  };

  CallbackWait callback_wait_;
};

static_assert(sizeof(Callback) <= 240);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CALLBACK_H_

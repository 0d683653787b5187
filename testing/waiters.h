// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The ways to wait for a primitive, behind one interface, so that a test can be
// written once for all of them; and how a test waits for them: without sleeps.

#ifndef SYNC_TESTING_WAITERS_H_
#define SYNC_TESTING_WAITERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <thread>
#include <utility>

#include "absl/functional/function_ref.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "testing/detached.h"

namespace synctest {

// Returns when `condition` is true, which it asks again and again. If that
// takes two minutes, the program is aborted, with `what` in the message.
void WaitUntil(absl::FunctionRef<bool()> condition, const char* what);

// Returns when a wait has timed out, so that none of the timer's threads is
// just starting: the address sanitizer would allocate, and lock its allocator.
void AwaitTimer();

// Returns when `count` waits have joined the primitive and not been released.
template <class Primitive>
void AwaitWaiters(Primitive& primitive, size_t count) {
  WaitUntil([&] { return primitive.waiters() == count; }, "waits to join");
}

// One wait, and what became of it. What is waited for is an Event, or whatever
// else has Wait(how) for threads, AsyncWait(how) for coroutines, both of which
// have a WaitResult, and Add(callback, how) for callbacks: `how` is a
// std::source_location, or WaitOptions; and Called(callback, result), if a
// callback has more to do when it is called. testing/waits.h has more.
//
// Example:
//
//   synclib::Event event;
//   synctest::ThreadWaiter waiter;
//   waiter.Start(event);
//   synctest::AwaitWaiters(event, 1);
//   event.Set();
//   assert(waiter.Result() == synclib::WaitResult::kReady);
//
// Must not be destroyed by its own function or wait.
class Waiter {
 public:
  using Function = std::function<void(synclib::WaitResult)>;

  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;

  // What the waiter itself does as soon as its wait has ended: on its thread,
  // in its coroutine, or from its callback. To be called before Start().
  void Then(Function then) { then_ = std::move(then); }

  // Begins a wait for `what`, of which a temporary is copied; again, if an
  // earlier one has ended. A coroutine or callback has joined, or its wait has
  // ended, when this returns; of a thread or a pooled coroutine, AwaitWaiters()
  // knows when it has joined.
  template <class What>
  void Start(What&& what,
             std::source_location where = std::source_location::current()) {
    BeginAnew(std::make_unique<WaitFor<What, std::source_location>>(
        std::forward<What>(what), where));
  }
  template <class What>
  void Start(What&& what, const synclib::WaitOptions& options) {
    BeginAnew(std::make_unique<WaitFor<What, synclib::WaitOptions>>(
        std::forward<What>(what), options));
  }
  void StartPast(synclib::Event& event, uint64_t epoch,
                 std::source_location where = std::source_location::current()) {
    Start(Past{event, epoch}, where);
  }
  void StartPast(synclib::Event& event, uint64_t epoch,
                 const synclib::WaitOptions& options) {
    Start(Past{event, epoch}, options);
  }

  // Whether the wait has ended, and the waiter's function has returned.
  bool done() const { return done_.load(std::memory_order_acquire); }

  // Returns how the wait has ended, once it has.
  synclib::WaitResult Result();

 protected:
  // A wait, as each kind of waiter can have it.
  class Wait {
   public:
    virtual ~Wait() = default;

    virtual synclib::WaitResult Block() = 0;
    // Calls End() of the waiter, after which it touches neither that nor this.
    virtual Detached Suspend(Waiter& waiter) = 0;
    virtual std::optional<synclib::WaitResult> Add(
        synclib::Callback& callback) = 0;
    virtual synclib::WaitResult Called(const synclib::Callback& callback,
                                       synclib::WaitResult result) = 0;
  };

  // Has the wait begun, on which End() will be called.
  virtual void Begin(Wait& wait) = 0;
  void End(synclib::WaitResult result);

  // To be called by the destructor of each kind, while it is still whole.
  void Finish();

 private:
  // What is a reference, or a value.
  template <class What, class How>
  class WaitFor final : public Wait {
   public:
    WaitFor(What&& what, const How& how)
        : what_(std::forward<What>(what)), how_(how) {}

    synclib::WaitResult Block() override { return what_.Wait(how_); }
    Detached Suspend(Waiter& waiter) override {
      const synclib::WaitResult result = co_await what_.AsyncWait(how_);
      waiter.End(result);
    }
    std::optional<synclib::WaitResult> Add(
        synclib::Callback& callback) override {
      if constexpr (requires { what_.Add(callback, how_); }) {
        return what_.Add(callback, how_);
      } else {
        std::abort();  // Not for callbacks.
      }
    }
    synclib::WaitResult Called(const synclib::Callback& callback,
                               synclib::WaitResult result) override {
      if constexpr (requires { what_.Called(callback, result); }) {
        return what_.Called(callback, result);
      } else {
        return result;
      }
    }

   private:
    What what_;
    const How how_;
  };

  struct Past {
    template <class How>
    synclib::WaitResult Wait(const How& how) {
      return event.WaitPast(epoch, how);
    }
    template <class How>
    auto AsyncWait(const How& how) {
      return event.AsyncWaitPast(epoch, how);
    }
    template <class How>
    auto Add(synclib::Callback& callback, const How& how) {
      return event.AddPast(epoch, callback, how);
    }

    synclib::Event& event;
    uint64_t epoch;
  };

  void BeginAnew(std::unique_ptr<Wait> wait);

  Function then_;
  std::unique_ptr<Wait> wait_;  // The last one, once there is one.
  synclib::WaitResult result_{};
  std::atomic<bool> done_ = false;
};

// Waits on a thread of its own.
class ThreadWaiter final : public Waiter {
 public:
  static constexpr const char* kName = "Thread";

  ~ThreadWaiter() override { Finish(); }

 private:
  void Begin(Wait& wait) override;

  std::jthread thread_;
};

// Waits as a coroutine that has no executor, unless it is started under one.
class CoroutineWaiter : public Waiter {
 public:
  static constexpr const char* kName = "Coroutine";

  ~CoroutineWaiter() override { Finish(); }

 protected:
  void Begin(Wait& wait) override { wait.Suspend(*this); }
};

// Waits as a coroutine under a thread pool of its own.
class PooledCoroutineWaiter final : public CoroutineWaiter {
 public:
  static constexpr const char* kName = "PooledCoroutine";

  ~PooledCoroutineWaiter() override { Finish(); }

  synclib::ThreadPool& pool() { return pool_; }

 private:
  void Begin(Wait& wait) override;

  synclib::ThreadPool pool_{1};
};

// Waits as a callback, which is destroyed by its own function.
class CallbackWaiter final : public Waiter {
 public:
  static constexpr const char* kName = "Callback";

  ~CallbackWaiter() override { Finish(); }

 private:
  struct Node : synclib::Callback {
    Node(CallbackWaiter* owner, Wait* wait)
        : Callback(&Fired), owner(owner), wait(wait) {}
    static void Fired(Callback& self, synclib::WaitResult result) noexcept;

    CallbackWaiter* owner;
    Wait* wait;
  };

  void Begin(Wait& wait) override;

  std::optional<Node> node_;
};

}  // namespace synctest

#endif  // SYNC_TESTING_WAITERS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The ways to wait for an event, behind one interface, so that a test can be
// written once for all of them; and how a test waits for them: without sleeps.

#ifndef SYNC_TESTING_WAITERS_H_
#define SYNC_TESTING_WAITERS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
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

// Returns when `count` waits have joined the event and not been released.
void AwaitWaiters(synclib::Event& event, size_t count);

// One wait for an event, and what became of it.
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

  // Begins a wait; again, if an earlier one has ended. A coroutine or callback
  // has joined the event, or its wait has ended, when this returns; of a
  // thread or a pooled coroutine, AwaitWaiters() knows when it has joined.
  void Start(synclib::Event& event,
             std::source_location where = std::source_location::current());
  void Start(synclib::Event& event, const synclib::WaitOptions& options);
  void StartPast(synclib::Event& event, uint64_t epoch,
                 std::source_location where = std::source_location::current());
  void StartPast(synclib::Event& event, uint64_t epoch,
                 const synclib::WaitOptions& options);

  // Whether the wait has ended, and the waiter's function has returned.
  bool done() const { return done_.load(std::memory_order_acquire); }

  // Returns how the wait has ended, once it has.
  synclib::WaitResult Result();

 protected:
  struct Wait {
    synclib::Event* event;
    std::optional<uint64_t> past;
    std::optional<synclib::WaitOptions> options;
    std::source_location where;
  };

  // Has the wait begun, on which End() will be called.
  virtual void Begin(const Wait& wait) = 0;
  void End(synclib::WaitResult result);

  // To be called by the destructor of each kind, while it is still whole.
  void Finish();

 private:
  void Begin(synclib::Event& event, std::optional<uint64_t> past,
             const synclib::WaitOptions* options, std::source_location where);

  Function then_;
  bool started_ = false;
  synclib::WaitResult result_{};
  std::atomic<bool> done_ = false;
};

// Waits on a thread of its own.
class ThreadWaiter final : public Waiter {
 public:
  static constexpr const char* kName = "Thread";

  ~ThreadWaiter() override { Finish(); }

 private:
  void Begin(const Wait& wait) override;

  std::jthread thread_;
};

// Waits as a coroutine that has no executor, unless it is started under one.
class CoroutineWaiter : public Waiter {
 public:
  static constexpr const char* kName = "Coroutine";

  ~CoroutineWaiter() override { Finish(); }

 protected:
  void Begin(const Wait& wait) override { Run(wait); }

 private:
  Detached Run(Wait wait);
};

// Waits as a coroutine under a thread pool of its own.
class PooledCoroutineWaiter final : public CoroutineWaiter {
 public:
  static constexpr const char* kName = "PooledCoroutine";

  ~PooledCoroutineWaiter() override { Finish(); }

  synclib::ThreadPool& pool() { return pool_; }

 private:
  void Begin(const Wait& wait) override;

  synclib::ThreadPool pool_{1};
};

// Waits as a callback, which is destroyed by its own function.
class CallbackWaiter final : public Waiter {
 public:
  static constexpr const char* kName = "Callback";

  ~CallbackWaiter() override { Finish(); }

 private:
  struct Node : synclib::Callback {
    explicit Node(CallbackWaiter* owner) : Callback(&Fired), owner(owner) {}
    static void Fired(Callback& self, synclib::WaitResult result) noexcept;

    CallbackWaiter* owner;
  };

  void Begin(const Wait& wait) override;

  std::optional<Node> node_;
};

}  // namespace synctest

#endif  // SYNC_TESTING_WAITERS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Events of the standard library, or made of it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "benchmarks/subject.h"

namespace syncbench {
namespace {

SYNC_BENCHMARK_SUBJECT("MutexCondVar", MutexCondVar);

// The standard's wait with both a limit and a stop token.
class StopTokenCondVar {
 public:
  void Set() {
    {
      const std::lock_guard lock(mutex_);
      set_ = true;
    }
    changed_.notify_all();
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    set_ = false;
  }
  void WaitLimited() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, source_.get_token(), std::chrono::hours(1),
                      [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool set_ = false;  // Guarded by mutex_.
  std::stop_source source_;
};

SYNC_BENCHMARK_AT_START(EventSuite::AddTo<PingPongLimited>(
    {"StdStopToken", &PingPongLimited::Run<StopTokenCondVar>}));

// Waits of std::atomic.
class AtomicWait {
 public:
  void Set() {
    set_.store(1);
    set_.notify_all();
  }
  void Clear() { set_.store(0); }
  bool IsSet() const { return set_.load() != 0; }
  void Wait() const { set_.wait(0); }
  void Pulse() {
    pulses_.fetch_add(1);
    pulses_.notify_all();
  }
  void WaitPast(uint64_t pulses) const {
    pulses_.wait(static_cast<uint32_t>(pulses));
  }

 private:
  std::atomic<uint32_t> set_{0};
  std::atomic<uint32_t> pulses_{0};
};

SYNC_BENCHMARK_SUBJECT("AtomicWait", AtomicWait);

// What people write for coroutines, which resume after the unlock.
class MutexHandles {
 public:
  class Awaiter {
   public:
    explicit Awaiter(MutexHandles& event) : event_(event) {}
    bool await_ready() const { return event_.IsSet(); }
    bool await_suspend(std::coroutine_handle<> handle) {
      const std::lock_guard lock(event_.mutex_);
      if (event_.set_) return false;
      event_.handles_.push_back(handle);
      return true;
    }
    void await_resume() const {}

   private:
    MutexHandles& event_;
  };

  void Set() { Release(true); }
  void Pulse() { Release(false); }
  void Clear() {
    const std::lock_guard lock(mutex_);
    set_ = false;
  }
  bool IsSet() {
    const std::lock_guard lock(mutex_);
    return set_;
  }
  Awaiter operator co_await() { return Awaiter(*this); }

 private:
  void Release(bool set) {
    std::vector<std::coroutine_handle<>> handles;
    {
      const std::lock_guard lock(mutex_);
      set_ = set;
      handles = std::exchange(handles_, {});
    }
    for (const std::coroutine_handle<> handle : handles) handle.resume();
  }

  std::mutex mutex_;
  bool set_ = false;                              // Guarded by mutex_.
  std::vector<std::coroutine_handle<>> handles_;  // Likewise.
};

SYNC_BENCHMARK_SUBJECT("MutexHandles", MutexHandles);

// The standard's own list of what is to be called, which threads share and what
// is on it may leave. A stop is requested once, so a pulse allocates the source
// of the next one: it is in those rows that don't measure pulses.
class StopCallbacks {
 public:
  class Awaiter {
   public:
    explicit Awaiter(StopCallbacks& subject) : subject_(subject) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      on_stop_.emplace(subject_.source_.get_token(), Resume{handle});
    }
    void await_resume() const {}

   private:
    struct Resume {
      void operator()() const noexcept { handle.resume(); }
      std::coroutine_handle<> handle;
    };

    StopCallbacks& subject_;
    std::optional<std::stop_callback<Resume>> on_stop_;
  };

  void Pulse() {
    source_.request_stop();
    source_ = std::stop_source();
  }
  Awaiter AsyncWait() { return Awaiter(*this); }
  Awaiter operator co_await() { return AsyncWait(); }

  class Listener {
   public:
    Listener(StopCallbacks& subject, int64_t& calls)
        : subject_(subject), calls_(calls) {}
    void Add() {
      on_stop_.emplace(subject_.source_.get_token(), Count{calls_});
    }
    void Remove() { on_stop_.reset(); }

   private:
    struct Count {
      void operator()() const noexcept { ++calls; }
      int64_t& calls;
    };

    StopCallbacks& subject_;
    int64_t& calls_;
    std::optional<std::stop_callback<Count>> on_stop_;
  };

 private:
  std::stop_source source_;
};

SYNC_BENCHMARK_AT_START(EventSuite::AddTo<Register>(
    {"StdStopCallback", &Register::Run<StopCallbacks>}));
SYNC_BENCHMARK_AT_START(EventSuite::AddTo<RegisterAndCancel>(
    {"StdStopCallback", &RegisterAndCancel::Run<StopCallbacks>}));
SYNC_BENCHMARK_AT_START(EventSuite::AddTo<AddCallback>(
    {"StdStopCallback", &AddCallback::Run<StopCallbacks>}));

// What people write for callbacks, which are called after the unlock.
class MutexFunctions {
 public:
  class Listener {
   public:
    Listener(MutexFunctions& event, int64_t& calls)
        : event_(event), calls_(calls) {}
    void Add() {
      {
        const std::lock_guard lock(event_.mutex_);
        if (!event_.set_) {
          number_ = event_.added_++;
          event_.functions_.emplace(number_, [this] { ++calls_; });
          return;
        }
      }
      ++calls_;
    }
    void Remove() {
      const std::lock_guard lock(event_.mutex_);
      event_.functions_.erase(number_);
    }

   private:
    MutexFunctions& event_;
    int64_t& calls_;
    int64_t number_ = -1;
  };

  void Set() {
    Functions functions;
    {
      const std::lock_guard lock(mutex_);
      set_ = true;
      functions = std::exchange(functions_, {});
    }
    for (const auto& [number, function] : functions) function();
  }
  void Clear() {
    const std::lock_guard lock(mutex_);
    set_ = false;
  }

 private:
  using Functions = std::map<int64_t, std::function<void()>>;

  std::mutex mutex_;
  bool set_ = false;     // Guarded by mutex_.
  int64_t added_ = 0;    // Likewise.
  Functions functions_;  // Likewise, by when they were added.
};

SYNC_BENCHMARK_AT_START(EventSuite::AddTo<AddCallback>(
    {"MutexFunctions", &AddCallback::Run<MutexFunctions>}));
SYNC_BENCHMARK_AT_START(EventSuite::AddTo<OneCallback>(
    {"MutexFunctions", &OneCallback::Run<MutexFunctions>}));

}  // namespace
}  // namespace syncbench

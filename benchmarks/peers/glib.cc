// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// GLib: its mutexes and condition, its queue, its calls at most once, and its
// pool.

#include "benchmarks/companion_scenarios.h"
#include "benchmarks/pool_scenarios.h"
#include "benchmarks/subject.h"
#include "benchmarks/value_scenarios.h"

#ifdef SYNC_BENCHMARK_HAS_GLIB

#include <glib.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "benchmarks/monitors.h"

namespace syncbench {
namespace {

struct GlibMonitor {
  struct Mutex {
    Mutex() { g_mutex_init(&mutex); }
    ~Mutex() { g_mutex_clear(&mutex); }
    GMutex mutex;
  };
  struct Lock {
    explicit Lock(Mutex& locked) : mutex(&locked.mutex) { g_mutex_lock(mutex); }
    ~Lock() { g_mutex_unlock(mutex); }
    GMutex* const mutex;
  };
  struct Condition {
    Condition() { g_cond_init(&changed); }
    ~Condition() { g_cond_clear(&changed); }
    template <class P>
    void Wait(Lock& lock, P predicate) {
      while (!predicate()) g_cond_wait(&changed, lock.mutex);
    }
    template <class P>
    void WaitAnHour(Lock& lock, P predicate) {
      const gint64 limit = g_get_monotonic_time() + G_TIME_SPAN_HOUR;
      while (!predicate()) g_cond_wait_until(&changed, lock.mutex, limit);
    }
    void WaitNoTime(Lock& lock) {
      g_cond_wait_until(&changed, lock.mutex, g_get_monotonic_time());
    }
    void NotifyOne() { g_cond_signal(&changed); }
    void NotifyAll() { g_cond_broadcast(&changed); }
    GCond changed;
  };
};

SYNC_BENCHMARK_SUBJECT("GLib", MonitorEvent<GlibMonitor>);
SYNC_BENCHMARK_ADD(MonitorSuite, "GLib", GlibMonitor);

class GlibMutex {
 public:
  void lock() { g_mutex_lock(&mutex_.mutex); }
  void unlock() { g_mutex_unlock(&mutex_.mutex); }

 private:
  GlibMonitor::Mutex mutex_;
};

SYNC_BENCHMARK_ADD(MutexSuite, "GLib", GlibMutex);

class GlibSharedMutex {
 public:
  GlibSharedMutex() { g_rw_lock_init(&mutex_); }
  ~GlibSharedMutex() { g_rw_lock_clear(&mutex_); }
  void lock() { g_rw_lock_writer_lock(&mutex_); }
  void unlock() { g_rw_lock_writer_unlock(&mutex_); }
  void lock_shared() { g_rw_lock_reader_lock(&mutex_); }
  void unlock_shared() { g_rw_lock_reader_unlock(&mutex_); }

 private:
  GRWLock mutex_;
};

SYNC_BENCHMARK_ADD(SharedMutexSuite, "GLib", GlibSharedMutex);

// It has no bound, and what it passes on are pointers other than null.
class GlibQueue {
 public:
  GlibQueue() : queue_(g_async_queue_new()) {}
  ~GlibQueue() { g_async_queue_unref(queue_); }
  void Push(int64_t value) {
    g_async_queue_push(queue_, GSIZE_TO_POINTER(value + 1));
  }
  bool TryPush(int64_t value) {
    Push(value);
    return true;
  }
  int64_t Pop() { return ValueOf(g_async_queue_pop(queue_)); }
  std::optional<int64_t> TryPop() {
    const gpointer taken = g_async_queue_try_pop(queue_);
    if (taken == nullptr) return std::nullopt;
    return ValueOf(taken);
  }

 private:
  static int64_t ValueOf(gpointer taken) {
    return static_cast<int64_t>(GPOINTER_TO_SIZE(taken)) - 1;
  }

  GAsyncQueue* const queue_;
};

SYNC_BENCHMARK_ADD(QueueSuite, "GLib", GlibQueue);

class GlibLazy {
 public:
  int64_t Get() {
    g_once(&once_, &Make, this);
    return *value_;
  }

 private:
  static gpointer Make(gpointer self) {
    static_cast<GlibLazy*>(self)->value_ = 1;
    return self;
  }

  GOnce once_ = G_ONCE_INIT;
  std::optional<int64_t> value_;
};

SYNC_BENCHMARK_ADD(LazySuite, "GLib", GlibLazy);

class GlibPool {
 public:
  using Event = PostingEvent<GlibPool>;

  explicit GlibPool(size_t threads)
      : pool_(g_thread_pool_new(&Resume, nullptr, static_cast<int>(threads),
                                TRUE, nullptr)) {}
  ~GlibPool() { g_thread_pool_free(pool_, FALSE, TRUE); }
  void Post(std::coroutine_handle<> handle) {
    g_thread_pool_push(pool_, handle.address(), nullptr);
  }

 private:
  static void Resume(void* handle, void*) {
    std::coroutine_handle<>::from_address(handle).resume();
  }

  GThreadPool* const pool_;
};

SYNC_BENCHMARK_ADD(PoolSuite, "GLib", GlibPool);

}  // namespace
}  // namespace syncbench

#else

SYNC_BENCHMARK_ABSENT("GLib", "libglib2.0-dev");

#endif

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// No operation allocates: nodes live in stack frames, coroutine frames and
// callbacks. What does allocate here, coroutine frames, stop states and
// threads, is made before the counting begins.

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <functional>
#include <new>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/base/config.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/event_watch.h"
#include "sync/executor.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/waiters.h"

namespace {

std::atomic<size_t> allocations{0};

void Count() { allocations.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

// The allocator of a sanitizer tells of what it is asked for. Its operators
// aren't replaced: clang links them before those of a test.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER)

extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void*, size_t),
    void (*free_hook)(const volatile void*));

namespace {

[[maybe_unused]] const int installed =
    __sanitizer_install_malloc_and_free_hooks(
        +[](const volatile void*, size_t) { Count(); },
        +[](const volatile void*) {});

}  // namespace

#else

namespace {

void* Allocate(size_t size) {
  Count();
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

#ifdef __GLIBC__  // The C library's, too.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);

void* malloc(size_t size) {
  Count();
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  Count();
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  Count();
  return __libc_realloc(memory, size);
}
}
#endif

#endif  // Sanitizers.

namespace synctest {
namespace {

using synclib::AutoResetEvent;
using synclib::Barrier;
using synclib::Callback;
using synclib::Condition;
using synclib::Event;
using synclib::EventWatch;
using synclib::Latch;
using synclib::Mutex;
using synclib::OneShot;
using synclib::Queue;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::Waitables;
using synclib::WaitOptions;
using synclib::WaitResult;

// Starts when it is told to, and ends by itself.
struct Prepared {
  struct promise_type {
    Prepared get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<> handle;
};

struct Counting : Callback {
  Counting() : Callback(&Call) {}
  static void Call(Callback& self, WaitResult result) noexcept {
    Counting& counting = static_cast<Counting&>(self);
    counting.last = result;
    counting.calls.fetch_add(1);
  }
  std::atomic<int> calls{0};
  WaitResult last{};
};

// The test framework allocates when an expectation fails, so that these are
// evaluated afterwards.
template <class Body>
void ExpectNone(Body body) {
  const size_t before = allocations.load();
  body();
  const size_t after = allocations.load();
  EXPECT_EQ(after - before, 0u);
}

class NoAllocationTest : public testing::Test {
 protected:
  NoAllocationTest() { AwaitTimer(); }
};

TEST_F(NoAllocationTest, TheCounterCounts) {
  const size_t before = allocations.load();
  int* volatile number = new int;  // Compilers leave out a pair they can see.
  delete number;
  EXPECT_GT(allocations.load(), before);
}

TEST_F(NoAllocationTest, S8_OperationsOfAThread) {
  std::stop_source source;
  source.request_stop();
  const std::stop_token token = source.get_token();
  WaitResult results[6];
  ExpectNone([&] {
    Event event;
    event.Set();
    event.Wait();
    event.Clear();
    event.Pulse();
    event.WaitPast(0);
    (void)event.IsSet();
    (void)event.epoch();
    (void)event.waiters();
    results[0] = event.Wait(absl::ZeroDuration());
    results[1] = event.Wait(absl::Microseconds(10));
    results[2] = event.Wait(token);
    results[3] = event.WaitPast(2, absl::Microseconds(10));
    EventWatch watch(event);
    event.Pulse();
    watch.Next();
    results[4] = watch.Next(absl::Microseconds(10));
    results[5] = watch.Next(token);
  });
  EXPECT_EQ(results[0], WaitResult::kTimeout);
  EXPECT_EQ(results[1], WaitResult::kTimeout);
  EXPECT_EQ(results[2], WaitResult::kCancelled);
  EXPECT_EQ(results[3], WaitResult::kTimeout);
  EXPECT_EQ(results[4], WaitResult::kTimeout);
  EXPECT_EQ(results[5], WaitResult::kCancelled);
}

TEST_F(NoAllocationTest, S8_ThreadsThatBlock) {
  Event event, go;
  std::stop_source source;
  std::atomic<int> done{0};
  WaitResult cancelled{};
  std::jthread threads[3] = {std::jthread([&] {
                               go.Wait();
                               event.Wait();
                               ++done;
                             }),
                             std::jthread([&] {
                               go.Wait();
                               (void)event.Wait(absl::Hours(1));
                               ++done;
                             }),
                             std::jthread([&] {
                               go.Wait();
                               cancelled = event.Wait(source.get_token());
                               ++done;
                             })};
  AwaitWaiters(go, 3);
  ExpectNone([&] {
    go.Set();
    AwaitWaiters(event, 3);
    source.request_stop();
    AwaitWaiters(event, 2);
    event.Set();
    WaitUntil([&] { return done == 3; }, "the threads");
  });
  EXPECT_EQ(cancelled, WaitResult::kCancelled);
}

TEST_F(NoAllocationTest, S8_CoroutinesOfAllSorts) {
  Event event;
  EventWatch watch(event);
  synclib::ThreadPool pool(1);
  std::atomic<bool> started{false};
  synclib::Submit(pool, [&] { started = true; });
  WaitUntil([&] { return started.load(); }, "the pool's thread");
  std::stop_source source;
  std::atomic<int> done{0};
  int timed_out = 0, cancelled = 0;
  const auto plain = [&]() -> Prepared {
    co_await event;
    ++done;
  };
  const auto past = [&]() -> Prepared {
    (void)co_await event.AsyncWaitPast(event.epoch(), absl::Hours(1));
    ++done;
  };
  const auto pooled = [&]() -> Prepared {
    co_await event.AsyncWait().On(pool);
    ++done;
  };
  const auto watching = [&]() -> Prepared {
    (void)co_await watch.AsyncNext(absl::Hours(1));
    ++done;
  };
  const auto limited = [&]() -> Prepared {
    timed_out +=
        co_await event.AsyncWait(absl::Milliseconds(1)) == WaitResult::kTimeout;
    ++done;
  };
  const auto stopped = [&]() -> Prepared {
    cancelled +=
        co_await event.AsyncWait(source.get_token()) == WaitResult::kCancelled;
    ++done;
  };
  const Prepared destroyed = plain();
  const Prepared all[] = {plain(),    past(),    pooled(),
                          watching(), limited(), stopped()};
  ExpectNone([&] {
    destroyed.handle.resume();
    for (const Prepared& coroutine : all) coroutine.handle.resume();
    destroyed.handle.destroy();
    source.request_stop();
    WaitUntil([&] { return done == 2; }, "time-out and cancellation");
    event.Set();
    WaitUntil([&] { return done == 6; }, "the broadcast");
  });
  EXPECT_EQ(timed_out, 1);
  EXPECT_EQ(cancelled, 1);
}

// Awaits what `wait(options)` returns, and then calls `pass()`.
template <class AsyncWait, class Pass>
Prepared Await(AsyncWait wait, WaitOptions options, Pass pass,
               std::atomic<int>& done) {
  (void)co_await wait(options);
  pass();
  ++done;
}

// A thread and a coroutine wait, without a limit and with one: give() is for
// one or both of them, and who has it passes it on.
template <class Primitive, class Wait, class AsyncWait, class Give, class Pass>
void UseBetweenTwo(Primitive& primitive, const WaitOptions& options, Wait wait,
                   AsyncWait async_wait, Give give, Pass pass) {
  std::atomic<int> done{0};
  const Prepared coroutine = Await(async_wait, options, pass, done);
  Event go;
  std::jthread thread([&] {
    go.Wait();
    (void)wait(options);
    pass();
    ++done;
  });
  AwaitWaiters(go, 1);
  ExpectNone([&] {
    coroutine.handle.resume();
    go.Set();
    AwaitWaiters(primitive, 2);
    give();
    WaitUntil([&] { return done == 2; }, "both");
  });
}

// Typed by whether there is a limit.
template <class MayGiveUp>
class CompanionsNoAllocationTest : public NoAllocationTest {
 protected:
  static WaitOptions Options() {
    return MayGiveUp::value ? WaitOptions(absl::Hours(1)) : WaitOptions();
  }
};
using BothWays = testing::Types<std::true_type, std::false_type>;
TYPED_TEST_SUITE(CompanionsNoAllocationTest, BothWays);

constexpr auto kNothing = [] {};

TYPED_TEST(CompanionsNoAllocationTest, S8_AutoResetEvent) {
  AutoResetEvent event;
  const auto set = [&] { event.Set(); };
  UseBetweenTwo(
      event, TestFixture::Options(),
      [&](const auto& o) { return event.Wait(o); },
      [&](const auto& o) { return event.AsyncWait(o); }, set, set);
}

TYPED_TEST(CompanionsNoAllocationTest, S8_Mutex) {
  Mutex mutex;
  mutex.lock();
  const auto unlock = [&] { mutex.unlock(); };
  UseBetweenTwo(
      mutex, TestFixture::Options(),
      [&](const auto& o) { return mutex.Lock(o); },
      [&](const auto& o) { return mutex.AsyncLock(o); }, unlock, unlock);
}

TYPED_TEST(CompanionsNoAllocationTest, S8_SharedMutex) {
  SharedMutex mutex;
  mutex.lock_shared();
  UseBetweenTwo(
      mutex, TestFixture::Options(),
      [&](const auto& o) { return mutex.Lock(o); },
      [&](const auto& o) { return mutex.AsyncLock(o); },
      [&] { mutex.unlock_shared(); }, [&] { mutex.unlock(); });
  mutex.lock();
  UseBetweenTwo(
      mutex, TestFixture::Options(),
      [&](const auto& o) { return mutex.LockShared(o); },
      [&](const auto& o) { return mutex.AsyncLockShared(o); },
      [&] { mutex.unlock(); }, [&] { mutex.unlock_shared(); });
}

TYPED_TEST(CompanionsNoAllocationTest, S8_Condition) {
  Mutex mutex;
  Condition condition;
  UseBetweenTwo(
      condition, TestFixture::Options(),
      [&](const auto& o) {
        mutex.lock();
        return condition.Wait(mutex, o);
      },
      [&](const auto& o) {
        mutex.lock();
        return condition.AsyncWait(mutex, o);
      },
      [&] { condition.NotifyAll(); }, [&] { mutex.unlock(); });
}

TYPED_TEST(CompanionsNoAllocationTest, S8_Semaphore) {
  Semaphore semaphore(0);
  const auto release = [&] { semaphore.Release(); };
  UseBetweenTwo(
      semaphore, TestFixture::Options(),
      [&](const auto& o) { return semaphore.Acquire(o); },
      [&](const auto& o) { return semaphore.AsyncAcquire(o); }, release,
      release);
}

TYPED_TEST(CompanionsNoAllocationTest, S8_Latch) {
  Latch latch(1);
  UseBetweenTwo(
      latch, TestFixture::Options(),
      [&](const auto& o) { return latch.Wait(o); },
      [&](const auto& o) { return latch.AsyncWait(o); },
      [&] { latch.CountDown(); }, kNothing);
}

TYPED_TEST(CompanionsNoAllocationTest, S8_Barrier) {
  Barrier barrier(3);
  UseBetweenTwo(
      barrier, TestFixture::Options(),
      [&](const auto& o) { return barrier.ArriveAndWait(o); },
      [&](const auto& o) { return barrier.AsyncArriveAndWait(o); },
      [&] { (void)barrier.ArriveAndWait(); }, kNothing);
}

TYPED_TEST(CompanionsNoAllocationTest, S8_OneShot) {
  OneShot<int> answer;
  UseBetweenTwo(
      answer, TestFixture::Options(),
      [&](const auto& o) { return answer.Wait(o); },
      [&](const auto& o) { return answer.AsyncWait(o); },
      [&] { (void)answer.Set(42); }, kNothing);
}

// What is waited for is taken, but for the last, which are found there.
TYPED_TEST(CompanionsNoAllocationTest, S8_WaitsForAnyOfEightKinds) {
  Semaphore semaphore(0);
  Mutex mutex;
  SharedMutex shared_mutex;
  AutoResetEvent flag;
  Event event;
  Latch latch(1);
  OneShot<int> answer;
  Queue<int> queue;
  mutex.lock();
  shared_mutex.lock();
  const auto all = [&](Queue<int>::Popping& popping) {
    return Waitables{semaphore, mutex,  shared_mutex.Shared(),
                     flag,      event,  latch,
                     answer,    popping};
  };
  Queue<int>::Popping of_thread(queue), of_coroutine(queue), mine(queue);
  const auto release = [&] { semaphore.Release(); };
  UseBetweenTwo(
      semaphore, TestFixture::Options(),
      [&](const auto& o) { return WaitAny(all(of_thread), o); },
      [&](const auto& o) { return AsyncWaitAny(all(of_coroutine), o); },
      release, release);
  EXPECT_TRUE(semaphore.TryAcquire());
  queue.Push(42);
  size_t index = 0;
  ExpectNone([&] {
    index = WaitAny(all(mine), TestFixture::Options()).index;
    (void)mine.Take();
  });
  EXPECT_EQ(index, 7u);
  EXPECT_EQ(queue.size(), 0);
  mutex.unlock();
  shared_mutex.unlock();
}

// The semaphore's permit is what both lack until the end.
TYPED_TEST(CompanionsNoAllocationTest, S8_WaitsForAllOfEightKinds) {
  Semaphore semaphore(0), other(1);
  Mutex mutex;
  SharedMutex shared_mutex;
  AutoResetEvent flag(AutoResetEvent::kSet);
  Event event(Event::kSet);
  Latch latch(0);
  OneShot<int> answer;
  (void)answer.Set(42);
  const auto all = [&] {
    return Waitables{other,  mutex,    shared_mutex.Shared(),
                     flag,   event,    latch,
                     answer, semaphore};
  };
  UseBetweenTwo(
      semaphore, TestFixture::Options(),
      [&](const auto& o) { return WaitAll(all(), o); },
      [&](const auto& o) { return AsyncWaitAll(all(), o); },
      [&] { semaphore.Release(); },
      [&] {
        mutex.unlock();
        shared_mutex.unlock_shared();
        flag.Set();
        other.Release();
        semaphore.Release();
      });
}

TEST_F(NoAllocationTest, S8_WaitsForAnyOfEight) {
  Event a, b, c, d, e, f, g, h;
  std::atomic<int> done{0};
  size_t indices[3] = {};
  const auto wait = [&]() -> Prepared {
    indices[0] =
        (co_await synclib::AsyncWaitAny({a, b, c, d, e, f, g, h})).index;
    ++done;
  };
  const Prepared coroutine = wait();
  Event go;
  std::jthread thread([&] {
    go.Wait();
    indices[1] = synclib::WaitAny({h, g, f, e, d, c, b, a}).index;
    ++done;
  });
  AwaitWaiters(go, 1);
  synclib::AnyResult late{};
  ExpectNone([&] {
    coroutine.handle.resume();
    go.Set();
    AwaitWaiters(a, 2);
    h.Set();
    WaitUntil([&] { return done == 2; }, "both");
    indices[2] = synclib::WaitAny({a, b, c, d, e, f, g, h}).index;
    late = synclib::WaitAny({a, b}, absl::Microseconds(10));
  });
  EXPECT_EQ(indices[0], 7u);
  EXPECT_EQ(indices[1], 0u);
  EXPECT_EQ(indices[2], 7u);
  EXPECT_EQ(late.result, WaitResult::kTimeout);
}

TEST_F(NoAllocationTest, S8_WaitsForAllOfEight) {
  Event a, b, c, d;
  Semaphore e(2), f(2), g(2), h(2);
  std::atomic<int> done{0};
  const auto wait = [&]() -> Prepared {
    co_await synclib::AsyncWaitAll({a, b, c, d, e, f, g, h});
    ++done;
  };
  const Prepared coroutine = wait();
  Event go;
  std::jthread thread([&] {
    go.Wait();
    synclib::WaitAll({h, g, f, e, d, c, b, a});
    ++done;
  });
  AwaitWaiters(go, 1);
  WaitResult late{};
  ExpectNone([&] {
    coroutine.handle.resume();
    go.Set();
    WaitUntil(
        [&] {
          return a.waiters() + b.waiters() + c.waiters() + d.waiters() == 2;
        },
        "both to wait for one");
    for (Event* event : {&a, &b, &c, &d}) event->Set();
    WaitUntil([&] { return done == 2; }, "both");
    late = synclib::WaitAll({a, e}, absl::Microseconds(10));
  });
  EXPECT_EQ(h.permits(), 0);
  EXPECT_EQ(late, WaitResult::kTimeout);
}

TEST_F(NoAllocationTest, S8_CallbacksOfAllSorts) {
  Event event;
  std::stop_source source;
  Counting plain, limited, stopped, removed;
  const std::stop_token token = source.get_token();
  Callback::RemoveResult result{};
  bool added = true;
  std::optional<WaitResult> at_once;  // The limit may come before the join.
  ExpectNone([&] {
    added &= !event.Add(plain).has_value();
    at_once = event.AddPast(0, limited, absl::Milliseconds(1));
    added &= !event.Add(stopped, token).has_value();
    added &= !event.Add(removed, {absl::Hours(1), token}).has_value();
    result = removed.Remove();
    source.request_stop();
    WaitUntil([&] { return at_once.has_value() || limited.calls == 1; },
              "the time-out");
    event.Set();
    while (limited.Remove() == Callback::kTaken) std::this_thread::yield();
  });
  EXPECT_TRUE(added);
  EXPECT_EQ(result, Callback::kRemoved);
  EXPECT_EQ(removed.calls, 0);
  EXPECT_EQ(plain.last, WaitResult::kReady);
  EXPECT_EQ(at_once.value_or(limited.last), WaitResult::kTimeout);
  EXPECT_EQ(stopped.last, WaitResult::kCancelled);
}

// The loop has timers of its own.
TEST_F(NoAllocationTest, S8_TimersOfAnEventLoop) {
  synclib::EventLoop loop;
  Event event;
  int timed_out = 0;
  const auto limited = [&](int milliseconds) -> Prepared {
    timed_out +=
        co_await event.AsyncWait(absl::Milliseconds(milliseconds)).On(loop) ==
        WaitResult::kTimeout;
    if (timed_out == 3) loop.Stop();
  };
  const Prepared all[] = {limited(3), limited(1), limited(2)};
  ExpectNone([&] {
    for (const Prepared& coroutine : all) coroutine.handle.resume();
    loop.Run();
  });
  EXPECT_EQ(timed_out, 3);
}

}  // namespace
}  // namespace synctest

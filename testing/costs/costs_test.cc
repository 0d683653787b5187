// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What each operation costs, in each situation, is what docs/performance.md
// says: its tables are what is expected. Where a change of the library changes
// them, the failure shows the new rows, for the document.

#include "testing/costs/costs.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <source_location>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
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
#include "sync/internal/bell.h"
#include "sync/internal/deadline.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/timer_wheel.h"
#include "sync/internal/wait_list.h"
#include "sync/internal/waiter.h"
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
#include "testing/costs/document.h"
#include "testing/detached.h"

namespace synctest::costs {
namespace {

using synclib::AutoResetEvent;
using synclib::Barrier;
using synclib::Callback;
using synclib::Condition;
using synclib::Event;
using synclib::EventLoop;
using synclib::EventWatch;
using synclib::Executor;
using synclib::Latch;
using synclib::Mutex;
using synclib::OneShot;
using synclib::Queue;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::ThreadPool;
using synclib::WaitOptions;
using synclib::WaitResult;
using synclib::Work;
using synclib::internal::Bell;
using synclib::internal::Deadline;
using synclib::internal::EventRules;
using synclib::internal::Instant;
using synclib::internal::kNever;
using synclib::internal::MonotonicNow;
using synclib::internal::Request;
using synclib::internal::TimedWaiter;
using synclib::internal::TimerQueue;
using synclib::internal::Waiter;
using synclib::internal::WaitList;

// What a wait asks for in a thread that sleeps, and `end`, which wakes it as
// another thread would.
struct Sleep {
  Costs wait;
  Costs end;
};
template <class T>
Sleep CountSleep(const T& object, absl::FunctionRef<void()> wait,
                 absl::FunctionRef<void()> end) {
  Sleep sleep;
  std::jthread([&] {
    // The second wait of a thread doesn't spin, as the first did in vain.
    Event event;
    Interrupt(Moment::kSleep, [&] { event.Set(); });
    event.Wait();
    Interrupt(Moment::kSleep, [&] { sleep.end = Count(object, end); });
    sleep.wait = Count(object, wait);
  }).join();
  return sleep;
}

// Rows of the document.
class Table {
 public:
  // What a thread does once in its life is no part of them.
  Table() { (void)synclib::Executor::Current(); }

  void Add(const std::string& what, const Costs& costs) {
    absl::StrAppend(&text_, "| ", what, " |");
    for (const int count :
         {costs.modifications, costs.failures, costs.loads, costs.stores,
          costs.sleeps, costs.wakes, costs.lines, costs.nodes}) {
      absl::StrAppend(&text_, " ", count == 0 ? "" : absl::StrCat(count, " "),
                      "|");
    }
    absl::StrAppend(&text_, "\n");
  }
  template <class T>
  void Add(const std::string& what, const T& object,
           absl::FunctionRef<void()> body) {
    Add(what, Count(object, body));
  }
  template <class T>
  void AddSleep(const std::string& what_waits, const std::string& what_ends,
                const T& object, absl::FunctionRef<void()> wait,
                absl::FunctionRef<void()> end) {
    const Sleep sleep = CountSleep(object, wait, end);
    Add(what_waits, sleep.wait);
    Add(what_ends, sleep.end);
  }
  void AddBytes(const std::string& what, size_t bytes) {
    absl::StrAppend(&text_, "| ", what, " | ", bytes, " |\n");
  }

  void ExpectDocumented(const std::string& name) const {
    costs::ExpectDocumented(name, text_);
  }

 private:
  std::string text_;
};

// In an object of its own, from where a cache line begins.
template <class T>
struct alignas(kLine) Aligned {
  T object;

  template <class... Args>
  explicit Aligned(Args&&... args) : object(args...) {}
  T& operator*() { return object; }
  T* operator->() { return &object; }
};

Detached WaitFor(auto& awaitable) { co_await awaitable; }

// Waits in as many threads, which sleep.
class Threads {
 public:
  Threads(Event& event, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      threads_.emplace_back([&] {
        Interrupt(Moment::kSleep, [&] { asleep_.release(); });
        event.Wait();
      });
      asleep_.acquire();
    }
  }

 private:
  std::counting_semaphore<> asleep_{0};
  std::vector<std::jthread> threads_;
};

struct Quiet : Callback {
  Quiet() : Callback([](Callback&, WaitResult) noexcept {}) {}
};

void CountWithoutWaiters(Table& table) {
  Aligned<Event> event;
  table.Add("`IsSet()`", *event, [&] { (void)event->IsSet(); });
  table.Add("`Set()`, nobody waits", *event, [&] { event->Set(); });
  table.Add("`Set()` on a set event", *event, [&] { event->Set(); });
  table.Add("`Wait()` on a set event", *event, [&] { event->Wait(); });
  table.Add("`Wait(limit)` on a set event", *event,
            [&] { (void)event->Wait(absl::Hours(1)); });
  table.Add("`co_await` on a set event", *event, [&] { WaitFor(*event); });
  table.Add("`Clear()`", *event, [&] { event->Clear(); });
  table.Add("`Pulse()`, nobody waits", *event, [&] { event->Pulse(); });
  table.Add("`Wait(0)` on an unset event", *event,
            [&] { (void)event->Wait(absl::ZeroDuration()); });
  table.Add("`co_await AsyncWait(0)` on an unset event", *event, [&] {
    [](Event& unset) -> Detached {
      (void)co_await unset.AsyncWait(absl::ZeroDuration());
    }(*event);
  });
  Aligned<EventWatch> watch(*event);
  event->Pulse();
  table.Add("`EventWatch::Next()`, a broadcast came before", *event,
            [&] { watch->Next(); });
}

void CountCoroutines(Table& table) {
  for (const int count : {1, 2, 100}) {
    Aligned<Event> event;
    for (int i = 1; i < count; ++i) WaitFor(*event);
    if (count < 100) {
      table.Add(
          count == 1 ? "a coroutine joins" : "a coroutine joins another one",
          *event, [&] { WaitFor(*event); });
    } else {
      WaitFor(*event);
    }
    table.Add(absl::StrCat("`Set()` resumes ", count, " coroutine",
                           count == 1 ? "" : "s"),
              *event, [&] { event->Set(); });
  }
  Aligned<Event> event;
  const Detached coroutine = WaitFor(*event);
  table.Add("a waiting coroutine is destroyed", *event,
            [&] { coroutine.handle.destroy(); });
}

// Runs what is posted at once, with timers of its own.
class Inline final : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    work->Run();
    return true;
  }
  void FireDue() noexcept { (void)timers_.FireDue(); }

 private:
  TimerQueue* timers() noexcept override { return &timers_; }

  Bell bell_;
  TimerQueue timers_{bell_, TimerQueue::kOfEventLoop};
};

void CountLimits(Table& table) {
  Inline executor;
  Aligned<Event> event;
  Event other;
  std::stop_source source;
  const auto wait = [&](Event& joined, WaitOptions options) -> Detached {
    (void)co_await joined.AsyncWait(options).On(executor);
  };
  // One that is due earlier, so that nobody need be told of the others.
  wait(other, absl::Minutes(1));
  const WaitOptions options(absl::Hours(1), source.get_token());
  table.Add("a coroutine joins, with a limit and a token", *event,
            [&] { wait(*event, options); });
  table.Add("`Set()` resumes it", *event, [&] { event->Set(); });
  event->Clear();
  wait(*event, options);
  table.Add("`request_stop()` resumes it", *event,
            [&] { source.request_stop(); });
  other.Set();
}

void CountExecutors(Table& table) {
  Aligned<EventLoop> loop;
  Aligned<Event> event;
  const auto wait = [&]() -> Detached {
    co_await event->AsyncWait().On(*loop);
  };
  wait();
  table.Add("`Set()` posts a coroutine to an `EventLoop`", *event,
            [&] { event->Set(); });
  (void)synclib::Submit(*loop, [&] {
    event->Clear();
    wait();
    table.Add("the same, in what that loop runs", *event,
              [&] { event->Set(); });
    loop->Stop();
  });
  loop->Run();
}

void CountCallbacks(Table& table) {
  Aligned<Event> event;
  Quiet callback;
  table.Add("`Add(callback)`", *event, [&] { (void)event->Add(callback); });
  table.Add("`Remove()` of a callback", *event, [&] { callback.Remove(); });
  (void)event->Add(callback);
  table.Add("`Set()` calls a callback", *event, [&] { event->Set(); });
}

void CountThreads(Table& table) {
  for (const int count : {1, 16}) {
    Aligned<Event> event;
    const Threads threads(*event, count);
    table.Add(
        absl::StrCat("`Set()` wakes ", count, " thread", count == 1 ? "" : "s"),
        *event, [&] { event->Set(); });
  }
  Aligned<Event> event;
  Costs sets;
  Interrupt(Moment::kSpin,
            [&] { sets = Count(*event, [&] { event->Set(); }); });
  table.Add("`Wait()`, woken before it sleeps", *event, [&] { event->Wait(); });
  table.Add("`Set()` lets a thread go on that is awake", sets);
  const auto set = [&] { event->Set(); };
  event->Clear();
  table.Add("`Wait()`, sleeps", CountSleep(
                                    *event, [&] { event->Wait(); }, set)
                                    .wait);
  event->Clear();
  std::stop_source source;
  const auto wait = [&] {
    (void)event->Wait(WaitOptions(absl::Hours(1), source.get_token()));
  };
  table.Add("`Wait({limit, token})`, sleeps",
            CountSleep(*event, wait, set).wait);
}

// Of threads that sleep: those that `Set()` leaves to one another.
void CountThreadsThatWakeOthers(Table& table) {
  Aligned<Event> event;  // Of which they touch nothing.
  WaitList list;
  std::deque<Waiter> waiters;
  for (int i = 0; i < 100; ++i) {
    Waiter& waiter = waiters.emplace_back(Waiter::Kind::kThread, nullptr,
                                          Request{&EventRules::kRules, 0},
                                          std::source_location());
    waiter.parked.store(static_cast<uint32_t>(Waiter::Parked::kAsleep),
                        std::memory_order_relaxed);
    std::jthread([&] { list.Push(&waiter); }).join();  // Each is another one.
  }
  uint64_t word = EventRules::kOneEpoch;
  Waiter::UnparkAll(list.Grant(&word, nullptr, nullptr));
  const auto add = [&](const std::string& what, size_t i) {
    table.Add(what, *event, [&] { waiters[i].Park(Deadline()); });
  };
  add("the second of 100 threads goes on, and wakes the third", 1);
  add("the third divides the others, and wakes 32 that sleep together", 2);
  add("the first of these wakes another 32", 3);
  add("the last of these wakes nobody", 34);
}

TEST(CostsTest, OfAnEventAreTheDocuments) {
  Table table;
  CountWithoutWaiters(table);
  CountCoroutines(table);
  CountCallbacks(table);
  CountThreads(table);
  CountThreadsThatWakeOthers(table);
  CountExecutors(table);
  CountLimits(table);
  table.ExpectDocumented("an Event");
}

void CountMutexes(Table& table) {
  Aligned<Mutex> mutex;
  table.Add("`Mutex::lock()`, free", *mutex, [&] { mutex->lock(); });
  table.Add("`try_lock()`, held", *mutex, [&] { (void)mutex->try_lock(); });
  table.Add("`unlock()`, nobody waits", *mutex, [&] { mutex->unlock(); });
  const auto lock = [&]() -> Detached { co_await mutex->AsyncLock(); };
  lock();
  lock();
  table.Add("`unlock()` hands it to a coroutine", *mutex,
            [&] { mutex->unlock(); });
  table.AddSleep(
      "`lock()`, held, sleeps", "`unlock()` wakes a thread", *mutex,
      [&] { mutex->lock(); }, [&] { mutex->unlock(); });
  mutex->unlock();
}

void CountSharedMutexes(Table& table) {
  Aligned<SharedMutex> shared;
  table.Add("`SharedMutex::lock_shared()`, free", *shared,
            [&] { shared->lock_shared(); });
  table.Add("`unlock_shared()`, nobody waits", *shared,
            [&] { shared->unlock_shared(); });
  table.Add("`SharedMutex::lock()`, free", *shared, [&] { shared->lock(); });
  table.Add("`unlock()`, nobody waits", *shared, [&] { shared->unlock(); });

  shared->lock_shared();
  shared->lock_shared();
  const auto write = [&]() -> Detached { co_await shared->AsyncLock(); };
  table.Add("a coroutine waits to write", *shared, [&] { write(); });
  table.Add("`unlock_shared()`, not the last", *shared,
            [&] { shared->unlock_shared(); });
  table.Add("`unlock_shared()`, the last, hands it to a coroutine", *shared,
            [&] { shared->unlock_shared(); });
  const auto read = [&]() -> Detached { co_await shared->AsyncLockShared(); };
  read();
  read();
  table.Add("`unlock()` hands it to 2 coroutines that read", *shared,
            [&] { shared->unlock(); });
  shared->unlock_shared();
  table.AddSleep(
      "`lock()`, others read, sleeps", "`unlock_shared()` wakes a thread",
      *shared, [&] { shared->lock(); }, [&] { shared->unlock_shared(); });
  table.AddSleep(
      "`lock_shared()`, another one writes, sleeps",
      "`unlock()` wakes a thread", *shared, [&] { shared->lock_shared(); },
      [&] { shared->unlock(); });
  shared->unlock_shared();
}

void CountConditions(Table& table) {
  Aligned<Mutex> mutex;
  Aligned<Condition> condition;
  table.Add("`Condition::NotifyAll()`, nobody waits", *condition,
            [&] { condition->NotifyAll(); });
  const auto wait = [&](Mutex::Guard guard) -> Detached {
    co_await condition->AsyncWait(guard);
  };
  mutex->lock();
  table.Add("a coroutine waits, and lets go of the mutex", *condition,
            [&] { wait(Mutex::Guard::Adopt(*mutex)); });
  table.Add("`NotifyOne()` resumes it, with the mutex", *condition,
            [&] { condition->NotifyOne(); });
  mutex->lock();
  table.AddSleep(
      "`Wait()`, sleeps, and gets the mutex", "`NotifyOne()` wakes a thread",
      *condition, [&] { condition->Wait(*mutex); },
      [&] { condition->NotifyOne(); });
  mutex->unlock();
}

void CountPermits(Table& table) {
  Aligned<Semaphore> semaphore(1);
  const auto acquire = [&]() -> Detached {
    co_await semaphore->AsyncAcquire();
  };
  table.Add("`Semaphore::Acquire()`, a permit is there", *semaphore,
            [&] { semaphore->Acquire(); });
  table.Add("`TryAcquire()`, none is", *semaphore,
            [&] { (void)semaphore->TryAcquire(); });
  table.Add("`Release()`, nobody waits", *semaphore,
            [&] { semaphore->Release(); });
  semaphore->Acquire();
  acquire();
  table.Add("`Release()` to a coroutine", *semaphore,
            [&] { semaphore->Release(); });
  table.AddSleep(
      "`Acquire()`, none is there, sleeps", "`Release()` wakes a thread",
      *semaphore, [&] { semaphore->Acquire(); }, [&] { semaphore->Release(); });

  Aligned<AutoResetEvent> turn;
  table.Add("`AutoResetEvent::Set()`, nobody waits", *turn,
            [&] { turn->Set(); });
  table.Add("`Wait()` on a set one", *turn, [&] { turn->Wait(); });
  WaitFor(*turn);
  table.Add("`Set()` resumes a coroutine", *turn, [&] { turn->Set(); });
}

void CountPhases(Table& table) {
  Aligned<Latch> latch(2);
  table.Add("`Latch::CountDown()`, not the last", *latch,
            [&] { latch->CountDown(); });
  WaitFor(*latch);
  table.Add("`CountDown()`, the last, resumes a coroutine", *latch,
            [&] { latch->CountDown(); });
  table.Add("`Wait()` on a finished one", *latch, [&] { latch->Wait(); });
  Aligned<Latch> unfinished(1);
  table.AddSleep(
      "`Wait()` on an unfinished one, sleeps",
      "`CountDown()`, the last, wakes a thread", *unfinished,
      [&] { unfinished->Wait(); }, [&] { unfinished->CountDown(); });

  Aligned<Barrier> barrier(2);
  const auto arrive = [&]() -> Detached {
    (void)co_await barrier->AsyncArriveAndWait();
  };
  table.Add("a coroutine arrives at a `Barrier`", *barrier, [&] { arrive(); });
  table.Add("the last one arrives, and resumes it", *barrier,
            [&] { arrive(); });
  const auto wait = [&] { (void)barrier->ArriveAndWait(); };
  table.AddSleep("`ArriveAndWait()`, sleeps", "the last one wakes a thread",
                 *barrier, wait, wait);
}

void CountValues(Table& table) {
  Aligned<Queue<int>> queue;
  table.Add("`Queue::TryPush()`, nothing else is unfinished", *queue,
            [&] { (void)queue->TryPush(1); });
  table.Add("`TryPush()`, something is", *queue,
            [&] { (void)queue->TryPush(1); });
  (void)queue->TryPop();
  table.Add("`TryPop()`", *queue, [&] { (void)queue->TryPop(); });
  table.Add("`TryPop()`, empty", *queue, [&] { (void)queue->TryPop(); });
  table.Add("`Push()`, nobody waits", *queue, [&] { queue->Push(1); });
  table.Add("`Pop()`, a value is there", *queue, [&] { (void)queue->Pop(); });
  const auto pop = [&]() -> Detached { (void)co_await queue->AsyncPop(); };
  pop();
  table.Add("`Push()` to a coroutine", *queue, [&] { queue->Push(1); });

  Aligned<Queue<int>> full(1);
  full->Push(1);
  const auto push = [&]() -> Detached { co_await full->AsyncPush(1); };
  table.Add("a coroutine waits to push", *full, [&] { push(); });
  table.Add("`Pop()` to a coroutine, which pushes", *full,
            [&] { (void)full->Pop(); });
  table.AddSleep(
      "`Push()`, full, sleeps", "`Pop()` wakes a thread", *full,
      [&] { full->Push(1); }, [&] { (void)full->Pop(); });
  (void)full->Pop();
  table.AddSleep(
      "`Pop()`, empty, sleeps", "`Push()` wakes a thread", *full,
      [&] { (void)full->Pop(); }, [&] { full->Push(1); });
  // Of four that were pushed.
  full->TaskDone();
  full->TaskDone();
  table.Add("`TaskDone()`, not the last", *full, [&] { full->TaskDone(); });
  table.Add("`TaskDone()`, the last, nobody joins", *full,
            [&] { full->TaskDone(); });
  table.Add("`Close()`, nobody waits", *full, [&] { full->Close(); });
  pop();
  table.Add("`Close()` resumes a coroutine", *queue, [&] { queue->Close(); });

  Aligned<OneShot<int>> value;
  table.Add("`OneShot::Set()`, nobody waits", *value, [&] { value->Set(1); });
  table.Add("`Get()`, the value is there", *value, [&] { value->Get(); });
}

void CountSeveral(Table& table) {
  Aligned<Event> first;
  Aligned<Event> second;
  const auto wait = [&]() -> Detached {
    (void)co_await synclib::AsyncWaitAny({*first, *second});
  };
  table.Add("a coroutine joins two events by `WaitAny`", *first,
            [&] { wait(); });
  table.Add("`Set()` of the first resumes it", *first, [&] { first->Set(); });
  table.Add("`WaitAny` of two, the first is set", *first, [&] {
    (void)synclib::WaitAny({*first, *second});
  });
  // In this order in memory, which is that in which they are held.
  Aligned<Mutex> mutexes[2];
  Aligned<Mutex>& from = mutexes[0];
  Aligned<Mutex>& to = mutexes[1];
  table.Add("`WaitAll` of two mutexes, both free", *from, [&] {
    (void)synclib::WaitAll({*from, *to});
  });
  const auto unlock = [&] { to->unlock(); };
  const auto wait_for_all = [&]() -> Detached {
    co_await synclib::AsyncWaitAll({*from, *to});
  };
  from->unlock();
  table.Add("a coroutine joins by `WaitAll`, one is held", *to,
            [&] { wait_for_all(); });
  table.Add("`unlock()` of that one resumes it, with both", *to, unlock);
  from->unlock();
  table.AddSleep(
      "`WaitAll` in a thread, one is held, sleeps",
      "`unlock()` of that one wakes it", *to,
      [&] {
        synclib::WaitAll({*from, *to});
      },
      unlock);
  from->unlock();
  to->unlock();
}

TEST(CostsTest, OfTheCompanionsAreTheDocuments) {
  Table table;
  CountMutexes(table);
  CountSharedMutexes(table);
  CountConditions(table);
  CountPermits(table);
  CountPhases(table);
  CountValues(table);
  CountSeveral(table);
  table.ExpectDocumented("its companions");
}

Detached RunOn(Executor& executor, Event& event, std::function<void()> body) {
  co_await event.AsyncWait().On(executor);
  body();
}

// What a thread of a pool does is counted from the end of one coroutine to the
// beginning of the next.
void CountPools(Table& table) {
  Aligned<ThreadPool> pool(1);
  Aligned<Event> event;
  const auto begin = [&] { Begin(&*pool, sizeof(*pool)); };
  const auto post = [&](std::function<void()> body) {
    event->Clear();
    RunOn(*pool, *event, std::move(body));
    return Count(*event, [&] { event->Set(); });
  };
  Costs sets[2];
  Costs runs[2];
  std::binary_semaphore done(0);
  const auto end = [&] {
    runs[1] = End();
    done.release();
  };
  const auto sleep = [&] {
    runs[0] = End();
    Interrupt(Moment::kSleep, [&] { sets[1] = post(end); });
    begin();
  };
  (void)synclib::Submit(*pool, [&] {
    sets[0] = post(sleep);
    begin();
  });
  done.acquire();
  table.Add("`Set()` posts a coroutine to a `ThreadPool` that is busy",
            sets[0]);
  table.Add("the thread is done, and runs it", runs[0]);
  table.Add("`Set()` posts one to a `ThreadPool` that sleeps", sets[1]);
  table.Add("the thread sleeps, is woken, and runs it", runs[1]);
}

void CountTimers(Table& table) {
  struct Timer : TimedWaiter {
    explicit Timer(Instant when)
        : TimedWaiter(
              Kind::kCallback, nullptr,
              [](TimedWaiter*) noexcept -> Waiter* { return nullptr; }) {
      set_deadline(Deadline(Deadline::kMonotonic, when));
    }
  };
  Bell bell;
  Aligned<TimerQueue> queue(bell, TimerQueue::kOfEventLoop);
  Timer first(kNever - 2);
  Timer second(kNever - 1);
  Timer due(INT64_MIN);
  table.Add("a timer is armed, the earliest", *queue,
            [&] { (void)queue->Arm(&first); });
  table.Add("another one is armed, which is due later", *queue,
            [&] { (void)queue->Arm(&second); });
  table.Add("it is disarmed", *queue, [&] { TimerQueue::Disarm(&second); });
  (void)queue->Arm(&due);
  table.Add("one fires", *queue, [&] { (void)queue->FireDue(); });
  TimerQueue::Disarm(&first);

  Inline executor;
  Aligned<Event> event;
  Event other;
  const auto wait = [&](Event& joined, absl::Duration limit) -> Detached {
    (void)co_await joined.AsyncWait(limit).On(executor);
  };
  wait(other, absl::Minutes(1));
  table.Add("a coroutine joins, with a limit that is not the earliest", *event,
            [&] { wait(*event, absl::Hours(1)); });
  table.Add("`Set()` resumes it", *event, [&] { event->Set(); });
  event->Clear();
  wait(*event, absl::Nanoseconds(1));
  const Instant joined = MonotonicNow();
  while (MonotonicNow() == joined) {
  }
  table.Add("its limit passes, which resumes it", *event,
            [&] { executor.FireDue(); });
  other.Set();
}

TEST(CostsTest, OfExecutorsAndTimersAreTheDocuments) {
  Table table;
  CountPools(table);
  CountTimers(table);
  table.ExpectDocumented("executors and timers");
}

// The counters themselves.

TEST(CostsTest, EachOperationIsCountedOnce) {
  struct alignas(kLine) Three {
    Atomic<int> first{0};
    Atomic<int> second{0};
    alignas(kLine) Atomic<int> third{0};
  } object;
  Atomic<int> other{0};
  const Costs costs = Count(object, [&] {
    constexpr auto kRelaxed = std::memory_order_relaxed;
    int expected = 1;
    EXPECT_FALSE(
        object.first.compare_exchange_weak(expected, 2, kRelaxed, kRelaxed));
    EXPECT_TRUE(
        object.first.compare_exchange_strong(expected, 3, kRelaxed, kRelaxed));
    object.second.fetch_add(1, kRelaxed);
    object.third.store(object.second.load(kRelaxed), kRelaxed);
    other.exchange(1, kRelaxed);
    std::jthread([&] { other.fetch_add(1, kRelaxed); }).join();
  });
  EXPECT_EQ(costs.failures, 1);
  EXPECT_EQ(costs.modifications, 3);
  EXPECT_EQ(costs.loads, 1);
  EXPECT_EQ(costs.stores, 1);
  EXPECT_EQ(costs.lines, 2);
  EXPECT_EQ(costs.nodes, 1);
  EXPECT_EQ(costs.sleeps + costs.wakes, 0);
}

TEST(CostsTest, SizesAreWhatTheDocumentSays) {
  Table table;
  table.AddBytes("`Event`, and each companion but the next two", sizeof(Event));
  table.AddBytes("`OneShot<uint64_t>`", sizeof(OneShot<uint64_t>));
  table.AddBytes("`Queue<T>`, besides what is in it", sizeof(Queue<int>));
  table.AddBytes("the wait of a thread, on its stack", sizeof(Waiter));
  table.AddBytes("`co_await event`, in the coroutine's frame",
                 sizeof(Event::Awaiter));
  table.AddBytes("the same with a limit, a token, or both",
                 sizeof(Event::LimitedAwaiter));
  table.AddBytes("`Callback`", sizeof(Callback));
  table.ExpectDocumented("bytes");
}

TEST(CostsTest, WhatInterruptsAThreadIsNotItsOwn) {
  Aligned<Event> event;
  Costs sets;
  Interrupt(Moment::kSleep,
            [&] { sets = Count(*event, [&] { event->Set(); }); });
  const Costs waits = Count(*event, [&] { event->Wait(); });
  EXPECT_EQ(waits.sleeps, 1);
  EXPECT_EQ(waits.wakes, 0);
  EXPECT_EQ(sets.sleeps, 0);
  EXPECT_EQ(sets.wakes, 1);
}

}  // namespace
}  // namespace synctest::costs

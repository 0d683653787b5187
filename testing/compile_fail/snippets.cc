// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Mistakes that the compiler must find. This file compiles as it is; with the
// macro MISTAKES, each namespace of a mistake must have an error that matches
// the pattern behind `want:`. See compile_fail.py.

#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "sync/callback.h"
#include "sync/coro/gather.h"
#include "sync/coro/lazy.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/event_watch.h"
#include "sync/executor.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_all.h"
#include "sync/wait_options.h"

namespace snippets {

using synclib::Callback;
using synclib::Event;
using synclib::EventLoop;
using synclib::EventWatch;
using synclib::Task;
using synclib::ThreadPool;

// What is like the mistakes, and right.
void Right(Event& event, EventWatch& watch, Callback& callback) {
  Event set(Event::kSet);
  event.Wait();
  event.WaitPast(0);
  watch.Next();
  synclib::WaitAll({event});
  (void)event.Wait(absl::Seconds(1));
  if (event.Add(callback).has_value()) return;
  callback.Remove();
}

Task<int*> ReturnPointer() { co_return nullptr; }

Task<> Await(Event& event, EventWatch& watch) {
  co_await event;
  co_await event.AsyncWait();
  co_await watch.AsyncNext();
  co_await synclib::AsyncWaitAll({event});
  (void)co_await event.AsyncWait(absl::Seconds(1));
  synclib::Queue<int> queue;
  co_await queue.AsyncPush(1);
  Task<int*> task = ReturnPointer();
  co_await std::move(task);
  (void)co_await synclib::Sleep(absl::Seconds(1));
}

// What Clang's analysis of thread safety accepts.
struct Guarded {
  void Locked() {
    const synclib::MutexLock lock(mutex);
    ++value;
  }
  void Asserted() {
    if (mutex.Lock(absl::Seconds(1)) != synclib::WaitResult::kReady) return;
    mutex.AssertHeld();
    ++value;
    mutex.unlock();
  }
  void Tried() {
    if (!mutex.try_lock()) return;
    ++value;
    mutex.unlock();
  }
  int Read() {
    const synclib::ReaderLock lock(shared_mutex);
    return shared_value;
  }
  void Write() {
    const synclib::WriterLock lock(shared_mutex);
    ++shared_value;
  }

  synclib::Mutex mutex;
  int value ABSL_GUARDED_BY(mutex) = 0;
  synclib::SharedMutex shared_mutex;
  int shared_value ABSL_GUARDED_BY(shared_mutex) = 0;
};

#ifdef MISTAKES

// What Clang's analysis of thread safety finds. It stands first, for the
// analysis leaves out the functions below an error of another kind.

// want of clang: writing variable 'value' requires holding mutex
namespace touch_without_the_mutex {
void Touch(Guarded& guarded) { ++guarded.value; }
}  // namespace touch_without_the_mutex

// want of clang: still held at the end of function
namespace lock_for_ever {
void Lock(Guarded& guarded) { guarded.mutex.lock(); }
}  // namespace lock_for_ever

// want of clang: that was not held
namespace unlock_what_is_not_locked {
void Unlock(Guarded& guarded) { guarded.mutex.unlock(); }
}  // namespace unlock_what_is_not_locked

// want of clang: already held
namespace lock_twice {
void Lock(Guarded& guarded) {
  const synclib::MutexLock lock(guarded.mutex);
  const synclib::MutexLock again(guarded.mutex);
}
}  // namespace lock_twice

// want of clang: writing variable .* requires holding .* exclusively
namespace write_as_a_reader {
void Write(Guarded& guarded) {
  const synclib::ReaderLock lock(guarded.shared_mutex);
  ++guarded.shared_value;
}
}  // namespace write_as_a_reader

// want: deleted
namespace copy_event {
Event Copy(Event& event) { return event; }
}  // namespace copy_event

// want: deleted
namespace move_event {
Event Move(Event& event) { return std::move(event); }
}  // namespace move_event

// want: deleted
namespace assign_event {
void Assign(Event& event) { event = Event(); }
}  // namespace assign_event

// want: no matching function|no matching constructor
namespace event_from_bool {
Event event(true);
}

// want: deleted|copy constructor
namespace copy_callback {
Callback Copy(Callback& callback) { return callback; }
}  // namespace copy_callback

// want: deleted|copy constructor
namespace move_callback {
Callback Move(Callback& callback) { return std::move(callback); }
}  // namespace move_callback

// want: deleted
namespace copy_watch {
EventWatch Copy(EventWatch& watch) { return watch; }
}  // namespace copy_watch

// want: deleted
namespace move_watch {
EventWatch Move(EventWatch& watch) { return std::move(watch); }
}  // namespace move_watch

// want: cannot bind|no matching constructor
namespace watch_of_a_temporary {
EventWatch watch{Event()};
}

// want: deleted
namespace copy_pool {
ThreadPool Copy(ThreadPool& pool) { return pool; }
}  // namespace copy_pool

// want: deleted
namespace copy_loop {
EventLoop Copy(EventLoop& loop) { return loop; }
}  // namespace copy_loop

// want: invalid user-defined|no matching
namespace callback_that_may_throw {
Callback callback([](Callback&, synclib::WaitResult) {});
}

// want: unused-result
namespace drop_result_of_wait {
void Drop(Event& event) { event.Wait(absl::Seconds(1)); }
}  // namespace drop_result_of_wait

// want: unused-result
namespace drop_result_of_wait_with_token {
void Drop(Event& event, std::stop_token token) { event.Wait(token); }
}  // namespace drop_result_of_wait_with_token

// want: unused-result
namespace drop_result_of_wait_past {
void Drop(Event& event) { event.WaitPast(0, absl::Seconds(1)); }
}  // namespace drop_result_of_wait_past

// want: unused-result
namespace drop_result_of_push_with_a_limit {
void Drop(synclib::Queue<int>& queue) { queue.Push(1, absl::Seconds(1)); }
}  // namespace drop_result_of_push_with_a_limit

// want: what orders a PriorityQueue is a class without data
namespace order_of_a_priority_queue_by_a_pointer {
synclib::PriorityQueue<int, bool (*)(int, int)> queue;
}  // namespace order_of_a_priority_queue_by_a_pointer

// want: unused-result
namespace drop_result_of_acquire {
void Drop(synclib::Semaphore& permits) { permits.Acquire(absl::Seconds(1)); }
}  // namespace drop_result_of_acquire

// want: convert|no matching
namespace number_of_permits_taken_for_a_limit {
void Acquire(synclib::Semaphore& permits) { (void)permits.Acquire(1000); }
}  // namespace number_of_permits_taken_for_a_limit

// want: deleted
namespace copy_mutex {
synclib::Mutex Copy(synclib::Mutex& mutex) { return mutex; }
}  // namespace copy_mutex

// want: unused-result
namespace drop_result_of_next {
void Drop(EventWatch& watch) { watch.Next(absl::Seconds(1)); }
}  // namespace drop_result_of_next

// want: unused-result
namespace drop_result_of_add {
void Drop(Event& event, Callback& callback) { event.Add(callback); }
}  // namespace drop_result_of_add

// want: unused-(result|value)
namespace drop_awaiter {
void Drop(Event& event) { event.AsyncWait(); }
}  // namespace drop_awaiter

// want: unused-(result|value)
namespace drop_limited_awaiter {
void Drop(Event& event) { event.AsyncWait(absl::Seconds(1)); }
}  // namespace drop_limited_awaiter

// want: unused-(result|value)
namespace drop_awaiter_of_watch {
void Drop(EventWatch& watch) { watch.AsyncNext(); }
}  // namespace drop_awaiter_of_watch

// As a co_await does, whose result g++ 12 lets anybody drop.
// want: unused-result
namespace drop_result_of_limited_awaiter {
void Drop(Event& event) { event.AsyncWait(absl::Seconds(1)).await_resume(); }
}  // namespace drop_result_of_limited_awaiter

// want: unused-result
namespace drop_result_of_limited_awaiter_of_watch {
void Drop(EventWatch& watch) {
  watch.AsyncNext(absl::Seconds(1)).await_resume();
}
}  // namespace drop_result_of_limited_awaiter_of_watch

// want: unused-result
namespace drop_result_of_wait_for_all {
void Drop(Event& event) { synclib::WaitAll({event}, absl::Seconds(1)); }
}  // namespace drop_result_of_wait_for_all

// want: unused-(result|value)
namespace drop_awaiter_for_all {
void Drop(Event& event) { synclib::AsyncWaitAll({event}); }
}  // namespace drop_awaiter_for_all

// want: unused-result
namespace drop_result_of_limited_awaiter_for_all {
void Drop(Event& event, synclib::Executor& executor) {
  synclib::AsyncWaitAll({event}, absl::Seconds(1)).On(executor).await_resume();
}
}  // namespace drop_result_of_limited_awaiter_for_all

// want: unused-(result|value)
namespace drop_task {
void Drop() { ReturnPointer(); }
}  // namespace drop_task

// want: unused-(result|value)
namespace drop_sleep {
void Drop() { synclib::Sleep(absl::Seconds(1)); }
}  // namespace drop_sleep

// want: unused-(result|value)
namespace drop_gather {
void Drop() { synclib::Gather(ReturnPointer()); }
}  // namespace drop_gather

// want: deleted
namespace copy_task {
Task<> Copy(Task<>& task) { return task; }
}  // namespace copy_task

// want: return a pointer instead
namespace task_of_reference {
Task<int&> task = std::declval<Task<int&>>();
}

// want: set a pointer instead
namespace one_shot_of_reference {
synclib::OneShot<int&> one_shot;
}

// want: make a pointer instead
namespace lazy_of_reference {
synclib::Lazy<int&> lazy;
}

// want: discards qualifiers|await_ready
namespace await_task_that_is_kept {
Task<> AwaitTwice(Task<>& task) { co_await task; }
}  // namespace await_task_that_is_kept

// want: could not convert|no matching|no viable
namespace limit_without_a_unit {
void Limit(Event& event) { (void)event.Wait(1000); }
}  // namespace limit_without_a_unit

// want: could not convert|no matching|no viable
namespace no_limit_at_all {
void Limit(Event& event) { (void)event.Wait(nullptr); }
}  // namespace no_limit_at_all

#endif  // MISTAKES

}  // namespace snippets

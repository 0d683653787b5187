// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// From a thread into a coroutine: runs a task to its end, and returns or throws
// what it does. The counterpart of asyncio.run().

#ifndef SYNC_CORO_RUN_H_
#define SYNC_CORO_RUN_H_

#include <utility>

#include "sync/coro/task.h"
#include "sync/executor.h"
#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {

namespace internal {

void RunHere(TaskPromiseBase& task) noexcept;
void RunOn(Executor& executor, TaskPromiseBase& task) noexcept;

}  // namespace internal

// On this thread, which serves an EventLoop meanwhile.
//
// Example:
//
//   auto hello = []() -> synclib::Task<int> {
//     co_await synclib::Sleep(absl::Milliseconds(1));
//     co_return 7;
//   };
//   assert(synclib::Run(hello()) == 7);
//
// Thread safety: any threads may run tasks of their own.
// Ordering: what the task did is visible when this returns.
// Lifetime: the task is destroyed when this returns, and the loop, which must
//   outlive whatever waits under it: the task awaits the coroutines it starts.
// Wake order: as of an EventLoop.
// Resumption: the task resumes on the loop, whoever ends its waits.
// Time-outs: those of its waits fire on this thread.
// Misuse: as for any blocking call: to run a task on a thread that it needs.
//   To leave a coroutine behind that waits (debug builds abort).
// Cost: no allocation besides the task's.
template <class T>
T Run(Task<T> task) {
  internal::RunHere(task.promise());
  return task.promise().TakeResult();
}

// On `executor`; this thread blocks meanwhile. If the executor refuses, the
// task starts on this thread.
template <class T>
T Run(Executor& executor, Task<T> task) {
  internal::RunOn(executor, task.promise());
  return task.promise().TakeResult();
}

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_CORO_RUN_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/coro/run.h"

#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/executor.h"
#include "sync/internal/config.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

class StopLoop : public Work {
 public:
  explicit StopLoop(EventLoop& loop) noexcept : Work(&Call), loop_(loop) {}

 private:
  static void Call(Work* work) { static_cast<StopLoop*>(work)->loop_.Stop(); }

  EventLoop& loop_;
};

class SetEvent : public Work {
 public:
  explicit SetEvent(Event& event) noexcept : Work(&Call), event_(event) {}

 private:
  static void Call(Work* work) { static_cast<SetEvent*>(work)->event_.Set(); }

  Event& event_;
};

}  // namespace

void RunHere(TaskPromiseBase& task) noexcept {
  EventLoop loop;
  StopLoop stop(loop);
  task.StartOn(&loop, &stop);
  loop.Run();
}

void RunOn(Executor& executor, TaskPromiseBase& task) noexcept {
  Event done;
  SetEvent set(done);
  task.StartOn(&executor, &set);
  done.Wait();
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

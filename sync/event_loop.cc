// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/event_loop.h"

#include <atomic>
#include <cstdint>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/trampoline.h"

namespace synclib {
inline namespace SYNC_ABI {

EventLoop::~EventLoop() {
  Stop();
  Serve();
}

void EventLoop::Run() noexcept {
  // Relaxed: it orders nothing, and only has to be seen by whoever breaks a
  // rule.
  if (runs_.exchange(true, std::memory_order_relaxed)) {
    internal::Fatal("Run() of an EventLoop was called while it runs");
  }
  Serve();
  runs_.store(false, std::memory_order_relaxed);
}

void EventLoop::Serve() noexcept {
  queue_.Own();
  for (;;) {
    const uint32_t heard = bell_.Listen();
    const bool closed = queue_.closed();  // Before the look at the queue.
    const bool more_due = timers_.FireDue();
    if (RunSome() || more_due) continue;
    // Inside other work of this thread, Work::Run() only queues.
    internal::Trampoline::RunQueued();
    if (queue_.any()) continue;  // What that has posted here rings no bell.
    if (closed) break;
    bell_.Sleep(heard, timers_.NextLook());
  }
  queue_.Disown();
  timers_.Close(&internal::SharedTimers);
}

// Not all, since limits may come meanwhile; nor one by one, since a look at the
// clock takes longer than much that is run. False: there is no work.
bool EventLoop::RunSome() noexcept {
  constexpr int kMost = 64;
  for (int run = 0; run < kMost; ++run) {
    Work* const work = queue_.Pop();
    if (work == nullptr) return run > 0;
    work->Run();
  }
  return true;
}

void EventLoop::Stop() noexcept { queue_.Close(); }

bool EventLoop::Post(Work* work) noexcept { return queue_.Push(work); }

}  // namespace SYNC_ABI
}  // namespace synclib

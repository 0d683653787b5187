// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/thread_pool.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"

namespace synclib {
inline namespace SYNC_ABI {

ThreadPool::ThreadPool() : ThreadPool(internal::HardwareConcurrency()) {}

ThreadPool::ThreadPool(int threads) {
  if (threads < 1) {
    internal::Fatal(absl::StrCat("a ThreadPool of ", threads,
                                 " threads would never run anything"));
  }
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) {
    threads_.push_back(internal::StartThread(
        "sync-pool",
        [](void* pool) { static_cast<ThreadPool*>(pool)->Serve(); }, this));
  }
}

ThreadPool::~ThreadPool() {
  for (const internal::Thread& thread : threads_) {
    if (!internal::IsThisThread(thread)) continue;
    internal::Fatal("a ThreadPool was destroyed by one of its own threads");
  }
  Stop();
  internal::Trampoline::Drain();
  for (internal::Thread& thread : threads_) thread.join();
}

bool ThreadPool::Post(Work* work) noexcept { return queue_.Push(work); }

void ThreadPool::Stop() noexcept { queue_.Close(); }

void ThreadPool::Serve() noexcept {
  for (;;) {
    const uint32_t heard = bell_.Listen();
    const bool closed = queue_.closed();  // Before the look at the queue.
    popping_.lock();
    Work* work = queue_.Pop();
    popping_.unlock();
    if (work != nullptr) {
      work->Run();
    } else if (closed) {
      return;
    } else {
      bell_.Sleep(heard, internal::kNever);
    }
  }
}

}  // namespace SYNC_ABI
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/thread_pool.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/trampoline.h"

namespace synclib {
inline namespace SYNC_ABI {

ThreadPool::ThreadPool() : ThreadPool(internal::HardwareConcurrency()) {}

ThreadPool::ThreadPool(int threads, int substitutes)
    : size_(threads),
      most_threads_(static_cast<size_t>(threads) + substitutes),
      serving_(threads) {
  if (threads < 1) {
    internal::Fatal(absl::StrCat("a ThreadPool of ", threads,
                                 " threads would never run anything"));
  }
  if (substitutes < 0) {
    internal::Fatal(absl::StrCat("a ThreadPool was to have ", substitutes,
                                 " substitutes; 0 are the least"));
  }
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) StartThread();
}

ThreadPool::~ThreadPool() {
  if (internal::Self().pool == this) {
    internal::Fatal("a ThreadPool was destroyed by one of its own threads");
  }
  Stop();
  internal::Trampoline::RunQueued();
  // A thread that has not ended may start another.
  for (size_t i = 0;; ++i) {
    staffing_.lock();
    if (i == threads_.size()) break;
    internal::Thread thread = std::move(threads_[i]);
    staffing_.unlock();
    thread.join();
  }
  staffing_.unlock();
}

bool ThreadPool::Post(Work* work) noexcept { return queue_.Push(work); }

void ThreadPool::Stop() noexcept {
  staffing_.lock();
  stopped_ = true;
  const int spare = std::exchange(spare_, 0);
  staffing_.unlock();
  called_.Release(spare);
  queue_.Close();  // The last touch: who sees it may destroy the pool.
}

void ThreadPool::StartThread() noexcept {
  threads_.push_back(internal::StartThread(
      "sync-pool", [](void* pool) { static_cast<ThreadPool*>(pool)->Serve(); },
      this));
}

void ThreadPool::Serve() noexcept {
  internal::Self().pool = this;
  for (;;) {
    const uint32_t heard = bell_.Listen();
    const bool closed = queue_.closed();  // Before the look at the queue.
    popping_.lock();
    Work* work = queue_.Pop();
    const bool more = work != nullptr && queue_.any();
    popping_.unlock();
    if (more) bell_.PassOn();
    if (work != nullptr) {
      work->Run();
      RetireIfTooMany();
    } else if (closed) {
      return;
    } else {
      bell_.Sleep(heard, internal::kNever);
    }
  }
}

ThreadPool::Blocking::Blocking(ThreadPool& pool) noexcept
    : pool_(internal::Self().pool == &pool ? &pool : nullptr) {
  if (pool_ != nullptr) pool_->BeginBlocking();
}

ThreadPool::Blocking::~Blocking() {
  if (pool_ != nullptr) pool_->EndBlocking();
}

// Relaxed: `serving_` changes with the lock held; without, it is a hint.

void ThreadPool::BeginBlocking() noexcept {
  staffing_.lock();
  const bool is_called = spare_ > 0;
  if (is_called) {
    --spare_;
  } else if (threads_.size() < most_threads_) {
    StartThread();
  } else {
    serving_.fetch_sub(1, std::memory_order_relaxed);
  }
  staffing_.unlock();
  if (is_called) called_.Release();
}

void ThreadPool::EndBlocking() noexcept {
  staffing_.lock();
  serving_.fetch_add(1, std::memory_order_relaxed);
  staffing_.unlock();
}

void ThreadPool::RetireIfTooMany() noexcept {
  if (serving_.load(std::memory_order_relaxed) <= size_) return;
  staffing_.lock();
  const bool is_spare =
      serving_.load(std::memory_order_relaxed) > size_ && !stopped_;
  if (is_spare) {
    serving_.fetch_sub(1, std::memory_order_relaxed);
    ++spare_;
  }
  staffing_.unlock();
  if (is_spare) called_.Acquire();
}

}  // namespace SYNC_ABI
}  // namespace synclib

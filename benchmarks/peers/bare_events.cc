// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is within reach of an event; see bare_event.h.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

#include "benchmarks/bare_event.h"
#include "benchmarks/floors.h"
#include "benchmarks/subject.h"

namespace syncbench {
namespace {

SYNC_BENCHMARK_SUBJECT("BareEvent", BareEvent);

// For threads that sleep: each on a word of its own, so that the event is
// touched no more once a wait returns. They are woken one after the other by
// the caller, the first one first.
class BareSleepers {
 public:
  void Pulse() {
    Sleeper* sleeper;
    {
      const std::lock_guard lock(mutex_);
      ++pulses_;
      sleeper = std::exchange(first_, nullptr);
      end_ = &first_;
    }
    while (sleeper != nullptr) {
      std::atomic<uint32_t>& word = sleeper->released;
      sleeper = sleeper->next;
      word.store(1, std::memory_order_release);
      FutexWake(word, 1);
    }
  }
  void WaitPast(uint64_t pulses) {
    Sleeper sleeper;
    {
      const std::lock_guard lock(mutex_);
      if (pulses_ > pulses) return;
      *end_ = &sleeper;
      end_ = &sleeper.next;
    }
    while (sleeper.released.load(std::memory_order_acquire) == 0) {
      FutexWait(sleeper.released, 0);
    }
  }

 private:
  struct Sleeper {
    std::atomic<uint32_t> released{0};
    Sleeper* next = nullptr;
  };

  std::mutex mutex_;
  uint64_t pulses_ = 0;  // Guarded by mutex_, as the next ones.
  Sleeper* first_ = nullptr;
  Sleeper** end_ = &first_;
};

SYNC_BENCHMARK_SUBJECT("BareSleepers", BareSleepers);

}  // namespace
}  // namespace syncbench

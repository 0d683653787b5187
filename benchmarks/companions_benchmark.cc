// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The companions of Event against those of the standard library and Abseil, and
// of GLib and oneTBB where those are installed.
//
//   bazel run --config=opt //benchmarks:companions_benchmark

#include <array>
#include <barrier>
#include <cstdint>
#include <latch>
#include <mutex>
#include <optional>
#include <semaphore>
#include <shared_mutex>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "benchmarks/companion_scenarios.h"
#include "benchmarks/companions.h"
#include "benchmarks/monitors.h"
#include "benchmarks/suite.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"

namespace syncbench {
namespace {

SYNC_BENCHMARK_ADD(MutexSuite, "Ours", synclib::Mutex);
SYNC_BENCHMARK_ADD(MutexSuite, "Std", std::mutex);
SYNC_BENCHMARK_ADD(MutexSuite, "Absl", AbslMutex);

// Who is served first come, first served is bound by how soon each in turn
// runs: with 16 threads a repetition takes seconds.
constexpr int64_t kMostInTurn = 4;

// A mutex that is handed to who has waited longest, always.
class HandedOver {
 public:
  void lock() { permit_.Acquire(); }
  void unlock() { permit_.Release(); }

 private:
  synclib::Semaphore permit_{1};
};
SYNC_BENCHMARK_AT_START(MutexSuite::AddTo<LockContended>(
    {"HandedOver", &LockContended::Run<HandedOver>, kMostInTurn,
     Role::kWithinReach}));

SYNC_BENCHMARK_ADD(SharedMutexSuite, "Ours", synclib::SharedMutex);
SYNC_BENCHMARK_ADD(SharedMutexSuite, "Std", std::shared_mutex);
SYNC_BENCHMARK_ADD(SharedMutexSuite, "Absl", AbslMutex);
SYNC_BENCHMARK_AT_START(SharedMutexSuite::AddTo<ReadMostly>(
    {"Fair", &ReadMostly::Run<FairSharedMutex>, kMostInTurn,
     Role::kWithinReach}));

struct StdSemaphore {
  explicit StdSemaphore(int64_t permits) : semaphore(permits) {}
  void Acquire() { semaphore.acquire(); }
  void Release() { semaphore.release(); }
  std::counting_semaphore<> semaphore;
};

SYNC_BENCHMARK_ADD(SemaphoreSuite, "Ours", synclib::Semaphore);
SYNC_BENCHMARK_ADD(SemaphoreSuite, "Std", StdSemaphore);
SYNC_BENCHMARK_AT_START(SemaphoreSuite::AddTo<AcquireContended>(
    {"Fair", &AcquireContended::Run<FairSemaphore>, kMostInTurn,
     Role::kWithinReach}));
SYNC_BENCHMARK_AT_START(SemaphoreSuite::AddTo<AcquireContended>(
    {.name = "BarePermits",
     .body = &AcquireContended::Run<BarePermits>,
     .role = Role::kWithinReach}));

struct StdSignal {
  void Set() { semaphore.release(); }
  void Wait() { semaphore.acquire(); }
  std::binary_semaphore semaphore{0};
};

// A signal as people write it, with the notification after the unlock, which is
// the faster order.
class AbslSignal {
 public:
  void Set() {
    {
      const Lock lock(mutex_);
      set_ = true;
    }
    changed_.NotifyOne();
  }
  void Wait() {
    Lock lock(mutex_);
    changed_.Wait(lock, [this] { return set_; });
    set_ = false;
  }

 private:
  using Lock = AbslMonitor::Lock;

  AbslMonitor::Mutex mutex_;
  AbslMonitor::Condition changed_;
  bool set_ = false;  // Guarded by mutex_.
};

SYNC_BENCHMARK_ADD(SignalSuite, "Ours", synclib::AutoResetEvent);
SYNC_BENCHMARK_ADD(SignalSuite, "Std", StdSignal);
SYNC_BENCHMARK_ADD(SignalSuite, "Absl", AbslSignal);

struct OurMonitor {
  using Mutex = synclib::Mutex;
  struct Lock {
    explicit Lock(Mutex& locked) : mutex(locked), lock(locked) {}
    Mutex& mutex;
    synclib::MutexLock lock;
  };
  struct Condition {
    template <class P>
    void Wait(Lock& lock, P predicate) ABSL_NO_THREAD_SAFETY_ANALYSIS {
      changed.Wait(lock.mutex, predicate);
    }
    void NotifyOne() { changed.NotifyOne(); }
    synclib::Condition changed;
  };
};

SYNC_BENCHMARK_ADD(MonitorSuite, "Ours", OurMonitor);
SYNC_BENCHMARK_ADD(MonitorSuite, "Std", StdMonitor);
SYNC_BENCHMARK_ADD(MonitorSuite, "Absl", AbslMonitor);

struct StdLatch : std::latch {
  explicit StdLatch(int count) : latch(count) {}
  void CountDown() { count_down(); }
  void Wait() { wait(); }
};

struct AbslLatch : absl::BlockingCounter {
  using BlockingCounter::BlockingCounter;
  void CountDown() { DecrementCount(); }
};

SYNC_BENCHMARK_ADD(LatchSuite, "Ours", synclib::Latch);
SYNC_BENCHMARK_ADD(LatchSuite, "Std", StdLatch);
SYNC_BENCHMARK_ADD(LatchSuite, "Absl", AbslLatch);

struct StdBarrier {
  explicit StdBarrier(int64_t parties) : barrier(parties) {}
  void ArriveAndWait() { barrier.arrive_and_wait(); }
  std::barrier<> barrier;
};

SYNC_BENCHMARK_ADD(BarrierSuite, "Ours", synclib::Barrier);
SYNC_BENCHMARK_ADD(BarrierSuite, "Std", StdBarrier);

// Abseil's is for one phase: this has two, in turn. Of those who wait, one is
// told that the others are gone, and puts a new one there for the next phase
// but one, to which nobody comes before that one has come to the next.
class AbslBarrier {
 public:
  explicit AbslBarrier(int64_t parties) : parties_(static_cast<int>(parties)) {
    for (std::optional<absl::Barrier>& phase : phases_) phase.emplace(parties_);
  }
  void ArriveAndWait() {
    static_assert(kRounds % 2 == 0);
    thread_local int64_t arrivals = 0;
    std::optional<absl::Barrier>& phase = phases_[arrivals++ % 2];
    if (phase->Block()) phase.emplace(parties_);
  }

 private:
  const int parties_;
  std::array<std::optional<absl::Barrier>, 2> phases_;
};

SYNC_BENCHMARK_ADD(BarrierSuite, "Absl", AbslBarrier);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<
      syncbench::MutexSuite, syncbench::SharedMutexSuite,
      syncbench::SemaphoreSuite, syncbench::SignalSuite,
      syncbench::MonitorSuite, syncbench::LatchSuite, syncbench::BarrierSuite>(
      argc, argv, "Ours");
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/platform.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Of the file that has the sleeping: lays its own state anew.
void ResetPlatformAfterFork() noexcept;

namespace {

constinit thread_local ThreadSlot slot;
constinit Atomic<uint8_t> threads{0};  // That have a slot, modulo 256.

constinit Atomic<void (*)() noexcept> reset_on_fork{nullptr};

#if __has_include(<pthread.h>)
void InForkChild() {
  // The child has one thread: this one.
  ++process_generation;
  ResetPlatformAfterFork();
  if (auto reset = reset_on_fork.load(std::memory_order_acquire)) reset();
}

// Nothing before main() needs the handler: a child forked before this has
// run is like a parent.
[[maybe_unused]] const int fork_handler =
    pthread_atfork(nullptr, nullptr, &InForkChild);
#endif

void Pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

// With a third of these, each of two threads that take and give a permit took
// half as long again; without, five times as long.
void BackOff() noexcept {
  constexpr int kPauses = 12;
  for (int i = 0; i < kPauses; ++i) Pause();
}

// A waker on another processor needs about 100 ns to hand over to a thread
// that spins, 30 us and more to one that sleeps. Twelve pauses cover the
// first; the yields let a waker on the same processor run. Longer spins would
// keep a waker on this processor from running.
bool SpinHint(int round) noexcept {
  constexpr int kPauses = 12;
  constexpr int kYields = 4;
  if (round < kPauses) {
    Pause();
    return true;
  }
  if (round < kPauses + kYields) {
    std::this_thread::yield();
    return true;
  }
  return false;
}

namespace {

// Asked once or some times more. A static that is initialized by whoever comes
// first would never be ready in the child of a fork() during which another
// thread was at it.
bool HasOneProcessor() noexcept {
  constinit static Atomic<int> known{0};
  int processors = known.load(std::memory_order_relaxed);
  if (processors == 0) {
    processors = HardwareConcurrency();
    known.store(processors, std::memory_order_relaxed);
  }
  return processors == 1;
}

// Spins until `is_over`, the deadline, or a sleep is cheaper; returns whether
// it is over. A thread that sleeps is woken within 30 to 50 us, on another
// processor. So where two hand something to and fro, and one of them sleeps,
// the other one sleeps too, and so on, unless somebody spins for longer than
// that: then both spin, for 100 ns at a time. Where others want this processor,
// it yields to them, and gives up.
template <class IsOver>
bool SpinUntil(const IsOver& is_over, Instant deadline) noexcept {
  for (int round = 0; SpinHint(round); ++round) {
    if (is_over()) return true;
  }
  if (HasOneProcessor()) return false;
  constexpr Instant kLongest = 60'000;  // Nanoseconds, as the next one.
  constexpr Instant kOthersRan = 10'000;
  constexpr int kPauses = 20;
  const Instant start = MonotonicNow();
  const Instant end = std::min(deadline, start + kLongest);
  for (Instant now = start; now < end;) {
    for (int i = 0; i < kPauses; ++i) {
      if (is_over()) return true;
      Pause();
    }
    std::this_thread::yield();
    const Instant last = std::exchange(now, MonotonicNow());
    if (now - last > kOthersRan) break;
  }
  return false;
}

}  // namespace

// A spin that is in vain costs about as much as the sleep that follows, or the
// processor for those who are to run meanwhile; so each makes the next one
// rarer, and one that isn't makes them common again.
void SpinWhile(const Atomic<uint32_t>& word, uint32_t value,
               Instant deadline) noexcept {
  constexpr uint16_t kMostSkipped = 256;
  ThreadSlot& self = Self();
  if (self.spins_to_skip > 0) {
    --self.spins_to_skip;
    return;
  }
  const auto is_over = [&]() noexcept {
    return word.load(std::memory_order_relaxed) != value;
  };
  if (SpinUntil(is_over, deadline)) {
    self.next_to_skip = 1;
  } else {
    self.spins_to_skip = self.next_to_skip;
    if (self.next_to_skip < kMostSkipped) self.next_to_skip *= 2;
  }
}

// Of 1,000,000 waits, beside two threads that arm and disarm, 0 to 3 were left
// to the timer thread; with 17 rounds, 18 to 35.
int Patience() noexcept { return 64; }

// The first three are woken one by one.
int ThreadsThatSleepAlone() noexcept { return 3; }

void YieldProcessor() noexcept { std::this_thread::yield(); }

[[gnu::noinline]] ThreadSlot& Self() noexcept {
  ThreadSlot& self = slot;
  if (self.queue.next == nullptr) {
    self.number = threads.fetch_add(1, std::memory_order_relaxed);
    self.queue.Reset();
    self.unmarked = &self.queue;
  }
  return self;
}

void OnFork(void (*reset)() noexcept) noexcept {
  reset_on_fork.store(reset, std::memory_order_release);
}

void TerminateWith(std::exception_ptr error) noexcept {
  // The exception meets this function's noexcept and becomes the current one.
  std::rethrow_exception(std::move(error));
}

void Fatal(absl::string_view message) noexcept {
  std::fprintf(stderr, "sync: %.*s\n", static_cast<int>(message.size()),
               message.data());
  std::abort();
}

Thread StartThread(const char* name, void (*f)(void*), void* arg) noexcept {
  Thread thread;
  if (CatchAll([&] { thread = Thread(f, arg); }) != nullptr) {
    Fatal(
        absl::StrCat("the thread ", name, " could not be started; raise ",
                     "the limit on threads (ulimit -u), or start it earlier"));
  }
#ifdef __linux__
  pthread_setname_np(thread.native_handle(), name);
#endif
  return thread;
}

int HardwareConcurrency() noexcept {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

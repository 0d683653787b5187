// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The platform layer of a library that is built for the model.

#include "sync/internal/platform.h"

#include <cstdint>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "sync/internal/config.h"
#include "testing/model/engine.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

namespace model = synctest::model;

Instant MonotonicNow() noexcept { return model::Now(model::Place::current()); }

int64_t WallNow() noexcept { return model::WallNow(model::Place::current()); }

void FutexWait(const Atomic<uint32_t>& word, uint32_t expected,
               Instant deadline) noexcept {
  model::Sleep(&word, 4, expected, deadline, model::Place::current());
}

void FutexWait(const Atomic<uint64_t>& word, uint32_t expected_low_half,
               Instant deadline) noexcept {
  model::Sleep(&word, 4, expected_low_half, deadline, model::Place::current());
}

void FutexWake(const Atomic<uint32_t>* word, int count) noexcept {
  model::Wake(word, count, model::Place::current());
}

void FutexWake(const Atomic<uint64_t>* word, int count) noexcept {
  model::Wake(word, count, model::Place::current());
}

void BackOff() noexcept {}

// As a rule nobody spins: who would sleeps at once, and the others go on the
// sooner.
bool SpinHint(int round) noexcept {
  return round == 0 && model::CurrentPowers().second_looks;
}

void SpinWhile(const Atomic<uint32_t>&, uint32_t, Instant) noexcept {}

// A second round is enough to try what each of them does.
int Patience() noexcept { return 2; }

// Two threads are enough for both.
int ThreadsThatSleepAlone() noexcept { return 1; }

void YieldProcessor() noexcept { model::Yield(model::Place::current()); }

ThreadSlot& Self() noexcept {
  static_assert(sizeof(ThreadSlot) <= model::kThreadStorage);
  auto* const slot = static_cast<ThreadSlot*>(model::ThreadStorage());
  if (slot->queue.next == nullptr) {
    ::new (slot) ThreadSlot;
    slot->number = static_cast<uint8_t>(model::CurrentThread());
    slot->queue.Reset();
    slot->unmarked = &slot->queue;
  }
  return *slot;
}

void OnFork(void (*reset)() noexcept) noexcept {
  // Each execution begins like a process that was just forked.
  model::BeforeEach(reset);
}

std::exception_ptr CatchAll(void (*f)(void*), void* arg) noexcept {
  try {
    f(arg);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

void TerminateWith(std::exception_ptr) noexcept {
  model::Fail("an exception left a coroutine or callback");
}

void Fatal(absl::string_view message) noexcept {
  model::Fail(std::string(message));
}

Thread StartThread(const char* name, void (*f)(void*), void* arg) noexcept {
  return Thread(name, [f, arg] { f(arg); });
}

int HardwareConcurrency() noexcept { return 2; }

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

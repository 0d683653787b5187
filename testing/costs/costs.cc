// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/costs/costs.h"

#include <linux/futex.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"

// The linker's: where static variables begin, and end.
namespace synctest::costs {
namespace {

// From Begin() to End().
struct Recorder {
  Costs costs = {};
  uintptr_t begin = 0;  // Of the object.
  uintptr_t end = 0;
  std::set<uintptr_t> lines = {};
  std::set<uintptr_t> nodes = {};
};

// Of this thread.
constinit thread_local Recorder* recorder = nullptr;
constinit thread_local Moment awaited = Moment::kNone;
thread_local std::function<void()> interruption;

}  // namespace

Costs Count(const void* object, size_t size, absl::FunctionRef<void()> body) {
  Begin(object, size);
  body();
  return End();
}

void Begin(const void* object, size_t size) {
  const auto begin = reinterpret_cast<uintptr_t>(object);
  if (recorder != nullptr || begin % kLine != 0) {
    std::fprintf(stderr, "what is counted nests, or begins no cache line\n");
    std::abort();
  }
  recorder = new Recorder{.begin = begin, .end = begin + size};
}

Costs End() {
  const std::unique_ptr<Recorder> mine(std::exchange(recorder, nullptr));
  mine->costs.lines = static_cast<int>(mine->lines.size());
  mine->costs.nodes = static_cast<int>(mine->nodes.size());
  return mine->costs;
}

void Interrupt(Moment moment, std::function<void()> body) {
  awaited = moment;
  interruption = std::move(body);
}

void Note(Kind kind, const void* atomic) noexcept {
  if (recorder == nullptr) return;
  Costs& costs = recorder->costs;
  switch (kind) {
    case Kind::kModification:
      ++costs.modifications;
      break;
    case Kind::kFailure:
      ++costs.failures;
      break;
    case Kind::kLoad:
      ++costs.loads;
      break;
    case Kind::kStore:
      ++costs.stores;
      break;
  }
  const auto address = reinterpret_cast<uintptr_t>(atomic);
  if (address >= recorder->begin && address < recorder->end) {
    recorder->lines.insert(address / kLine);
  } else {
    recorder->nodes.insert(address);
  }
}

void Reach(Moment moment) noexcept {
  if (moment != awaited) return;
  awaited = Moment::kNone;
  Recorder* const interrupted = std::exchange(recorder, nullptr);
  std::exchange(interruption, nullptr)();
  recorder = interrupted;
}

long syscall(long number, const void* address, int operation, uint32_t value,
             const timespec* deadline, const void* unused,
             uint32_t mask) noexcept {
  const bool sleeps = operation == FUTEX_WAIT_BITSET_PRIVATE;
  if (recorder != nullptr) {
    ++(sleeps ? recorder->costs.sleeps : recorder->costs.wakes);
  }
  if (sleeps) Reach(Moment::kSleep);
  return ::syscall(number, address, operation, value, deadline, unused, mask);
}

}  // namespace synctest::costs

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// One wait in progress, as the wait list sees it. What varies between a
// blocked thread, a suspended coroutine and a callback is how it is woken.

#ifndef SYNC_INTERNAL_WAITER_H_
#define SYNC_INTERNAL_WAITER_H_

#include <cstdint>
#include <source_location>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// What the word of a primitive means to those who wait for it: all that differs
// between one primitive and another, and is the same for all of its waits.
struct Rules {
  const char* name;  // Of the primitive, as in "an Event"; for messages.

  // Takes what `request` asks for out of `*word`, if it is there. A wait that
  // is about to begin finds in the word's list bits that others come first; for
  // one that has joined they are clear.
  bool (*take)(uint64_t* word, uint64_t request) noexcept;

  // Null, or the primitive releases everybody at once: the word has a ticket,
  // which is what a wait that joins asks for from then on, and which all who
  // have joined can take() as soon as it is another one. Tickets only grow.
  uint64_t (*ticket)(uint64_t word) noexcept;

  constexpr bool broadcasts() const noexcept { return ticket != nullptr; }
};

// What one wait asks of a word.
struct Request {
  const Rules* rules = nullptr;
  uint64_t what = 0;
};

// Lives in the stack frame of its thread or the frame of its coroutine.
//
// Who may touch it: its owner until it has joined a list; then whoever holds
// the list bit; once granted, the one thread that hands it out, until it wakes
// the thread or runs the work; then its owner again.
struct Waiter : Work {
  enum class Kind : uint8_t { kThread, kCoroutine, kCallback };
  static constexpr uint16_t kProcesses = 2048;  // That are told apart.
  using Work::executor;
  using Work::set_executor;
  using Work::set_stage;
  using Work::stage;
  using Work::Stage;

  Waiter(Kind k, Function run, Request r, std::source_location w) noexcept
      : Work(run), kind(k), request(r), where(w) {}

  Ring* ring() noexcept { return this; }
  static Waiter* From(Ring* ring) noexcept {
    return static_cast<Waiter*>(ring);
  }
  Waiter* Next() const noexcept { return From(next); }

  // Whether the list that it is on, or was, is of this process: false in the
  // child of a fork() until the child has looked at that list.
  bool IsOfThisProcess() const noexcept {
    return process == ProcessGeneration() % kProcesses;
  }
  void SetProcess() noexcept { process = ProcessGeneration() % kProcesses; }

  // A thread sleeps on this word of its own, which only goes from 0 to 1: no
  // herd, no ABA, and a late wake finds nobody. Returns when it is 1, which
  // acquires what was released by Unpark(), or at the deadline, with false.
  bool Park(Deadline deadline) noexcept;

  // Grants the wait to its thread. The waiter may be gone when this returns.
  void Unpark() noexcept;

  const Kind kind : 2;
  WaitResult outcome : 2 = WaitResult::kReady;
  // Off its list, though not yet handed out. Not kept of broadcasts, where
  // the word says so.
  bool granted : 1 = false;
  uint16_t process : 11 = 0;
  Atomic<uint32_t> parked{0};
  Request request;
  std::source_location where;
};

static_assert(sizeof(Waiter) <= 64);

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WAITER_H_

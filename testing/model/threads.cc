// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What threads of an execution do to one another: they start, join, sleep,
// wake, and look at the clock.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <utility>
#include <vector>

#include "testing/model/engine.h"
#include "testing/model/machine.h"
#include "testing/model/memory.h"

namespace synctest::model {
namespace {

constexpr int64_t kHour = 3'600'000'000'000;

// What a fault sets the wall clock by: more than the limits of scenarios, and
// so little that who looks at it twice in a second has soon made up for it.
constexpr int64_t kWallJump = 2'000'000'000;

int Start(const char* name, std::function<void()> body, int host, Place where) {
  Machine& m = machine();
  const int thread = m.Start(name, std::move(body));
  m.fibers_[thread].host = host;
  m.Trace({.thread = m.current(),
           .action = Action::kStart,
           .after = static_cast<uint64_t>(thread),
           .where = where});
  m.Point();
  return thread;
}

void SetWallClock(Machine& m, int64_t nanos, Place where) {
  m.wall_ahead_ += nanos;
  m.Trace({.thread = m.current(),
           .action = Action::kNote,
           .where = where,
           .note = nanos < 0 ? "the wall clock is set back"
                             : "the wall clock is set forward"});
}

}  // namespace

int StartThread(const char* name, std::function<void()> body, Place where) {
  Inside inside;
  return Start(name, std::move(body), -1, where);
}

int StartHandler(const char* name, std::function<void()> body, Place where) {
  Inside inside;
  return Start(name, std::move(body), machine().current(), where);
}

void Detach(int thread) noexcept { machine().fibers_[thread].daemon = true; }

void NeverWaits(int thread) noexcept {
  machine().fibers_[thread].never_waits = true;
}

void ObserveSleep(void (*observer)(void*, const void*), void* arg) noexcept {
  Fiber& self = machine().self();
  self.observer = observer;
  self.observers_arg = arg;
}

void JoinThread(int thread, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Point();
  Fiber& other = m.fibers_[thread];
  if (other.state != Fiber::State::kEnded) {
    m.self().joining = thread;
    m.Block(Fiber::State::kJoining);
  }
  m.self().clock.Join(other.clock);
  m.Trace({.thread = m.current(),
           .action = Action::kJoin,
           .after = static_cast<uint64_t>(thread),
           .where = where});
}

void Yield(Place where) {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Trace({.thread = m.current(), .action = Action::kYield, .where = where});
  m.self().yielded = true;
  m.Point(/*yields=*/true);
  m.self().yielded = false;
}

void Sleep(const void* address, size_t size, uint64_t expected,
           int64_t deadline, Place where) {
  Machine& m = machine();
  if (!m.active()) {
    std::fprintf(stderr, "a thread waits outside of an exploration\n");
    std::abort();
  }
  Inside inside;
  m.Point();
  m.CheckLive(address, size, "a wait on", where);
  // The kernel compares with the newest value.
  Location& location = m.At(address, size, where);
  uint64_t value = location.store(location.newest).value;
  if (size == 4) value = static_cast<uint32_t>(value);
  const bool sleeps =
      value == expected && (deadline == kNever || deadline > m.now_);
  m.Trace({.thread = m.current(),
           .action = sleeps ? Action::kSleep : Action::kNoSleep,
           .address = address,
           .before = expected,
           .after = value,
           .where = where});
  if (!sleeps) return;
  m.self().asleep_at = address;
  m.self().deadline = deadline;
  if (m.self().observer != nullptr) {
    m.self().observer(m.self().observers_arg, address);
  }
  m.Block(Fiber::State::kSleeping);
}

void Wake(const void* address, int count, Place where) {
  Machine& m = machine();
  if (!m.active()) return;
  Inside inside;
  m.Point();
  uint8_t sleepers[kMaxFibers];
  const auto find = [&] {
    size_t found = 0;
    for (int i = 0; i < kMaxFibers; ++i) {
      if (m.fibers_[i].state == Fiber::State::kSleeping &&
          m.fibers_[i].asleep_at == address) {
        sleepers[found++] = static_cast<uint8_t>(i);
      }
    }
    return found;
  };
  m.Trace({.thread = m.current(),
           .action = Action::kWake,
           .address = address,
           .after = find(),
           .where = where});
  for (; count > 0; --count) {
    const size_t found = find();
    if (found == 0) return;
    const size_t which =
        found <= static_cast<size_t>(count)
            ? 0
            : m.ChooseValue(Choice::About::kSleeper, found, true);
    const int woken = sleepers[which];
    m.fibers_[woken].state = Fiber::State::kRunnable;
    m.fibers_[woken].yielded = false;
    m.Trace({.thread = woken, .action = Action::kAwake, .address = address});
  }
}

size_t Pick(size_t count, Place where) {
  Inside inside;
  Machine& m = machine();
  const size_t picked = m.ChooseValue(Choice::About::kValue, count, true);
  m.Trace({.thread = m.current(),
           .action = Action::kPick,
           .before = count,
           .after = picked,
           .where = where});
  return picked;
}

int64_t Now(Place where) {
  Machine& m = machine();
  if (!m.active()) return m.now_;
  Inside inside;
  if (m.powers_.faults) m.Point();
  if (m.powers_.faults && m.ChooseValue(Choice::About::kFault, 2, false) == 1) {
    m.now_ += kHour;
    m.Trace({.thread = m.current(),
             .action = Action::kNote,
             .where = where,
             .note = "an hour has passed"});
  }
  return m.now_;
}

int64_t LastNow() noexcept { return machine().now_; }

int64_t WallNow(Place where) {
  Machine& m = machine();
  if (!m.active()) return WallTime();
  Inside inside;
  m.Point();
  if (m.powers_.faults) {
    constexpr int64_t kJumps[] = {0, kWallJump, -kWallJump};
    const int64_t jump = kJumps[m.ChooseValue(Choice::About::kFault, 3, false)];
    if (jump != 0) SetWallClock(m, jump, where);
  }
  m.wall_readings_.push_back(WallTime());
  return m.wall_readings_.back();
}

int64_t WallTime() noexcept { return machine().now_ + machine().wall_ahead_; }

void MoveWallClock(int64_t nanos, Place where) {
  Inside inside;
  Machine& m = machine();
  m.Point();
  SetWallClock(m, nanos, where);
}

size_t WallReadings() noexcept { return machine().wall_readings_.size(); }

int64_t LatestWallReading(size_t first) noexcept {
  const std::vector<int64_t>& all = machine().wall_readings_;
  int64_t latest = INT64_MIN;
  for (size_t i = first; i < all.size(); ++i) latest = std::max(latest, all[i]);
  return latest;
}

void* ThreadStorage() noexcept {
  static unsigned char outside[kThreadStorage];
  Machine& m = machine();
  return m.active() ? m.fibers_[m.ThreadOf(m.current())].storage : outside;
}

}  // namespace synctest::model

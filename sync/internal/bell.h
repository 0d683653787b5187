// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How a worker sleeps until there is something to do.

#ifndef SYNC_INTERNAL_BELL_H_
#define SYNC_INTERNAL_BELL_H_

#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// An eventcount: the worker listens, looks for work, and if there is none
// sleeps; whoever brings work rings. A ring after Listen() ends the sleep, or
// forestalls it. What happened before a Ring() that a Listen() heard is visible
// after it.
class Bell {
 public:
  Bell() noexcept = default;
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  uint32_t Listen() const noexcept;
  void Sleep(uint32_t heard, Instant deadline) noexcept;

  // Wakes up to `count` sleepers, and never waits for anybody.
  void Ring(int count = 1) noexcept;

  // For whoever brings the work after which the bell may be destroyed: Enter()
  // before it, Leave() after it, which rings. The destructor waits for those
  // who have entered.
  void Enter() noexcept;
  void Leave(int count = 1) noexcept;
  ~Bell();

 private:
  void Change(uint64_t added, int count) noexcept;

  // Low half: rings so far. High half: sleepers, then those who have entered,
  // 16 bits each. In one word, so that either the ring sees the sleeper or the
  // sleeper sees the ring.
  Atomic<uint64_t> state_{0};
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_BELL_H_

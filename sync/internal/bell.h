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

  // Wakes a sleeper, unless one has been woken and is still on its way: so many
  // rings in a row cost one wake. Never waits for anybody.
  void Ring() noexcept;

  // Where there may be several sleepers, each worker calls this that takes some
  // work and finds more: wakes another one, as the rings may not have done.
  void PassOn() noexcept;

  // For whoever brings the work after which the bell may be destroyed: Enter()
  // before it, Leave() after it, which rings. The destructor waits for those
  // who have entered.
  void Enter() noexcept;
  void Leave() noexcept;
  void LeaveAndWakeAll() noexcept;
  ~Bell();

 private:
  void Change(uint64_t added, bool wakes_all) noexcept;

  // Low half: rings so far. High half: whether a sleeper has been woken since
  // the last one went on; sleepers, 15 bits; and those who have entered, 16. In
  // one word, so that either the ring sees the sleeper or the sleeper sees the
  // ring.
  Atomic<uint64_t> state_{0};
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_BELL_H_

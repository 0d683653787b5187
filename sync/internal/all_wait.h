// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait for all of several things.

#ifndef SYNC_INTERNAL_ALL_WAIT_H_
#define SYNC_INTERNAL_ALL_WAIT_H_

#include <cstddef>

#include "sync/internal/any_wait.h"
#include "sync/internal/config.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Takes all of its targets in one step, or nothing; if one of them is not
// there, it is that one's list that its owner waits on, to try again. It holds
// the lists of all at once, always in the order of their addresses.
class AllWait {
 public:
  // Ends the program if it is given something twice that is taken.
  explicit AllWait(const Targets& targets) noexcept;

  // Null: it has taken all, and the targets have learned what they got.
  // Otherwise a target that was not there.
  const Target* Take() noexcept;

  // What a wait asks for on the list of `target`, which ends when it may be
  // there. Refers to it.
  static Request LookingFor(const Target& target) noexcept;

 private:
  const Target* FindUnset() const noexcept;

  Targets targets_;  // First those that are taken, ordered by address.
  size_t taken_;     // How many those are.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_ALL_WAIT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait for all of several things.

#ifndef SYNC_INTERNAL_ALL_WAIT_H_
#define SYNC_INTERNAL_ALL_WAIT_H_

#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "sync/internal/config.h"
#include "sync/internal/target.h"
#include "sync/internal/wait_core.h"
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

  enum class Outcome {
    kTaken,    // All; the targets have learned what they got.
    kMissing,  // Nothing: one of them was not there.
    kBusy,     // Nothing: somebody holds the list of one of them.
  };

  // Waits for nobody. Puts behind `*ring`, which may be null, whom the caller
  // must hand out.
  Outcome Take(Waiter** ring) noexcept;

  // Which one it was.
  WaitCore* list() const noexcept { return last_->core; }

  // What a wait on its list asks for, to end when it may be there. Refers to
  // this object.
  Request Looking() const noexcept;

 private:
  Outcome TryAll(size_t* held) noexcept;
  const Target* FindUnset() noexcept;

  Targets targets_;  // First those that are taken, ordered by address.
  size_t taken_;     // How many those are.
  const Target* last_ = nullptr;
  // Of FindUnset(), which must not allocate.
  absl::InlinedVector<uint64_t, kInlineTargets> words_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_ALL_WAIT_H_

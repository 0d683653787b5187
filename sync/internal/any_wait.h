// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait for any of several things.

#ifndef SYNC_INTERNAL_ANY_WAIT_H_
#define SYNC_INTERNAL_ANY_WAIT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <source_location>

#include "absl/container/fixed_array.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/target.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// An arm on each target's list. The first that is granted something claims the
// wait, for what is taken under the list bit, so that nothing is taken for the
// others. It ends the wait by a step of `ended()`; then the others are taken
// off their lists, or if they are being handed out, waited for.
//
// What the owner does is in this order: TakeOne(); if that finds nothing,
// Join(), a wait for kWon on ended(); Leave(), and then the waits, for the
// library's own code, that has_won() and is_out() call for.
class AnyWait : private ArmedWait {
 public:
  static constexpr uint64_t kWon = 0;
  static constexpr uint64_t kOut = 1;

  AnyWait(const Targets& targets, std::source_location where) noexcept;
  AnyWait(const AnyWait&) = delete;
  AnyWait& operator=(const AnyWait&) = delete;

  // Takes the first that is there. True: `*which` says which.
  static bool TakeOne(const Targets& targets, size_t* which) noexcept;

  // Returns a ring for the caller to hand out, or null.
  Waiter* Join() noexcept;

  // Takes the arms off their lists. The second time it does nothing. Returns
  // what Join() does.
  Waiter* Leave() noexcept;

  // After Leave(). An arm has won, or is about to: kWon must be waited for.
  bool has_won() const noexcept { return has_won_; }
  // Others are in the hands of those who hand them out: kOut must be.
  bool is_out() const noexcept { return is_out_; }

  // Blocks this thread for `what`. Runs nothing that is queued on it.
  void Await(uint64_t what) noexcept;

  // Which won, whose target learns what it got; after kWon.
  size_t TakeWinner() noexcept;

  // Of a wait that will never go on, and whose arms have left: gives on what
  // the one that won was granted, if one has.
  void GiveBack() noexcept;

  WaitCore& ended() noexcept { return ended_; }
  static Request Asking(uint64_t what) noexcept { return {&kRules, what}; }

 private:
  struct OwnArm : Arm {
    OwnArm(AnyWait* owner, uint32_t n, const Target& target,
           std::source_location place) noexcept
        : Arm(owner, n, target.request, place),
          core(target.core),
          granted(target.granted) {}
    WaitCore* const core;
    uint64_t* const granted;
  };

  static bool Take(uint64_t* word, uint64_t* what) noexcept;
  static constexpr Rules kRules = {.name = "a wait for any",
                                   .take = &Take,
                                   .grant = &Take,
                                   .broadcasts = true};

  static Waiter* End(Arm* arm) noexcept;
  Waiter* Set(uint64_t what) noexcept;

  size_t joined_ = 0;     // So many arms, from the first on, until Leave().
  bool has_won_ = false;  // Until Leave(): by Join().
  bool is_out_ = false;
  // Arms that are to be waited for, less those that have come.
  Atomic<int32_t> out_{0};
  WaitCore ended_{0};
  absl::FixedArray<std::optional<OwnArm>, kInlineTargets> arms_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_ANY_WAIT_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/all_wait.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/container/fixed_array.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/target.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

// Of a wait that looks, `what` is the address of the request of its target.
const Request& Sought(uint64_t what) noexcept {
  return *reinterpret_cast<const Request*>(static_cast<uintptr_t>(what));
}

bool CanTake(uint64_t* word, uint64_t* what) noexcept {
  Request request = Sought(*what);
  uint64_t next = *word;
  return request.rules->take(&next, &request.what);
}

bool CanBeGranted(uint64_t* word, uint64_t* what) noexcept {
  Request request = Sought(*what);
  uint64_t next = *word;
  return request.rules->grant(&next, &request.what);
}

constexpr Rules kLooks = {.name = "a primitive",
                          .take = &CanTake,
                          .grant = &CanBeGranted,
                          .looks = true};

using Attempt = WaitCore::Attempt;
using Held = WaitCore::Held;

bool IsTaken(const Target& target) noexcept {
  return !target.request.rules->broadcasts;
}

Attempt TakeNow(const Target& target) noexcept {
  uint64_t got;
  if (!target.core->TakeNow(target.request, &got)) return Attempt::kMissing;
  Tell(target.granted, got);
  return Attempt::kDone;
}

bool IsThere(Request request, uint64_t word) noexcept {
  return request.rules->take(&word, &request.what);
}

// Of those that are not taken: null if there is a moment at which all of them
// are there. For each target there is one of `found` to write to.
const Target* FindUnset(absl::Span<const Target> targets,
                        Held* found) noexcept {
  // Each change of a word that takes something away is followed by no other
  // that makes the word what it was: there is an epoch in it.
  bool has_changed;
  do {
    for (size_t i = 0; i < targets.size(); ++i) {
      if (IsTaken(targets[i])) continue;
      found[i].word = targets[i].core->Read();
      if (!IsThere(targets[i].request, found[i].word)) return &targets[i];
    }
    has_changed = false;
    // Not the last one, which was read last.
    for (size_t i = 0; i + 1 < targets.size(); ++i) {
      if (IsTaken(targets[i])) continue;
      const uint64_t changed = targets[i].core->Read() ^ found[i].word;
      if ((changed & ~WaitCore::kListBits) != 0) has_changed = true;
    }
  } while (has_changed);
  return nullptr;
}

}  // namespace

WaitCore::Attempt TakeAll(absl::Span<const Target> targets,
                          const Target** lacked, Waiter** ring) noexcept {
  absl::FixedArray<Held, kInlineTargets> all_held(targets.size());
  Held* held = all_held.data();
  const Target* const begin = targets.data();
  const Target* const end = begin + targets.size();
  const Target* target = begin;
  bool must_look = false;  // For what broadcasts.
  Attempt attempt = Attempt::kDone;
  for (; target != end; ++target, ++held) {
    if (!IsTaken(*target)) {
      must_look = true;
      continue;
    }
    if (target + 1 == end && !must_look) {
      // Not held: that it is taken is the moment at which all are there.
      attempt = TakeNow(*target);
      break;
    }
    attempt = target->core->TryHold(target->request, held);
    if (attempt != Attempt::kDone) break;
  }
  *lacked = target;
  if (must_look && attempt == Attempt::kDone) {
    // What is held stays there: it is all there at the moment that the rest is.
    *lacked = FindUnset(targets, all_held.data());
    if (*lacked != nullptr) attempt = Attempt::kMissing;
  }
  while (target != begin) {
    --target;
    --held;
    if (!IsTaken(*target)) continue;
    Waiter* released;
    if (attempt == Attempt::kDone) {
      Tell(target->granted,
           target->core->TakeHeld(target->request, *held, &released));
    } else {
      target->core->LetGo(*held, &released);
    }
    Waiter::Append(ring, released);
  }
  return attempt;
}

void PutInOrder(Targets& targets) noexcept {
  const auto end_of_taken =
      std::partition(targets.begin(), targets.end(), &IsTaken);
  std::sort(targets.begin(), end_of_taken,
            [](const Target& a, const Target& b) {
              return std::less<>()(a.core, b.core);
            });
  const auto twice = std::adjacent_find(
      targets.begin(), end_of_taken,
      [](const Target& a, const Target& b) { return a.core == b.core; });
  if (twice != end_of_taken) {
    Fatal(absl::StrCat("WaitAll() was given ", twice->request.rules->name,
                       " twice"));
  }
}

Request LookingFor(const Target& target) noexcept {
  if (!IsTaken(target)) return target.request;
  return {&kLooks, reinterpret_cast<uintptr_t>(&target.request)};
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

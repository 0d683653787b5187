// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/all_wait.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "absl/strings/str_cat.h"
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

bool IsTaken(const Target& target) noexcept {
  return !target.request.rules->broadcasts;
}

bool IsThere(Request request, uint64_t word) noexcept {
  return request.rules->take(&word, &request.what);
}

}  // namespace

AllWait::AllWait(const Targets& targets) noexcept : targets_(targets) {
  const auto end_of_taken =
      std::partition(targets_.begin(), targets_.end(), &IsTaken);
  taken_ = end_of_taken - targets_.begin();
  words_.resize(targets_.size() - taken_);
  std::sort(targets_.begin(), end_of_taken,
            [](const Target& a, const Target& b) {
              return std::less<>()(a.core, b.core);
            });
  const auto twice = std::adjacent_find(
      targets_.begin(), end_of_taken,
      [](const Target& a, const Target& b) { return a.core == b.core; });
  if (twice != end_of_taken) {
    Fatal(absl::StrCat("WaitAll() was given ", twice->request.rules->name,
                       " twice"));
  }
}

AllWait::Outcome AllWait::Take(Waiter** ring) noexcept {
  size_t held = 0;
  const Outcome outcome = TryAll(&held);
  for (size_t i = 0; i < held; ++i) {
    const Target& target = targets_[i];
    if (outcome == Outcome::kTaken) {
      Request request = target.request;
      target.core->TakeHeld(&request);
      Tell(target.granted, request.what);
    }
    Waiter* released;
    target.core->LetGo(&released);
    Waiter::Append(ring, released);
  }
  return outcome;
}

// Then the first so many of the targets are held.
AllWait::Outcome AllWait::TryAll(size_t* held) noexcept {
  while (*held < taken_) {
    last_ = &targets_[*held];
    if (!last_->core->TryHold()) return Outcome::kBusy;
    ++*held;
    if (!last_->core->Offers(last_->request)) return Outcome::kMissing;
  }
  // What is held stays there: it is all there at the moment that the rest is.
  last_ = FindUnset();
  return last_ == nullptr ? Outcome::kTaken : Outcome::kMissing;
}

// Of what is not taken: null if there is a moment at which all of it is there.
const Target* AllWait::FindUnset() noexcept {
  // Each change of a word that takes something away is followed by no other
  // that makes the word what it was: there is an epoch in it.
  bool has_changed;
  do {
    for (size_t i = 0; i < words_.size(); ++i) {
      const Target& target = targets_[taken_ + i];
      words_[i] = target.core->Read();
      if (!IsThere(target.request, words_[i])) return &target;
    }
    has_changed = false;
    for (size_t i = 0; i + 1 < words_.size(); ++i) {
      const uint64_t changed = targets_[taken_ + i].core->Read() ^ words_[i];
      if ((changed & ~WaitCore::kListBits) != 0) has_changed = true;
    }
  } while (has_changed);
  return nullptr;
}

Request AllWait::Looking() const noexcept {
  if (!IsTaken(*last_)) return last_->request;
  return {&kLooks, reinterpret_cast<uintptr_t>(&last_->request)};
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

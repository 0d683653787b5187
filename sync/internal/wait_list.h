// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The list of one primitive, in one word: the first waiter of a ring.

#ifndef SYNC_INTERNAL_WAIT_LIST_H_
#define SYNC_INTERNAL_WAIT_LIST_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// First in, first out. Touched by the holder of the list bit only.
//
// In the child of a fork(), a list with blocked threads on it is taken for
// empty, without a look at any waiter: those threads are the parent's, and
// their stacks may be in use again. A list of coroutines and callbacks is the
// child's like the rest of its memory.
class WaitList {
 public:
  constexpr WaitList() noexcept = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  // The first of those on it, or null.
  Waiter* first() noexcept {
    if ((state_ & kProcess) == ThisProcess()) [[likely]] {
      return reinterpret_cast<Waiter*>(state_ & ~kBits);
    }
    return FirstAfterFork();
  }

  // How many are on it, or `most` if that is less.
  size_t Count(size_t most) noexcept;

  // Whether it broadcasts, and all on it are threads, or all of them
  // RunsInline(): then the last one has their count().
  bool AreAlike() const noexcept { return !(state_ & kUncounted); }

  // Puts `waiter`, which is in no ring, at the end: that of those who take
  // something, unless it looks.
  void Push(Waiter* waiter) noexcept {
    if (reinterpret_cast<uintptr_t>(waiter) & kBits) [[unlikely]] {
      RefuseAddress();
    }
    waiter->SetProcess();
    waiter->linked = true;
    const uintptr_t bits = BitsOf(*waiter);
    if (state_ == 0) {
      PushFirst(waiter, bits);
    } else {
      PushBehind(waiter, bits);
    }
  }

  // Takes `waiter` out. Its own links stay, so that Restore() can undo it, the
  // list having been as it was `before`.
  void Remove(Waiter* waiter) noexcept;
  void Restore(Waiter* waiter, uintptr_t before) noexcept;

  // Takes out, from the front on, who can take what it asks for out of `*word`,
  // which it leaves without that. Returns the ring of them, or null. Where
  // there is barging, a thread that comes to the front competes instead, unless
  // it is `competitor` (may be null), which does so now: if it sleeps, `*woken`
  // is set to it, for the caller to wake; without barging, it may be null.
  //
  // Those who look are released up to the last that sees what it looks for:
  // they take nothing, and none of them is in the way of another.
  Waiter* Grant(uint64_t* word, const Waiter* competitor,
                Waiter** woken) noexcept {
    Waiter* const first = this->first();
    if (first == nullptr) return nullptr;
    const Rules& rules = *first->request.rules;
    if (!rules.broadcasts) return GrantSome(word, competitor, woken);
    if (!rules.grant(word, &first->request.what)) return nullptr;
    state_ = 0;
    return first;
  }

  // Undoes a Grant() that returned `granted`, the list having been as it was
  // `before`, but that whose waits are granted one by one are no longer linked,
  // and their claims stand: the next one grants at least the same.
  void TakeBack(Waiter* granted, uintptr_t before) noexcept;

  // For Restore() and TakeBack().
  uintptr_t state() const noexcept { return state_; }

  // The first waiter, if it is of this process; for messages.
  const Waiter* own() const noexcept;

 private:
  // The same if the list isn't this process's yet, and makes it so.
  Waiter* FirstAfterFork() noexcept;

  // Of Push(): the bits of a list on which all are like this one; how it comes
  // on an empty list, and on one that isn't, or is another process's; and the
  // hints that lead up to it, behind `last`, and to those before.
  static uintptr_t BitsOf(const Waiter& waiter) noexcept {
    const bool is_thread = waiter.kind == Waiter::Kind::kThread;
    const bool counts =
        waiter.request.rules->broadcasts && (is_thread || waiter.RunsInline());
    return (is_thread ? kHasThreads : 0) | (counts ? 0 : kUncounted);
  }
  void PushFirst(Waiter* waiter, uintptr_t bits) noexcept {
    if (!(bits & kUncounted)) waiter->set_count(1);
    waiter->ring()->Reset();
    state_ = reinterpret_cast<uintptr_t>(waiter) | ThisProcess() | bits;
  }
  void PushBehind(Waiter* waiter, uintptr_t bits) noexcept;
  static void SetHints(Waiter* waiter, Waiter* last) noexcept;
  [[noreturn]] ABSL_ATTRIBUTE_COLD static void RefuseAddress() noexcept;

  // Grant() of a list that is not empty and doesn't broadcast.
  Waiter* GrantSome(uint64_t* word, const Waiter* competitor,
                    Waiter** woken) noexcept;

  // Of that: the first that is not granted, or looks; and of those who look,
  // from `looks` on, the first that is not released. Null: there is none.
  Waiter* GrantTakers(uint64_t* word, const Waiter* competitor,
                      Waiter** woken) noexcept;
  Waiter* ReleaseLooks(Waiter* looks, uint64_t word) noexcept;

  // The address of the first waiter, and in bits that it leaves free, because
  // of its alignment, and because user space has the lower 48 bits of 64 unless
  // it asks for more:
  //
  // Since it was last empty: there have been threads; and nobody knows how many
  // are on the list, for they aren't alike, or are granted one by one.
  static constexpr uintptr_t kHasThreads = 1;
  static constexpr uintptr_t kUncounted = 2;
  // ProcessGeneration(), modulo 65,536.
  static constexpr int kProcessShift = 48;
  static constexpr uintptr_t kProcess = UINTPTR_MAX << kProcessShift;
  static constexpr uintptr_t kBits = kHasThreads | kUncounted | kProcess;
  static_assert(sizeof(uintptr_t) == 8, "written for addresses of 64 bits");
  static_assert(alignof(Waiter) > 3);

  static uintptr_t ThisProcess() noexcept {
    return uintptr_t{ProcessGeneration()} << kProcessShift;
  }

  uintptr_t state_ = 0;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WAIT_LIST_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_WAITABLE_H_
#define SYNC_WAITABLE_H_

#include <concepts>
#include <cstddef>
#include <utility>

#include "absl/types/span.h"
#include "sync/internal/config.h"
#include "sync/internal/target.h"

namespace synclib {
inline namespace SYNC_ABI {

namespace internal {
template <class R>
class Primitive;
}  // namespace internal

template <class T, class Store>
class BasicQueue;

// What a wait for any or all of several things waits for, and a Callback: an
// Event that is set, a permit of a Semaphore, a Mutex, and so on. Primitives
// convert to it, and so does a class of yours that contains one, by a
// conversion that returns it. It is one primitive of this library underneath,
// by the rules of that: there is none with rules of its own, nor one that is
// made of several. Nor is there one of a Condition, which would have to unlock
// a mutex, of a Barrier, where others may have gone on for an arrival that
// another thing then takes back, or of a Lazy, whose value is made by who
// waits.
//
// Example:
//
//   class Door {
//    public:
//     void Open() { open_.Set(); }
//     operator synclib::Waitable() { return open_; }
//
//    private:
//     synclib::Event open_;
//   };
//   Door front, back;
//   back.Open();
//   assert(synclib::WaitAny({front, back}).index == 1);
//
// Refers to the primitive, which outlives it.
class Waitable {
 public:
  // For the library's own waits.
  const internal::Target& target() const noexcept { return target_; }

 private:
  template <class R>
  friend class internal::Primitive;
  template <class T, class Store>
  friend class BasicQueue;

  explicit Waitable(const internal::Target& target) noexcept
      : target_(target) {}

  internal::Target target_;
};

// Several things to wait for: `{stop, work}`, or as many as there are.
class Waitables {
 public:
  template <std::convertible_to<Waitable>... W>
  // NOLINTNEXTLINE(google-explicit-constructor)
  Waitables(W&&... waitables) noexcept
      : targets_({Waitable(std::forward<W>(waitables)).target()...}) {}

  explicit Waitables(absl::Span<const Waitable> waitables) noexcept
      : targets_(waitables.size()) {
    for (size_t i = 0; i < waitables.size(); ++i) {
      targets_[i] = waitables[i].target();
    }
  }

  // For the library's own waits.
  const internal::Targets& targets() const noexcept { return targets_; }

 private:
  internal::Targets targets_;
};

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_WAITABLE_H_

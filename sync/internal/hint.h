// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Hints, which lists have where the processor is to fetch what comes some
// places later, while it is at work: known as jump pointers. Luk and Mowry,
// "Compiler-based prefetching for recursive data structures", 1996.

#ifndef SYNC_INTERNAL_HINT_H_
#define SYNC_INTERNAL_HINT_H_

#include <cstdint>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Where `to` is, as seen from `from`: a distance takes half the space of a
// pointer. What is 16 GiB away is lost, which does no harm: what is there may
// be gone by then anyhow.
inline int32_t Hint(const void* from, const void* to) noexcept {
  return static_cast<int32_t>(
      static_cast<intptr_t>(reinterpret_cast<uintptr_t>(to) -
                            reinterpret_cast<uintptr_t>(from)) /
      8);
}

// The address that the hint names.
inline uintptr_t Hinted(const void* from, int32_t hint) noexcept {
  return reinterpret_cast<uintptr_t>(from) +
         static_cast<uintptr_t>(hint * intptr_t{8});
}

// Has the part fetched of what is there that begins after so many bytes.
inline void PrefetchHinted(const void* from, int32_t hint,
                           uintptr_t offset) noexcept {
  Prefetch(reinterpret_cast<const void*>(Hinted(from, hint) + offset));
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_HINT_H_

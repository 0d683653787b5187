// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the build decides: the platform layer, the ABI namespace, and whether
// misuse is checked.

#ifndef SYNC_INTERNAL_CONFIG_H_
#define SYNC_INTERNAL_CONFIG_H_

// Linux has a layer of its own; everything else, and a build that asks for it,
// gets the one made of the C++ standard library.
#if !defined(__linux__) && !defined(SYNC_PORTABLE)
#define SYNC_PORTABLE 1
#endif

// The inline namespace of everything in `synclib`. Builds on another platform
// layer live in another one, so that the two can't be mixed at link time.
#if defined(SYNC_ABI)
// A platform from outside of the library names its own.
#elif defined(SYNC_PORTABLE)
#define SYNC_ABI v1_portable
#else
#define SYNC_ABI v1
#endif

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// Debug builds abort on misuse and say who waits. Sizes don't depend on it.
#ifdef NDEBUG
constexpr bool kDebugChecks = false;
#else
constexpr bool kDebugChecks = true;
#endif

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_CONFIG_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How much a test does: less under a sanitizer, which makes it slow.

#ifndef SYNC_TESTING_SYSTEM_SCALE_H_
#define SYNC_TESTING_SYSTEM_SCALE_H_

namespace synctest {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#else
inline constexpr bool kThreadSanitizer = false;
#endif

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif
#else
inline constexpr bool kAddressSanitizer = false;
#endif

inline constexpr bool kSanitizer = kThreadSanitizer || kAddressSanitizer;

// `n`, or under a sanitizer a tenth.
constexpr int Scaled(int n) { return kSanitizer ? n / 10 : n; }

}  // namespace synctest

#endif  // SYNC_TESTING_SYSTEM_SCALE_H_

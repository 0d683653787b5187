// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How much a test does: less under a sanitizer, which makes it slow.

#ifndef SYNC_TESTING_SYSTEM_SCALE_H_
#define SYNC_TESTING_SYSTEM_SCALE_H_

#include "absl/base/config.h"

namespace synctest {

#ifdef ABSL_HAVE_THREAD_SANITIZER
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

#ifdef ABSL_HAVE_ADDRESS_SANITIZER
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

inline constexpr bool kSanitizer = kThreadSanitizer || kAddressSanitizer;

// `n`, or under a sanitizer a tenth.
constexpr int Scaled(int n) { return kSanitizer ? n / 10 : n; }

}  // namespace synctest

#endif  // SYNC_TESTING_SYSTEM_SCALE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/system/static_lifetime.h"

namespace synctest {
namespace {

// Linked before the file that defines the events, this is initialized first
// and destroyed last.
struct Late {
  ~Late() { UseInALateDestructor(); }
} late;

}  // namespace

const int used_before_main = UseInAStaticInitializer();

}  // namespace synctest

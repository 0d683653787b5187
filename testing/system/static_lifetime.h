// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the two translation units of static_lifetime_test share.

#ifndef SYNC_TESTING_SYSTEM_STATIC_LIFETIME_H_
#define SYNC_TESTING_SYSTEM_STATIC_LIFETIME_H_

#include "sync/event.h"

namespace synctest {

using synclib::Event;

// Never destroyed, so that it may be used by any static destructor.
union Immortal {
  constexpr Immortal() : event() {}
  ~Immortal() {}
  Event event;
};

extern constinit Event early;
extern constinit Event early_set;
extern constinit Immortal immortal;

extern const int used_before_main;

int UseInAStaticInitializer();
void UseInALateDestructor();

}  // namespace synctest

#endif  // SYNC_TESTING_SYSTEM_STATIC_LIFETIME_H_

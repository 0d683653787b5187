// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is in the library, and what a user might build with it, conforms.

#include "testing/conformance/conformance.h"

#include <cstddef>
#include <cstdint>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/wait_options.h"
#include "testing/conformance/permits.h"

namespace synctest {
namespace {

struct SetSubject {
  void Release() { event.Set(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return event.Wait(options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return event.AsyncWait(options);
  }
  size_t waiters() { return event.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Event event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Set, WaitableTest, SetSubject);

struct PulseSubject {
  void Release() { event.Pulse(); }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return event.WaitPast(0, options);
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return event.AsyncWaitPast(0, options);
  }
  size_t waiters() { return event.waiters(); }
  static constexpr bool kMayBeDestroyedAfterWait = true;

  synclib::Event event;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Pulse, WaitableTest, PulseSubject);

INSTANTIATE_TYPED_TEST_SUITE_P(Permits, WaitableTest,
                               PermitsSubject<GivingUp::kTakesNothing>);

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Does not conform: broken_permits_test.py expects that it shows.

#include "gtest/gtest.h"
#include "testing/conformance/conformance.h"
#include "testing/conformance/permits.h"

namespace synctest {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(BrokenPermits, WaitableTest,
                               PermitsSubject<GivingUp::kTakesAPermit>);

}  // namespace
}  // namespace synctest

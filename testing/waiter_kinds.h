// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The kinds of waiter, for GoogleTest's typed tests.

#ifndef SYNC_TESTING_WAITER_KINDS_H_
#define SYNC_TESTING_WAITER_KINDS_H_

#include <string>

#include "gtest/gtest.h"
#include "testing/waiters.h"

namespace synctest {

// All of them, and what to call them:
//
//   template <class Kind>
//   class MyTest : public testing::Test {};
//   TYPED_TEST_SUITE(MyTest, synctest::WaiterKinds, synctest::WaiterKindName);
//
//   TYPED_TEST(MyTest, IsReleased) {
//     TypeParam waiter;
//     ...
//   }
using WaiterKinds = ::testing::Types<ThreadWaiter, CoroutineWaiter,
                                     PooledCoroutineWaiter, CallbackWaiter>;

// The same without callbacks.
using BlockingWaiterKinds =
    ::testing::Types<ThreadWaiter, CoroutineWaiter, PooledCoroutineWaiter>;

struct WaiterKindName {
  template <class Kind>
  static std::string GetName(int) {
    return Kind::kName;
  }
};

}  // namespace synctest

#endif  // SYNC_TESTING_WAITER_KINDS_H_

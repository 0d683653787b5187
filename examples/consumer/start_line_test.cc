// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "start_line.h"

#include "gtest/gtest.h"
#include "sync/event.h"
#include "testing/waiters.h"

namespace consumer {
namespace {

TEST(StartLineTest, AThreadAndACoroutineStartOnOneEvent) {
  synclib::Event start;
  EXPECT_EQ(RunFrom(start), 2);
  EXPECT_TRUE(start.IsSet());
}

TEST(StartLineTest, IsLeftByWhoeverWaitsForIt) {
  synclib::Event start;
  synctest::ThreadWaiter waiter;
  waiter.Start(start);
  synctest::AwaitWaiters(start, 1);
  RunFrom(start);
  EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
}

}  // namespace
}  // namespace consumer

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "start_line.h"

#include "gtest/gtest.h"
#include "sync/event.h"

namespace consumer {
namespace {

TEST(StartLineTest, AThreadAndACoroutineStartOnOneEvent) {
  synclib::Event start;
  EXPECT_EQ(RunFrom(start), 2);
  EXPECT_TRUE(start.IsSet());
}

}  // namespace
}  // namespace consumer

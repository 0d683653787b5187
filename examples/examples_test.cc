// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "examples/examples.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace examples {
namespace {

TEST(ExamplesTest, WaiterGoesOnAfterTheSetter) {
  EXPECT_TRUE(WaiterAndSetter(absl::Milliseconds(20)));
}

class PeriodicSignallerTest : public testing::TestWithParam<Dependents> {};

TEST_P(PeriodicSignallerTest, LosesNoBroadcast) {
  const SignalReport report =
      PeriodicSignaller(GetParam(), 100, absl::Milliseconds(1));
  EXPECT_EQ(report.broadcasts, 100);
  EXPECT_GT(report.waiting, 0);
  EXPECT_EQ(report.released, report.waiting);
  EXPECT_EQ(report.lost, 0);
  EXPECT_EQ(report.unnoticed, 0);
}

INSTANTIATE_TEST_SUITE_P(All, PeriodicSignallerTest,
                         testing::Values(Dependents::kThreads,
                                         Dependents::kCoroutines,
                                         Dependents::kMixed));

// What it loses is up to the system.
TEST(ExamplesTest, ConditionVariableReleasesAndLosesNoMoreThanWait) {
  const SignalReport report =
      PeriodicConditionVariable(100, absl::Milliseconds(1));
  EXPECT_EQ(report.broadcasts, 100);
  EXPECT_EQ(report.released + report.lost, report.waiting);
  EXPECT_LE(report.waiting, 5 * report.broadcasts);
}

TEST(ExamplesTest, OneEventStopsThreadsAndCoroutines) {
  EXPECT_EQ(PoolShutdown(absl::Milliseconds(20)), 5);
}

TEST(ExamplesTest, WaitsEndForTheRightReason) {
  EXPECT_EQ(TimeoutAndCancellation(absl::Milliseconds(5)), 6);
}

TEST(ExamplesTest, S4_DoorbellLosesNoItem) {
  EXPECT_EQ(QueueDoorbell(3, 2000), 6000);
}

TEST(ExamplesTest, NoRequestComesBeforeItsToken) {
  EXPECT_EQ(RateLimiter(4, 5, absl::Milliseconds(2)), 20);
}

TEST(ExamplesTest, EveryItemArrivesAndNobodyRunsAhead) {
  EXPECT_EQ(WorkQueue(3, 2000), 6000);
}

TEST(ExamplesTest, NoReadIsHalfWritten) {
  EXPECT_EQ(ReadersAndAWriter(3, 500), 0);
}

TEST(ExamplesTest, EveryRequestEndsInOneWay) {
  const ServerReport report = RequestServer(4, 9, absl::Milliseconds(8));
  EXPECT_EQ(
      report.answered + report.timed_out + report.stopped + report.refused,
      report.requests);
  EXPECT_GE(report.answered, 9);
  // Every second request is endless. Whoever asks for the ninth of the others
  // comes after more of those than there are clients: one has timed out.
  EXPECT_GT(report.timed_out, 0);
  EXPECT_EQ(report.refused, 4);
}

}  // namespace
}  // namespace examples

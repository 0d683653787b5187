// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The helper does not take everything for a bug that was found.

#include "testing/shame/shame.h"

#include "gtest/gtest-spi.h"
#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"
#include "testing/shame/lock.h"

namespace synctest {
namespace {

// Fails with a count that is not `expected`.
void TwoThreadsCount(int expected) {
  model::Atomic<int> count{0};
  const auto add = [&] { count.fetch_add(1, kRelaxed); };
  {
    model::Thread other("other", add);
    add();
  }
  model::Check(count.load(kRelaxed) == expected, "miscounted");
}

TEST(ExpectFoundTest, FailsIfThereIsNoBug) {
  EXPECT_NONFATAL_FAILURE(
      ExpectFound([](Code) { TwoThreadsCount(2); }, "miscounted"),
      "nothing was found");
}

TEST(ExpectFoundTest, FailsIfTheBugIsNotWhatWasMended) {
  EXPECT_NONFATAL_FAILURE(
      ExpectFound([](Code) { TwoThreadsCount(3); }, "miscounted"), "mended: ");
}

TEST(ExpectFoundTest, FailsIfItIsAnotherBug) {
  EXPECT_NONFATAL_FAILURE(
      ExpectFound(
          [](Code code) { TwoThreadsCount(code == Code::kShipped ? 3 : 2); },
          "a data race"),
      "miscounted");
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/wait_options.h"

#include <cstdint>
#include <source_location>
#include <stop_token>
#include <string_view>
#include <type_traits>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace synclib {
namespace {

static_assert(std::is_convertible_v<absl::Duration, WaitOptions>);
static_assert(std::is_convertible_v<absl::Time, WaitOptions>);
static_assert(std::is_convertible_v<std::stop_token, WaitOptions>);
static_assert(!std::is_convertible_v<int, WaitOptions>);
static_assert(!std::is_convertible_v<double, WaitOptions>);
static_assert(!std::is_convertible_v<bool, WaitOptions>);
static_assert(std::is_nothrow_default_constructible_v<WaitOptions>);
static_assert(std::is_copy_constructible_v<WaitOptions>);

// As every wait takes them.
WaitOptions Take(const WaitOptions& options) { return options; }

bool IsHere(const WaitOptions& options, unsigned line) {
  return options.where().line() == line &&
         std::string_view(options.where().file_name())
             .ends_with("wait_options_test.cc");
}

TEST(WaitOptionsTest, KnowWhereTheyAreMade) {
  const std::stop_token token;
  EXPECT_TRUE(IsHere(Take(absl::Seconds(1)), __LINE__));
  EXPECT_TRUE(IsHere(Take(absl::InfiniteFuture()), __LINE__));
  EXPECT_TRUE(IsHere(Take(token), __LINE__));
  EXPECT_TRUE(IsHere(Take({absl::Seconds(1), token}), __LINE__));
  EXPECT_TRUE(IsHere(Take({absl::InfiniteFuture(), token}), __LINE__));
}

TEST(WaitOptionsTest, WhereMayBeGiven) {
  const auto where = std::source_location::current();
  const WaitOptions options(absl::Seconds(1), where);
  EXPECT_EQ(options.where().line(), where.line());
}

TEST(WaitOptionsTest, KeepTheToken) {
  std::stop_source source;
  const WaitOptions options(absl::Seconds(1), source.get_token());
  EXPECT_EQ(options.token(), source.get_token());
  EXPECT_FALSE(WaitOptions().token().stop_possible());
  EXPECT_FALSE(Take(absl::Seconds(1)).token().stop_possible());
}

TEST(WaitOptionsTest, OneThatHasBegunIsOverWhenItWouldHaveBeen) {
  for (const absl::Duration none : {absl::ZeroDuration(), absl::Seconds(-1)}) {
    EXPECT_TRUE(WaitOptions(none).Begun().limit().Passed());
    // Whatever its clock says.
    EXPECT_EQ(WaitOptions(none).Begun().limit().nanos(), INT64_MIN);
  }
  const WaitOptions hour = WaitOptions(absl::Hours(1)).Begun();
  EXPECT_FALSE(hour.limit().Passed());
  EXPECT_EQ(hour.Begun().limit().nanos(), hour.limit().nanos());
  EXPECT_TRUE(WaitOptions(absl::InfiniteDuration()).Begun().limit().never());
  EXPECT_TRUE(WaitOptions().Begun().limit().never());
  EXPECT_TRUE(WaitOptions(absl::InfinitePast()).Begun().limit().Passed());
}

TEST(WaitOptionsTest, ResultsAreOrderedByPrecedence) {
  EXPECT_LT(WaitResult::kReady, WaitResult::kCancelled);
  EXPECT_LT(WaitResult::kCancelled, WaitResult::kTimeout);
}

}  // namespace
}  // namespace synclib

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How a wait gives up, as tests for every kind of waiter and whatever lets one
// pass: what event_limits_test.cc says of events.

#ifndef SYNC_TESTING_LIMITS_H_
#define SYNC_TESTING_LIMITS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synctest {

// A test's subject, and the kind of waiter that it is tested with.
template <class S, class K>
struct LimitsCase {
  using Subject = S;
  using Kind = K;
};

// The tests come into being by
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Semaphore, LimitsTest,
//                                  LimitsCases<SemaphoreSubject>,
//                                  LimitsCaseName);
//
// A new subject lets nobody pass. It has
//
//   void Release();    // Called once: lets one wait pass, if not more.
//   ... What();        // What a Waiter starts to wait for.
//   size_t waiters();
//
// and, where the wait may destroy it only when Release() has returned:
//
//   using ReleaseMustReturn = void;
template <class Subject>
using LimitsCases = ::testing::Types<LimitsCase<Subject, ThreadWaiter>,
                                     LimitsCase<Subject, CoroutineWaiter>,
                                     LimitsCase<Subject, PooledCoroutineWaiter>,
                                     LimitsCase<Subject, CallbackWaiter>>;

// The same for what callbacks can't wait for.
template <class Subject>
using BlockingLimitsCases =
    ::testing::Types<LimitsCase<Subject, ThreadWaiter>,
                     LimitsCase<Subject, CoroutineWaiter>,
                     LimitsCase<Subject, PooledCoroutineWaiter>>;

struct LimitsCaseName {
  template <class Case>
  static std::string GetName(int) {
    return Case::Kind::kName;
  }
};

template <class Case>
class LimitsTest : public testing::Test {
 protected:
  using Subject = typename Case::Subject;
  using Kind = typename Case::Kind;
  using WaitOptions = synclib::WaitOptions;
  using WaitResult = synclib::WaitResult;

  static absl::Time Now() {
    return absl::FromChrono(std::chrono::system_clock::now());
  }
  static std::vector<WaitOptions> Passed() {
    return {absl::ZeroDuration(),
            -absl::Nanoseconds(1) / 4,
            -absl::Hours(1),
            absl::Nanoseconds(std::numeric_limits<int64_t>::min()),
            -absl::InfiniteDuration(),
            absl::InfinitePast(),
            absl::UnixEpoch(),
            Now() - absl::Seconds(1)};
  }
  static std::vector<WaitOptions> FarAway() {
    return {WaitOptions(),
            absl::InfiniteDuration(),
            absl::Hours(1),
            absl::Seconds(std::numeric_limits<int64_t>::max()),
            absl::InfiniteFuture(),
            Now() + absl::Hours(1),
            std::stop_token(),
            {absl::InfiniteDuration(), std::stop_source().get_token()}};
  }
  static std::stop_token Stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
  }
  // How a wait ends that begins now, and does not join if it need not.
  static WaitResult Try(Subject& subject) {
    Kind waiter;
    waiter.Start(subject.What(), absl::ZeroDuration());
    return waiter.Result();
  }
};

TYPED_TEST_SUITE_P(LimitsTest);

TYPED_TEST_P(LimitsTest, PassedLimitIsATimeout) {
  typename TestFixture::Subject subject;
  typename TestFixture::Kind waiter;
  for (const synclib::WaitOptions& options : this->Passed()) {
    waiter.Start(subject.What(), options);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kTimeout)
        << options.limit().nanos();
    EXPECT_EQ(subject.waiters(), 0u);
  }
}

TYPED_TEST_P(LimitsTest, ReadyBeatsAPassedLimit) {
  for (const synclib::WaitOptions& options : this->Passed()) {
    typename TestFixture::Subject subject;
    typename TestFixture::Kind waiter;
    subject.Release();
    waiter.Start(subject.What(), options);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady)
        << options.limit().nanos();
  }
}

TYPED_TEST_P(LimitsTest, ReadyBeatsAStoppedToken) {
  for (const synclib::WaitOptions& options :
       {synclib::WaitOptions(this->Stopped()),
        synclib::WaitOptions(absl::ZeroDuration(), this->Stopped())}) {
    typename TestFixture::Subject subject;
    typename TestFixture::Kind waiter;
    subject.Release();
    waiter.Start(subject.What(), options);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
  }
}

TYPED_TEST_P(LimitsTest, StoppedTokenCancelsAtOnceAndBeatsALimit) {
  typename TestFixture::Subject subject;
  typename TestFixture::Kind waiter;
  for (const synclib::WaitOptions& options :
       {synclib::WaitOptions(this->Stopped()),
        synclib::WaitOptions(absl::Hours(1), this->Stopped()),
        synclib::WaitOptions(absl::ZeroDuration(), this->Stopped()),
        synclib::WaitOptions(absl::InfinitePast(), this->Stopped())}) {
    waiter.Start(subject.What(), options);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kCancelled);
    EXPECT_EQ(subject.waiters(), 0u);
  }
}

TYPED_TEST_P(LimitsTest, FarLimitDoesNotEndTheWait) {
  for (const synclib::WaitOptions& options : this->FarAway()) {
    typename TestFixture::Subject subject;
    typename TestFixture::Kind waiter;
    waiter.Start(subject.What(), options);
    AwaitWaiters(subject, 1);
    EXPECT_FALSE(waiter.done());
    subject.Release();
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady)
        << options.limit().nanos();
  }
}

TYPED_TEST_P(LimitsTest, L3_LimitIsNeverEarly) {
  using Clock = std::chrono::steady_clock;
  typename TestFixture::Subject subject;
  for (const absl::Duration limit :
       {absl::Nanoseconds(1) / 4, absl::Microseconds(100),
        absl::Milliseconds(3)}) {
    typename TestFixture::Kind waiter;
    Clock::time_point end;
    waiter.Then([&](synclib::WaitResult) { end = Clock::now(); });
    const Clock::time_point begin = Clock::now();
    waiter.Start(subject.What(), limit);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kTimeout);
    EXPECT_GE(absl::FromChrono(end - begin), limit);

    absl::Time time;
    waiter.Then([&](synclib::WaitResult) { time = this->Now(); });
    const absl::Time until = this->Now() + limit;
    waiter.Start(subject.What(), until);
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kTimeout);
    EXPECT_GE(time, until);
  }
}

// S1: nothing is swallowed.
TYPED_TEST_P(LimitsTest, S1_TimeoutLeavesTheListAndTakesNothing) {
  typename TestFixture::Subject subject;
  typename TestFixture::Kind waiter;
  waiter.Start(subject.What(), absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), synclib::WaitResult::kTimeout);
  EXPECT_EQ(subject.waiters(), 0u);
  subject.Release();
  EXPECT_EQ(this->Try(subject), synclib::WaitResult::kReady);
}

TYPED_TEST_P(LimitsTest, S1_StopEndsTheWaitAndTakesNothing) {
  typename TestFixture::Subject subject;
  std::stop_source source;
  typename TestFixture::Kind first;
  first.Start(subject.What(), {absl::Hours(1), source.get_token()});
  AwaitWaiters(subject, 1);
  source.request_stop();
  EXPECT_EQ(first.Result(), synclib::WaitResult::kCancelled);
  EXPECT_EQ(subject.waiters(), 0u);
  subject.Release();
  EXPECT_EQ(this->Try(subject), synclib::WaitResult::kReady);
}

TYPED_TEST_P(LimitsTest, StopAfterTheReleaseChangesNothing) {
  typename TestFixture::Subject subject;
  std::stop_source source;
  typename TestFixture::Kind waiter;
  waiter.Start(subject.What(), source.get_token());
  AwaitWaiters(subject, 1);
  subject.Release();
  EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
  EXPECT_TRUE(source.request_stop());
  EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
}

TYPED_TEST_P(LimitsTest, S1_IsResumedExactlyOnce) {
  typename TestFixture::Subject subject;
  typename TestFixture::Kind waiter;
  int resumed = 0;
  waiter.Then([&](synclib::WaitResult) { ++resumed; });
  waiter.Start(subject.What());
  AwaitWaiters(subject, 1);
  subject.Release();
  EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
  EXPECT_EQ(subject.waiters(), 0u);
  EXPECT_EQ(resumed, 1);
}

// The release counts, or is there for the next one.
TYPED_TEST_P(LimitsTest, S1_ReleaseThatMeetsAStopAndALimitIsNotLost) {
  for (int round = 0; round < 300; ++round) {
    typename TestFixture::Subject subject;
    std::stop_source source;
    typename TestFixture::Kind waiter;
    int ended = 0;
    waiter.Then([&](synclib::WaitResult) { ++ended; });
    waiter.Start(subject.What(),
                 {absl::Microseconds(round), source.get_token()});
    {
      std::jthread stopper([&] { source.request_stop(); });
      subject.Release();
    }
    if (waiter.Result() != synclib::WaitResult::kReady) {
      ASSERT_EQ(this->Try(subject), synclib::WaitResult::kReady)
          << "the release of round " << round << " is lost";
    }
    ASSERT_EQ(ended, 1);
    ASSERT_EQ(subject.waiters(), 0u);
  }
}

// The payload is not atomic, for the thread sanitizer.
TYPED_TEST_P(LimitsTest, S4_WhatCameBeforeTheReleaseIsVisible) {
  for (int round = 1; round <= 100; ++round) {
    typename TestFixture::Subject subject;
    typename TestFixture::Kind waiter;
    int payload = 0;
    int seen = 0;
    waiter.Then([&](synclib::WaitResult) { seen = payload; });
    std::jthread releaser([&] {
      payload = round;
      subject.Release();
    });
    waiter.Start(subject.What());
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
    EXPECT_EQ(seen, round);
  }
}

// It is freed memory then, for the sanitizers.
TYPED_TEST_P(LimitsTest, S5_MayBeDestroyedByTheWaitThatIsReady) {
  for (int round = 0; round < 100; ++round) {
    auto subject = std::make_unique<typename TestFixture::Subject>();
    typename TestFixture::Kind waiter;
    // The wait destroys it; or the last of the two, if both must be over.
    constexpr bool kBoth =
        requires { typename TestFixture::Subject::ReleaseMustReturn; };
    std::atomic<int> left = kBoth ? 2 : 1;
    const auto leave = [&] {
      if (--left == 0) subject.reset();
    };
    waiter.Then([&](synclib::WaitResult) { leave(); });
    waiter.Start(subject->What());
    if (round % 2 == 0) AwaitWaiters(*subject, 1);
    subject->Release();
    if constexpr (kBoth) leave();
    EXPECT_EQ(waiter.Result(), synclib::WaitResult::kReady);
    EXPECT_EQ(subject, nullptr);
  }
}

// A program may include this, and test nothing.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LimitsTest);

REGISTER_TYPED_TEST_SUITE_P(LimitsTest, PassedLimitIsATimeout,
                            ReadyBeatsAPassedLimit, ReadyBeatsAStoppedToken,
                            StoppedTokenCancelsAtOnceAndBeatsALimit,
                            FarLimitDoesNotEndTheWait, L3_LimitIsNeverEarly,
                            S1_TimeoutLeavesTheListAndTakesNothing,
                            S1_StopEndsTheWaitAndTakesNothing,
                            StopAfterTheReleaseChangesNothing,
                            S1_IsResumedExactlyOnce,
                            S1_ReleaseThatMeetsAStopAndALimitIsNotLost,
                            S4_WhatCameBeforeTheReleaseIsVisible,
                            S5_MayBeDestroyedByTheWaitThatIsReady);

}  // namespace synctest

#endif  // SYNC_TESTING_LIMITS_H_

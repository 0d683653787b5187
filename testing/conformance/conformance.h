// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What the library promises of every wait, as tests for whatever can be waited
// for: what is built with the library as well as what is in it.

#ifndef SYNC_TESTING_CONFORMANCE_CONFORMANCE_H_
#define SYNC_TESTING_CONFORMANCE_CONFORMANCE_H_

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synctest {

// The tests, by threads and by coroutines, and of what converts to a Waitable
// by waits for several things and by callbacks. They come into being by
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Door, synctest::WaitableTest, DoorSubject);
//
// in a test's source. The subject says how to use what is tested. Each test,
// and each round of those that race, makes a new one, which lets nobody pass.
//
// Example:
//
//   struct DoorSubject {
//     // Lets one wait pass, if not more: one that waits, or the next one.
//     void Release() { door.Set(); }
//     // A wait by a thread.
//     synclib::WaitResult Wait(const synclib::WaitOptions& options) {
//       return door.Wait(options);
//     }
//     // A wait by a coroutine: `co_await` of it is a WaitResult.
//     auto AsyncWait(const synclib::WaitOptions& options) {
//       return door.AsyncWait(options);
//     }
//     // How many wait now.
//     size_t waiters() { return door.waiters(); }
//     // To leave out if it doesn't convert: the conversion to a Waitable.
//     operator synclib::Waitable() { return door; }
//     // Whether it may be destroyed as soon as a wait was ready, though the
//     // Release() that let it pass may not have returned.
//     static constexpr bool kMayBeDestroyedAfterWait = true;
//
//     synclib::Event door;  // Or what you have built.
//   };
template <class Subject>
class WaitableTest : public testing::Test {
 protected:
  using WaitOptions = synclib::WaitOptions;
  using WaitResult = synclib::WaitResult;

  // A wait of a coroutine, and how it ended.
  struct Awaiting {
    Awaiting(Subject& subject, const WaitOptions& options) {
      Await(subject, options, *this);
    }
    static Detached Await(Subject& subject, WaitOptions options,
                          Awaiting& awaiting) {
      awaiting.result = co_await subject.AsyncWait(options);
      awaiting.ended.Set();
    }
    WaitResult Result() {
      ended.Wait();
      return result;
    }

    WaitResult result{};
    synclib::Event ended;
  };

  static WaitOptions Stopped() {
    std::stop_source source;
    source.request_stop();
    return source.get_token();
  }
  static void AwaitWaiters(Subject& subject, size_t count) {
    WaitUntil([&] { return subject.waiters() == count; }, "waits to join");
  }

  Subject subject_;
};

TYPED_TEST_SUITE_P(WaitableTest);

TYPED_TEST_P(WaitableTest, NobodyPassesAtFirst) {
  EXPECT_EQ(this->subject_.Wait(absl::ZeroDuration()),
            synclib::WaitResult::kTimeout);
  typename TestFixture::Awaiting awaiting(this->subject_, absl::ZeroDuration());
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kTimeout);
}

TYPED_TEST_P(WaitableTest, WhoComesAfterTheReleasePasses) {
  this->subject_.Release();
  EXPECT_EQ(this->subject_.Wait(absl::ZeroDuration()),
            synclib::WaitResult::kReady);
  this->subject_.Release();
  typename TestFixture::Awaiting awaiting(this->subject_, absl::ZeroDuration());
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kReady);
}

// Ready goes before every reason to give up.
TYPED_TEST_P(WaitableTest, S1_AReleaseGoesBeforeAStopAndALimit) {
  this->subject_.Release();
  EXPECT_EQ(this->subject_.Wait(this->Stopped()), synclib::WaitResult::kReady);
  this->subject_.Release();
  EXPECT_EQ(this->subject_.Wait(absl::InfinitePast()),
            synclib::WaitResult::kReady);
  this->subject_.Release();
  typename TestFixture::Awaiting awaiting(this->subject_, this->Stopped());
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kReady);
}

TYPED_TEST_P(WaitableTest, L3_ATokenThatIsStoppedCancelsAtOnce) {
  EXPECT_EQ(this->subject_.Wait(this->Stopped()),
            synclib::WaitResult::kCancelled);
  typename TestFixture::Awaiting awaiting(this->subject_, this->Stopped());
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kCancelled);
  EXPECT_EQ(this->subject_.waiters(), 0u);
}

TYPED_TEST_P(WaitableTest, L2_WhoWaitsIsReleased) {
  synclib::WaitResult result{};
  {
    std::jthread thread(
        [&] { result = this->subject_.Wait(absl::InfiniteDuration()); });
    this->AwaitWaiters(this->subject_, 1);
    this->subject_.Release();
  }
  EXPECT_EQ(result, synclib::WaitResult::kReady);
}

TYPED_TEST_P(WaitableTest, L2_ACoroutineThatWaitsIsReleased) {
  typename TestFixture::Awaiting awaiting(this->subject_,
                                          absl::InfiniteDuration());
  this->AwaitWaiters(this->subject_, 1);
  this->subject_.Release();
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kReady);
}

TYPED_TEST_P(WaitableTest, L3_ALimitIsKeptAndNotBeforeItsTime) {
  const absl::Duration limit = absl::Milliseconds(2);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(this->subject_.Wait(limit), synclib::WaitResult::kTimeout);
  const auto middle = std::chrono::steady_clock::now();
  EXPECT_GE(absl::FromChrono(middle - begin), limit);
  typename TestFixture::Awaiting awaiting(this->subject_, limit);
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kTimeout);
  EXPECT_GE(absl::FromChrono(std::chrono::steady_clock::now() - middle), limit);
  EXPECT_EQ(this->subject_.waiters(), 0u);
}

TYPED_TEST_P(WaitableTest, L3_AStopCancelsWhoWaits) {
  std::stop_source source;
  synclib::WaitResult result{};
  {
    std::jthread thread(
        [&] { result = this->subject_.Wait(source.get_token()); });
    typename TestFixture::Awaiting awaiting(this->subject_, source.get_token());
    this->AwaitWaiters(this->subject_, 2);
    source.request_stop();
    EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kCancelled);
  }
  EXPECT_EQ(result, synclib::WaitResult::kCancelled);
  EXPECT_EQ(this->subject_.waiters(), 0u);
}

// Who has given up has taken nothing with him.
TYPED_TEST_P(WaitableTest, S1_WhoHasGivenUpTakesNothing) {
  EXPECT_EQ(this->subject_.Wait(absl::Microseconds(1)),
            synclib::WaitResult::kTimeout);
  typename TestFixture::Awaiting awaiting(this->subject_,
                                          absl::Microseconds(1));
  EXPECT_EQ(awaiting.Result(), synclib::WaitResult::kTimeout);
  this->subject_.Release();
  EXPECT_EQ(this->subject_.Wait(absl::ZeroDuration()),
            synclib::WaitResult::kReady);
}

// Nor if he gives up while he is released: in each round a bit earlier or
// later.
TYPED_TEST_P(WaitableTest, S1_AReleaseThatMeetsAStopIsNotLost) {
  for (int round = 0; round < 5000; ++round) {
    TypeParam subject;
    std::stop_source source;
    std::atomic<bool> now{false};
    typename TestFixture::Awaiting awaiting(subject, source.get_token());
    std::jthread stopper([&] {
      while (!now.load()) std::this_thread::yield();
      for (int i = 0; i < round % 100; ++i) (void)now.load();
      source.request_stop();
    });
    this->AwaitWaiters(subject, 1);
    now.store(true);
    for (int i = 0; i < round / 100; ++i) (void)now.load();
    subject.Release();
    const synclib::WaitResult result = awaiting.Result();
    ASSERT_NE(result, synclib::WaitResult::kTimeout);
    if (result == synclib::WaitResult::kCancelled) {
      ASSERT_EQ(subject.Wait(absl::ZeroDuration()), synclib::WaitResult::kReady)
          << "a release was lost in round " << round;
    }
  }
}

// The payload is not atomic, for the thread sanitizer.
TYPED_TEST_P(WaitableTest, S4_WhatCameBeforeTheReleaseIsVisible) {
  for (int round = 1; round <= 1000; ++round) {
    TypeParam subject;
    int payload = 0;
    std::jthread releaser([&] {
      payload = round;
      subject.Release();
    });
    ASSERT_EQ(subject.Wait(absl::InfiniteDuration()),
              synclib::WaitResult::kReady);
    ASSERT_EQ(payload, round);
  }
}

TYPED_TEST_P(WaitableTest, S5_ItMayBeDestroyedOnceTheWaitIsReady) {
  for (int round = 0; round < 2000; ++round) {
    auto subject = std::make_unique<TypeParam>();
    std::jthread releaser([s = subject.get()] { s->Release(); });
    ASSERT_EQ(subject->Wait(absl::InfiniteDuration()),
              synclib::WaitResult::kReady);
    if (!TypeParam::kMayBeDestroyedAfterWait) releaser.join();
    subject.reset();
  }
}

// These two are for what converts to a Waitable.
TYPED_TEST_P(WaitableTest, ItIsOneOfSeveralThingsToWaitFor) {
  if constexpr (std::convertible_to<TypeParam&, synclib::Waitable>) {
    synclib::Event never;
    TypeParam& subject = this->subject_;
    EXPECT_EQ(synclib::WaitAny({never, subject}, absl::ZeroDuration()).result,
              synclib::WaitResult::kTimeout);
    EXPECT_EQ(synclib::WaitAll({subject}, absl::ZeroDuration()),
              synclib::WaitResult::kTimeout);
    subject.Release();
    EXPECT_EQ(synclib::WaitAny({never, subject}).index, 1u);
    TypeParam other;
    {
      std::jthread thread([&] {
        EXPECT_EQ(synclib::WaitAny({never, other}).index, 1u);
      });
      this->AwaitWaiters(other, 1);
      other.Release();
    }
    TypeParam third;
    third.Release();
    EXPECT_EQ(synclib::WaitAll({third}), synclib::WaitResult::kReady);
    EXPECT_EQ(never.waiters(), 0u);
  }
}

TYPED_TEST_P(WaitableTest, ACallbackWaitsForIt) {
  if constexpr (std::convertible_to<TypeParam&, synclib::Waitable>) {
    struct Called : synclib::Callback {
      Called()
          : Callback([](Callback& self, synclib::WaitResult result) noexcept {
              static_cast<Called&>(self).result = result;
            }) {}
      std::optional<synclib::WaitResult> result;
    };
    Called called;
    EXPECT_FALSE(called.AddTo(this->subject_).has_value());
    EXPECT_EQ(this->subject_.waiters(), 1u);
    EXPECT_EQ(called.Remove(), synclib::Callback::kRemoved);
    EXPECT_FALSE(called.AddTo(this->subject_).has_value());
    this->subject_.Release();
    EXPECT_EQ(called.Remove(), synclib::Callback::kHasRun);
    EXPECT_EQ(called.result, synclib::WaitResult::kReady);
  }
}

// A program may include this, and test nothing.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(WaitableTest);

REGISTER_TYPED_TEST_SUITE_P(
    WaitableTest, NobodyPassesAtFirst, WhoComesAfterTheReleasePasses,
    S1_AReleaseGoesBeforeAStopAndALimit, L3_ATokenThatIsStoppedCancelsAtOnce,
    L2_WhoWaitsIsReleased, L2_ACoroutineThatWaitsIsReleased,
    L3_ALimitIsKeptAndNotBeforeItsTime, L3_AStopCancelsWhoWaits,
    S1_WhoHasGivenUpTakesNothing, S1_AReleaseThatMeetsAStopIsNotLost,
    S4_WhatCameBeforeTheReleaseIsVisible, S5_ItMayBeDestroyedOnceTheWaitIsReady,
    ItIsOneOfSeveralThingsToWaitFor, ACallbackWaitsForIt);

}  // namespace synctest

#endif  // SYNC_TESTING_CONFORMANCE_CONFORMANCE_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// S4: what happened before a Set() or Pulse() is visible after a wait, a true
// IsSet() or a Clear(). The payloads are plain variables, so that
// ThreadSanitizer is the judge of each way in which a wait can return.

#include <atomic>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/wait_options.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::AwaitWaiters;
using synctest::WaitUntil;

constexpr int kPayload = 42;

// Has a thread of its own call `f`.
template <class F>
std::jthread Elsewhere(F f) {
  return std::jthread(f);
}

template <class Kind>
class EventMemoryTest : public testing::Test {
 protected:
  // What the waiter reads at once when it is released.
  void Watch(Kind& waiter) {
    waiter.Then([this](WaitResult result) {
      if (result == WaitResult::kReady) read_ = payload_;
    });
  }

  int payload_ = 0;
  int read_ = 0;
};
TYPED_TEST_SUITE(EventMemoryTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(EventMemoryTest, S4_SetPublishesToTheWaitsItReleases) {
  for (const WaitOptions& options :
       {WaitOptions(), WaitOptions(absl::Hours(1)),
        WaitOptions(std::stop_source().get_token())}) {
    this->payload_ = this->read_ = 0;
    Event event;
    TypeParam waiter;
    this->Watch(waiter);
    waiter.Start(event, options);
    AwaitWaiters(event, 1);
    std::jthread setter([&] {
      this->payload_ = kPayload;
      event.Set();
    });
    waiter.Result();
    EXPECT_EQ(this->read_, kPayload);
  }
}

TYPED_TEST(EventMemoryTest, S4_PulsePublishesToTheWaitsItReleases) {
  Event event;
  TypeParam waiter;
  this->Watch(waiter);
  waiter.StartPast(event, 0);
  AwaitWaiters(event, 1);
  std::jthread setter([&] {
    this->payload_ = kPayload;
    event.Pulse();
  });
  waiter.Result();
  EXPECT_EQ(this->read_, kPayload);
}

// Whichever comes first: the wait is ready at once, or joins.
TYPED_TEST(EventMemoryTest, S4_SetPublishesToTheWaitsThatFollow) {
  for (int round = 0; round < 200; ++round) {
    this->payload_ = this->read_ = 0;
    Event event;
    TypeParam waiter;
    this->Watch(waiter);
    std::jthread setter([&] {
      this->payload_ = kPayload;
      event.Set();
    });
    if (round % 2 == 0) {
      waiter.Start(event);
    } else {
      waiter.StartPast(event, 0, absl::Hours(1));
    }
    waiter.Result();
    EXPECT_EQ(this->read_, kPayload);
  }
}

// A wait that is ready though it gives up.
TYPED_TEST(EventMemoryTest, S4_SetPublishesToATry) {
  this->payload_ = this->read_ = 0;
  Event event;
  TypeParam waiter;
  this->Watch(waiter);
  std::jthread setter([&] {
    this->payload_ = kPayload;
    event.Set();
  });
  do {
    waiter.Start(event, absl::ZeroDuration());
  } while (waiter.Result() != WaitResult::kReady);
  EXPECT_EQ(this->read_, kPayload);
}

// Of the waiter, to whoever resumes it: what it does next may be done there.
TYPED_TEST(EventMemoryTest, WhatTheWaiterDidIsVisibleWhereItGoesOn) {
  Event event;
  TypeParam waiter;
  int before = 0;
  int after = 0;
  waiter.Then([&](WaitResult) { after = before; });
  std::jthread starter([&] {
    before = kPayload;
    waiter.Start(event);
  });
  AwaitWaiters(event, 1);
  std::jthread setter([&] { event.Set(); });
  waiter.Result();
  EXPECT_EQ(after, kPayload);
}

// A Set() that finds the event set releases nobody, but publishes. That it has
// been called is known through an atomic that orders nothing.
class SetWhenAlreadySetTest : public testing::Test {
 protected:
  SetWhenAlreadySetTest() {
    setter_ = std::jthread([this] {
      payload_ = kPayload;
      event_.Set();
      called_.store(true, std::memory_order_relaxed);
    });
    WaitUntil([&] { return called_.load(std::memory_order_relaxed); },
              "the setter");
  }

  Event event_{Event::kSet};
  int payload_ = 0;
  std::atomic<bool> called_ = false;
  std::jthread setter_;
};

TEST_F(SetWhenAlreadySetTest, S4_PublishesToAWait) {
  event_.Wait();
  EXPECT_EQ(payload_, kPayload);
}

TEST_F(SetWhenAlreadySetTest, S4_PublishesToATry) {
  EXPECT_EQ(event_.Wait(absl::ZeroDuration()), WaitResult::kReady);
  EXPECT_EQ(payload_, kPayload);
}

TEST_F(SetWhenAlreadySetTest, S4_PublishesToIsSet) {
  EXPECT_TRUE(event_.IsSet());
  EXPECT_EQ(payload_, kPayload);
}

TEST_F(SetWhenAlreadySetTest, S4_PublishesToClear) {
  event_.Clear();
  EXPECT_EQ(payload_, kPayload);
}

TEST_F(SetWhenAlreadySetTest, S4_PublishesToACoroutine) {
  synctest::CoroutineWaiter waiter;
  int read = 0;
  waiter.Then([&](WaitResult) { read = payload_; });
  waiter.Start(event_);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(read, kPayload);
}

TEST_F(SetWhenAlreadySetTest, S4_PublishesToACallbackThatIsReadyAtOnce) {
  synctest::CallbackWaiter waiter;
  int read = 0;
  waiter.Then([&](WaitResult) { read = payload_; });
  waiter.Start(event_);
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);
  EXPECT_EQ(read, kPayload);
}

// Also when a wait that is past the flag's last change is released by it.
TEST(EventMemoryTest, S4_IsSetSeesWhatWasDoneBeforeSet) {
  Event event;
  int payload = 0;
  std::jthread setter([&] {
    payload = kPayload;
    event.Set();
  });
  WaitUntil([&] { return event.IsSet(); }, "the event to be set");
  EXPECT_EQ(payload, kPayload);
}

TEST(EventMemoryTest, S4_EpochSeesWhatWasDoneBeforePulse) {
  Event event;
  int payload = 0;
  std::jthread setter([&] {
    payload = kPayload;
    event.Pulse();
  });
  WaitUntil([&] { return event.epoch() == 1; }, "the pulse");
  EXPECT_EQ(payload, kPayload);
}

// Wait, clear, drain: an item that is missed here is never seen, since its
// Set() came before the Clear() that another wait would need. The counter
// orders nothing: the event must.
TEST(EventMemoryTest, S4_DoorbellLosesNoItem) {
  constexpr int64_t kItems = 200'000;
  Event bell;
  std::atomic<int64_t> pushed = 0;
  std::jthread producer([&] {
    for (int64_t i = 1; i <= kItems; ++i) {
      pushed.store(i, std::memory_order_relaxed);
      bell.Set();
    }
  });
  int64_t drained = 0;
  while (drained < kItems) {
    ASSERT_EQ(bell.Wait(absl::Minutes(2)), WaitResult::kReady)
        << "lost after " << drained;
    bell.Clear();
    drained = pushed.load(std::memory_order_relaxed);
  }
}

}  // namespace
}  // namespace synclib

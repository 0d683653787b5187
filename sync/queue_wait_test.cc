// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The waits of a Queue, of each kind that waits for one.

#include <array>
#include <cstddef>
#include <stop_token>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/queue.h"
#include "sync/wait_options.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

struct PopSubject {
  void Release() { queue.Push(1); }
  Item<int> What() { return {queue, &popped}; }
  size_t waiters() { return queue.waiters(); }

  synclib::Queue<int> queue;
  synclib::Popped<int> popped;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Pop, LimitsTest, LimitsCases<PopSubject>,
                               LimitsCaseName);

struct PushSubject {
  // "All other calls must have": only the calls before a pop, or before a
  // join, may still be on their way out.
  using ReleaseMustReturn = void;

  PushSubject() { queue.Push(1); }
  void Release() { EXPECT_EQ(queue.Pop().value, 1); }
  Room<int> What() { return {queue, 2, &pushed}; }
  size_t waiters() { return queue.waiters(); }

  synclib::Queue<int> queue{1};
  synclib::QueueResult pushed;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Push, LimitsTest, LimitsCases<PushSubject>,
                               LimitsCaseName);

struct JoinSubject {
  JoinSubject() {
    queue.Push(1);
    EXPECT_EQ(queue.Pop().value, 1);
  }
  void Release() { queue.TaskDone(); }
  AllDone<int> What() { return {queue}; }
  size_t waiters() { return queue.waiters(); }

  synclib::Queue<int> queue;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Join, LimitsTest, LimitsCases<JoinSubject>,
                               LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::AllDone;
using synctest::AwaitWaiters;
using synctest::Item;
using synctest::Room;

// What became of the waits: waiter i has `pushed_[i]` or `popped_[i]`.
template <class Kind>
class QueueWaitTest : public testing::Test {
 protected:
  static constexpr size_t kCount = 3;

  // Has each waiter begin a wait for what `what(i)` is, one after the other.
  template <class What>
  void Start(Queue<int>& queue, What what, const WaitOptions& options = {}) {
    for (size_t i = 0; i < kCount; ++i) {
      waiters_[i].Start(what(i), options);
      AwaitWaiters(queue, i + 1);
    }
  }
  void StartToPop(Queue<int>& queue, const WaitOptions& options = {}) {
    Start(
        queue,
        [&](size_t i) {
          return Item<int>{queue, &popped_[i]};
        },
        options);
  }
  // Waiter i pushes `i + 1`.
  void StartToPush(Queue<int>& queue, const WaitOptions& options = {}) {
    Start(
        queue,
        [&](size_t i) {
          return Room<int>{queue, static_cast<int>(i + 1), &pushed_[i]};
        },
        options);
  }
  // How the waits have ended, `result(i)` of waiter i.
  template <class F>
  std::vector<QueueResult> Ended(F result) {
    std::vector<QueueResult> results;
    for (size_t i = 0; i < kCount; ++i) {
      waiters_[i].Result();
      results.push_back(result(i));
    }
    return results;
  }
  std::vector<QueueResult> HavePushed() {
    return Ended([this](size_t i) { return pushed_[i]; });
  }
  std::vector<QueueResult> HavePopped() {
    return Ended([this](size_t i) { return popped_[i].result; });
  }

  std::array<QueueResult, kCount> pushed_;
  std::array<Popped<int>, kCount> popped_;
  std::array<Kind, kCount> waiters_;
};
TYPED_TEST_SUITE(QueueWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(QueueWaitTest, DoesNotWaitForWhatIsThere) {
  Queue<int> queue(1);
  this->waiters_[0].Start(Room<int>{queue, 1, &this->pushed_[0]});
  this->waiters_[0].Result();
  EXPECT_EQ(this->pushed_[0], QueueResult::kReady);
  this->waiters_[0].Start(Item<int>{queue, &this->popped_[0]});
  this->waiters_[0].Result();
  EXPECT_EQ(this->popped_[0].value, 1);
  EXPECT_EQ(queue.size(), 0);
}

TYPED_TEST(QueueWaitTest, ThoseWhoPopAreServedInOrder) {
  Queue<int> queue;
  this->StartToPop(queue);
  for (int i = 0; i < 3; ++i) {
    queue.Push(i);
    this->waiters_[i].Result();
    EXPECT_EQ(this->popped_[i].value, i);
  }
}

TYPED_TEST(QueueWaitTest, ThoseWhoPushAreServedInOrder) {
  Queue<int> queue(1);
  queue.Push(0);
  this->StartToPush(queue);
  EXPECT_FALSE(queue.TryPush(4));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(queue.Pop().value, i);
    this->waiters_[i].Result();
    EXPECT_EQ(this->pushed_[i], QueueResult::kReady);
  }
  EXPECT_EQ(queue.Pop().value, 3);
}

TYPED_TEST(QueueWaitTest, CloseEndsTheWaitsOfAllWhoPop) {
  Queue<int> queue;
  this->StartToPop(queue);
  queue.Close();
  EXPECT_EQ(this->HavePopped(),
            std::vector<QueueResult>(3, QueueResult::kClosed));
}

TYPED_TEST(QueueWaitTest, CloseEndsTheWaitsOfAllWhoPush) {
  Queue<int> queue(1);
  queue.Push(0);
  this->StartToPush(queue);
  queue.Close();
  EXPECT_EQ(this->HavePushed(),
            std::vector<QueueResult>(3, QueueResult::kClosed));
  EXPECT_EQ(queue.TryPop(), 0);
  EXPECT_EQ(queue.size(), 0);
}

TYPED_TEST(QueueWaitTest, WhoGivesUpLeavesNoTrace) {
  Queue<int> queue(1);
  std::stop_source source;
  this->StartToPop(queue, source.get_token());
  source.request_stop();
  EXPECT_EQ(this->HavePopped(),
            std::vector<QueueResult>(3, QueueResult::kCancelled));
  queue.Push(0);
  source = std::stop_source();
  this->StartToPush(queue, source.get_token());
  source.request_stop();
  EXPECT_EQ(this->HavePushed(),
            std::vector<QueueResult>(3, QueueResult::kCancelled));
  EXPECT_EQ(queue.TryPop(), 0);
  EXPECT_EQ(queue.size(), 0);
}

TYPED_TEST(QueueWaitTest, TimesOut) {
  Queue<int> queue(1);
  TypeParam& waiter = this->waiters_[0];
  waiter.Start(Item<int>{queue, &this->popped_[0]}, absl::Milliseconds(1));
  waiter.Result();
  EXPECT_EQ(this->popped_[0].result, QueueResult::kTimeout);
  queue.Push(1);
  waiter.Start(Room<int>{queue, 2, &this->pushed_[0]}, absl::Milliseconds(1));
  waiter.Result();
  EXPECT_EQ(this->pushed_[0], QueueResult::kTimeout);
  waiter.Start(AllDone<int>{queue}, absl::Milliseconds(1));
  EXPECT_EQ(waiter.Result(), WaitResult::kTimeout);
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_EQ(queue.size(), 0);
}

TYPED_TEST(QueueWaitTest, WhatIsThereGoesBeforeAStop) {
  Queue<int> queue(1);
  std::stop_source source;
  source.request_stop();
  TypeParam& waiter = this->waiters_[0];
  waiter.Start(Room<int>{queue, 1, &this->pushed_[0]}, source.get_token());
  waiter.Result();
  EXPECT_EQ(this->pushed_[0], QueueResult::kReady);
  waiter.Start(Item<int>{queue, &this->popped_[0]}, source.get_token());
  waiter.Result();
  EXPECT_EQ(this->popped_[0].value, 1);
}

TYPED_TEST(QueueWaitTest, JoinWaitsUntilAllIsDone) {
  Queue<int> queue;
  TypeParam& waiter = this->waiters_[0];
  waiter.Start(AllDone<int>{queue});
  EXPECT_EQ(waiter.Result(), WaitResult::kReady);  // There was nothing to do.
  queue.Push(1);
  queue.Push(2);
  this->Start(queue, [&](size_t) { return AllDone<int>{queue}; });
  EXPECT_EQ(queue.Pop().value, 1);
  EXPECT_EQ(queue.Pop().value, 2);
  queue.TaskDone();
  EXPECT_EQ(queue.waiters(), 3u);
  queue.TaskDone();
  for (TypeParam& each : this->waiters_) {
    EXPECT_EQ(each.Result(), WaitResult::kReady);
  }
}

}  // namespace
}  // namespace synclib

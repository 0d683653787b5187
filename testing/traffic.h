// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_TRAFFIC_H_
#define SYNC_TESTING_TRAFFIC_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/queue.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/stress.h"
#include "testing/waits.h"

namespace synctest {

// A queue of any kind, and an account of the values that go through it, each of
// which is another.
template <class Queue>
class Traffic {
 public:
  static constexpr int kBound = 3;

  // Waits of a worker's: see RunAll().
  template <class How>
  auto Push(Worker& worker, How how) {
    const int value = ++next_value_;
    synclib::QueueResult* const pushed = &own_[worker.index].pushed;
    return how(Room<int, Queue>{queue_, value, pushed},
               [this, value, pushed](synclib::WaitResult result) {
                 if (result == synclib::WaitResult::kReady) {
                   Pushed(value, *pushed);
                 }
               });
  }
  template <class How>
  auto Pop(Worker& worker, How how) {
    synclib::Popped<int>* const popped = &own_[worker.index].popped;
    return how(Item<int, Queue>{queue_, popped},
               [this, popped](synclib::WaitResult result) {
                 if (result == synclib::WaitResult::kReady) Taken(*popped);
               });
  }
  template <class How>
  auto Join(How how) {
    return how(AllDone<int, Queue>{queue_}, [](synclib::WaitResult) {});
  }

  // The same among several things that a worker waits for; and what is to
  // follow. Every other time it leaves to others what it was granted.
  synclib::Waitable Popping(Worker& worker) {
    return own_[worker.index].popping.emplace(queue_);
  }
  void Take(Worker& worker) {
    auto& popping = own_[worker.index].popping;
    const bool takes = IsToTake(worker);
    if (takes) Taken(popping->Take());
    popping.reset();
    // Close() may have looked before.
    if (!takes && closing_) TakeTheRest();
  }
  synclib::Waitable Pushing(Worker& worker) {
    return own_[worker.index].pushing.emplace(queue_);
  }
  void Put(Worker& worker) {
    auto& pushing = own_[worker.index].pushing;
    if (IsToTake(worker)) {
      const int value = ++next_value_;
      Pushed(value, pushing->Push(value));
    }
    pushing.reset();
  }
  synclib::Waitable Joined() { return queue_.Joined(); }

  // Without a wait. Puts a value in, or if that can't be, takes one out.
  void PutOrTake() {
    const int value = ++next_value_;
    if (queue_.TryPush(value)) {
      Pushed(value, synclib::QueueResult::kReady);
    } else {
      TryTake();
    }
  }
  void TryTake() {
    if (const std::optional<int> popped = queue_.TryPop()) {
      Taken({synclib::QueueResult::kReady, popped});
    }
  }

  // Closes the queue, and takes out what is left.
  void Close() {
    closing_ = true;
    queue_.Close();
    TakeTheRest();
  }

  // Once nobody waits.
  void ExpectNothingIsLost() {
    EXPECT_EQ(queue_.closed(), closing_);
    if (!closing_) Close();
    EXPECT_EQ(count_, 0);
    EXPECT_EQ(sum_, 0u);
    EXPECT_EQ(queue_.size(), 0);
    EXPECT_EQ(queue_.Join(absl::ZeroDuration()), synclib::WaitResult::kReady);
    EXPECT_FALSE(queue_.TryPush(0));
    EXPECT_EQ(queue_.waiters(), 0u);
  }

 private:
  struct Own {
    synclib::QueueResult pushed;
    synclib::Popped<int> popped;
    std::optional<typename Queue::Popping> popping;
    std::optional<typename Queue::Pushing> pushing;
  };

  void TakeTheRest() {
    synclib::Popped<int> popped;
    do {
      popped = queue_.Pop();
      Taken(popped);
    } while (popped.result == synclib::QueueResult::kReady);
  }

  static bool IsToTake(Worker& worker) { return worker.random() % 2 == 0; }

  // So that a value that is lost and one that is doubled don't make up for each
  // other.
  static uint64_t Mixed(int value) {
    const uint64_t mixed = value * uint64_t{0x9e3779b97f4a7c15};
    return mixed ^ (mixed >> 29);
  }

  void Pushed(int value, synclib::QueueResult result) {
    if (!IsReady(result)) return;
    ++count_;
    sum_ += Mixed(value);
  }
  void Taken(const synclib::Popped<int>& popped) {
    if (!IsReady(popped.result)) return;
    --count_;
    sum_ -= Mixed(*popped.value);
    queue_.TaskDone();
  }
  bool IsReady(synclib::QueueResult result) const {
    if (result == synclib::QueueResult::kReady) return true;
    EXPECT_EQ(result, synclib::QueueResult::kClosed);
    EXPECT_TRUE(closing_);
    return false;
  }

  Queue queue_{kBound};
  std::atomic<bool> closing_ = false;
  std::atomic<int> next_value_ = 0;
  std::atomic<int> count_ = 0;  // Values pushed, and not popped; and their sum.
  std::atomic<uint64_t> sum_ = 0;
  std::array<Own, kWorkers> own_{};
};

}  // namespace synctest

#endif  // SYNC_TESTING_TRAFFIC_H_

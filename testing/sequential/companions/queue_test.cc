// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Queues: who pushes, who pops, and who joins.

#include "sync/queue.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::AnyResult;
using synclib::AsyncWaitAll;
using synclib::AsyncWaitAny;
using synclib::LifoQueue;
using synclib::Popped;
using synclib::PriorityQueue;
using synclib::Queue;
using synclib::QueueResult;
using synclib::Waitable;
using synclib::WaitOptions;

// By what is left over, so that some values are alike.
struct ByRemainder {
  bool operator()(int a, int b) const { return a % 3 < b % 3; }
};

constexpr int kClosed = static_cast<int>(QueueResult::kClosed);
static_assert(kReady == static_cast<int>(QueueResult::kReady));
static_assert(kCancelled == static_cast<int>(QueueResult::kCancelled));
static_assert(kTimeout == static_cast<int>(QueueResult::kTimeout));

// With a Popping and a Pushing of each waiter, which may be granted something
// that is taken later, or left to others.
template <class Q>
class QueueSubject : public Companion {
 public:
  QueueSubject() : Companion(kOperations) {
    for (auto& popping : poppings_) popping.emplace(queue_);
    for (auto& pushing : pushings_) pushing.emplace(queue_);
  }

  std::optional<std::string> Do(int operation, int waiter) override {
    const bool is_wait = operation >= kPush && operation <= kWaitJoined;
    if (operation == kStop ? !waits(waiter) : is_wait && waits(waiter)) {
      return std::nullopt;
    }
    const std::optional<std::string> text =
        is_wait ? std::optional(Ask(operation, waiter))
                : Call(operation, waiter);
    if (!text.has_value()) return std::nullopt;
    const bool is_of_waiter = operation <= kTakeHeld;
    return absl::StrCat(Seen(*text), " ", is_of_waiter ? waiter : kCall);
  }

 private:
  enum Operation {
    kStop,
    kPush,
    kPop,
    kWaitToPush,
    kWaitToPop,
    kWaitForBoth,
    kJoin,
    kWaitJoined,
    kPushHeld,
    kTakeHeld,
    kTryPush,
    kTryPop,
    kTaskDone,
    kClose,
    kOperations
  };

  // What a wait of a Popping or Pushing was granted: kReady, kClosed, or
  // kTimeout, which is nothing.
  using Held = std::array<int, kWaiters>;
  static constexpr Held kNothing = {kTimeout, kTimeout, kTimeout, kTimeout};
  static constexpr size_t kBound = 3;
  static constexpr int kToHold = 0;  // In a line: what is asked for is held.
  static constexpr int kToPop = 1;   // Or popped; or a value is pushed.

  static End ToEnd(const Popped<int>& popped) {
    return {static_cast<int>(popped.result), popped.value.value_or(0)};
  }
  static End IsReady(const AnyResult& any) {
    return {static_cast<int>(any.result)};
  }

  std::string Ask(int operation, int waiter) {
    Popping& popping = *poppings_[waiter];
    Pushing& pushing = *pushings_[waiter];
    switch (operation) {
      case kPush: {
        const int value = next_value_++;
        pushing_.Join(waiter, value);
        Serve();
        Begin(waiter, [=, this](const WaitOptions& options) {
          return queue_.AsyncPush(value, options);
        });
        return absl::StrCat("push ", value);
      }
      case kPop:
        popping_.Join(waiter, kToPop);
        Serve();
        Begin(
            waiter,
            [this](const WaitOptions& options) {
              return queue_.AsyncPop(options);
            },
            &ToEnd);
        return "pop";
      case kWaitToPush:
        GiveBack(&held_rooms_[waiter], pushing);
        pushing_.Join(waiter, kToHold);
        Serve();
        Begin(
            waiter,
            [&](const WaitOptions& options) {
              return AsyncWaitAny({pushing}, options);
            },
            &IsReady);
        return "wait to push";
      case kWaitToPop:
        GiveBack(&held_items_[waiter], popping);
        popping_.Join(waiter, kToHold);
        Serve();
        Begin(
            waiter,
            [&](const WaitOptions& options) {
              return AsyncWaitAny({popping}, options);
            },
            &IsReady);
        return "wait to pop";
      case kWaitForBoth:
        GiveBack(&held_items_[waiter], popping);
        GiveBack(&held_rooms_[waiter], pushing);
        for_both_.insert(waiter);
        Begin(waiter, [&](const WaitOptions& options) {
          return AsyncWaitAll({popping, pushing}, options);
        });
        return "wait for both";
      case kJoin:
        Join(waiter);
        Begin(waiter, [this](const WaitOptions& options) {
          return queue_.AsyncJoin(options);
        });
        return "join";
      default:
        Join(waiter);
        Begin(
            waiter,
            [this](const WaitOptions& options) {
              return AsyncWaitAny({queue_.Joined()}, options);
            },
            &IsReady);
        return "wait joined";
    }
  }

  std::optional<std::string> Call(int operation, int waiter) {
    switch (operation) {
      case kStop:
        for (Line* line : {&pushing_, &popping_, &joining_}) {
          line->Leave(waiter);
        }
        for_both_.erase(waiter);
        Want(waiter, kCancelled);
        Stop(waiter);
        return "stop";
      case kPushHeld: {
        if (waits(waiter)) return std::nullopt;
        const int value = next_value_++;
        int result = std::exchange(held_rooms_[waiter], kTimeout);
        if (result == kReady && closed_) result = kClosed;
        if (result == kReady) Put(value);
        Serve();
        Compare(static_cast<int>(pushings_[waiter]->Push(value)), result);
        return absl::StrCat("push held ", value);
      }
      case kTakeHeld: {
        if (waits(waiter)) return std::nullopt;
        const int result = std::exchange(held_items_[waiter], kTimeout);
        const int value = result == kReady ? TakeValue() : 0;
        Serve();
        const End got = ToEnd(poppings_[waiter]->Take());
        Compare(got.result, result);
        Compare(got.value, value);
        return "take held";
      }
      case kTryPush: {
        const int value = next_value_++;
        const bool may = !closed_ && pushing_.empty() && HasRoom();
        if (may) Put(value);
        Serve();
        Compare(queue_.TryPush(value), may);
        return absl::StrCat("try to push ", value);
      }
      case kTryPop: {
        const int first = HasItem() ? TakeValue() : 0;
        Serve();
        Compare(queue_.TryPop().value_or(0), first);
        return "try to pop";
      }
      case kTaskDone:
        if (undone_ == 0) return std::nullopt;
        --undone_;
        if (--unfinished_ == 0) {
          while (!joining_.empty()) Want(joining_.Pop().number, kReady);
        }
        queue_.TaskDone();
        return "task done";
      default:
        if (waiter != 0) return std::nullopt;  // Not often.
        closed_ = true;
        Serve();
        queue_.Close();
        return "close";
    }
  }

  std::string Seen(std::string text) {
    SettleForBoth();
    Compare(queue_.size(), Items());
    Compare(queue_.closed(), closed_);
    Compare(queue_.waiters(), pushing_.size() + popping_.size() +
                                  joining_.size() + for_both_.size());
    return text;
  }

  // How many values nobody has been granted.
  int64_t Items() const {
    return std::ssize(values_) -
           std::count(held_items_.begin(), held_items_.end(), kReady);
  }
  bool HasItem() const { return Items() > 0; }
  bool HasRoom() const {
    return values_.size() +
               std::count(held_rooms_.begin(), held_rooms_.end(), kReady) <
           kBound;
  }
  // What the next wait is granted; kTimeout: it has to wait.
  int ItemGranted() const {
    if (HasItem()) return kReady;
    return closed_ ? kClosed : kTimeout;
  }
  int RoomGranted() const {
    if (closed_) return kClosed;
    return HasRoom() ? kReady : kTimeout;
  }
  // What has given back, when it became a Waitable. Others run before it waits
  // anew.
  void GiveBack(int* held, const Waitable&) {
    *held = kTimeout;
    Serve();
    SettleForBoth();
  }
  void SettleForBoth() {
    Settle(&for_both_, [this](int waiter) {
      const int item = popping_.empty() ? ItemGranted() : kTimeout;
      const int room = pushing_.empty() ? RoomGranted() : kTimeout;
      if (item == kTimeout || room == kTimeout) return false;
      held_items_[waiter] = item;
      held_rooms_[waiter] = room;
      return true;
    });
  }

  void Put(int value) {
    values_.push_back(value);
    ++unfinished_;
  }
  // In the order of the queue; the first of those that are alike.
  int TakeValue() {
    auto next = values_.begin();
    if constexpr (std::is_same_v<Q, LifoQueue<int>>) {
      next = values_.end() - 1;
    } else if constexpr (!std::is_same_v<Q, Queue<int>>) {
      next = std::min_element(next, values_.end(), ByRemainder());
    }
    const int value = *next;
    values_.erase(next);
    ++undone_;
    return value;
  }
  void Join(int waiter) {
    if (unfinished_ == 0) {
      Want(waiter, kReady);
    } else {
      joining_.Join(waiter);
    }
  }
  void Serve() {
    while (ServeNext(&pushing_, RoomGranted(), &held_rooms_) ||
           ServeNext(&popping_, ItemGranted(), &held_items_)) {
    }
  }
  bool ServeNext(Line* line, int granted, Held* held) {
    if (line->empty() || granted == kTimeout) return false;
    const Line::Waiter first = line->Pop();
    int value = 0;
    if (first.what == kToHold) {
      (*held)[first.number] = granted;
      granted = kReady;
    } else if (granted == kReady && line == &pushing_) {
      Put(first.what);
    } else if (granted == kReady) {
      value = TakeValue();
    }
    Want(first.number, granted, value);
    return true;
  }

  using Popping = typename Q::Popping;
  using Pushing = typename Q::Pushing;

  Q queue_{kBound};
  std::array<std::optional<Popping>, kWaiters> poppings_;
  std::array<std::optional<Pushing>, kWaiters> pushings_;
  std::deque<int> values_;  // In the order in which they came.
  Held held_items_ = kNothing;
  Held held_rooms_ = kNothing;
  Line pushing_, popping_, joining_;
  std::set<int> for_both_;
  int unfinished_ = 0;  // Values that were pushed, and
  int undone_ = 0;      // popped, with which nobody is done.
  bool closed_ = false;
  int next_value_ = 1;
};

// Where some waits end because of others, in which order is up to them.
TEST(CompanionsSequencesTest, Queue) {
  RunAll<QueueSubject<Queue<int>>>(Order::kAny, 4);
}
TEST(CompanionsSequencesTest, LifoQueue) {
  RunAll<QueueSubject<LifoQueue<int>>>(Order::kAny, 3);
}
TEST(CompanionsSequencesTest, PriorityQueue) {
  RunAll<QueueSubject<PriorityQueue<int, ByRemainder>>>(Order::kAny, 3);
}

}  // namespace
}  // namespace synctest

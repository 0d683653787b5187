// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/queue.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/queue_core.h"
#include "sync/thread_pool.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::Detached;
using synctest::WaitUntil;

static_assert(sizeof(Queue<int>) <= 72);
static_assert(sizeof(LifoQueue<int>) <= 72);
static_assert(sizeof(PriorityQueue<int>) <= 104);
static_assert(sizeof(Queue<int>::PopAwaiter) <= 96);
static_assert(sizeof(Queue<int>::LimitedPopAwaiter) <= 224);
static_assert(sizeof(Queue<int>::PushAwaiter) <= 96);
static_assert(sizeof(Queue<int>::LimitedPushAwaiter) <= 224);

template <class Q>
std::vector<int> PopAll(Q& queue) {
  std::vector<int> values;
  while (std::optional<int> value = queue.TryPop()) values.push_back(*value);
  return values;
}

TEST(QueueTest, IsFirstInFirstOut) {
  Queue<int> queue;
  for (const int i : {3, 1, 2}) EXPECT_EQ(queue.Push(i), QueueResult::kReady);
  EXPECT_EQ(queue.size(), 3);
  EXPECT_EQ(PopAll(queue), std::vector<int>({3, 1, 2}));
  EXPECT_EQ(queue.size(), 0);
}

TEST(QueueTest, LifoQueueIsLastInFirstOut) {
  LifoQueue<int> queue;
  for (const int i : {3, 1, 2}) queue.Push(i);
  EXPECT_EQ(PopAll(queue), std::vector<int>({2, 1, 3}));
}

TEST(QueueTest, PriorityQueueHasTheLeastFirst) {
  PriorityQueue<int> queue;
  for (const int i : {3, 1, 2, 1}) queue.Push(i);
  EXPECT_EQ(PopAll(queue), std::vector<int>({1, 1, 2, 3}));
}

TEST(QueueTest, PriorityQueueTakesAnOrder) {
  PriorityQueue<int, std::greater<int>> queue;
  for (const int i : {3, 1, 2}) queue.Push(i);
  EXPECT_EQ(PopAll(queue), std::vector<int>({3, 2, 1}));
}

struct Job {
  int priority;
  int number;
  bool operator<(const Job& other) const { return priority < other.priority; }
};

TEST(QueueTest, PriorityQueueIsFairAmongEquals) {
  PriorityQueue<Job> queue;
  for (int i = 0; i < 4; ++i) queue.Push(Job{i % 2, i});
  std::vector<int> numbers;
  while (std::optional<Job> job = queue.TryPop()) {
    numbers.push_back(job->number);
  }
  EXPECT_EQ(numbers, std::vector<int>({0, 2, 1, 3}));
}

TEST(QueueTest, HoldsNoMoreThanItsBound) {
  Queue<int> queue(2);
  EXPECT_EQ(queue.bound(), 2);
  EXPECT_EQ(Queue<int>().bound(), Queue<int>::kMaxSize);
  EXPECT_TRUE(queue.TryPush(1));
  EXPECT_TRUE(queue.TryPush(2));
  EXPECT_FALSE(queue.TryPush(3));
  EXPECT_EQ(queue.Push(3, absl::ZeroDuration()), QueueResult::kTimeout);
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_TRUE(queue.TryPush(3));
  EXPECT_EQ(PopAll(queue), std::vector<int>({2, 3}));
}

TEST(QueueTest, MovesWhatItHolds) {
  Queue<std::unique_ptr<int>> queue(1);
  EXPECT_EQ(queue.Push(std::make_unique<int>(1)), QueueResult::kReady);
  auto kept = std::make_unique<int>(2);
  EXPECT_FALSE(queue.TryPush(std::move(kept)));
  ASSERT_NE(kept, nullptr);  // It was not pushed, and not moved from.
  EXPECT_EQ(*kept, 2);
  EXPECT_EQ(**queue.Pop().value, 1);
}

TEST(QueueTest, DoesNotMoveWhatAPushThatGivesUpHolds) {
  std::stop_source source;
  source.request_stop();
  Queue<std::unique_ptr<int>> queue(1);
  queue.Push(nullptr);
  auto kept = std::make_unique<int>(2);
  EXPECT_EQ(queue.Push(std::move(kept), absl::Milliseconds(1)),
            QueueResult::kTimeout);
  EXPECT_NE(kept, nullptr);
  EXPECT_EQ(queue.Push(std::move(kept), source.get_token()),
            QueueResult::kCancelled);
  EXPECT_NE(kept, nullptr);
  queue.Close();
  EXPECT_EQ(queue.Push(std::move(kept)), QueueResult::kClosed);
  EXPECT_NE(kept, nullptr);
}

// When it is moved, it pushes another one.
struct Pushing {
  explicit Pushing(Queue<Pushing>* queue) : queue(queue) {}
  Pushing(Pushing&& other) noexcept : queue(other.queue) {
    if (queue != nullptr) queue->Push(Pushing(nullptr));
  }

  Queue<Pushing>* queue;
};

TEST(QueueTest, MovesValuesWithoutALock) {
  Queue<Pushing> queue;
  queue.Push(Pushing(&queue));
  EXPECT_EQ(queue.size(), 2);
  EXPECT_EQ(queue.Pop().value->queue, nullptr);
  EXPECT_EQ(queue.size(), 1);
  EXPECT_EQ(queue.Pop().value->queue, &queue);
  EXPECT_GT(queue.size(), 0);
}

TEST(QueueTest, ConvertsWhatIsPushed) {
  Queue<std::string> queue;
  queue.Push("text");
  const std::string name = "name";
  queue.Push(name);
  EXPECT_EQ(queue.Pop().value, "text");
  EXPECT_EQ(queue.Pop().value, "name");
}

TEST(QueueTest, DestroysWhatIsLeft) {
  auto value = std::make_shared<int>(0);
  {
    Queue<std::shared_ptr<int>> queue;
    queue.Push(value);
    EXPECT_EQ(value.use_count(), 2);
  }
  EXPECT_EQ(value.use_count(), 1);
}

TEST(QueueTest, AClosedQueueCanBeEmptied) {
  Queue<int> queue;
  queue.Push(1);
  EXPECT_FALSE(queue.closed());
  queue.Close();
  queue.Close();
  EXPECT_TRUE(queue.closed());
  EXPECT_EQ(queue.Push(2), QueueResult::kClosed);
  EXPECT_FALSE(queue.TryPush(2));
  EXPECT_EQ(queue.Pop().value, 1);
  const Popped<int> end = queue.Pop();
  EXPECT_EQ(end.result, QueueResult::kClosed);
  EXPECT_FALSE(end.value.has_value());
  EXPECT_FALSE(queue.TryPop().has_value());
}

TEST(QueueTest, ResumesWhereItIsTold) {
  for (const bool limited : {false, true}) {
    ThreadPool pool(1);
    Queue<int> queue(1);
    queue.Push(1);
    Event over;
    const WaitOptions options =
        limited ? WaitOptions(absl::Hours(1)) : WaitOptions();
    auto push = [&]() -> Detached {
      QueueResult pushed;
      if (limited) {
        pushed = co_await queue.AsyncPush(2, options).On(pool);
      } else {
        pushed = co_await queue.AsyncPush(2).On(pool);
      }
      EXPECT_EQ(pushed, QueueResult::kReady);
      EXPECT_EQ(Executor::Current(), &pool);
      over.Set();
    };
    push();
    EXPECT_EQ(queue.Pop().value, 1);
    over.Wait();
    over.Clear();
    EXPECT_EQ(queue.Pop().value, 2);
    auto pop = [&]() -> Detached {
      const Popped<int> popped = co_await queue.AsyncPop(options).On(pool);
      EXPECT_EQ(popped.value, 3);
      EXPECT_EQ(Executor::Current(), &pool);
      over.Set();
    };
    pop();
    queue.Push(3);
    over.Wait();
  }
}

// A queue into which `count` values were pushed, which nobody is done with.
class UnfinishedQueue : public internal::QueueCore {
 public:
  using QueueCore::Join;
  using QueueCore::TaskDone;

  explicit UnfinishedQueue(uint32_t count) noexcept : QueueCore(1) {
    Push();
    unfinished_count_ = count;
  }
  void Push() {
    EXPECT_EQ(TryToPush(), QueueResult::kReady);
    Hold();
    EndPush();
    EXPECT_EQ(TryToPop(), QueueResult::kReady);
    LetGo();
    EndPop();
  }
  uint32_t count() const { return unfinished_count_; }
};

TEST(QueueTest, WhatIsTooMuchToCountIsNeverDone) {
  constexpr uint32_t kMost = UINT32_MAX;
  UnfinishedQueue queue(kMost - 2);
  queue.Push();
  EXPECT_EQ(queue.count(), kMost - 1);
  queue.TaskDone();
  EXPECT_EQ(queue.count(), kMost - 2);  // So far it is counted.
  for (int i = 0; i < 4; ++i) queue.Push();
  EXPECT_EQ(queue.count(), kMost);
  for (int i = 0; i < 4; ++i) queue.TaskDone();
  EXPECT_EQ(queue.count(), kMost);
  EXPECT_EQ(queue.Join(absl::ZeroDuration()), WaitResult::kTimeout);
}

TEST(QueueTest, PoppingIsOneOfSeveralThingsToWaitFor) {
  Event stop;
  Queue<int> queue;
  Queue<int>::Popping popping(queue);
  EXPECT_EQ(popping.Take().result, QueueResult::kTimeout);
  (void)queue.TryPush(1);
  EXPECT_EQ(WaitAny({stop, popping}).index, 1u);
  EXPECT_EQ(popping.Take().value, 1);
  EXPECT_EQ(popping.Take().result, QueueResult::kTimeout);
  stop.Set();
  (void)queue.TryPush(2);
  EXPECT_EQ(WaitAny({stop, popping}).index, 0u);
  EXPECT_EQ(popping.Take().result, QueueResult::kTimeout);
  EXPECT_EQ(queue.TryPop(), 2);
}

TEST(QueueTest, PoppingLearnsThatTheQueueIsClosed) {
  Event stop;
  Queue<int> queue;
  std::vector<Popped<int>> popped;
  auto pop = [&]() -> synctest::Detached {
    Queue<int>::Popping popping(queue);
    for (;;) {
      const AnyResult any = co_await AsyncWaitAny({stop, popping});
      EXPECT_EQ(any.index, 1u);
      popped.push_back(popping.Take());
      if (popped.back().result == QueueResult::kClosed) break;
    }
  };
  pop();
  queue.Push(1);
  queue.Push(2);
  queue.Close();
  ASSERT_EQ(popped.size(), 3u);
  EXPECT_EQ(popped[0].value, 1);
  EXPECT_EQ(popped[1].value, 2);
}

TEST(QueueTest, PoppingAgainLeavesWhatWasNotTaken) {
  Queue<int> queue;
  (void)queue.TryPush(1);
  (void)queue.TryPush(2);
  Queue<int>::Popping popping(queue);
  EXPECT_EQ(WaitAny({popping}).result, WaitResult::kReady);
  EXPECT_EQ(WaitAny({popping}).result, WaitResult::kReady);
  EXPECT_EQ(popping.Take().value, 1);
  EXPECT_EQ(queue.TryPop(), 2);
}

TEST(QueueTest, PoppingLeavesWhatIsNotTaken) {
  Queue<int> queue;
  (void)queue.TryPush(1);
  {
    Queue<int>::Popping popping(queue);
    EXPECT_EQ(WaitAny({popping}).result, WaitResult::kReady);
    EXPECT_EQ(queue.size(), 0);
  }
  EXPECT_EQ(queue.TryPop(), 1);
}

TEST(QueueTest, PushingIsOneOfSeveralThingsToWaitFor) {
  Event stop;
  Queue<std::unique_ptr<int>> queue(1);
  Queue<std::unique_ptr<int>>::Pushing pushing(queue);
  auto value = std::make_unique<int>(1);
  EXPECT_EQ(pushing.Push(std::move(value)), QueueResult::kTimeout);
  EXPECT_EQ(WaitAny({stop, pushing}).index, 1u);
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(pushing.Push(std::move(value)), QueueResult::kReady);
  EXPECT_EQ(queue.size(), 1);
  EXPECT_EQ(WaitAny({stop, pushing}, absl::ZeroDuration()).result,
            WaitResult::kTimeout);
  EXPECT_EQ(**queue.Pop().value, 1);
  queue.Close();
  EXPECT_EQ(WaitAny({stop, pushing}).index, 1u);
  EXPECT_EQ(pushing.Push(nullptr), QueueResult::kClosed);
}

TEST(QueueTest, PushingLeavesTheRoomThatItDoesNotUse) {
  Queue<int> queue(1);
  {
    Queue<int>::Pushing pushing(queue);
    EXPECT_EQ(WaitAny({pushing}).result, WaitResult::kReady);
    EXPECT_FALSE(queue.TryPush(1));
  }
  EXPECT_TRUE(queue.TryPush(1));
}

// What a Callback is called with that pops: each value that there is.
struct Popper : Callback {
  explicit Popper(Queue<int>& queue) : Callback(&Fired), popping(queue) {}
  static void Fired(Callback& self, WaitResult) noexcept {
    auto& popper = static_cast<Popper&>(self);
    do {
      popper.last = popper.popping.Take();
      if (popper.last.result == QueueResult::kClosed) return;
      popper.values.push_back(*popper.last.value);
    } while (popper.AddTo(popper.popping).has_value());
  }

  Queue<int>::Popping popping;
  Popped<int> last{QueueResult::kTimeout, std::nullopt};
  std::vector<int> values;
};

TEST(QueueTest, ACallbackPops) {
  Queue<int> queue;
  queue.Push(1);
  Popper popper(queue);
  ASSERT_EQ(popper.AddTo(popper.popping), WaitResult::kReady);
  EXPECT_EQ(popper.popping.Take().value, 1);
  ASSERT_FALSE(popper.AddTo(popper.popping).has_value());
  for (int i = 2; i < 5; ++i) queue.Push(i);
  EXPECT_EQ(popper.values, std::vector<int>({2, 3, 4}));
  queue.Close();
  EXPECT_EQ(popper.last.result, QueueResult::kClosed);
}

TEST(QueueTest, ACallbackThatDoesNotTakeWhatItGotLeavesIt) {
  struct Idle : Callback {
    explicit Idle(Queue<int>& queue) : Callback(&Fired), popping(queue) {}
    static void Fired(Callback&, WaitResult) noexcept {}
    Queue<int>::Popping popping;
  };
  Queue<int> queue;
  std::optional<Idle> idle(std::in_place, queue);
  ASSERT_FALSE(idle->AddTo(idle->popping).has_value());
  ASSERT_EQ(idle->Remove(), Callback::kRemoved);
  queue.Push(1);
  EXPECT_EQ(queue.TryPop(), 1);
  ASSERT_FALSE(idle->AddTo(idle->popping).has_value());
  queue.Push(2);
  EXPECT_EQ(queue.TryPop(), std::nullopt);  // It has it.
  idle.reset();
  EXPECT_EQ(queue.TryPop(), 2);
}

TEST(QueueTest, ToBeJoinedIsOneOfSeveralThingsToWaitFor) {
  Event stop;
  Queue<int> queue;
  EXPECT_EQ(WaitAny({stop, queue.Joined()}).index, 1u);
  queue.Push(1);
  EXPECT_EQ(WaitAny({stop, queue.Joined()}, absl::ZeroDuration()).result,
            WaitResult::kTimeout);
  size_t index = 0;
  auto wait = [&]() -> Detached {
    const AnyResult any = co_await AsyncWaitAny({stop, queue.Joined()});
    index = any.index;
  };
  wait();
  queue.TaskDone();
  queue.Push(2);
  EXPECT_EQ(index, 1u);
  EXPECT_EQ(WaitAll({queue.Joined()}, absl::ZeroDuration()),
            WaitResult::kTimeout);
  queue.TaskDone();
  EXPECT_EQ(WaitAll({queue.Joined()}), WaitResult::kReady);
}

// Nothing is popped for which there is no room.
TEST(QueueTest, MovesValuesFromOneToAnother) {
  Queue<int> from(2), to(2);
  std::jthread producer([&] {
    for (int i = 0; i < 1000; ++i) from.Push(i);
    from.Close();
  });
  std::jthread mover([&] {
    Queue<int>::Popping popping(from);
    Queue<int>::Pushing pushing(to);
    for (;;) {
      WaitAll({popping, pushing});
      const Popped<int> popped = popping.Take();
      if (popped.result == QueueResult::kClosed) break;
      EXPECT_EQ(pushing.Push(*popped.value), QueueResult::kReady);
    }
    to.Close();
  });
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(to.Pop().value, i);
  EXPECT_EQ(to.Pop().result, QueueResult::kClosed);
}

TEST(QueueDeathTest, SaysWhatIsWrong) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(Queue<int>(0), "a Queue was to hold 0 values");
  EXPECT_DEATH(Queue<int>(Queue<int>::kMaxSize + 1), "it can hold 1 to");
  EXPECT_DEATH(Queue<int>().TaskDone(), "TaskDone.. was called more often");
  Queue<int> queue;
  queue.Push(1);
  queue.Push(2);
  queue.TaskDone();
  queue.TaskDone();  // Though nothing was popped.
  EXPECT_DEATH(queue.TaskDone(), "TaskDone.. was called more often");
}

// What a coroutine was given, that is destroyed before it goes on, stays.
TEST(QueueTest, LosesNothingWithADestroyedCoroutine) {
  Queue<int> queue(1);
  Detached second;
  std::optional<int> third;
  auto first = [&]() -> Detached {
    (void)co_await queue.AsyncPop();
    queue.Push(2);  // The second's, which goes on when this is over.
    second.handle.destroy();
  };
  auto lost = [&]() -> Detached { (void)co_await queue.AsyncPop(); };
  auto wait = [&]() -> Detached {
    const Popped<int> popped = co_await queue.AsyncPop();
    third = popped.value;
  };
  first();
  second = lost();
  wait();
  queue.Push(1);
  EXPECT_EQ(third, 2);
}

// Likewise of a wait for any of several things.
TEST(QueueTest, PoppingLosesNothingWithADestroyedCoroutine) {
  Event never;
  Queue<int> queue;
  Queue<int>::Popping popping(queue);
  Detached second;
  auto first = [&]() -> Detached {
    (void)co_await queue.AsyncPop();
    queue.Push(2);  // The second's, which goes on when this is over.
    EXPECT_EQ(queue.size(), 0);
    second.handle.destroy();
    EXPECT_EQ(popping.Take().result, QueueResult::kTimeout);
  };
  auto lost = [&]() -> Detached {
    (void)co_await AsyncWaitAny({never, popping});
    ADD_FAILURE() << "it goes on";
  };
  first();
  second = lost();
  queue.Push(1);
  EXPECT_EQ(queue.TryPop(), 2);
}

#ifndef NDEBUG
TEST(QueueDeathTest, WaitablesThatAreKeptAreNotForWhatIsNotTaken) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Queue<int> queue;
  (void)queue.TryPush(1);
  (void)queue.TryPush(2);
  Queue<int>::Popping popping(queue);
  const Waitables kept = {popping};
  EXPECT_EQ(WaitAny(kept).index, 0u);
  EXPECT_DEATH((void)WaitAny(kept), "before what they brought was taken");
  EXPECT_EQ(popping.Take().value, 1);
  EXPECT_EQ(WaitAny(kept).index, 0u);
  EXPECT_EQ(popping.Take().value, 2);
}

TEST(QueueDeathTest, ThatIsDestroyedWithAWaiterSaysWhoWaits) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::string message =
      "a Queue was destroyed with waiters:.*queue_test\\.cc:[0-9]+";
  auto queue = std::make_unique<Queue<int>>(1);
  auto pop = [&]() -> Detached { (void)co_await queue->AsyncPop(); };
  auto push = [&]() -> Detached { co_await queue->AsyncPush(2); };
  auto join = [&]() -> Detached { co_await queue->AsyncJoin(); };
  EXPECT_DEATH((pop(), queue.reset()), message);
  queue->Push(1);
  EXPECT_DEATH((push(), queue.reset()), message);
  EXPECT_DEATH((join(), queue.reset()), message);
}
#endif

// Everything is popped once, whoever pushes and pops, and however small the
// queue is.
TEST(QueueTest, LosesAndDoublesNothing) {
  constexpr int kEach = 2000;
  for (const int64_t bound : {int64_t{1}, int64_t{3}, Queue<int>::kMaxSize}) {
    Queue<int> queue(bound);
    ThreadPool pool(2);
    std::vector<std::atomic<int>> times(4 * kEach);
    std::atomic<int> consumers = 4;
    auto produce = [&](int begin) -> Detached {
      for (int i = begin; i < begin + kEach; ++i) co_await queue.AsyncPush(i);
    };
    auto consume = [&]() -> Detached {
      for (;;) {
        const Popped<int> popped = co_await queue.AsyncPop();
        if (popped.result == QueueResult::kClosed) break;
        ++times[*popped.value];
        queue.TaskDone();
      }
      --consumers;
    };
    for (int i = 0; i < 2; ++i) Submit(pool, [&] { consume(); });
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        for (;;) {
          const Popped<int> popped = queue.Pop();
          if (popped.result == QueueResult::kClosed) break;
          ++times[*popped.value];
          queue.TaskDone();
        }
        --consumers;
      });
    }
    std::vector<std::jthread> producers;
    for (int p = 0; p < 2; ++p) {
      producers.emplace_back([&, p] {
        for (int i = 0; i < kEach; ++i) queue.Push(p * kEach + i);
      });
      Submit(pool, [&, p] { produce((2 + p) * kEach); });
    }
    producers.clear();
    WaitUntil(
        [&] {
          int sum = 0;
          for (const auto& each : times) sum += each;
          return sum == 4 * kEach;
        },
        "all values");
    EXPECT_EQ(queue.Join(), WaitResult::kReady);
    queue.Close();
    WaitUntil([&] { return consumers == 0; }, "the consumers to end");
    for (const auto& each : times) EXPECT_EQ(each, 1);
  }
}

}  // namespace
}  // namespace synclib

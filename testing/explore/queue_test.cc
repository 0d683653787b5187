// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of a Queue's pushes, pops and ends; and
// of the orders in which the others of its kind have them.

#include "sync/queue.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_loop.h"
#include "sync/semaphore.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::StopSource;
using model::Thread;
using synclib::AnyResult;
using synclib::Callback;
using synclib::Event;
using synclib::EventLoop;
using synclib::LifoQueue;
using synclib::Popped;
using synclib::PriorityQueue;
using synclib::Queue;
using synclib::QueueResult;
using synclib::Semaphore;
using synclib::WaitResult;

// Two push into a queue with room for one.
template <class Q>
void PopWhatTwoPush() {
  Q queue(1);
  Thread first("first", [&] { queue.Push(1); });
  Thread second("second", [&] { queue.Push(2); });
  const int one = *queue.Pop().value;
  const int other = *queue.Pop().value;
  Check(one + other == 3, "each was popped");
  first.join();
  second.join();
}

TEST(QueueScenario, S1_EachValueIsPoppedOnce) {
  ExploreAll([] { PopWhatTwoPush<Queue<int>>(); }, {.suspensions = 0});
}
TEST(QueueScenario, S1_EachValueOfALifoQueueIsPoppedOnce) {
  ExploreAll([] { PopWhatTwoPush<LifoQueue<int>>(); }, {.suspensions = 0});
}
TEST(QueueScenario, S1_EachValueOfAPriorityQueueIsPoppedOnce) {
  ExploreAll([] { PopWhatTwoPush<PriorityQueue<int>>(); }, {.suspensions = 0});
}

using Values = std::vector<int>;

// Pops a value of a queue that has the first two, pushed one after the other,
// while another thread pushes the third; and then the rest. Returns them in the
// order in which they came.
template <class Q>
Values PopWhilePushing(int first, int second, int third) {
  Q queue;
  queue.Push(first);
  queue.Push(second);
  Thread pusher("pusher", [&] { queue.Push(third); });
  Values popped = {*queue.Pop().value};
  pusher.join();
  while (const std::optional<int> next = queue.TryPop()) {
    popped.push_back(*next);
  }
  return popped;
}

TEST(QueueScenario, S1_TheFirstInIsTheFirstOut) {
  ExploreAll(
      [] {
        Check(PopWhilePushing<Queue<int>>(2, 3, 1) == Values{2, 3, 1},
              "in the order of pushes");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(QueueScenario, S1_TheLastInIsTheFirstOut) {
  ExploreAll(
      [] {
        const Values popped = PopWhilePushing<LifoQueue<int>>(2, 3, 1);
        Check(popped == Values{1, 3, 2} || popped == Values{3, 1, 2},
              "the last that was there");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(QueueScenario, S1_TheLeastIsTheFirstOut) {
  ExploreAll(
      [] {
        const Values popped = PopWhilePushing<PriorityQueue<int>>(3, 2, 1);
        Check(popped == Values{1, 2, 3} || popped == Values{2, 1, 3},
              "the least that was there");
      },
      {.plain = 3, .suspensions = 0});
}

TEST(QueueScenario, S1_OfThoseThatAreAlikeTheFirstInIsTheFirstOut) {
  ExploreAll(
      [] {
        struct ByTens {
          bool operator()(int a, int b) const { return a / 10 < b / 10; }
        };
        using Q = PriorityQueue<int, ByTens>;
        Check(PopWhilePushing<Q>(13, 11, 12) == Values{13, 11, 12},
              "in the order of pushes");
      },
      {.plain = 3, .suspensions = 0});
}

// Whoever pops was granted a value, and takes the first that there is when it
// goes on.
TEST(QueueScenario, S1_WhoGoesOnLateTakesTheLeast) {
  ExploreAll(
      [] {
        PriorityQueue<int> queue;
        EventLoop loop;
        int popped = 0;
        auto pop = [&]() -> Detached {
          popped = *(co_await queue.AsyncPop().On(loop)).value;
          loop.Stop();
        };
        pop();
        Thread pusher("pusher", [&] { queue.Push(2); });
        queue.Push(1);
        pusher.join();
        loop.Run();
        Check(popped == 1, "the least");
        Check(queue.TryPop() == 2, "the other is left");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S4_WhatCameBeforeAPushIsVisible) {
  ExploreAll(
      [] {
        Queue<int> queue;
        int data = 0;
        Thread producer("producer", [&] {
          data = 42;
          queue.Push(1);
        });
        (void)queue.Pop();
        Check(data == 42, "it is visible");
        producer.join();
      },
      {.plain = 3, .suspensions = 0});
}

template <class Q>
void PopAndDestroy() {
  auto queue = std::make_unique<Q>(1);
  Thread producer("producer", [to = queue.get()] { to->Push(1); });
  if (model::Pick(2) == 0) {
    Check(queue->Pop().value == 1, "it is there");
  } else {
    while (!queue->TryPop().has_value()) {
      model::Yield(model::Place::current());
    }
  }
  queue.reset();
  producer.join();
}

TEST(QueueScenario, S5_WhoPopsMayDestroyIt) {
  ExploreAll([] { PopAndDestroy<Queue<int>>(); },
             {.plain = 3, .suspensions = 0});
}
TEST(QueueScenario, S5_WhoPopsMayDestroyALifoQueue) {
  ExploreAll([] { PopAndDestroy<LifoQueue<int>>(); },
             {.plain = 3, .suspensions = 0});
}
TEST(QueueScenario, S5_WhoPopsMayDestroyAPriorityQueue) {
  ExploreAll([] { PopAndDestroy<PriorityQueue<int>>(); },
             {.plain = 3, .suspensions = 0});
}

TEST(QueueScenario, S5_WhoJoinsMayDestroyIt) {
  ExploreAll(
      [] {
        auto queue = std::make_unique<Queue<int>>();
        queue->Push(1);
        (void)queue->Pop();
        Thread consumer("consumer", [to = queue.get()] { to->TaskDone(); });
        queue->Join();
        queue.reset();
        consumer.join();
      },
      {.plain = 3, .suspensions = 0});
}

// How many values there are until the queue is closed.
int PopAll(Queue<int>& queue) {
  int count = 0;
  while (queue.Pop().result == QueueResult::kReady) ++count;
  return count;
}

// What a Push() says is so: a value that it has put in is popped before
// kClosed.
TEST(QueueScenario, S1_NothingIsPushedBehindTheEnd) {
  ExploreAll(
      [] {
        Queue<int> queue;
        std::optional<QueueResult> pushed;
        Thread producer("producer", [&] { pushed = queue.Push(1); });
        Thread closer("closer", [&] { queue.Close(); });
        const int count = PopAll(queue);
        producer.join();
        closer.join();
        Check(count == (pushed == QueueResult::kReady ? 1 : 0),
              "pushed is popped");
      },
      {.suspensions = 0});
}

// Room that a wait was granted, and that wasn't used yet, is of no use then.
TEST(QueueScenario, S1_NothingIsPushedIntoRoomFromBeforeTheEnd) {
  ExploreAll(
      [] {
        Queue<int> queue(1);
        Queue<int>::Pushing pushing(queue);
        (void)synclib::WaitAny({pushing});
        Thread closer("closer", [&] { queue.Close(); });
        const QueueResult pushed = pushing.Push(1);
        const int count = PopAll(queue);
        closer.join();
        Check(count == (pushed == QueueResult::kReady ? 1 : 0),
              "pushed is popped");
      },
      {.suspensions = 0});
}

// Whoever has closed it knows that, though another one is closing it, too.
TEST(QueueScenario, S1_WhoHasClosedItFindsItClosed) {
  ExploreAll(
      [] {
        Queue<int> queue;
        queue.Push(1);
        (void)queue.Pop();
        const auto close = [&] {
          queue.Close();
          Check(queue.Pop(absl::ZeroDuration()).result == QueueResult::kClosed,
                "closed");
        };
        Thread other("other", close);
        close();
        other.join();
      },
      {.suspensions = 0});
}

// It changes nothing of the word, which somebody holds who wants all of several
// things.
TEST(QueueScenario, L2_CloseEndsAWaitForRoomAmongOthers) {
  ExploreAll(
      [] {
        Queue<int> full(1);
        full.Push(0);
        Thread looker("looker", [&] {
          Queue<int>::Pushing pushing(full);
          synclib::WaitAll({pushing});
          Check(pushing.Push(1) == QueueResult::kClosed, "closed");
        });
        while (full.waiters() < 1) model::Yield(model::Place::current());
        Thread closer("closer", [&] { full.Close(); });
        Queue<int>::Pushing pushing(full);
        Semaphore never(0);
        (void)synclib::WaitAll({pushing, never}, absl::ZeroDuration());
        looker.join();
        closer.join();
      },
      {.plain = 3, .suspensions = 0});
}

TEST(QueueScenario, L2_CloseEndsPushAndPop) {
  ExploreAll(
      [] {
        Queue<int> full(1), empty;
        full.Push(0);
        Thread pusher("pusher", [&] {
          Check(full.Push(1) == QueueResult::kClosed, "closed");
        });
        Thread popper("popper", [&] {
          Check(empty.Pop().result == QueueResult::kClosed, "closed");
        });
        full.Close();
        empty.Close();
        pusher.join();
        popper.join();
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S1_ATimeoutMeetsAPush) {
  ExploreAll(
      [] {
        Queue<int> queue;
        Thread producer("producer", [&] { queue.Push(1); });
        const Popped<int> popped = queue.Pop(absl::Seconds(1));
        producer.join();
        Check(queue.TryPop().has_value() ==
                  (popped.result == QueueResult::kTimeout),
              "popped, or left");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S1_ACoroutineIsHandedAValueAndRoom) {
  ExploreAll(
      [] {
        Queue<int> queue(1);
        Event over;
        int sum = 0;
        auto consume = [&]() -> Detached {
          for (int i = 0; i < 2; ++i) {
            const Popped<int> popped = co_await queue.AsyncPop();
            sum += *popped.value;
          }
          over.Set();
        };
        consume();
        Thread producer("producer", [&] { queue.Push(1); });
        queue.Push(2);
        over.Wait();
        producer.join();
        Check(sum == 3, "each was popped");
      },
      {.suspensions = 0});
}

// What a coroutine was given that is destroyed before it has gone on, others
// get.
TEST(QueueScenario, S1_ADestroyedCoroutineKeepsNothing) {
  ExploreAll(
      [] {
        Queue<int> queue(1);
        Event over;
        Detached pops, pushes;
        auto pop = [&]() -> Detached { (void)co_await queue.AsyncPop(); };
        auto push = [&]() -> Detached { co_await queue.AsyncPush(3); };
        auto begin = [&]() -> Detached {
          (void)co_await queue.AsyncPop();
          queue.Push(2);  // The other's, which goes on when this is over.
          pops.handle.destroy();
          pushes = push();
          (void)queue.TryPop();  // There is room for 3 now; likewise.
          pushes.handle.destroy();
          Check(queue.TryPush(4), "there is room");
          over.Set();
        };
        begin();
        pops = pop();
        Thread producer("producer", [&] { queue.Push(1); });
        over.Wait();
        producer.join();
        Check(queue.TryPop() == 4, "the last one is there");
      },
      {.suspensions = 0});
}

// Those who wait for room come first.
TEST(QueueScenario, L2_NobodyPassesWhoWaitsForRoom) {
  ExploreAll(
      [] {
        Queue<int> queue(1);
        queue.Push(1);
        auto push = [&]() -> Detached { co_await queue.AsyncPush(2); };
        push();
        Thread other("other", [&] { queue.Push(3); });
        (void)queue.Pop();
        Check(*queue.Pop().value == 2, "in order");
        (void)queue.Pop();
        other.join();
      },
      {.suspensions = 0});
}

// Also if the next one is pushed as soon as the last is done.
TEST(QueueScenario, L2_JoinEndsWhenAllWasDone) {
  ExploreAll(
      [] {
        Queue<int> queue;
        queue.Push(1);
        Thread joiner("joiner", [&] { queue.Join(); });
        queue.TaskDone();
        queue.Push(2);
        queue.TaskDone();
        joiner.join();
      },
      {.suspensions = 0});
}

// What was the last when TaskDone() began is not, when it ends: nobody is
// released yet.
TEST(QueueScenario, S2_APushMeetsTheTaskDoneThatWasTheLast) {
  ExploreAll(
      [] {
        Queue<int> queue;
        queue.Push(1);
        bool joined = false;
        const auto join = [&]() -> Detached {
          co_await queue.AsyncJoin();
          joined = true;
        };
        join();
        Thread pusher("pusher", [&] {
          queue.Push(2);
          queue.TaskDone();
        });
        queue.TaskDone();
        pusher.join();
        Check(joined, "joined");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S4_WhatCameBeforeEachTaskDoneIsVisible) {
  ExploreAll(
      [] {
        Queue<int> queue;
        queue.Push(1);
        queue.Push(2);
        int first_data = 0;
        int second_data = 0;
        Thread first("first", [&] {
          first_data = 1;
          queue.TaskDone();
        });
        Thread second("second", [&] {
          second_data = 1;
          queue.TaskDone();
        });
        queue.Join();
        Check(first_data == 1 && second_data == 1, "visible");
        first.join();
        second.join();
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S1_AValueIsTakenByAWaitForAnyOrLeft) {
  ExploreAll(
      [] {
        Event stop;
        Queue<int> queue;
        Thread pusher("pusher", [&] { queue.Push(1); });
        Thread stopper("stopper", [&] { stop.Set(); });
        bool is_taken = false;
        {
          Queue<int>::Popping popping(queue);
          const AnyResult any = synclib::WaitAny({stop, popping});
          if (any.index == 1 && model::Pick(2) == 0) {
            Check(popping.Take().value == 1, "the value");
            is_taken = true;
          }
        }
        pusher.join();
        stopper.join();
        Check(queue.size() == (is_taken ? 0 : 1), "taken or left");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S1_RoomIsTakenByAWaitForAnyOrLeft) {
  ExploreAll(
      [] {
        Event stop;
        Queue<int> queue(1);
        queue.Push(1);
        Thread popper("popper", [&] { (void)queue.Pop(); });
        Thread stopper("stopper", [&] { stop.Set(); });
        bool is_used = false;
        {
          Queue<int>::Pushing pushing(queue);
          const AnyResult any = synclib::WaitAny({stop, pushing});
          if (any.index == 1 && model::Pick(2) == 0) {
            Check(pushing.Push(2) == QueueResult::kReady, "there is room");
            is_used = true;
          }
        }
        popper.join();
        stopper.join();
        Check(queue.TryPush(3) == !is_used, "used or left");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S1_AValueIsTakenByACallbackOrLeft) {
  ExploreAll(
      [] {
        struct Popper : Callback {
          explicit Popper(Queue<int>& queue)
              : Callback(&Fired), popping(queue) {}
          static void Fired(Callback& self, WaitResult) noexcept {
            auto& popper = static_cast<Popper&>(self);
            Check(popper.popping.Take().value == 1, "the value");
          }
          Queue<int>::Popping popping;
        };
        Queue<int> queue;
        Thread pusher("pusher", [&] { queue.Push(1); });
        Popper popper(queue);
        if (popper.AddTo(popper.popping).has_value()) {
          Popper::Fired(popper, WaitResult::kReady);
          pusher.join();
          Check(queue.size() == 0, "taken at once");
        } else {
          const bool is_removed = popper.Remove() == Callback::kRemoved;
          pusher.join();
          Check(queue.size() == (is_removed ? 1 : 0), "taken or left");
        }
      },
      {.suspensions = 0});
}

// A value whose making takes until `over` is set.
struct Slow {
  // NOLINTNEXTLINE(google-explicit-constructor)
  Slow(Event& over) { over.Wait(); }
};

TEST(QueueScenario, L3_WhoPopsMayGiveUpWhileAValueIsMade) {
  ExploreAll(
      [] {
        Queue<Slow> queue;
        Event over;
        StopSource source;
        auto pop = [&]() -> Detached {
          (void)co_await queue.AsyncPop(source.get_token());
          over.Set();
        };
        pop();
        Thread pusher("pusher", [&] { queue.Push(over); });
        Thread closer("closer", [&] { queue.Close(); });
        source.request_stop();
        over.Wait();
        pusher.join();
        closer.join();
      },
      {.suspensions = 0});
}

// Room that comes while somebody holds the list of those who wait for it.
TEST(QueueScenario, S1_NobodyPassesThoseWhoWaitForRoom) {
  ExploreAll(
      [] {
        Queue<int> queue(1);
        (void)queue.TryPush(1);
        QueueResult first = QueueResult::kClosed;
        auto push = [&]() -> Detached { first = co_await queue.AsyncPush(2); };
        push();
        Thread second("second", [&] { queue.Push(3); });
        Thread popper("popper", [&] { (void)queue.TryPop(); });
        Check(!queue.TryPush(4), "it is full, or the room is another's");
        popper.join();
        Check(queue.Pop().value == 2, "it had the room");
        second.join();
        Check(first == QueueResult::kReady, "and knows");
      },
      {.suspensions = 0});
}

TEST(QueueScenario, S4_WhatCameBeforeItWasClosedIsSeen) {
  ExploreAll(
      [] {
        Queue<int> queue;
        queue.Push(1);
        int data = 0;
        Thread closer("closer", [&] {
          (void)queue.TryPop();
          data = 1;
          queue.Close();
        });
        const QueueResult result = queue.Pop().result;
        if (result == QueueResult::kClosed) Check(data == 1, "visible");
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

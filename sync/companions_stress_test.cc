// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Everything at once, by threads, by coroutines and by callbacks. What goes
// wrong shows as a wait that never ends (L2), as a count that doesn't add up,
// or to a sanitizer. For what comes once, and what is closed or broken, see
// companions_once_stress_test.cc and companions_end_stress_test.cc.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/stress.h"
#include "testing/traffic.h"
#include "testing/waits.h"

namespace synclib {
namespace {

using synctest::AllOf;
using synctest::AnyOf;
using synctest::Arrival;
using synctest::Exclusive;
using synctest::kWorkers;
using synctest::Permit;
using synctest::Permits;
using synctest::Plain;
using synctest::RunAll;
using synctest::Shared;
using synctest::Traffic;
using synctest::Worker;

// Waits, besides those of testing/waits.h.

// The next broadcast of an event.
struct NextBroadcast {
  WaitResult Wait(const WaitOptions& options) const {
    return event.WaitPast(epoch, options);
  }
  auto AsyncWait(const WaitOptions& options) const {
    return event.AsyncWaitPast(epoch, options);
  }
  auto Add(Callback& callback, const WaitOptions& options) const {
    return event.AddPast(epoch, callback, options);
  }

  Event& event;
  uint64_t epoch;
};

// One that a watch has not seen.
struct NextSeen {
  WaitResult Wait(const WaitOptions& options) const {
    return watch.Next(options);
  }
  auto AsyncWait(const WaitOptions& options) const {
    return watch.AsyncNext(options);
  }

  EventWatch& watch;
};

// A notification, for which a thread or coroutine takes the mutex.
struct NextNotification {
  WaitResult Wait(const WaitOptions& options) const {
    MutexLock lock(mutex);
    return condition.Wait(mutex, options);
  }
  Task<WaitResult> AsyncWait(WaitOptions options) const {
    Mutex::Guard guard = co_await mutex.AsyncGuard();
    co_return co_await condition.AsyncWait(guard, options);
  }
  auto Add(Callback& callback, const WaitOptions& options) const {
    return condition.Add(callback, options);
  }

  Condition& condition;
  Mutex& mutex;
};

// Items that a mutex guards.
struct Items {
  bool AreThere() const { return count > 0; }

  Mutex mutex;
  Condition produced;
  int count = 0;
};

// One of them.
struct NextItem {
  WaitResult Wait(const WaitOptions& options) const {
    MutexLock lock(items.mutex);
    return Had(items.produced.Wait(
        items.mutex, [this] { return items.AreThere(); }, options));
  }
  Task<WaitResult> AsyncWait(WaitOptions options) const {
    Mutex::Guard guard = co_await items.mutex.AsyncGuard();
    co_return Had(co_await items.produced.AsyncWait(
        guard, [this] { return items.AreThere(); }, options));
  }
  WaitResult Had(WaitResult result) const {
    if (result == WaitResult::kReady) --items.count;
    return result;
  }

  Items& items;
};

// One of each primitive that lets a limited number pass, and what shows whether
// it does.
class World {
 public:
  enum What {
    kOnePermit,
    kTwoPermits,
    kTurn,
    kExclusion,
    kWriting,
    kReading,
    kBroadcast,
    kPush,
    kPop,
    kOpen,  // From some time on.
    kEnd,
  };

  World() {
    for (int i = 0; i < kWorkers; ++i) own_.emplace_back(flag_);
  }

  // Has `how` wait for anything.
  template <class How>
  auto Wait(Worker& worker, How how) {
    if (!own_[worker.index].has_begun) {
      own_[worker.index].has_begun = true;
      begun_.CountDown();
    }
    switch (worker.random() % 20) {
      case 0:
        return how(Permit{permits_}, Using(worker, kOnePermit));
      case 1:
        return how(Permits{permits_, 2}, Using(worker, kTwoPermits));
      case 2:
        return how(Plain(turn_), Using(worker, kTurn));
      case 3:
        return how(Exclusive<Mutex>{mutex_}, Using(worker, kExclusion));
      case 4:
        return how(Exclusive<SharedMutex>{shared_mutex_},
                   Using(worker, kWriting));
      case 5:
        return how(Shared{shared_mutex_}, Using(worker, kReading));
      case 6:
        return how(Plain(flag_), Using(worker, kBroadcast));
      case 7:
        return WaitPast(how);
      case 8:
        return WaitNext(worker, how);
      case 9:
        return how(NextItem{items_}, Counting(&items_had_));
      case 10:
        return how(NextNotification{condition_, condition_mutex_},
                   Counting(&notified_));
      case 11:
        return Meet(worker, how);
      case 12:
        return fifo_.Push(worker, how);
      case 13:
        return fifo_.Pop(worker, how);
      case 14:
        return lifo_.Push(worker, how);
      case 15:
        return lifo_.Pop(worker, how);
      case 16:
        return priority_.Push(worker, how);
      case 17:
        return priority_.Pop(worker, how);
      case 18:
        return WaitForAny(worker, how);
      default:
        return WaitForAll(worker, how);
    }
  }

  // What ends the waits that others must end; and takes what there is at the
  // moment, until the next time, so that others have to wait.
  void Help(std::minstd_rand& random) {
    LetGo();
    for (const What what :
         {kOnePermit, kTwoPermits, kTurn, kExclusion, kWriting, kReading}) {
      if (random() % 2 == 0 && TryTake(what)) {
        HasTaken(what);
        held_.push_back(what);
      }
    }
    {
      MutexLock lock(items_.mutex);
      if (items_.count < 3) {
        ++items_.count;
        ++items_made_;
      }
    }
    items_.produced.NotifyOne();
    notifications_ += condition_.Notify(random() % 3);
    Met(barrier_.ArriveAndWait(absl::Microseconds(20)));
    fifo_.PutOrTake();
    lifo_.PutOrTake();
    priority_.PutOrTake();
    switch (random() % 5) {
      case 0:
        flag_.Clear();
        break;
      case 1:
        flag_.Pulse();
        break;
      default:
        flag_.Set();
        break;
    }
    value_.Set(1);
  }

  // Once all have ended.
  void ExpectNothingIsLost() {
    LetGo();
    EXPECT_EQ(permits_.permits(), kPermits);
    EXPECT_TRUE(turn_.TryWait());
    EXPECT_EQ(turns_, used_[kTurn]);
    EXPECT_TRUE(mutex_.try_lock());
    EXPECT_EQ(exclusions_, used_[kExclusion]);
    EXPECT_TRUE(shared_mutex_.try_lock());
    EXPECT_EQ(written_, used_[kWriting]);
    EXPECT_EQ(items_made_, items_had_ + items_.count);
    EXPECT_EQ(notifications_, notified_);
    EXPECT_EQ(met_ % kParties, 0);
    EXPECT_EQ(barrier_.arrived(), 0);
    EXPECT_FALSE(barrier_.broken());
    for (Own& own : own_) EXPECT_EQ(own.watch.seen(), own.broadcasts);
    EXPECT_TRUE(begun_.TryWait());
    EXPECT_EQ(permits_.waiters() + turn_.waiters() + mutex_.waiters() +
                  shared_mutex_.waiters() + flag_.waiters() +
                  items_.mutex.waiters() + items_.produced.waiters() +
                  condition_mutex_.waiters() + condition_.waiters() +
                  barrier_.waiters() + begun_.waiters() + value_.waiters(),
              0u);
    mutex_.unlock();
    shared_mutex_.unlock();
    fifo_.ExpectNothingIsLost();
    lifo_.ExpectNothingIsLost();
    priority_.ExpectNothingIsLost();
  }

 private:
  static constexpr int kPermits = 3;
  static constexpr int kParties = 2;  // Help() is one of them.

  struct Choice {
    Waitable waitable;
    What what;
  };

  // Of one worker.
  struct Own {
    explicit Own(Event& event) : watch(event) {}

    bool has_begun = false;
    EventWatch watch;
    uint64_t broadcasts = 0;  // That the watch has told of.
    BarrierResult met{};
    std::vector<What> whats;
    size_t index = 0;
  };

  // What follows such a wait.
  using Ended = std::function<void(WaitResult)>;
  Ended Using(Worker& worker, What what) {
    return [this, &worker, what](WaitResult result) {
      if (result == WaitResult::kReady) Use(worker, what);
    };
  }
  static Ended Counting(std::atomic<int>* count) {
    return [count](WaitResult result) {
      if (result == WaitResult::kReady) ++*count;
    };
  }

  // Without a wait.
  bool TryTake(What what) {
    switch (what) {
      case kOnePermit:
        return permits_.TryAcquire();
      case kTwoPermits:
        return permits_.TryAcquireMany(2);
      case kTurn:
        return turn_.TryWait();
      case kExclusion:
        return mutex_.try_lock();
      case kWriting:
        return shared_mutex_.try_lock();
      case kReading:
        return shared_mutex_.try_lock_shared();
      default:
        return false;
    }
  }

  // For who has just taken it: looks whether those may who have it.
  void HasTaken(What what) {
    switch (what) {
      case kOnePermit:
      case kTwoPermits:
        ++had_[what];
        EXPECT_LE(permits_out_ += CountOf(what), kPermits);
        break;
      case kReading:
        ++had_[what];
        EXPECT_EQ(had_[kWriting], 0);
        break;
      case kWriting:
        EXPECT_EQ(had_[kReading], 0);
        [[fallthrough]];
      default:
        EXPECT_EQ(++had_[what], 1);
        break;
    }
  }
  void GiveBack(What what) {
    ++used_[what];
    --had_[what];
    switch (what) {
      case kOnePermit:
      case kTwoPermits:
        permits_out_ -= CountOf(what);
        EXPECT_TRUE(permits_.Release(CountOf(what)));
        break;
      case kTurn:
        ++turns_;
        turn_.Set();
        break;
      case kExclusion:
        ++exclusions_;
        mutex_.unlock();
        break;
      case kWriting:
        ++written_;
        shared_mutex_.unlock();
        break;
      case kReading:
        EXPECT_GE(written_, 0);  // A reading, for the thread sanitizer.
        shared_mutex_.unlock_shared();
        break;
      default:
        break;
    }
  }
  static int CountOf(What permits) { return permits == kOnePermit ? 1 : 2; }
  void LetGo() {
    for (const What what : std::exchange(held_, {})) GiveBack(what);
  }

  // What a worker does with what it has got.
  void Use(Worker& worker, What what) {
    switch (what) {
      case kBroadcast:
        EXPECT_GT(flag_.epoch(), 0u);
        break;
      case kPush:
        lifo_.Put(worker);
        break;
      case kPop:
        fifo_.Take(worker);
        break;
      case kOpen:
        break;
      default:
        HasTaken(what);
        if (worker.random() % 4 == 0) std::this_thread::yield();
        GiveBack(what);
        break;
    }
  }

  template <class How>
  auto WaitPast(How how) {
    const uint64_t epoch = flag_.epoch();
    return how(NextBroadcast{flag_, epoch}, [this, epoch](WaitResult result) {
      EXPECT_TRUE(result != WaitResult::kReady || flag_.epoch() > epoch);
    });
  }
  template <class How>
  auto WaitNext(Worker& worker, How how) {
    Own& own = own_[worker.index];
    return how(NextSeen{own.watch}, [&own](WaitResult result) {
      if (result == WaitResult::kReady) {
        own.broadcasts += 1 + own.watch.missed();
      }
    });
  }
  template <class How>
  auto Meet(Worker& worker, How how) {
    BarrierResult* const met = &own_[worker.index].met;
    return how(Arrival{barrier_, met}, [this, met](WaitResult result) {
      if (result == WaitResult::kReady) Met(*met);
    });
  }
  void Met(BarrierResult result) {
    EXPECT_NE(result.outcome, BarrierResult::kBroken);
    if (result.outcome == BarrierResult::kComplete) ++met_;
  }

  // What can be among several things, each primitive once.
  std::vector<Choice> Choices(Worker& worker) {
    const bool other = worker.random() % 2 == 0;
    return {other ? Choice{permits_, kOnePermit}
                  : Choice{permits_.Many(2), kTwoPermits},
            {turn_, kTurn},
            {mutex_, kExclusion},
            other ? Choice{shared_mutex_.Shared(), kReading}
                  : Choice{shared_mutex_, kWriting},
            other ? Choice{flag_, kBroadcast}
                  : Choice{flag_.NextPast(flag_.epoch()), kBroadcast},
            {lifo_.Pushing(worker), kPush},
            {fifo_.Popping(worker), kPop},
            {begun_, kOpen},
            {value_, kOpen}};
  }
  static Waitables ToWaitables(const std::vector<Choice>& choices, Own* own) {
    std::vector<Waitable> waitables;
    own->whats.clear();
    for (const Choice& choice : choices) {
      waitables.push_back(choice.waitable);
      own->whats.push_back(choice.what);
    }
    return Waitables(waitables);
  }

  // Some may be there twice.
  template <class How>
  auto WaitForAny(Worker& worker, How how) {
    Own& own = own_[worker.index];
    const std::vector<Choice> choices = Choices(worker);
    std::vector<Choice> some;
    for (int count = 1 + worker.random() % 3; count > 0; --count) {
      some.push_back(choices[worker.random() % choices.size()]);
    }
    return how(AnyOf{ToWaitables(some, &own), &own.index},
               [this, &worker, &own](WaitResult result) {
                 if (result == WaitResult::kReady) {
                   Use(worker, own.whats[own.index]);
                 }
               });
  }

  template <class How>
  auto WaitForAll(Worker& worker, How how) {
    Own& own = own_[worker.index];
    std::vector<Choice> choices = Choices(worker);
    std::shuffle(choices.begin(), choices.end(), worker.random);
    choices.resize(1 + worker.random() % choices.size(), choices[0]);
    return how(AllOf{ToWaitables(choices, &own)},
               [this, &worker, &own](WaitResult result) {
                 if (result != WaitResult::kReady) return;
                 for (const What what : own.whats) Use(worker, what);
               });
  }

  Semaphore permits_{kPermits, kPermits};
  std::atomic<int> permits_out_ = 0;  // That somebody has.

  AutoResetEvent turn_{AutoResetEvent::kSet};
  int turns_ = 0;  // For who has the turn.

  Mutex mutex_;
  int exclusions_ = 0;  // For who has the mutex.

  SharedMutex shared_mutex_;
  int written_ = 0;  // For who has the mutex, as what it is called.

  Event flag_;

  Items items_;
  int items_made_ = 0;
  std::atomic<int> items_had_ = 0;

  Mutex condition_mutex_;
  Condition condition_;
  int notifications_ = 0;
  std::atomic<int> notified_ = 0;

  Barrier barrier_{kParties};
  std::atomic<int> met_ = 0;

  Traffic<Queue<int>> fifo_;
  Traffic<LifoQueue<int>> lifo_;
  Traffic<PriorityQueue<int>> priority_;

  Latch begun_{kWorkers};
  OneShot<int> value_;

  std::array<std::atomic<int>, kEnd> had_{};  // By so many, at the moment.
  std::array<std::atomic<int>, kEnd> used_{};
  std::vector<What> held_;  // By Help().
  std::deque<Own> own_;
};

TEST(CompanionsStressTest, L2_EverythingAtOnceEndsWellAndNothingIsLost) {
  World world;
  RunAll(
      6000,
      [&](Worker& worker, int, auto how) { return world.Wait(worker, how); },
      [&](std::minstd_rand& random) { world.Help(random); });
  world.ExpectNothingIsLost();
}

// An item, by who tries again and again.
struct ItemAtLast {
  WaitResult Wait(const WaitOptions&) const {
    for (;;) {
      const WaitResult result =
          NextItem{items}.Wait(worker.RandomLimits().options());
      if (result == WaitResult::kReady) return result;
    }
  }
  Task<WaitResult> AsyncWait(WaitOptions) const {
    for (;;) {
      const WaitResult result =
          co_await NextItem{items}.AsyncWait(worker.RandomLimits().options());
      if (result == WaitResult::kReady) co_return result;
    }
  }

  Items& items;
  Worker& worker;
};

// As many notifications as items, and none more: those who give up, and try
// again, lose none.
TEST(CompanionsStressTest, L2_EachNotificationReachesAConsumer) {
  constexpr int kRounds = 200;
  Items items;
  int made = 0;
  RunAll(
      kRounds,
      [&](Worker& worker, int, auto how) {
        return how(ItemAtLast{items, worker}, [](WaitResult) {});
      },
      [&](std::minstd_rand&) {
        if (made == kRounds * kWorkers) return;
        ++made;
        {
          MutexLock lock(items.mutex);
          ++items.count;
        }
        items.produced.NotifyOne();
      });
  EXPECT_EQ(items.count, 0);
  EXPECT_EQ(items.produced.waiters(), 0u);
}

}  // namespace
}  // namespace synclib

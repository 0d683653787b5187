// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The primitives other than Event, all at once, by threads and by coroutines of
// a pool. What goes wrong shows as a wait that never ends (L2), as a count that
// doesn't add up, or to a sanitizer.

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/callback.h"
#include "sync/condition.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/one_shot.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/detached.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::Detached;
using synctest::WaitUntil;

// Stop sources whose tokens are waited with, for somebody to stop.
class Stops {
 public:
  std::stop_token MakeToken() {
    std::lock_guard<std::mutex> lock(mutex_);
    return sources_.emplace_back().get_token();
  }
  void StopOldest() {
    std::stop_source source(std::nostopstate);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (sources_.empty()) return;
      source = std::move(sources_.front());
      sources_.pop_front();
    }
    source.request_stop();
  }

 private:
  std::mutex mutex_;
  std::deque<std::stop_source> sources_;
};

constexpr int kOfEach = 3;             // Threads, and both coroutines.
constexpr int kWorkers = 3 * kOfEach;  // All of them.

// Runs thread(random, round) on threads, co_awaits coroutine(random, round) in
// coroutines of a pool and in such without an executor, `rounds` times each;
// and meanwhile calls other(), until all have ended.
template <class Thread, class Coroutine, class Other>
void RunAll(int rounds, Thread thread, Coroutine coroutine, Other other) {
  std::atomic<int> running = kWorkers;
  auto run = [&](int seed) -> Detached {
    std::minstd_rand random(seed);
    for (int round = 0; round < rounds; ++round) {
      co_await coroutine(random, round);
    }
    --running;
  };
  ThreadPool pool(2);
  std::vector<std::jthread> threads;
  for (int i = 1; i <= kOfEach; ++i) {
    threads.emplace_back([&, i] {
      std::minstd_rand random(i);
      for (int round = 0; round < rounds; ++round) thread(random, round);
      --running;
    });
    run(10 + i);
    Submit(pool, [&, i] { run(20 + i); });
  }
  WaitUntil(
      [&] {
        other();
        return running == 0;
      },
      "all to end");
}

// In equal parts: without end, with a limit, with a limit and a token.
WaitOptions RandomOptions(std::minstd_rand& random, Stops& stops) {
  switch (random() % 3) {
    case 0:
      return WaitOptions();
    case 1:
      return absl::Microseconds(random() % 50);
    default:
      return {absl::Microseconds(random() % 200), stops.MakeToken()};
  }
}

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
    kItem,
    kMeeting,
    kPush,
    kPop,
    kAll,  // A permit, the turn, exclusion, and writing.
    kAny,  // One of those, reading for writing, or kPop; `*what` is which.
    kEnd,
  };

  WaitResult Wait(What* what,
                  const WaitOptions& options) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    switch (*what) {
      case kOnePermit:
        return permits_.Acquire(options);
      case kTwoPermits:
        return permits_.AcquireMany(2, options);
      case kTurn:
        return turn_.Wait(options);
      case kExclusion:
        return mutex_.Lock(options);
      case kWriting:
        return shared_mutex_.Lock(options);
      case kReading:
        return shared_mutex_.LockShared(options);
      case kItem: {
        MutexLock lock(items_mutex_);
        return Had(produced_.Wait(
            items_mutex_, [this] { return items_ > 0; }, options));
      }
      case kMeeting:
        return Met(barrier_.ArriveAndWait(options));
      case kPush: {
        const int value = ++next_value_;
        return Pushed(value, queue_.Push(value, options));
      }
      case kPop:
        return Taken(queue_.Pop(options));
      case kAll:
        return WaitAll(all(), options);
      case kAny: {
        Queue<int>::Popping popping(queue_);
        return OneOf(WaitAny(any(popping), options), popping, what);
      }
      case kEnd:
        break;
    }
    return WaitResult::kTimeout;
  }
  Task<WaitResult> AsyncWait(What* what, WaitOptions options) {
    switch (*what) {
      case kOnePermit:
        co_return co_await permits_.AsyncAcquire(options);
      case kTwoPermits:
        co_return co_await permits_.AsyncAcquireMany(2, options);
      case kTurn:
        co_return co_await turn_.AsyncWait(options);
      case kExclusion:
        co_return co_await mutex_.AsyncLock(options);
      case kWriting:
        co_return co_await shared_mutex_.AsyncLock(options);
      case kReading:
        co_return co_await shared_mutex_.AsyncLockShared(options);
      case kItem: {
        Mutex::Guard guard = co_await items_mutex_.AsyncGuard();
        co_return Had(co_await produced_.AsyncWait(
            items_mutex_, [this] { return items_ > 0; }, options));
      }
      case kMeeting:
        co_return Met(co_await barrier_.AsyncArriveAndWait(options));
      case kPush: {
        const int value = ++next_value_;
        co_return Pushed(value, co_await queue_.AsyncPush(value, options));
      }
      case kPop:
        co_return Taken(co_await queue_.AsyncPop(options));
      case kAll:
        co_return co_await AsyncWaitAll(all(), options);
      case kAny: {
        Queue<int>::Popping popping(queue_);
        const AnyResult any_result =
            co_await AsyncWaitAny(any(popping), options);
        co_return OneOf(any_result, popping, what);
      }
      case kEnd:
        break;
    }
    co_return WaitResult::kTimeout;
  }

  static bool TakesCallbacks(What what) {
    return what <= kReading && what != kTwoPermits;
  }
  // The same by a callback.
  WaitResult WaitByCallback(What what, const WaitOptions& options) {
    struct Told : Callback {
      Told() : Callback(&Ended) {}
      static void Ended(Callback& self, WaitResult result) noexcept {
        Told& told = static_cast<Told&>(self);
        told.result = result;
        told.over.Set();
      }
      WaitResult result{};
      Event over;
    };
    Told told;
    const std::optional<WaitResult> at_once = Add(told, what, options);
    if (at_once.has_value()) return *at_once;
    told.over.Wait();
    WaitUntil([&] { return told.Remove() == Callback::kHasRun; },
              "a callback to return");
    return told.result;
  }

  // For who has got it: looks whether nobody else has, and gives it back.
  void Use(What what) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    switch (what) {
      case kOnePermit:
      case kTwoPermits: {
        const int count = what == kOnePermit ? 1 : 2;
        EXPECT_LE(out_ += count, kPermits);
        out_ -= count;
        EXPECT_TRUE(permits_.Release(count));
        break;
      }
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
      case kAll:
        for (const What each : {kOnePermit, kTurn, kExclusion, kWriting}) {
          Use(each);
        }
        break;
      case kItem:
      case kMeeting:
      case kPush:
      case kPop:
      case kAny:
      case kEnd:
        break;
    }
    ++used_[what];
  }

  // What ends the waits that others must end.
  void Help() {
    {
      MutexLock lock(items_mutex_);
      if (items_ < 3) {
        ++items_;
        ++made_;
      }
    }
    produced_.NotifyOne();
    Met(barrier_.ArriveAndWait(absl::Microseconds(20)));
    const int value = ++next_value_;
    if (queue_.TryPush(value)) {
      Pushed(value, QueueResult::kReady);
    } else if (const std::optional<int> popped = queue_.TryPop()) {
      Taken({QueueResult::kReady, popped});
    }
    if (permits_.TryAcquire()) permits_.Release();
    if (mutex_.try_lock()) mutex_.unlock();
    if (shared_mutex_.try_lock_shared()) shared_mutex_.unlock_shared();
    if (turn_.TryWait()) turn_.Set();
  }

  // Once all have ended.
  void ExpectNothingIsLost() {
    EXPECT_EQ(permits_.permits(), kPermits);
    EXPECT_TRUE(turn_.TryWait());
    EXPECT_EQ(turns_, used_[kTurn]);
    EXPECT_TRUE(mutex_.try_lock());
    EXPECT_EQ(exclusions_, used_[kExclusion]);
    EXPECT_TRUE(shared_mutex_.try_lock());
    EXPECT_EQ(written_, used_[kWriting]);
    EXPECT_EQ(made_, used_[kItem] + items_);
    while (const std::optional<int> popped = queue_.TryPop()) {
      Taken({QueueResult::kReady, popped});
    }
    EXPECT_EQ(values_, 0);
    EXPECT_EQ(sum_of_values_, 0);
    EXPECT_EQ(queue_.size(), 0);
    EXPECT_EQ(met_ % kParties, 0);
    EXPECT_EQ(barrier_.arrived(), 0);
    EXPECT_FALSE(barrier_.broken());
    EXPECT_EQ(permits_.waiters() + turn_.waiters() + mutex_.waiters() +
                  shared_mutex_.waiters() + items_mutex_.waiters() +
                  produced_.waiters() + barrier_.waiters(),
              0u);
    mutex_.unlock();
    shared_mutex_.unlock();
  }

 private:
  static constexpr int kPermits = 3;
  static constexpr int kParties = 2;  // Help() is one of them.

  Waitables all() { return {permits_, turn_, mutex_, shared_mutex_}; }
  Waitables any(Queue<int>::Popping& popping) {
    return {permits_, turn_, mutex_, shared_mutex_.Shared(), popping};
  }
  WaitResult OneOf(AnyResult any, Queue<int>::Popping& popping, What* what) {
    constexpr What kWhat[] = {kOnePermit, kTurn, kExclusion, kReading, kPop};
    if (any.result != WaitResult::kReady) return any.result;
    *what = kWhat[any.index];
    if (*what != kPop) return WaitResult::kReady;
    // Every other one leaves the value to the next.
    return ++popped_ % 2 == 0 ? WaitResult::kTimeout : Taken(popping.Take());
  }

  std::optional<WaitResult> Add(Callback& callback, What what,
                                const WaitOptions& options) {
    switch (what) {
      case kOnePermit:
        return permits_.Add(callback, options);
      case kTurn:
        return turn_.Add(callback, options);
      case kExclusion:
        return mutex_.Add(callback, options);
      case kWriting:
        return shared_mutex_.Add(callback, options);
      case kReading:
        return shared_mutex_.AddShared(callback, options);
      default:
        return WaitResult::kTimeout;
    }
  }

  WaitResult Had(WaitResult result) {
    if (result == WaitResult::kReady) --items_;
    return result;
  }
  WaitResult Met(BarrierResult result) {
    if (result.outcome != BarrierResult::kComplete) return WaitResult::kTimeout;
    ++met_;
    return WaitResult::kReady;
  }

  WaitResult Pushed(int value, QueueResult result) {
    if (result != QueueResult::kReady) return WaitResult::kTimeout;
    ++values_;
    sum_of_values_ += value;
    return WaitResult::kReady;
  }
  WaitResult Taken(const Popped<int>& popped) {
    if (popped.result != QueueResult::kReady) return WaitResult::kTimeout;
    --values_;
    sum_of_values_ -= *popped.value;
    return WaitResult::kReady;
  }

  Semaphore permits_{kPermits, kPermits};
  std::atomic<int> out_ = 0;  // Permits that somebody has.

  AutoResetEvent turn_{AutoResetEvent::kSet};
  int turns_ = 0;  // For who has the turn.

  Mutex mutex_;
  int exclusions_ = 0;  // For who has the mutex.

  SharedMutex shared_mutex_;
  int written_ = 0;  // For who has the mutex, as what it is called.

  Mutex items_mutex_;
  Condition produced_;
  int items_ = 0;  // For who has items_mutex_, as what follows.
  int made_ = 0;

  Barrier barrier_{kParties};
  std::atomic<int> met_ = 0;

  Queue<int> queue_{3};
  std::atomic<int> next_value_ = 0;
  std::atomic<int> popped_ = 0;  // By waits for any.
  std::atomic<int> values_ = 0;  // Pushed, and not popped; and their sum.
  std::atomic<int64_t> sum_of_values_ = 0;

  std::array<std::atomic<int>, kEnd> used_{};
};

TEST(CompanionsStressTest, L2_EverythingAtOnceEndsWellAndNothingIsLost) {
  World world;
  Stops stops;
  const auto any = [](std::minstd_rand& random) {
    return static_cast<World::What>(random() % World::kEnd);
  };
  RunAll(
      1000,
      [&](std::minstd_rand& random, int) {
        World::What what = any(random);
        const WaitOptions options = RandomOptions(random, stops);
        const bool by_callback =
            World::TakesCallbacks(what) && random() % 4 == 0;
        const WaitResult result = by_callback
                                      ? world.WaitByCallback(what, options)
                                      : world.Wait(&what, options);
        if (result == WaitResult::kReady) world.Use(what);
      },
      [&](std::minstd_rand& random, int) -> Task<> {
        World::What what = any(random);
        const WaitOptions options = RandomOptions(random, stops);
        if (co_await world.AsyncWait(&what, options) == WaitResult::kReady) {
          world.Use(what);
        }
      },
      [&] {
        stops.StopOldest();
        world.Help();
      });
  world.ExpectNothingIsLost();
}

// All count down, and those who have not given up pass once all have.
TEST(CompanionsStressTest, L2_LatchesOpenForAll) {
  constexpr int kRounds = 300;
  std::deque<Latch> latches;
  for (int i = 0; i < kRounds; ++i) latches.emplace_back(kWorkers);
  std::array<std::atomic<int>, kRounds> arrived{};
  Stops stops;
  RunAll(
      kRounds,
      [&](std::minstd_rand& random, int round) {
        ++arrived[round];
        if (latches[round].ArriveAndWait(RandomOptions(random, stops)) ==
            WaitResult::kReady) {
          EXPECT_EQ(arrived[round], kWorkers);
        }
      },
      [&](std::minstd_rand& random, int round) -> Task<> {
        ++arrived[round];
        latches[round].CountDown();
        const WaitOptions options = RandomOptions(random, stops);
        if (co_await latches[round].AsyncWait(options) == WaitResult::kReady) {
          EXPECT_EQ(arrived[round], kWorkers);
        }
      },
      [&] { stops.StopOldest(); });
  for (Latch& latch : latches) EXPECT_TRUE(latch.TryWait());
}

// Two try to set each, and those who have not given up see what one has set.
TEST(CompanionsStressTest, L2_AllSeeTheOneValueThatIsSet) {
  constexpr int kRounds = 300;
  std::deque<OneShot<int>> values;
  for (int i = 0; i < kRounds; ++i) values.emplace_back();
  std::array<std::atomic<int>, kRounds> arrived{};
  std::array<std::atomic<int>, kRounds> set{};  // What was, and how often.
  Stops stops;
  const auto arrive = [&](int round) {
    const int number = ++arrived[round];
    if (number != 4 && number != 5) return;
    if (values[round].Set(number)) set[round] += number;
  };
  const auto expect_value = [&](int round, WaitResult result) {
    if (result != WaitResult::kReady) return;
    const int value = values[round].value();
    EXPECT_TRUE(value == 4 || value == 5) << value;
  };
  RunAll(
      kRounds,
      [&](std::minstd_rand& random, int round) {
        arrive(round);
        expect_value(round, values[round].Wait(RandomOptions(random, stops)));
      },
      [&](std::minstd_rand& random, int round) -> Task<> {
        arrive(round);
        const WaitOptions options = RandomOptions(random, stops);
        const WaitResult result = co_await values[round].AsyncWait(options);
        expect_value(round, result);
      },
      [&] { stops.StopOldest(); });
  for (int i = 0; i < kRounds; ++i) EXPECT_EQ(values[i].value(), set[i]);
}

// As many notifications as items, and none more: those who give up, and try
// again, lose none.
TEST(CompanionsStressTest, L2_EachNotificationReachesAConsumer) {
  constexpr int kRounds = 200;
  Mutex mutex;
  Condition produced;
  int items = 0;  // The mutex guards it.
  int made = 0;
  Stops stops;
  const auto there = [&] { return items > 0; };
  RunAll(
      kRounds,
      [&](std::minstd_rand& random, int) {
        MutexLock lock(mutex);
        while (produced.Wait(mutex, there, RandomOptions(random, stops)) !=
               WaitResult::kReady) {
        }
        --items;
      },
      [&](std::minstd_rand& random, int) -> Task<> {
        Mutex::Guard guard = co_await mutex.AsyncGuard();
        for (;;) {
          const WaitOptions options = RandomOptions(random, stops);
          const WaitResult result =
              co_await produced.AsyncWait(mutex, there, options);
          if (result == WaitResult::kReady) break;
        }
        --items;
      },
      [&] {
        stops.StopOldest();
        if (made == kRounds * kWorkers) return;
        ++made;
        {
          MutexLock lock(mutex);
          ++items;
        }
        produced.NotifyOne();
      });
  EXPECT_EQ(items, 0);
  EXPECT_EQ(produced.waiters(), 0u);
}

}  // namespace
}  // namespace synclib

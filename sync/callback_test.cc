// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/callback.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/waiters.h"

namespace synclib {
namespace {

using synctest::WaitUntil;

static_assert(!std::is_copy_constructible_v<Callback>);
static_assert(!std::is_move_constructible_v<Callback>);
static_assert(!std::is_move_assignable_v<Callback>);

// Remembers how it was called, and does what it is told to when it is.
class Recorder : public Callback {
 public:
  Recorder() : Callback(&Fired) {}
  explicit Recorder(absl::AnyInvocable<void()> then) : Recorder() {
    this->then = std::move(then);
  }

  std::vector<WaitResult> results;
  std::thread::id thread;
  absl::AnyInvocable<void()> then;

 private:
  static void Fired(Callback& callback, WaitResult result) noexcept {
    auto& self = static_cast<Recorder&>(callback);
    self.results.push_back(result);
    self.thread = std::this_thread::get_id();
    // Of the stack: `self` may be destroyed.
    absl::AnyInvocable<void()> then = std::move(self.then);
    if (then) then();
  }
};

using Results = std::vector<WaitResult>;

// With a limit that comes soon, but not before the callback has been added.
void AddWithNearLimit(Event& event, Callback& callback) {
  absl::Duration limit = absl::Milliseconds(1);
  while (event.Add(callback, limit).has_value()) limit *= 2;
}

TEST(CallbackTest, ThatWasNeverAddedIsRemoved) {
  Recorder callback;
  EXPECT_EQ(callback.Remove(), Callback::kRemoved);
}

TEST(CallbackTest, IsCalledByTheBroadcast) {
  Event event;
  Recorder callback;
  EXPECT_FALSE(event.Add(callback).has_value());
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(callback.results, Results({WaitResult::kReady}));
  EXPECT_EQ(callback.thread, std::this_thread::get_id());
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

TEST(CallbackTest, IsNotCalledIfReadyAtOnce) {
  Event event(Event::kSet);
  Recorder callback;
  EXPECT_EQ(event.Add(callback), WaitResult::kReady);
  event.Pulse();
  EXPECT_EQ(event.AddPast(0, callback), WaitResult::kReady);
  event.Pulse();
  EXPECT_EQ(callback.results, Results());
  EXPECT_EQ(callback.Remove(), Callback::kRemoved);
}

TEST(CallbackTest, IsNotCalledIfItGivesUpAtOnce) {
  Event event;
  Recorder callback;
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(event.Add(callback, absl::ZeroDuration()), WaitResult::kTimeout);
  EXPECT_EQ(event.Add(callback, source.get_token()), WaitResult::kCancelled);
  EXPECT_EQ(event.waiters(), 0u);
  event.Set();
  EXPECT_EQ(callback.results, Results());
}

TEST(CallbackTest, IsNotCalledOnceRemoved) {
  Event event;
  std::stop_source source;
  Recorder plain;
  Recorder limited;
  EXPECT_FALSE(event.Add(plain).has_value());
  EXPECT_FALSE(
      event.Add(limited, {absl::Hours(1), source.get_token()}).has_value());
  EXPECT_EQ(plain.Remove(), Callback::kRemoved);
  EXPECT_EQ(limited.Remove(), Callback::kRemoved);
  EXPECT_EQ(limited.Remove(), Callback::kRemoved);
  EXPECT_EQ(event.waiters(), 0u);
  source.request_stop();
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_EQ(plain.results, Results());
  EXPECT_EQ(limited.results, Results());
}

TEST(CallbackTest, RemovedFromTheMiddleLeavesTheOthers) {
  Event event;
  std::array<Recorder, 3> callbacks;
  for (Recorder& callback : callbacks) {
    EXPECT_FALSE(event.Add(callback).has_value());
  }
  EXPECT_EQ(callbacks[1].Remove(), Callback::kRemoved);
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(callbacks[0].results.size(), 1u);
  EXPECT_EQ(callbacks[2].results.size(), 1u);
}

TEST(CallbackTest, IsCalledByRequestStop) {
  Event event;
  Recorder callback;
  std::stop_source source;
  EXPECT_FALSE(event.Add(callback, source.get_token()).has_value());
  source.request_stop();
  EXPECT_EQ(callback.results, Results({WaitResult::kCancelled}));
  EXPECT_EQ(callback.thread, std::this_thread::get_id());
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

TEST(CallbackTest, IsCalledByTheTimerThread) {
  Event event;
  std::atomic<bool> begun = false;
  Recorder callback([&] { begun = true; });
  AddWithNearLimit(event, callback);
  WaitUntil([&] { return begun.load(); }, "the limit");
  WaitUntil([&] { return callback.Remove() == Callback::kHasRun; },
            "the function to return");
  EXPECT_EQ(callback.results, Results({WaitResult::kTimeout}));
  EXPECT_NE(callback.thread, std::this_thread::get_id());
}

TEST(CallbackTest, MayBeAddedAgain) {
  Event event;
  Recorder callback;
  EXPECT_FALSE(event.Add(callback).has_value());
  EXPECT_EQ(callback.Remove(), Callback::kRemoved);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_FALSE(event.Add(callback, absl::Hours(1)).has_value());
    EXPECT_EQ(event.Pulse(), 1u);
    // On the timer thread, if that had the limit in its hands.
    WaitUntil([&] { return callback.Remove() == Callback::kHasRun; },
              "the function to return");
    EXPECT_EQ(callback.results.size(), static_cast<size_t>(i));
  }
  EXPECT_FALSE(event.Add(callback).has_value());
  EXPECT_EQ(callback.Remove(), Callback::kRemoved);
}

TEST(CallbackTest, IsTakenInItsOwnFunction) {
  Event event;
  Recorder callback;
  std::optional<Callback::RemoveResult> inside;
  callback.then = [&] { inside = callback.Remove(); };
  EXPECT_FALSE(event.Add(callback).has_value());
  event.Set();
  EXPECT_EQ(inside, Callback::kTaken);
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

TEST(CallbackTest, RemoveDoesNotWaitForTheFunction) {
  Event event;
  Event begun;
  Event go_on;
  Recorder callback([&] {
    begun.Set();
    go_on.Wait();
  });
  EXPECT_FALSE(event.Add(callback).has_value());
  std::jthread setter([&] { event.Set(); });
  begun.Wait();
  EXPECT_EQ(callback.Remove(), Callback::kTaken);
  go_on.Set();
  WaitUntil([&] { return callback.Remove() == Callback::kHasRun; },
            "the function to return");
}

TEST(CallbackTest, IsTakenOnceItsBroadcastHasComeThoughItHasNotRun) {
  Event event;
  Recorder second;
  std::optional<Callback::RemoveResult> removed;
  Recorder first([&] { removed = second.Remove(); });
  EXPECT_FALSE(event.Add(first).has_value());
  EXPECT_FALSE(event.Add(second).has_value());
  EXPECT_EQ(event.Set(), 2u);
  EXPECT_EQ(removed, Callback::kTaken);
  EXPECT_EQ(second.results, Results({WaitResult::kReady}));
}

TEST(CallbackTest, MayBeDestroyedInItsOwnFunction) {
  Event event;
  auto callback = std::make_unique<Recorder>();
  callback->then = [&] { callback.reset(); };
  EXPECT_FALSE(event.Add(*callback).has_value());
  EXPECT_EQ(event.Set(), 1u);
  EXPECT_EQ(callback, nullptr);
}

TEST(CallbackTest, MayBeDestroyedInItsOwnFunctionOnTimeoutAndStop) {
  Event event;
  std::stop_source source;
  auto stopped = std::make_unique<Recorder>();
  stopped->then = [&] { stopped.reset(); };
  EXPECT_FALSE(event.Add(*stopped, source.get_token()).has_value());
  source.request_stop();
  EXPECT_EQ(stopped, nullptr);

  std::atomic<bool> destroyed = false;
  auto* late = new Recorder;
  late->then = [&, late] {
    delete late;
    destroyed = true;
  };
  AddWithNearLimit(event, *late);
  WaitUntil([&] { return destroyed.load(); }, "the limit");
}

TEST(CallbackTest, MayBeAddedAgainInItsOwnFunction) {
  Event event;
  Recorder callback;
  callback.then = [&] { EXPECT_FALSE(event.Add(callback).has_value()); };
  EXPECT_FALSE(event.Add(callback).has_value());
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(callback.results.size(), 1u);
  EXPECT_EQ(event.waiters(), 1u);
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(callback.results.size(), 2u);
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

TEST(CallbackTest, AddedAgainInItsOwnFunctionMayBeRemoved) {
  Event event;
  Event other;
  Recorder callback;
  callback.then = [&] { EXPECT_FALSE(other.Add(callback).has_value()); };
  EXPECT_FALSE(event.Add(callback).has_value());
  event.Set();
  EXPECT_EQ(callback.Remove(), Callback::kRemoved);
  EXPECT_EQ(other.waiters(), 0u);
}

TEST(CallbackTest, MayBeReadyAtOnceInItsOwnFunction) {
  Event event;
  Recorder callback;
  std::optional<WaitResult> again;
  std::optional<Callback::RemoveResult> inside;
  callback.then = [&] {
    again = event.Add(callback);
    inside = callback.Remove();
  };
  EXPECT_FALSE(event.Add(callback).has_value());
  event.Set();
  EXPECT_EQ(again, WaitResult::kReady);
  EXPECT_EQ(inside, Callback::kTaken);
  EXPECT_EQ(callback.results.size(), 1u);
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

// Nor do others take it for removed, while its function goes on.
TEST(CallbackTest, IsTakenUntilItsFunctionReturnsThoughItWasReadyAtOnce) {
  Event event;
  Event added;
  Event go_on;
  Recorder callback;
  callback.then = [&] {
    EXPECT_EQ(event.Add(callback), WaitResult::kReady);
    added.Set();
    go_on.Wait();
  };
  EXPECT_FALSE(event.Add(callback).has_value());
  std::jthread setter([&] { event.Set(); });
  added.Wait();
  EXPECT_EQ(callback.Remove(), Callback::kTaken);
  go_on.Set();
  WaitUntil([&] { return callback.Remove() == Callback::kHasRun; },
            "the function to return");
}

TEST(CallbackTest, MayBeDestroyedInItsOwnFunctionThoughItWasReadyAtOnce) {
  Event event;
  auto callback = std::make_unique<Recorder>();
  callback->then = [&] {
    EXPECT_EQ(event.Add(*callback), WaitResult::kReady);
    callback.reset();
  };
  EXPECT_FALSE(event.Add(*callback).has_value());
  event.Set();
  EXPECT_EQ(callback, nullptr);
}

TEST(CallbackTest, AddedAgainAndDestroyedInItsOwnFunction) {
  Event event;
  auto callback = std::make_unique<Recorder>();
  callback->then = [&] {
    EXPECT_FALSE(event.Add(*callback).has_value());
    EXPECT_EQ(callback->Remove(), Callback::kRemoved);
    callback.reset();
  };
  EXPECT_FALSE(event.Add(*callback).has_value());
  EXPECT_EQ(event.Pulse(), 1u);
  EXPECT_EQ(event.Pulse(), 0u);
}

TEST(CallbackTest, MayDestroyTheEventInItsFunction) {
  auto event = std::make_unique<Event>();
  Recorder callback([&] { event.reset(); });
  EXPECT_FALSE(event->Add(callback).has_value());
  event->Set();
  EXPECT_EQ(event, nullptr);
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
}

TEST(CallbackTest, MayBeRemovedOnceItsFunctionHasDestroyedTheEvent) {
  auto event = std::make_unique<Event>();
  Callback* self = nullptr;
  Callback::RemoveResult removed{};
  Recorder callback([&] {
    event.reset();
    removed = self->Remove();
  });
  self = &callback;
  EXPECT_FALSE(event->Add(callback).has_value());
  event->Set();
  EXPECT_EQ(removed, Callback::kTaken);
}

// Whatever can be waited for among several things.
TEST(CallbackTest, IsAddedToAnyWaitable) {
  struct Door {
    operator Waitable() { return open; }
    Event open;
  };
  Door door;
  SharedMutex mutex;
  mutex.lock();
  Semaphore permits(1);
  Recorder visitor, reader, buyer;
  EXPECT_FALSE(visitor.AddTo(door).has_value());
  EXPECT_FALSE(reader.AddTo(mutex.Shared(), absl::Hours(1)).has_value());
  EXPECT_FALSE(buyer.AddTo(permits.Many(2)).has_value());
  door.open.Set();
  mutex.unlock();
  permits.Release();
  for (Recorder* each : {&visitor, &reader, &buyer}) {
    WaitUntil([&] { return each->Remove() == Callback::kHasRun; },
              "the function to return");
    EXPECT_EQ(each->results, Results({WaitResult::kReady}));
  }
  EXPECT_FALSE(mutex.try_lock());
  mutex.AssertReaderHeld();
  mutex.unlock_shared();
  EXPECT_EQ(permits.permits(), 0);
  EXPECT_EQ(visitor.AddTo(door), WaitResult::kReady);
  EXPECT_EQ(buyer.AddTo(permits, absl::ZeroDuration()), WaitResult::kTimeout);
}

TEST(CallbackTest, RunsWithoutACurrentExecutor) {
  Event event;
  Executor* during = nullptr;
  Executor* after = nullptr;
  Recorder callback([&] { during = Executor::Current(); });
  EXPECT_FALSE(event.Add(callback).has_value());
  {
    ThreadPool pool(1);
    during = &pool;
    ASSERT_TRUE(Submit(pool, [&] {
      event.Set();
      after = Executor::Current();
    }));
  }
  EXPECT_EQ(callback.Remove(), Callback::kHasRun);
  EXPECT_NE(after, nullptr);
  EXPECT_EQ(during, nullptr);
}

TEST(CallbackTest, RemoveSeesWhatTheFunctionDid) {
  Event event;
  int payload = 0;
  Recorder callback([&] { payload = 42; });
  EXPECT_FALSE(event.Add(callback).has_value());
  std::jthread setter([&] { event.Set(); });
  WaitUntil([&] { return callback.Remove() != Callback::kTaken; },
            "the function to return, or the removal");
  if (callback.Remove() == Callback::kHasRun) {
    EXPECT_EQ(payload, 42);
  }
}

// Each is either removed or run, and never both (S1).
TEST(CallbackTest, S1_RemoveAndSetAgree) {
  for (int round = 0; round < 300; ++round) {
    Event event;
    std::atomic<int> runs = 0;
    std::array<Recorder, 4> callbacks;
    std::array<Callback::RemoveResult, 4> removed;
    for (Recorder& callback : callbacks) {
      callback.then = [&] { ++runs; };
      EXPECT_FALSE(event.Add(callback, absl::Hours(1)).has_value());
    }
    int kept = 0;
    {
      std::jthread setter([&] { event.Pulse(); });
      for (size_t i = 0; i < callbacks.size(); ++i) {
        removed[i] = callbacks[i].Remove();
        kept += removed[i] != Callback::kRemoved;
      }
    }
    for (size_t i = 0; i < callbacks.size(); ++i) {
      const bool never_runs = removed[i] == Callback::kRemoved;
      // After Pulse() has returned, maybe, where this thread had the timers.
      WaitUntil([&] { return callbacks[i].Remove() != Callback::kTaken; },
                "a callback to return");
      EXPECT_EQ(callbacks[i].Remove(),
                never_runs ? Callback::kRemoved : Callback::kHasRun);
      EXPECT_EQ(callbacks[i].results.empty(), never_runs);
    }
    EXPECT_EQ(runs, kept);
  }
}

}  // namespace
}  // namespace synclib

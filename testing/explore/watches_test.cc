// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of broadcasts and a consumer that is to
// learn of each of them; and of pauses, which nothing but a limit or a stop
// ends.

#include <cstdint>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event_watch.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedEvent;
using model::StopSource;
using model::Thread;
using synclib::EventWatch;
using synclib::WaitOptions;
using synclib::WaitResult;

// A consumer that counts.
class Consumer {
 public:
  explicit Consumer(SpecifiedEvent& event)
      : event_(event), watch_(event.event()), from_(watch_.seen()) {}

  void Next() { Saw(event_.Next(watch_)); }
  WaitResult Next(const WaitOptions& options) {
    return Saw(event_.Next(watch_, options));
  }

  // Of a coroutine: what to await, and what to do with its result.
  auto AsyncNext() { return event_.AsyncNext(watch_); }
  auto AsyncNext(const WaitOptions& options) {
    return event_.AsyncNext(watch_, options);
  }
  WaitResult Saw(WaitResult result) {
    if (result == WaitResult::kReady) {
      count_ += 1 + watch_.missed();
      missed_ = watch_.missed();
    }
    Check(watch_.seen() == from_ + count_, "each broadcast is counted once");
    Check(watch_.missed() == missed_, "only a broadcast changes it");
    return result;
  }

  // How many broadcasts it knows of.
  uint64_t count() const { return count_; }

 private:
  SpecifiedEvent& event_;
  EventWatch watch_;
  const uint64_t from_;
  uint64_t missed_ = 0;
  uint64_t count_ = 0;
};

TEST(WatchScenario, S9_AThreadSeesEveryBroadcast) {
  ExploreAll([] {
    SpecifiedEvent event;
    Consumer consumer(event);
    Thread setter("setter", [&] {
      event.Pulse();
      event.Set();
    });
    setter.NeverWaits();
    while (consumer.count() < 2) consumer.Next();
  });
}

// The watch begins while the event is in use.
TEST(WatchScenario, S9_AWatchBeginsAmongBroadcasts) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread setter("setter", [&] {
      event.Pulse();
      event.Pulse();
    });
    setter.NeverWaits();
    Consumer consumer(event);
    (void)consumer.Next(absl::ZeroDuration());
    setter.join();
    (void)consumer.Next(absl::ZeroDuration());
    Check(consumer.Next(absl::ZeroDuration()) == WaitResult::kTimeout,
          "it has seen them all");
  });
}

TEST(WatchScenario, S9_AThreadsLimitMeetsABroadcast) {
  ExploreAll([] {
    SpecifiedEvent event;
    Consumer consumer(event);
    Thread setter("setter", [&] {
      event.Pulse();
      event.Pulse();
    });
    setter.NeverWaits();
    (void)consumer.Next(absl::Seconds(1));
    while (consumer.count() < 2) consumer.Next();
  });
}

TEST(WatchScenario, S9_AThreadsStopMeetsABroadcast) {
  ExploreAll([] {
    SpecifiedEvent event;
    StopSource source;
    Consumer consumer(event);
    Thread setter("setter", [&] {
      event.Pulse();
      event.Pulse();
    });
    setter.NeverWaits();
    Thread stopper("stopper", [&] { source.request_stop(); });
    (void)consumer.Next(source.get_token());
    while (consumer.count() < 2) consumer.Next();
  });
}

// Without an executor: it goes on in the setter.
TEST(WatchScenario, S9_ACoroutineSeesEveryBroadcast) {
  ExploreAll([] {
    SpecifiedEvent event("event"), over("over");
    Consumer consumer(event);
    auto consume = [&]() -> Detached {
      while (consumer.count() < 2) consumer.Saw(co_await consumer.AsyncNext());
      over.Set();
    };
    Thread setter("setter", [&] {
      event.Pulse();
      event.Set();
    });
    consume();
    over.Wait();
  });
}

TEST(WatchScenario, S9_ACoroutinesLimitMeetsABroadcast) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        Consumer consumer(event);
        auto consume = [&]() -> Detached {
          consumer.Saw(co_await consumer.AsyncNext(absl::Seconds(1)));
          if (consumer.count() == 0) {
            consumer.Saw(co_await consumer.AsyncNext());
          }
          over.Set();
        };
        consume();
        event.Pulse();
        over.Wait();
      },
      {.suspensions = 0});
}

TEST(WatchScenario, S9_ACoroutinesStopMeetsABroadcast) {
  ExploreAll(
      [] {
        SpecifiedEvent event("event"), over("over");
        StopSource source;
        Consumer consumer(event);
        auto consume = [&]() -> Detached {
          consumer.Saw(co_await consumer.AsyncNext(source.get_token()));
          while (consumer.count() < 2) {
            consumer.Saw(co_await consumer.AsyncNext());
          }
          over.Set();
        };
        consume();
        Thread stopper("stopper", [&] { source.request_stop(); });
        event.Pulse();
        event.Pulse();
        over.Wait();
      },
      {.suspensions = 0});
}

// Under the loop of Run().
TEST(WatchScenario, S9_ACoroutineOfALoopSeesEveryBroadcast) {
  ExploreAll([] {
    SpecifiedEvent event;
    Consumer consumer(event);
    auto consume = [&]() -> synclib::Task<> {
      consumer.Saw(co_await consumer.AsyncNext(absl::Seconds(1)));
      if (consumer.count() == 0) consumer.Saw(co_await consumer.AsyncNext());
    };
    Thread setter("setter", [&] { event.Pulse(); });
    setter.NeverWaits();
    synclib::Run(consume());
  });
}

TEST(SleepScenario, L3_ASleepEnds) {
  ExploreAll(
      [] {
        SpecifiedEvent over;
        auto sleep = [&]() -> Detached {
          const int64_t begin = model::LastNow();
          Check(
              co_await synclib::Sleep(absl::Seconds(1)) == WaitResult::kTimeout,
              "nothing else can end it");
          Check(model::LastNow() >= begin + 1'000'000'000, "it is not early");
          over.Set();
        };
        sleep();
        over.Wait();
      },
      {.suspensions = 0});
}

TEST(SleepScenario, S1_AStopMeetsTheEndOfASleep) {
  ExploreAll(
      [] {
        SpecifiedEvent over;
        StopSource source;
        auto sleep = [&]() -> Detached {
          const WaitResult result =
              co_await synclib::Sleep({absl::Seconds(1), source.get_token()});
          Check(result != WaitResult::kReady, "there is no broadcast");
          over.Set();
        };
        sleep();
        source.request_stop();
        over.Wait();
      },
      {.suspensions = 0});
}

TEST(SleepScenario, S1_AStopMeetsTheEndOfASleepUnderALoop) {
  ExploreAll([] {
    StopSource source;
    auto sleep = [&]() -> synclib::Task<> {
      const WaitResult result =
          co_await synclib::Sleep({absl::Seconds(1), source.get_token()});
      Check(result != WaitResult::kReady, "there is no broadcast");
    };
    Thread stopper("stopper", [&] { source.request_stop(); });
    synclib::Run(sleep());
  });
}

// What comes before it is awaited ends it at once.
TEST(SleepScenario, S1_ASleepBeginsWhileItIsStopped) {
  ExploreAll([] {
    StopSource source;
    auto sleep = [&]() -> synclib::Task<> {
      Check(
          co_await synclib::Sleep(source.get_token()) == WaitResult::kCancelled,
          "nothing else can end it");
    };
    Thread stopper("stopper", [&] { source.request_stop(); });
    synclib::Run(sleep());
  });
}

}  // namespace
}  // namespace synctest

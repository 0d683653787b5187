// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of those who make a value and those who
// wait for it: OneShot and Lazy.

#include <memory>
#include <optional>
#include <stdexcept>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/lazy.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/one_shot.h"
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
using synclib::Event;
using synclib::Lazy;
using synclib::OneShot;
using synclib::Task;
using synclib::WaitResult;

// A value of two parts, which is whole if they are the same.
struct Whole {
  explicit Whole(int n) : first(n), second(n) {}
  int first;
  int second;
};

TEST(ValuesScenario, S4_WhoGetsTheValueSeesIt) {
  ExploreAll(
      [] {
        OneShot<int> answer;
        Event over;
        int data = 0;
        Thread setter("setter", [&] {
          data = 1;
          Check(answer.Set(42), "the first");
        });
        setter.NeverWaits();
        auto wait = [&]() -> Detached {
          const int value = co_await answer;
          Check(value == 42 && data == 1, "the coroutine sees it");
          over.Set();
        };
        wait();
        Check(answer.Get() == 42 && data == 1, "the thread sees it");
        over.Wait();
      },
      {.plain = 3});
}

TEST(ValuesScenario, S1_OneOfTwoValuesIsSetAndSeenWhole) {
  ExploreAll(
      [] {
        OneShot<Whole> one;
        int set = 0;
        const auto set_to = [&](int n) {
          if (one.Set(n)) set = n;
        };
        Thread first("first", [&] { set_to(1); });
        Thread second("second", [&] { set_to(2); });
        const Whole& value = one.Get();
        const int seen = value.first;
        Check(seen == value.second, "it is whole");
        first.join();
        second.join();
        Check(set == seen && one.value().first == seen, "and stays");
      },
      {.plain = 3, .suspensions = 0});
}

// Who has not set the value doesn't know whether it is there.
TEST(ValuesScenario, S1_WhoLosesSetsNothing) {
  ExploreAll(
      [] {
        OneShot<Whole> one;
        Thread first("first", [&] { (void)one.Set(1); });
        first.NeverWaits();
        if (!one.Set(2) && one.IsSet()) {
          Check(one.value().first == 1, "it is the other's");
        }
        Check(!one.Set(3), "it is taken");
      },
      {.plain = 3, .faults = 3, .stale = 3});
}

TEST(ValuesScenario, S1_ALimitMeetsAValue) {
  ExploreAll(
      [] {
        OneShot<int> answer;
        Thread setter("setter", [&] { (void)answer.Set(42); });
        const WaitResult result = answer.Wait(absl::Seconds(1));
        if (result == WaitResult::kReady) Check(answer.value() == 42, "there");
        setter.join();
        Check(answer.Get() == 42, "there in the end");
      },
      {.suspensions = 0});
}

TEST(ValuesScenario, S5_AValueGoesAfterGet) {
  ExploreAll(
      [] {
        auto answer = std::make_unique<OneShot<int>>();
        Thread setter("setter", [a = answer.get()] { (void)a->Set(42); });
        setter.NeverWaits();
        const int value = answer->Get();
        answer.reset();
        Check(value == 42, "it was there");
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

// Without an executor it goes on in its setter's thread.
TEST(ValuesScenario, S5_AValueGoesAfterACoroutineHasIt) {
  ExploreAll(
      [] {
        auto* const answer = new OneShot<int>;
        Thread setter("setter", [answer] { (void)answer->Set(42); });
        setter.NeverWaits();
        auto wait = [](OneShot<int>* a) -> Detached {
          const int value = co_await *a;
          Check(value == 42, "it was there");
          delete a;
        };
        wait(answer);
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

// The making of a value that fails the first time.
struct Fragile {
  explicit Fragile(int& tries) {
    if (++tries == 1) throw std::runtime_error("the first try");
  }
};

TEST(ValuesScenario, S4_WhoSetsWhatAnotherHasFailedToSetSeesWhatItDid) {
  ExploreAll(
      [] {
        OneShot<Fragile> one;
        int tries = 0;
        const auto set = [&] {
          try {
            return one.Set(tries);
          } catch (const std::runtime_error&) {
            return false;
          }
        };
        bool others = false;
        Thread other("other", [&] { others = set(); });
        const bool mine = set();
        other.join();
        Check(!(mine && others), "it is set once");
        Check(mine || others || set(), "it can be set");
        Check(tries == 2 && one.IsSet(), "it is there");
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

TEST(ValuesScenario, S1_AValueIsMadeOnceByThreads) {
  ExploreAll(
      [] {
        Lazy<int> lazy;
        int made = 0;
        const auto ask = [&] {
          Check(lazy.Get([&] { return ++made; }) == 1, "it was made once");
        };
        Thread first("first", ask);
        Thread second("second", ask);
        ask();
      },
      {.suspensions = 0});
}

// Whoever asks while the maker is suspended waits for it.
TEST(ValuesScenario, S1_AValueIsMadeOnceByCoroutinesAndThreads) {
  ExploreAll(
      [] {
        Lazy<int> lazy;
        Event go;
        int made = 0;
        int data = 0;
        auto make = [&]() -> Task<int> {
          co_await go;
          co_return ++made;
        };
        const auto ask = [&](Event& over) -> Detached {
          const int* const value = co_await lazy.AsyncGet(make);
          Check(*value == 1 && data == 1, "it was made once, after that");
          over.Set();
        };
        Event first_over, second_over;
        Thread first("first", [&] {
          ask(first_over);
          first_over.Wait();
        });
        Thread second("second", [&] {
          ask(second_over);
          second_over.Wait();
        });
        data = 1;
        go.Set();
        Check(lazy.Get([&] { return ++made; }) == 1, "it was made once");
      },
      {.suspensions = 0});
}

TEST(ValuesScenario, S4_WhoFindsAValueSeesIt) {
  ExploreAll(
      [] {
        Lazy<Whole> lazy;
        Thread maker("maker", [&] { (void)lazy.Get([] { return Whole(1); }); });
        if (lazy.IsSet()) {
          const Whole& value = lazy.Get([] { return Whole(2); });
          Check(value.first == 1 && value.second == 1, "it is there, whole");
        }
      },
      {.plain = 3, .faults = 3, .stale = 3, .suspensions = 0});
}

// A stop that comes when the value is there is too late, also for a thread that
// has yet to get the mutex of who has made it.
TEST(ValuesScenario, S3_AStopAfterTheValueIsThereIsTooLate) {
  ExploreAll(
      [] {
        Lazy<int> lazy;
        StopSource source;
        Thread maker("maker", [&] { (void)lazy.Get([] { return 1; }); });
        Thread stopper("stopper", [&] {
          if (lazy.IsSet()) source.request_stop();
        });
        const WaitResult result =
            lazy.Wait([] { return 1; }, source.get_token());
        Check(result == WaitResult::kReady, "it was there before the stop");
        Check(lazy.value() == 1, "it is there");
      },
      {.plain = 3, .faults = 3, .suspensions = 0});
}

TEST(ValuesScenario, S3_ACoroutineGivesUpWhatAnotherMakes) {
  ExploreAll(
      [] {
        Lazy<int> lazy;
        Event go;
        StopSource source;
        auto make = [&]() -> Task<int> {
          co_await go;
          co_return 1;
        };
        auto ask = [&]() -> Detached { (void)co_await lazy.AsyncGet(make); };
        ask();
        std::optional<WaitResult> result;
        Event over;
        auto patient = [&]() -> Detached {
          result = co_await lazy.AsyncWait(make, source.get_token());
          over.Set();
        };
        patient();
        Check(!result.has_value(), "it waits");
        Thread stopper("stopper", [&] { source.request_stop(); });
        go.Set();
        over.Wait();
        Check(lazy.value() == 1, "it is there");
        Check(*result != WaitResult::kTimeout, "it was made or cancelled");
      },
      {.suspensions = 0});
}

// The first who asks fails. Whoever asks meanwhile, or afterwards, makes it.
TEST(ValuesScenario, S1_AnotherMakesWhatOneHasFailedToMake) {
  ExploreAll(
      [] {
        Lazy<int> lazy;
        int tries = 0;
        int failed = 0;
        const auto make = [&] {
          if (++tries == 1) throw std::runtime_error("the first try");
          return tries;
        };
        auto async_make = [&]() -> Task<int> { co_return make(); };
        Event over;
        auto ask = [&]() -> Detached {
          try {
            const int* const value = co_await lazy.AsyncGet(async_make);
            Check(*value == 2, "the second try");
          } catch (const std::runtime_error&) {
            ++failed;
          }
          over.Set();
        };
        Thread asker("asker", [&] {
          ask();
          over.Wait();
        });
        try {
          Check(lazy.Get(make) == 2, "the second try");
        } catch (const std::runtime_error&) {
          ++failed;
        }
        asker.join();
        Check(tries == 2 && failed == 1, "one has failed, and one has made it");
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The explorer finds what is planted, and says what it found.

#include "testing/model/explore.h"

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/wait_options.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/event_spec.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"
#include "testing/tally.h"

namespace synctest::model {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

using Scenario = std::function<void()>;
using Strategy = ExploreOptions::Strategy;

// Expects each strategy to find a failure, and its replay to find it again.
void ExpectFound(const Scenario& scenario, const std::string& what,
                 Powers powers = {}) {
  for (const Strategy strategy :
       {Strategy::kExhaustive, Strategy::kPct, Strategy::kRandom}) {
    SCOPED_TRACE(static_cast<int>(strategy));
    const Exploration found = Explore(
        {.strategy = strategy, .budget = 3, .powers = powers}, scenario);
    ASSERT_FALSE(found.ok()) << found;
    EXPECT_NE(found.failure->what.find(what), std::string::npos)
        << found.failure->what;
    const Exploration again =
        Explore({.replay = found.failure->schedule}, scenario);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.failure->ToString(), found.failure->ToString());
  }
}

TEST(ExploreTest, FindsALostUpdate) {
  ExpectFound(
      [] {
        Atomic<int> count{0};
        const auto add = [&] {
          count.store(count.load(kRelaxed) + 1, kRelaxed);
        };
        {
          Thread other("other", add);
          add();
        }
        Check(count.load(kRelaxed) == 2, "an update is lost");
      },
      "an update is lost");
}

TEST(ExploreTest, FindsADataRace) {
  ExpectFound(
      [] {
        int data = 0;
        Thread other("other", [&] { data = 1; });
        data = 2;
      },
      "a data race");
}

// Neighbors in a word are not the same.
TEST(ExploreTest, FindsNoRaceOfNeighbors) {
  const Exploration found = Explore({}, [] {
    std::array<char, 8> data = {};
    Thread other("other", [&] { data[0] = 1; });
    data[1] = 2;
  });
  EXPECT_TRUE(found.ok()) << found;
}

TEST(ExploreTest, FindsADeadlock) {
  ExpectFound(
      [] {
        synclib::Event first, second;
        Thread other("other", [&] {
          first.Wait();
          second.Set();
        });
        second.Wait();
        first.Set();
      },
      "nobody can go on");
}

TEST(ExploreTest, FindsALivelock) {
  ExpectFound(
      [] {
        Atomic<int> never{0};
        while (never.load(kRelaxed) == 0) {
        }
      },
      "does not come to an end");
}

TEST(ExploreTest, FindsAUseAfterFree) {
  ExpectFound(
      [] {
        auto data = std::make_unique<int>(0);
        Thread other("other", [p = data.get()] { *p = 1; });
        data.reset();
      },
      "freed");
}

// Only where faults happen.
TEST(ExploreTest, FindsWhatAWeakCompareExchangeMayDo) {
  const Scenario scenario = [] {
    Atomic<int> value{0};
    int expected = 0;
    Check(value.compare_exchange_weak(expected, 1, kRelaxed, kRelaxed),
          "it has failed");
  };
  EXPECT_TRUE(Explore({}, scenario).ok());
  ExpectFound(scenario, "it has failed", {.faults = true});
}

// Only where addresses are used again.
TEST(ExploreTest, FindsWhatTakesAnAddressForAnObject) {
  const Scenario scenario = [] {
    auto data = std::make_unique<int>(0);
    // Volatile: clang takes it for granted that they differ.
    const volatile auto first = reinterpret_cast<uintptr_t>(data.get());
    data.reset();
    data = std::make_unique<int>(1);
    const volatile auto second = reinterpret_cast<uintptr_t>(data.get());
    Check(second != first, "taken for it");
  };
  const Exploration without = Explore({}, scenario);
  EXPECT_TRUE(without.ok());
  EXPECT_TRUE(without.reuses);
  ExpectFound(scenario, "taken for it", {.reuse_addresses = true});
}

TEST(ExploreTest, NothingIsReusedByAnObjectOfAnotherSize) {
  const Exploration found = Explore({}, [] {
    std::make_unique<int32_t>().reset();
    std::make_unique<int64_t>().reset();
  });
  EXPECT_TRUE(found.ok());
  EXPECT_FALSE(found.reuses);
}

TEST(ExploreTest, FindsAUseOfALocalAfterItsScope) {
  ExpectFound(
      [] {
        Atomic<Atomic<int>*> shared{nullptr};
        Thread other("other", [&] {
          if (Atomic<int>* const p = shared.load(std::memory_order_acquire)) {
            p->store(1, kRelaxed);
          }
        });
        {
          Atomic<int> local{0};
          shared.store(&local, std::memory_order_release);
        }
        other.join();
      },
      "was destroyed");
}

// Where another one was.
TEST(ExploreTest, AnObjectBeginsWithItsOwnValue) {
  const Exploration found = Explore({}, [] {
    for (int i = 1; i <= 3; ++i) {
      Atomic<int> local{i};
      Check(local.load(kRelaxed) == i, "its own value");
      local.store(7, kRelaxed);
    }
  });
  EXPECT_TRUE(found.ok()) << found;
}

TEST(ExploreTest, FindsWhatNeedsAStaleRead) {
  const Scenario scenario = [] {
    Atomic<int> data{0}, flag{0};
    Thread other("other", [&] {
      data.store(1, kRelaxed);
      flag.store(1, kRelaxed);
    });
    if (flag.load(kRelaxed) == 1) {
      Check(data.load(kRelaxed) == 1, "the flag came before the data");
    }
  };
  ExpectFound(scenario, "the flag came before", {.stale_reads = true});
  EXPECT_TRUE(Explore({.budget = 4}, scenario).ok());
}

TEST(ExploreTest, FindsWhatWaitsForASuspendedThread) {
  ExpectFound(
      [] {
        Atomic<int> locked{0};
        const auto critical = [&] {
          while (locked.exchange(1, std::memory_order_acquire) == 1) {
            Yield(Place::current());
          }
          locked.store(0, std::memory_order_release);
        };
        Thread other("other", critical);
        Thread setter("setter", critical);
        setter.NeverWaits();
      },
      "while other is suspended", {.suspensions = true});
}

TEST(ExploreTest, FindsAHandlerThatSpinsForItsThread) {
  ExpectFound(
      [] {
        Atomic<int> locked{0};
        const auto critical = [&] {
          while (locked.exchange(1, std::memory_order_acquire) == 1) {
            Yield(Place::current());
          }
          locked.store(0, std::memory_order_release);
        };
        SignalHandler handler("handler", critical);
        critical();
      },
      "does not come to an end");
}

TEST(ExploreTest, FindsAHandlerThatSleepsForItsThread) {
  ExpectFound(
      [] {
        synclib::Event event;
        SignalHandler handler("handler", [&] { event.Wait(); });
        event.Set();
      },
      "nobody can go on");
}

TEST(ExploreTest, FindsARaceOfAHandlerAndItsThread) {
  ExpectFound(
      [] {
        int data = 0;
        SignalHandler handler("handler", [&] { data = 1; });
        data = 2;
      },
      "a data race");
}

TEST(ExploreTest, AHandlerIsNestedAtAnyStepOfItsThread) {
  constexpr int kSteps = 3;
  std::set<int> nested_at;
  const auto scenario = [&]<class Nested>() -> Scenario {
    return [&] {
      Atomic<int> steps{0};
      Nested nested("nested", [&] {
        const int before = steps.load(kRelaxed);
        Yield(Place::current());
        Check(steps.load(kRelaxed) == before, "another one went on");
        const MachineCode code;
        nested_at.insert(before);
      });
      for (int i = 0; i < kSteps; ++i) steps.fetch_add(1, kRelaxed);
    };
  };
  const Exploration found = Explore({}, scenario.operator()<SignalHandler>());
  EXPECT_TRUE(found.ok()) << found;
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(nested_at, (std::set<int>{0, 1, 2, kSteps}));
  ExpectFound(scenario.operator()<Thread>(), "another one went on");
}

TEST(ExploreTest, AHandlerRunsWhileItsThreadSleeps) {
  const Exploration found = Explore({.budget = 0}, [] {
    synclib::Event event;
    SignalHandler handler("handler", [&] { event.Set(); });
    event.Wait();
  });
  EXPECT_TRUE(found.ok()) << found;
}

TEST(ExploreTest, AHandlerHasWhatIsKeptForItsThread) {
  const auto scenario = []<class Nested>() -> Scenario {
    return [] {
      const void* const mine = ThreadStorage();
      const int me = CurrentThread();
      Nested nested("nested", [&] {
        Check(ThreadStorage() == mine && CurrentThread() == me, "not mine");
      });
    };
  };
  EXPECT_TRUE(Explore({}, scenario.operator()<SignalHandler>()).ok());
  ExpectFound(scenario.operator()<Thread>(), "not mine");
}

// Neither goes on when the other is.
TEST(ExploreTest, AHandlerIsSuspendedWithItsThread) {
  int suspensions = 0;
  const auto look = [&](const Outcome& outcome) {
    for (const Step& step : outcome.steps) {
      if (step.action != Action::kSuspended) continue;
      ++suspensions;
      EXPECT_EQ(&step, &outcome.steps.back());
    }
  };
  const Exploration found =
      Explore({.powers = {.suspensions = true}, .after_each = look}, [] {
        Atomic<int> steps{0};
        const auto run = [&] { steps.fetch_add(1, kRelaxed); };
        SignalHandler handler("handler", run);
        run();
      });
  EXPECT_TRUE(found.ok()) << found;
  EXPECT_GT(suspensions, 1);
}

TEST(ExploreTest, FindsWhatAWallClockThatIsSetBackMayDo) {
  const Scenario scenario = [] {
    const int64_t first = WallNow(Place::current());
    Check(WallNow(Place::current()) >= first, "it was set back");
  };
  EXPECT_TRUE(Explore({}, scenario).ok());
  ExpectFound(scenario, "it was set back", {.faults = true});
}

TEST(ExploreTest, OneClockIsNeverSet) {
  const Exploration found = Explore({}, [] {
    const int64_t now = Now(Place::current());
    const int64_t wall = WallNow(Place::current());
    MoveWallClock(-5);
    Check(Now(Place::current()) == now, "as it was");
    Check(WallNow(Place::current()) == wall - 5, "set back");
    Check(LatestWallReading(0) == wall, "as it was read");
    Check(LatestWallReading(1) == wall - 5, "as it was read since");
    Check(LatestWallReading(WallReadings()) == INT64_MIN, "not read since");
  });
  EXPECT_TRUE(found.ok()) << found;
}

TEST(ExploreTest, FindsAStackThatGrowsDeep) {
  ExpectFound(
      [] {
        Atomic<int> calls{0};
        const std::function<void()> call = [&] {
          if (calls.fetch_add(1, kRelaxed) < 1000) call();
          calls.fetch_sub(1, kRelaxed);  // Or the call would be a jump.
        };
        call();
      },
      "does something call itself?");
}

TEST(ExploreTest, FindsAnAllocationWhereNoneIsAllowed) {
  const auto allocate = [](bool allowed) {
    return [allowed] {
      NoAllocation none(!allowed);
      ::operator delete(::operator new(1));
    };
  };
  ExpectFound(allocate(false), "an allocation where none is allowed");
  EXPECT_TRUE(Explore({}, allocate(true)).ok());
}

TEST(ExploreTest, PicksEachAtNoCost) {
  int picked[3] = {};
  const Exploration found =
      Explore({.budget = 0}, [&] { ++picked[Pick(std::size(picked))]; });
  EXPECT_TRUE(found.complete);
  EXPECT_EQ(found.executions, 3);
  for (const int count : picked) EXPECT_EQ(count, 1);
}

// Nobody else does anything, so that the limit comes.
TEST(ExploreTest, TimePassesForWhoPolls) {
  const Exploration found = Explore({.budget = 2}, [] {
    Atomic<bool> over{false};
    Thread waiter("waiter", [&] {
      (void)synclib::Event().Wait(absl::Hours(1));
      over.store(true, kRelaxed);
    });
    while (!over.load(kRelaxed)) Yield(Place::current());
  });
  EXPECT_TRUE(found.ok()) << found;
  EXPECT_TRUE(found.complete);
}

TEST(ExploreTest, FindsABroadcastThatIsLostToATimeout) {
  // As if Set() had not found the waiter.
  ExpectFound(
      [] {
        SpecifiedEvent event;
        Thread waiter("waiter", [&] { (void)event.Wait(absl::Seconds(1)); });
        EventSpec& spec = event.spec();
        const uint32_t set = spec.Begin({EventSpec::Kind::kSet});
        spec.End(set, 0);
      },
      "no order of the operations explains");
}

// The clock may have been set back since, but not before the wait began.
TEST(ExploreTest, FindsATimeoutThatNoReadingOfTheWallClockShows) {
  const auto scenario = [](bool reads) -> Scenario {
    return [reads] {
      EventSpec& spec = EventSpec::Make(false);
      const int64_t limit = WallNow(Place::current()) + 1;
      MoveWallClock(1);
      if (!reads) (void)WallNow(Place::current());
      const uint32_t wait = spec.Begin({.kind = EventSpec::Kind::kWait,
                                        .limit = limit,
                                        .by_wall_clock = true});
      spec.Joined(wait);
      if (reads) (void)WallNow(Place::current());
      MoveWallClock(-1);
      spec.End(wait, static_cast<uint64_t>(synclib::WaitResult::kTimeout));
    };
  };
  EXPECT_TRUE(Explore({}, scenario(true)).ok());
  ExpectFound(scenario(false), "no order of the operations explains");
}

TEST(ExploreTest, FindsAWaitThatIsOverAndDoesNotReturn) {
  ExpectFound(
      [] {
        SpecifiedEvent event;
        EventSpec& spec = event.spec();
        spec.Joined(spec.Begin({EventSpec::Kind::kWait}));
        spec.Quiet();
        event.Set();
        spec.Quiet();
      },
      "a wait that is over does not return");
}

// And its failure is made shorter, as any other.
TEST(ExploreTest, AChooserMakesTheChoicesOfOneExecution) {
  class Last final : public Chooser {
    size_t Choose(const Choice& choice) override {
      return choice.costs.size() - 1;
    }
  } last;
  int count = 0;
  const auto note = [&](const Outcome&) { ++count; };
  const Scenario good = [] { Thread other("other", [] {}); };
  EXPECT_TRUE(Explore({.chooser = &last, .after_each = note}, good).ok());
  EXPECT_EQ(count, 1);
  const Scenario bad = [] {
    Atomic<int> data{0};
    Thread other("other", [&] { data.store(1, kRelaxed); });
    Check(data.load(kRelaxed) == 0, "the other thread has been faster");
  };
  const Exploration found = Explore({.chooser = &last}, bad);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.executions, 1);
  EXPECT_FALSE(Explore({.replay = found.failure->schedule}, bad).ok());
}

TEST(ExploreTest, CountsAllInterleavings) {
  // Two threads of n steps each, without a budget: binomial(2n, n), times two
  // for which of them ends first where that makes a difference.
  for (const auto& [steps, interleavings] :
       {std::pair{1, 2}, {2, 6}, {3, 20}, {4, 70}}) {
    std::set<std::string> orders;
    std::string order;
    char recorded[16];
    size_t length = 0;
    const auto record = [&](const Outcome&) {
      orders.insert(std::string(recorded, length));
    };
    const Exploration found =
        Explore({.budget = 100, .after_each = record}, [&, n = steps] {
          length = 0;
          Atomic<int> shared{0};
          const auto run = [&](char name) {
            for (int i = 0; i < n; ++i) {
              shared.fetch_add(1, kRelaxed);
              const MachineCode code;
              recorded[length++] = name;
            }
          };
          Thread a("a", [&] { run('a'); });
          Thread b("b", [&] { run('b'); });
        });
    EXPECT_TRUE(found.ok()) << found;
    EXPECT_TRUE(found.complete);
    EXPECT_EQ(orders.size(), static_cast<size_t>(interleavings));
  }
}

TEST(ExploreTest, SaysWhatItHasDone) {
  const Exploration found = Explore({.budget = 8}, [] {
    synclib::Event event;
    Thread waiter("waiter", [&] { event.Wait(); });
    event.Set();
  });
  EXPECT_TRUE(found.ok()) << found;
  std::ostringstream said;
  said << found;
  EXPECT_TRUE(said.str().starts_with(std::to_string(found.executions) +
                                     " executions, " +
                                     std::to_string(found.steps) + " steps, "))
      << said.str();
  EXPECT_TRUE(said.str().ends_with(" executions/s, complete")) << said.str();
  std::ostringstream said_of_one;
  said_of_one << Explore({}, [] {});
  EXPECT_TRUE(said_of_one.str().ends_with(", of one interleaving only"))
      << said_of_one.str();
  Tally("executions", found.executions);
  Tally("microseconds", static_cast<int64_t>(found.seconds * 1e6));
}

TEST(StopTokenTest, CallbacksRunOnceAndAreWaitedFor) {
  const Exploration found = Explore({.budget = 3}, [] {
    StopSource source;
    int runs = 0;
    Thread stopper("stopper", [&] { source.request_stop(); });
    {
      const auto run = [&] { ++runs; };
      StopCallback<decltype(run)> callback(source.get_token(), run);
    }
    const bool had_run = runs == 1;
    stopper.join();
    Check(runs <= 1 && had_run == (runs == 1), "not after its end");
  });
  EXPECT_TRUE(found.ok()) << found;
  EXPECT_TRUE(found.complete);
}

}  // namespace
}  // namespace synctest::model

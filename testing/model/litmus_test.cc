// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The memory of the model, by litmus tests: for each, exactly the outcomes that
// C++20 allows; or where the model knows its limits, those that it reaches.
// Names as in the literature: Alglave, Maranget, Tautschnig: "Herding cats",
// 2014.

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"
#include "testing/tally.h"

namespace synctest::model {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr auto kAcquire = std::memory_order_acquire;
constexpr auto kRelease = std::memory_order_release;
constexpr auto kAcqRel = std::memory_order_acq_rel;
constexpr auto kSc = std::memory_order_seq_cst;

using Outcomes = std::set<std::string>;

// What the threads of a test share, and what they have read.
struct Memory {
  Atomic<int> x{0}, y{0}, z{0};
};
using Results = std::array<int, 4>;
using Body = std::function<void(Memory&, Results&)>;

// The outcomes, of which each is the first `count` results, of running the
// bodies at the same time, in all ways. A body that comes after them, `last`,
// runs when they have ended. Records the outcomes as a property of the test.
Outcomes OutcomesOf(size_t count, std::initializer_list<Body> bodies,
                    const Body& last = nullptr) {
  Outcomes outcomes;
  Results results;
  ExploreOptions options;
  // Ample for every outcome there is.
  options.budget = bodies.size() > 2 ? 4 : 8;
  options.executions = 10'000'000;
  options.powers.stale_reads = true;
  options.after_each = [&](const Outcome&) {
    std::string outcome;
    for (size_t i = 0; i < count; ++i) outcome += std::to_string(results[i]);
    outcomes.insert(outcome);
  };
  const Exploration exploration = Explore(options, [&] {
    results = {};
    Memory memory;
    {
      Thread threads[4];
      size_t i = 0;
      for (const Body& body : bodies) {
        threads[i++] = Thread("thread", [&] { body(memory, results); });
      }
    }
    if (last) last(memory, results);
  });
  EXPECT_TRUE(exploration.ok()) << exploration;
  EXPECT_TRUE(exploration.complete);
  EXPECT_GE(exploration.interleavings, 2);
  Tally("executions", exploration.executions);
  testing::Test::RecordProperty("outcomes", absl::StrJoin(outcomes, " "));
  return outcomes;
}

Outcomes Combinations(int digits) {
  Outcomes all = {""};
  for (int i = 0; i < digits; ++i) {
    Outcomes longer;
    for (const std::string& outcome : all) {
      longer.insert(outcome + "0");
      longer.insert(outcome + "1");
    }
    all = longer;
  }
  return all;
}

Outcomes AllBut(int digits, const std::string& one) {
  Outcomes outcomes = Combinations(digits);
  outcomes.erase(one);
  return outcomes;
}

// Store buffering.

Outcomes StoreBuffering(std::memory_order store, std::memory_order load,
                        const std::function<void(Memory&)>& between) {
  return OutcomesOf(2, {[&](Memory& m, Results& r) {
                          m.x.store(1, store);
                          between(m);
                          r[0] = m.y.load(load);
                        },
                        [&](Memory& m, Results& r) {
                          m.y.store(1, store);
                          between(m);
                          r[1] = m.x.load(load);
                        }});
}

TEST(LitmusTest, SB_Relaxed) {
  EXPECT_EQ(StoreBuffering(kRelaxed, kRelaxed, [](Memory&) {}),
            Combinations(2));
}

TEST(LitmusTest, SB_ReleaseAcquire) {
  EXPECT_EQ(StoreBuffering(kRelease, kAcquire, [](Memory&) {}),
            Combinations(2));
}

TEST(LitmusTest, SB_SequentiallyConsistent) {
  EXPECT_EQ(StoreBuffering(kSc, kSc, [](Memory&) {}), AllBut(2, "00"));
}

TEST(LitmusTest, SB_SequentiallyConsistentStoresOnly) {
  EXPECT_EQ(StoreBuffering(kSc, kAcquire, [](Memory&) {}), Combinations(2));
}

TEST(LitmusTest, SB_Fences) {
  EXPECT_EQ(StoreBuffering(kRelaxed, kRelaxed,
                           [](Memory&) { Fence(kSc, Place::current()); }),
            AllBut(2, "00"));
}

TEST(LitmusTest, SB_ReadModifyWritesOfOneObjectBetween) {
  EXPECT_EQ(StoreBuffering(kRelaxed, kRelaxed,
                           [](Memory& m) { m.z.fetch_add(1, kAcqRel); }),
            AllBut(2, "00"));
}

TEST(LitmusTest, SB_RelaxedReadModifyWritesOfOneObjectBetween) {
  EXPECT_EQ(StoreBuffering(kRelaxed, kRelaxed,
                           [](Memory& m) { m.z.fetch_add(1, kRelaxed); }),
            Combinations(2));
}

// Message passing: x is the message, y the flag.

Outcomes MessagePassing(std::memory_order store, std::memory_order load) {
  return OutcomesOf(2, {[&](Memory& m, Results&) {
                          m.x.store(1, kRelaxed);
                          m.y.store(1, store);
                        },
                        [&](Memory& m, Results& r) {
                          r[0] = m.y.load(load);
                          r[1] = m.x.load(kRelaxed);
                        }});
}

TEST(LitmusTest, MP_Relaxed) {
  EXPECT_EQ(MessagePassing(kRelaxed, kRelaxed), Combinations(2));
}

TEST(LitmusTest, MP_ReleaseOnly) {
  EXPECT_EQ(MessagePassing(kRelease, kRelaxed), Combinations(2));
}

TEST(LitmusTest, MP_AcquireOnly) {
  EXPECT_EQ(MessagePassing(kRelaxed, kAcquire), Combinations(2));
}

TEST(LitmusTest, MP_ReleaseAcquire) {
  EXPECT_EQ(MessagePassing(kRelease, kAcquire), AllBut(2, "10"));
}

TEST(LitmusTest, MP_SequentiallyConsistent) {
  EXPECT_EQ(MessagePassing(kSc, kSc), AllBut(2, "10"));
}

// The flag is 2 once another thread has added to it.
Outcomes ReleaseSequence(std::memory_order add) {
  return OutcomesOf(2, {[](Memory& m, Results&) {
                          m.x.store(1, kRelaxed);
                          m.y.store(1, kRelease);
                        },
                        [&](Memory& m, Results&) { m.y.fetch_add(1, add); },
                        [](Memory& m, Results& r) {
                          r[0] = m.y.load(kAcquire);
                          r[1] = m.x.load(kRelaxed);
                        }});
}

// 10 is what the addition left alone, before the store; 00 and 01 are before
// either.
TEST(LitmusTest, MP_AReleaseSequenceGoesOnThroughReadModifyWrites) {
  EXPECT_EQ(ReleaseSequence(kRelaxed),
            (Outcomes{"00", "01", "10", "11", "21"}));
}

TEST(LitmusTest, MP_AReleaseSequenceEndsWithAStore) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.y.store(1, kRelease);
                             m.y.store(2, kRelaxed);
                           },
                           [](Memory& m, Results& r) {
                             r[0] = m.y.load(kAcquire);
                             r[1] = m.x.load(kRelaxed);
                           }}),
            (Outcomes{"00", "01", "11", "20", "21"}));
}

TEST(LitmusTest, MP_AFailedCompareExchangeAcquires) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.y.store(1, kRelease);
                           },
                           [](Memory& m, Results& r) {
                             int expected = 7;
                             m.y.compare_exchange_strong(expected, 8, kRelaxed,
                                                         kAcquire);
                             r[0] = expected;
                             r[1] = m.x.load(kRelaxed);
                           }}),
            AllBut(2, "10"));
}

TEST(LitmusTest, MP_AFailedCompareExchangeThatIsRelaxedDoesNot) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.y.store(1, kRelease);
                           },
                           [](Memory& m, Results& r) {
                             int expected = 7;
                             m.y.compare_exchange_strong(expected, 8, kAcquire,
                                                         kRelaxed);
                             r[0] = expected;
                             r[1] = m.x.load(kRelaxed);
                           }}),
            Combinations(2));
}

// Coherence.

TEST(LitmusTest, CoRR) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.x.store(2, kRelaxed);
                           },
                           [](Memory& m, Results& r) {
                             r[0] = m.x.load(kRelaxed);
                             r[1] = m.x.load(kRelaxed);
                           }}),
            (Outcomes{"00", "01", "02", "11", "12", "22"}));
}

TEST(LitmusTest, CoWR) {
  EXPECT_EQ(
      OutcomesOf(1, {[](Memory& m, Results& r) {
                       m.x.store(1, kRelaxed);
                       r[0] = m.x.load(kRelaxed);
                     },
                     [](Memory& m, Results&) { m.x.store(2, kRelaxed); }}),
      (Outcomes{"1", "2"}));
}

TEST(LitmusTest, CoRW) {
  EXPECT_EQ(
      OutcomesOf(2,
                 {[](Memory& m, Results& r) {
                    r[0] = m.x.load(kRelaxed);
                    m.x.store(1, kRelaxed);
                  },
                  [](Memory& m, Results&) { m.x.store(2, kRelaxed); }},
                 [](Memory& m, Results& r) { r[1] = m.x.load(kRelaxed); }),
      (Outcomes{"01", "02", "21"}));
}

TEST(LitmusTest, CoWW) {
  EXPECT_EQ(
      OutcomesOf(1,
                 {[](Memory& m, Results&) {
                    m.x.store(1, kRelaxed);
                    m.x.store(2, kRelaxed);
                  },
                  [](Memory& m, Results&) { m.y.store(1, kRelaxed); }},
                 [](Memory& m, Results& r) { r[0] = m.x.load(kRelaxed); }),
      (Outcomes{"2"}));
}

// Load buffering: both loads see what comes later. C++ allows it; no step of
// the model sees the future.
TEST(LitmusTest, LB_IsBeyondTheModel) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results& r) {
                             r[0] = m.x.load(kRelaxed);
                             m.y.store(1, kRelaxed);
                           },
                           [](Memory& m, Results& r) {
                             r[1] = m.y.load(kRelaxed);
                             m.x.store(1, kRelaxed);
                           }}),
            AllBut(2, "11"));
}

// Two writes each: the order of stores to one object is the order of steps, so
// the model doesn't reach that both first stores come last.
TEST(LitmusTest, TwoPlusTwoW_IsPartlyBeyondTheModel) {
  EXPECT_EQ(OutcomesOf(2,
                       {[](Memory& m, Results&) {
                          m.x.store(1, kRelaxed);
                          m.y.store(2, kRelaxed);
                        },
                        [](Memory& m, Results&) {
                          m.y.store(1, kRelaxed);
                          m.x.store(2, kRelaxed);
                        }},
                       [](Memory& m, Results& r) {
                         r[0] = m.x.load(kRelaxed);
                         r[1] = m.y.load(kRelaxed);
                       }),
            (Outcomes{"12", "21", "22"}));
}

TEST(LitmusTest, S_ReleaseAcquire) {
  EXPECT_EQ(
      OutcomesOf(2,
                 {[](Memory& m, Results&) {
                    m.x.store(2, kRelaxed);
                    m.y.store(1, kRelease);
                  },
                  [](Memory& m, Results& r) {
                    r[0] = m.y.load(kAcquire);
                    m.x.store(1, kRelaxed);
                  }},
                 [](Memory& m, Results& r) { r[1] = m.x.load(kRelaxed); }),
      (Outcomes{"01", "02", "11"}));
}

// Causality over three threads.

Outcomes WriteReadCausality(std::memory_order load, std::memory_order store) {
  return OutcomesOf(3, {[](Memory& m, Results&) { m.x.store(1, kRelaxed); },
                        [&](Memory& m, Results& r) {
                          r[0] = m.x.load(kRelaxed);
                          m.y.store(1, store);
                        },
                        [&](Memory& m, Results& r) {
                          r[1] = m.y.load(load);
                          r[2] = m.x.load(kRelaxed);
                        }});
}

TEST(LitmusTest, WRC_ReleaseAcquire) {
  EXPECT_EQ(WriteReadCausality(kAcquire, kRelease), AllBut(3, "110"));
}

TEST(LitmusTest, WRC_Relaxed) {
  EXPECT_EQ(WriteReadCausality(kRelaxed, kRelaxed), Combinations(3));
}

TEST(LitmusTest, ISA2_ReleaseAcquire) {
  EXPECT_EQ(OutcomesOf(3, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.y.store(1, kRelease);
                           },
                           [](Memory& m, Results& r) {
                             r[0] = m.y.load(kAcquire);
                             m.z.store(1, kRelease);
                           },
                           [](Memory& m, Results& r) {
                             r[1] = m.z.load(kAcquire);
                             r[2] = m.x.load(kRelaxed);
                           }}),
            AllBut(3, "110"));
}

// Independent reads of independent writes.

Outcomes Iriw(std::memory_order store, std::memory_order load) {
  return OutcomesOf(4, {[&](Memory& m, Results&) { m.x.store(1, store); },
                        [&](Memory& m, Results&) { m.y.store(1, store); },
                        [&](Memory& m, Results& r) {
                          r[0] = m.x.load(load);
                          r[1] = m.y.load(load);
                        },
                        [&](Memory& m, Results& r) {
                          r[2] = m.y.load(load);
                          r[3] = m.x.load(load);
                        }});
}

TEST(LitmusTest, IRIW_ReleaseAcquire) {
  EXPECT_EQ(Iriw(kRelease, kAcquire), Combinations(4));
}

TEST(LitmusTest, IRIW_SequentiallyConsistent) {
  EXPECT_EQ(Iriw(kSc, kSc), AllBut(4, "1010"));
}

// Read-modify-writes.

TEST(LitmusTest, RMW_NoAdditionIsLost) {
  const Body add = [](Memory& m, Results&) { m.x.fetch_add(1, kRelaxed); };
  EXPECT_EQ(
      OutcomesOf(1, {add, add, add},
                 [](Memory& m, Results& r) { r[0] = m.x.load(kRelaxed); }),
      (Outcomes{"3"}));
}

TEST(LitmusTest, RMW_OneOfTwoExchanges) {
  const auto exchange = [](Memory& m) {
    int expected = 0;
    return m.x.compare_exchange_strong(expected, 1, kRelaxed, kRelaxed);
  };
  EXPECT_EQ(OutcomesOf(2, {[&](Memory& m, Results& r) { r[0] = exchange(m); },
                           [&](Memory& m, Results& r) { r[1] = exchange(m); }}),
            (Outcomes{"01", "10"}));
}

TEST(LitmusTest, RMW_AFailedCompareExchangeMayBeStale) {
  EXPECT_EQ(OutcomesOf(2, {[](Memory& m, Results&) {
                             m.x.store(1, kRelaxed);
                             m.y.store(1, kRelaxed);
                           },
                           [](Memory& m, Results& r) {
                             r[0] = m.y.load(kRelaxed);
                             int expected = 7;
                             m.x.compare_exchange_strong(expected, 8, kRelaxed,
                                                         kRelaxed);
                             r[1] = expected;
                           }}),
            Combinations(2));
}

// One thread reads what happens before it, and nothing older.
TEST(LitmusTest, HB_AThreadSeesWhatCameBeforeItsStart) {
  EXPECT_EQ(
      OutcomesOf(1, {[](Memory& m, Results& r) {
                       m.x.store(1, kRelaxed);
                       m.x.store(2, kRelaxed);
                       Thread thread("another",
                                     [&] { r[0] = m.x.load(kRelaxed); });
                     },
                     [](Memory& m, Results&) { m.y.store(1, kRelaxed); }}),
      (Outcomes{"2"}));
}

}  // namespace
}  // namespace synctest::model

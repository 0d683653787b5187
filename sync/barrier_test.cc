// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/barrier.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <numeric>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/limits.h"
#include "testing/waiter_kinds.h"
#include "testing/waiters.h"
#include "testing/waits.h"

namespace synctest {
namespace {

template <synclib::Barrier::GivingUp kGivingUp>
struct BarrierSubject {
  void Release() { barrier.Drop(); }
  Arrival What() { return {barrier, &result}; }
  size_t waiters() { return barrier.waiters(); }

  synclib::Barrier barrier{2, kGivingUp};
  synclib::BarrierResult result;
};
INSTANTIATE_TYPED_TEST_SUITE_P(
    Barrier, LimitsTest,
    LimitsCases<BarrierSubject<synclib::Barrier::kTakesArrivalBack>>,
    LimitsCaseName);

}  // namespace
}  // namespace synctest

namespace synclib {
namespace {

using synctest::Arrival;
using synctest::AwaitWaiters;
using synctest::CoroutineWaiter;
using synctest::Detached;
using synctest::PooledCoroutineWaiter;
using synctest::ThreadWaiter;
using synctest::Waiter;

// In order.
std::vector<int64_t> IndicesOf(std::initializer_list<BarrierResult> results) {
  std::vector<int64_t> indices;
  for (const BarrierResult& result : results) indices.push_back(result.index);
  std::sort(indices.begin(), indices.end());
  return indices;
}

std::vector<int64_t> FirstIndices(size_t count) {
  std::vector<int64_t> indices(count);
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

static_assert(sizeof(Barrier) == 16);
static_assert(!std::is_copy_constructible_v<Barrier>);
static_assert(!std::is_move_constructible_v<Barrier>);
static_assert(!std::is_default_constructible_v<Barrier>);
static_assert(!std::is_convertible_v<int, Barrier>);

constinit Barrier global_barrier(1);
// By the initialization of another variable, before main().
const BarrierResult passed_before_main = global_barrier.ArriveAndWait();

TEST(BarrierTest, WorksBeforeMain) {
  EXPECT_EQ(passed_before_main.outcome, BarrierResult::kComplete);
  EXPECT_EQ(passed_before_main.index, 0);
}

TEST(BarrierTest, StartsWholeAndWithoutArrivals) {
  for (const int64_t parties : {int64_t{1}, int64_t{7}, Barrier::kMaxParties}) {
    Barrier barrier(parties);
    EXPECT_EQ(barrier.parties(), parties);
    EXPECT_EQ(barrier.arrived(), 0);
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.waiters(), 0u);
  }
}

TEST(BarrierTest, OfOnePartyLetsItPass) {
  Barrier barrier(1);
  for (int phase = 0; phase < 3; ++phase) {
    const BarrierResult result = barrier.ArriveAndWait();
    EXPECT_EQ(result.outcome, BarrierResult::kComplete);
    EXPECT_EQ(result.index, 0);
    EXPECT_EQ(barrier.arrived(), 0);
  }
}

TEST(BarrierTest, HasAnIndexForThePartiesOfAPhaseOnly) {
  std::stop_source source;
  source.request_stop();
  Barrier barrier(2);
  EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).index,
            BarrierResult::kNone);
  EXPECT_EQ(barrier.ArriveAndWait(source.get_token()).index,
            BarrierResult::kNone);
  barrier.Abort();
  EXPECT_EQ(barrier.ArriveAndWait().index, BarrierResult::kNone);
}

TEST(BarrierTest, ALastPartyThatMayNotWaitCompletesThePhase) {
  std::stop_source source;
  source.request_stop();
  Barrier barrier(1);
  EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
            BarrierResult::kComplete);
  EXPECT_EQ(barrier.ArriveAndWait(absl::InfinitePast()).outcome,
            BarrierResult::kComplete);
  EXPECT_EQ(
      barrier.ArriveAndWait({absl::ZeroDuration(), source.get_token()}).outcome,
      BarrierResult::kComplete);
}

TEST(BarrierTest, AnAwaiterThatIsNotAwaitedDoesNotArrive) {
  Barrier barrier(2, Barrier::kBreaks);
  {
    Barrier::Awaiter plain = barrier.AsyncArriveAndWait();
    Barrier::LimitedAwaiter limited =
        barrier.AsyncArriveAndWait(absl::Hours(1));
  }
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_FALSE(barrier.broken());
}

TEST(BarrierTest, ABrokenOneLetsNobodyWait) {
  std::stop_source source;
  source.request_stop();
  Barrier barrier(1);
  EXPECT_EQ(barrier.Abort(), 0u);
  EXPECT_TRUE(barrier.broken());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kBroken);
  EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
            BarrierResult::kBroken);
  EXPECT_EQ(barrier.ArriveAndWait(source.get_token()).outcome,
            BarrierResult::kBroken);
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_EQ(barrier.Abort(), 0u);
  barrier.Reset();
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
}

TEST(BarrierTest, ResetOfAWholeOneChangesNothing) {
  Barrier barrier(1);
  barrier.Reset();
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.parties(), 1);
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
}

TEST(BarrierTest, DropTakesAPartyAwayForGood) {
  Barrier barrier(3);
  barrier.Drop();
  EXPECT_EQ(barrier.parties(), 2);
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
            BarrierResult::kTimeout);
  barrier.Drop();
  EXPECT_EQ(barrier.parties(), 1);
  for (int phase = 0; phase < 2; ++phase) {
    EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  }
  barrier.Reset();
  EXPECT_EQ(barrier.parties(), 1);
  barrier.Drop();
  EXPECT_EQ(barrier.parties(), 0);
}

TEST(BarrierDeathTest, NumbersThatCannotBeEndTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max();
  EXPECT_DEATH(Barrier(0), "Barrier was to have 0 parties; it can have 1 to");
  EXPECT_DEATH(Barrier(-1), "Barrier was to have -1 parties");
  EXPECT_DEATH(Barrier(Barrier::kMaxParties + 1), "it can have 1 to");
  EXPECT_DEATH(Barrier{kHuge}, "it can have 1 to");
  Barrier barrier(1);
  barrier.Drop();
  EXPECT_DEATH(barrier.Drop(), "parties");
}

TEST(BarrierTest, PartiesOfAllKindsPassTogether) {
  Barrier barrier(4);
  ThreadWaiter thread;
  CoroutineWaiter coroutine;
  PooledCoroutineWaiter pooled;
  const std::array<Waiter*, 3> all = {&thread, &coroutine, &pooled};
  std::array<BarrierResult, 3> results;
  for (int phase = 0; phase < 3; ++phase) {
    for (size_t i = 0; i < all.size(); ++i) {
      all[i]->Start(Arrival{barrier, &results[i]});
      AwaitWaiters(barrier, i + 1);
      EXPECT_EQ(barrier.arrived(), static_cast<int64_t>(i) + 1);
    }
    for (Waiter* waiter : all) EXPECT_FALSE(waiter->done());
    const BarrierResult last = barrier.ArriveAndWait();
    EXPECT_EQ(last.outcome, BarrierResult::kComplete);
    EXPECT_EQ(barrier.arrived(), 0);
    EXPECT_EQ(barrier.waiters(), 0u);
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i]->Result(), WaitResult::kReady);
      EXPECT_EQ(results[i].outcome, BarrierResult::kComplete);
    }
    EXPECT_EQ(IndicesOf({results[0], results[1], results[2], last}),
              FirstIndices(4));
  }
}

// What came before each arrival; plain, for the thread sanitizer.
TEST(BarrierTest, S4_WhatCameBeforeEachArrivalIsVisible) {
  constexpr int kParties = 3;
  constexpr int kPhases = 300;
  Barrier barrier(kParties);
  std::array<int, kParties> payload{};
  std::array<std::vector<int64_t>, kPhases> indices;
  for (auto& of_phase : indices) of_phase.resize(kParties);
  {
    std::vector<std::jthread> threads;
    for (int party = 0; party < kParties; ++party) {
      threads.emplace_back([&, party] {
        for (int phase = 0; phase < kPhases; ++phase) {
          payload[party] = phase;
          const BarrierResult result = barrier.ArriveAndWait();
          ASSERT_EQ(result.outcome, BarrierResult::kComplete);
          indices[phase][party] = result.index;
          for (const int other : payload) ASSERT_EQ(other, phase);
          ASSERT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
        }
      });
    }
  }
  for (auto& of_phase : indices) {
    std::sort(of_phase.begin(), of_phase.end());
    EXPECT_EQ(of_phase, std::vector<int64_t>({0, 1, 2}));
  }
}

// S5: though the wait that completed the phase has not returned.
TEST(BarrierTest, S5_MayBeDestroyedOnceAWaitIsComplete) {
  for (int round = 0; round < 1000; ++round) {
    auto barrier = std::make_unique<Barrier>(2);
    std::jthread other([b = barrier.get()] { (void)b->ArriveAndWait(); });
    (void)barrier->ArriveAndWait();
    barrier.reset();
  }
}

template <class Kind>
class BarrierWaitTest : public testing::Test {
 protected:
  // How a wait ended that has begun with Start().
  BarrierResult::Outcome OutcomeOf(size_t i) {
    waiters_[i].Result();
    return results_[i].outcome;
  }
  // Begins waits with the next waiters, each of which has joined then.
  void Start(Barrier& barrier, size_t count, const WaitOptions& options = {}) {
    for (size_t i = 0; i < count; ++i) {
      const size_t before = barrier.waiters();
      waiters_[next_].Start(Arrival{barrier, &results_[next_]}, options);
      ++next_;
      AwaitWaiters(barrier, before + 1);
    }
  }

  size_t next_ = 0;
  std::array<BarrierResult, 6> results_;
  std::array<Kind, 6> waiters_;
};
TYPED_TEST_SUITE(BarrierWaitTest, synctest::WaiterKinds,
                 synctest::WaiterKindName);

TYPED_TEST(BarrierWaitTest, AsTheLastPartyDoesNotWait) {
  Barrier barrier(1);
  this->waiters_[0].Start(Arrival{barrier, &this->results_[0]});
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kComplete);
  EXPECT_EQ(this->results_[0].index, 0);
}

TYPED_TEST(BarrierWaitTest, AsTheLastPartyReleasesTheOthers) {
  Barrier barrier(3);
  this->Start(barrier, 2);
  this->waiters_[2].Start(Arrival{barrier, &this->results_[2]});
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(this->OutcomeOf(i), BarrierResult::kComplete);
  }
  EXPECT_EQ(
      IndicesOf({this->results_[0], this->results_[1], this->results_[2]}),
      FirstIndices(3));
  EXPECT_EQ(barrier.arrived(), 0);
}

TYPED_TEST(BarrierWaitTest, ThatGivesUpTakesItsArrivalBack) {
  for (const bool limited : {false, true}) {
    Barrier barrier(2);
    std::stop_source source;
    TypeParam waiter;
    BarrierResult result;
    waiter.Start(Arrival{barrier, &result},
                 limited ? WaitOptions(absl::Milliseconds(20))
                         : WaitOptions(source.get_token()));
    if (!limited) {
      AwaitWaiters(barrier, 1);
      EXPECT_EQ(barrier.arrived(), 1);
      source.request_stop();
    }
    waiter.Result();
    EXPECT_EQ(result.outcome,
              limited ? BarrierResult::kTimeout : BarrierResult::kCancelled);
    EXPECT_EQ(barrier.arrived(), 0);
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
              BarrierResult::kTimeout);
    EXPECT_EQ(barrier.arrived(), 0);
  }
}

TYPED_TEST(BarrierWaitTest, ThatGivesUpLeavesTheOthersTheirPhase) {
  Barrier barrier(3);
  std::stop_source source;
  this->Start(barrier, 1);
  this->Start(barrier, 1, source.get_token());
  source.request_stop();
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kCancelled);
  EXPECT_EQ(barrier.arrived(), 1);
  EXPECT_FALSE(this->waiters_[0].done());
  this->Start(barrier, 1);
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(2), BarrierResult::kComplete);
}

// Each party of a phase, whoever has given up before.
TYPED_TEST(BarrierWaitTest, IndicesDifferThoughOneHasGivenUp) {
  Barrier barrier(3);
  std::stop_source source;
  this->Start(barrier, 1, source.get_token());
  this->Start(barrier, 1);
  source.request_stop();
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kCancelled);
  this->Start(barrier, 1);
  const BarrierResult last = barrier.ArriveAndWait();
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(2), BarrierResult::kComplete);
  EXPECT_EQ(IndicesOf({this->results_[1], this->results_[2], last}),
            FirstIndices(3));
}

TYPED_TEST(BarrierWaitTest, ThatIsCompleteStaysSoWhateverFollows) {
  Barrier barrier(3);
  std::stop_source source;
  this->Start(barrier, 2, source.get_token());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  barrier.Abort();
  barrier.Reset();
  barrier.Abort();
  source.request_stop();
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kComplete);
  EXPECT_EQ(IndicesOf({this->results_[0], this->results_[1]}), FirstIndices(2));
}

TYPED_TEST(BarrierWaitTest, IsEndedByAbortAndStaysSoThoughResetFollows) {
  Barrier barrier(3);
  std::stop_source source;
  this->Start(barrier, 2, source.get_token());
  EXPECT_EQ(barrier.Abort(), 2u);
  EXPECT_TRUE(barrier.broken());
  barrier.Reset();
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.arrived(), 0);
  source.request_stop();
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kBroken);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kBroken);
  this->Start(barrier, 2);
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(2), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(3), BarrierResult::kComplete);
}

// Who has been sent away has not arrived.
TYPED_TEST(BarrierWaitTest, ThatIsEndedByAbortIsNoArrivalAnyMore) {
  Barrier barrier(3);
  this->Start(barrier, 2);
  barrier.Abort();
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kBroken);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kBroken);
  EXPECT_EQ(barrier.arrived(), 0);
}

TYPED_TEST(BarrierWaitTest, IsEndedByResetAsBroken) {
  Barrier barrier(3);
  this->Start(barrier, 2);
  barrier.Reset();
  EXPECT_FALSE(barrier.broken());
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kBroken);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kBroken);
  // Those to come belong to a new phase, which needs all three.
  this->Start(barrier, 2);
  EXPECT_FALSE(this->waiters_[2].done());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(2), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(3), BarrierResult::kComplete);
}

TYPED_TEST(BarrierWaitTest, IsCompletedByADrop) {
  Barrier barrier(3);
  this->Start(barrier, 2);
  barrier.Drop();
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kComplete);
  EXPECT_EQ(IndicesOf({this->results_[0], this->results_[1]}), FirstIndices(2));
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_EQ(barrier.parties(), 2);
  this->Start(barrier, 1);
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(2), BarrierResult::kComplete);
}

TYPED_TEST(BarrierWaitTest, IsNotCompletedByADropBeforeTheOthersHaveArrived) {
  Barrier barrier(4);
  this->Start(barrier, 2);
  barrier.Drop();
  EXPECT_EQ(barrier.arrived(), 2);
  EXPECT_EQ(barrier.waiters(), 2u);
  EXPECT_FALSE(this->waiters_[0].done());
  EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(0), BarrierResult::kComplete);
  EXPECT_EQ(this->OutcomeOf(1), BarrierResult::kComplete);
}

// The rule of threading.Barrier.
TYPED_TEST(BarrierWaitTest, ThatGivesUpBreaksABarrierThatWasMadeSo) {
  for (const bool limited : {false, true}) {
    Barrier barrier(3, Barrier::kBreaks);
    std::stop_source source;
    TypeParam patient;
    TypeParam hasty;
    BarrierResult broken;
    BarrierResult given_up;
    patient.Start(Arrival{barrier, &broken});
    AwaitWaiters(barrier, 1);
    hasty.Start(Arrival{barrier, &given_up},
                limited ? WaitOptions(absl::Milliseconds(2))
                        : WaitOptions(source.get_token()));
    if (!limited) {
      AwaitWaiters(barrier, 2);
      source.request_stop();
    }
    hasty.Result();
    patient.Result();
    EXPECT_EQ(given_up.outcome,
              limited ? BarrierResult::kTimeout : BarrierResult::kCancelled);
    EXPECT_EQ(broken.outcome, BarrierResult::kBroken);
    EXPECT_TRUE(barrier.broken());
    EXPECT_EQ(barrier.ArriveAndWait().outcome, BarrierResult::kBroken);
    barrier.Reset();
    EXPECT_FALSE(barrier.broken());
    EXPECT_EQ(barrier.arrived(), 0);
    EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
              BarrierResult::kTimeout);
    EXPECT_TRUE(barrier.broken());
  }
}

TYPED_TEST(BarrierWaitTest, ThatGivesUpAtOnceBreaksABarrierThatWasMadeSo) {
  std::stop_source source;
  source.request_stop();
  for (const bool limited : {false, true}) {
    Barrier barrier(3, Barrier::kBreaks);
    TypeParam patient;
    TypeParam hasty;
    BarrierResult broken;
    BarrierResult given_up;
    patient.Start(Arrival{barrier, &broken});
    AwaitWaiters(barrier, 1);
    hasty.Start(Arrival{barrier, &given_up},
                limited ? WaitOptions(absl::InfinitePast())
                        : WaitOptions(source.get_token()));
    hasty.Result();
    patient.Result();
    EXPECT_EQ(given_up.outcome,
              limited ? BarrierResult::kTimeout : BarrierResult::kCancelled);
    EXPECT_EQ(broken.outcome, BarrierResult::kBroken);
    EXPECT_TRUE(barrier.broken());
  }
}

// The arrival counts, and the wait is complete; or neither.
TYPED_TEST(BarrierWaitTest, S1_ALastArrivalThatMeetsAStopIsAllOrNothing) {
  for (int round = 0; round < 300; ++round) {
    Barrier barrier(2);
    std::stop_source source;
    TypeParam waiter;
    BarrierResult result;
    waiter.Start(Arrival{barrier, &result},
                 {absl::Microseconds(10 * round), source.get_token()});
    BarrierResult own;
    {
      std::jthread stopper([&] { source.request_stop(); });
      own = barrier.ArriveAndWait(absl::ZeroDuration());
    }
    waiter.Result();
    ASSERT_EQ(own.outcome == BarrierResult::kComplete,
              result.outcome == BarrierResult::kComplete);
    ASSERT_EQ(barrier.arrived(), 0);
    ASSERT_FALSE(barrier.broken());
  }
}

// Has one wait broken, and the next phases completed, while another thread has
// the list now and then.
template <class Break>
BarrierResult BreakAndComplete(Break break_barrier) {
  Barrier barrier(2);
  BarrierResult result;
  CoroutineWaiter waiter;
  waiter.Start(Arrival{barrier, &result});
  std::jthread counter([&] {
    while (!waiter.done()) barrier.waiters();
  });
  break_barrier(barrier);
  barrier.Drop();
  (void)barrier.ArriveAndWait();
  waiter.Result();
  return result;
}

TEST(BarrierTest, S1_WhatResetHasBrokenNoLaterPhaseCompletes) {
  for (int round = 0; round < 2000; ++round) {
    const BarrierResult result =
        BreakAndComplete([](Barrier& barrier) { barrier.Reset(); });
    ASSERT_EQ(result.outcome, BarrierResult::kBroken) << "in round " << round;
  }
}

TEST(BarrierTest, S1_WhatAbortHasBrokenNoLaterPhaseCompletes) {
  for (int round = 0; round < 2000; ++round) {
    const BarrierResult result =
        BreakAndComplete([](Barrier& barrier) { barrier.Abort(); });
    ASSERT_EQ(result.outcome, BarrierResult::kBroken) << "in round " << round;
  }
}

// A destroyed coroutine leaves as one that gives up.
TEST(BarrierTest, ACoroutineThatIsDestroyedTakesItsArrivalBack) {
  Barrier barrier(2);
  auto wait = [&]() -> Detached {
    (void)co_await barrier.AsyncArriveAndWait();
  };
  Detached coroutine = wait();
  EXPECT_EQ(barrier.arrived(), 1);
  coroutine.handle.destroy();
  EXPECT_EQ(barrier.arrived(), 0);
  EXPECT_EQ(barrier.waiters(), 0u);
  EXPECT_EQ(barrier.ArriveAndWait(absl::ZeroDuration()).outcome,
            BarrierResult::kTimeout);
}

}  // namespace
}  // namespace synclib

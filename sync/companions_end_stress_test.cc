// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What can be closed, broken, reset or finished, while threads, coroutines and
// callbacks wait for it. Each wait ends, for a reason, and the counts add up.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/barrier.h"
#include "sync/event.h"
#include "sync/queue.h"
#include "sync/wait_options.h"
#include "testing/stress.h"
#include "testing/traffic.h"
#include "testing/waits.h"

namespace synclib {
namespace {

using synctest::AllOf;
using synctest::AnyOf;
using synctest::Arrival;
using synctest::kWorkers;
using synctest::Plain;
using synctest::RunAll;
using synctest::Traffic;
using synctest::Worker;

// A barrier, and who has come through.
class Meetings {
 public:
  explicit Meetings(Barrier::GivingUp giving_up)
      : barrier_(kParties, giving_up),
        may_break_(giving_up == Barrier::kBreaks) {}

  template <class How>
  auto Arrive(Worker& worker, How how) {
    BarrierResult* const met = &met_[worker.index];
    return how(Arrival{barrier_, met}, [this, met](WaitResult result) {
      if (result == WaitResult::kReady) Met(*met);
    });
  }
  void Disturb(std::minstd_rand& random) {
    EXPECT_LT(barrier_.arrived(), barrier_.parties());
    switch (random() % 6) {
      case 0:
        may_break_ = true;
        barrier_.Abort();
        break;
      case 1:
        may_break_ = true;
        barrier_.Reset();
        break;
      case 2:
        if (dropped_) break;
        dropped_ = true;
        barrier_.Drop();
        break;
      default:
        Met(barrier_.ArriveAndWait(absl::Microseconds(random() % 20)));
        break;
    }
  }
  void End() {
    may_break_ = true;
    barrier_.Abort();
  }

  // As many of each index as there were phases, of the last one only as many
  // as there were before a party was dropped.
  void ExpectAllHaveMet() {
    EXPECT_TRUE(barrier_.broken());
    EXPECT_EQ(barrier_.parties(), dropped_ ? kParties - 1 : kParties);
    EXPECT_EQ(barrier_.arrived(), 0);
    EXPECT_EQ(barrier_.waiters(), 0u);
    for (const auto& passed : passed_) {
      if (dropped_ && &passed == &passed_.back()) {
        EXPECT_LE(passed, passed_.front());
      } else {
        EXPECT_EQ(passed, passed_.front());
      }
    }
  }
  int phases() const { return passed_.front(); }

 private:
  static constexpr int kParties = 3;

  void Met(BarrierResult result) {
    EXPECT_TRUE(result.outcome != BarrierResult::kBroken || may_break_);
    if (result.outcome == BarrierResult::kComplete) ++passed_.at(result.index);
  }

  Barrier barrier_;
  std::atomic<bool> may_break_;
  bool dropped_ = false;
  std::array<std::atomic<int>, kParties> passed_{};  // By index.
  std::array<BarrierResult, kWorkers> met_{};
};

// Two queues, meetings, and an event that says that they are at their end.
class Shop {
 public:
  explicit Shop(int number)
      : meetings_(number % 3 == 0 ? Barrier::kBreaks
                                  : Barrier::kTakesArrivalBack) {}

  // Has `how` wait for anything.
  template <class How>
  auto Wait(Worker& worker, How how) {
    ++begun_;
    size_t* const index = &which_[worker.index];
    switch (worker.random() % 12) {
      case 0:
        return jobs_.Push(worker, how);
      case 1:
        return jobs_.Pop(worker, how);
      case 2:
        return jobs_.Join(how);
      case 3:
        return results_.Push(worker, how);
      case 4:
        return results_.Pop(worker, how);
      case 5:
        return results_.Join(how);
      case 6:
        return meetings_.Arrive(worker, how);
      case 7:
        return how(Plain(end_), [this](WaitResult result) {
          if (result == WaitResult::kReady) ExpectEnding();
        });
      case 8:
        return how(AllOf{{jobs_.Popping(worker), results_.Pushing(worker)}},
                   [this, &worker](WaitResult result) {
                     if (result != WaitResult::kReady) return;
                     jobs_.Take(worker);
                     results_.Put(worker);
                   });
      case 9:
        return how(
            AnyOf{{jobs_.Popping(worker), results_.Popping(worker), end_},
                  index},
            [this, &worker, index](WaitResult result) {
              if (result != WaitResult::kReady) return;
              if (*index == 0) jobs_.Take(worker);
              if (*index == 1) results_.Take(worker);
              if (*index == 2) ExpectEnding();
            });
      case 10:
        return how(
            AnyOf{{jobs_.Pushing(worker), end_, results_.Joined()}, index},
            [this, &worker, index](WaitResult result) {
              if (result != WaitResult::kReady) return;
              if (*index == 0) jobs_.Put(worker);
              if (*index == 1) ExpectEnding();
            });
      default:
        return how(AllOf{{jobs_.Joined(), results_.Joined(), end_}},
                   [this](WaitResult result) {
                     if (result == WaitResult::kReady) ExpectEnding();
                   });
    }
  }

  int begun() const { return begun_; }

  void Help(std::minstd_rand& random) {
    meetings_.Disturb(random);
    if (random() % 4 == 0) jobs_.TryTake();
    if (random() % 4 == 0) results_.TryTake();
  }

  void End() {
    jobs_.Close();
    is_ending_ = true;
    end_.Set();
    meetings_.End();
    results_.Close();
  }

  void ExpectNothingIsLost() {
    jobs_.ExpectNothingIsLost();
    results_.ExpectNothingIsLost();
    meetings_.ExpectAllHaveMet();
    EXPECT_EQ(end_.epoch(), 1u);
    EXPECT_EQ(end_.waiters(), 0u);
  }
  int phases() const { return meetings_.phases(); }

 private:
  void ExpectEnding() const { EXPECT_TRUE(is_ending_); }

  std::atomic<int> begun_ = 0;
  Traffic<Queue<int>> jobs_;
  Traffic<PriorityQueue<int>> results_;
  Meetings meetings_;
  std::atomic<bool> is_ending_ = false;
  Event end_;
  std::array<size_t, kWorkers> which_{};
};

// Shops are ended one after the other: each at some time after the first wait
// has begun, or when some time has passed in which maybe all wait.
TEST(CompanionsEndStressTest, L2_WaitsForWhatEndsEndWellAndNothingIsLost) {
  constexpr int kShops = 1500;
  constexpr int kWaits = 5;  // Of each worker in each shop.
  std::deque<Shop> shops;
  for (int i = 0; i < kShops; ++i) shops.emplace_back(i);
  auto open = shops.begin();
  int patience = 0;
  RunAll(
      kShops * kWaits,
      [&](Worker& worker, int n, auto how) {
        return shops[n / kWaits].Wait(worker, how);
      },
      [&](std::minstd_rand& random) {
        if (open == shops.end()) return;
        open->Help(random);
        const int most = random() % (kWorkers * kWaits);
        if (++patience < 50 && open->begun() <= most) return;
        open->End();
        ++open;
        patience = 0;
      });
  int phases = 0;
  for (Shop& shop : shops) {
    shop.ExpectNothingIsLost();
    phases += shop.phases();
  }
  EXPECT_GT(phases, 0);
}

}  // namespace
}  // namespace synclib

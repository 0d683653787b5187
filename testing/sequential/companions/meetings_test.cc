// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Where some wait until others have come.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/barrier.h"
#include "sync/latch.h"
#include "sync/wait_options.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::Barrier;
using synclib::BarrierResult;
using synclib::Latch;
using synclib::WaitOptions;

class LatchSubject : public Companion {
 public:
  LatchSubject() : Companion(6) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    const auto wait = [this](const WaitOptions& options) {
      return latch_.AsyncWait(options);
    };
    switch (operation) {
      case 0:
        if (!waits(waiter)) return std::nullopt;
        line_.Leave(waiter);
        Want(waiter, kCancelled);
        Stop(waiter);
        return absl::StrCat("stop ", waiter);
      case 1:
        if (waits(waiter)) return std::nullopt;
        if (left_ == 0) {
          Want(waiter, kReady);
        } else {
          line_.Join(waiter);
        }
        Begin(waiter, wait);
        return absl::StrCat("wait ", waiter);
      case 2:
        if (waits(waiter)) return std::nullopt;
        Want(waiter, left_ == 0 ? kReady : kCancelled);
        BeginStopped(waiter, wait);
        return absl::StrCat("wait stopped ", waiter);
      case 3:
      case 4: {
        const int count = operation - 2;
        if (left_ < count) return std::nullopt;
        left_ -= count;
        int64_t released = 0;
        for (; left_ == 0 && !line_.empty(); ++released) {
          Want(line_.Pop().number, kReady);
        }
        Compare(static_cast<int64_t>(latch_.CountDown(count)), released);
        return absl::StrCat("count down ", count);
      }
      default:
        Compare(latch_.count(), left_);
        Compare(latch_.TryWait(), left_ == 0);
        Compare(latch_.waiters(), line_.size());
        return "count";
    }
  }

 private:
  static constexpr int kCount = 6;

  Latch latch_{kCount};
  Line line_;
  int left_ = kCount;
};

template <Barrier::GivingUp kGivingUp>
class BarrierSubject : public Companion {
 public:
  BarrierSubject() : Companion(6) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    const auto arrive = [this](const WaitOptions& options) {
      return barrier_.AsyncArriveAndWait(options);
    };
    const auto see = [this](const BarrierResult& result) {
      if (result.outcome != BarrierResult::kComplete) {
        return End{result.outcome, static_cast<int>(result.index)};
      }
      indices_.push_back(result.index);
      return End{result.outcome};
    };
    switch (operation) {
      case 0:
        if (!waits(waiter)) return std::nullopt;
        line_.Leave(waiter);
        GiveUp(waiter);
        Stop(waiter);
        return Seen(absl::StrCat("stop ", waiter));
      case 1:
        if (waits(waiter)) return std::nullopt;
        if (!Arrive(waiter)) line_.Join(waiter);
        Begin(waiter, arrive, see);
        return Seen(absl::StrCat("arrive ", waiter));
      case 2:
        if (waits(waiter)) return std::nullopt;
        if (!Arrive(waiter)) GiveUp(waiter);
        BeginStopped(waiter, arrive, see);
        return Seen(absl::StrCat("arrive stopped ", waiter));
      case 3: {
        const int64_t ended = broken_ ? 0 : EndAll(BarrierResult::kBroken);
        broken_ = true;
        Compare(static_cast<int64_t>(barrier_.Abort()), ended);
        return Seen("abort");
      }
      case 4:
        broken_ = false;
        EndAll(BarrierResult::kBroken);
        barrier_.Reset();
        return Seen("reset");
      default:
        if (parties_ == 1) return std::nullopt;
        --parties_;
        if (line_.size() == parties_) EndAll(BarrierResult::kComplete);
        barrier_.Drop();
        return Seen("drop");
    }
  }

 private:
  // False: it has to wait.
  bool Arrive(int waiter) {
    if (broken_) {
      WantEnd(waiter, BarrierResult::kBroken);
      return true;
    }
    if (line_.size() + 1 < parties_) return false;
    line_.Join(waiter);
    EndAll(BarrierResult::kComplete);
    return true;
  }
  void GiveUp(int waiter) {
    WantEnd(waiter, BarrierResult::kCancelled);
    if (kGivingUp == Barrier::kTakesArrivalBack) return;
    broken_ = true;
    EndAll(BarrierResult::kBroken);
  }
  // Returns how many there were.
  int64_t EndAll(BarrierResult::Outcome outcome) {
    int64_t count = 0;
    for (; !line_.empty(); ++count) WantEnd(line_.Pop().number, outcome);
    return count;
  }
  void WantEnd(int waiter, BarrierResult::Outcome outcome) {
    if (outcome == BarrierResult::kComplete) {
      ++completed_;
      Want(waiter, outcome);
    } else {
      Want(waiter, outcome, BarrierResult::kNone);
    }
  }
  // One operation completes one phase at most: which party has which index is
  // up to them, but they are all there are.
  std::string Seen(std::string text) {
    std::sort(indices_.begin(), indices_.end());
    Compare(std::ssize(indices_), completed_);
    for (int64_t i = 0; i < std::ssize(indices_); ++i) Compare(indices_[i], i);
    indices_.clear();
    completed_ = 0;
    Compare(barrier_.arrived(), static_cast<int64_t>(line_.size()));
    Compare(barrier_.waiters(), static_cast<int64_t>(line_.size()));
    Compare(barrier_.parties(), static_cast<int64_t>(parties_));
    Compare(barrier_.broken(), broken_);
    return text;
  }

  Barrier barrier_{3, kGivingUp};
  Line line_;
  size_t parties_ = 3;
  bool broken_ = false;
  // Of the phase that an operation has completed.
  std::vector<int64_t> indices_;
  int64_t completed_ = 0;
};

TEST(CompanionsSequencesTest, Latch) {
  RunAll<LatchSubject>(Order::kInOrder, 5);
}

// Where some waits end because of others, in which order is up to them.
TEST(CompanionsSequencesTest, Barrier) {
  RunAll<BarrierSubject<Barrier::kTakesArrivalBack>>(Order::kAny, 5);
}
TEST(CompanionsSequencesTest, BarrierThatBreaks) {
  RunAll<BarrierSubject<Barrier::kBreaks>>(Order::kAny, 5);
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every sequence of operations on one thread, up to a length, and long random
// ones: after each operation, Event and its model must show the same. The
// model decides which operations make sense; of waiters that are alike, only
// the first starts, since the others would show nothing new.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "testing/sequential/event_subject.h"
#include "testing/sequential/model_subject.h"
#include "testing/sequential/subject.h"
#include "testing/system/scale.h"
#include "testing/tally.h"

namespace synctest {
namespace {

#ifdef SYNC_TEST_LONG_SEQUENCES
constexpr int kMore = 1;
#else
constexpr int kMore = kSanitizer ? -1 : 0;
#endif

constexpr Op kSet{Kind::kSet}, kClear{Kind::kClear}, kPulse{Kind::kPulse},
    kTry{Kind::kTry}, kTryNext{Kind::kTryNext}, kPump{Kind::kPump};

std::vector<Op> OnEachSlot(Kind kind) {
  std::vector<Op> ops;
  for (uint8_t i = 0; i < kSlots; ++i) ops.push_back({kind, i});
  return ops;
}

std::vector<Op> StartOnEachSlot(const std::vector<Way>& ways) {
  std::vector<Op> ops;
  for (uint8_t i = 0; i < kSlots; ++i) {
    for (Way way : ways) ops.push_back({Kind::kStart, i, way});
  }
  return ops;
}

std::vector<Op> MakeOnEachSlot(const std::vector<Way>& ways) {
  std::vector<Op> ops;
  for (uint8_t i = 0; i < kSlots; ++i) {
    for (Way way : ways) ops.push_back({Kind::kMake, i, way});
  }
  return ops;
}

std::vector<Op> Join(const std::vector<std::vector<Op>>& parts) {
  std::vector<Op> all;
  for (const auto& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

// What a waiter can do, but starting.
std::vector<Op> Rest() {
  return Join({OnEachSlot(Kind::kBegin), OnEachSlot(Kind::kWithdraw),
               OnEachSlot(Kind::kCancel)});
}

// Runs every sequence of `ops` with `length` operations that the model allows.
class Search {
 public:
  Search(const Plan& plan, std::vector<Op> ops, bool ordered = true)
      : plan_(plan), ops_(std::move(ops)), ordered_(ordered) {}

  void Run(int length) {
    steps_.resize(length);
    Continue(ModelSubject(plan_), 0);
  }

  uint64_t sequences() const { return sequences_; }
  uint64_t operations() const { return operations_; }
  uint64_t resumptions() const { return resumptions_; }

 private:
  struct Step {
    Op op;
    Log want;
  };

  void Continue(const ModelSubject& before, size_t depth) {
    if (depth == steps_.size()) {
      RunEvent(before);
      return;
    }
    for (const Op& op : ops_) {
      if (!before.Allows(op)) continue;
      ModelSubject after = before;
      after.Do(op);
      steps_[depth] = {op, after.TakeLog()};
      if (!ordered_)
        std::sort(steps_[depth].want.begin(), steps_[depth].want.end());
      Continue(after, depth + 1);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  void RunEvent(ModelSubject model) {
    EventSubject event(plan_);
    ++sequences_;
    for (size_t i = 0; i < steps_.size(); ++i) {
      event.Do(steps_[i].op);
      ++operations_;
      Log got = event.TakeLog();
      for (const Sight& sight : got) {
        resumptions_ += sight.what == Sight::kResumed ? 1 : 0;
      }
      if (!ordered_) std::sort(got.begin(), got.end());
      if (got != steps_[i].want) {
        FAIL() << History(i) << "  event: " << ToString(got)
               << "\n  model: " << ToString(steps_[i].want);
      }
    }
    event.LookClosely();
    model.LookClosely();
    if (event.log() != model.log()) {
      FAIL() << History(steps_.size() - 1)
             << "  event: " << ToString(event.log())
             << "\n  model: " << ToString(model.log());
    }
  }

  std::string History(size_t last) const {
    std::string text = "After these operations, event and model differ:\n";
    if (plan_.initially_set) text += "  (initially set)\n";
    for (size_t i = 0; i <= last; ++i) {
      text += "  " + ToString(steps_[i].op) + "\n";
    }
    return text;
  }

  const Plan plan_;
  const std::vector<Op> ops_;
  const bool ordered_;
  std::vector<Step> steps_;
  uint64_t sequences_ = 0;
  uint64_t operations_ = 0;
  uint64_t resumptions_ = 0;
};

// Runs all lengths up to `length`; at least `want` sequences must come of it.
void RunAll(const std::string& name, const Plan& plan,
            const std::vector<Op>& ops, int length, uint64_t want,
            bool ordered = true) {
  Search search(plan, ops, ordered);
  for (int i = 1; i <= length + kMore; ++i) {
    search.Run(i);
    if (testing::Test::HasFatalFailure()) {
      ADD_FAILURE() << "in " << name;
      return;
    }
  }
  std::printf(
      "%-44s up to %d: %9llu sequences, %9llu operations, "
      "%9llu resumptions\n",
      name.c_str(), length + kMore,
      static_cast<unsigned long long>(search.sequences()),
      static_cast<unsigned long long>(search.operations()),
      static_cast<unsigned long long>(search.resumptions()));
  Tally("sequences", static_cast<int64_t>(search.sequences()));
  Tally("operations", static_cast<int64_t>(search.operations()));
  std::fflush(stdout);
  EXPECT_GE(search.sequences(), kMore < 0 ? want / 20 : want) << name;
  EXPECT_GT(search.resumptions(), search.sequences() / 100) << name;
}

Plan Uniform(Mode mode, Act act) {
  Plan plan;
  plan.modes.fill(mode);
  plan.acts.fill(act);
  return plan;
}

TEST(EventSequencesTest, FewOperationsOverLongSequences) {
  RunAll("few operations", Plan(),
         Join({{kSet, kClear, kPulse},
               StartOnEachSlot({Way::kAwaitToken}),
               OnEachSlot(Kind::kWithdraw),
               OnEachSlot(Kind::kCancel)}),
         7, 50000);
}

TEST(EventSequencesTest, AwaitablesThatAreAwaitedLaterOrNever) {
  RunAll("awaitables", Plan(),
         Join({{kSet, kClear, kPulse},
               MakeOnEachSlot({Way::kAwait, Way::kAwaitPastToken}),
               Rest()}),
         6, 50000);
}

TEST(EventSequencesTest, EveryOperation) {
  Plan plan;
  for (bool set : {false, true}) {
    plan.initially_set = set;
    RunAll(set ? "every operation, initially set" : "every operation", plan,
           Join({{kSet, kClear, kPulse, kTry, kTryNext},
                 StartOnEachSlot({Way::kAwait, Way::kAwaitPast, Way::kAwaitOld,
                                  Way::kAwaitToken, Way::kAwaitPastToken,
                                  Way::kNext, Way::kCallback,
                                  Way::kCallbackToken}),
                 MakeOnEachSlot({Way::kAwait, Way::kAwaitPastToken}),
                 Rest()}),
           4, 50000);
  }
}

// The waiters of all kinds whose code acts on the event when it is resumed.
TEST(EventSequencesTest, ResumedWaitersThatActOnTheEvent) {
  static constexpr const char* kNames[] = {"",
                                           "Set",
                                           "Clear",
                                           "Pulse",
                                           "wait again",
                                           "withdraw sibling",
                                           "cancel sibling"};
  for (Mode mode : {Mode::kNone, Mode::kRefuse}) {
    for (Act act : {Act::kSet, Act::kClear, Act::kPulse, Act::kAgain,
                    Act::kWithdrawSibling, Act::kCancelSibling}) {
      RunAll(std::string("resumed: ") + kNames[static_cast<int>(act)] +
                 (mode == Mode::kRefuse ? ", refused by executor" : ""),
             Uniform(mode, act),
             Join({{kSet, kClear, kPulse},
                   StartOnEachSlot({Way::kAwaitToken, Way::kAwaitPast,
                                    Way::kCallbackToken}),
                   OnEachSlot(Kind::kWithdraw),
                   OnEachSlot(Kind::kCancel)}),
             5, 16000);
    }
  }
}

// Three waiters, each with another thing to do.
TEST(EventSequencesTest, ResumedWaitersThatActInDifferentWays) {
  std::vector<Act> acts = {Act::kPulse, Act::kAgain, Act::kWithdrawSibling,
                           Act::kCancelSibling};
  uint64_t plans = 0;
  for (Act a : acts) {
    for (Act b : acts) {
      for (Act c : acts) {
        if (a == b || b == c || a == c) continue;
        Plan plan;
        plan.acts = {a, b, c};
        RunAll("resumed: plan " + std::to_string(++plans), plan,
               Join({{kSet, kClear, kPulse},
                     StartOnEachSlot({Way::kAwaitToken, Way::kCallbackToken}),
                     OnEachSlot(Kind::kCancel)}),
               4, 5000);
      }
    }
  }
  EXPECT_EQ(plans, 24u);
}

TEST(EventSequencesTest, WaitersOnAnExecutorThatQueues) {
  for (Act act : {Act::kNothing, Act::kSet, Act::kClear, Act::kPulse,
                  Act::kAgain, Act::kCancelSibling}) {
    RunAll(
        "queueing executor, act " + std::to_string(static_cast<int>(act)),
        Uniform(Mode::kQueue, act),
        Join({{kSet, kClear, kPulse, kPump},
              StartOnEachSlot({Way::kAwaitToken, Way::kNext, Way::kCallback}),
              OnEachSlot(Kind::kWithdraw),
              OnEachSlot(Kind::kCancel)}),
        5, 14000);
  }
}

// Whether such an executor runs a waiter before it is offered the next is its
// own business, so the order within an operation isn't compared.
TEST(EventSequencesTest, WaitersOnAnExecutorThatRunsInline) {
  for (Act act :
       {Act::kNothing, Act::kSet, Act::kClear, Act::kPulse, Act::kAgain}) {
    RunAll("inline executor, act " + std::to_string(static_cast<int>(act)),
           Uniform(Mode::kInline, act),
           Join({{kSet, kClear, kPulse},
                 StartOnEachSlot(
                     {Way::kAwaitToken, Way::kAwaitPast, Way::kCallback}),
                 OnEachSlot(Kind::kWithdraw),
                 OnEachSlot(Kind::kCancel)}),
           5, 14000, false);
  }
}

TEST(EventSequencesTest, WaitersOnDifferentExecutors) {
  for (const auto& modes : std::vector<std::array<Mode, kSlots>>{
           {Mode::kNone, Mode::kQueue, Mode::kRefuse},
           {Mode::kQueue, Mode::kNone, Mode::kNone}}) {
    Plan plan;
    plan.modes = modes;
    RunAll("different executors", plan,
           Join({{kSet, kClear, kPulse, kPump},
                 StartOnEachSlot({Way::kAwaitToken, Way::kCallback}),
                 OnEachSlot(Kind::kWithdraw),
                 OnEachSlot(Kind::kCancel)}),
           5, 23000);
  }
}

// Everything at once, at random.
TEST(EventSequencesTest, RandomSequences) {
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const auto below = [&](size_t n) { return random() % n; };
  const std::vector<Op> ops =
      Join({{kSet, kClear, kPulse, kPulse, kTry, kTryNext, kPump, kPump},
            StartOnEachSlot({Way::kAwait, Way::kAwaitPast, Way::kAwaitOld,
                             Way::kAwaitToken, Way::kAwaitPastToken, Way::kNext,
                             Way::kCallback, Way::kCallbackToken}),
            MakeOnEachSlot({Way::kAwait, Way::kAwaitPast, Way::kAwaitToken,
                            Way::kAwaitPastToken}),
            Rest(),
            Rest()});
  const int sequences = kMore > 0 ? 100000 : Scaled(2000);
  uint64_t operations = 0;
  for (int i = 0; i < sequences; ++i) {
    Plan plan;
    plan.initially_set = below(4) == 0;
    for (Mode& mode : plan.modes) {
      // Inline execution isn't here: see above.
      constexpr Mode kModes[] = {Mode::kNone, Mode::kQueue, Mode::kRefuse};
      mode = kModes[below(3)];
    }
    for (Act& act : plan.acts) act = static_cast<Act>(below(7));
    ModelSubject model(plan);
    EventSubject event(plan);
    std::vector<Op> history;
    for (int j = 0; j < 200; ++j) {
      Op op = ops[below(ops.size())];
      while (!model.Allows(op)) op = ops[below(ops.size())];
      history.push_back(op);
      model.Do(op);
      event.Do(op);
      ++operations;
      if (below(8) == 0) {
        model.LookClosely();
        event.LookClosely();
      }
      const Log want = model.TakeLog(), got = event.TakeLog();
      if (want != got) {
        std::string text;
        for (const Op& past : history) text += "  " + ToString(past) + "\n";
        FAIL() << "seed " << seed << ", sequence " << i << ":\n"
               << text << "  event: " << ToString(got)
               << "\n  model: " << ToString(want);
      }
    }
  }
  Tally("sequences", sequences);
  Tally("operations", static_cast<int64_t>(operations));
}

}  // namespace
}  // namespace synctest

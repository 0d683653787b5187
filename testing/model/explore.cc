// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/explore.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "testing/model/engine.h"

namespace synctest::model {
namespace {

class Strategy : public Chooser {
 public:
  virtual void Begin() {}
  // False: there is nothing left to try.
  virtual bool Next() = 0;
};

// Depth first, by the choices of the execution before: the last one that has
// another option within the budget is changed.
class Exhaustive final : public Strategy {
 public:
  explicit Exhaustive(int budget) : budget_(budget) {}

  void Begin() override {
    at_ = 0;
    spent_ = 0;
  }
  size_t Choose(const Choice& choice) override {
    if (at_ == path_.size()) {
      Branch branch;
      branch.count = static_cast<uint8_t>(choice.costs.size());
      std::copy(choice.costs.begin(), choice.costs.end(), branch.costs);
      branch.spent = spent_;
      path_.push_back(branch);
    }
    Branch& branch = path_[at_++];
    spent_ += branch.costs[branch.chosen];
    return branch.chosen;
  }
  bool Next() override {
    path_.resize(at_);
    while (!path_.empty()) {
      Branch& branch = path_.back();
      while (++branch.chosen < branch.count) {
        if (branch.spent + branch.costs[branch.chosen] <= budget_) return true;
      }
      path_.pop_back();
    }
    return false;
  }

 private:
  struct Branch {
    uint8_t chosen = 0;
    uint8_t count;
    uint8_t costs[Choice::kMost];
    int spent;  // Before it.
  };

  const int budget_;
  std::vector<Branch> path_;
  size_t at_ = 0;
  int spent_ = 0;
};

class Random final : public Strategy {
 public:
  explicit Random(uint64_t seed) : random_(seed) {}

  size_t Choose(const Choice& choice) override {
    // What costs is taken one time in four.
    size_t free = 0;
    for (const uint8_t cost : choice.costs) free += cost == 0;
    if (free == choice.costs.size() || free == 0 || random_() % 4 == 0) {
      return random_() % choice.costs.size();
    }
    size_t which = random_() % free;
    for (size_t i = 0;; ++i) {
      if (choice.costs[i] == 0 && which-- == 0) return i;
    }
  }
  bool Next() override { return true; }

 private:
  std::mt19937_64 random_;
};

// Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized scheduler with
// probabilistic guarantees of finding bugs", 2010.
class Pct final : public Strategy {
 public:
  Pct(uint64_t seed, int depth) : random_(seed), depth_(depth) {}

  void Begin() override {
    length_ = std::max(length_, step_);
    step_ = 0;
    for (uint64_t& priority : priorities_) {
      priority = (random_() >> 1) + 2 * kLow;
    }
    lowest_ = kLow;
    changes_.clear();
    for (int i = 1; i < depth_; ++i) {
      changes_.push_back(length_ == 0 ? 0 : random_() % length_);
    }
  }
  size_t Choose(const Choice& choice) override {
    if (choice.about != Choice::About::kThread) {
      const bool is_free = choice.costs.back() == 0;
      return is_free || random_() % 10 == 0 ? random_() % choice.costs.size()
                                            : 0;
    }
    ++step_;
    for (size_t i = 0; i < choice.ordinary; ++i) {
      // Who yields can only wait for the others: they all go first.
      if (choice.threads[i] == choice.current && choice.costs[i] > 0) {
        priorities_[choice.current] = --lowest_;
      }
    }
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (changes_[i] == step_) priorities_[choice.current] = kLow + i;
    }
    const size_t faults = choice.threads.size() - choice.ordinary;
    if (faults > 0 && random_() % 20 == 0) {
      return choice.ordinary + random_() % faults;
    }
    size_t best = 0;
    for (size_t i = 1; i < choice.ordinary; ++i) {
      if (priorities_[choice.threads[i]] > priorities_[choice.threads[best]]) {
        best = i;
      }
    }
    return best;
  }
  bool Next() override { return true; }

 private:
  std::mt19937_64 random_;
  const int depth_;
  // Threads that have yielded are below it, the last one at the bottom; the
  // others, those that were changed included, are not.
  static constexpr uint64_t kLow = 1'000'000;
  uint64_t lowest_ = kLow;
  uint64_t priorities_[kMaxFibers] = {};
  std::vector<uint64_t> changes_;
  uint64_t step_ = 0;
  uint64_t length_ = 0;
};

class Replay final : public Strategy {
 public:
  explicit Replay(std::vector<uint8_t> choices)
      : choices_(std::move(choices)) {}

  void Begin() override { at_ = 0; }
  size_t Choose(const Choice& choice) override {
    const size_t chosen = at_ < choices_.size() ? choices_[at_] : 0;
    ++at_;
    return std::min(chosen, choice.costs.size() - 1);
  }
  bool Next() override { return false; }

 private:
  const std::vector<uint8_t> choices_;
  size_t at_ = 0;
};

class Given final : public Strategy {
 public:
  explicit Given(Chooser& chooser) : chooser_(chooser) {}

  size_t Choose(const Choice& choice) override {
    return chooser_.Choose(choice);
  }
  bool Next() override { return false; }

 private:
  Chooser& chooser_;
};

constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

// A schedule is written as the machine's powers, a letter each, and the
// choices, a digit each, without those of the end that are 0.
constexpr struct {
  char letter;
  bool Powers::*power;
} kPowers[] = {
    {'r', &Powers::reuse_addresses}, {'s', &Powers::stale_reads},
    {'f', &Powers::faults},          {'p', &Powers::suspensions},
    {'l', &Powers::second_looks},
};

std::string ToSchedule(const Powers& powers, std::vector<uint8_t> choices) {
  while (!choices.empty() && choices.back() == 0) choices.pop_back();
  std::string schedule;
  for (const auto& [letter, power] : kPowers) {
    if (powers.*power) schedule += letter;
  }
  schedule += ':';
  for (const uint8_t choice : choices) schedule += kDigits[choice];
  return schedule;
}

// False: it is none.
bool FromSchedule(const std::string& schedule, Powers& powers,
                  std::vector<uint8_t>& choices) {
  const size_t colon = schedule.find(':');
  if (colon == std::string::npos) return false;
  powers = Powers();
  for (const char c : schedule.substr(0, colon)) {
    bool known = false;
    for (const auto& [letter, power] : kPowers) {
      if (c == letter) powers.*power = known = true;
    }
    if (!known) return false;
  }
  for (const char c : schedule.substr(colon + 1)) {
    const char* const at = std::find(kDigits, kDigits + 36, c);
    if (at == kDigits + 36) return false;
    choices.push_back(static_cast<uint8_t>(at - kDigits));
  }
  return true;
}

const Outcome& RunOnce(const ExploreOptions& options,
                       const std::function<void()>& scenario,
                       Strategy& strategy) {
  strategy.Begin();
  return Execute(scenario, strategy, options.powers, options.steps);
}

// Puts what costs nothing in the place of what costs, as long as it fails.
std::vector<uint8_t> Shrink(const ExploreOptions& options,
                            const std::function<void()>& scenario,
                            std::vector<uint8_t> choices) {
  const auto fails = [&](const std::vector<uint8_t>& candidate) {
    Replay replay(candidate);
    return RunOnce(options, scenario, replay).failed;
  };
  bool smaller = true;
  while (smaller) {
    smaller = false;
    for (size_t i = choices.size(); i-- > 0;) {
      if (choices[i] == 0) continue;
      std::vector<uint8_t> candidate = choices;
      candidate[i] = 0;
      if (fails(candidate)) {
        choices = std::move(candidate);
        smaller = true;
      }
    }
  }
  while (!choices.empty() && choices.back() == 0) choices.pop_back();
  return choices;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Exploration& e) {
  out << e.executions << " executions, " << e.steps << " steps, "
      << absl::StrFormat("%.2f s, %.0f executions/s", e.seconds,
                         static_cast<double>(e.executions) / e.seconds)
      << (e.complete ? ", complete" : "")
      << (e.interleavings == 1 ? ", of one interleaving only" : "");
  if (e.failure.has_value()) out << "\n" << e.failure->ToString();
  return out;
}

Exploration Explore(const ExploreOptions& given,
                    const std::function<void()>& scenario) {
  ExploreOptions options = given;
  if (const char* const replay = std::getenv("SYNCTEST_REPLAY");
      replay != nullptr && options.replay.empty()) {
    options.replay = replay;
  }
  std::unique_ptr<Strategy> strategy;
  if (!options.replay.empty()) {
    std::vector<uint8_t> choices;
    if (!FromSchedule(options.replay, options.powers, choices)) {
      std::cerr << "not a schedule: " << options.replay << std::endl;
      std::abort();
    }
    strategy = std::make_unique<Replay>(std::move(choices));
  } else if (options.chooser != nullptr) {
    strategy = std::make_unique<Given>(*options.chooser);
  } else if (options.strategy == ExploreOptions::Strategy::kExhaustive) {
    strategy = std::make_unique<Exhaustive>(options.budget);
  } else if (options.strategy == ExploreOptions::Strategy::kPct) {
    strategy = std::make_unique<Pct>(options.seed, options.depth);
  } else {
    strategy = std::make_unique<Random>(options.seed);
  }
  Exploration result;
  const auto begin = std::chrono::steady_clock::now();
  std::unordered_set<uint64_t> fingerprints;
  while (result.executions < options.executions) {
    const Outcome& outcome = RunOnce(options, scenario, *strategy);
    ++result.executions;
    result.steps +=
        std::count_if(outcome.steps.begin(), outcome.steps.end(),
                      [](const Step& step) { return IsStep(step.action); });
    result.reuses |= outcome.reuses;
    if (fingerprints.size() < 2) fingerprints.insert(outcome.fingerprint);
    if (outcome.failed) {
      const std::vector<uint8_t> choices =
          options.replay.empty() ? Shrink(options, scenario, outcome.choices)
                                 : outcome.choices;
      Replay replay(choices);
      const Outcome& last = RunOnce(options, scenario, replay);
      result.failure =
          Failure{last.failure, ToSchedule(options.powers, choices),
                  options.test, result.executions,
                  last.blocked, last.steps,
                  last.threads, last.objects};
      break;
    }
    if (options.after_each) options.after_each(outcome);
    if (!strategy->Next()) {
      result.complete = true;
      break;
    }
  }
  result.interleavings = static_cast<int64_t>(fingerprints.size());
  result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin)
          .count();
  return result;
}

void Check(bool holds, const char* what) {
  if (!holds) Fail(what);
}

}  // namespace synctest::model

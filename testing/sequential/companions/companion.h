// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Sequences of operations on one thread: after each of them, a primitive and
// its model must have ended the same waits, in the same order and with the same
// results. The models are written from the headers' comments.

#ifndef SYNC_TESTING_SEQUENTIAL_COMPANIONS_COMPANION_H_
#define SYNC_TESTING_SEQUENTIAL_COMPANIONS_COMPANION_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/tally.h"

namespace synctest {

inline constexpr int kWaiters = 4;

inline constexpr int kReady = static_cast<int>(synclib::WaitResult::kReady);
inline constexpr int kCancelled =
    static_cast<int>(synclib::WaitResult::kCancelled);
inline constexpr int kTimeout = static_cast<int>(synclib::WaitResult::kTimeout);

// What is seen: that a wait of some waiter has ended, how, and what it brought;
// or, with the waiter kCall, what a call has returned.
inline constexpr int kCall = -1;
struct Sight {
  int waiter;
  int result;
  int value;
  bool operator==(const Sight&) const = default;
};
using Log = std::vector<Sight>;

// How a wait has ended, and what it brought.
struct End {
  int result;
  int value = 0;
};

// Those who wait in a model, the first in front.
class Line {
 public:
  struct Waiter {
    int number;
    int what;
  };

  bool empty() const { return waiters_.empty(); }
  size_t size() const { return waiters_.size(); }
  Waiter& front() { return waiters_.front(); }
  void Join(int number, int what = 0) { waiters_.push_back({number, what}); }
  Waiter Pop() {
    const Waiter first = waiters_.front();
    waiters_.pop_front();
    return first;
  }
  bool Leave(int number) {
    return std::erase_if(waiters_, [&](const Waiter& waiter) {
             return waiter.number == number;
           }) != 0;
  }

 private:
  std::deque<Waiter> waiters_;
};

// A primitive and its model. Do() performs an operation on both, one of those
// below `operations`, for `waiter` if that matters, and says which; or returns
// no text, if it makes no sense. The last operation, and after that the first
// one for each waiter, end all waits.
class Companion {
 public:
  explicit Companion(int operations) : operations_(operations) {}
  virtual ~Companion() = default;

  int operations() const { return operations_; }
  virtual std::optional<std::string> Do(int operation, int waiter) = 0;

  Log& got() { return got_; }
  Log& want() { return want_; }

 protected:
  // Begins the wait of a coroutine for what `make(options)` returns; `see`
  // makes an End of how that ends.
  template <class Make, class See>
  void Begin(int waiter, Make make, See see) {
    sources_[waiter] = std::stop_source();
    waits_[waiter] = true;
    Await(waiter, std::move(make), std::move(see));
  }
  template <class Make>
  void Begin(int waiter, Make make) {
    Begin(waiter, std::move(make), &ResultOnly<ResultOf<Make>>);
  }
  // The same with a token that is stopped already.
  template <class Make, class See>
  void BeginStopped(int waiter, Make make, See see) {
    sources_[waiter] = std::stop_source();
    sources_[waiter].request_stop();
    waits_[waiter] = true;
    Await(waiter, std::move(make), std::move(see));
  }
  template <class Make>
  void BeginStopped(int waiter, Make make) {
    BeginStopped(waiter, std::move(make), &ResultOnly<ResultOf<Make>>);
  }
  void Stop(int waiter) { sources_[waiter].request_stop(); }
  bool waits(int waiter) const { return waits_[waiter]; }

  // The model says that a wait ends.
  void Want(int waiter, int result, int value = 0) {
    want_.push_back({waiter, result, value});
  }
  // What a call has returned, and should have.
  void Compare(int64_t got, int64_t want) {
    got_.push_back({kCall, static_cast<int>(got), 0});
    Want(kCall, static_cast<int>(want));
  }
  // Of waits of `waiters` it is up to them which of those that can end does so
  // first, after all others. Tells the model, by `take(waiter)`, which may be
  // false, in which order they have; and then whatever else must have ended.
  template <class Take>
  void Settle(std::set<int>* waiters, Take take) {
    const auto end = std::stable_partition(
        got_.begin(), got_.end(), [&](const Sight& sight) {
          return !waiters->contains(sight.waiter) || sight.result != kReady;
        });
    std::vector<int> order;
    for (auto sight = end; sight != got_.end(); ++sight) {
      order.push_back(sight->waiter);
    }
    order.insert(order.end(), waiters->begin(), waiters->end());
    for (const int waiter : order) {
      if (!waiters->contains(waiter) || !take(waiter)) continue;
      waiters->erase(waiter);
      Want(waiter, kReady);
    }
  }

 private:
  template <class Make>
  using ResultOf =
      decltype(std::declval<std::invoke_result_t<Make, synclib::WaitOptions>>()
                   .await_resume());
  template <class Result>
  static End ResultOnly(Result result) {
    return {static_cast<int>(result)};
  }

  template <class Make, class See>
  Detached Await(int waiter, Make make, See see) {
    const synclib::WaitOptions options = sources_[waiter].get_token();
    const End end = see(co_await make(options));
    waits_[waiter] = false;
    got_.push_back({waiter, end.result, end.value});
  }

  const int operations_;
  Log got_, want_;
  std::array<std::stop_source, kWaiters> sources_{
      std::stop_source(std::nostopstate), std::stop_source(std::nostopstate),
      std::stop_source(std::nostopstate), std::stop_source(std::nostopstate)};
  std::array<bool, kWaiters> waits_{};
};

// Whether waits that end in one operation do so in the model's order, or in
// which order is up to them.
enum class Order : uint8_t { kInOrder, kAny };

// One sequence.
class Sequence {
 public:
  Sequence(std::unique_ptr<Companion> subject, Order order)
      : subject_(std::move(subject)), order_(order) {}

  // What Companion::Do() has returned, when both logs have been compared.
  std::optional<std::string> Do(int operation, int waiter) {
    std::optional<std::string> text = subject_->Do(operation, waiter);
    if (!text.has_value()) return text;
    absl::StrAppend(&history_, "  ", *text, "\n");
    ++operations_;
    ends_ += static_cast<int64_t>(subject_->got().size());
    const Log got = Taken(&subject_->got());
    const Log want = Taken(&subject_->want());
    EXPECT_TRUE(got == want)
        << ToString(got) << ", and not" << ToString(want) << ", after\n"
        << history_;
    return text;
  }
  void EndAll() {
    Do(subject_->operations() - 1, 0);
    for (int waiter = 0; waiter < kWaiters; ++waiter) Do(0, waiter);
  }

  int64_t operations() const { return operations_; }
  int64_t ends() const { return ends_; }

 private:
  Log Taken(Log* log) const {
    Log taken = std::exchange(*log, {});
    if (order_ == Order::kAny) {
      std::stable_sort(
          taken.begin(), taken.end(),
          [](const Sight& a, const Sight& b) { return a.waiter < b.waiter; });
    }
    return taken;
  }
  static std::string ToString(const Log& log) {
    std::string text;
    for (const Sight& sight : log) {
      absl::StrAppend(&text, " ", sight.waiter, ":", sight.result, "/",
                      sight.value);
    }
    return text;
  }

  const std::unique_ptr<Companion> subject_;
  const Order order_;
  std::string history_;
  int64_t operations_ = 0;
  int64_t ends_ = 0;
};

// Runs sequences on subjects that `make` returns, until one of them fails: all
// up to a length, and many at random that let all waits begin and end some
// times.
class Sequences {
 public:
  using Make = std::function<std::unique_ptr<Companion>()>;

  Sequences(Make make, Order order) : make_(std::move(make)), order_(order) {}

  void Run(int short_length) {
    std::vector<Prefix> prefixes(1);
    for (int length = 0; length < short_length; ++length) {
      prefixes = Extended(prefixes);
      if (testing::Test::HasFailure()) return;
    }
    RunAtRandom();
    EXPECT_GT(ends_, operations_ / 4);
    Tally("sequences", sequences_);
    Tally("operations", operations_);
  }

 private:
  static constexpr int kAtRandom = 20'000;
  static constexpr int kLength = 30;

  struct Choice {
    int operation;
    int waiter;
  };
  using Prefix = std::vector<Choice>;

  // Runs the sequences that are longer by one, and returns them. A waiter that
  // nothing was done for is like any other, so that one is enough.
  std::vector<Prefix> Extended(const std::vector<Prefix>& prefixes) {
    std::vector<Prefix> longer;
    for (const Prefix& prefix : prefixes) {
      int waiters = 1;
      for (const Choice& choice : prefix) {
        waiters = std::max(waiters, std::min(choice.waiter + 2, kWaiters));
      }
      std::set<std::string> done;
      for (int i = 0; i < choices_ * waiters; ++i) {
        const Choice last{i / waiters, i % waiters};
        Sequence sequence(make_(), order_);
        for (const Choice& choice : prefix) {
          sequence.Do(choice.operation, choice.waiter);
        }
        const std::optional<std::string> text =
            sequence.Do(last.operation, last.waiter);
        const bool is_new = text.has_value() && done.insert(*text).second;
        Finish(&sequence, is_new);
        if (testing::Test::HasFailure()) return longer;
        if (!is_new) continue;
        longer.push_back(prefix);
        longer.back().push_back(last);
      }
    }
    return longer;
  }

  void RunAtRandom() {
    std::mt19937 random(1);
    for (int n = 0; n < kAtRandom && !testing::Test::HasFailure(); ++n) {
      Sequence sequence(make_(), order_);
      for (int i = 0; i < kLength; ++i) {
        const int operation = static_cast<int>(random() % choices_);
        sequence.Do(operation, static_cast<int>(random() % kWaiters));
        if (testing::Test::HasFailure()) break;
      }
      Finish(&sequence, true);
    }
  }

  void Finish(Sequence* sequence, bool counts) {
    sequence->EndAll();
    if (!counts) return;
    ++sequences_;
    operations_ += sequence->operations();
    ends_ += sequence->ends();
  }

  const Make make_;
  const Order order_;
  const int choices_ = make_()->operations();
  int64_t sequences_ = 0;
  int64_t operations_ = 0;
  int64_t ends_ = 0;
};

template <class C>
void RunAll(Order order, int short_length) {
  // Under a sanitizer that takes ten times as long, or more.
  if (kSanitizer) --short_length;
  Sequences([] { return std::make_unique<C>(); }, order).Run(short_length);
}

}  // namespace synctest

#endif  // SYNC_TESTING_SEQUENTIAL_COMPANIONS_COMPANION_H_

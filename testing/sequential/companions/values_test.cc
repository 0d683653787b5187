// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Values that are made once, or fail to be.

#include <array>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/coro/lazy.h"
#include "sync/coro/task.h"
#include "sync/one_shot.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::AnyResult;
using synclib::AsyncWaitAny;
using synclib::AutoResetEvent;
using synclib::Lazy;
using synclib::OneShot;
using synclib::Task;
using synclib::WaitOptions;

constexpr int kFailed = -1;

using Making = std::function<int()>;

int Fail() { throw std::runtime_error("not made"); }

struct Value {
  explicit Value(const Making& make) : number(make()) {}
  const int number;
};

class OneShotSubject : public Companion {
 public:
  OneShotSubject() : Companion(8) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    std::optional<std::string> text = operation >= 1 && operation <= 4
                                          ? Ask(operation, waiter)
                                          : Call(operation, waiter);
    if (!text.has_value()) return text;
    Compare(one_shot_.IsSet(), value_.has_value());
    Compare(one_shot_.IsSet() ? one_shot_.value().number : kFailed,
            value_.value_or(kFailed));
    Compare(one_shot_.waiters(), line_.size());
    return text;
  }

 private:
  std::optional<std::string> Ask(int operation, int waiter) {
    if (waits(waiter)) return std::nullopt;
    can_stop_[waiter] = operation != 1;
    if (value_.has_value()) {
      Want(waiter, kReady, *value_);
    } else if (operation == 4) {
      Want(waiter, kCancelled);
    } else {
      line_.Join(waiter);
    }
    const auto wait = [this](const WaitOptions& options) {
      return one_shot_.AsyncWait(options);
    };
    switch (operation) {
      case 1:
        Begin(
            waiter, [this](const WaitOptions&) { return one_shot_.AsyncGet(); },
            [](const Value& value) {
              return End{kReady, value.number};
            });
        return absl::StrCat("get ", waiter);
      case 2:
        Begin(waiter, wait, [this](auto result) { return Seen(result); });
        return absl::StrCat("wait ", waiter);
      case 3:
        Begin(
            waiter,
            [this](const WaitOptions& options) {
              return AsyncWaitAny({one_shot_}, options);
            },
            [this](const AnyResult& any) { return Seen(any.result); });
        return absl::StrCat("wait for any ", waiter);
      default:
        BeginStopped(waiter, wait,
                     [this](auto result) { return Seen(result); });
        return absl::StrCat("wait stopped ", waiter);
    }
  }

  std::optional<std::string> Call(int operation, int waiter) {
    const int number = next_number_++;
    switch (operation) {
      case 0:
        if (!waits(waiter) || !can_stop_[waiter]) return std::nullopt;
        line_.Leave(waiter);
        Want(waiter, kCancelled);
        Stop(waiter);
        return absl::StrCat("stop ", waiter);
      case 5:
        Compare(Set(&Fail), value_.has_value() ? 0 : kFailed);
        return "fail to set";
      case 6: {
        const bool is_first = Made(number);
        Compare(Set([=, this] {
                  return Set([] { return 0; }) == 0 ? number : kFailed;
                }),
                is_first);
        return absl::StrCat("set ", number, " while another is made");
      }
      default: {
        const bool is_first = Made(number);
        Compare(Set([=] { return number; }), is_first);
        return absl::StrCat("set ", number);
      }
    }
  }

  // The model's Set().
  bool Made(int number) {
    if (value_.has_value()) return false;
    value_ = number;
    while (!line_.empty()) Want(line_.Pop().number, kReady, number);
    return true;
  }
  int Set(const Making& make) {
    try {
      return one_shot_.Set(make);
    } catch (const std::runtime_error&) {
      return kFailed;
    }
  }
  End Seen(synclib::WaitResult result) {
    const bool is_there = result == synclib::WaitResult::kReady;
    return {static_cast<int>(result), is_there ? one_shot_.value().number : 0};
  }

  OneShot<Value> one_shot_;
  std::optional<int> value_;
  Line line_;
  std::array<bool, kWaiters> can_stop_{};
  int next_number_ = 1;
};

// Of each waiter, the task that asks for the value has one of its own to make:
// at once, or when it is let go on; and that may fail.
class LazySubject : public Companion {
 public:
  LazySubject() : Companion(7) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    std::optional<std::string> text = operation >= 1 && operation <= 3
                                          ? Ask(operation, waiter)
                                          : Call(operation);
    if (text.has_value()) Compare(lazy_.IsSet(), value_.has_value());
    return text;
  }

 private:
  enum How { kAtOnce = 1, kFailsAtOnce, kWaits };

  std::optional<std::string> Ask(int operation, int waiter) {
    if (waits(waiter)) return std::nullopt;
    const int number = numbers_[waiter] = next_number_++;
    const auto how = static_cast<How>(operation);
    line_.Join(waiter, how);
    if (!maker_.has_value()) Serve();
    Begin(
        waiter, [=, this](const WaitOptions&) { return Get(how, number); },
        [](const End& end) { return end; });
    return absl::StrCat("get ", waiter, " by ", operation);
  }

  std::optional<std::string> Call(int operation) {
    const int number = next_number_++;
    // Others would block the thread.
    const bool is_call = operation == 4 || operation == 5;
    if (is_call == maker_.has_value()) return std::nullopt;
    switch (operation) {
      case 0:
        Want(*maker_, kFailed);
        maker_.reset();
        Serve();
        fails_ = true;
        go_on_.Set();
        return "go on and fail";
      case 4:
        if (!value_.has_value()) value_ = number;
        Compare(GetNow(false, number), *value_);
        return absl::StrCat("get ", number);
      case 5:
        Compare(GetNow(true, number), value_.value_or(kFailed));
        return "fail to get";
      default:
        Finish(*maker_);
        maker_.reset();
        Serve();
        fails_ = false;
        go_on_.Set();
        return "go on";
    }
  }

  // Those who ask, one by one, until one of them has to wait as it makes the
  // value.
  void Serve() {
    while (!line_.empty()) {
      const Line::Waiter first = line_.Pop();
      if (value_.has_value()) {
        Want(first.number, kReady, *value_);
      } else if (first.what == kAtOnce) {
        Finish(first.number);
      } else if (first.what == kFailsAtOnce) {
        Want(first.number, kFailed);
      } else {
        maker_ = first.number;
        return;
      }
    }
  }
  void Finish(int waiter) {
    value_ = numbers_[waiter];
    Want(waiter, kReady, *value_);
  }

  static int Made(bool fails, int number) { return fails ? Fail() : number; }
  int GetNow(bool fails, int number) {
    try {
      return lazy_.Get([=] { return Made(fails, number); });
    } catch (const std::runtime_error&) {
      return kFailed;
    }
  }
  Task<End> Get(How how, int number) {
    const auto make = [=, this]() -> Task<int> {
      if (how == kWaits) {
        co_await go_on_;
        co_return Made(fails_, number);
      }
      co_return Made(how == kFailsAtOnce, number);
    };
    try {
      co_return End{kReady, *co_await lazy_.AsyncGet(make)};
    } catch (const std::runtime_error&) {
      co_return End{kFailed};
    }
  }

  Lazy<int> lazy_;
  AutoResetEvent go_on_;  // For the one that waits.
  bool fails_ = false;
  std::optional<int> value_, maker_;
  Line line_;
  std::array<int, kWaiters> numbers_{};
  int next_number_ = 1;
};

TEST(CompanionsSequencesTest, OneShot) {
  RunAll<OneShotSubject>(Order::kInOrder, 4);
}
TEST(CompanionsSequencesTest, Lazy) { RunAll<LazySubject>(Order::kInOrder, 5); }

}  // namespace
}  // namespace synctest

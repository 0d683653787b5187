// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for what others say, with a mutex.

#include "sync/condition.h"

#include <array>
#include <coroutine>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::Condition;
using synclib::Mutex;
using synclib::WaitOptions;
using synclib::WaitResult;

// With a mutex that operations lock and unlock, too.
class ConditionSubject : public Companion {
 public:
  ConditionSubject() : Companion(6) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    switch (operation) {
      case 0:
        if (!waits(waiter) || stopped_[waiter]) return std::nullopt;
        stopped_[waiter] = true;
        if (waiting_.Leave(waiter)) locking_.Join(waiter, kCancelled);
        Serve();
        Stop(waiter);
        return absl::StrCat("stop ", waiter);
      case 1:
        if (waits(waiter)) return std::nullopt;
        stopped_[waiter] = false;
        locking_.Join(waiter, kBegins);
        Serve();
        Begin(waiter, [this](const WaitOptions& options) {
          return LockAndWait(options);
        });
        return absl::StrCat("wait ", waiter);
      case 2:
        Compare(condition_.NotifyOne(), Notify(1));
        return "notify one";
      case 3:
        Compare(condition_.NotifyAll(), Notify(kWaiters));
        return "notify all";
      case 4:
        if (held_) return std::nullopt;
        held_ = true;
        Compare(mutex_.try_lock(), true);
        return "lock";
      default:
        if (!held_) return std::nullopt;
        held_ = false;
        Serve();
        mutex_.unlock();
        return "unlock";
    }
  }

 private:
  static constexpr int kBegins = -1;

  // A wait that lets go of the mutex when it has ended.
  class Wait {
   public:
    Wait(ConditionSubject& subject, const WaitOptions& options)
        : subject_(subject), options_(options) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      handle_ = handle;
      Run();
    }
    WaitResult await_resume() const { return result_; }

   private:
    Detached Run() {
      co_await subject_.mutex_.AsyncLock();
      result_ =
          co_await subject_.condition_.AsyncWait(subject_.mutex_, options_);
      Mutex& mutex = subject_.mutex_;
      handle_.resume();
      mutex.unlock();
    }

    ConditionSubject& subject_;
    const WaitOptions options_;
    std::coroutine_handle<> handle_;
    WaitResult result_;
  };
  Wait LockAndWait(const WaitOptions& options) { return {*this, options}; }

  int Notify(int most) {
    int count = 0;
    for (; count < most && !waiting_.empty(); ++count) {
      locking_.Join(waiting_.Pop().number, kReady);
    }
    Serve();
    return count;
  }
  void Serve() {
    while (!held_ && !locking_.empty()) {
      const Line::Waiter first = locking_.Pop();
      if (first.what != kBegins) {
        Want(first.number, first.what);
      } else if (stopped_[first.number]) {
        locking_.Join(first.number, kCancelled);
      } else {
        waiting_.Join(first.number, 0);
      }
    }
  }

  Mutex mutex_;
  Condition condition_;
  bool held_ = false;  // By an operation.
  Line locking_, waiting_;
  std::array<bool, kWaiters> stopped_{};
};

TEST(CompanionsSequencesTest, Condition) {
  RunAll<ConditionSubject>(Order::kInOrder, 6);
}

}  // namespace
}  // namespace synctest

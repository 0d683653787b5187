// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What is taken one by one, or by many.

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/mutex.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::AutoResetEvent;
using synclib::Mutex;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitOptions;

// What is taken one by one, first in, first out.
class Grants : public Companion {
 public:
  using Companion::Companion;

 protected:
  virtual bool Take(int what) = 0;

  template <class Make>
  std::string Ask(int waiter, int what, Make make) {
    if (Try(what)) {
      Want(waiter, kReady);
    } else {
      line_.Join(waiter, what);
    }
    Begin(waiter, std::move(make));
    return absl::StrCat("wait ", waiter, " for ", what);
  }
  std::optional<std::string> Leave(int waiter) {
    if (!waits(waiter)) return std::nullopt;
    line_.Leave(waiter);
    Want(waiter, kCancelled);
    Serve();
    Stop(waiter);
    return absl::StrCat("stop ", waiter);
  }
  bool Try(int what) { return line_.empty() && Take(what); }
  // Returns how many there were.
  int Serve() {
    int count = 0;
    for (; !line_.empty() && Take(line_.front().what); ++count) {
      Want(line_.Pop().number, kReady);
    }
    return count;
  }

 private:
  Line line_;
};

class SemaphoreSubject : public Grants {
 public:
  SemaphoreSubject() : Grants(8) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    if (operation == 0) return Leave(waiter);
    const int count = operation % 3 + 1;
    if (operation < 4) {
      if (waits(waiter)) return std::nullopt;
      return Ask(waiter, count, [=, this](const WaitOptions& options) {
        return semaphore_.AsyncAcquireMany(count, options);
      });
    }
    if (operation < 6) {
      const bool fits = permits_ + count <= kBound;
      if (fits) permits_ += count;
      Serve();
      Compare(semaphore_.Release(count), fits);
      return absl::StrCat("release ", count);
    }
    Compare(semaphore_.TryAcquireMany(count), Try(count));
    Compare(semaphore_.permits(), permits_);
    return absl::StrCat("try ", count);
  }

 private:
  static constexpr int kBound = 4;

  bool Take(int count) override {
    if (permits_ < count) return false;
    permits_ -= count;
    return true;
  }

  Semaphore semaphore_{1, kBound};
  int permits_ = 1;
};

class AutoResetEventSubject : public Grants {
 public:
  AutoResetEventSubject() : Grants(5) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    switch (operation) {
      case 0:
        return Leave(waiter);
      case 1:
        if (waits(waiter)) return std::nullopt;
        return Ask(waiter, 0, [this](const WaitOptions& options) {
          return event_.AsyncWait(options);
        });
      case 2: {
        set_ = true;
        const int released = Serve();
        Compare(event_.Set(), released);
        return "set";
      }
      case 3:
        set_ = false;
        event_.Clear();
        return "clear";
      default:
        Compare(event_.TryWait(), Try(0));
        return "try";
    }
  }

 private:
  bool Take(int) override { return std::exchange(set_, false); }

  AutoResetEvent event_;
  bool set_ = false;
};

// A Mutex, or a SharedMutex that is asked for 1, to write, or 0, to read. With
// coroutines only, a Mutex is handed over in order, too.
template <class M>
class MutexSubject : public Grants {
 public:
  MutexSubject() : Grants(kIsShared ? 7 : 4) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    switch (operation) {
      case 0:
        return Leave(waiter);
      case 1:
        if (waits(waiter)) return std::nullopt;
        return Ask(waiter, 1, [this](const WaitOptions& options) {
          return mutex_.AsyncLock(options);
        });
      case 2:
        if (!written_) return std::nullopt;
        written_ = false;
        Serve();
        mutex_.unlock();
        return "unlock";
      case 3:
        Compare(mutex_.try_lock(), Try(1));
        return "try to lock";
      default:
        if constexpr (kIsShared) return DoShared(operation, waiter);
        return std::nullopt;
    }
  }

 private:
  static constexpr bool kIsShared = std::is_same_v<M, SharedMutex>;

  std::optional<std::string> DoShared(int operation, int waiter) {
    switch (operation) {
      case 4:
        if (waits(waiter)) return std::nullopt;
        return Ask(waiter, 0, [this](const WaitOptions& options) {
          return mutex_.AsyncLockShared(options);
        });
      case 5:
        if (readers_ == 0) return std::nullopt;
        --readers_;
        Serve();
        mutex_.unlock_shared();
        return "unlock shared";
      default:
        Compare(mutex_.try_lock_shared(), Try(0));
        return "try to lock shared";
    }
  }

  bool Take(int what) override {
    if (written_ || (what == 1 && readers_ != 0)) return false;
    if (what == 1) {
      written_ = true;
    } else {
      ++readers_;
    }
    return true;
  }

  M mutex_;
  bool written_ = false;
  int readers_ = 0;
};

TEST(CompanionsSequencesTest, Semaphore) {
  RunAll<SemaphoreSubject>(Order::kInOrder, 4);
}
TEST(CompanionsSequencesTest, AutoResetEvent) {
  RunAll<AutoResetEventSubject>(Order::kInOrder, 6);
}
TEST(CompanionsSequencesTest, Mutex) {
  RunAll<MutexSubject<Mutex>>(Order::kInOrder, 8);
}
TEST(CompanionsSequencesTest, SharedMutex) {
  RunAll<MutexSubject<SharedMutex>>(Order::kInOrder, 5);
}

}  // namespace
}  // namespace synctest

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Random sequences of operations on one thread: after each of them, a primitive
// and its model must have ended the same waits, in the same order and with the
// same results. The models are written from the headers' comments.

#include <algorithm>
#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/barrier.h"
#include "sync/condition.h"
#include "sync/latch.h"
#include "sync/mutex.h"
#include "sync/queue.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/tally.h"

namespace synctest {
namespace {

using synclib::AutoResetEvent;
using synclib::Barrier;
using synclib::BarrierResult;
using synclib::Condition;
using synclib::Latch;
using synclib::LifoQueue;
using synclib::Mutex;
using synclib::Popped;
using synclib::PriorityQueue;
using synclib::Queue;
using synclib::QueueResult;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::WaitOptions;
using synclib::WaitResult;

constexpr int kWaiters = 4;

// What is seen: that a wait of some waiter has ended, how, and what it brought;
// or, with the waiter kCall, what a call has returned.
constexpr int kCall = -1;
struct Sight {
  int waiter;
  int result;
  int value;
  bool operator==(const Sight&) const = default;
};
using Log = std::vector<Sight>;

constexpr int kReady = static_cast<int>(WaitResult::kReady);
constexpr int kCancelled = static_cast<int>(WaitResult::kCancelled);
static_assert(kReady == static_cast<int>(QueueResult::kReady));
static_assert(kCancelled == static_cast<int>(QueueResult::kCancelled));

std::string ToString(const Log& log) {
  std::string text;
  for (const Sight& sight : log) {
    absl::StrAppend(&text, " ", sight.waiter, ":", sight.result, "/",
                    sight.value);
  }
  return text;
}

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
  void Join(int number, int what) { waiters_.push_back({number, what}); }
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

int ResultOf(WaitResult result) { return static_cast<int>(result); }
int ResultOf(QueueResult result) { return static_cast<int>(result); }
int ResultOf(const Popped<int>& popped) { return ResultOf(popped.result); }
int ResultOf(const BarrierResult& result) { return result.outcome; }
template <class T>
int ValueOf(const T&) {
  return 0;
}
int ValueOf(const Popped<int>& popped) { return popped.value.value_or(0); }

// A primitive and its model. Do() performs an operation on both, one of those
// below `operations`, for `waiter` if that matters; or returns no text, if it
// makes no sense.
class Subject {
 public:
  explicit Subject(int operations) : operations_(operations) {}
  virtual ~Subject() = default;

  int operations() const { return operations_; }
  virtual std::optional<std::string> Do(int operation, int waiter) = 0;

  Log& got() { return got_; }
  Log& want() { return want_; }

 protected:
  // Begins the wait of a coroutine for what `make(options)` returns.
  template <class Make>
  void Begin(int waiter, Make make) {
    sources_[waiter] = std::stop_source();
    waits_[waiter] = true;
    Await(waiter, std::move(make));
  }
  // The same with a token that is stopped already.
  template <class Make>
  void BeginStopped(int waiter, Make make) {
    sources_[waiter] = std::stop_source();
    sources_[waiter].request_stop();
    waits_[waiter] = true;
    Await(waiter, std::move(make));
  }
  void Stop(int waiter) { sources_[waiter].request_stop(); }
  bool waits(int waiter) const { return waits_[waiter]; }
  WaitOptions options(int waiter) { return sources_[waiter].get_token(); }

  // The model says that a wait ends.
  void Want(int waiter, int result, int value = 0) {
    want_.push_back({waiter, result, value});
  }
  // What a call has returned, and should have.
  void Compare(int64_t got, int64_t want) {
    got_.push_back({kCall, static_cast<int>(got), 0});
    Want(kCall, static_cast<int>(want));
  }
  void Got(int waiter, int result, int value) {
    waits_[waiter] = false;
    got_.push_back({waiter, result, value});
  }

 private:
  template <class Make>
  Detached Await(int waiter, Make make) {
    const auto end = co_await make(options(waiter));
    Got(waiter, ResultOf(end), ValueOf(end));
  }

  const int operations_;
  Log got_, want_;
  std::array<std::stop_source, kWaiters> sources_;
  std::array<bool, kWaiters> waits_{};
};

// What is taken one by one, first in, first out.
class Grants : public Subject {
 public:
  using Subject::Subject;

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

class LatchSubject : public Subject {
 public:
  LatchSubject() : Subject(5) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    const auto wait = [this](const WaitOptions& options) {
      return latch_.AsyncWait(options);
    };
    const int count = waiter % 2 + 1;
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
          line_.Join(waiter, 0);
        }
        Begin(waiter, wait);
        return absl::StrCat("wait ", waiter);
      case 2:
        if (waits(waiter)) return std::nullopt;
        Want(waiter, left_ == 0 ? kReady : kCancelled);
        BeginStopped(waiter, wait);
        return absl::StrCat("wait stopped ", waiter);
      case 3: {
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
class BarrierSubject : public Subject {
 public:
  BarrierSubject() : Subject(6) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    const auto arrive = [this](const WaitOptions& options) {
      return barrier_.AsyncArriveAndWait(options);
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
        if (!Arrive(waiter)) line_.Join(waiter, 0);
        Begin(waiter, arrive);
        return Seen(absl::StrCat("arrive ", waiter));
      case 2:
        if (waits(waiter)) return std::nullopt;
        if (!Arrive(waiter)) GiveUp(waiter);
        BeginStopped(waiter, arrive);
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
      Want(waiter, BarrierResult::kBroken);
      return true;
    }
    if (line_.size() + 1 < parties_) return false;
    line_.Join(waiter, 0);
    EndAll(BarrierResult::kComplete);
    return true;
  }
  void GiveUp(int waiter) {
    Want(waiter, BarrierResult::kCancelled);
    if (kGivingUp == Barrier::kTakesArrivalBack) return;
    broken_ = true;
    EndAll(BarrierResult::kBroken);
  }
  // Returns how many there were.
  int64_t EndAll(BarrierResult::Outcome outcome) {
    int64_t count = 0;
    for (; !line_.empty(); ++count) Want(line_.Pop().number, outcome);
    return count;
  }
  std::string Seen(std::string text) {
    Compare(barrier_.arrived(), static_cast<int64_t>(line_.size()));
    Compare(barrier_.broken(), broken_);
    return text;
  }

  Barrier barrier_{3, kGivingUp};
  Line line_;
  size_t parties_ = 3;
  bool broken_ = false;
};

// With a mutex that operations lock and unlock, too.
class ConditionSubject : public Subject {
 public:
  ConditionSubject() : Subject(6) {}

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

// By what is left over, so that some values are alike.
struct ByRemainder {
  bool operator()(int a, int b) const { return a % 3 < b % 3; }
};

template <class Q>
class QueueSubject : public Subject {
 public:
  QueueSubject() : Subject(7) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    const int value = next_value_;
    switch (operation) {
      case 0:
        if (!waits(waiter)) return std::nullopt;
        pushing_.Leave(waiter);
        popping_.Leave(waiter);
        Want(waiter, kCancelled);
        Stop(waiter);
        return absl::StrCat("stop ", waiter);
      case 1:
        if (waits(waiter)) return std::nullopt;
        ++next_value_;
        pushing_.Join(waiter, value);
        Serve();
        Begin(waiter, [=, this](const WaitOptions& options) {
          return queue_.AsyncPush(value, options);
        });
        return absl::StrCat("push ", waiter, " ", value);
      case 2:
        if (waits(waiter)) return std::nullopt;
        popping_.Join(waiter, 0);
        Serve();
        Begin(waiter, [this](const WaitOptions& options) {
          return queue_.AsyncPop(options);
        });
        return absl::StrCat("pop ", waiter);
      case 3: {
        ++next_value_;
        const bool room =
            !closed_ && pushing_.empty() && values_.size() < kBound;
        if (room) values_.push_back(value);
        Serve();
        Compare(queue_.TryPush(value), room);
        return absl::StrCat("try to push ", value);
      }
      case 4: {
        int first = 0;
        if (!values_.empty()) first = TakeValue();
        Serve();
        Compare(queue_.TryPop().value_or(0), first);
        return "try to pop";
      }
      case 5:
        Compare(queue_.size(), static_cast<int64_t>(values_.size()));
        return "size";
      default:
        if (++tries_to_close_ % 8 != 0) return std::nullopt;
        closed_ = true;
        Serve();
        queue_.Close();
        return "close";
    }
  }

 private:
  static constexpr size_t kBound = 3;

  // In the order of the queue; the first of those that are alike.
  int TakeValue() {
    auto next = values_.begin();
    if constexpr (std::is_same_v<Q, LifoQueue<int>>) {
      next = values_.end() - 1;
    } else if constexpr (!std::is_same_v<Q, Queue<int>>) {
      next = std::min_element(next, values_.end(), ByRemainder());
    }
    const int value = *next;
    values_.erase(next);
    return value;
  }
  void Serve() {
    for (bool more = true; more;) {
      more = false;
      if (!pushing_.empty() && (closed_ || values_.size() < kBound)) {
        const Line::Waiter first = pushing_.Pop();
        if (!closed_) values_.push_back(first.what);
        Want(first.number,
             ResultOf(closed_ ? QueueResult::kClosed : QueueResult::kReady));
        more = true;
      }
      if (!popping_.empty() && (closed_ || !values_.empty())) {
        const Line::Waiter first = popping_.Pop();
        if (values_.empty()) {
          Want(first.number, ResultOf(QueueResult::kClosed));
        } else {
          Want(first.number, kReady, TakeValue());
        }
        more = true;
      }
    }
  }

  Q queue_{kBound};
  std::deque<int> values_;  // In the order in which they came.
  Line pushing_, popping_;
  bool closed_ = false;
  int tries_to_close_ = 0;
  int next_value_ = 1;
};

// Runs many sequences, of a length that lets all waits begin and end some
// times.
template <class S>
void RunAll(bool in_order) {
  constexpr int kSequences = 20'000;
  constexpr int kLength = 30;
  std::mt19937 random(1);
  int64_t operations = 0;
  int64_t ends = 0;
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    std::string history;
    auto subject = std::make_unique<S>();
    // At the end the mutex is let go of, if there is one, and all are stopped.
    for (int i = 0; i <= kLength + kWaiters; ++i) {
      int operation = static_cast<int>(random() % subject->operations());
      int waiter = static_cast<int>(random() % kWaiters);
      if (i == kLength) operation = subject->operations() - 1;
      if (i > kLength) {
        operation = 0;
        waiter = i - kLength - 1;
      }
      const std::optional<std::string> text = subject->Do(operation, waiter);
      if (!text.has_value()) continue;
      absl::StrAppend(&history, "  ", *text, "\n");
      ++operations;
      ends += static_cast<int64_t>(subject->got().size());
      Log got = std::exchange(subject->got(), {});
      Log want = std::exchange(subject->want(), {});
      if (!in_order) {
        const auto less = [](const Sight& a, const Sight& b) {
          return a.waiter < b.waiter;
        };
        std::stable_sort(got.begin(), got.end(), less);
        std::stable_sort(want.begin(), want.end(), less);
      }
      ASSERT_EQ(ToString(got), ToString(want)) << "after\n" << history;
    }
  }
  EXPECT_GT(ends, operations / 4);
  Tally("sequences", kSequences);
  Tally("operations", operations);
}

TEST(CompanionsSequencesTest, Semaphore) { RunAll<SemaphoreSubject>(true); }
TEST(CompanionsSequencesTest, AutoResetEvent) {
  RunAll<AutoResetEventSubject>(true);
}
TEST(CompanionsSequencesTest, Mutex) { RunAll<MutexSubject<Mutex>>(true); }
TEST(CompanionsSequencesTest, SharedMutex) {
  RunAll<MutexSubject<SharedMutex>>(true);
}
TEST(CompanionsSequencesTest, Condition) { RunAll<ConditionSubject>(true); }
TEST(CompanionsSequencesTest, Latch) { RunAll<LatchSubject>(true); }

// Where some waits end because of others, in which order is up to them.
TEST(CompanionsSequencesTest, Barrier) {
  RunAll<BarrierSubject<Barrier::kTakesArrivalBack>>(false);
}
TEST(CompanionsSequencesTest, BarrierThatBreaks) {
  RunAll<BarrierSubject<Barrier::kBreaks>>(false);
}
TEST(CompanionsSequencesTest, Queue) {
  RunAll<QueueSubject<Queue<int>>>(false);
}
TEST(CompanionsSequencesTest, LifoQueue) {
  RunAll<QueueSubject<LifoQueue<int>>>(false);
}
TEST(CompanionsSequencesTest, PriorityQueue) {
  RunAll<QueueSubject<PriorityQueue<int, ByRemainder>>>(false);
}

}  // namespace
}  // namespace synctest

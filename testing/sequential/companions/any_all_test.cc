// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Waits for any or all of several primitives, among waits for one of them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sync/auto_reset_event.h"
#include "sync/event.h"
#include "sync/semaphore.h"
#include "sync/shared_mutex.h"
#include "sync/wait_all.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"
#include "testing/sequential/companions/companion.h"

namespace synctest {
namespace {

using synclib::AnyResult;
using synclib::AsyncWaitAll;
using synclib::AsyncWaitAny;
using synclib::AutoResetEvent;
using synclib::Event;
using synclib::Semaphore;
using synclib::SharedMutex;
using synclib::Waitable;
using synclib::Waitables;
using synclib::WaitOptions;
using synclib::WaitResult;

// What can be waited for, and of which primitive it is.
enum Thing { kAuto, kPermit, kPermits, kSet, kRead, kWrite };
enum Primitive { kAutoResetEvent, kSemaphore, kEvent, kSharedMutex };
constexpr std::array<Primitive, 6> kOf = {kAutoResetEvent, kSemaphore,
                                          kSemaphore,      kEvent,
                                          kSharedMutex,    kSharedMutex};

// The primitives, as they are when nobody waits.
struct State {
  bool TakeIfThere(Thing thing) {
    switch (thing) {
      case kAuto:
        return std::exchange(is_auto_set, false);
      case kPermit:
      case kPermits: {
        const int count = thing == kPermit ? 1 : 2;
        if (permits < count) return false;
        permits -= count;
        return true;
      }
      case kSet:
        return is_set;
      case kRead:
        if (is_written) return false;
        ++readers;
        return true;
      case kWrite:
        if (is_written || readers != 0) return false;
        is_written = true;
        return true;
    }
    return false;
  }

  bool is_auto_set = false;
  int permits = 1;
  bool is_set = false;
  int readers = 0;
  bool is_written = false;
};

enum How { kOne, kAny, kAll };
struct Ask {
  How how;
  std::vector<Thing> things;
  bool is_stopped = false;  // From the beginning.
};
const std::vector<Ask>& Asks() {
  static const auto* const asks = new std::vector<Ask>({
      {kOne, {kAuto}},
      {kOne, {kPermit}},
      {kOne, {kPermits}},
      {kOne, {kSet}},
      {kOne, {kRead}},
      {kOne, {kWrite}},
      {kAny, {}},
      {kAny, {kSet, kSet}},
      {kAny, {kAuto, kPermit}},
      {kAny, {kPermits, kAuto, kSet}},
      {kAny, {kPermits, kPermit}},
      {kAny, {kPermits, kRead}},
      {kAny, {kWrite, kRead}},
      {kAny, {kSet, kWrite}},
      {kAny, {kPermit, kSet}, true},
      {kAll, {}},
      {kAll, {kSet, kSet}},
      {kAll, {kAuto, kPermit}},
      {kAll, {kSet, kPermits}},
      {kAll, {kWrite, kPermit, kSet}},
      {kAll, {kRead, kAuto}},
      {kAll, {kPermit, kSet}, true},
  });
  return *asks;
}

class AnyAllSubject : public Companion {
 public:
  AnyAllSubject() : Companion(kCalls + static_cast<int>(std::ssize(Asks()))) {}

  std::optional<std::string> Do(int operation, int waiter) override {
    std::optional<std::string> text;
    if (operation >= kCalls) {
      text = Start(operation - kCalls, waiter);
    } else {
      text = operation == 0 ? Cancel(waiter) : Call(operation);
    }
    if (!text.has_value()) return text;
    Settle(&for_all_, [this](int ends) { return TakeAll(*asks_[ends]); });
    Compare(semaphore_.permits(), state_.permits);
    Compare(event_.IsSet(), state_.is_set);
    size_t waiters = for_all_.size();  // Each at one of them at a time.
    for (const std::deque<Arm>& line : lines_) waiters += line.size();
    Compare(auto_reset_event_.waiters() + semaphore_.waiters() +
                event_.waiters() + shared_mutex_.waiters(),
            waiters);
    return text;
  }

 private:
  static constexpr int kCalls = 15;  // With the first operation.
  static constexpr int kBound = 3;
  static constexpr int kNone = -1;

  // A wait on one of the lists.
  struct Arm {
    int waiter;
    Thing thing;
    int index;
  };

  std::optional<std::string> Start(int number, int waiter) {
    if (waits(waiter)) return std::nullopt;
    const Ask& ask = Asks()[number];
    asks_[waiter] = &ask;
    if (ask.how == kAll && !ask.is_stopped) {
      for_all_.insert(waiter);
    } else if (ask.how == kAll) {
      Want(waiter, TakeAll(ask) ? kReady : kCancelled);
    } else if (!TakeOne(waiter)) {
      if (ask.is_stopped) Want(waiter, kCancelled, kNone);
      for (int i = 0; !ask.is_stopped && i < std::ssize(ask.things); ++i) {
        LineOf(ask.things[i]).push_back({waiter, ask.things[i], i});
      }
    }
    Await(waiter);
    return absl::StrCat("wait ", waiter, " by ", number);
  }

  void Await(int waiter) {
    const Ask& ask = *asks_[waiter];
    const auto for_any = [&](const WaitOptions& options) {
      return AsyncWaitAny(WaitablesOf(ask), options);
    };
    const auto for_all = [&](const WaitOptions& options) {
      return AsyncWaitAll(WaitablesOf(ask), options);
    };
    const auto see_any = [](const AnyResult& any) {
      return End{static_cast<int>(any.result), static_cast<int>(any.index)};
    };
    const auto see = [](WaitResult result) {
      return End{static_cast<int>(result)};
    };
    const auto begin = [&](const auto& make, const auto& see_end) {
      if (ask.is_stopped) {
        BeginStopped(waiter, make, see_end);
      } else {
        Begin(waiter, make, see_end);
      }
    };
    switch (ask.how) {
      case kOne:
        return WithOne(ask.things[0],
                       [&](const auto& make) { begin(make, see); });
      case kAny:
        return begin(for_any, see_any);
      case kAll:
        return begin(for_all, see);
    }
  }
  // Calls begin(make), where make(options) is a wait for the thing alone.
  template <class Begin>
  void WithOne(Thing thing, Begin begin) {
    switch (thing) {
      case kAuto:
        return begin([this](const WaitOptions& options) {
          return auto_reset_event_.AsyncWait(options);
        });
      case kPermit:
        return begin([this](const WaitOptions& options) {
          return semaphore_.AsyncAcquire(options);
        });
      case kPermits:
        return begin([this](const WaitOptions& options) {
          return semaphore_.AsyncAcquireMany(2, options);
        });
      case kSet:
        return begin([this](const WaitOptions& options) {
          return event_.AsyncWait(options);
        });
      case kRead:
        return begin([this](const WaitOptions& options) {
          return shared_mutex_.AsyncLockShared(options);
        });
      default:
        return begin([this](const WaitOptions& options) {
          return shared_mutex_.AsyncLock(options);
        });
    }
  }
  Waitables WaitablesOf(const Ask& ask) {
    const std::array<Waitable, 6> all = {auto_reset_event_,      semaphore_,
                                         semaphore_.Many(2),     event_,
                                         shared_mutex_.Shared(), shared_mutex_};
    std::vector<Waitable> some;
    for (const Thing thing : ask.things) some.push_back(all[thing]);
    return Waitables(some);
  }

  std::optional<std::string> Cancel(int waiter) {
    if (!waits(waiter)) return std::nullopt;
    const Ask& ask = *asks_[waiter];
    winners_.clear();
    if (ask.how == kAll) for_all_.erase(waiter);
    for (int i = 0; ask.how != kAll && i < std::ssize(ask.things); ++i) {
      std::erase_if(LineOf(ask.things[i]), [=](const Arm& arm) {
        return arm.waiter == waiter && arm.index == i;
      });
      // Maybe to the same wait, which has been in its own way.
      Serve(ask.things[i]);
    }
    if (!winners_.contains(waiter)) {
      want().insert(want().begin(),
                    {waiter, kCancelled, ask.how == kAny ? kNone : 0});
    }
    Stop(waiter);
    return absl::StrCat("stop ", waiter);
  }

  std::optional<std::string> Call(int operation) {
    switch (operation) {
      case 1: {
        const bool releases = !LineOf(kAuto).empty();
        state_.is_auto_set = true;
        Serve(kAuto);
        Compare(auto_reset_event_.Set(), releases);
        return "set the one";
      }
      case 2:
        state_.is_auto_set = false;
        auto_reset_event_.Clear();
        return "clear the one";
      case 3:
        Compare(auto_reset_event_.TryWait(), Take(kAuto));
        return "try the one";
      case 4:
        return Release(1);
      case 5:
        return Release(2);
      case 6:
        Compare(semaphore_.TryAcquire(), Take(kPermit));
        return "try to acquire 1";
      case 7:
        Compare(semaphore_.TryAcquireMany(2), Take(kPermits));
        return "try to acquire 2";
      case 8:
        Broadcast(!state_.is_set, true, &Event::Set);
        return "set";
      case 9:
        state_.is_set = false;
        event_.Clear();
        return "clear";
      case 10:
        Broadcast(true, false, &Event::Pulse);
        return "pulse";
      case 11:
        if (!std::exchange(state_.is_written, false)) return std::nullopt;
        Serve(kWrite);
        shared_mutex_.unlock();
        return "unlock";
      case 12:
        if (state_.readers == 0) return std::nullopt;
        --state_.readers;
        Serve(kRead);
        shared_mutex_.unlock_shared();
        return "unlock shared";
      case 13:
        Compare(shared_mutex_.try_lock(), Take(kWrite));
        return "try to lock";
      default:
        Compare(shared_mutex_.try_lock_shared(), Take(kRead));
        return "try to lock shared";
    }
  }
  std::string Release(int count) {
    const bool fits = state_.permits + count <= kBound;
    if (fits) state_.permits += count;
    Serve(kPermit);
    Compare(semaphore_.Release(count), fits);
    return absl::StrCat("release ", count);
  }
  void Broadcast(bool releases, bool is_set, size_t (Event::*call)()) {
    state_.is_set = is_set;
    std::vector<int> released;
    while (releases && !LineOf(kSet).empty()) {
      released.push_back(Win(LineOf(kSet).front()));
    }
    MakeWay(released);
    const size_t count = (event_.*call)();
    // Those who wait for all may count, if they have looked at the event.
    const size_t most = released.size() + for_all_.size();
    Compare(released.size() <= count && count <= most, true);
  }

  std::deque<Arm>& LineOf(Thing thing) { return lines_[kOf[thing]]; }

  // Takes what nobody waits for.
  bool Take(Thing thing) {
    return (thing == kSet || LineOf(thing).empty()) &&
           state_.TakeIfThere(thing);
  }
  bool TakeOne(int waiter) {
    const std::vector<Thing>& things = asks_[waiter]->things;
    const auto first =
        std::find_if(things.begin(), things.end(),
                     [this](Thing thing) { return Take(thing); });
    if (first == things.end()) return false;
    Want(waiter, kReady, static_cast<int>(first - things.begin()));
    return true;
  }
  // All or nothing.
  bool TakeAll(const Ask& ask) {
    const State before = state_;
    for (const Thing thing : ask.things) {
      if (Take(thing)) continue;
      state_ = before;
      return false;
    }
    return true;
  }

  // Grants what is there to who waits for it, as long as it lasts; and then to
  // those for whom they have made way on other lists.
  void Serve(Thing thing) {
    std::deque<Arm>& line = LineOf(thing);
    std::vector<int> served;
    while (!line.empty() && state_.TakeIfThere(line.front().thing)) {
      served.push_back(Win(line.front()));
    }
    MakeWay(served);
  }
  int Win(Arm arm) {
    Want(arm.waiter, kReady, arm.index);
    winners_.insert(arm.waiter);
    Leave(arm.waiter);
    return arm.waiter;
  }
  void Leave(int waiter) {
    for (std::deque<Arm>& line : lines_) {
      std::erase_if(line, [=](const Arm& arm) { return arm.waiter == waiter; });
    }
  }
  void MakeWay(const std::vector<int>& waiters) {
    for (const int waiter : waiters) {
      for (const Thing thing : asks_[waiter]->things) {
        if (thing != kSet) Serve(thing);
      }
    }
  }

  AutoResetEvent auto_reset_event_;
  Semaphore semaphore_{1, kBound};
  Event event_;
  SharedMutex shared_mutex_;
  State state_;
  std::array<const Ask*, kWaiters> asks_{};
  std::array<std::deque<Arm>, 4> lines_;  // By Primitive.
  std::set<int> winners_;                 // Of an operation.
  std::set<int> for_all_;                 // Who waits for all.
};
TEST(CompanionsSequencesTest, AnyAndAll) {
  RunAll<AnyAllSubject>(Order::kInOrder, 3);
}

}  // namespace
}  // namespace synctest

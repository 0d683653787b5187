// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of code that the library calls: where it
// is called, with what in the library's hands, and on how much stack.

#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/atomic.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Atomic;
using model::Check;
using model::Place;
using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::Thread;
using synclib::Event;
using synclib::Executor;
using synclib::WaitOptions;
using synclib::WaitResult;
using synclib::Work;

// What a thread sleeps for until another one raises it.
class Flag {
 public:
  void Await() const {
    while (raised_.load(std::memory_order_acquire) == 0) {
      model::Sleep(&raised_, sizeof(raised_), 0, INT64_MAX, Place::current());
    }
  }
  // Wakes by address: the flag may be gone once it is raised.
  void Raise() {
    const void* const address = &raised_;
    raised_.store(1, std::memory_order_release);
    model::Wake(address, INT_MAX, Place::current());
  }

 private:
  Atomic<uint32_t> raised_{0};
};

// Code that the library calls: says when it begins, goes on when it may, and
// says when it is over.
class Stop {
 public:
  void Run() {
    begun_.Raise();
    may_go_on_.Await();
    over_.Raise();
  }
  void AwaitBegun() const { begun_.Await(); }
  void GoOn() {
    may_go_on_.Raise();
    over_.Await();
  }

 private:
  Flag begun_, may_go_on_, over_;
};

// Frees itself when it is called.
class StoppingCallback : public SpecifiedCallback {
 public:
  explicit StoppingCallback(Stop& stop)
      : SpecifiedCallback(&Fired), stop_(stop) {}

 private:
  static void Fired(SpecifiedCallback& callback, WaitResult) noexcept {
    auto* const self = static_cast<StoppingCallback*>(&callback);
    Stop& stop = self->stop_;
    delete self;
    stop.Run();
  }

  Stop& stop_;
};

// Does what takes the list of `event` for some steps.
void UseTheList(SpecifiedEvent& event) {
  SpecifiedCallback callback;
  (void)event.event().waiters();
  Check(!event.AddPast(event.epoch(), callback).has_value(), "no broadcast");
  Check(callback.Remove() == SpecifiedCallback::kRemoved,
        "it was not released");
  Check(event.WaitPast(event.epoch(), absl::ZeroDuration()) ==
            WaitResult::kTimeout,
        "still no broadcast");
}

// Takes the timers for some steps.
class TimersUser {
 public:
  // What an hour that passes may have left behind is over.
  ~TimersUser() {
    if (begun_) over_.Await();
  }

  void Use() {
    begun_ = true;
    Await(*this);
    event_.Set();
  }

 private:
  static Detached Await(TimersUser& user) {
    Flag& over = user.over_;
    (void)co_await user.event_.AsyncWait(absl::Hours(1));
    over.Raise();
  }

  bool begun_ = false;
  SpecifiedEvent event_;
  Flag over_;
};

TEST(CalloutScenario, S6_TheListIsFreeWhileABroadcastCalls) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Stop stop;
        Check(!event.Add(*new StoppingCallback(stop)).has_value(), "not set");
        Thread setter("setter", [&] { event.Set(); });
        stop.AwaitBegun();
        UseTheList(event);
        stop.GoOn();
      },
      {.suspensions = 0});
}

TEST(CalloutScenario, S6_TheListIsFreeWhileACoroutineIsResumed) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Stop stop;
        auto wait = [&]() -> Detached {
          co_await event;
          stop.Run();
        };
        wait();
        Thread setter("setter", [&] { event.Pulse(); });
        stop.AwaitBegun();
        UseTheList(event);
        stop.GoOn();
      },
      {.suspensions = 0});
}

// No faults: a limit that comes while the wait begins ends it in this thread.
TEST(CalloutScenario, S6_TheTimersAreFreeWhileWhatHadALimitIsResumed) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Stop stop;
        TimersUser user;
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Hours(100));
          stop.Run();
        };
        wait();
        Thread setter("setter", [&] { event.Pulse(); });
        stop.AwaitBegun();
        user.Use();
        stop.GoOn();
      },
      {.plain = 1, .faults = 0, .suspensions = 0});
}

// Calls of a callback whose limit comes.
void UseWhileATimeoutCalls(void (*use)(SpecifiedEvent&, TimersUser&)) {
  ExploreAll(
      [use] {
        SpecifiedEvent event;
        Stop stop;
        TimersUser user;
        auto* const callback = new StoppingCallback(stop);
        // An hour may pass.
        if (event.Add(*callback, absl::Seconds(1)).has_value()) {
          delete callback;
          return;
        }
        stop.AwaitBegun();
        use(event, user);
        stop.GoOn();
      },
      kOfLongScenario);
}

TEST(CalloutScenario, S6_TheListIsFreeWhileATimeoutCalls) {
  UseWhileATimeoutCalls(
      [](SpecifiedEvent& event, TimersUser&) { UseTheList(event); });
}
TEST(CalloutScenario, S6_TheTimersAreFreeWhileATimeoutCalls) {
  UseWhileATimeoutCalls([](SpecifiedEvent&, TimersUser& user) { user.Use(); });
}

struct StoppingExecutor : Executor {
  bool Post(Work*) noexcept override {
    stop.Run();
    return false;
  }
  Stop stop;
};

TEST(CalloutScenario, S6_TheListIsFreeWhileAnExecutorIsOffered) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        StoppingExecutor executor;
        auto wait = [&]() -> Detached {
          co_await event.AsyncWait().On(executor);
        };
        wait();
        Thread setter("setter", [&] { event.Pulse(); });
        executor.stop.AwaitBegun();
        UseTheList(event);
        executor.stop.GoOn();
        setter.join();
      },
      {.suspensions = 0});
}

// Offers of a coroutine whose limit comes.
void UseWhileATimeoutIsOffered(void (*use)(SpecifiedEvent&, TimersUser&)) {
  ExploreAll(
      [use] {
        SpecifiedEvent event("event"), over("over");
        StoppingExecutor executor;
        TimersUser user;
        auto wait = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Seconds(1)).On(executor);
          over.Set();
        };
        // An hour may pass.
        wait();
        if (over.IsSet()) return;
        executor.stop.AwaitBegun();
        use(event, user);
        executor.stop.GoOn();
        over.Wait();
      },
      kOfLongScenario);
}

TEST(CalloutScenario, S6_TheListIsFreeWhileATimeoutIsOffered) {
  UseWhileATimeoutIsOffered(
      [](SpecifiedEvent& event, TimersUser&) { UseTheList(event); });
}
TEST(CalloutScenario, S6_TheTimersAreFreeWhileATimeoutIsOffered) {
  UseWhileATimeoutIsOffered(
      [](SpecifiedEvent&, TimersUser& user) { user.Use(); });
}

// Each of the coroutines sets the event that the next one waits for. If they
// were resumed inside one another, the stack would be too deep for the machine.
TEST(CalloutScenario, S7_AChainOfBroadcastsNeedsNoStack) {
  ExploreAll(
      [] {
        constexpr int kLength = 50;
        // Plain: as many specifications take more time than the steps.
        const auto events = std::make_unique<Event[]>(kLength + 1);
        for (int i = 0; i <= kLength; ++i) model::NameEvent(events[i], "event");
        auto link = [&events](int i) -> Detached {
          co_await events[i];
          events[i + 1].Set();
        };
        for (int i = 0; i < kLength; ++i) link(i);
        Thread other("other", [&] { events[kLength / 2].Set(); });
        events[0].Set();
        events[kLength].Wait();
        other.join();
      },
      kOfLongScenario);
}

// Does with what it is offered whatever an executor may do. Keeps two at most.
class Whimsical : public Executor {
 public:
  bool Post(Work* work) noexcept override {
    const size_t whim = model::Pick(4);
    if (whim < 2) Put(work, whim);
    if (whim == 2) work->Run();
    return whim <= 2;
  }

  // A wait under this executor is over.
  void Finish() { Change(kFinished); }

  // Runs what it has kept, until so many waits are over and nobody posts.
  void RunUntil(int waits) {
    const uint32_t over = static_cast<uint32_t>(waits) * kFinished;
    for (;;) {
      const uint32_t heard = state_.load(std::memory_order_acquire);
      if (Work* const work = Take(); work != nullptr) {
        work->Run();
      } else if (heard / kPosting == over / kPosting) {
        return;
      } else {
        model::Sleep(&state_, sizeof(state_), heard, INT64_MAX,
                     Place::current());
      }
    }
  }

 private:
  // Parts of the state: counts of changes, of calls that may still touch this
  // object, and of waits that are over.
  static constexpr uint32_t kChange = 1;
  static constexpr uint32_t kPosting = 1 << 8;
  static constexpr uint32_t kFinished = 1 << 16;

  // Wakes by address: this object may be gone then.
  void Change(uint32_t added) {
    const void* const address = &state_;
    state_.fetch_add(added, std::memory_order_acq_rel);
    model::Wake(address, INT_MAX, Place::current());
  }
  void Put(Work* work, size_t at) {
    state_.fetch_add(kPosting, std::memory_order_relaxed);
    Work* none = nullptr;
    if (!works_[at].compare_exchange_strong(
            none, work, std::memory_order_release, std::memory_order_relaxed)) {
      works_[1 - at].store(work, std::memory_order_release);
    }
    Change(kChange - kPosting);
  }
  // Null: there is none.
  Work* Take() {
    for (Atomic<Work*>& kept : works_) {
      Work* const work = kept.exchange(nullptr, std::memory_order_acquire);
      if (work != nullptr) return work;
    }
    return nullptr;
  }

  Atomic<uint32_t> state_{0};
  Atomic<Work*> works_[2] = {};  // In the order in which they are run.
};

void AwaitUnderWhimsicalExecutor(int waits, const WaitOptions& options) {
  ExploreAll(
      [waits, &options] {
        SpecifiedEvent event;
        Whimsical executor;
        int runs[2] = {};
        auto wait = [&](int& mine) -> Detached {
          (void)co_await event.AsyncWait(options).On(executor);
          ++mine;
          executor.Finish();
        };
        Thread runner("runner", [&] { executor.RunUntil(waits); });
        wait(runs[0]);
        if (waits == 2) {
          Thread setter("setter", [&] { event.Set(); });
          wait(runs[1]);
        } else {
          event.Set();
        }
        runner.join();
        Check(runs[0] == 1 && runs[1] == waits - 1, "each went on once");
      },
      kOfLongScenario);
}

TEST(CalloutScenario, S1_AnExecutorDoesAsItLikes) {
  AwaitUnderWhimsicalExecutor(2, WaitOptions());
}
TEST(CalloutScenario, S1_AnExecutorDoesAsItLikesWithALimit) {
  AwaitUnderWhimsicalExecutor(1, absl::Seconds(1));
}

}  // namespace
}  // namespace synctest

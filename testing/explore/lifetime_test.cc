// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of broadcasts and the end of what they
// concern: the event, a node, a frame.

#include <memory>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/wait_any.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/engine.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::StopSource;
using model::Thread;
using synclib::Callback;
using synclib::Event;
using synclib::WaitResult;

TEST(LifetimeScenario, S5_TheEventGoesAfterTheWait) {
  ExploreAll(
      [] {
        auto event = std::make_unique<SpecifiedEvent>();
        int data = 0;
        Thread setter("setter", [&data, e = event.get()] {
          data = 42;
          e->Set();
        });
        setter.NeverWaits();
        event->Wait();
        event.reset();
        Check(data == 42, "visible");
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

TEST(LifetimeScenario, S5_TheEventGoesAfterAWaitWithALimitThatIsReady) {
  ExploreAll(
      [] {
        auto event = std::make_unique<SpecifiedEvent>();
        Thread setter("setter", [e = event.get()] { e->Set(); });
        setter.NeverWaits();
        if (event->Wait(absl::Seconds(1)) == WaitResult::kReady) event.reset();
        // Otherwise Set() may still be coming.
        setter.join();
      },
      {.plain = 3, .faults = 3, .stale = 3});
}

TEST(LifetimeScenario, S5_TheEventGoesAfterATrueIsSet) {
  ExploreAll(
      [] {
        auto event = std::make_unique<SpecifiedEvent>();
        Thread setter("setter", [e = event.get()] { e->Set(); });
        while (!event->IsSet()) model::Yield(model::Place::current());
        event.reset();
      },
      {.plain = 4, .faults = 3, .stale = 3, .suspensions = 0});
}

// The other wait has joined: it is released by the same broadcast, and may be
// on its way out.
TEST(LifetimeScenario, S5_TheEventGoesWhileAnotherReleasedWaitReturns) {
  ExploreAll(
      [] {
        auto event = std::make_unique<SpecifiedEvent>();
        SpecifiedEvent* const e = event.get();
        Thread other("other", [e] { e->Wait(); });
        while (e->event().waiters() == 0) {
          model::Yield(model::Place::current());
        }
        Thread setter("setter", [e] { e->Set(); });
        event->Wait();
        event.reset();
      },
      {.suspensions = 0});
}

TEST(LifetimeScenario, S5_ACoroutineThatIsResumedFreesTheEvent) {
  ExploreAll(
      [] {
        auto* const event = new SpecifiedEvent;
        Thread setter("setter", [event] { event->Set(); });
        setter.NeverWaits();
        auto wait = [](SpecifiedEvent* e) -> Detached {
          co_await *e;
          delete e;
        };
        wait(event);
      },
      {.plain = 4, .faults = 3, .stale = 3});
}

// A callback of an event on the heap, which its function deletes.
struct Deleting : SpecifiedCallback {
  Deleting(SpecifiedEvent* e, SpecifiedEvent& o)
      : SpecifiedCallback(&Fired), event(e), over(o) {}
  static void Fired(SpecifiedCallback& callback, WaitResult) noexcept {
    auto& self = static_cast<Deleting&>(callback);
    delete self.event;
    Check(self.Remove() == kTaken, "it is running");
    self.over.Set();
  }
  SpecifiedEvent* const event;
  SpecifiedEvent& over;
};

TEST(LifetimeScenario, S5_ACallbackThatHasFreedTheEventIsRemoved) {
  ExploreAll(
      [] {
        auto* const event = new SpecifiedEvent;
        SpecifiedEvent over("over");
        Deleting callback(event, over);
        Check(!event->Add(callback).has_value(), "not set");
        Thread setter("setter", [event] { event->Set(); });
        over.Wait();
        setter.join();
        Check(callback.Remove() == SpecifiedCallback::kHasRun, "it has run");
      },
      {.suspensions = 0});
}

// Though its function has added it again, and it was ready at once.
TEST(LifetimeScenario, S5_ACallbackIsNotDestroyedWhileItsFunctionRuns) {
  struct Again : Callback {
    Again(Event& e, Event& a) : Callback(&Fired), event(e), added(a) {}
    static void Fired(Callback& callback, WaitResult) noexcept {
      auto& self = static_cast<Again&>(callback);
      Check(self.AddTo(self.event).has_value(), "it is set");
      self.added.Set();
      ++self.count;
    }
    Event& event;
    Event& added;
    int count = 0;
  };
  ExploreAll(
      [] {
        Event event;
        Event added;
        auto callback = std::make_unique<Again>(event, added);
        Check(!callback->AddTo(event).has_value(), "not set");
        Thread setter("setter", [&] { event.Set(); });
        added.Wait();
        while (callback->Remove() == Callback::kTaken) {
          model::Yield(model::Place::current());
        }
        Check(callback->count == 1, "its function has returned");
        callback.reset();
        setter.join();
      },
      {.suspensions = 0});
}

TEST(LifetimeScenario, S7_AResumedCoroutineDestroysTheNext) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Detached second = {};
        auto destroys = [&]() -> Detached {
          co_await event;
          second.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          co_await event;
          Check(false, "it was destroyed before");
        };
        destroys();
        second = waits();
        Thread counter("counter", [&] { (void)event.event().waiters(); });
        Thread setter("setter", [&] { event.Set(); });
        counter.join();
        setter.join();
      },
      {.plain = 3, .faults = 2, .stale = 2, .suspensions = 0});
}

TEST(LifetimeScenario, S7_AResumedCoroutineDestroysOneThatItHasReleased) {
  ExploreAll(
      [] {
        SpecifiedEvent first;
        SpecifiedEvent second;
        Detached released = {};
        auto destroys = [&]() -> Detached {
          co_await first;
          second.Set();
          released.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          co_await second;
          Check(false, "it was destroyed before");
        };
        destroys();
        released = waits();
        Thread counter("counter", [&] { (void)first.event().waiters(); });
        Thread setter("setter", [&] { first.Set(); });
        counter.join();
        setter.join();
      },
      {.suspensions = 0});
}

// Nothing is left of the limit of the one that is destroyed: its time comes,
// and it is gone. No faults: a limit that comes before would end the wait while
// it is destroyed.
TEST(LifetimeScenario, S7_AResumedCoroutineDestroysTheNextWithItsLimit) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Detached second = {};
        auto destroys = [&]() -> Detached {
          co_await event;
          second.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          (void)co_await event.AsyncWait(absl::Hours(1));
          Check(false, "it was destroyed before");
        };
        destroys();
        second = waits();
        event.Set();
        (void)SpecifiedEvent().Wait(absl::Hours(2));
      },
      {.faults = 0, .suspensions = 0});
}

// Another thread has its other arm in its hands.
TEST(LifetimeScenario, S7_AResumedCoroutineDestroysOneThatWaitsForAny) {
  ExploreAll(
      [] {
        Event event, other, claimed;
        Detached second = {};
        auto destroys = [&]() -> Detached {
          co_await event;
          claimed.Set();
          second.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          (void)co_await synclib::AsyncWaitAny({event, other});
          Check(false, "it was destroyed before");
        };
        destroys();
        second = waits();
        Thread loser("loser", [&] {
          claimed.Wait();
          other.Set();
        });
        event.Set();
        loser.join();
      },
      {.suspensions = 0});
}

// It has been stopped, and waits for the arm that its destroyer's thread has.
TEST(LifetimeScenario, S7_AResumedCoroutineDestroysOneThatWaitsForItsArm) {
  ExploreAll(
      [] {
        Event first, second, over;
        StopSource source;
        Detached waiting = {};
        bool goes_on = false;
        auto destroys = [&]() -> Detached {
          co_await second;
          if (over.IsSet() && !goes_on) waiting.handle.destroy();
        };
        auto waits = [&]() -> Detached {
          (void)co_await synclib::AsyncWaitAny({first, second},
                                               source.get_token());
          goes_on = true;
        };
        destroys();
        waiting = waits();
        Thread stopper("stopper", [&] {
          source.request_stop();
          over.Set();
        });
        second.Set();
        stopper.join();
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

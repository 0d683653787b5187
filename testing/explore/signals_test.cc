// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of an operation on an event and of
// signal handlers that use the same event, at any step of the operation, in its
// thread. All who wait are blocked threads: then a handler may broadcast, too.

#include <functional>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SignalHandler;
using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::Thread;
using synclib::WaitResult;

// Runs `operation` in a thread that a handler interrupts, beside another one
// that waits. The handler does each of what it may do.
void Interrupt(const std::function<void(SpecifiedEvent&)>& operation) {
  SpecifiedEvent event;
  Thread waiter("waiter", [&] { (void)event.Wait(); });
  Thread host("host", [&] {
    SignalHandler handler("handler", [&] {
      switch (model::Pick(4)) {
        case 0:
          event.Set();
          break;
        case 1:
          event.Pulse();
          break;
        case 2:
          event.Clear();
          break;
        default:
          (void)event.IsSet();
          (void)event.epoch();
      }
    });
    operation(event);
  });
  host.join();
  event.Set();  // The handler may have cleared.
}

TEST(SignalScenario, S1_AHandlerInterruptsSet) {
  ExploreAll([] { Interrupt([](SpecifiedEvent& event) { event.Set(); }); },
             {.suspensions = 0});
}
TEST(SignalScenario, S1_AHandlerInterruptsPulse) {
  ExploreAll([] { Interrupt([](SpecifiedEvent& event) { event.Pulse(); }); },
             {.suspensions = 0});
}
TEST(SignalScenario, S1_AHandlerInterruptsAWaitThatGivesUp) {
  ExploreAll(
      [] {
        Interrupt(
            [](SpecifiedEvent& event) { (void)event.Wait(absl::Seconds(1)); });
      },
      {.suspensions = 0});
}

// Who waits for the first broadcast is released by the handler only, wherever
// the wait that it interrupts stands: it joins, holds the list, sleeps.
void ReleaseByHandler(const std::function<void(SpecifiedEvent&)>& broadcast) {
  SpecifiedEvent event;
  Thread other("other", [&] { (void)event.WaitPast(0); });
  Thread host("host", [&] {
    SignalHandler handler("handler", [&] { broadcast(event); });
    (void)event.WaitPast(0);
  });
}

TEST(SignalScenario, S1_AHandlerThatSetsReleasesItsThread) {
  ExploreAll([] { ReleaseByHandler([](SpecifiedEvent& e) { e.Set(); }); },
             {.suspensions = 0});
}
TEST(SignalScenario, S1_AHandlerThatPulsesReleasesItsThread) {
  ExploreAll([] { ReleaseByHandler([](SpecifiedEvent& e) { e.Pulse(); }); },
             {.suspensions = 0});
}

// The handler finds the list in the hands of the wait that it interrupts, which
// leaves it because its limit has come.
TEST(SignalScenario, S1_AHandlerReleasesOthersWhileItsThreadGivesUp) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Thread other("other", [&] { (void)event.WaitPast(0); });
        Thread host("host", [&] {
          SignalHandler handler("handler", [&] { event.Pulse(); });
          (void)event.WaitPast(0, absl::Seconds(1));
        });
      },
      {.suspensions = 0});
}

// Neither does the handler run the callback, nor does it look whether there is
// one to run.
TEST(SignalScenario, S6_AHandlerLeavesAloneWhatItsThreadRuns) {
  ExploreAll(
      [] {
        struct Counter : SpecifiedCallback {
          Counter() : SpecifiedCallback(&Fired) {}
          static void Fired(SpecifiedCallback& self, WaitResult) noexcept {
            ++static_cast<Counter&>(self).count;
          }
          int count = 0;
        };
        SpecifiedEvent event;
        Thread waiter("waiter", [&] { (void)event.Wait(); });
        Thread host("host", [&] {
          SpecifiedEvent other("other");
          Counter counter;
          Check(!other.Add(counter).has_value(), "not set");
          SignalHandler handler("handler", [&] { event.Set(); });
          other.Set();
          Check(counter.count == 1, "run by the thread, not by the handler");
        });
      },
      {.suspensions = 0});
}

TEST(SignalScenario, S1_TwoHandlersInterruptOneThread) {
  ExploreAll(
      [] {
        SpecifiedEvent event;
        Thread other("other", [&] { (void)event.WaitPast(0); });
        Thread host("host", [&] {
          SignalHandler setter("setter", [&] { event.Set(); });
          SignalHandler clearer("clearer", [&] { event.Clear(); });
          (void)event.WaitPast(0);
        });
      },
      {.suspensions = 0});
}

}  // namespace
}  // namespace synctest

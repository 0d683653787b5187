// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of two waits and a broadcast: the
// largest of the scenarios.

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::Check;
using model::SpecifiedEvent;
using model::Thread;

TEST(TwoWaitersScenario, S2_APulseReleasesWhoHasJoined) {
  ExploreAll([] {
    SpecifiedEvent event;
    int data = 0;
    Thread first("first", [&] {
      event.WaitPast(0);
      Check(data >= 1, "what came before the pulse is visible");
    });
    Thread second("second", [&] { (void)event.WaitPast(0, absl::Seconds(1)); });
    Thread setter("setter", [&] {
      data = 1;
      event.Set();
      event.Clear();
      event.Pulse();
    });
    setter.NeverWaits();
  });
}

TEST(TwoWaitersScenario, S2_OneWaiterActsBeforeTheOtherIsReleased) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread first("first", [&] {
      event.WaitPast(0);
      event.Clear();
      (void)event.Wait(absl::Seconds(1));
    });
    Thread second("second", [&] { event.WaitPast(0); });
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
  });
}

TEST(TwoWaitersScenario, S1_OneOfThreeGivesUp) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread first("first", [&] { event.Wait(); });
    Thread second("second", [&] { (void)event.Wait(absl::Seconds(1)); });
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
  });
}

}  // namespace
}  // namespace synctest

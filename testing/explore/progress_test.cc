// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Every interleaving, within a budget, of a setter and of one other thread that
// may stand still for ever, anywhere: the setter waits for nobody. What it
// posts to the library's executors is in executors_test.cc.

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/explore/explore_all.h"
#include "testing/model/event_spec.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest {
namespace {

using model::SpecifiedCallback;
using model::SpecifiedEvent;
using model::StopSource;
using model::Thread;
using synclib::WaitOptions;
using synclib::WaitResult;

void UseAll(SpecifiedEvent& event) {
  event.Set();
  event.Clear();
  event.Pulse();
  event.IsSet();
  event.epoch();
}

TEST(ProgressScenario, L1_AllOperationsWhileAThreadWaits) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { event.WaitPast(0); });
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
  });
}

TEST(ProgressScenario, L1_AllOperationsWhileAThreadWithALimitWaits) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { (void)event.WaitPast(0, absl::Seconds(1)); });
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
  });
}

TEST(ProgressScenario, L1_AllOperationsWhileAThreadIsStopped) {
  ExploreAll([] {
    SpecifiedEvent event;
    StopSource source;
    Thread waiter("waiter",
                  [&] { (void)event.WaitPast(0, source.get_token()); });
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
    source.request_stop();
  });
}

Detached AwaitPast(SpecifiedEvent& event) { co_await event.AsyncWaitPast(0); }

Detached AwaitPast(SpecifiedEvent& event, WaitOptions options) {
  (void)co_await event.AsyncWaitPast(0, options);
}

TEST(ProgressScenario, L1_AllOperationsWhileACoroutineBeginsToWait) {
  ExploreAll([] {
    SpecifiedEvent event;
    Thread waiter("waiter", [&] { AwaitPast(event); });
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
    waiter.join();
    setter.join();
  });
}

TEST(ProgressScenario, L1_AllOperationsWhileACoroutineWithATokenBeginsToWait) {
  ExploreAll([] {
    SpecifiedEvent event;
    StopSource source;
    Thread waiter("waiter", [&] { AwaitPast(event, source.get_token()); });
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
    waiter.join();
    setter.join();
  });
}

// The setter puts down the limit, or leaves it to the timer thread.
TEST(ProgressScenario, L1_SetResumesACoroutineWithALimit) {
  ExploreAll([] {
    SpecifiedEvent event("event"), over("over");
    auto wait = [&]() -> Detached {
      (void)co_await event.AsyncWait(absl::Seconds(1));
      over.Set();
    };
    wait();
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    over.Wait();
    setter.join();
  });
}

TEST(ProgressScenario, L1_AllOperationsWhileACallbackIsAddedAndRemoved) {
  ExploreAll([] {
    SpecifiedEvent event;
    SpecifiedCallback callback;
    Thread setter("setter", [&] { UseAll(event); });
    setter.NeverWaits();
    (void)event.AddPast(0, callback);
    (void)callback.Remove();
    setter.join();
  });
}

struct FreesItself : SpecifiedCallback {
  explicit FreesItself(SpecifiedEvent& over)
      : SpecifiedCallback(&Fired), over(over) {}
  static void Fired(SpecifiedCallback& callback, WaitResult) noexcept {
    auto* const self = static_cast<FreesItself*>(&callback);
    SpecifiedEvent& over = self->over;
    delete self;
    over.Set();
  }
  SpecifiedEvent& over;
};

TEST(ProgressScenario, L1_SetCallsACallbackWithALimit) {
  ExploreAll([] {
    SpecifiedEvent event("event"), over("over");
    auto* const callback = new FreesItself(over);
    // An hour may pass.
    if (event.Add(*callback, absl::Seconds(1)).has_value()) {
      delete callback;
      return;
    }
    Thread setter("setter", [&] { event.Set(); });
    setter.NeverWaits();
    over.Wait();
    setter.join();
  });
}

}  // namespace
}  // namespace synctest

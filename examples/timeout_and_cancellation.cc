// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <cstdio>
#include <stop_token>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"
#include "sync/wait_options.h"

namespace examples {
namespace {

using synclib::Event;
using synclib::Task;
using synclib::WaitOptions;
using synclib::WaitResult;

const char* Name(WaitResult result) {
  switch (result) {
    case WaitResult::kReady:
      return "ready";
    case WaitResult::kCancelled:
      return "cancelled";
    case WaitResult::kTimeout:
      return "timeout";
  }
  return "?";
}

bool Show(const char* wait, WaitResult result, WaitResult expected) {
  std::printf("  %-36s %s\n", wait, Name(result));
  return result == expected;
}

Task<WaitResult> Await(Event& event, WaitOptions options) {
  co_return co_await event.AsyncWait(options);
}

}  // namespace

int TimeoutAndCancellation(absl::Duration limit) {
  Event event;
  int as_expected = 0;

  as_expected +=
      Show("a thread, a duration", event.Wait(limit), WaitResult::kTimeout);
  as_expected += Show("a thread, a time", event.Wait(absl::Now() + limit),
                      WaitResult::kTimeout);
  as_expected += Show("a coroutine, a duration",
                      synclib::Run(Await(event, limit)), WaitResult::kTimeout);

  std::stop_source source;
  {
    std::jthread stopper([&] { source.request_stop(); });
    as_expected += Show("a thread, a token", event.Wait(source.get_token()),
                        WaitResult::kCancelled);
  }
  as_expected += Show("a coroutine, a duration and a token",
                      synclib::Run(Await(event, {limit, source.get_token()})),
                      WaitResult::kCancelled);

  event.Set();
  as_expected += Show("a set event, whatever else holds",
                      event.Wait({absl::ZeroDuration(), source.get_token()}),
                      WaitResult::kReady);
  return as_expected;
}

}  // namespace examples

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// In Python:
//
//   async def waiter(event):
//       print("waiter: waiting")
//       await event.wait()
//       print("waiter: the event is set")
//
//   async def setter(event, delay):
//       print(f"setter: sleeping for {delay} s")
//       await asyncio.sleep(delay)
//       print("setter: setting")
//       event.set()
//
//   async def main():
//       event = asyncio.Event()
//       await asyncio.gather(waiter(event), setter(event, 2))
//
//   asyncio.run(main())

#include <cstdio>

#include "absl/time/time.h"
#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/event.h"

namespace examples {
namespace {

using synclib::Event;
using synclib::Gather;
using synclib::Sleep;
using synclib::Task;

Task<> Waiter(Event& event, const bool& was_set, bool& in_order) {
  std::puts("  waiter: waiting");
  co_await event;
  std::puts("  waiter: the event is set");
  in_order = was_set;
}

Task<> Setter(Event& event, absl::Duration delay, bool& was_set) {
  std::printf("  setter: sleeping for %s\n",
              absl::FormatDuration(delay).c_str());
  co_await Sleep(delay);
  std::puts("  setter: setting");
  was_set = true;
  event.Set();
}

}  // namespace

bool WaiterAndSetter(absl::Duration delay) {
  Event event;
  bool was_set = false;
  bool in_order = false;
  synclib::Run(
      Gather(Waiter(event, was_set, in_order), Setter(event, delay, was_set)));
  return in_order;
}

}  // namespace examples

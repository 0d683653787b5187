// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_EXAMPLES_CONSUMER_START_LINE_H_
#define SYNC_EXAMPLES_CONSUMER_START_LINE_H_

#include <thread>

#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/event.h"

namespace consumer {

inline synclib::Task<void> CountAfter(synclib::Event& start, int& runners) {
  co_await start;
  ++runners;
}

// A thread and a coroutine wait on one event, which a second thread sets.
// Returns how many of the two got past it.
inline int RunFrom(synclib::Event& start) {
  int threads = 0;
  int coroutines = 0;
  std::jthread starter([&] { start.Set(); });
  {
    std::jthread runner([&] {
      start.Wait();
      ++threads;
    });
    synclib::Run(CountAfter(start, coroutines));
  }
  return threads + coroutines;
}

}  // namespace consumer

#endif  // SYNC_EXAMPLES_CONSUMER_START_LINE_H_

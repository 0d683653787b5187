// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/examples.h"
#include "sync/coro/gather.h"
#include "sync/coro/run.h"
#include "sync/coro/task.h"
#include "sync/shared_mutex.h"
#include "sync/thread_pool.h"

namespace examples {
namespace {

using synclib::SharedMutex;
using synclib::Task;

// What readers must not see half written.
struct Settings {
  SharedMutex mutex;
  std::string name = "0";
  int64_t number = 0;
};

// A thread writes,
void Write(Settings& settings, int64_t versions) {
  for (int64_t version = 1; version <= versions; ++version) {
    std::unique_lock lock(settings.mutex);
    settings.name = std::to_string(version);
    settings.number = version;
  }
}

// and coroutines read, until they have read the last version. Returns how often
// the two parts didn't agree.
Task<int64_t> Read(Settings& settings, int64_t versions) {
  int64_t torn = 0;
  for (int64_t seen = 0; seen < versions;) {
    co_await settings.mutex.AsyncLockShared();
    const std::shared_lock lock(settings.mutex, std::adopt_lock);
    seen = settings.number;
    if (settings.name != std::to_string(seen)) ++torn;
  }
  co_return torn;
}

}  // namespace

int64_t ReadersAndAWriter(int readers, int64_t versions) {
  synclib::ThreadPool pool(2);
  Settings settings;
  std::jthread writer([&] { Write(settings, versions); });
  std::vector<Task<int64_t>> tasks;
  for (int i = 0; i < readers; ++i) tasks.push_back(Read(settings, versions));
  int64_t torn = 0;
  for (const int64_t each :
       synclib::Run(pool, synclib::Gather(std::move(tasks)))) {
    torn += each;
  }
  std::printf("  %d readers, %lld versions: %lld reads half written\n", readers,
              static_cast<long long>(versions), static_cast<long long>(torn));
  return torn;
}

}  // namespace examples

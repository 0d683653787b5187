// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_SYSTEM_WATCHDOG_H_
#define SYNC_TESTING_SYSTEM_WATCHDOG_H_

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "testing/patience.h"

namespace synctest {

// Aborts the program, with a message, unless it is destroyed before Patience()
// ends: a test that has lost a waiter says so instead of hanging.
class Watchdog {
 public:
  explicit Watchdog(const char* what) : what_(what) {
    std::unique_lock<std::mutex> lock(mutex_);
    thread_ = std::thread([this] { Watch(); });
    changed_.wait(lock, [this] { return watching_; });
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      over_ = true;
      changed_.notify_one();
    }
    thread_.join();
  }

 private:
  void Watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    watching_ = true;
    changed_.notify_one();
    if (!changed_.wait_for(lock, Patience(), [this] { return over_; })) {
      std::fprintf(stderr, "watchdog: no end of %s\n", what_);
      std::abort();
    }
  }

  const char* const what_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool watching_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace synctest

#endif  // SYNC_TESTING_SYSTEM_WATCHDOG_H_

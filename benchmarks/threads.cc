// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/threads.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/types.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <thread>

#include "benchmarks/runner.h"

namespace syncbench {
namespace {

cpu_set_t Usable() {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  sched_getaffinity(0, sizeof(usable), &usable);
  return usable;
}

// The third field of the thread's `stat`, after its name in parentheses.
bool IsAsleep(int file) {
  char buffer[256];
  const ssize_t size = pread(file, buffer, sizeof(buffer), 0);
  if (size <= 0) return false;
  const std::string_view text(buffer, static_cast<size_t>(size));
  const size_t name_end = text.rfind(')');
  return name_end != text.npos && text.substr(name_end, 3) == ") S";
}

}  // namespace

size_t UsableProcessors() {
  const cpu_set_t usable = Usable();
  return static_cast<size_t>(CPU_COUNT(&usable));
}

OnProcessor::OnProcessor(size_t number) : before_(Usable()) {
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &before_) || number-- != 0) continue;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    sched_setaffinity(0, sizeof(only), &only);
    return;
  }
}

OnProcessor::~OnProcessor() { sched_setaffinity(0, sizeof(before_), &before_); }

SleepWatch::~SleepWatch() {
  for (int file : files_) close(file);
}

void SleepWatch::AddThisThread() {
  const int file = open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC);
  Require(file >= 0,
          "/proc/thread-self/stat can't be read, which says whether "
          "a thread sleeps");
  std::lock_guard<std::mutex> lock(mutex_);
  files_.push_back(file);
}

bool SleepWatch::AllAsleep(size_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (files_.size() < count) return false;
  for (int file : files_) {
    if (!IsAsleep(file)) return false;
  }
  return true;
}

bool SleepWatch::AwaitAllAsleep(size_t count) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(1);
  // Twice, since a thread may sleep for a mutex on its way to the wait: then
  // whoever holds the mutex is awake, or was in between.
  for (int rounds = 0; rounds < 2;) {
    rounds = AllAsleep(count) ? rounds + 1 : 0;
    if (std::chrono::steady_clock::now() > deadline) return false;
    if (rounds == 0) std::this_thread::yield();
  }
  return true;
}

}  // namespace syncbench

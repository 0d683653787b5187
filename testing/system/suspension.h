// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Threads that stand still wherever they are, while a test sees to it that
// others go on without them.

#ifndef SYNC_TESTING_SYSTEM_SUSPENSION_H_
#define SYNC_TESTING_SYSTEM_SUSPENSION_H_

#include <dirent.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>

#include "gtest/gtest.h"

namespace synctest {

// The thread of this process that has the name; 0: none.
inline pid_t FindThread(const std::string& name) {
  DIR* const threads = opendir("/proc/self/task");
  if (threads == nullptr) return 0;
  pid_t found = 0;
  while (const dirent* entry = readdir(threads)) {
    std::string of_thread;
    std::ifstream("/proc/self/task/" + std::string(entry->d_name) + "/comm") >>
        of_thread;
    if (of_thread == name) found = std::atoi(entry->d_name);
  }
  closedir(threads);
  return found;
}

// Suspends another thread wherever it is, until this is destroyed: it stands
// still in a signal handler. One at a time.
class Suspension {
 public:
  // Installs the handler. To be called before the first suspension.
  static void Prepare() {
    sem_init(&stands, 0, 0);
    sem_init(&may_go, 0, 0);
    struct sigaction action = {};
    action.sa_handler = [](int) {
      const int saved_errno = errno;
      sem_post(&stands);
      while (sem_wait(&may_go) != 0 && errno == EINTR) {
      }
      errno = saved_errno;
    };
    ASSERT_EQ(sigaction(SIGUSR1, &action, nullptr), 0);
  }

  // Returns when the thread stands.
  explicit Suspension(pid_t thread) {
    const pid_t process = getpid();
    EXPECT_EQ(syscall(SYS_tgkill, process, thread, SIGUSR1), 0);
    while (sem_wait(&stands) != 0 && errno == EINTR) {
    }
  }
  Suspension(const Suspension&) = delete;
  Suspension& operator=(const Suspension&) = delete;
  ~Suspension() { sem_post(&may_go); }

 private:
  static inline sem_t stands, may_go;
};

}  // namespace synctest

#endif  // SYNC_TESTING_SYSTEM_SUSPENSION_H_

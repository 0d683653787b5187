// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A thread of the model, which joins when it is destroyed, as std::jthread, and
// a signal handler.

#ifndef SYNC_TESTING_MODEL_THREAD_H_
#define SYNC_TESTING_MODEL_THREAD_H_

#include <functional>
#include <utility>

#include "testing/model/engine.h"

namespace synctest::model {

class Thread {
 public:
  Thread() noexcept = default;
  // `name`, which must outlive the execution, is what reports call it.
  Thread(const char* name, std::function<void()> body,
         Place where = Place::current())
      : thread_(StartThread(name, std::move(body), where)) {}
  Thread(Thread&& other) noexcept
      : thread_(std::exchange(other.thread_, kNone)) {}
  Thread& operator=(Thread&& other) noexcept {
    std::swap(thread_, other.thread_);
    return *this;
  }
  ~Thread() {
    if (thread_ != kNone) join(Place());  // No line of the scenario.
  }

  void join(Place where = Place::current()) {
    JoinThread(std::exchange(thread_, kNone), where);
  }
  // The execution may end before it.
  void detach() noexcept { Detach(std::exchange(thread_, kNone)); }

  // Says that this thread waits for no other, wherever that stands: what
  // Powers::suspensions tries.
  Thread& NeverWaits() noexcept {
    synctest::model::NeverWaits(thread_);
    return *this;
  }

 protected:
  explicit Thread(int thread) noexcept : thread_(thread) {}

 private:
  static constexpr int kNone = -1;

  int thread_ = kNone;
};

// What runs when a signal comes to the thread that makes it: once, at any step
// of that thread until the destructor returns, also while it sleeps. The thread
// goes on only when the handler has ended. It sleeps on if it was asleep; a
// machine with faults may wake it, as any sleeper, for no reason.
class SignalHandler : public Thread {
 public:
  SignalHandler(const char* name, std::function<void()> body,
                Place where = Place::current())
      : Thread(StartHandler(name, std::move(body), where)) {}
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_THREAD_H_

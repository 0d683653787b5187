// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A thread of the model: joins when it is destroyed, as std::jthread.

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

  bool IsCurrent() const noexcept { return thread_ == CurrentThread(); }

 private:
  static constexpr int kNone = -1;

  int thread_ = kNone;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_THREAD_H_

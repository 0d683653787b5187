// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Events of Abseil, or made of it.

#include <cstdint>
#include <optional>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "benchmarks/monitors.h"
#include "benchmarks/subject.h"

namespace syncbench {
namespace {

SYNC_BENCHMARK_SUBJECT("AbslCondVar", MonitorEvent<AbslMonitor>);

// One notification for each pulse. The next one is made inside Pulse(), when
// all threads that waited for the last one have returned.
class AbslNotification {
 public:
  AbslNotification() { next_[0].emplace(); }

  void Set() { next_[0]->Notify(); }
  bool IsSet() const { return next_[0]->HasBeenNotified(); }
  void Wait() const { next_[0]->WaitForNotification(); }
  bool TryWait() const {
    return next_[0]->WaitForNotificationWithTimeout(absl::ZeroDuration());
  }
  void Pulse() {
    std::optional<absl::Notification>& last = next_[pulses_++ % 2];
    next_[pulses_ % 2].emplace();
    last->Notify();
  }
  void WaitPast(uint64_t pulses) const {
    next_[pulses % 2]->WaitForNotification();
  }

 private:
  uint64_t pulses_ = 0;
  std::optional<absl::Notification> next_[2];
};

SYNC_BENCHMARK_SUBJECT("AbslNotification", AbslNotification);

}  // namespace
}  // namespace syncbench

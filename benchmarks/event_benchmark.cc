// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// synclib::Event against floors and peers.
//
//   bazel run --config=opt //benchmarks:event_benchmark

#include <cstdint>
#include <stop_token>

#include "absl/time/time.h"
#include "benchmarks/runner.h"
#include "benchmarks/subject.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/wait_options.h"

namespace syncbench {
namespace {

// Event, with what scenarios call by other names.
class Ours : public synclib::Event {
 public:
  bool TryWait() {
    return Wait(absl::ZeroDuration()) == synclib::WaitResult::kReady;
  }
  void WaitLimited() { (void)Wait({absl::Hours(1), source_.get_token()}); }
  auto AsyncWaitLimited() {
    return AsyncWait({absl::Hours(1), source_.get_token()});
  }
  auto AsyncTryWait() { return AsyncWait(absl::ZeroDuration()); }

  using Watch = synclib::EventWatch;

  // Inherits Remove().
  class Listener : public synclib::Callback {
   public:
    Listener(Ours& event, int64_t& calls)
        : Callback(&Count), event_(event), calls_(calls) {}
    void Add() {
      Require(!event_.Event::Add(*this).has_value(),
              "a wait was over before it began");
    }

   private:
    static void Count(Callback& self, synclib::WaitResult) noexcept {
      ++static_cast<Listener&>(self).calls_;
    }

    Ours& event_;
    int64_t& calls_;
  };

 private:
  std::stop_source source_;
};

SYNC_BENCHMARK_SUBJECT("Event", Ours);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::EventSuite>(argc, argv, "Event");
}

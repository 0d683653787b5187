// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// synclib::Event against floors and peers.
//
//   bazel run --config=opt //benchmarks:event_benchmark

#include <stop_token>

#include "absl/time/time.h"
#include "benchmarks/subject.h"
#include "sync/event.h"
#include "sync/wait_options.h"

namespace syncbench {
namespace {

// Event, with what scenarios call by other names.
class Ours : public synclib::Event {
 public:
  bool TryWait() {
    return Wait(absl::ZeroDuration()) == synclib::WaitResult::kReady;
  }
  auto AsyncWaitLimited() {
    return AsyncWait({absl::Hours(1), source_.get_token()});
  }

 private:
  std::stop_source source_;
};

SYNC_BENCHMARK_SUBJECT("Event", Ours);

}  // namespace
}  // namespace syncbench

int main(int argc, char** argv) {
  return syncbench::RunSuites<syncbench::EventSuite>(argc, argv, "Event");
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_MODEL_SIMULATED_CLOCK_H_
#define SYNC_TESTING_MODEL_SIMULATED_CLOCK_H_

#include <functional>

#include "absl/time/time.h"
#include "testing/model/explore.h"

namespace synctest::model {

// Runs `scenario` once, as Explore() does, with its threads one at a time and
// each as long as it can go on: a program of hours ends at once, and in the
// same way each time.
//
// Example:
//
//   using namespace synctest::model;
//   Exploration once = Simulate([] {
//     synclib::Event quit;
//     int beats = 0;
//     Thread heart("heart", [&] {
//       while (quit.Wait(absl::Hours(1)) == synclib::WaitResult::kTimeout) {
//         ++beats;
//       }
//     });
//     (void)quit.Wait(absl::Minutes(150));
//     quit.Set();
//     heart.join();
//     Check(beats == 2, "a beat an hour");
//     Check(SimulatedTime() == absl::Minutes(150), "half an hour later");
//   });
//   assert(once.ok());
Exploration Simulate(const std::function<void()>& scenario);

// How long the execution has lasted on its own clock, which waits with a limit,
// Sleep() and timers go by. The clock stands still while a thread can go on.
// When all wait, or poll in vain, it jumps to the first limit among them; a
// machine with faults has it jump elsewhere, too. To be called by the scenario.
absl::Duration SimulatedTime() noexcept;

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_SIMULATED_CLOCK_H_

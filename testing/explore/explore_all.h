// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Explores a scenario on each kind of machine.

#ifndef SYNC_TESTING_EXPLORE_EXPLORE_ALL_H_
#define SYNC_TESTING_EXPLORE_EXPLORE_ALL_H_

#include <cstdint>
#include <functional>

namespace synctest {

struct Budgets {
  int plain = 2;        // Preemptions only.
  int faults = 2;       // And sleepers that wake by themselves, and so on; 0:
                        // not tried, since time must not pass.
  int stale = 2;        // And stale reads.
  int suspensions = 2;  // And a thread that stops for ever; 0: not tried, since
                        // the others may have to wait for it.
  bool second_looks = false;  // Whether who would sleep looks once more before.
};

// Of a scenario that takes minutes with two of each: only stale reads have two.
inline constexpr Budgets kOfLongScenario = {
    .plain = 1, .faults = 1, .suspensions = 0};

// Expects that nothing is wrong, that the budgets are used up, and that there
// is more than one way in which it can go. A machine is left out where all that
// it does is among what another one does: the plain one, and that which reuses
// addresses, if no memory is there to be reused. Then there are some thousands
// of executions by PCT and at random on a machine with all of these powers
// together, but for those that are not tried. Prints what it has done, and
// records it as properties of the test, which calls this once.
//
// Two environment variables change how far it goes. SYNCTEST_BUDGET is a limit
// on all budgets; with it, there is nothing at random. SYNCTEST_DEEPER is added
// to them; then no more than a million executions are tried on each machine,
// which may not be all, and as many at random; it says every half minute how
// far it is.
void ExploreAll(const std::function<void()>& scenario,
                const Budgets& budgets = {});

}  // namespace synctest

#endif  // SYNC_TESTING_EXPLORE_EXPLORE_ALL_H_

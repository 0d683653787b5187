// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The examples that the tour shows and examples_test checks. Each has a file of
// its own name, prints what happens, and returns what a test would want to
// know.

#ifndef SYNC_EXAMPLES_EXAMPLES_H_
#define SYNC_EXAMPLES_EXAMPLES_H_

#include <cstdint>

#include "absl/time/time.h"

namespace examples {

// 1. A coroutine waits, another sets the event after `delay`. True: the waiter
// went on after the setter.
bool WaiterAndSetter(absl::Duration delay);

// 2. Every `period` the event is set and cleared at once, `broadcasts` times,
// and five dependents loop on waiting. One of them is slow, and has an
// EventWatch, by which it learns later of the broadcasts that it misses.
struct SignalReport {
  int64_t broadcasts = 0;
  int64_t waiting = 0;  // Dependents that waited when a broadcast came.
  // Over the whole run:
  int64_t released = 0;   // Those of them that it released.
  int64_t lost = 0;       // Those of them that it didn't release.
  int64_t caught_up = 0;  // Broadcasts that the slow one learned about later.
  int64_t unnoticed = 0;  // Broadcasts that it never learned about.
};
enum class Dependents { kThreads, kCoroutines, kMixed };
SignalReport PeriodicSignaller(Dependents dependents, int broadcasts,
                               absl::Duration period);
// The same program on a mutex, a condition variable and a flag.
SignalReport PeriodicConditionVariable(int broadcasts, absl::Duration period);

// 3. One event tells blocked threads and suspended coroutines of a pool to
// stop. Returns how many of the five did.
int PoolShutdown(absl::Duration delay);

// 4. Waits that end because of a limit or a stop token, and one that doesn't.
// Returns how many of the six ended as they should.
int TimeoutAndCancellation(absl::Duration limit);

// 5. An event as the doorbell of a queue behind a std::mutex: wait, clear,
// drain. Returns how many of the items the consumer got.
int64_t QueueDoorbell(int producers, int64_t items_each);

// 6. A semaphore as a bucket of tokens that a coroutine fills, one each
// `period`, until a scope has seen all clients done. Returns how many
// requests there were, or -1 if one came before its token.
int64_t RateLimiter(int clients, int requests_each, absl::Duration period);

// 7. A thread writes what coroutines read, behind a shared mutex. Returns how
// many reads saw it half written.
int64_t ReadersAndAWriter(int readers, int64_t versions);

// 8. Threads push what coroutines pop, through a queue that holds four, so that
// who is faster waits. Returns how many items arrived, or -1 if there were more
// at a time than there may be.
int64_t WorkQueue(int producers, int64_t items_each);

// 9. A server of four requests at a time, with a limit for each. When there
// have been `answers` answers it shuts down, stops what takes longer yet, and
// refuses the rest. Every second request is endless; the clients ask until they
// are refused.
struct ServerReport {
  int64_t requests = 0;
  // How they ended:
  int64_t answered = 0;
  int64_t timed_out = 0;
  int64_t stopped = 0;  // By the shutdown.
  int64_t refused = 0;  // One of each client.
};
ServerReport RequestServer(int clients, int64_t answers, absl::Duration limit);

}  // namespace examples

#endif  // SYNC_EXAMPLES_EXAMPLES_H_

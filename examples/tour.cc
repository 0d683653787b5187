// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Shows what the library is for: threads and coroutines that meet on one Event.

#include <cstdio>
#include <cstdlib>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/time.h"
#include "examples/examples.h"

ABSL_FLAG(absl::Duration, delay, absl::Seconds(2),
          "how long the setter of the first example sleeps");
ABSL_FLAG(int, broadcasts, 200, "broadcasts of the periodic signaller");
ABSL_FLAG(absl::Duration, period, absl::Milliseconds(10),
          "time between two broadcasts");

namespace {

using examples::Dependents;
using examples::ServerReport;
using examples::SignalReport;

bool all_well = true;

void Title(const char* title) { std::printf("\n%s\n", title); }

void Check(bool well, const char* claim) {
  if (well) return;
  all_well = false;
  std::printf("  FAILED: %s\n", claim);
}

void Row(const char* name, const SignalReport& r) {
  std::printf(
      "  %-32s %10lld %8lld %9lld %6lld %10lld\n", name,
      static_cast<long long>(r.broadcasts), static_cast<long long>(r.waiting),
      static_cast<long long>(r.released), static_cast<long long>(r.lost),
      static_cast<long long>(r.caught_up));
}

void Signaller(int broadcasts, absl::Duration period) {
  const SignalReport threads =
      PeriodicSignaller(Dependents::kThreads, broadcasts, period);
  const SignalReport coroutines =
      PeriodicSignaller(Dependents::kCoroutines, broadcasts, period);
  const SignalReport mixed =
      PeriodicSignaller(Dependents::kMixed, broadcasts, period);
  const SignalReport flag =
      examples::PeriodicConditionVariable(broadcasts, period);

  std::printf("\n  %-32s %10s %8s %9s %6s %10s\n", "5 dependents", "broadcasts",
              "waiting", "released", "lost", "caught up");
  Row("Event, 5 threads", threads);
  Row("Event, 5 coroutines on a pool", coroutines);
  Row("Event, 2 threads, 3 coroutines", mixed);
  Row("condition variable and flag", flag);
  std::printf(
      "\n  waiting    dependents that waited when a broadcast came\n"
      "  released   those of them that it released\n"
      "  lost       those of them that it didn't release\n"
      "  caught up  broadcasts that a slow dependent learned about later\n");
  for (const SignalReport& r : {threads, coroutines, mixed}) {
    Check(r.lost == 0, "no broadcast is lost to a dependent that waits");
    Check(r.unnoticed == 0, "the slow dependent learns of every broadcast");
  }
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "A tour of the library; takes some ten seconds.");
  if (absl::ParseCommandLine(argc, argv).size() > 1) {
    std::fprintf(stderr, "the tour takes flags only; see --help\n");
    return EXIT_FAILURE;
  }
  const absl::Duration delay = absl::GetFlag(FLAGS_delay);
  const int broadcasts = absl::GetFlag(FLAGS_broadcasts);
  const absl::Duration period = absl::GetFlag(FLAGS_period);
  constexpr absl::Duration kLongest = absl::Hours(1);
  if (delay < absl::ZeroDuration() || delay > kLongest ||
      period <= absl::ZeroDuration() || period > kLongest || broadcasts < 1 ||
      broadcasts > 1'000'000) {
    std::fprintf(stderr,
                 "--delay must be from 0 to 1h, --period positive and at most "
                 "1h, --broadcasts from 1 to 1000000\n");
    return EXIT_FAILURE;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  Title("1. A coroutine waits, another sets (examples/waiter_and_setter.cc)");
  Check(examples::WaiterAndSetter(delay), "the waiter runs after the setter");

  Title("2. An event set and cleared at once (examples/periodic_signaller.cc)");
  Signaller(broadcasts, period);

  Title(
      "3. One event stops threads and coroutines (examples/pool_shutdown.cc)");
  Check(examples::PoolShutdown(absl::Milliseconds(100)) == 5, "all five stop");

  Title("4. Limits and stop tokens (examples/timeout_and_cancellation.cc)");
  Check(examples::TimeoutAndCancellation(absl::Milliseconds(50)) == 6,
        "each wait ends for the right reason");

  Title("5. A doorbell for a queue (examples/queue_doorbell.cc)");
  Check(examples::QueueDoorbell(3, 10000) == 30000, "every item arrives");

  Title("6. A bucket of tokens (examples/rate_limiter.cc)");
  Check(examples::RateLimiter(4, 10, absl::Milliseconds(5)) == 40,
        "no request comes before its token");

  Title("7. Readers and a writer (examples/readers_and_a_writer.cc)");
  Check(examples::ReadersAndAWriter(3, 1000) == 0, "no read is half written");

  Title("8. A queue that holds back (examples/work_queue.cc)");
  Check(examples::WorkQueue(3, 10000) == 30000, "every item arrives");

  Title("9. A server that shuts down (examples/request_server.cc)");
  const ServerReport server =
      examples::RequestServer(6, 40, absl::Milliseconds(20));
  Check(server.answered >= 40, "enough requests are answered");
  Check(server.answered + server.timed_out + server.stopped + server.refused ==
            server.requests,
        "every request ends in one way");

  std::printf("\n%s\n",
              all_well ? "All as it should be." : "Something FAILED.");
  return all_well ? EXIT_SUCCESS : EXIT_FAILURE;
}

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How to get an event of yours into the tables of //benchmarks:event_benchmark,
// from anywhere: one file that names it, and a program that links it.
//
// Example:
//
//   #include <atomic>
//   #include <thread>
//
//   #include "benchmarks/subject.h"
//
//   class SpinEvent {
//    public:
//     void Set() { set_ = true; }
//     void Clear() { set_ = false; }
//     bool IsSet() const { return set_; }
//     void Wait() const {
//       while (!set_) std::this_thread::yield();
//     }
//
//    private:
//     std::atomic<bool> set_{false};
//   };
//
//   SYNC_BENCHMARK_SUBJECT("SpinEvent", SpinEvent);
//
// The program, whose main() is that of the library, in a BUILD file:
//
//   cc_binary(
//       name = "spin_event_benchmark",
//       srcs = ["spin_event.cc"],
//       copts = ["-falign-functions=64", "-falign-loops=32"],
//       deps = ["@sync//benchmarks:event_benchmark_main"],
//   )
//
// To be built and run optimized, without the checks of a debug build:
//
//   bazel run -c opt :spin_event_benchmark -- --benchmark_filter=SpinEvent
//
// which runs the rows that it is in, with the floor of each and the library's
// own event; --scenarios says which there are. examples/consumer does all that.
// In bzlmod, a module sees its dev_dependencies only as the root module, and
// Google Benchmark is one of this module's.
//
// In a checkout of this repository, which stays as it is,
//
//   tools/benchmarks.py --out=DIRECTORY PROGRAM
//
// runs all rows of what has been built, by its path, and writes a report like
// that in docs/benchmarks/ to the directory, with the subject in its tables and
// plots; --only=REGEX takes fewer rows, and --quick less time.
//
// A subject is a class with a default constructor. Each scenario takes those
// which have the functions that it calls:
//
//   Set()          From now on, nobody waits; all who do go on.
//   Clear()        Waits wait again. Without it, Set() is called once.
//   IsSet()        Which of the two it is.
//   Wait()         Blocks the thread while it isn't set.
//   WaitLimited()  The same with a limit of an hour and a stop token.
//   TryWait()      The same with a time-out of zero; whether it is set.
//   Pulse()        Whoever waits goes on. It isn't set afterwards.
//   WaitPast(n)    Blocks the thread until there have been more than n pulses.
//   co_await       Suspends the coroutine while it isn't set. Set() and Pulse()
//                  resume it, before they return and in the same thread.
//   AsyncWait()    The same awaiter, if the end of one that is suspended takes
//                  the wait back.
//   AsyncWaitLimited()  The same with a limit of an hour and a stop token.
//   AsyncTryWait()  The same with a time-out of zero: never suspends.
//   Listener       A class, made as Listener(subject, calls). After Add(), the
//                  next Set() adds one to the int64_t `calls`, unless Remove()
//                  comes first. After Remove(), it may be added again.
//   Watch          A class, made as Watch(subject). Next() blocks the thread
//                  until there is a pulse since then that has not ended a
//                  Next() yet. Subjects without it are asked by WaitPast().
//
// Where threads are to be asleep before the clock starts, one whose threads
// don't sleep, as in the example, has no figures, and is said not to.
//
// In the report, it is a peer, unless its class has a kRole; see suite.h.
//
// Several threads call the functions at once, but only one those of a subject
// that coroutines await or that has listeners.
//
// Pools, timers and Event's companions get in likewise, each by a
// SYNC_BENCHMARK_ADD() to its suite. What a subject is there, says the head of
//
//   companion_scenarios.h  For companions_benchmark_main: mutexes, semaphores,
//                          signals, conditions, latches, barriers.
//   value_scenarios.h      For values_benchmark_main: queues, one-shot and lazy
//                          values.
//   several_scenarios.h    For several_benchmark_main: waits for all and any.
//   pool_scenarios.h       For pool_benchmark_main: pools for coroutines.
//   timer_scenarios.h      For timers_benchmark_main: time-outs.

#ifndef SYNC_BENCHMARKS_SUBJECT_H_
#define SYNC_BENCHMARKS_SUBJECT_H_

#include "benchmarks/callback_scenarios.h"
#include "benchmarks/coroutine_scenarios.h"
#include "benchmarks/flag_scenarios.h"
#include "benchmarks/suite.h"
#include "benchmarks/thread_scenarios.h"

namespace syncbench {

using EventSuite =
    Suite<IsSet, SetAndClear, SetWhenSet, PulseNobody, WaitOnSetEvent,
          WaitNoTime, AwaitSetEvent, AwaitNoTime, PulseAndNext, OneCoroutine,
          OneCoroutineLimited, BroadcastCoroutines, BroadcastShuffled, Register,
          RegisterAndCancel, AddCallback, OneCallback, PingPong, PingPongParked,
          PingPongLimited, PingPongOversubscribed, BroadcastThreads,
          BroadcastCaller, BroadcastFirst, PulseLosses>;

}  // namespace syncbench

// Adds a class under a name, which is to be one word.
#define SYNC_BENCHMARK_SUBJECT(name, ...) \
  SYNC_BENCHMARK_ADD(EventSuite, name, __VA_ARGS__)

#endif  // SYNC_BENCHMARKS_SUBJECT_H_

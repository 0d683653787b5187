// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// One wait in progress, as the wait list sees it. What varies between a
// blocked thread, a suspended coroutine and a callback is how it is woken.

#ifndef SYNC_INTERNAL_WAITER_H_
#define SYNC_INTERNAL_WAITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>

#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/hint.h"
#include "sync/internal/platform.h"
#include "sync/internal/ring.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

class WaitCore;

// What the word of a primitive means to those who wait for it: all in which one
// primitive differs from another, and its waits don't. `what` is what a wait
// asks for, and where it learns what it got. Each maps a word to another one
// and may be tried again with a newer word; the list bits of `*word` it leaves
// alone.
struct Rules {
  const char* name;  // Of the primitive, as in "an Event"; for messages.

  // Takes what a wait that begins asks for, if it is there. The list bits say
  // whether others come first.
  bool (*take)(uint64_t* word, uint64_t* what) noexcept;

  // The same for a wait on the list, when those before it have got theirs. The
  // list bits are clear.
  bool (*grant)(uint64_t* word, uint64_t* what) noexcept;

  // May be null. What it means that a wait joins, which can't take() what it
  // asks for; and that one gives up that has joined.
  void (*join)(uint64_t* word, uint64_t* what) noexcept = nullptr;
  void (*leave)(uint64_t* word) noexcept = nullptr;

  // May be null: there is nothing to give. Gives what a wait was granted whose
  // coroutine has been destroyed since.
  void (*give_back)(WaitCore& core, uint64_t what) noexcept = nullptr;

  // Who takes something gives to those who wait.
  bool taking_gives = false;

  // All on the list are granted what they ask for in one step, or nobody. Then
  // join() makes that a number that is the same for all who join between two
  // broadcasts, and grant() changes nothing.
  bool broadcasts = false;

  // What is given is there for who comes as well as for who waits. The thread
  // at the front is woken, and competes for it, in its place on the list. In
  // units of kOneLoss, `what` is how often it has lost.
  bool barging = false;
  static constexpr uint64_t kOneLoss = 2;  // The rest is the primitive's own.

  // Who takes it gives it back soon, as a rule. So a thread tries for a while
  // before it joins: on the list it is handed from one sleeper to the next.
  bool held_briefly = false;

  // The wait takes nothing, and is granted when somebody else could take what
  // it looks for. It is behind all others on a list that doesn't broadcast.
  bool looks = false;
};

// What one wait asks of a word.
struct Request {
  const Rules* rules = nullptr;
  uint64_t what = 0;
};

// Lives in the stack frame of its thread or the frame of its coroutine.
//
// Who may touch it: its owner until it has joined a list; then whoever holds
// the list bit; once granted, the one thread that hands it out, until the
// thread is woken, by that one or another that it has woken, or the work runs;
// then its owner again.
struct Waiter : Work {
  enum class Kind : uint8_t { kThread, kCoroutine, kCallback, kArm };
  static constexpr uint16_t kProcesses = 1024;  // That are told apart.
  using Work::executor;
  using Work::function;
  using Work::set_executor;
  using Work::set_function;
  using Work::set_stage;
  using Work::stage;
  using Work::Stage;

  // Of a coroutine that has yet to suspend, and sets its function then.
  Waiter(Request r, std::source_location w) noexcept
      : kind(Kind::kCoroutine), ahead(0), request(r), where(w) {}

  Waiter(Kind k, Function run, Request r, std::source_location w) noexcept
      : Work(run), kind(k), request(r), where(w) {
    if (k == Kind::kThread) {
      std::construct_at(&parked, static_cast<uint32_t>(Parked::kAwake));
    } else {
      ahead = 0;
    }
  }
  ~Waiter() {
    if (kind == Kind::kThread) std::destroy_at(&parked);
  }

  Ring* ring() noexcept { return this; }
  static Waiter* From(Ring* ring) noexcept {
    return static_cast<Waiter*>(ring);
  }
  Waiter* Next() const noexcept { return From(next); }
  Waiter* Previous() const noexcept { return From(prev); }
  bool looks() const noexcept { return request.rules->looks; }

  // Whether all that there is to handing it out is to run it on this thread.
  bool RunsInline() const noexcept {
    return (kind == Kind::kCoroutine || kind == Kind::kCallback) &&
           executor() == nullptr;
  }

  // Of a thread: the number of the word on which it sleeps; 0: its own.
  uint8_t word() const noexcept { return thread(); }
  void set_word(uint8_t number) noexcept { set_thread(number); }

  // Of the last one on a list that knows it: how many there are. A thread has
  // no function; in the place of that is this, and its place().
  uint32_t count() const noexcept {
    return kind == Kind::kThread ? counts() / kPlaces
                                 : static_cast<uint32_t>(ahead);
  }
  void set_count(uint32_t count) noexcept {
    if (kind == Kind::kThread) {
      set_counts(count, place());
    } else {
      ahead = static_cast<int32_t>(count);
    }
  }

  // Of a thread on such a list: how many in front of it, since the list was
  // last empty, may sleep together; but in each group it begins anew.
  uint32_t place() const noexcept { return counts() % kPlaces; }

  // For who runs those of a list one after the other: has the processor fetch
  // the one that is kAhead places behind this one, if that is known.
  static constexpr int kAhead = 16;
  void PrefetchAhead() const noexcept {
    constexpr int kCacheLine = 64;
    PrefetchHinted(this, ahead, 0);
    PrefetchHinted(this, ahead, kCacheLine);
  }

  // Puts the ring that starts at `more` behind the one that starts at `*ring`.
  // Either may be null.
  static void Append(Waiter** ring, Waiter* more) noexcept {
    if (*ring == nullptr) {
      *ring = more;
    } else if (more != nullptr) {
      (*ring)->ring()->Append(more->ring());
    }
  }

  // Whether it is in the ring, which may be null.
  bool IsIn(const Waiter* ring) const noexcept;

  // Whether all in the ring are threads. It may be null.
  static bool AreThreads(const Waiter* ring) noexcept;

  // How many in the ring look; they are at its end. It may be null.
  static size_t CountLooks(const Waiter* ring) noexcept;

  // Whether the list that it is on, or was, is of this process: false in the
  // child of a fork() until the child has looked at that list.
  bool IsOfThisProcess() const noexcept {
    const uint16_t generation = ProcessGeneration();
    return generation == 0 || process == generation % kProcesses;
  }
  void SetProcess() noexcept {
    const uint16_t generation = ProcessGeneration();
    if (generation != 0) process = generation % kProcesses;
  }

  // A thread has a word of its own, which ends as kReleased, or of the second
  // and the third that are released together as kLeads and kArranges. Before,
  // it is kAwake, kAsleep if it takes a system call to wake the thread, or, if
  // there is barging, kCompetes at times: no ABA, and a late wake finds nobody.
  //
  // It sleeps on that word too, alone. But from the fourth on of those who wait
  // for one broadcast, kTogether sleep on a word that is no waiter's: one
  // system call wakes them, and at times others, who look, and sleep on.
  // Whoever may give up sleeps alone, so that groups stay as they are, and so
  // do the first of a list.
  enum class Parked : uint32_t {
    kAwake,
    kAsleep,
    kReleased,
    kLeads,
    kArranges,
    kCompetes,
  };

  static constexpr uint32_t kTogether = 32;

  // Under the list bit, of a thread that joins a list that broadcasts to
  // threads only, behind `last`: finds out on which word it sleeps, and its
  // place().
  void SleepBehind(const Waiter& last) noexcept;

  // Returns kReleased or kCompetes once the word says so, which acquires what
  // was released by UnparkAll(); or at the deadline kAwake, which the word says
  // then. Before it returns kReleased, it wakes those whom that has left to it.
  Parked Park(Deadline deadline) noexcept;

  // Ends the waits of the threads in the ring that starts at `first`; they may
  // be gone when this returns. Wakes two: the first, which goes on at once, and
  // the second, which wakes the third and goes on. Both are soon, however many
  // there are. The third walks over the others, in groups of those who sleep
  // together, or some who sleep alone, and wakes the first group. Each of that
  // wakes another one; if there are more, so do those of the last of these.
  static void UnparkAll(Waiter* first) noexcept;

  // Ends the wait of a thread, and takes it out of its ring, if it is awake: it
  // may be gone when this returns.
  static void UnparkAwake(Waiter* waiter) noexcept;

  // Under the list bit, of a waiter on a list with barging. Whether it is to
  // compete, rather than to be granted; has it do so, and returns whether it
  // must be woken for that; and notes that it has lost.
  bool MayCompete() const noexcept;
  bool WakeToCompete() noexcept;
  void Lose() noexcept;

  // For a thread that is to compete, but is off the list: has it sleep until it
  // is released, if it isn't yet.
  void StopCompeting() noexcept;

  // For the second: leaves the others, if any, to the third.
  void PassOn() noexcept;

  // For the third: says of itself and of each other in the ring whom it wakes:
  // a group, linked by `next`, which its `prev` is, or null. Wakes a group.
  void Arrange() noexcept;
  static void Unpark(Ring* group) noexcept;

  // Ends the wait of a thread, which may be gone when this returns; and the
  // same but for the wake: returns whether it is awake.
  static void End(Waiter* waiter, Parked how) noexcept;
  bool Release(Parked how) noexcept;

  // Room for the numbers in a group, and for those in front of the first.
  static constexpr uint32_t kPlaces = 64;
  uint32_t counts() const noexcept {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(function()));
  }
  void set_counts(uint32_t count, uint32_t place) noexcept {
    set_function(
        reinterpret_cast<Function>(uintptr_t{count * kPlaces + place}));
  }

  const Kind kind : 2;
  WaitResult outcome : 2 = WaitResult::kReady;
  // Whether it is on its list. Of broadcasts, the word says when it no longer
  // is.
  bool linked : 1 = false;
  // Of a thread: whether it may give up.
  bool sleeps_alone : 1 = false;
  uint16_t process : 10 = 0;
  union {
    // Of a thread.
    Atomic<uint32_t> parked;
    // Of the last one of a list: how many there are on that. Of another that
    // runs inline: a hint to the one kAhead places behind it, or what is left
    // of when it was the last, which is as good as no hint.
    int32_t ahead;
  };
  Request request;
  std::source_location where;
};

static_assert(sizeof(Waiter) <= 64);

struct Arm;

// A wait for any of several things, for each of which it has an arm.
struct ArmedWait {
  // Of an arm that has been granted: it is done with. Returns the wait's owner,
  // if that releases it, for the caller to hand out, or null. The wait may be
  // gone then.
  Waiter* (*const end)(Arm* arm) noexcept;

  Atomic<uint32_t> winner{0};  // The number of the arm; 0: none yet.
};

struct Arm : Waiter {
  Arm(ArmedWait* w, uint32_t n, Request r, std::source_location place) noexcept
      : Waiter(Kind::kArm, nullptr, r, place), wait(w), number(n) {}

  // Whether this is the arm that ends the wait.
  bool Claim() noexcept;

  ArmedWait* const wait;
  const uint32_t number;  // From 1 on.
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_WAITER_H_

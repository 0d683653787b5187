// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Something that operations on an event and its waits can be done to on one
// thread, and that writes down everything there is to see: the real Event, or
// its model. Whoever finds the two logs different has found a bug.

#ifndef SYNC_TESTING_SEQUENTIAL_SUBJECT_H_
#define SYNC_TESTING_SEQUENTIAL_SUBJECT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sync/wait_options.h"

namespace synctest {

inline constexpr int kSlots = 3;  // Waiters.

// What a slot waits with.
enum class Way : uint8_t {
  kAwait,
  kAwaitPast,       // The present epoch.
  kAwaitOld,        // The epoch before: ready at once.
  kAwaitToken,      // With a stop token of its own.
  kAwaitPastToken,  // Both.
  kNext,            // The event's one EventWatch.
  kCallback,
  kCallbackToken,
};

enum class Kind : uint8_t {
  kSet,
  kClear,
  kPulse,
  kTry,       // Waits that end at once, of all sorts.
  kTryNext,   // EventWatch::Next() without waiting.
  kPump,      // The queueing executor runs what it got first.
  kStart,     // A wait.
  kMake,      // An awaitable, not yet awaited.
  kBegin,     // Awaits it.
  kWithdraw,  // Destroys the coroutine, or removes the callback.
  kCancel,    // Stops the token.
};

struct Op {
  Kind kind;
  uint8_t slot = 0;
  Way way = Way::kAwait;
};

// The executor of a slot's coroutines.
enum class Mode : uint8_t {
  kNone,
  kQueue,   // Takes the work and runs it later.
  kInline,  // Runs the work in Post().
  kRefuse,
};

// What a slot does when it is resumed, to the event that resumed it.
enum class Act : uint8_t {
  kNothing,
  kSet,
  kClear,
  kPulse,
  kAgain,            // Waits once more.
  kWithdrawSibling,  // Destroys or removes another waiter.
  kCancelSibling,    // Stops another waiter's token.
};

struct Plan {
  std::array<Mode, kSlots> modes{};
  std::array<Act, kSlots> acts{};
  bool initially_set = false;
};

// Something seen.
struct Sight {
  enum What : uint8_t {
    kCount,    // What Set() or Pulse() returned: value.
    kFlag,     // IsSet().
    kEpoch,    // epoch().
    kWaiters,  // waiters().
    kResult,   // Of the value-th wait of Op::kTry.
    kAtOnce,   // The slot's wait ended without suspending.
    kResumed,  // The slot was resumed, on its executor if value is 1.
    kSeen,     // EventWatch::seen().
    kMissed,   // EventWatch::missed().
    kRemove,   // What Callback::Remove() returned: value.
    kPosted,   // How much waits in the queueing executor.
    kRefused,  // How much has been refused.
  };

  What what;
  uint8_t slot = 0;
  uint8_t result = 0;
  uint64_t value = 0;

  bool operator==(const Sight&) const = default;
  auto operator<=>(const Sight&) const = default;
};

using Log = std::vector<Sight>;

std::string ToString(const Op& op);
std::string ToString(const Log& log);

// What the two have in common: which operation follows from which.
class Subject {
 public:
  enum class Phase : uint8_t { kIdle, kMade, kWaiting, kGranted, kPosted };

  explicit Subject(const Plan& plan) : plan_(plan) {}

  // One operation of the test, after which everything visible is logged.
  void Do(const Op& op);

  // What has been seen since the last call.
  Log TakeLog() { return std::exchange(log_, {}); }
  const Log& log() const { return log_; }
  void ClearLog() { log_.clear(); }

  // Things that are too intrusive to look at after each operation.
  void LookClosely() { See(Sight::kWaiters, 0, 0, Waiters()); }

 protected:
  struct Slot {
    Phase phase = Phase::kIdle;
    Way way = Way::kAwait;
    bool again = false;
  };

  Subject(const Subject&) = default;
  virtual ~Subject() = default;

  virtual size_t Set() = 0;
  virtual size_t Pulse() = 0;
  virtual void Clear() = 0;
  virtual bool IsSet() = 0;
  virtual uint64_t Epoch() = 0;
  virtual size_t Waiters() = 0;
  virtual void Try() = 0;
  virtual void TryNext() = 0;
  virtual void Pump() = 0;
  virtual size_t Queued() = 0;
  virtual size_t Refused() = 0;
  virtual void Start(int slot, Way way) = 0;
  virtual void Make(int slot, Way way) = 0;
  virtual void Begin(int slot) = 0;
  virtual void Withdraw(int slot) = 0;
  virtual void Cancel(int slot) = 0;

  void See(Sight::What what, int slot, int result, uint64_t value) {
    log_.push_back({what, static_cast<uint8_t>(slot),
                    static_cast<uint8_t>(result), value});
  }

  // Called by a subject when a slot's wait has ended; acts on the subject.
  void Ended(int slot, synclib::WaitResult result, bool suspended,
             bool on_executor);
  // Whether the slot is to wait once more, plainly, now that it has ended.
  bool TakeAgain(int slot) { return std::exchange(slots_[slot].again, false); }

  static bool IsCallback(Way way) {
    return way == Way::kCallback || way == Way::kCallbackToken;
  }
  static bool HasToken(Way way) {
    return way == Way::kAwaitToken || way == Way::kAwaitPastToken ||
           way == Way::kCallbackToken;
  }
  static bool IsPast(Way way) {
    return way == Way::kAwaitPast || way == Way::kAwaitOld ||
           way == Way::kAwaitPastToken;
  }

  const Plan plan_;
  std::array<Slot, kSlots> slots_;

 private:
  // Whether another waiter's code may withdraw the slot's wait whatever its
  // state: not once an executor may have it.
  bool MayBeWithdrawn(int slot) const {
    const Slot& it = slots_[slot];
    if (it.phase == Phase::kIdle || it.phase == Phase::kPosted) return false;
    if (it.phase == Phase::kMade || IsCallback(it.way)) return true;
    return plan_.modes[slot] == Mode::kNone ||
           plan_.modes[slot] == Mode::kRefuse;
  }

  Log log_;
  int acts_left_ = 0;
};

inline void Subject::Do(const Op& op) {
  acts_left_ = 5;
  switch (op.kind) {
    case Kind::kSet:
      See(Sight::kCount, 0, 0, Set());
      break;
    case Kind::kClear:
      Clear();
      break;
    case Kind::kPulse:
      See(Sight::kCount, 0, 0, Pulse());
      break;
    case Kind::kTry:
      Try();
      break;
    case Kind::kTryNext:
      TryNext();
      break;
    case Kind::kPump:
      Pump();
      break;
    case Kind::kStart:
      Start(op.slot, op.way);
      break;
    case Kind::kMake:
      Make(op.slot, op.way);
      break;
    case Kind::kBegin:
      Begin(op.slot);
      break;
    case Kind::kWithdraw:
      Withdraw(op.slot);
      break;
    case Kind::kCancel:
      Cancel(op.slot);
      break;
  }
  See(Sight::kFlag, 0, 0, IsSet() ? 1 : 0);
  See(Sight::kEpoch, 0, 0, Epoch());
  See(Sight::kPosted, 0, 0, Queued());
  See(Sight::kRefused, 0, 0, Refused());
}

inline void Subject::Ended(int slot, synclib::WaitResult result, bool suspended,
                           bool on_executor) {
  See(suspended ? Sight::kResumed : Sight::kAtOnce, slot,
      static_cast<int>(result), on_executor ? 1 : 0);
  slots_[slot].phase = Phase::kIdle;
  if (acts_left_ == 0) return;
  --acts_left_;
  switch (plan_.acts[slot]) {
    case Act::kNothing:
      break;
    case Act::kSet:
      See(Sight::kCount, slot, 0, Set());
      break;
    case Act::kClear:
      Clear();
      break;
    case Act::kPulse:
      See(Sight::kCount, slot, 0, Pulse());
      break;
    case Act::kAgain:
      slots_[slot].again = true;
      break;
    case Act::kWithdrawSibling:
      for (int other : {(slot + 1) % kSlots, (slot + 2) % kSlots}) {
        if (!MayBeWithdrawn(other)) continue;
        Withdraw(other);
        break;
      }
      break;
    case Act::kCancelSibling:
      for (int other : {(slot + 1) % kSlots, (slot + 2) % kSlots}) {
        if (slots_[other].phase != Phase::kIdle && HasToken(slots_[other].way))
          Cancel(other);
      }
      break;
  }
}

}  // namespace synctest

#endif  // SYNC_TESTING_SEQUENTIAL_SUBJECT_H_

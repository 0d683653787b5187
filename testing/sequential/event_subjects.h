// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Two things that the same operations can be done to on one thread, an Event
// and its model, and that write down everything there is to see. Whoever finds
// the two logs different has found a bug.

#ifndef SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECTS_H_
#define SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECTS_H_

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/executor.h"
#include "testing/sequential/event_model.h"

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

// The model, with what the contract says about where and in which order the
// waits that ended go on: those with an executor are posted, in list order,
// then the others run, in list order, one after another. Copyable, so that one
// search can go on from it in several ways.
class ModelSubject final : public Subject {
 public:
  explicit ModelSubject(const Plan& plan)
      : Subject(plan), event_(plan.initially_set) {}
  ModelSubject(const ModelSubject&) = default;

  // Whether `op` makes sense now, and isn't misuse.
  bool Allows(const Op& op) const {
    const Phase phase = slots_[op.slot].phase;
    const Way way = slots_[op.slot].way;
    switch (op.kind) {
      case Kind::kSet:
      case Kind::kClear:
      case Kind::kPulse:
      case Kind::kTry:
        return true;
      case Kind::kTryNext:
        return !NextInUse();
      case Kind::kPump:
        return !posted_.empty();
      case Kind::kMake:
      case Kind::kStart:
        // Idle slots with the same plan are alike: the first will do.
        for (int i = 0; i < op.slot; ++i) {
          if (slots_[i].phase == Phase::kIdle &&
              plan_.modes[i] == plan_.modes[op.slot] &&
              plan_.acts[i] == plan_.acts[op.slot]) {
            return false;
          }
        }
        if (op.way == Way::kAwaitOld && event_.epoch() == 0) return false;
        if (op.way == Way::kNext && NextInUse()) return false;
        return phase == Phase::kIdle;
      case Kind::kBegin:
        return phase == Phase::kMade;
      case Kind::kWithdraw:
        return phase == Phase::kMade || phase == Phase::kWaiting;
      case Kind::kCancel:
        return phase != Phase::kIdle && HasToken(way) &&
               !waits_[op.slot].stopped;
    }
    return false;
  }

 private:
  struct Wait {
    uint64_t ticket = 0;
    bool stopped = false;
    Mode mode = Mode::kNone;
    synclib::WaitResult result{};
    uint64_t released_by = 0;
    bool has_run = false;  // A callback.
  };

  bool NextInUse() const {
    for (const Slot& slot : slots_) {
      if (slot.phase != Phase::kIdle && slot.way == Way::kNext) return true;
    }
    return false;
  }

  size_t Set() override { return Release(event_.Set()); }
  size_t Pulse() override { return Release(event_.Pulse()); }
  void Clear() override { event_.Clear(); }
  bool IsSet() override { return event_.IsSet(); }
  uint64_t Epoch() override { return event_.epoch(); }
  size_t Waiters() override { return event_.waiters(); }
  size_t Queued() override { return posted_.size(); }
  size_t Refused() override { return refused_; }

  void Try() override {
    const uint64_t epoch = event_.epoch();
    const EventModel::GiveUp stopped{true, false}, expired{false, true},
        both{true, true};
    int i = 0;
    const auto see = [&](std::optional<synclib::WaitResult> result) {
      See(Sight::kResult, 0, static_cast<int>(*result), i++);
    };
    for (int round = 0; round < 3; ++round) {  // Thread, coroutine, callback.
      see(event_.Wait(kSlots, expired));
      see(event_.Wait(kSlots, stopped));
      see(event_.Wait(kSlots, both));
      see(event_.WaitPast(epoch, kSlots, expired));
      see(event_.WaitPast(epoch, kSlots, stopped));
      if (epoch > 0) see(event_.WaitPast(epoch - 1, kSlots, both));
    }
  }

  void TryNext() override {
    const auto result =
        event_.WaitPast(seen_, kSlots, EventModel::GiveUp{false, true});
    See(Sight::kResult, 0, static_cast<int>(*result), 0);
    NextEnded(*result, event_.epoch());
  }

  void Pump() override {
    queue_.push_back(posted_.front());
    posted_.erase(posted_.begin());
    slots_[queue_.back()].phase = Phase::kGranted;
    Drain();
  }

  void Make(int slot, Way way) override {
    slots_[slot].phase = Phase::kMade;
    slots_[slot].way = way;
    Wait& wait = waits_[slot];
    wait.ticket = way == Way::kNext       ? seen_
                  : way == Way::kAwaitOld ? event_.epoch() - 1
                                          : event_.epoch();
    wait.stopped = false;
    wait.mode = IsCallback(way) ? Mode::kNone : plan_.modes[slot];
  }
  void Start(int slot, Way way) override {
    Make(slot, way);
    Begin(slot);
  }
  void Begin(int slot) override {
    Wait& wait = waits_[slot];
    slots_[slot].phase = Phase::kWaiting;
    const Way way = slots_[slot].way;
    const EventModel::GiveUp give_up{HasToken(way) && wait.stopped, false};
    std::optional<synclib::WaitResult> result =
        IsPast(way) || way == Way::kNext
            ? event_.WaitPast(wait.ticket, slot, give_up)
            : event_.Wait(slot, give_up);
    if (!result) return;
    wait.result = *result;
    wait.released_by = event_.epoch();
    GoOn(slot, false, false);
  }

  void Withdraw(int slot) override {
    const Phase phase = slots_[slot].phase;
    if (IsCallback(slots_[slot].way)) {
      if (event_.Remove(slot)) {
        slots_[slot].phase = Phase::kIdle;
        See(Sight::kRemove, slot, 0, synclib::Callback::kRemoved);
      } else {
        See(Sight::kRemove, slot, 0, synclib::Callback::kTaken);
      }
      return;
    }
    if (phase == Phase::kWaiting) event_.Remove(slot);
    if (phase == Phase::kGranted) std::erase(queue_, slot);
    slots_[slot].phase = Phase::kIdle;
  }

  void Cancel(int slot) override {
    waits_[slot].stopped = true;
    if (slots_[slot].phase != Phase::kWaiting) return;
    event_.Remove(slot);
    waits_[slot].result = synclib::WaitResult::kCancelled;
    HandOut({slot});
  }

  size_t Release(const std::vector<int>& released) {
    for (int slot : released) {
      waits_[slot].result = synclib::WaitResult::kReady;
      waits_[slot].released_by = event_.epoch();
    }
    HandOut(released);
    return released.size();
  }

  void HandOut(const std::vector<int>& ended) {
    std::vector<int> rest;
    for (int slot : ended) {
      slots_[slot].phase = Phase::kGranted;
      switch (waits_[slot].mode) {
        case Mode::kQueue:
          slots_[slot].phase = Phase::kPosted;
          posted_.push_back(slot);
          break;
        case Mode::kInline:
          queue_.push_back(slot);
          break;
        case Mode::kRefuse:
          ++refused_;
          [[fallthrough]];
        case Mode::kNone:
          rest.push_back(slot);
      }
    }
    queue_.insert(queue_.end(), rest.begin(), rest.end());
    Drain();
  }

  void Drain() {
    if (draining_) return;
    draining_ = true;
    while (!queue_.empty()) {
      const int slot = queue_.front();
      queue_.erase(queue_.begin());
      const Mode mode = waits_[slot].mode;
      const bool on_executor = mode == Mode::kQueue || mode == Mode::kInline;
      GoOn(slot, true, on_executor);
    }
    draining_ = false;
  }

  // What the slot does once its wait has ended.
  void GoOn(int slot, bool suspended, bool on_executor) {
    for (;;) {
      Wait& wait = waits_[slot];
      const bool callback = IsCallback(slots_[slot].way);
      if (slots_[slot].way == Way::kNext) {
        NextEnded(wait.result, wait.released_by);
      }
      Ended(slot, wait.result, suspended, on_executor);
      if (!TakeAgain(slot)) return;
      slots_[slot].phase = Phase::kWaiting;
      slots_[slot].way = callback ? Way::kCallback : Way::kAwait;
      // On the current executor.
      if (!on_executor) wait.mode = Mode::kNone;
      const auto result = event_.Wait(slot);
      if (!result) return;
      wait.result = *result;
      suspended = false;
    }
  }

  void NextEnded(synclib::WaitResult result, uint64_t epoch) {
    if (result == synclib::WaitResult::kReady) {
      missed_ = epoch - seen_ - 1;
      seen_ = epoch;
    }
    See(Sight::kSeen, 0, 0, seen_);
    See(Sight::kMissed, 0, 0, missed_);
  }

  EventModel event_;
  std::array<Wait, kSlots> waits_;
  uint64_t seen_ = 0;
  uint64_t missed_ = 0;
  bool draining_ = false;
  std::vector<int> queue_;   // Of this thread's trampoline.
  std::vector<int> posted_;  // Of the queueing executor.
  size_t refused_ = 0;
};

// The real thing.
class EventSubject final : public Subject {
 public:
  explicit EventSubject(const Plan& plan)
      : Subject(plan),
        storage_(plan.initially_set
                     ? std::make_unique<synclib::Event>(synclib::Event::kSet)
                     : std::make_unique<synclib::Event>()),
        event_(*storage_) {
    stopped_.request_stop();
    for (int i = 0; i < kSlots; ++i) reals_[i].emplace(*this, i);
  }

  // Takes back whatever still waits, which leaves the event without waiters.
  ~EventSubject() override {
    while (!queue_.works.empty()) Pump();
    ClearLog();
    for (int i = 0; i < kSlots; ++i) {
      if (slots_[i].phase != Phase::kIdle) Withdraw(i);
    }
    if (event_.waiters() != 0) std::abort();
  }

 private:
  // A coroutine that starts when it is resumed, and ends by itself.
  struct Coroutine {
    struct promise_type {
      Coroutine get_return_object() {
        return {std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<> handle;
  };

  // Sees whether an await suspends.
  template <class Awaiter>
  struct Watched {
    bool await_ready() {
      suspended = false;
      return awaiter.await_ready();
    }
    bool await_suspend(std::coroutine_handle<> handle) {
      suspended = true;
      // If this is true, this object may be gone.
      if (awaiter.await_suspend(handle)) return true;
      suspended = false;
      return false;
    }
    synclib::WaitResult await_resume() { return awaiter.await_resume(); }

    Awaiter& awaiter;
    bool& suspended;
  };

  struct Queue : synclib::Executor {
    bool Post(synclib::Work* work) noexcept override {
      works.push_back(work);
      return true;
    }
    std::vector<synclib::Work*> works;
  };
  struct Inline : synclib::Executor {
    bool Post(synclib::Work* work) noexcept override {
      work->Run();
      return true;
    }
  };
  struct Refusing : synclib::Executor {
    bool Post(synclib::Work*) noexcept override {
      ++refused;
      return false;
    }
    size_t refused = 0;
  };

  struct Real : synclib::Callback {
    Real(EventSubject& subject, int slot)
        : Callback(&Called), subject(subject), slot(slot) {}

    static void Called(Callback& self, synclib::WaitResult result) noexcept {
      Real& real = static_cast<Real&>(self);
      real.subject.CallbackEnded(real.slot, result, true);
    }

    EventSubject& subject;
    const int slot;
    std::coroutine_handle<> handle;
    bool suspended = false;
    std::stop_source source{std::nostopstate};
  };

  struct Unexpected : synclib::Callback {
    Unexpected() : Callback(&Called) {}
    static void Called(Callback&, synclib::WaitResult) noexcept {
      std::abort();
    }
  };

  size_t Set() override { return event_.Set(); }
  size_t Pulse() override { return event_.Pulse(); }
  void Clear() override { event_.Clear(); }
  bool IsSet() override { return event_.IsSet(); }
  uint64_t Epoch() override { return event_.epoch(); }
  size_t Waiters() override { return event_.waiters(); }
  size_t Queued() override { return queue_.works.size(); }
  size_t Refused() override { return refusing_.refused; }

  void Try() override {
    const uint64_t epoch = event_.epoch();
    const std::stop_token token = stopped_.get_token();
    const absl::Duration zero = absl::ZeroDuration();
    uint64_t i = 0;
    const auto see = [&](std::optional<synclib::WaitResult> result) {
      See(Sight::kResult, 0, result ? static_cast<int>(*result) : 9, i++);
    };
    const auto await = [&](auto awaiter) {
      std::optional<synclib::WaitResult> result;
      AtOnce(awaiter, result).handle.resume();
      return result;
    };
    see(event_.Wait(zero));
    see(event_.Wait(token));
    see(event_.Wait({zero, token}));
    see(event_.WaitPast(epoch, absl::Seconds(-1)));
    see(event_.WaitPast(epoch, token));
    if (epoch > 0) see(event_.WaitPast(epoch - 1, {zero, token}));
    see(await(event_.AsyncWait(zero)));
    see(await(event_.AsyncWait(token)));
    see(await(event_.AsyncWait({zero, token})));
    see(await(event_.AsyncWaitPast(epoch, zero)));
    see(await(event_.AsyncWaitPast(epoch, token)));
    if (epoch > 0) {
      see(await(event_.AsyncWaitPast(epoch - 1, {zero, token})));
    }
    Unexpected callback;
    see(event_.Add(callback, zero));
    see(event_.Add(callback, token));
    see(event_.Add(callback, {zero, token}));
    see(event_.AddPast(epoch, callback, zero));
    see(event_.AddPast(epoch, callback, token));
    if (epoch > 0) {
      see(event_.AddPast(epoch - 1, callback, {zero, token}));
    }
  }

  void TryNext() override {
    const synclib::WaitResult result = watch_.Next(absl::ZeroDuration());
    See(Sight::kResult, 0, static_cast<int>(result), 0);
    NextEnded();
  }

  void Pump() override {
    synclib::Work* work = queue_.works.front();
    queue_.works.erase(queue_.works.begin());
    work->Run();
  }

  void Start(int slot, Way way) override {
    Make(slot, way);
    Begin(slot);
  }
  void Make(int slot, Way way) override {
    slots_[slot].phase = Phase::kMade;
    slots_[slot].way = way;
    Real& real = *reals_[slot];
    if (HasToken(way)) real.source = std::stop_source();
    if (IsCallback(way)) return;
    Coroutine made;
    const std::stop_token token = real.source.get_token();
    const uint64_t epoch = event_.epoch();
    switch (way) {
      case Way::kAwait:
        made = WithExecutor(slot, event_.AsyncWait());
        break;
      case Way::kAwaitPast:
        made = WithExecutor(slot, event_.AsyncWaitPast(epoch));
        break;
      case Way::kAwaitOld:
        made = WithExecutor(slot, event_.AsyncWaitPast(epoch - 1));
        break;
      case Way::kAwaitToken:
        made = WithExecutor(slot, event_.AsyncWait(token));
        break;
      case Way::kAwaitPastToken:
        made = WithExecutor(slot, event_.AsyncWaitPast(epoch, token));
        break;
      case Way::kNext:
        made = WithExecutor(slot, watch_.AsyncNext());
        break;
      case Way::kCallback:
      case Way::kCallbackToken:
        break;
    }
    real.handle = made.handle;
  }
  void Begin(int slot) override {
    Real& real = *reals_[slot];
    if (!IsCallback(slots_[slot].way)) {
      real.handle.resume();
      return;
    }
    slots_[slot].phase = Phase::kWaiting;
    const std::optional<synclib::WaitResult> result =
        slots_[slot].way == Way::kCallbackToken
            ? event_.Add(real, real.source.get_token())
            : event_.Add(real);
    if (result) CallbackEnded(slot, *result, false);
  }

  template <class Awaiter>
  Coroutine WithExecutor(int slot, Awaiter awaiter) {
    switch (plan_.modes[slot]) {
      case Mode::kNone:
        break;
      case Mode::kQueue:
        return Body(slot, std::move(awaiter).On(queue_));
      case Mode::kInline:
        return Body(slot, std::move(awaiter).On(inline_));
      case Mode::kRefuse:
        return Body(slot, std::move(awaiter).On(refusing_));
    }
    return Body(slot, std::move(awaiter));
  }

  template <class Awaiter>
  Coroutine Body(int slot, Awaiter awaiter) {
    bool& suspended = reals_[slot]->suspended;
    slots_[slot].phase = Phase::kWaiting;
    synclib::WaitResult result = co_await Watched<Awaiter>{awaiter, suspended};
    if (slots_[slot].way == Way::kNext) NextEnded();
    Ended(slot, result, suspended, OnExecutor(slot));
    while (TakeAgain(slot)) {
      slots_[slot].phase = Phase::kWaiting;
      slots_[slot].way = Way::kAwait;
      auto again = event_.operator co_await();
      result = co_await Watched<synclib::Event::Awaiter>{again, suspended};
      Ended(slot, result, suspended, OnExecutor(slot));
    }
  }

  static Coroutine AtOnce(auto& awaiter,
                          std::optional<synclib::WaitResult>& result) {
    result = co_await awaiter;
  }

  // Whether the current executor is the slot's; another one is a failure.
  bool OnExecutor(int slot) {
    synclib::Executor* current = synclib::Executor::Current();
    if (current == nullptr) return false;
    if (current == &queue_ && plan_.modes[slot] == Mode::kQueue) return true;
    if (current == &inline_ && plan_.modes[slot] == Mode::kInline) return true;
    std::abort();
  }

  void CallbackEnded(int slot, synclib::WaitResult result, bool suspended) {
    Real& real = *reals_[slot];
    if (suspended && real.Remove() != synclib::Callback::kTaken) std::abort();
    Ended(slot, result, suspended, synclib::Executor::Current() != nullptr);
    while (TakeAgain(slot)) {
      slots_[slot].phase = Phase::kWaiting;
      slots_[slot].way = Way::kCallback;
      const std::optional<synclib::WaitResult> again = event_.Add(real);
      if (!again) return;
      Ended(slot, *again, false, synclib::Executor::Current() != nullptr);
    }
  }

  void Withdraw(int slot) override {
    Real& real = *reals_[slot];
    if (!IsCallback(slots_[slot].way)) {
      slots_[slot].phase = Phase::kIdle;
      real.handle.destroy();
      return;
    }
    const synclib::Callback::RemoveResult result = real.Remove();
    See(Sight::kRemove, slot, 0, result);
    if (result == synclib::Callback::kRemoved) {
      slots_[slot].phase = Phase::kIdle;
    }
  }

  void Cancel(int slot) override {
    // The wait may end and its slot may begin another meanwhile.
    std::stop_source source = reals_[slot]->source;
    source.request_stop();
  }

  void NextEnded() {
    See(Sight::kSeen, 0, 0, watch_.seen());
    See(Sight::kMissed, 0, 0, watch_.missed());
  }

  const std::unique_ptr<synclib::Event> storage_;
  synclib::Event& event_;
  synclib::EventWatch watch_{event_};
  Queue queue_;
  Inline inline_;
  Refusing refusing_;
  std::stop_source stopped_;
  std::array<std::optional<Real>, kSlots> reals_;
};

inline std::string ToString(const Op& op) {
  static constexpr const char* kKinds[] = {
      "Set",   "Clear", "Pulse", "Try",      "TryNext", "Pump",
      "Start", "Make",  "Begin", "Withdraw", "Cancel"};
  static constexpr const char* kWays[] = {"await",
                                          "await past",
                                          "await old",
                                          "await with token",
                                          "await past with token",
                                          "await next",
                                          "callback",
                                          "callback with token"};
  std::string text = kKinds[static_cast<int>(op.kind)];
  if (op.kind < Kind::kStart) return text;
  text += " " + std::to_string(op.slot);
  if (op.kind > Kind::kMake) return text;
  return text + " (" + kWays[static_cast<int>(op.way)] + ")";
}

inline std::string ToString(const Log& log) {
  static constexpr const char* kWhats[] = {
      "count",   "IsSet", "epoch",  "waiters", "result", "at once",
      "resumed", "seen",  "missed", "Remove",  "posted", "refused"};
  std::string text;
  for (const Sight& sight : log) {
    text += std::string(text.empty() ? "" : "; ") + kWhats[sight.what];
    switch (sight.what) {
      case Sight::kAtOnce:
      case Sight::kResumed:
        text += " slot " + std::to_string(sight.slot) + " result " +
                std::to_string(sight.result) +
                (sight.value != 0 ? " on executor" : "");
        break;
      case Sight::kResult:
        text += " of wait " + std::to_string(sight.value) + ": " +
                std::to_string(sight.result);
        break;
      default:
        text += " " + std::to_string(sight.value);
    }
  }
  return text;
}

}  // namespace synctest

#endif  // SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECTS_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The contract of Event as an automaton, and an Event that is held against it.

#ifndef SYNC_TESTING_MODEL_EVENT_SPEC_H_
#define SYNC_TESTING_MODEL_EVENT_SPEC_H_

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/executor.h"
#include "sync/internal/deadline.h"
#include "sync/wait_options.h"
#include "testing/model/engine.h"
#include "testing/model/notes.h"

namespace synctest::model {

// Is told when each operation begins, and ends, and with what result. There
// must be moments in between, one for each operation (for a wait two: its
// request, and its end), so that the results are those of the contract's table
// if everything happens at its moment. If there are none, the execution fails.
// Wing, Gong: "Testing and verifying concurrent objects", 1993.
//
// The order of moments is that of the machine's steps. A machine with stale
// reads has no such order, and there the specification is silent:
// happens-before of plain data, and that nobody waits for ever, must do.
class EventSpec {
 public:
  enum class Kind : uint8_t { kSet, kClear, kPulse, kIsSet, kEpoch, kWait };

  struct Operation {
    Kind kind;
    // Of a wait: what it asks for (null: the flag), and what may end it early.
    std::optional<uint64_t> past = std::nullopt;
    // Its clock must have shown this before it can time out.
    int64_t limit = INT64_MAX;
    bool by_wall_clock = false;  // Not by the one that is never set.
    bool may_be_cancelled = false;
  };

  // For this execution.
  static EventSpec& Make(bool set);

  // Names the operation.
  uint32_t Begin(const Operation& operation);
  // It has joined: its request has been made, and was not satisfied.
  void Joined(uint32_t name);
  // From now on something may end it early that didn't exist when it began.
  void MayBeCancelled(uint32_t name);
  void End(uint32_t name, uint64_t result);
  // Nobody can go on: what has not ended waits.
  void Quiet();

  // What the result of an operation means; null: it has none.
  static Format ResultOf(Kind kind);

 private:
  static constexpr int kMax = 8;  // Operations at one time.
  static constexpr uint8_t kBegun = 0xfe;
  static constexpr uint8_t kWaits = 0xff;

  // One way in which everything may have happened so far.
  struct State {
    bool set;
    uint64_t epoch;
    uint64_t result[kMax];
    uint8_t phase[kMax];  // kBegun, kWaits, or 0: over, with the result.

    bool operator==(const State&) const = default;
  };

  int Slot(uint32_t name) const;
  bool LimitHasCome(int slot) const;
  void Broadcast(State& state) const;
  void Step(const State& state, int slot);
  void Close();
  template <class Holds>
  void Keep(Holds holds, const char* what);

  bool silent_ = false;
  uint32_t names_ = 0;
  uint32_t name_[kMax] = {};  // 0: free.
  Operation operation_[kMax] = {};
  size_t wall_readings_[kMax] = {};  // When it began.
  std::vector<State> states_;
};

// A Callback whose waits are held against the specification, once they are
// added to a SpecifiedEvent. To be removed is to be cancelled.
class SpecifiedCallback : private synclib::Callback {
 public:
  using Function = void (*)(SpecifiedCallback& self,
                            synclib::WaitResult result) noexcept;
  using Callback::kHasRun;
  using Callback::kRemoved;
  using Callback::kTaken;
  using Callback::RemoveResult;

  // Does nothing when it is called.
  SpecifiedCallback()
      : SpecifiedCallback(
            [](SpecifiedCallback&, synclib::WaitResult) noexcept {}) {}
  explicit SpecifiedCallback(Function function)
      : Callback(&Fired), function_(function) {}

  RemoveResult Remove() noexcept {
    if (spec_ != nullptr) spec_->MayBeCancelled(name_);
    const RemoveResult result = Callback::Remove();
    if (spec_ != nullptr && result == kRemoved) {
      std::exchange(spec_, nullptr)
          ->End(name_, static_cast<uint64_t>(synclib::WaitResult::kCancelled));
    }
    return result;
  }

 private:
  friend class SpecifiedEvent;

  static void Fired(Callback& callback, synclib::WaitResult result) noexcept {
    auto& self = static_cast<SpecifiedCallback&>(callback);
    self.spec_->End(self.name_, static_cast<uint64_t>(result));
    self.function_(self, result);
  }

  const Function function_;
  EventSpec* spec_ = nullptr;  // Null: no wait that may be removed.
  uint32_t name_ = 0;
};

// Names an event, and has reports show its word as in "set, epoch 1, waiters".
void NameEvent(const synclib::Event& event, const char* name) noexcept;

// An Event of which every operation is held against the specification, and may
// not allocate, unless it may start the timer thread. A failure shows where
// each begins and ends; it calls the event by its name.
class SpecifiedEvent {
 public:
  SpecifiedEvent() : SpecifiedEvent("event") {}
  explicit SpecifiedEvent(const char* name) : spec_(EventSpec::Make(false)) {
    NameEvent(event_, name);
  }
  explicit SpecifiedEvent(synclib::Event::InitialState,
                          const char* name = "event")
      : event_(synclib::Event::kSet), spec_(EventSpec::Make(true)) {
    NameEvent(event_, name);
  }

  // How many were released is not the specification's.
  size_t Set(Place where = Place::current()) {
    size_t count = 0;
    Specified(EventSpec::Kind::kSet, {&event_, "Set()", where}, [&] {
      count = event_.Set();
      return 0;
    });
    return count;
  }
  size_t Pulse(Place where = Place::current()) {
    size_t count = 0;
    Specified(EventSpec::Kind::kPulse, {&event_, "Pulse()", where}, [&] {
      count = event_.Pulse();
      return 0;
    });
    return count;
  }
  void Clear(Place where = Place::current()) {
    Specified(EventSpec::Kind::kClear, {&event_, "Clear()", where}, [&] {
      event_.Clear();
      return 0;
    });
  }
  bool IsSet(Place where = Place::current()) {
    return Specified(EventSpec::Kind::kIsSet, {&event_, "IsSet()", where},
                     [&] { return event_.IsSet(); });
  }
  uint64_t epoch(Place where = Place::current()) {
    return Specified(EventSpec::Kind::kEpoch, {&event_, "epoch()", where},
                     [&] { return event_.epoch(); });
  }

  synclib::WaitResult Wait(Place where = Place::current()) {
    return Blocked(std::nullopt, nullptr, {&event_, "Wait()", where},
                   [&] { return event_.Wait(); });
  }
  synclib::WaitResult Wait(const synclib::WaitOptions& options,
                           Place where = Place::current()) {
    return Blocked(std::nullopt, &options, {&event_, "Wait(options)", where},
                   [&] { return event_.Wait(options); });
  }
  synclib::WaitResult WaitPast(uint64_t epoch, Place where = Place::current()) {
    return Blocked(epoch, nullptr, {&event_, "WaitPast(epoch)", where},
                   [&] { return event_.WaitPast(epoch); });
  }
  synclib::WaitResult WaitPast(uint64_t epoch,
                               const synclib::WaitOptions& options,
                               Place where = Place::current()) {
    return Blocked(epoch, &options,
                   {&event_, "WaitPast(epoch, options)", where},
                   [&] { return event_.WaitPast(epoch, options); });
  }

  template <class Inner>
  class Awaiter {
   public:
    Awaiter(Inner inner, EventSpec& spec, EventSpec::Operation operation,
            Call call)
        : inner_(std::move(inner)),
          spec_(spec),
          operation_(operation),
          call_(call) {}

    Awaiter On(synclib::Executor& executor) && {
      return Awaiter(std::move(inner_).On(executor), spec_, operation_, call_);
    }
    bool await_ready(Place awaited = Place::current()) noexcept {
      if (call_.where.line() == 0) call_.where = awaited;
      call_.Begin(Action::kAwait);
      name_ = spec_.Begin(operation_);
      NoAllocation none(operation_.limit == INT64_MAX);
      return inner_.await_ready();
    }
    bool await_suspend(std::coroutine_handle<> handle) noexcept {
      EventSpec& spec = spec_;
      const uint32_t name = name_;
      NoAllocation none(operation_.limit == INT64_MAX);
      if (!inner_.await_suspend(handle)) return false;
      spec.Joined(name);
      return true;
    }
    synclib::WaitResult await_resume() noexcept {
      const synclib::WaitResult result = inner_.await_resume();
      End(call_, spec_, EventSpec::Kind::kWait, name_, result);
      return result;
    }

   private:
    Inner inner_;
    EventSpec& spec_;
    EventSpec::Operation operation_;
    Call call_;
    uint32_t name_ = 0;
  };

  auto operator co_await() {
    return Awaiter(event_.operator co_await(), spec_,
                   Request(std::nullopt, nullptr), {&event_, "co_await", {}});
  }
  auto AsyncWait(Place where = Place::current()) {
    return Awaiter(event_.AsyncWait(), spec_, Request(std::nullopt, nullptr),
                   {&event_, "AsyncWait()", where});
  }
  auto AsyncWait(const synclib::WaitOptions& options,
                 Place where = Place::current()) {
    return Awaiter(event_.AsyncWait(options), spec_,
                   Request(std::nullopt, &options),
                   {&event_, "AsyncWait(options)", where});
  }

  auto AsyncWaitPast(uint64_t epoch, Place where = Place::current()) {
    return Awaiter(event_.AsyncWaitPast(epoch), spec_, Request(epoch, nullptr),
                   {&event_, "AsyncWaitPast(epoch)", where});
  }
  auto AsyncWaitPast(uint64_t epoch, const synclib::WaitOptions& options,
                     Place where = Place::current()) {
    return Awaiter(event_.AsyncWaitPast(epoch, options), spec_,
                   Request(epoch, &options),
                   {&event_, "AsyncWaitPast(epoch, options)", where});
  }

  // The next broadcast that `watch`, which is of this event, has not seen.
  synclib::WaitResult Next(synclib::EventWatch& watch,
                           Place where = Place::current()) {
    return Blocked(watch.seen(), nullptr, {&event_, "Next(watch)", where},
                   [&] { return watch.Next(); });
  }
  synclib::WaitResult Next(synclib::EventWatch& watch,
                           const synclib::WaitOptions& options,
                           Place where = Place::current()) {
    return Blocked(watch.seen(), &options,
                   {&event_, "Next(watch, options)", where},
                   [&] { return watch.Next(options); });
  }
  auto AsyncNext(synclib::EventWatch& watch, Place where = Place::current()) {
    return Awaiter(watch.AsyncNext(), spec_, Request(watch.seen(), nullptr),
                   {&event_, "AsyncNext(watch)", where});
  }
  auto AsyncNext(synclib::EventWatch& watch,
                 const synclib::WaitOptions& options,
                 Place where = Place::current()) {
    return Awaiter(watch.AsyncNext(options), spec_,
                   Request(watch.seen(), &options),
                   {&event_, "AsyncNext(watch, options)", where});
  }

  std::optional<synclib::WaitResult> Add(SpecifiedCallback& callback,
                                         Place where = Place::current()) {
    return Added(callback, Request(std::nullopt, nullptr),
                 {&event_, "Add(callback)", where},
                 [&] { return event_.Add(callback); });
  }
  std::optional<synclib::WaitResult> Add(SpecifiedCallback& callback,
                                         const synclib::WaitOptions& options,
                                         Place where = Place::current()) {
    return Added(callback, Request(std::nullopt, &options),
                 {&event_, "Add(callback, options)", where},
                 [&] { return event_.Add(callback, options); });
  }
  std::optional<synclib::WaitResult> AddPast(uint64_t epoch,
                                             SpecifiedCallback& callback,
                                             Place where = Place::current()) {
    return Added(callback, Request(epoch, nullptr),
                 {&event_, "AddPast(epoch, callback)", where},
                 [&] { return event_.AddPast(epoch, callback); });
  }
  std::optional<synclib::WaitResult> AddPast(
      uint64_t epoch, SpecifiedCallback& callback,
      const synclib::WaitOptions& options, Place where = Place::current()) {
    return Added(callback, Request(epoch, &options),
                 {&event_, "AddPast(epoch, callback, options)", where},
                 [&] { return event_.AddPast(epoch, callback, options); });
  }

  // For waits that are not among those above: what the specification is to be
  // told of one. `past` as in Operation; null `options`: it never gives up.
  static EventSpec::Operation Request(std::optional<uint64_t> past,
                                      const synclib::WaitOptions* options) {
    EventSpec::Operation operation = {EventSpec::Kind::kWait, past};
    if (options != nullptr) {
      using Deadline = synclib::internal::Deadline;
      const Deadline& limit = options->limit();
      if (!limit.never()) {
        operation.limit = limit.nanos();
        operation.by_wall_clock = limit.clock() == Deadline::kWall;
        if (limit.clock() == Deadline::kDuration) operation.limit += LastNow();
      }
      operation.may_be_cancelled = options->token().stop_possible();
    }
    return operation;
  }

  // For what the specification doesn't speak of.
  synclib::Event& event() { return event_; }
  EventSpec& spec() { return spec_; }

 private:
  template <class Result>
  static void End(const Call& call, EventSpec& spec, EventSpec::Kind kind,
                  uint32_t name, Result result) {
    call.End(static_cast<uint64_t>(result), EventSpec::ResultOf(kind));
    spec.End(name, static_cast<uint64_t>(result));
  }

  // What `act` returns is the operation's result. The event may be gone then.
  template <class Act>
  std::invoke_result_t<Act> Specified(EventSpec::Kind kind, Call call,
                                      Act act) {
    EventSpec& spec = spec_;
    call.Begin();
    const uint32_t name = spec.Begin({kind});
    const auto result = [&] {
      NoAllocation none;
      return act();
    }();
    End(call, spec, kind, name, result);
    return result;
  }

  // A thread that sleeps, but not for the list, has joined.
  template <class Function>
  synclib::WaitResult Blocked(std::optional<uint64_t> past,
                              const synclib::WaitOptions* options, Call call,
                              Function wait) {
    struct Observer {
      EventSpec& spec;
      const void* event;
      uint32_t name;
    } observer{spec_, &event_, 0};
    call.Begin();
    observer.name = observer.spec.Begin(Request(past, options));
    ObserveSleep(
        [](void* arg, const void* address) {
          auto& o = *static_cast<Observer*>(arg);
          if (address != o.event) o.spec.Joined(o.name);
        },
        &observer);
    const synclib::WaitResult result = [&] {
      NoAllocation none(options == nullptr || options->limit().never());
      return wait();
    }();
    ObserveSleep(nullptr, nullptr);
    End(call, observer.spec, EventSpec::Kind::kWait, observer.name, result);
    return result;
  }

  // A callback that has joined may have run, and be gone.
  template <class Function>
  std::optional<synclib::WaitResult> Added(
      SpecifiedCallback& callback, const EventSpec::Operation& operation,
      Call call, Function add) {
    EventSpec& spec = spec_;
    call.Begin();
    const uint32_t name = spec.Begin(operation);
    callback.spec_ = &spec;
    callback.name_ = name;
    const std::optional<synclib::WaitResult> result = [&] {
      NoAllocation none(operation.limit == INT64_MAX);
      return add();
    }();
    if (result.has_value()) {
      callback.spec_ = nullptr;
      End(call, spec, EventSpec::Kind::kWait, name, *result);
    } else {
      call.End();
      spec.Joined(name);
    }
    return result;
  }

  synclib::Event event_;
  EventSpec& spec_;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_EVENT_SPEC_H_

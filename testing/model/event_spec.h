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
    int64_t limit = INT64_MAX;  // The clock, before which it can't time out.
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
  void Broadcast(State& state) const;
  void Step(const State& state, int slot);
  void Close();
  template <class Holds>
  void Keep(Holds holds, const char* what);

  bool silent_ = false;
  uint32_t names_ = 0;
  uint32_t name_[kMax] = {};  // 0: free.
  Operation operation_[kMax] = {};
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

// An Event of which every operation is held against the specification, and may
// not allocate, unless it may start the timer thread.
class SpecifiedEvent {
 public:
  SpecifiedEvent() : spec_(EventSpec::Make(false)) {}
  explicit SpecifiedEvent(synclib::Event::InitialState)
      : event_(synclib::Event::kSet), spec_(EventSpec::Make(true)) {}

  // How many were released is not the specification's.
  size_t Set() {
    size_t count = 0;
    Specified(EventSpec::Kind::kSet, [&] {
      count = event_.Set();
      return 0;
    });
    return count;
  }
  size_t Pulse() {
    size_t count = 0;
    Specified(EventSpec::Kind::kPulse, [&] {
      count = event_.Pulse();
      return 0;
    });
    return count;
  }
  void Clear() {
    Specified(EventSpec::Kind::kClear, [&] {
      event_.Clear();
      return 0;
    });
  }
  bool IsSet() {
    return Specified(EventSpec::Kind::kIsSet, [&] { return event_.IsSet(); });
  }
  uint64_t epoch() {
    return Specified(EventSpec::Kind::kEpoch, [&] { return event_.epoch(); });
  }

  synclib::WaitResult Wait() {
    return Blocked(std::nullopt, nullptr, [&] { return event_.Wait(); });
  }
  synclib::WaitResult Wait(const synclib::WaitOptions& options) {
    return Blocked(std::nullopt, &options,
                   [&] { return event_.Wait(options); });
  }
  synclib::WaitResult WaitPast(uint64_t epoch) {
    return Blocked(epoch, nullptr, [&] { return event_.WaitPast(epoch); });
  }
  synclib::WaitResult WaitPast(uint64_t epoch,
                               const synclib::WaitOptions& options) {
    return Blocked(epoch, &options,
                   [&] { return event_.WaitPast(epoch, options); });
  }

  template <class Inner>
  class Awaiter {
   public:
    Awaiter(Inner inner, EventSpec& spec, EventSpec::Operation operation)
        : inner_(std::move(inner)), spec_(spec), operation_(operation) {}

    Awaiter On(synclib::Executor& executor) && {
      return Awaiter(std::move(inner_).On(executor), spec_, operation_);
    }
    bool await_ready() noexcept {
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
      spec_.End(name_, static_cast<uint64_t>(result));
      return result;
    }

   private:
    Inner inner_;
    EventSpec& spec_;
    EventSpec::Operation operation_;
    uint32_t name_ = 0;
  };

  auto operator co_await() {
    return Awaiter(event_.operator co_await(), spec_,
                   Request(std::nullopt, nullptr));
  }
  auto AsyncWait() {
    return Awaiter(event_.AsyncWait(), spec_, Request(std::nullopt, nullptr));
  }
  auto AsyncWait(const synclib::WaitOptions& options) {
    return Awaiter(event_.AsyncWait(options), spec_,
                   Request(std::nullopt, &options));
  }

  auto AsyncWaitPast(uint64_t epoch) {
    return Awaiter(event_.AsyncWaitPast(epoch), spec_, Request(epoch, nullptr));
  }
  auto AsyncWaitPast(uint64_t epoch, const synclib::WaitOptions& options) {
    return Awaiter(event_.AsyncWaitPast(epoch, options), spec_,
                   Request(epoch, &options));
  }

  // The next broadcast that `watch`, which is of this event, has not seen.
  synclib::WaitResult Next(synclib::EventWatch& watch) {
    return Blocked(watch.seen(), nullptr, [&] { return watch.Next(); });
  }
  synclib::WaitResult Next(synclib::EventWatch& watch,
                           const synclib::WaitOptions& options) {
    return Blocked(watch.seen(), &options, [&] { return watch.Next(options); });
  }
  auto AsyncNext(synclib::EventWatch& watch) {
    return Awaiter(watch.AsyncNext(), spec_, Request(watch.seen(), nullptr));
  }
  auto AsyncNext(synclib::EventWatch& watch,
                 const synclib::WaitOptions& options) {
    return Awaiter(watch.AsyncNext(options), spec_,
                   Request(watch.seen(), &options));
  }

  std::optional<synclib::WaitResult> Add(SpecifiedCallback& callback) {
    return Added(callback, Request(std::nullopt, nullptr),
                 [&] { return event_.Add(callback); });
  }
  std::optional<synclib::WaitResult> Add(SpecifiedCallback& callback,
                                         const synclib::WaitOptions& options) {
    return Added(callback, Request(std::nullopt, &options),
                 [&] { return event_.Add(callback, options); });
  }
  std::optional<synclib::WaitResult> AddPast(uint64_t epoch,
                                             SpecifiedCallback& callback) {
    return Added(callback, Request(epoch, nullptr),
                 [&] { return event_.AddPast(epoch, callback); });
  }
  std::optional<synclib::WaitResult> AddPast(
      uint64_t epoch, SpecifiedCallback& callback,
      const synclib::WaitOptions& options) {
    return Added(callback, Request(epoch, &options),
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
  // What `act` returns is the operation's result. The event may be gone then.
  template <class Act>
  std::invoke_result_t<Act> Specified(EventSpec::Kind kind, Act act) {
    EventSpec& spec = spec_;
    const uint32_t name = spec.Begin({kind});
    const auto result = [&] {
      NoAllocation none;
      return act();
    }();
    spec.End(name, static_cast<uint64_t>(result));
    return result;
  }

  // A thread that sleeps, but not for the list, has joined.
  template <class Function>
  synclib::WaitResult Blocked(std::optional<uint64_t> past,
                              const synclib::WaitOptions* options,
                              Function wait) {
    struct Observer {
      EventSpec& spec;
      const void* event;
      uint32_t name;
    } observer{spec_, &event_, 0};
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
    observer.spec.End(observer.name, static_cast<uint64_t>(result));
    return result;
  }

  // A callback that has joined may have run, and be gone.
  template <class Function>
  std::optional<synclib::WaitResult> Added(
      SpecifiedCallback& callback, const EventSpec::Operation& operation,
      Function add) {
    EventSpec& spec = spec_;
    const uint32_t name = spec.Begin(operation);
    callback.spec_ = &spec;
    callback.name_ = name;
    const std::optional<synclib::WaitResult> result = [&] {
      NoAllocation none(operation.limit == INT64_MAX);
      return add();
    }();
    if (result.has_value()) {
      callback.spec_ = nullptr;
      spec.End(name, static_cast<uint64_t>(*result));
    } else {
      spec.Joined(name);
    }
    return result;
  }

  synclib::Event event_;
  EventSpec& spec_;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_EVENT_SPEC_H_

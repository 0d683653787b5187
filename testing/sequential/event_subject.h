// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The real event, under the operations of subject.h.

#ifndef SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECT_H_
#define SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECT_H_

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
#include "sync/wait_options.h"
#include "testing/sequential/subject.h"

namespace synctest {

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

#endif  // SYNC_TESTING_SEQUENTIAL_EVENT_SUBJECT_H_

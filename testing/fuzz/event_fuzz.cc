// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/fuzz/event_fuzz.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/fuzz/event_input.h"
#include "testing/fuzz/publications.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/stop_token.h"
#include "testing/model/thread.h"

namespace synctest::fuzz {
namespace {

using model::Check;
using model::EventSpec;
using model::SpecifiedEvent;
using synclib::Callback;
using synclib::EventWatch;
using synclib::WaitOptions;
using synclib::WaitResult;

constexpr absl::Duration kShortLimit = absl::Seconds(1);
constexpr absl::Duration kLongLimit = absl::Seconds(3);
constexpr int64_t kPatience = 2'000'000'001;  // Never ends when a limit comes.

struct Subject {
  SpecifiedEvent event;
  Publications publications;
};

// An event that one thread makes and destroys, and another one sets.
struct Lent {
  SpecifiedEvent event;
  int data = 0;
};

class Run;

// The callback of a thread.
struct Call : Callback {
  Call() : Callback(&Called) {}
  static void Called(Callback& self, WaitResult result) noexcept;

  Run* run = nullptr;
  Operation operation;
  Operation then;
  uint32_t name = 0;  // Of the wait.
  Publications::Mark mark = {};
  bool added = false;  // For the owner.
};

// One execution: the first thread's part is Main().
class Run {
 public:
  explicit Run(const Input& input) : input_(input) {}

  void Main() {
    model::Thread threads[kThreads];
    static constexpr const char* kNames[] = {"thread 1", "thread 2",
                                             "thread 3"};
    for (int i = 0; i < kThreads; ++i) {
      if (input_.threads[i][0].kind == Kind::kEnd) continue;
      Begin();
      threads[i] = model::Thread(kNames[i], [this, i] {
        Perform(input_.threads[i], calls_[i]);
        Finish();
      });
    }
    ReleaseAll();
    for (int i = 0; i < kThreads; ++i) {
      if (input_.threads[i][0].kind != Kind::kEnd) threads[i].join();
      while (!Free(calls_[i])) model::Yield(model::Place::current());
    }
    for (Subject& subject : subjects_) {
      Check(subject.event.event().waiters() == 0, "nobody waits any more");
    }
  }

  // The callback's wait has ended, by itself or at once.
  void End(Call& call, WaitResult result) {
    SpecOf(call.operation).End(call.name, static_cast<uint64_t>(result));
    CheckAfter(call.operation, call.mark, result);
    Do(call.then);
    Finish();
  }

 private:
  // What never waits.
  void Do(const Operation& operation) {
    Subject& subject = subjects_[operation.event];
    Publications& publications = subject.publications;
    switch (operation.kind) {
      case Kind::kSet: {
        const int number = publications.Publish();
        subject.event.Set();
        publications.Completed(number);
        break;
      }
      case Kind::kPulse: {
        const int number = publications.Publish();
        subject.event.Pulse();
        publications.Completed(number);
        break;
      }
      case Kind::kClear: {
        const Publications::Mark mark = publications.Now();
        subject.event.Clear();
        publications.CheckAfterClear(mark);
        break;
      }
      case Kind::kIsSet: {
        const Publications::Mark mark = publications.Now();
        if (subject.event.IsSet()) publications.CheckAfterReady(mark);
        break;
      }
      case Kind::kStop:
        source_.request_stop();
        break;
      case Kind::kRepay:
        Repay();
        break;
      default:
        break;
    }
  }

  void CheckAfter(const Operation& operation, const Publications::Mark& mark,
                  WaitResult result) {
    if (result == WaitResult::kReady) {
      subjects_[operation.event].publications.CheckAfterReady(mark);
    }
  }

  EventSpec& SpecOf(const Operation& operation) {
    return subjects_[operation.event].event.spec();
  }

  // Threads, coroutines and callbacks that the first thread waits for.
  void Begin() { unfinished_.fetch_add(1, std::memory_order_relaxed); }
  void Finish() {
    const void* const address = &unfinished_;
    unfinished_.fetch_sub(1, std::memory_order_release);
    model::Wake(address, 1, model::Place::current());
  }

  // Sets and pulses both events by turns, whenever time has to pass for anybody
  // to go on. Two rounds release all who wait, and each of those then goes on
  // by an operation; and each choice that is not the ordinary one may bring
  // about a round too early.
  void ReleaseAll() {
    const size_t most =
        2 * (kThreads * kMostOperations + 1) + input_.schedule.size();
    for (size_t round = 0;; ++round) {
      for (;;) {
        const uint32_t unfinished = unfinished_.load(std::memory_order_acquire);
        if (unfinished == 0) return;
        const int64_t until = model::LastNow() + kPatience;
        model::Sleep(&unfinished_, sizeof(unfinished_), unfinished, until,
                     model::Place::current());
        if (model::LastNow() >= until) break;
      }
      if (!input_.powers.faults) {
        for (Subject& subject : subjects_) subject.event.spec().Quiet();
      }
      Check(round < most, "a wait is not released");
      Repay();
      for (int event = 0; event < kEvents; ++event) {
        Do({round % 2 == 0 ? Kind::kSet : Kind::kPulse, event});
      }
    }
  }

  void Perform(const Operation* operation, Call& call) {
    uint64_t tickets[kEvents] = {};
    std::optional<EventWatch> watches[kEvents];
    for (; operation->kind != Kind::kEnd; ++operation) {
      Subject& subject = subjects_[operation->event];
      uint64_t& ticket = tickets[operation->event];
      const Publications::Mark mark = subject.publications.Now();
      switch (operation->kind) {
        case Kind::kEpoch:
          ticket = subject.event.epoch();
          break;
        case Kind::kWaitPast:
          if (WaitPast(*operation, ticket) == WaitResult::kReady) {
            subject.publications.CheckAfterReady(mark, /*any=*/true);
          }
          break;
        case Kind::kWait:
          CheckAfter(*operation, mark, Wait(*operation));
          break;
        case Kind::kNext: {
          auto& watch = watches[operation->event];
          if (!watch.has_value()) watch.emplace(subject.event.event());
          const uint64_t seen = watch->seen();
          if (subject.event.Next(*watch, Options(*operation)) ==
              WaitResult::kReady) {
            Check(watch->seen() == seen + watch->missed() + 1,
                  "every broadcast is seen or missed");
            subject.publications.CheckAfterReady(mark, /*any=*/true);
          } else {
            Check(watch->seen() == seen, "nothing was seen");
          }
          break;
        }
        case Kind::kAsyncWait:
          Begin();
          Await(*this, operation[0], operation[1]);
          if (operation[1].kind != Kind::kEnd) ++operation;
          break;
        case Kind::kAdd:
          Add(call, operation[0], operation[1]);
          if (operation[1].kind != Kind::kEnd) ++operation;
          break;
        case Kind::kRemove:
          Free(call);
          break;
        case Kind::kLend:
          Lend(*operation);
          break;
        case Kind::kWaiters:
          (void)subject.event.event().waiters();
          break;
        default:
          Do(*operation);
      }
    }
  }

  WaitOptions Options(const Operation& operation) {
    const auto token = source_.get_token();
    switch (operation.limits) {
      case Limits::kNone:
        break;
      case Limits::kShort:
        return kShortLimit;
      case Limits::kLong:
        return kLongLimit;
      case Limits::kToken:
        return token;
      case Limits::kShortAndToken:
        return {kShortLimit, token};
      case Limits::kTime:
        return absl::FromUnixNanos(model::WallTime()) + kShortLimit;
      case Limits::kTry:
        return absl::ZeroDuration();
      case Limits::kTryAndToken:
        return {absl::ZeroDuration(), token};
    }
    return {};
  }

  WaitResult Wait(const Operation& operation) {
    SpecifiedEvent& event = subjects_[operation.event].event;
    return operation.limits == Limits::kNone ? event.Wait()
                                             : event.Wait(Options(operation));
  }
  WaitResult WaitPast(const Operation& operation, uint64_t ticket) {
    SpecifiedEvent& event = subjects_[operation.event].event;
    return operation.limits == Limits::kNone
               ? event.WaitPast(ticket)
               : event.WaitPast(ticket, Options(operation));
  }

  static Detached Await(Run& run, Operation operation, Operation then) {
    Subject& subject = run.subjects_[operation.event];
    const Publications::Mark mark = subject.publications.Now();
    WaitResult result;
    if (operation.limits == Limits::kNone) {
      result = co_await subject.event.AsyncWait();
    } else {
      result = co_await subject.event.AsyncWait(run.Options(operation));
    }
    run.CheckAfter(operation, mark, result);
    run.Do(then);
    run.Finish();
  }

  void Add(Call& call, const Operation& operation, const Operation& then) {
    if (!Free(call)) return;
    Subject& subject = subjects_[operation.event];
    const WaitOptions options = Options(operation);
    EventSpec::Operation request = SpecifiedEvent::Request({}, &options);
    request.may_be_cancelled = true;  // By its removal.
    const uint32_t name = subject.event.spec().Begin(request);
    call.run = this;
    call.operation = operation;
    call.then = then;
    call.name = name;
    call.mark = subject.publications.Now();
    call.added = true;
    Begin();
    const std::optional<WaitResult> result =
        subject.event.event().Add(call, options);
    if (!result.has_value()) return subject.event.spec().Joined(name);
    call.added = false;
    End(call, *result);
  }

  // False: its function may be running.
  bool Free(Call& call) {
    const Callback::RemoveResult result = call.Remove();
    if (result == Callback::kTaken) return false;
    if (std::exchange(call.added, false) && result == Callback::kRemoved) {
      SpecOf(call.operation)
          .End(call.name, static_cast<uint64_t>(WaitResult::kCancelled));
      Finish();
    }
    return true;
  }

  void Lend(const Operation& operation) {
    auto* const lent = new Lent;
    Lent* none = nullptr;
    if (!lent_.compare_exchange_strong(none, lent, std::memory_order_release,
                                       std::memory_order_relaxed)) {
      delete lent;
      return;
    }
    switch (operation.limits) {
      case Limits::kNone:
      case Limits::kToken:
        lent->event.Wait();
        break;
      case Limits::kTry:
      case Limits::kTryAndToken:
        // Another wait is on its way out when the event goes.
        Begin();
        AwaitToo(*this, lent);
        for (int i = 0; i < 2 && !lent->event.IsSet(); ++i) {
          model::Yield(model::Place::current());
        }
        if (!lent->event.IsSet()) lent->event.Wait();
        break;
      default:
        Begin();
        AwaitLent(*this, lent);
        return;
    }
    Return(lent);
  }
  static Detached AwaitLent(Run& run, Lent* lent) {
    co_await lent->event.AsyncWait();
    Return(lent);
    run.Finish();
  }
  static Detached AwaitToo(Run& run, Lent* lent) {
    co_await lent->event.AsyncWait();
    run.Finish();
  }
  static void Return(Lent* lent) {
    Check(lent->data == 42, "visible");
    delete lent;
  }
  void Repay() {
    Lent* const lent = lent_.exchange(nullptr, std::memory_order_acquire);
    if (lent == nullptr) return;
    lent->data = 42;
    lent->event.Set();
  }

  const Input& input_;
  Subject subjects_[kEvents];
  model::StopSource source_;
  model::Atomic<uint32_t> unfinished_{0};
  model::Atomic<Lent*> lent_{nullptr};
  Call calls_[kThreads];
};

void Call::Called(Callback& self, WaitResult result) noexcept {
  Call& call = static_cast<Call&>(self);
  call.run->End(call, result);
}

}  // namespace

model::Exploration RunInput(
    const Input& input,
    const std::function<void(const model::Outcome&)>& after) {
  Schedule schedule(input.schedule);
  model::ExploreOptions options;
  options.powers = input.powers;
  options.chooser = &schedule;
  options.after_each = after;
  return model::Explore(options, [&input] { Run(input).Main(); });
}

}  // namespace synctest::fuzz

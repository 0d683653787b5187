// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/fuzz/event_fuzz.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
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

constexpr int kThreads = 3;
constexpr int kMostOperations = 6;  // Of a thread.
constexpr int kMostAsync = 4;       // Of them all; the others only yield.
constexpr int kEvents = 2;

enum class Limits : uint8_t {
  kNone,
  kShort,  // Before the first thread's patience ends,
  kLong,   // and after that.
  kToken,
  kShortAndToken,
  kTime,  // On the wall clock.
  kTry,
  kTryAndToken,
};

constexpr absl::Duration kShortLimit = absl::Seconds(1);
constexpr absl::Duration kLongLimit = absl::Seconds(3);
constexpr int64_t kPatience = 2'000'000'001;  // Never ends when a limit comes.

struct Operation {
  Kind kind = Kind::kEnd;
  int event = 0;
  Limits limits = Limits::kNone;
};

struct Input {
  model::Powers powers;
  Operation threads[kThreads][kMostOperations + 1];  // Each ends with a kEnd.
  std::span<const uint8_t> schedule;
};

Input Decode(std::span<const uint8_t> bytes) {
  Input input;
  const auto next = [&]() -> uint8_t {
    if (bytes.empty()) return 0;
    const uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    return byte;
  };
  const uint8_t powers = next();
  input.powers = {.stale_reads = (powers & 2) != 0,
                  .faults = (powers & 1) != 0,
                  .reuse_addresses = (powers & 4) != 0};
  int async = 0;
  for (auto& thread : input.threads) {
    for (int i = 0; i < kMostOperations; ++i) {
      const uint8_t byte = next();
      Operation& operation = thread[i];
      operation.kind = static_cast<Kind>(byte & 15);
      operation.event = byte >> 4 & 1;
      operation.limits = static_cast<Limits>(byte >> 5);
      if (operation.kind == Kind::kEnd) break;
      if ((operation.kind == Kind::kAsyncWait ||
           operation.kind == Kind::kAdd) &&
          ++async > kMostAsync) {
        operation.kind = Kind::kYield;
      }
    }
  }
  input.schedule = bytes;
  return input;
}

class Schedule final : public model::Chooser {
 public:
  explicit Schedule(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  size_t Choose(const model::Choice& choice) override {
    if (at_ == bytes_.size()) return 0;
    if (ordinary_++ < bytes_[at_] >> 3) return 0;
    ordinary_ = 0;
    const size_t option = bytes_[at_++] & 7;
    return option == 0 ? 0 : 1 + (option - 1) % (choice.costs.size() - 1);
  }

 private:
  const std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  int ordinary_ = 0;  // Choices, since the byte before.
};

// What is written before each broadcast, and must be visible to who comes after
// it: nothing but the event keeps the writing and the reading apart. The order
// of operations is that of the machine's steps, so with stale reads only a wait
// that can have no other cause than one broadcast tells anything.
class Publications {
 public:
  // Where an operation begins.
  struct Mark {
    int begun;      // Broadcasts.
    int completed;  // Of them.
    uint64_t which;
    int first;  // Since which the event has certainly been clear.
  };

  // What comes before a broadcast; to be given to Completed() after it.
  int Publish() {
    const int number = Next();
    if (number < kMost) cells_[number] = kWritten;
    return number;
  }
  void Completed(int number) {
    const model::MachineCode code;
    ++completed_;
    if (number < kMost) which_ |= uint64_t{1} << number;
  }

  Mark Now() const {
    const model::MachineCode code;
    return {begun_, completed_, which_, first_};
  }
  void CheckAfterClear(const Mark& mark) {
    if (model::CurrentPowers().stale_reads) return;
    CheckCompleted(mark);
    const model::MachineCode code;
    if (mark.completed == mark.begun && mark.begun == begun_) first_ = begun_;
  }
  // Of a wait that is ready, or a true IsSet(). `any`: a broadcast may have
  // come before the event was last clear.
  void CheckAfterReady(const Mark& mark, bool any = false) const {
    const bool stale = model::CurrentPowers().stale_reads;
    if (!stale) CheckCompleted(mark);
    const int first = any || stale ? 0 : mark.first;
    if (Count() == first + 1) CheckVisible(first);
  }

 private:
  static constexpr int kMost = 64;  // Those after them are not followed.
  static constexpr int kWritten = 42;

  int Next() {
    const model::MachineCode code;
    return begun_++;
  }
  int Count() const {
    const model::MachineCode code;
    return begun_;
  }
  void CheckCompleted(const Mark& mark) const {
    for (int i = 0; i < kMost; ++i) {
      if (mark.which >> i & 1) CheckVisible(i);
    }
  }
  void CheckVisible(int number) const {
    if (number < kMost) Check(cells_[number] == kWritten, "visible");
  }

  int cells_[kMost] = {};
  int begun_ = 0;
  int completed_ = 0;
  uint64_t which_ = 0;
  int first_ = 0;
};

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

  void Ready(const Operation& operation, const Publications::Mark& mark,
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

 private:
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
          Ready(*operation, mark, Wait(*operation));
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
        case Kind::kYield:
          model::Yield(model::Place::current());
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
        return absl::FromUnixNanos(model::LastNow()) + kShortLimit;
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
    run.Ready(operation, mark, result);
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

  // What it waited for has come, by itself or at once.
  void End(Call& call, WaitResult result) {
    SpecOf(call.operation).End(call.name, static_cast<uint64_t>(result));
    Ready(call.operation, call.mark, result);
    Do(call.then);
    Finish();
  }
  friend struct Call;

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
    std::span<const uint8_t> bytes,
    const std::function<void(const model::Outcome&)>& after) {
  const Input input = Decode(bytes);
  Schedule schedule(input.schedule);
  model::ExploreOptions options;
  options.powers = input.powers;
  options.chooser = &schedule;
  options.after_each = after;
  return model::Explore(options, [&input] { Run(input).Main(); });
}

std::string Describe(std::span<const uint8_t> bytes) {
  static constexpr const char* kKinds[] = {
      "",         "Set",  "Clear", "Pulse",     "IsSet", "Epoch",
      "WaitPast", "Wait", "Next",  "AsyncWait", "Add",   "Remove",
      "Stop",     "Lend", "Repay", "Yield"};
  static constexpr const char* kLimits[] = {"",
                                            ", 1s",
                                            ", 3s",
                                            ", token",
                                            ", 1s and token",
                                            ", time",
                                            ", zero limit",
                                            ", zero limit and token"};
  const Input input = Decode(bytes);
  std::string text;
  int number = 0;
  for (const auto& thread : input.threads) {
    absl::StrAppend(&text, "thread ", ++number, ":");
    for (const Operation& operation : thread) {
      if (operation.kind == Kind::kEnd) break;
      absl::StrAppend(&text, " ", kKinds[static_cast<int>(operation.kind)], "(",
                      operation.event == 0 ? "A" : "B",
                      kLimits[static_cast<int>(operation.limits)], ")");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace synctest::fuzz

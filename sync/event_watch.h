// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_EVENT_WATCH_H_
#define SYNC_EVENT_WATCH_H_

#include <concepts>
#include <cstdint>
#include <source_location>
#include <utility>

#include "sync/event.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/wait_core.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// One consumer's view of an event's broadcasts: a loop over Next() learns of
// every one, also of those that came while it was busy, and how many those
// were. A consumer that only cares whether the flag is set now uses the Event.
// An event that is Set() and never cleared broadcasts once: its producer wants
// Pulse().
//
// Example:
//
//   synclib::Event event;
//   synclib::EventWatch watch(event);
//   event.Pulse();
//   event.Pulse();
//   watch.Next();  // Returns at once.
//   assert(watch.missed() == 1);
//
// Thread safety: one consumer at a time; the event may be used by anybody.
// Ordering: as the event's.
// Lifetime: the event outlives the watch; both outlive a suspended AsyncNext().
// Wake order: as the event's.
// Resumption: as the event's.
// Time-outs: as the event's.
// Misuse: two consumers at one time: debug builds abort.
// Cost: 24 bytes; a wait of the event.
class EventWatch {
 public:
  // Watches the broadcasts from now on.
  explicit EventWatch(Event& event) noexcept
      : event_(event), seen_(event.epoch()) {}

  EventWatch(const EventWatch&) = delete;
  EventWatch& operator=(const EventWatch&) = delete;

  // Blocks this thread until there is a broadcast that this watch has not
  // seen. Always kReady.
  WaitResult Next(
      std::source_location where = std::source_location::current()) noexcept {
    internal::Request request = Event::Asking(Unseen());
    if (!IsMet(&request)) internal::BlockThread(event_.core_, request, where);
    return See(WaitResult::kReady, request.what);
  }

  // The same, or until the wait gives up, which changes nothing.
  [[nodiscard]] WaitResult Next(const WaitOptions& options) noexcept {
    internal::Request request = Event::Asking(Unseen());
    const WaitResult result =
        IsMet(&request) ? WaitResult::kReady
                        : internal::BlockThread(event_.core_, request, options);
    return See(result, request.what);
  }

  // The same for coroutines: `co_await watch.AsyncNext()` is a WaitResult.
  template <class Wait>
  class [[nodiscard]] NextAwaiter : public Wait {
   public:
    NextAwaiter On(Executor& executor) && noexcept {
      return NextAwaiter(std::move(*this).Wait::On(executor), watch_);
    }
    bool await_ready() noexcept {
      this->set_what(watch_.Unseen());
      return Wait::await_ready();
    }
    WaitResult await_resume() noexcept {
      return watch_.See(Wait::await_resume(), this->what());
    }
    [[nodiscard]] WaitResult await_resume() noexcept
      requires Wait::kMayGiveUp
    {
      return watch_.See(Wait::await_resume(), this->what());
    }

   private:
    friend class EventWatch;

    NextAwaiter(Wait wait, EventWatch& watch) noexcept
        : Wait(std::move(wait)), watch_(watch) {}

    EventWatch& watch_;
  };
  using Awaiter = NextAwaiter<Event::Awaiter>;
  using LimitedAwaiter = NextAwaiter<Event::LimitedAwaiter>;
  Awaiter AsyncNext(
      std::source_location where = std::source_location::current()) noexcept {
    return Awaiter(event_.AsyncWait(where), *this);
  }
  LimitedAwaiter AsyncNext(WaitOptions options) noexcept {
    return LimitedAwaiter(event_.AsyncWait(std::move(options)), *this);
  }

  // The number of the broadcast that the last ready Next() saw, or the event's
  // epoch when the watch was made.
  uint64_t seen() const noexcept { return seen_; }

  // How many broadcasts came before the one that the last ready Next() saw,
  // and after the one that it had seen before.
  uint64_t missed() const noexcept { return missed_; }

 private:
  // What a wait for it asks for.
  uint64_t Unseen() const noexcept { return event_.Past(seen_); }

  // Whether there has been one by now, and then of which broadcast.
  bool IsMet(internal::Request* request) noexcept {
    return internal::TakeNow<internal::EventRules>(event_.core_,
                                                   &request->what);
  }

  // `what` is what Unseen() has become.
  WaitResult See(WaitResult result, uint64_t what) noexcept {
    if (result == WaitResult::kReady) {
      const uint64_t epoch = what + 1;
      if (internal::kDebugChecks && epoch <= seen_) ReportSecondConsumer();
      missed_ = epoch - seen_ - 1;
      seen_ = epoch;
    }
    return result;
  }

  [[noreturn]] static void ReportSecondConsumer() noexcept;

  Event& event_;
  uint64_t seen_;
  uint64_t missed_ = 0;
};

static_assert(sizeof(EventWatch::Awaiter) <= 96);
static_assert(sizeof(EventWatch::LimitedAwaiter) <= 224);

}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_EVENT_WATCH_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A wait without a thread of its own, a coroutine's or a callback's, that may
// have a limit and a stop token.

#ifndef SYNC_INTERNAL_LIMITED_WAITER_H_
#define SYNC_INTERNAL_LIMITED_WAITER_H_

#include <optional>
#include <source_location>

#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/timer.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib::inline SYNC_ABI::internal {

class LimitedWaiter : public Waiter, private Timer {
 public:
  // Sets when the next wait gives up.
  void SetOptions(const WaitOptions& options) noexcept;

  // Arms the limit and the token, then joins: what fires before the join only
  // leaves a mark, which the join reads. A value: the wait has ended at once,
  // and everything is disarmed. No value: it has joined, and this object may
  // be gone already. The caller hands `*released` out either way.
  std::optional<WaitResult> Begin(Request request, Waiter** released) noexcept;

  // Takes the wait off its list on its owner's behalf. True: it has ended, and
  // everything is disarmed. False: it is granted, or being given up, and
  // whoever ends it has it. The caller hands `*released` out.
  bool Abort(Waiter** released) noexcept;

  // After this nothing refers to this object any more: to be called once the
  // wait has ended, before its owner goes on. Waits for library code only.
  void Disarm() noexcept;

 protected:
  LimitedWaiter(Kind kind, Function run, WaitCore* core) noexcept
      : Waiter(kind, run, std::source_location()),
        Timer(&Expire),
        core_(core) {}
  // Of a wait that has not begun.
  LimitedWaiter(LimitedWaiter&& other) noexcept;
  ~LimitedWaiter() = default;

  void set_core(WaitCore* core) noexcept { core_ = core; }

 private:
  struct OnStop {
    LimitedWaiter* waiter;
    void operator()() const noexcept { waiter->Cancel(); }
  };

  static Waiter* Expire(Timer* timer) noexcept;
  void Cancel() noexcept;

  WaitCore* core_;
  Gate gate_;
  StopToken token_;
  std::optional<StopCallback<OnStop>> stop_;
};

}  // namespace synclib::inline SYNC_ABI::internal

#endif  // SYNC_INTERNAL_LIMITED_WAITER_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What all primitives have in common: the core, and each way to wait for it.

#ifndef SYNC_INTERNAL_PRIMITIVE_H_
#define SYNC_INTERNAL_PRIMITIVE_H_

#include <cstdint>
#include <optional>
#include <source_location>
#include <utility>

#include "sync/callback.h"
#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"
#include "sync/waitable.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {

// The base of a primitive. R is its rules: a static constexpr `Rules kRules`,
// whose `take` is also there as Take(), for inlining. `what` is as in Rules.
template <class R>
class Primitive {
 public:
  Primitive(const Primitive&) = delete;
  Primitive& operator=(const Primitive&) = delete;

 protected:
  using Awaiter = internal::Awaiter<R>;
  using LimitedAwaiter = internal::LimitedAwaiter<R>;

  constexpr explicit Primitive(uint64_t word) noexcept : core_(word) {}
  ~Primitive() = default;

  bool TakeNow(uint64_t what) noexcept {
    return internal::TakeNow<R>(core_, &what);
  }

  WaitResult Block(uint64_t what, std::source_location where) noexcept {
    if (TakeNow(what)) return WaitResult::kReady;
    Request request = Asking(what);
    BlockThread(core_, request, where);
    return WaitResult::kReady;
  }
  WaitResult Block(uint64_t what, const WaitOptions& options) noexcept {
    if (TakeNow(what)) return WaitResult::kReady;
    if (options.is_try()) return WaitResult::kTimeout;
    Request request = Asking(what);
    return BlockThread(core_, request, options);
  }

  Awaiter Await(uint64_t what, std::source_location where) noexcept {
    return Awaiter(core_, what, where);
  }
  LimitedAwaiter Await(uint64_t what, WaitOptions options) noexcept {
    return LimitedAwaiter(core_, what, std::move(options));
  }

  std::optional<WaitResult> Add(uint64_t what, Callback& callback,
                                WaitOptions options) noexcept {
    return callback.AddTo(Waitable({&core_, Asking(what)}), std::move(options));
  }

  Waitable Target(uint64_t what) noexcept {
    static_assert(!R::kRules.taking_gives,
                  "WaitCore::TakeNow() of a Request releases nobody");
    return Waitable({&core_, Asking(what)});
  }

  static Request Asking(uint64_t what) noexcept { return {&R::kRules, what}; }

  WaitCore core_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_PRIMITIVE_H_

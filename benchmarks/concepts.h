// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What scenarios ask of a subject. subject.h says what the functions mean.

#ifndef SYNC_BENCHMARKS_CONCEPTS_H_
#define SYNC_BENCHMARKS_CONCEPTS_H_

#include <concepts>
#include <cstdint>

namespace syncbench {

// What `co_await subject` calls the functions of.
template <class S>
decltype(auto) AwaiterOf(S& subject) {
  if constexpr (requires { subject.operator co_await(); }) {
    return subject.operator co_await();
  } else if constexpr (requires { operator co_await(subject); }) {
    return operator co_await(subject);
  } else {
    return (subject);
  }
}

template <class S>
concept Settable = requires(S& s) { s.Set(); };
template <class S>
concept Readable = Settable<S> && requires(S& s) {
  { s.IsSet() } -> std::convertible_to<bool>;
};
template <class S>
concept Clearable = Settable<S> && requires(S& s) { s.Clear(); };
template <class S>
concept Blocking = Settable<S> && requires(S& s) { s.Wait(); };
template <class S>
concept Trying = requires(S& s) {
  { s.TryWait() } -> std::convertible_to<bool>;
};
template <class S>
concept Pulsing = requires(S& s) { s.Pulse(); };
template <class S>
concept Exact =
    Pulsing<S> && requires(S& s, uint64_t pulses) { s.WaitPast(pulses); };
template <class S>
concept Awaitable = requires(S& s) {
  { AwaiterOf(s).await_ready() } -> std::convertible_to<bool>;
};
template <class S>
concept Cancellable = requires(S& s) {
  { s.AsyncWait().await_ready() } -> std::convertible_to<bool>;
};
template <class S>
concept AsyncTrying = requires(S& s) {
  { s.AsyncTryWait().await_ready() } -> std::convertible_to<bool>;
};
template <class S>
concept Listening =
    std::constructible_from<typename S::Listener, S&, int64_t&> &&
    requires(typename S::Listener& listener) {
      listener.Add();
      listener.Remove();
    };
template <class S>
concept Watched = std::constructible_from<typename S::Watch, S&> &&
                  requires(typename S::Watch& watch) { watch.Next(); };
template <class S>
concept LimitedBlocking = requires(S& s) { s.WaitLimited(); };
template <class S>
concept Limited = requires(S& s) {
  { s.AsyncWaitLimited().await_ready() } -> std::convertible_to<bool>;
};

// The same subject, each of whose waits has the limits.
template <class S>
struct WithLimits : S {
  void Wait() { this->WaitLimited(); }
  auto operator co_await() { return this->AsyncWaitLimited(); }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_CONCEPTS_H_

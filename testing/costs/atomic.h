// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// std::atomic that is counted: the same size, and those of its operations that
// the library uses.

#ifndef SYNC_TESTING_COSTS_ATOMIC_H_
#define SYNC_TESTING_COSTS_ATOMIC_H_

#include <atomic>
#include <cstdint>
#include <type_traits>

#include "testing/costs/costs.h"

namespace synctest::costs {

template <class T>
class Atomic {
  using Order = std::memory_order;

 public:
  constexpr Atomic() noexcept : Atomic(T()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic.
  constexpr Atomic(T value) noexcept : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order) const noexcept {
    // A wait for one thing loads one word of 32 bits: that it sleeps on.
    if constexpr (std::is_same_v<T, uint32_t>) Reach(Moment::kSpin);
    Note(Kind::kLoad, this);
    return value_.load(order);
  }
  void store(T value, Order order) noexcept {
    Note(Kind::kStore, this);
    value_.store(value, order);
  }
  T exchange(T value, Order order) noexcept {
    Note(Kind::kModification, this);
    return value_.exchange(value, order);
  }
  // Fails for no reason on no machine, so that all count the same.
  bool compare_exchange_weak(T& expected, T desired, Order success,
                             Order failure) noexcept {
    return compare_exchange_strong(expected, desired, success, failure);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success,
                               Order failure) noexcept {
    const bool succeeds =
        value_.compare_exchange_strong(expected, desired, success, failure);
    // By then it may be gone, of which only the address is noted.
    Note(succeeds ? Kind::kModification : Kind::kFailure, this);
    return succeeds;
  }
  T fetch_add(T operand, Order order) noexcept {
    Note(Kind::kModification, this);
    return value_.fetch_add(operand, order);
  }
  T fetch_sub(T operand, Order order) noexcept {
    Note(Kind::kModification, this);
    return value_.fetch_sub(operand, order);
  }
  T fetch_and(T operand, Order order) noexcept {
    Note(Kind::kModification, this);
    return value_.fetch_and(operand, order);
  }
  T fetch_or(T operand, Order order) noexcept {
    Note(Kind::kModification, this);
    return value_.fetch_or(operand, order);
  }

 private:
  std::atomic<T> value_;
};

}  // namespace synctest::costs

#endif  // SYNC_TESTING_COSTS_ATOMIC_H_

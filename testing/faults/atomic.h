// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// std::atomic with faults: the same size, and those of its operations that the
// library uses.

#ifndef SYNC_TESTING_FAULTS_ATOMIC_H_
#define SYNC_TESTING_FAULTS_ATOMIC_H_

#include <atomic>

#include "testing/faults/faults.h"

namespace synctest::faults {

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
    const Step step;
    return value_.load(order);
  }
  void store(T value, Order order) noexcept {
    const Step step;
    value_.store(value, order);
  }
  T exchange(T value, Order order) noexcept {
    const Step step;
    return value_.exchange(value, order);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success,
                             Order failure) noexcept {
    const Step step;
    if (FailsForNoReason()) {
      expected = value_.load(failure);
      return false;
    }
    return value_.compare_exchange_weak(expected, desired, success, failure);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success,
                               Order failure) noexcept {
    const Step step;
    return value_.compare_exchange_strong(expected, desired, success, failure);
  }
  T fetch_add(T operand, Order order) noexcept {
    const Step step;
    return value_.fetch_add(operand, order);
  }
  T fetch_sub(T operand, Order order) noexcept {
    const Step step;
    return value_.fetch_sub(operand, order);
  }
  T fetch_and(T operand, Order order) noexcept {
    const Step step;
    return value_.fetch_and(operand, order);
  }
  T fetch_or(T operand, Order order) noexcept {
    const Step step;
    return value_.fetch_or(operand, order);
  }

 private:
  // Around the operation. When it ends the atomic may be gone.
  struct Step {
    Step() noexcept { Delay(); }
    ~Step() { Delay(); }
  };

  std::atomic<T> value_;
};

}  // namespace synctest::faults

#endif  // SYNC_TESTING_FAULTS_ATOMIC_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// std::atomic of the model: the same size, the same operations.

#ifndef SYNC_TESTING_MODEL_ATOMIC_H_
#define SYNC_TESTING_MODEL_ATOMIC_H_

#include <atomic>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "testing/model/engine.h"

namespace synctest::model {

template <class T>
class Atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);
  static constexpr std::memory_order kSc = std::memory_order_seq_cst;
  using Order = std::memory_order;

 public:
  using value_type = T;

  constexpr Atomic() noexcept : Atomic(T()) {}
  // NOLINTNEXTLINE(google-explicit-constructor): as std::atomic.
  constexpr Atomic(T value) noexcept : value_(value) {
    if (!std::is_constant_evaluated()) Construct(&value_, sizeof(T));
  }
  constexpr ~Atomic() {
    if (!std::is_constant_evaluated()) Destroy(&value_);
  }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(Order order = kSc, Place where = Place::current()) const noexcept {
    return From(Load(&value_, sizeof(T), order, where));
  }
  void store(T value, Order order = kSc,
             Place where = Place::current()) noexcept {
    Store(&value_, sizeof(T), To(value), order, where);
  }
  T exchange(T value, Order order = kSc,
             Place where = Place::current()) noexcept {
    return Modify(Operator::kExchange, To(value), order, where);
  }
  bool compare_exchange_weak(T& expected, T desired, Order success,
                             Order failure,
                             Place where = Place::current()) noexcept {
    return Exchange(expected, desired, true, success, failure, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order success,
                               Order failure,
                               Place where = Place::current()) noexcept {
    return Exchange(expected, desired, false, success, failure, where);
  }
  T fetch_add(T operand, Order order = kSc,
              Place where = Place::current()) noexcept {
    return Modify(Operator::kAdd, To(operand), order, where);
  }
  T fetch_sub(T operand, Order order = kSc,
              Place where = Place::current()) noexcept {
    return Modify(Operator::kSubtract, To(operand), order, where);
  }
  T fetch_and(T operand, Order order = kSc,
              Place where = Place::current()) noexcept {
    return Modify(Operator::kAnd, To(operand), order, where);
  }
  T fetch_or(T operand, Order order = kSc,
             Place where = Place::current()) noexcept {
    return Modify(Operator::kOr, To(operand), order, where);
  }
  T fetch_xor(T operand, Order order = kSc,
              Place where = Place::current()) noexcept {
    return Modify(Operator::kXor, To(operand), order, where);
  }

 private:
  static uint64_t To(T value) noexcept {
    uint64_t bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    return bits;
  }
  static T From(uint64_t bits) noexcept {
    T value;
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
  }
  T Modify(Operator op, uint64_t operand, Order order, Place where) noexcept {
    return From(ReadModifyWrite(&value_, sizeof(T), op, operand, order, where));
  }
  bool Exchange(T& expected, T desired, bool weak, Order success, Order failure,
                Place where) noexcept {
    uint64_t found = To(expected);
    const bool exchanged = CompareExchange(
        &value_, sizeof(T), found, To(desired), weak, success, failure, where);
    if (!exchanged) expected = From(found);
    return exchanged;
  }

  T value_;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_ATOMIC_H_

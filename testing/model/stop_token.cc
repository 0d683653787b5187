// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/model/stop_token.h"

#include <atomic>
#include <memory>
#include <new>

#include "testing/model/engine.h"

namespace synctest::model {

StopReference::StopReference(StopState* state) noexcept : state_(state) {
  if (state_ != nullptr) ++state_->references_;
}

StopReference::~StopReference() {
  if (state_ == nullptr || --state_->references_ > 0) return;
  {
    // Those of the standard library are counted by read-modify-writes, which
    // order the end of a state after all that was done with it.
    const MachineCode ordered;
    std::destroy_at(state_);
  }
  ::operator delete(state_);
}

bool StopState::requested(Place where) const noexcept {
  return requested_.load(std::memory_order_acquire, where) != 0;
}

bool StopState::Request(Place where) noexcept {
  if (requested_.exchange(1, std::memory_order_acq_rel, where) != 0) {
    return false;
  }
  stopped_ = true;  // In the same step.
  for (;;) {
    Step(where);
    StopRegistration* const registration = first_;
    if (registration == nullptr) return true;
    ExpectAlive(registration, sizeof(*registration));
    first_ = registration->next_;
    registration->registered_ = false;
    registration->running_ = true;
    registration->runner_ = CurrentThread();
    bool destroyed = false;
    registration->destroyed_ = &destroyed;
    registration->Call();
    if (destroyed) continue;
    Step(where);
    registration->running_ = false;
    finished_.fetch_add(1, std::memory_order_release, where);
    Wake(&finished_, 1 << 30, where);
  }
}

bool StopState::Register(StopRegistration& registration, Place where) noexcept {
  Step(where);
  if (stopped_) {
    // Acquires what came before the request.
    requested_.fetch_or(0, std::memory_order_acq_rel, where);
    return false;
  }
  registration.next_ = first_;
  registration.registered_ = true;
  first_ = &registration;
  return true;
}

void StopState::Unregister(StopRegistration& registration,
                           Place where) noexcept {
  Step(where);
  if (registration.registered_) {
    StopRegistration** at = &first_;
    while (*at != &registration) {
      ExpectAlive(*at, sizeof(**at));
      at = &(*at)->next_;
    }
    *at = registration.next_;
    registration.registered_ = false;
    return;
  }
  if (!registration.running_) return;
  if (registration.runner_ == CurrentThread()) {
    *registration.destroyed_ = true;
    return;
  }
  for (;;) {
    const uint32_t finished = finished_.load(std::memory_order_acquire, where);
    Step(where);
    if (!registration.running_) return;
    Sleep(&finished_, sizeof(finished_), finished, INT64_MAX, where);
  }
}

}  // namespace synctest::model

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// std::stop_source, stop_token and stop_callback of the model. The parts of
// them that C++ calls atomic are single steps here.

#ifndef SYNC_TESTING_MODEL_STOP_TOKEN_H_
#define SYNC_TESTING_MODEL_STOP_TOKEN_H_

#include <cstdint>
#include <utility>

#include "testing/model/atomic.h"
#include "testing/model/engine.h"

namespace synctest::model {

// What is registered with a stop state.
class StopRegistration {
 public:
  virtual void Call() noexcept = 0;

 protected:
  ~StopRegistration() = default;

 private:
  friend class StopState;

  StopRegistration* next_ = nullptr;
  bool registered_ = false;
  bool running_ = false;       // In the thread that requests the stop.
  bool* destroyed_ = nullptr;  // Set if it ends in its own call.
  int runner_ = -1;
};

class StopState {
 public:
  bool requested(Place where) const noexcept;
  bool Request(Place where) noexcept;
  // False: the stop has been requested, and Call() is the caller's.
  bool Register(StopRegistration& registration, Place where) noexcept;
  // Waits while Call() runs in another thread.
  void Unregister(StopRegistration& registration, Place where) noexcept;

 private:
  friend class StopReference;

  // The steps of this object: each begins with a read-modify-write of it.
  void Step(Place where) noexcept {
    steps_.fetch_add(1, std::memory_order_acq_rel, where);
  }

  Atomic<uint32_t> steps_{0};
  Atomic<uint32_t> requested_{0};
  bool stopped_ = false;          // The same, for the steps.
  Atomic<uint32_t> finished_{0};  // Calls.
  StopRegistration* first_ = nullptr;
  int references_ = 0;
};

// Shares the ownership of a stop state.
class StopReference {
 public:
  explicit StopReference(StopState* state = nullptr) noexcept;
  StopReference(const StopReference& other) noexcept
      : StopReference(other.state_) {}
  StopReference(StopReference&& other) noexcept
      : state_(std::exchange(other.state_, nullptr)) {}
  StopReference& operator=(StopReference other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~StopReference();

  StopState* get() const noexcept { return state_; }

 private:
  StopState* state_;
};

class StopToken {
 public:
  StopToken() noexcept = default;

  bool stop_requested(Place where = Place::current()) const noexcept {
    return state_.get() != nullptr && state_.get()->requested(where);
  }
  bool stop_possible() const noexcept { return state_.get() != nullptr; }

 private:
  friend class StopSource;
  template <class F>
  friend class StopCallback;

  explicit StopToken(const StopReference& state) noexcept : state_(state) {}

  StopReference state_;
};

class StopSource {
 public:
  StopSource() : state_(new StopState) {}

  StopToken get_token() const noexcept { return StopToken(state_); }
  bool request_stop(Place where = Place::current()) noexcept {
    return state_.get()->Request(where);
  }
  bool stop_requested(Place where = Place::current()) const noexcept {
    return state_.get()->requested(where);
  }

 private:
  StopReference state_;
};

template <class F>
class StopCallback final : private StopRegistration {
 public:
  StopCallback(const StopToken& token, F function,
               Place where = Place::current())
      : state_(token.state_), function_(std::move(function)) {
    StopState* const state = state_.get();
    if (state != nullptr && !state->Register(*this, where)) function_();
  }
  ~StopCallback() {
    StopState* const state = state_.get();
    if (state != nullptr) state->Unregister(*this, Place::current());
  }
  StopCallback(const StopCallback&) = delete;
  StopCallback& operator=(const StopCallback&) = delete;

 private:
  void Call() noexcept override { function_(); }

  StopReference state_;
  F function_;
};

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_STOP_TOKEN_H_

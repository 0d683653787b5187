// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What an event costs with callbacks, all in one thread.

#ifndef SYNC_BENCHMARKS_CALLBACK_SCENARIOS_H_
#define SYNC_BENCHMARKS_CALLBACK_SCENARIOS_H_

#include <cstdint>

#include "benchmark/benchmark.h"
#include "benchmarks/concepts.h"
#include "benchmarks/runner.h"

namespace syncbench {

// The floor of callbacks: an intrusive, circular, doubly linked list of
// functions, first in, first out, for one thread.
class FunctionList {
  struct Node {
    void InsertBefore(Node* other) {
      next = other;
      prev = other->prev;
      prev->next = next->prev = this;
    }
    void Unlink() {
      prev->next = next;
      next->prev = prev;
      next = prev = this;
    }

    void (*function)(Node* node);
    Node* next = this;
    Node* prev = this;
  };

 public:
  static constexpr char kName[] = "FunctionList";

  class Listener : private Node {
   public:
    Listener(FunctionList& list, int64_t& calls)
        : Node{.function = &Count}, list_(list), calls_(calls) {}
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void Add() { InsertBefore(&list_.head_); }
    void Remove() { Unlink(); }

   private:
    static void Count(Node* node) { ++static_cast<Listener*>(node)->calls_; }

    FunctionList& list_;
    int64_t& calls_;
  };

  FunctionList() = default;
  FunctionList(const FunctionList&) = delete;
  FunctionList& operator=(const FunctionList&) = delete;

  void Set() {
    while (head_.next != &head_) {
      Node* const first = head_.next;
      first->Unlink();
      first->function(first);
    }
  }
  void Clear() {}

 private:
  Node head_ = {.function = nullptr};
};

struct AddCallback {
  using Floor = FunctionList;
  static Scenario Describe() {
    return {.name = "AddCallback",
            .title = "a callback is added and removed, nobody sets"};
  }
  template <Listening S>
  static void Run(benchmark::State& state) {
    S subject;
    int64_t calls = 0;
    typename S::Listener listener(subject, calls);
    for (auto _ : state) {
      listener.Add();
      listener.Remove();
    }
    Require(calls == 0, "a callback was called that had been taken back");
  }
};

struct OneCallback {
  using Floor = FunctionList;
  static Scenario Describe() {
    return {.name = "OneCallback",
            .title = "a callback is added, called by set, and removed; clear"};
  }
  template <Listening S>
    requires Clearable<S>
  static void Run(benchmark::State& state) {
    S subject;
    int64_t calls = 0;
    typename S::Listener listener(subject, calls);
    for (auto _ : state) {
      listener.Add();
      subject.Set();
      subject.Clear();
      listener.Remove();
    }
    Require(calls == state.iterations(), "a callback was not called");
  }
};

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_CALLBACK_SCENARIOS_H_

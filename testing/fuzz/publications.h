// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#ifndef SYNC_TESTING_FUZZ_PUBLICATIONS_H_
#define SYNC_TESTING_FUZZ_PUBLICATIONS_H_

#include <cstdint>

#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace synctest::fuzz {

// What is written before each broadcast, and must be visible to who comes after
// it: nothing but the event keeps the writing and the reading apart. The order
// of operations is that of the machine's steps, so with stale reads only a wait
// that can have no other cause than one broadcast tells anything.
class Publications {
 public:
  // Where an operation begins.
  struct Mark {
    int begun;      // Broadcasts.
    int completed;  // Of them.
    uint64_t which;
    int first;  // Since which the event has certainly been clear.
  };

  // What comes before a broadcast; to be given to Completed() after it.
  int Publish() {
    const int number = Next();
    if (number < kMost) cells_[number] = kWritten;
    return number;
  }
  void Completed(int number) {
    const model::MachineCode code;
    ++completed_;
    if (number < kMost) which_ |= uint64_t{1} << number;
  }

  Mark Now() const {
    const model::MachineCode code;
    return {begun_, completed_, which_, first_};
  }
  void CheckAfterClear(const Mark& mark) {
    if (model::CurrentPowers().stale_reads) return;
    CheckCompleted(mark);
    const model::MachineCode code;
    if (mark.completed == mark.begun && mark.begun == begun_) first_ = begun_;
  }
  // Of a wait that is ready, or a true IsSet(). `any`: a broadcast may have
  // come before the event was last clear.
  void CheckAfterReady(const Mark& mark, bool any = false) const {
    const bool stale = model::CurrentPowers().stale_reads;
    if (!stale) CheckCompleted(mark);
    const int first = any || stale ? 0 : mark.first;
    if (Count() == first + 1) CheckVisible(first);
  }

 private:
  static constexpr int kMost = 64;  // Those after them are not followed.
  static constexpr int kWritten = 42;

  int Next() {
    const model::MachineCode code;
    return begun_++;
  }
  int Count() const {
    const model::MachineCode code;
    return begun_;
  }
  void CheckCompleted(const Mark& mark) const {
    for (int i = 0; i < kMost; ++i) {
      if (mark.which >> i & 1) CheckVisible(i);
    }
  }
  void CheckVisible(int number) const {
    if (number < kMost) model::Check(cells_[number] == kWritten, "visible");
  }

  int cells_[kMost] = {};
  int begun_ = 0;
  int completed_ = 0;
  uint64_t which_ = 0;
  int first_ = 0;
};

}  // namespace synctest::fuzz

#endif  // SYNC_TESTING_FUZZ_PUBLICATIONS_H_

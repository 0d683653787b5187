// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What doesn't depend on the type of what is in a queue: who may push and pop,
// and when all is done.

#ifndef SYNC_INTERNAL_QUEUE_CORE_H_
#define SYNC_INTERNAL_QUEUE_CORE_H_

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <utility>

#include "sync/internal/config.h"
#include "sync/internal/coroutine_wait.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {

// How a Push() or Pop() ended.
enum class QueueResult : uint8_t {
  kReady,
  kCancelled,  // As WaitResult.
  kTimeout,    // As WaitResult.
  kClosed,     // The queue was closed; to Pop(), and is empty.
};

namespace internal {

// Of all three: what a wait for them learns.
enum QueueGrant : uint64_t { kNotGranted, kGranted, kQueueIsClosed };

// Room for values: how much is left, and whether the queue is closed; and how
// many pushes have begun, modulo 2^30.
struct RoomRules {
  static constexpr uint64_t kClosed = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kOne = 2 * kClosed;
  static constexpr int kBits = 29;
  static constexpr uint64_t kMax = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kOnePush = kOne << kBits;

  static bool Take(uint64_t* word, uint64_t* what) noexcept {
    return !WaitCore::OthersComeFirst(*word) && Grant(word, what);
  }
  static bool Grant(uint64_t* word, uint64_t* what) noexcept;
  static void Give(WaitCore& core) noexcept;
  static void GiveBack(WaitCore& core, uint64_t what) noexcept;
  static constexpr Rules kRules = {.name = "a Queue",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &GiveBack};
};

// Values: how many can be popped, and whether the queue is closed; and, modulo
// 2^29, how many pushes are to end, of which only Close() says how many have
// begun: from then on it is the number of those that still can be popped.
//
// The guard is of the store, and of what is counted with it.
struct ItemRules {
  static constexpr uint64_t kHeld = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kClosed = 2 * kHeld;
  static constexpr uint64_t kOne = 2 * kClosed;
  static constexpr uint64_t kOnePush = kOne << RoomRules::kBits;

  static uint64_t CountOf(uint64_t word) noexcept {
    return word % kOnePush / kOne;
  }
  static bool Take(uint64_t* word, uint64_t* what) noexcept {
    return !WaitCore::OthersComeFirst(*word) && Grant(word, what);
  }
  static bool Grant(uint64_t* word, uint64_t* what) noexcept;
  static void GiveBack(WaitCore& core, uint64_t what) noexcept;
  static constexpr Rules kRules = {.name = "a Queue",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .give_back = &GiveBack};
};

// Whether there are values with which somebody is not done: how often that has
// begun, less how often it has ended, which is 0 or 1 but for calls that
// overlap; and how often all has ended, modulo 2^28.
struct UnfinishedRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kOneEnd = kOne << 32;

  static bool Take(uint64_t* word, uint64_t*) noexcept {
    return *word % kOneEnd < kOne;
  }
  static bool Grant(uint64_t* word, uint64_t* what) noexcept {
    return *word / kOneEnd != *what;
  }
  static void Join(uint64_t* word, uint64_t* what) noexcept {
    *what = *word / kOneEnd;
  }
  static constexpr Rules kRules = {.name = "a Queue",
                                   .take = &Take,
                                   .grant = &Grant,
                                   .join = &Join,
                                   .broadcasts = true};
};

class QueueCore {
 public:
  QueueCore(const QueueCore&) = delete;
  QueueCore& operator=(const QueueCore&) = delete;

 protected:
  static constexpr int64_t kMaxSize = RoomRules::kMax;

  explicit QueueCore(int64_t bound) noexcept;
  ~QueueCore() = default;

  // A push: it begins when there is room in a queue that is not closed; then a
  // value is made, and put in while the store is held; EndPush() publishes it,
  // and lets go. Room that a wait was granted is for BeginPush().
  QueueResult BlockToPush(const WaitOptions& options) noexcept;
  QueueResult TryToPush() noexcept;
  QueueResult BeginPush(QueueResult room) noexcept;
  void EndPush() noexcept;

  // A pop: when there is an item, it has begun, and the store is held; then a
  // value is taken out, LetGo(), and EndPop() leaves room. An item that a wait
  // was granted is for BeginPop().
  QueueResult BlockToPop(const WaitOptions& options) noexcept;
  QueueResult TryToPop() noexcept;
  QueueResult BeginPop(QueueResult item) noexcept;
  void LetGo() noexcept;
  void EndPop() noexcept { RoomRules::Give(room_); }

  // Holds the store. Waits for whoever else does.
  void Hold() noexcept;

  // What waits ask for on `room_`, `items_` and `unfinished_`, and how those
  // for the first two have ended.
  static Request AskingForRoom() noexcept { return {&RoomRules::kRules}; }
  static Request AskingForItem() noexcept { return {&ItemRules::kRules}; }
  static Request AskingToJoin() noexcept { return {&UnfinishedRules::kRules}; }
  static QueueResult ResultOf(WaitResult result, uint64_t what) noexcept;

  void Close() noexcept;
  bool closed() const noexcept {
    return (room_.Read() & RoomRules::kClosed) != 0;
  }
  int64_t size() const noexcept {
    return static_cast<int64_t>(ItemRules::CountOf(items_.Read()));
  }
  int64_t bound() const noexcept { return bound_; }
  size_t waiters() noexcept {
    return items_.Count() + room_.Count() + unfinished_.Count();
  }

  void TaskDone() noexcept;
  WaitResult Join(
      std::source_location where = std::source_location::current()) noexcept {
    return Join(WaitOptions(where));
  }
  [[nodiscard]] WaitResult Join(const WaitOptions& options) noexcept;
  Awaiter<UnfinishedRules> AsyncJoin(
      std::source_location where = std::source_location::current()) noexcept {
    return Awaiter<UnfinishedRules>(unfinished_, 0, where);
  }
  LimitedAwaiter<UnfinishedRules> AsyncJoin(WaitOptions options) noexcept {
    return LimitedAwaiter<UnfinishedRules>(unfinished_, 0, std::move(options));
  }

  WaitCore items_{0};
  WaitCore room_;
  WaitCore unfinished_{0};

  // Values with which somebody is not done. Where they are too many to count,
  // because nobody says so, they stay so. For who holds the store.
  uint32_t unfinished_count_ = 0;

 private:
  const int32_t bound_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_QUEUE_CORE_H_

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

// Room for a value: how much is left, and whether the queue is closed.
struct RoomRules {
  static constexpr uint64_t kClosed = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kOne = 2 * kClosed;

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

// Values: how many can be popped, how many are being pushed, and whether the
// queue is closed. What is being pushed when it is closed, can be popped yet.
struct ItemRules {
  static constexpr uint64_t kClosed = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr uint64_t kOnePush = 2 * kClosed;
  static constexpr int kBits = 29;
  static constexpr uint64_t kMax = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kOne = kOnePush << kBits;

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

// Values with which somebody is not done, and how often there were none left,
// modulo 2^28. Where the former are too many to count, because nobody says so,
// they stay so.
struct UnfinishedRules {
  static constexpr uint64_t kOne = uint64_t{1} << WaitCore::kPayloadShift;
  static constexpr int kBits = 32;
  static constexpr uint64_t kMax = (uint64_t{1} << kBits) - 1;
  static constexpr uint64_t kOneEnd = kOne << kBits;

  static uint64_t CountOf(uint64_t word) noexcept {
    return word % kOneEnd / kOne;
  }
  static bool Take(uint64_t* word, uint64_t*) noexcept {
    return CountOf(*word) == 0;
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
  static constexpr int64_t kMaxSize = ItemRules::kMax;

  explicit QueueCore(int64_t bound) noexcept;
  ~QueueCore() = default;

  // A push: when there is room, and unless BeginPush() says that the queue has
  // been closed meanwhile, a value is put in, and EndPush() publishes it.
  QueueResult BlockForRoom(const WaitOptions& options) noexcept;
  QueueResult TryForRoom() noexcept;
  bool BeginPush() noexcept;
  void EndPush() noexcept;

  // A pop: when there is an item, a value is taken out, which leaves room.
  QueueResult BlockForItem(const WaitOptions& options) noexcept;
  QueueResult TryForItem() noexcept;
  void EndPop() noexcept { RoomRules::Give(room_); }

  // What waits ask for on `room_`, `items_` and `unfinished_`, and how those
  // for the first two have ended.
  static Request AskingForRoom() noexcept { return {&RoomRules::kRules}; }
  static Request AskingForItem() noexcept { return {&ItemRules::kRules}; }
  static Request AskingToJoin() noexcept { return {&UnfinishedRules::kRules}; }
  static QueueResult ResultOf(WaitResult result, uint64_t what) noexcept;

  void Close() noexcept;
  bool closed() const noexcept {
    return (items_.Read() & ItemRules::kClosed) != 0;
  }
  int64_t size() const noexcept {
    return static_cast<int64_t>(items_.Read() / ItemRules::kOne);
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
    return Awaiter<UnfinishedRules>(unfinished_, AskingToJoin(), where);
  }
  LimitedCoroutineWait AsyncJoin(WaitOptions options) noexcept {
    return LimitedCoroutineWait(unfinished_, AskingToJoin(),
                                std::move(options));
  }

  WaitCore items_{0};
  WaitCore room_;
  WaitCore unfinished_{0};

 private:
  const int64_t bound_;
};

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

#endif  // SYNC_INTERNAL_QUEUE_CORE_H_

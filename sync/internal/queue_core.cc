// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/queue_core.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "sync/internal/config.h"
#include "sync/internal/platform.h"
#include "sync/internal/thread_wait.h"
#include "sync/internal/wait_core.h"
#include "sync/internal/waiter.h"
#include "sync/wait_options.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr auto kReleasesNobody = [](uint64_t, uint64_t) noexcept {
  return false;
};

uint64_t Checked(int64_t bound, uint64_t most) noexcept {
  if (bound < 1 || static_cast<uint64_t>(bound) > most) {
    Fatal(absl::StrCat("a Queue was to hold ", bound,
                       " values; it can hold 1 to ", most));
  }
  return static_cast<uint64_t>(bound);
}

}  // namespace

bool RoomRules::Grant(uint64_t* word, uint64_t* what) noexcept {
  if (*word & kClosed) {
    *what = kQueueIsClosed;
    return true;
  }
  if (*word % kOnePush < kOne) return false;
  *word -= kOne;
  *what = kGranted;
  return true;
}

void RoomRules::Give(WaitCore& core) noexcept {
  core.Give([](uint64_t word) noexcept { return word + kOne; },
            WaitCore::Always);
}

void RoomRules::GiveBack(WaitCore& core, uint64_t what) noexcept {
  if (what == kGranted) Give(core);
}

bool ItemRules::Grant(uint64_t* word, uint64_t* what) noexcept {
  if (CountOf(*word) > 0) {
    *word -= kOne;
    *what = kGranted;
    return true;
  }
  const bool is_pushed = *word >= kOnePush;
  if (!(*word & kClosed) || is_pushed) return false;
  *what = kQueueIsClosed;
  return true;
}

void ItemRules::GiveBack(WaitCore& core, uint64_t what) noexcept {
  if (what != kGranted) return;
  core.Give([](uint64_t word) noexcept { return word + kOne; },
            WaitCore::Always);
}

QueueCore::QueueCore(int64_t bound) noexcept
    : room_(Checked(bound, RoomRules::kMax) * RoomRules::kOne),
      bound_(static_cast<int32_t>(bound)) {}

QueueResult QueueCore::ResultOf(WaitResult result, uint64_t what) noexcept {
  switch (result) {
    case WaitResult::kTimeout:
      return QueueResult::kTimeout;
    case WaitResult::kCancelled:
      return QueueResult::kCancelled;
    case WaitResult::kReady:
      break;
  }
  return what == kQueueIsClosed ? QueueResult::kClosed : QueueResult::kReady;
}

QueueResult QueueCore::BlockToPush(const WaitOptions& options) noexcept {
  const QueueResult begun = TryToPush();
  if (begun != QueueResult::kTimeout) return begun;
  Request request = AskingForRoom();
  const WaitResult result = BlockThread(room_, request, options);
  return BeginPush(ResultOf(result, request.what));
}

QueueResult QueueCore::TryToPush() noexcept {
  uint64_t what = kNotGranted;
  const bool is_over = room_.TakeNow([&](uint64_t* word) noexcept {
    if (!RoomRules::Take(word, &what)) return false;
    if (what == kGranted) *word += RoomRules::kOnePush;
    return true;
  });
  return is_over ? ResultOf(WaitResult::kReady, what) : QueueResult::kTimeout;
}

QueueResult QueueCore::BeginPush(QueueResult room) noexcept {
  if (room != QueueResult::kReady) return room;
  bool begins;
  room_.Give(
      [&](uint64_t word) noexcept {
        begins = !(word & RoomRules::kClosed);
        return begins ? word + RoomRules::kOnePush : word;
      },
      kReleasesNobody);
  return begins ? QueueResult::kReady : QueueResult::kClosed;
}

void QueueCore::EndPush() noexcept {
  // Before the value can be popped, and be done with.
  if (unfinished_count_ == 0) {
    unfinished_.Broadcast(
        [](uint64_t word) noexcept { return word + UnfinishedRules::kOne; },
        kReleasesNobody);
  }
  if (unfinished_count_ != UINT32_MAX) ++unfinished_count_;
  items_.Give<ItemRules::kHeld>(
      [](uint64_t word) noexcept {
        return word - ItemRules::kHeld - ItemRules::kOnePush + ItemRules::kOne;
      },
      WaitCore::Always);
}

QueueResult QueueCore::BlockToPop(const WaitOptions& options) noexcept {
  const QueueResult begun = TryToPop();
  if (begun != QueueResult::kTimeout) return begun;
  Request request = AskingForItem();
  const WaitResult result = BlockThread(items_, request, options);
  return BeginPop(ResultOf(result, request.what));
}

QueueResult QueueCore::TryToPop() noexcept {
  uint64_t what = kNotGranted;
  const bool is_over =
      items_.TakeNow<ItemRules::kHeld>([&](uint64_t* word) noexcept {
        if (!ItemRules::Take(word, &what)) return false;
        if (what == kGranted) *word |= ItemRules::kHeld;
        return true;
      });
  return is_over ? ResultOf(WaitResult::kReady, what) : QueueResult::kTimeout;
}

QueueResult QueueCore::BeginPop(QueueResult item) noexcept {
  if (item == QueueResult::kReady) Hold();
  return item;
}

void QueueCore::Hold() noexcept {
  items_.TakeNow<ItemRules::kHeld>([](uint64_t* word) noexcept {
    *word |= ItemRules::kHeld;
    return true;
  });
}

void QueueCore::LetGo() noexcept {
  items_.Give<ItemRules::kHeld>(
      [](uint64_t word) noexcept { return word - ItemRules::kHeld; },
      kReleasesNobody);
}

void QueueCore::Close() noexcept {
  // First no push begins any more, so that those that have can be told; and who
  // waits for room is released last, and finds both done. Each step is done by
  // whoever closes, since others may have done only the first.
  uint64_t open;
  room_.Give(
      [&](uint64_t word) noexcept {
        open = word;
        return word | RoomRules::kClosed;
      },
      kReleasesNobody);
  const uint64_t begun = open / RoomRules::kOnePush;
  items_.Give(
      [begun](uint64_t word) noexcept {
        if (word & ItemRules::kClosed) return word;
        return (word | ItemRules::kClosed) + begun * ItemRules::kOnePush;
      },
      WaitCore::Always);
  room_.Give([](uint64_t word) noexcept { return word; }, WaitCore::Always);
}

void QueueCore::TaskDone() noexcept {
  Hold();
  const uint32_t count = unfinished_count_;
  if (count == 0) {
    Fatal("TaskDone() was called more often than a value was pushed");
  }
  if (count != UINT32_MAX) unfinished_count_ = count - 1;
  LetGo();
  if (count > 1) return;
  // The last touch: who has joined may destroy the queue. A value that has been
  // pushed since counts as one more that has begun.
  const auto is_end = [](uint64_t word) noexcept {
    return word % UnfinishedRules::kOneEnd < 2 * UnfinishedRules::kOne;
  };
  unfinished_.Broadcast(
      [&](uint64_t word) noexcept {
        const uint64_t next = word - UnfinishedRules::kOne;
        return is_end(word) ? next + UnfinishedRules::kOneEnd : next;
      },
      [&](uint64_t before, uint64_t) noexcept { return is_end(before); });
}

WaitResult QueueCore::Join(const WaitOptions& options) noexcept {
  Request request = AskingToJoin();
  return BlockThread(unfinished_, request, options);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

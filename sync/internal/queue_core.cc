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

bool Always(uint64_t, uint64_t) noexcept { return true; }
bool Never(uint64_t, uint64_t) noexcept { return false; }
bool Changes(uint64_t before, uint64_t after) noexcept {
  return before != after;
}

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
  if (*word < kOne) return false;
  *word -= kOne;
  *what = kGranted;
  return true;
}

void RoomRules::Give(WaitCore& core) noexcept {
  core.Give([](uint64_t word) noexcept { return word + kOne; }, &Always);
}

void RoomRules::GiveBack(WaitCore& core, uint64_t what) noexcept {
  if (what == kGranted) Give(core);
}

bool ItemRules::Grant(uint64_t* word, uint64_t* what) noexcept {
  if (*word >= kOne) {
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
  core.Give([](uint64_t word) noexcept { return word + kOne; }, &Always);
}

QueueCore::QueueCore(int64_t bound) noexcept
    : room_(Checked(bound, ItemRules::kMax) * RoomRules::kOne), bound_(bound) {}

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

QueueResult QueueCore::BlockForRoom(const WaitOptions& options) noexcept {
  Request request = AskingForRoom();
  const WaitResult result = TakeNow<RoomRules>(room_, &request.what)
                                ? WaitResult::kReady
                                : BlockThread(room_, request, options);
  return ResultOf(result, request.what);
}

QueueResult QueueCore::TryForRoom() noexcept {
  uint64_t what = kNotGranted;
  return TakeNow<RoomRules>(room_, &what) ? ResultOf(WaitResult::kReady, what)
                                          : QueueResult::kTimeout;
}

bool QueueCore::BeginPush() noexcept {
  bool begun;
  items_.Give(
      [&](uint64_t word) noexcept {
        begun = !(word & ItemRules::kClosed);
        return begun ? word + ItemRules::kOnePush : word;
      },
      &Never);
  if (begun) {
    unfinished_.Broadcast(
        [](uint64_t word) noexcept {
          return UnfinishedRules::CountOf(word) == UnfinishedRules::kMax
                     ? word
                     : word + UnfinishedRules::kOne;
        },
        &Never);
  }
  return begun;
}

void QueueCore::EndPush() noexcept {
  items_.Give(
      [](uint64_t word) noexcept {
        return word - ItemRules::kOnePush + ItemRules::kOne;
      },
      &Always);
}

QueueResult QueueCore::BlockForItem(const WaitOptions& options) noexcept {
  Request request = AskingForItem();
  const WaitResult result = TakeNow<ItemRules>(items_, &request.what)
                                ? WaitResult::kReady
                                : BlockThread(items_, request, options);
  return ResultOf(result, request.what);
}

QueueResult QueueCore::TryForItem() noexcept {
  uint64_t what = kNotGranted;
  return TakeNow<ItemRules>(items_, &what) ? ResultOf(WaitResult::kReady, what)
                                           : QueueResult::kTimeout;
}

void QueueCore::Close() noexcept {
  // Who has room, but has not begun to push, learns of it then.
  items_.Give([](uint64_t word) noexcept { return word | ItemRules::kClosed; },
              &Changes);
  room_.Give([](uint64_t word) noexcept { return word | RoomRules::kClosed; },
             &Changes);
}

void QueueCore::TaskDone() noexcept {
  unfinished_.Broadcast(
      [](uint64_t word) noexcept {
        const uint64_t count = UnfinishedRules::CountOf(word);
        if (count == 0) {
          Fatal("TaskDone() was called more often than a value was pushed");
        }
        if (count == UnfinishedRules::kMax) return word;
        word -= UnfinishedRules::kOne;
        return count == 1 ? word + UnfinishedRules::kOneEnd : word;
      },
      [](uint64_t before, uint64_t after) noexcept {
        return before / UnfinishedRules::kOneEnd !=
               after / UnfinishedRules::kOneEnd;
      });
}

WaitResult QueueCore::Join(const WaitOptions& options) noexcept {
  Request request = AskingToJoin();
  return BlockThread(unfinished_, request, options);
}

}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

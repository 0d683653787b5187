// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "sync/internal/wait_list.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <source_location>
#include <vector>

#include "gtest/gtest.h"
#include "sync/executor.h"
#include "sync/internal/config.h"
#include "sync/internal/hint.h"
#include "sync/internal/waiter.h"

namespace synclib {
inline namespace SYNC_ABI {
namespace internal {
namespace {

constexpr Rules kBroadcasts = {
    .name = "a test",
    .take = [](uint64_t*, uint64_t*) noexcept { return false; },
    .grant = [](uint64_t* word, uint64_t*) noexcept { return *word != 0; },
    .broadcasts = true};

constexpr Rules kOneByOne = {
    .name = "a test", .take = kBroadcasts.take, .grant = kBroadcasts.grant};

constexpr Rules kLooks = {.name = "a test",
                          .take = kBroadcasts.take,
                          .grant = kBroadcasts.grant,
                          .looks = true};

class WaitListTest : public testing::Test {
 protected:
  Waiter* New(Waiter::Kind kind = Waiter::Kind::kCoroutine) {
    return &waiters_.emplace_back(kind, nullptr, Request{&kBroadcasts, 0},
                                  std::source_location());
  }
  Waiter* Push(Waiter::Kind kind = Waiter::Kind::kCoroutine) {
    Waiter* const waiter = New(kind);
    list_.Push(waiter);
    return waiter;
  }
  // 0: they aren't alike, or there is nobody.
  size_t CountAlike() {
    Waiter* const first = list_.first();
    return first == nullptr || !list_.AreAlike() ? 0
                                                 : first->Previous()->count();
  }

  WaitList list_;
  std::deque<Waiter> waiters_;
};

TEST_F(WaitListTest, TheLastKnowsHowManyThereAre) {
  EXPECT_EQ(CountAlike(), 0u);
  for (size_t count = 1; count < 100; ++count) {
    Push();
    ASSERT_EQ(CountAlike(), count);
    ASSERT_EQ(list_.Count(SIZE_MAX), count);
  }
}

TEST_F(WaitListTest, AlsoWhenSomeHaveLeftOrStayAfterAll) {
  std::mt19937 random(1);
  std::vector<Waiter*> on_list;
  for (int i = 0; i < 10'000; ++i) {
    if (on_list.empty() || random() % 2 == 0) {
      on_list.push_back(Push());
    } else {
      const size_t which = random() % on_list.size();
      const uintptr_t before = list_.state();
      list_.Remove(on_list[which]);
      if (random() % 2 == 0) {
        list_.Restore(on_list[which], before);
      } else {
        on_list.erase(on_list.begin() + static_cast<ptrdiff_t>(which));
      }
    }
    ASSERT_EQ(CountAlike(), on_list.size());
  }
}

TEST_F(WaitListTest, ABroadcastThatIsTakenBackChangesNothing) {
  for (int i = 0; i < 3; ++i) Push();
  const uintptr_t before = list_.state();
  uint64_t word = 0;
  EXPECT_EQ(list_.Grant(&word, nullptr, nullptr), nullptr);
  word = 1;
  Waiter* const granted = list_.Grant(&word, nullptr, nullptr);
  ASSERT_EQ(granted, &waiters_[0]);
  EXPECT_EQ(list_.first(), nullptr);
  list_.TakeBack(granted, before);
  EXPECT_EQ(CountAlike(), 3u);
  EXPECT_EQ(list_.state(), before);
}

TEST_F(WaitListTest, NobodyKnowsHowManyThereAreWhereSomeDoNotRunInline) {
  struct Nowhere : Executor {
    bool Post(Work*) noexcept override { return false; }
  } executor;
  Push();
  Push(Waiter::Kind::kThread);
  Push();
  EXPECT_EQ(CountAlike(), 0u);
  uint64_t word = 1;
  EXPECT_NE(list_.Grant(&word, nullptr, nullptr), nullptr);
  Push();
  EXPECT_EQ(CountAlike(), 1u);
  Waiter* const elsewhere = New();
  elsewhere->set_executor(&executor);
  list_.Push(elsewhere);
  EXPECT_EQ(CountAlike(), 0u);
}

TEST_F(WaitListTest, NobodyCountsThoseWhoAreGrantedOneByOne) {
  Waiter* const waiter = New();
  waiter->request.rules = &kOneByOne;
  list_.Push(waiter);
  EXPECT_EQ(CountAlike(), 0u);
  EXPECT_EQ(list_.Count(SIZE_MAX), 1u);
}

TEST_F(WaitListTest, WhoTakesComesBeforeAllWhoLook) {
  constexpr Waiter::Kind kKinds[] = {Waiter::Kind::kThread,
                                     Waiter::Kind::kCoroutine};
  for (const Waiter::Kind looking : kKinds) {
    for (const Waiter::Kind taking : kKinds) {
      WaitList list;
      Waiter* const looks = New(looking);
      looks->request.rules = &kLooks;
      list.Push(looks);
      Waiter* const takes = New(taking);
      takes->request.rules = &kOneByOne;
      list.Push(takes);
      EXPECT_EQ(list.first(), takes);
      EXPECT_EQ(takes->Next(), looks);
    }
  }
}

// What it is for is benchmarked: BroadcastShuffled.
TEST_F(WaitListTest, EachIsToldWhoComesSomePlacesBehindIt) {
  constexpr size_t kAhead = Waiter::kAhead;
  constexpr size_t kCount = 10 * kAhead;
  for (size_t i = 0; i < kCount; ++i) Push();
  for (size_t i = 0; i + 2 * kAhead <= kCount; ++i) {
    EXPECT_EQ(Hinted(&waiters_[i], waiters_[i].ahead),
              reinterpret_cast<uintptr_t>(&waiters_[i + kAhead]))
        << i;
  }
}

}  // namespace
}  // namespace internal
}  // namespace SYNC_ABI
}  // namespace synclib

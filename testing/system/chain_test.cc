// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A chain of a million events, where each waiter sets the next one when it is
// released, takes no more stack than one of three.

#include <pthread.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/executor.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/tally.h"

namespace synctest {
namespace {

using synclib::Callback;
using synclib::Event;
using synclib::WaitResult;

// Under sanitizers 100,000, which is still less than three bytes for each.
constexpr size_t kLength = Scaled(1'000'000);

// Whatever the length of a chain. Sanitizers need more of it for themselves:
// their own frames in calls of the C library, and red zones.
constexpr size_t kStackBytes = kSanitizer ? 256 << 10 : 64 << 10;

// Runs `body` on a thread with a stack of kStackBytes.
void OnSmallStack(std::function<void()> body) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  ASSERT_EQ(pthread_create(
                &thread, &attributes,
                [](void* argument) -> void* {
                  (*static_cast<std::function<void()>*>(argument))();
                  return nullptr;
                },
                &body),
            0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

// One event more than there are links.
class Chain {
 public:
  Chain() : events_(std::make_unique<Event[]>(kLength + 1)) {}

  Event& operator[](size_t i) { return events_[i]; }

  // Sets the first event on a small stack. Every link must have run then, in
  // order: `ran` counts them.
  void Release() {
    OnSmallStack([&] { EXPECT_EQ(events_[0].Set(), 1u); });
    EXPECT_EQ(ran, kLength);
    EXPECT_TRUE(events_[kLength].IsSet());
    Tally("links", static_cast<int64_t>(ran));
  }

  size_t ran = 0;

 private:
  std::unique_ptr<Event[]> events_;
};

template <class Awaiter>
Detached Link(Chain& chain, size_t i, Awaiter awaiter) {
  EXPECT_EQ(co_await awaiter, WaitResult::kReady);
  EXPECT_EQ(chain.ran++, i);
  chain[i + 1].Set();
}

TEST(ChainTest, S7_CoroutinesThatSetTheNextEventUseConstantStack) {
  Chain chain;
  for (size_t i = 0; i < kLength; ++i) Link(chain, i, chain[i].AsyncWait());
  chain.Release();
}

TEST(ChainTest, S7_CoroutinesThatMayGiveUpUseConstantStack) {
  Chain chain;
  for (size_t i = 0; i < kLength; ++i) {
    Link(chain, i, chain[i].AsyncWait(absl::InfiniteDuration()));
  }
  chain.Release();
}

TEST(ChainTest, S7_CallbacksThatSetTheNextEventUseConstantStack) {
  struct Next : Callback {
    Next() : Callback(&Call) {}
    static void Call(Callback& self, WaitResult result) noexcept {
      EXPECT_EQ(result, WaitResult::kReady);
      Next& next = static_cast<Next&>(self);
      EXPECT_EQ(next.chain->ran++, next.i);
      (*next.chain)[next.i + 1].Set();
    }
    Chain* chain = nullptr;
    size_t i = 0;
  };
  Chain chain;
  auto links = std::make_unique<Next[]>(kLength);
  for (size_t i = 0; i < kLength; ++i) {
    links[i].chain = &chain;
    links[i].i = i;
    ASSERT_FALSE(chain[i].Add(links[i]).has_value());
  }
  chain.Release();
}

struct InlineExecutor : synclib::Executor {
  bool Post(synclib::Work* work) noexcept override {
    ++posted;
    work->Run();
    return true;
  }
  size_t posted = 0;
};

TEST(ChainTest, S7_AnExecutorThatRunsInlineUsesConstantStack) {
  Chain chain;
  InlineExecutor executor;
  for (size_t i = 0; i < kLength; ++i) {
    Link(chain, i, chain[i].AsyncWait().On(executor));
  }
  chain.Release();
  EXPECT_EQ(executor.posted, kLength);
}

// Cancellations are handed out as grants are.
TEST(ChainTest, S7_CoroutinesThatCancelTheNextWaitUseConstantStack) {
  struct Canceller {
    static Detached Run(std::vector<std::stop_source>& sources, Event& event,
                        size_t i, size_t& ran) {
      const WaitResult result =
          co_await event.AsyncWait(sources[i].get_token());
      EXPECT_EQ(result, WaitResult::kCancelled);
      ++ran;
      if (i + 1 < sources.size()) sources[i + 1].request_stop();
    }
  };
  const size_t length = kLength / 10;
  std::vector<std::stop_source> sources(length);
  Event event;
  size_t ran = 0;
  for (size_t i = 0; i < length; ++i) {
    Canceller::Run(sources, event, i, ran);
  }
  OnSmallStack([&] { sources[0].request_stop(); });
  EXPECT_EQ(ran, length);
  Tally("links", static_cast<int64_t>(ran));
  EXPECT_EQ(event.waiters(), 0u);
}

}  // namespace
}  // namespace synctest

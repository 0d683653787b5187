// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// Trees of tasks, which scopes, races, limits and Gather() hold together, on
// threads, on a pool, and without an executor: some tasks fail, some are
// stopped, and none outlives the co_await that it belongs to.

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <random>
#include <stop_token>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/coro/gather.h"
#include "sync/coro/lazy.h"
#include "sync/coro/run.h"
#include "sync/coro/scope.h"
#include "sync/coro/sleep.h"
#include "sync/coro/task.h"
#include "sync/coro/when_any.h"
#include "sync/coro/with_timeout.h"
#include "sync/event.h"
#include "sync/semaphore.h"
#include "sync/wait_options.h"
#include "testing/stress.h"

namespace synclib {
namespace {

using synctest::kWorkers;
using synctest::RunAll;
using synctest::Worker;

// Seeded by numbers that another one has made.
using Random = std::mt19937;

constexpr int kDepth = 3;

absl::Duration UpTo(int microseconds, Random& random) {
  return absl::Microseconds(random() % microseconds);
}

// What the trees of a round have in common.
struct Round {
  static constexpr int kPermits = 2;

  Event never;
  Semaphore permits{kPermits};
  std::atomic<int> held = 0;
  Lazy<int> lazy;
  std::atomic<int> made = 0;      // How often that was.
  std::atomic<int> not_made = 0;  // How often it failed, less who was told.
};

// Tasks that one coroutine starts and awaits. Each has a share of this in its
// frame.
struct Family {
  bool HasFailed(size_t number) const { return (failed >> number & 1) != 0; }

  std::atomic<int> count = 0;
  std::atomic<uint32_t> failed = 0;      // Which of them, by their numbers.
  std::atomic<bool> is_stopped = false;  // By one of them.
  std::stop_token token;                 // What stops them, if they have one.
};

// What a task throws.
struct Failure {
  const Family* family;
  int number;
};

// What a task knows. Its token is stopped sooner or later.
struct Member {
  [[noreturn]] void Fail() const {
    family->failed |= uint32_t{1} << number;
    throw Failure{family.get(), number};
  }
  // The next one of `others`.
  Member Child(const std::shared_ptr<Family>& others, std::stop_token stop,
               Random& random) const {
    return {round,           static_cast<uint32_t>(random()),
            std::move(stop), depth - 1,
            others,          others->count++,
            nullptr};
  }

  Round* round;
  uint32_t seed;
  std::stop_token token;
  int depth = kDepth;  // Of what it may start.
  std::shared_ptr<Family> family = nullptr;
  int number = 0;          // In the family.
  Scope* scope = nullptr;  // Of the family, if it is one.
};

Task<int> Grow(Member self);

// Ends, or fails, without being told to.
Task<int> Nap(Member self, bool fails) {
  Random random(self.seed);
  co_await Sleep(UpTo(200, random));
  if (fails) self.Fail();
  co_return self.number;
}

struct NotMade {};

Task<int> Make(Round* round, uint32_t seed) {
  Random random(seed);
  co_await Sleep(UpTo(50, random));
  if (random() % 2 == 0) {
    ++round->not_made;
    throw NotMade();
  }
  co_return ++round->made;
}

Task<> Ask(Member self) {
  Round* const round = self.round;
  const auto make = [&] { return Make(round, self.seed); };
  try {
    const int* const value = co_await round->lazy.AsyncGet(make);
    EXPECT_EQ(*value, 1);
  } catch (const NotMade&) {
    --round->not_made;
  }
}

Task<> Hold(Member self) {
  Random random(self.seed);
  Round& round = *self.round;
  const WaitResult result = co_await round.permits.AsyncAcquire(self.token);
  if (result != WaitResult::kReady) co_return;
  EXPECT_LE(++round.held, Round::kPermits);
  co_await Sleep(UpTo(50, random));
  --round.held;
  round.permits.Release();
}

Task<> WaitForStop(Member self) {
  const WaitResult result = co_await self.round->never.AsyncWait(self.token);
  EXPECT_EQ(result, WaitResult::kCancelled);
  EXPECT_TRUE(self.token.stop_requested());
}

// All have ended, and the first that failed has stopped the others.
Task<> GrowScope(Member self) {
  enum End { kByParent, kByStop, kByBody, kByTask };
  Random random(self.seed);
  const auto family = std::make_shared<Family>();
  const auto end = static_cast<End>(random() % 4);
  const auto body = [&](Scope& scope) -> Task<> {
    family->token = scope.token();
    const Member first = self.Child(family, scope.token(), random);
    for (int others = random() % 4; others > 0; --others) {
      Member child = self.Child(family, scope.token(), random);
      child.scope = &scope;
      scope.Start(Grow(std::move(child)));
      if (random() % 4 == 0) {
        co_await Sleep({UpTo(50, random), scope.token()});
      }
    }
    switch (end) {
      case kByParent:
        break;
      case kByStop:
        family->is_stopped = true;
        scope.Stop();
        break;
      case kByBody:
        first.Fail();
      case kByTask:
        scope.Start(Nap(self.Child(family, scope.token(), random), true));
        break;
    }
  };
  const std::stop_token parent =
      end == kByParent || random() % 2 == 0 ? self.token : std::stop_token();
  bool has_thrown = false;
  try {
    co_await WithScope(parent, body);
  } catch (const Failure& failure) {
    has_thrown = true;
    EXPECT_EQ(failure.family, family.get());
    EXPECT_TRUE(family->HasFailed(failure.number));
  }
  EXPECT_EQ(family.use_count(), 1);
  EXPECT_EQ(has_thrown, family->failed != 0);
  if (has_thrown || family->is_stopped) {
    EXPECT_TRUE(family->token.stop_requested());
  } else if (family->token.stop_requested()) {
    EXPECT_TRUE(parent.stop_requested());
  }
}

// All have ended, the first of which has stopped the others.
Task<> GrowRace(Member self) {
  Random random(self.seed);
  const auto family = std::make_shared<Family>();
  const int count = 1 + random() % 3;
  const int nap = random() % count;
  const bool nap_fails = random() % 2 == 0;
  std::vector<absl::AnyInvocable<Task<int>(std::stop_token)>> start;
  for (int i = 0; i < count; ++i) {
    start.emplace_back([&, i](std::stop_token token) {
      family->token = token;
      Member child = self.Child(family, std::move(token), random);
      return i == nap ? Nap(std::move(child), nap_fails)
                      : Grow(std::move(child));
    });
  }
  try {
    const First<int> first = co_await WhenAny(self.token, std::move(start));
    EXPECT_EQ(first.value, static_cast<int>(first.index));
    EXPECT_FALSE(family->HasFailed(first.index));
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.family, family.get());
    EXPECT_TRUE(family->HasFailed(failure.number));
  }
  EXPECT_EQ(family.use_count(), 1);
  EXPECT_EQ(family->count, count);
  EXPECT_TRUE(family->token.stop_requested());
}

// It has ended, and its result is here.
Task<> GrowLimited(Member self) {
  Random random(self.seed);
  const auto family = std::make_shared<Family>();
  const auto start = [&](std::stop_token token) {
    return Grow(self.Child(family, std::move(token), random));
  };
  const WaitOptions limit(UpTo(300, random), self.token);
  bool has_thrown = false;
  try {
    const int number = co_await WithTimeout<int>(limit, start);
    EXPECT_EQ(number, 0);
  } catch (const Failure& failure) {
    has_thrown = true;
    EXPECT_EQ(failure.family, family.get());
  }
  EXPECT_EQ(family.use_count(), 1);
  EXPECT_EQ(has_thrown, family->failed != 0);
}

// Both have ended, and the first in order that failed says so.
Task<> GrowBoth(Member self) {
  Random random(self.seed);
  const auto family = std::make_shared<Family>();
  Task<int> one = Grow(self.Child(family, self.token, random));
  Task<int> two = Grow(self.Child(family, self.token, random));
  bool has_thrown = false;
  try {
    const std::tuple<int, int> both =
        co_await Gather(std::move(one), std::move(two));
    EXPECT_EQ(both, std::tuple(0, 1));
  } catch (const Failure& failure) {
    has_thrown = true;
    EXPECT_EQ(failure.family, family.get());
    EXPECT_EQ(failure.number, std::countr_zero(family->failed.load()));
  }
  EXPECT_EQ(family.use_count(), 1);
  EXPECT_EQ(has_thrown, family->failed != 0);
}

// All have ended, and each has its outcome.
Task<> GrowAll(Member self) {
  Random random(self.seed);
  const auto family = std::make_shared<Family>();
  std::vector<Task<int>> tasks;
  for (int left = random() % 4; left > 0; --left) {
    tasks.push_back(Grow(self.Child(family, self.token, random)));
  }
  const std::vector<Outcome<int>> outcomes =
      co_await GatherOutcomes(std::move(tasks));
  EXPECT_EQ(family.use_count(), 1);
  EXPECT_EQ(std::ssize(outcomes), family->count);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    EXPECT_EQ(outcomes[i].ok(), !family->HasFailed(i));
    if (outcomes[i].ok()) {
      EXPECT_EQ(outcomes[i].value(), static_cast<int>(i));
    }
  }
}

// Does one thing, and then may start another task in its scope, stop that, or
// fail.
Task<int> Grow(Member self) {
  constexpr Task<> (*kAlone[])(Member) = {&Ask, &Hold, &WaitForStop};
  constexpr Task<> (*kWithOthers[])(Member) = {
      &GrowScope, &GrowRace, &GrowLimited, &GrowBoth, &GrowAll};
  Random random(self.seed);
  self.seed = random();
  if (self.depth > 0 && random() % 4 != 0) {
    co_await kWithOthers[random() % std::size(kWithOthers)](self);
  } else {
    co_await kAlone[random() % std::size(kAlone)](self);
  }
  if (self.scope != nullptr && self.depth > 0 && random() % 4 == 0) {
    Member next = self.Child(self.family, self.token, random);
    next.scope = self.scope;
    self.scope->Start(Grow(std::move(next)));
  }
  if (self.scope != nullptr && random() % 8 == 0) {
    self.family->is_stopped = true;
    self.scope->Stop();
  }
  if (random() % 8 == 0) self.Fail();
  co_return self.number;
}

// One that the options may stop, and that ends in any case.
struct Tree {
  WaitResult Wait(const WaitOptions& options) const {
    return Run(AsyncWait(options));
  }
  Task<WaitResult> AsyncWait(WaitOptions options) const {
    const auto start = [this](std::stop_token token) {
      return GrowRace({round, seed, std::move(token)});
    };
    co_await WithTimeout<void>(options, start);
    co_return WaitResult::kReady;
  }

  Round* round;
  uint32_t seed;
};

TEST(ScopesStressTest, S1_NoTaskOutlivesWhoAwaitsItThoughSomeFailOrAreStopped) {
  constexpr int kRounds = 3000;
  std::deque<Round> rounds(kRounds);
  std::atomic<int> ended = 0;
  RunAll(
      kRounds,
      [&](Worker& worker, int n, auto how) {
        return how(Tree{&rounds[n], static_cast<uint32_t>(worker.random())},
                   [&](WaitResult) { ++ended; });
      },
      [](std::minstd_rand&) {});
  EXPECT_EQ(ended, kRounds * kWorkers);
  for (Round& round : rounds) {
    EXPECT_EQ(round.made, round.lazy.IsSet() ? 1 : 0);
    EXPECT_EQ(round.not_made, 0);
    EXPECT_EQ(round.permits.permits(), Round::kPermits);
    EXPECT_EQ(round.never.waiters() + round.permits.waiters(), 0u);
  }
}

}  // namespace
}  // namespace synclib

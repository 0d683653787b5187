// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What was written before a Set() or Pulse() is there after a wait, by every
// way out of one. The payload is plain, so that the thread sanitizer sees
// whether it was published or only happened to be there.

#include <atomic>
#include <barrier>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/callback.h"
#include "sync/event.h"
#include "sync/event_watch.h"
#include "sync/thread_pool.h"
#include "testing/detached.h"
#include "testing/system/scale.h"
#include "testing/system/watchdog.h"
#include "testing/tally.h"
#include "testing/waiters.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

constexpr int kRounds = 10000;

struct Payload {
  void Write(int value) {
    for (int& word : words) word = value;
  }
  void Expect(int value) const {
    for (int word : words) EXPECT_EQ(word, value);
  }
  int words[4] = {};
};

// One thread writes and broadcasts, another one waits, each time from a new
// event; nothing orders the two but the event. At odd rounds the broadcast
// comes once the other has joined, if `joins`.
void Race(const char* what, bool joins, std::function<void(Event&)> broadcast,
          std::function<void(Event&)> wait) {
  Watchdog watchdog(what);
  std::barrier barrier(2);
  std::unique_ptr<Event> event;
  Payload payload;
  std::jthread reader([&] {
    for (int round = 1; round <= kRounds; ++round) {
      barrier.arrive_and_wait();
      wait(*event);
      payload.Expect(round);
      barrier.arrive_and_wait();
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    event = std::make_unique<Event>();
    barrier.arrive_and_wait();
    if (joins && round % 2 == 1) AwaitWaiters(*event, 1);
    payload.Write(round);
    broadcast(*event);
    barrier.arrive_and_wait();
  }
}

void SetIt(Event& event) { event.Set(); }
void PulseIt(Event& event) { event.Pulse(); }

TEST(PublicationTest, S4_ToAThreadThatWaits) {
  Race("Wait()", true, SetIt, [](Event& event) { event.Wait(); });
}

TEST(PublicationTest, S4_ToAThreadThatWaitsWithALimit) {
  Race("Wait(limit)", true, SetIt, [](Event& event) {
    EXPECT_EQ(event.Wait(absl::Hours(1)), WaitResult::kReady);
  });
}

TEST(PublicationTest, S4_ToAThreadThatWaitsForATime) {
  Race("Wait(time)", true, SetIt, [](Event& event) {
    EXPECT_EQ(event.Wait(absl::Now() + absl::Hours(1)), WaitResult::kReady);
  });
}

TEST(PublicationTest, S4_ToAThreadThatWaitsWithAToken) {
  std::stop_source source;
  Race("Wait(token)", true, SetIt, [&](Event& event) {
    EXPECT_EQ(event.Wait(source.get_token()), WaitResult::kReady);
  });
}

TEST(PublicationTest, S4_ToAThreadThatWaitsPastAnEpoch) {
  Race("WaitPast()", true, PulseIt, [](Event& event) { event.WaitPast(0); });
}

TEST(PublicationTest, S4_ToAThreadThatWatches) {
  Race("EventWatch", false, PulseIt, [](Event& event) {
    // The pulse may have been before the watch.
    if (event.epoch() == 0) {
      synclib::EventWatch watch(event);
      if (watch.seen() == 0) watch.Next();
    }
  });
}

TEST(PublicationTest, S4_ToAThreadThatTries) {
  Race("Wait(0)", false, SetIt, [](Event& event) {
    while (event.Wait(absl::ZeroDuration()) != WaitResult::kReady) {
      std::this_thread::yield();
    }
  });
}

TEST(PublicationTest, S4_ToAThreadThatTriesPastAnEpoch) {
  Race("WaitPast(0, 0)", false, PulseIt, [](Event& event) {
    while (event.WaitPast(0, absl::ZeroDuration()) != WaitResult::kReady) {
      std::this_thread::yield();
    }
  });
}

TEST(PublicationTest, S4_ToAThreadThatGivesUpAgainAndAgain) {
  Race("Wait(1us)", false, SetIt, [](Event& event) {
    while (event.Wait(absl::Microseconds(1)) != WaitResult::kReady) {
    }
  });
}

TEST(PublicationTest, S4_ToAThreadThatSeesItSet) {
  Race("IsSet()", false, SetIt, [](Event& event) {
    while (!event.IsSet()) std::this_thread::yield();
  });
}

TEST(PublicationTest, S4_ToAThreadThatReadsTheEpoch) {
  Race("epoch()", false, PulseIt, [](Event& event) {
    while (event.epoch() == 0) std::this_thread::yield();
  });
}

TEST(PublicationTest, S4_ToACoroutineOnAPool) {
  Watchdog watchdog("a coroutine on a pool");
  synclib::ThreadPool pool(2);
  Payload payload;
  const auto read = [&](Event& event, int round, Event& done) -> Detached {
    EXPECT_EQ(co_await event.AsyncWait().On(pool), WaitResult::kReady);
    payload.Expect(round);
    done.Set();
  };
  for (int round = 1; round <= kRounds; ++round) {
    Event event, done;
    read(event, round, done);
    payload.Write(round);
    event.Set();
    done.Wait();
  }
}

// The other way round: what a coroutine did before it suspended is there where
// it goes on, on another thread.
TEST(PublicationTest, S4_FromACoroutineToWhereItGoesOn) {
  Watchdog watchdog("coroutines that move between threads");
  synclib::ThreadPool one(1), other(1);
  Event finished;
  const auto move = [&]() -> Detached {
    Payload mine;
    for (int round = 1; round <= kRounds; ++round) {
      Event event;
      mine.Write(round);
      synclib::Submit(round % 2 == 0 ? one : other, [&] { event.Set(); });
      co_await event.AsyncWait().On(round % 2 == 0 ? other : one);
      mine.Expect(round);
    }
    finished.Set();
  };
  move();
  finished.Wait();
}

TEST(PublicationTest, S4_ToACallbackAndFromIt) {
  struct Reader : synclib::Callback {
    Reader() : Callback(&Call) {}
    static void Call(Callback& self, WaitResult) noexcept {
      Reader& reader = static_cast<Reader&>(self);
      reader.payload->Expect(reader.round);
      reader.seen = reader.round;
      reader.called.store(true, std::memory_order_relaxed);
    }
    Payload* payload = nullptr;
    int round = 0;
    int seen = 0;  // Plain: published by Remove(), when that says kHasRun.
    std::atomic<bool> called{false};  // Publishes nothing.
  };
  Watchdog watchdog("a callback");
  Payload payload;
  Reader reader;
  reader.payload = &payload;
  std::barrier barrier(2);
  std::unique_ptr<Event> event;
  std::jthread setter([&] {
    for (int round = 1; round <= kRounds; ++round) {
      barrier.arrive_and_wait();
      payload.Write(round);
      event->Set();
      barrier.arrive_and_wait();
    }
  });
  int at_once = 0;
  for (int round = 1; round <= kRounds; ++round) {
    event = std::make_unique<Event>();
    reader.round = round;
    // At odd rounds it has joined before the Set() can come.
    bool added = round % 2 == 1;
    if (added) {
      ASSERT_FALSE(event->Add(reader).has_value());
    }
    barrier.arrive_and_wait();
    if (!added) added = !event->Add(reader).has_value();
    if (!added) {
      payload.Expect(round);
      ++at_once;
    } else {
      while (!reader.called.load(std::memory_order_relaxed)) {
        std::this_thread::yield();
      }
      synclib::Callback::RemoveResult result;
      while ((result = reader.Remove()) == synclib::Callback::kTaken) {
        std::this_thread::yield();
      }
      EXPECT_EQ(result, synclib::Callback::kHasRun);
      EXPECT_EQ(reader.seen, round);
      reader.called.store(false, std::memory_order_relaxed);
    }
    barrier.arrive_and_wait();
  }
  Tally("rounds", kRounds);
  Tally("ready at once", at_once);
}

// A doorbell: the consumer waits, clears, and then takes all there is. The
// items are counted without any order of their own, so that only a Set() which
// finds the event set, and the Clear() after it, can make the last one seen.
TEST(PublicationTest, S4_ADoorbellLosesNoItem) {
  for (int producers : {1, 3}) {
    Watchdog watchdog("a consumer whose item was lost");
    Event doorbell;
    std::atomic<int> pushed{0}, taken{0};
    const int items = (kSanitizer ? 60000 : 300000) / producers;
    std::vector<std::jthread> threads;
    for (int i = 0; i < producers; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < items; ++j) {
          const int all = pushed.fetch_add(1, std::memory_order_relaxed) + 1;
          doorbell.Set();
          // Keeps in step with the consumer, so that it often clears while
          // there is a Set(); and if that is lost, nobody comes to help.
          while (all - taken.load(std::memory_order_relaxed) > j % 4) {
            std::this_thread::yield();
          }
        }
      });
    }
    int rings = 0;
    while (taken.load(std::memory_order_relaxed) < items * producers) {
      doorbell.Wait();
      doorbell.Clear();
      const int now = pushed.load(std::memory_order_relaxed);
      EXPECT_GE(now, taken.load(std::memory_order_relaxed));
      taken.store(now, std::memory_order_relaxed);
      ++rings;
    }
    Tally("items", taken);
    Tally("rings", rings);
    EXPECT_GT(rings, taken.load() / 20);
  }
}

// That the Set() came first is told by a flag that publishes nothing to the
// thread sanitizer. Other machines than this one may let it overtake the Set().
#if defined(__x86_64__)
TEST(PublicationTest, S4_ASetThatFindsItSetPublishes) {
  Watchdog watchdog("redundant Set()");
  std::barrier barrier(2);
  Event event(Event::kSet);
  std::atomic<bool> written{false};
  Payload payload;
  std::jthread writer([&] {
    for (int round = 1; round <= kRounds; ++round) {
      payload.Write(round);
      event.Set();
      // Says that it was before, and publishes nothing.
      written.store(true, std::memory_order_relaxed);
      barrier.arrive_and_wait();
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    while (!written.load(std::memory_order_relaxed)) {
      std::this_thread::yield();
    }
    if (round % 2 == 0) {
      event.Clear();
    } else {
      ASSERT_TRUE(event.IsSet());
    }
    payload.Expect(round);
    event.Set();
    written.store(false, std::memory_order_relaxed);
    barrier.arrive_and_wait();
  }
}
#endif

}  // namespace
}  // namespace synctest

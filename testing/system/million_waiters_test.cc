// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A million suspended coroutines on one event.

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <numeric>
#include <random>
#include <stop_token>
#include <vector>

#include "gtest/gtest.h"
#include "sync/event.h"
#include "testing/system/scale.h"
#include "testing/tally.h"

namespace synctest {
namespace {

using synclib::Event;
using synclib::WaitResult;

// Under sanitizers, whose memory is several times as much, 100,000.
constexpr int kWaiters = Scaled(1'000'000);

size_t frame_bytes = 0;  // Of the coroutines that were made last.

// As synctest::Detached, but it says how large its frames are.
struct Measured {
  struct promise_type {
    static void* operator new(size_t size) {
      frame_bytes = size;
      return ::operator new(size);
    }
    static void operator delete(void* frame) { ::operator delete(frame); }
    Measured get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<> handle;
};

class Stopwatch {
 public:
  double NanosecondsEach(int n) const {
    const std::chrono::duration<double, std::nano> passed =
        std::chrono::steady_clock::now() - start_;
    return passed.count() / n;
  }

 private:
  const std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
};

struct Record {
  std::vector<int> order;
  std::vector<uint8_t> times;  // Each was resumed.

  Record() : times(kWaiters) { order.reserve(kWaiters); }

  void Resumed(int i) {
    order.push_back(i);
    ++times[i];
  }
  void ExpectEachOnce() const {
    EXPECT_EQ(order.size(), static_cast<size_t>(kWaiters));
    EXPECT_EQ(std::count(times.begin(), times.end(), 1), kWaiters);
  }
};

Measured Wait(Event& event, int i, Record& record) {
  co_await event;
  record.Resumed(i);
}

Measured WaitWithToken(Event& event, int i, std::stop_token token,
                       WaitResult want, Record& record) {
  EXPECT_EQ(co_await event.AsyncWait(std::move(token)), want);
  record.Resumed(i);
}

TEST(MillionWaitersTest, S1_OneSetResumesEachOnceInFifoOrder) {
  Event event;
  Record record;
  Stopwatch joining;
  for (int i = 0; i < kWaiters; ++i) Wait(event, i, record);
  const double join = joining.NanosecondsEach(kWaiters);
  EXPECT_EQ(event.waiters(), static_cast<size_t>(kWaiters));
  EXPECT_TRUE(record.order.empty());
  Stopwatch setting;
  EXPECT_EQ(event.Set(), static_cast<size_t>(kWaiters));
  const double resume = setting.NanosecondsEach(kWaiters);
  record.ExpectEachOnce();
  EXPECT_TRUE(std::is_sorted(record.order.begin(), record.order.end()));
  EXPECT_EQ(event.waiters(), 0u);
  Tally("coroutines", kWaiters);
  std::printf("%d coroutines of %zu bytes: %.0f ns to join, %.0f to resume\n",
              kWaiters, frame_bytes, join, resume);
}

TEST(MillionWaitersTest, S1_CancellingAllInRandomOrderResumesEachOnce) {
  Event event;
  Record record;
  std::vector<std::stop_source> sources(kWaiters);
  for (int i = 0; i < kWaiters; ++i) {
    WaitWithToken(event, i, sources[i].get_token(), WaitResult::kCancelled,
                  record);
  }
  EXPECT_EQ(event.waiters(), static_cast<size_t>(kWaiters));
  std::vector<int> order(kWaiters);
  std::iota(order.begin(), order.end(), 0);
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::shuffle(order.begin(), order.end(), std::mt19937_64(seed));
  Stopwatch cancelling;
  for (int i : order) sources[i].request_stop();
  const double cancel = cancelling.NanosecondsEach(kWaiters);
  record.ExpectEachOnce();
  EXPECT_EQ(record.order, order);
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(event.Set(), 0u);
  Tally("coroutines", kWaiters);
  std::printf("%d coroutines of %zu bytes: %.0f ns to cancel one\n", kWaiters,
              frame_bytes, cancel);
}

// Half of them, at random places of the list, before the rest is released.
TEST(MillionWaitersTest, ThoseThatAreNotCancelledAreResumedInFifoOrder) {
  Event event;
  Record cancelled, released;
  std::vector<std::stop_source> sources(kWaiters);
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  std::vector<int> victims;
  for (int i = 0; i < kWaiters; ++i) {
    const bool victim = random() % 2 == 0;
    if (victim) victims.push_back(i);
    WaitWithToken(event, i, sources[i].get_token(),
                  victim ? WaitResult::kCancelled : WaitResult::kReady,
                  victim ? cancelled : released);
  }
  std::shuffle(victims.begin(), victims.end(), random);
  for (int i : victims) sources[i].request_stop();
  EXPECT_EQ(cancelled.order, victims);
  EXPECT_EQ(event.Pulse(), kWaiters - victims.size());
  EXPECT_EQ(released.order.size(), kWaiters - victims.size());
  EXPECT_TRUE(std::is_sorted(released.order.begin(), released.order.end()));
  EXPECT_EQ(event.waiters(), 0u);
}

// Destroyed instead of resumed, which frees them too.
TEST(MillionWaitersTest, DestroyedCoroutinesLeaveTheList) {
  Event event;
  Record record;
  std::vector<std::coroutine_handle<>> handles;
  for (int i = 0; i < kWaiters; ++i) {
    handles.push_back(Wait(event, i, record).handle);
  }
  std::shuffle(handles.begin(), handles.end(), std::mt19937_64(kWaiters));
  for (std::coroutine_handle<> handle : handles) handle.destroy();
  EXPECT_EQ(event.waiters(), 0u);
  EXPECT_EQ(event.Set(), 0u);
  EXPECT_TRUE(record.order.empty());
}

}  // namespace
}  // namespace synctest

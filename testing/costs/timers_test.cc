// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// How many timers are visited to arm one, to disarm one, and to expire one, is
// what docs/performance.md says, however many there are. The pages that they
// are in can't be accessed; who accesses one is caught, and visits it.

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "sync/internal/deadline.h"
#include "sync/internal/timer_wheel.h"
#include "testing/costs/document.h"

namespace synctest::costs {
namespace {

using synclib::internal::Deadline;
using synclib::internal::TimedWaiter;
using synclib::internal::TimerWheel;

struct Timer : TimedWaiter {
  Timer() : TimedWaiter(Kind::kCallback, nullptr, nullptr) {}
};

// Pages whose visitors are counted. One object at a time.
class Pages {
 public:
  explicit Pages(size_t count) : size_(count * Size()) {
    begin_ = static_cast<char*>(
        mmap(nullptr, size_, kOpen, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(begin_, MAP_FAILED);
    self_ = this;
    struct sigaction action = {};
    action.sa_sigaction = &Visit;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &before_);
  }
  ~Pages() {
    sigaction(SIGSEGV, &before_, nullptr);
    munmap(begin_, size_);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  static size_t Size() {
    static const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    return size;
  }

  char* begin() const { return begin_; }

  // How many of them `body` visits.
  int Visited(absl::FunctionRef<void()> body) {
    mprotect(begin_, size_, PROT_NONE);
    visited_ = 0;
    body();
    return visited_;
  }

 private:
  static constexpr int kOpen = PROT_READ | PROT_WRITE;

  static void Visit(int, siginfo_t* info, void*) {
    const size_t at = static_cast<char*>(info->si_addr) - self_->begin_;
    if (at >= self_->size_) {
      sigaction(SIGSEGV, &self_->before_, nullptr);  // It happens once more.
      return;
    }
    ++self_->visited_;
    mprotect(self_->begin_ + at / Size() * Size(), Size(), kOpen);
  }

  static inline Pages* self_ = nullptr;

  const size_t size_;
  char* begin_;
  struct sigaction before_;
  int visited_ = 0;
};

TEST(PagesTest, EachIsVisitedOnceThoughReadAndWritten) {
  Pages pages(3);
  char* const second = pages.begin() + Pages::Size();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(pages.Visited([&] {
      ++second[0];
      ++second[Pages::Size() - 1];
      second[-1] = second[0];
    }),
              2);
  }
  EXPECT_EQ(pages.Visited([] {}), 0);
}

// In a wheel, with deadlines within an hour.
class Timers {
 public:
  Timers(size_t count, size_t in_a_page) : pages_(count / in_a_page) {
    constexpr size_t kFar = 7919;  // Between those that are neighbors.
    for (size_t i = 0; i < count; ++i) {
      const size_t place = i * kFar % count * (Pages::Size() / in_a_page);
      Timer* const timer = new (pages_.begin() + place) Timer;
      deadlines_.push_back(Some() % 3'600'000'000'000);
      timer->set_deadline(Deadline(Deadline::kMonotonic, deadlines_.back()));
      timers_.push_back(timer);
      wheel_.Push(timer);
    }
  }

  // At most, of so many of them.
  std::string ToDisarmAndArm(int samples) {
    int to_disarm = 0;
    int to_arm = 0;
    for (int i = 0; i < samples; ++i) {
      Timer* const timer = timers_[Some() % timers_.size()];
      to_disarm =
          std::max(to_disarm, pages_.Visited([&] { wheel_.Remove(timer); }));
      to_arm = std::max(to_arm, pages_.Visited([&] { wheel_.Push(timer); }));
    }
    return absl::StrCat(to_arm, " | ", to_disarm);
  }

  // On average.
  double ToExpire() {
    std::sort(deadlines_.begin(), deadlines_.end());
    double visited = 0;
    for (const int64_t deadline : deadlines_) {
      visited += pages_.Visited([&] {
        bool more = true;
        while (wheel_.PopDue(deadline, &more) == nullptr) ASSERT_TRUE(more);
      });
    }
    return visited / static_cast<double>(deadlines_.size());
  }

 private:
  // The same numbers on all machines.
  int64_t Some() {
    random_ = random_ * 6364136223846793005 + 1442695040888963407;
    return static_cast<int64_t>(random_ >> 16);
  }

  uint64_t random_ = 1;
  Pages pages_;
  std::vector<Timer*> timers_;
  std::vector<int64_t> deadlines_;
  TimerWheel wheel_{0};
};

TEST(TimersCostsTest, VisitsAreTheDocuments) {
  constexpr int kSamples = 1000;
  std::string rows;
  for (const size_t count : {1000, 10'000}) {
    Timers timers(count, 1);
    const std::string visited = timers.ToDisarmAndArm(kSamples);
    absl::StrAppend(&rows, "| ", count, " | ", visited, " | ",
                    absl::StrFormat("%.1f", timers.ToExpire()), " |\n");
  }
  // Several in a page, which would be too much memory; seldom are two visited.
  for (const size_t count : {100'000, 1'000'000}) {
    Timers timers(count, 32);
    absl::StrAppend(&rows, "| ", count, " | ", timers.ToDisarmAndArm(kSamples),
                    " | - |\n");
  }
  ExpectDocumented("timers", rows);
}

}  // namespace
}  // namespace synctest::costs

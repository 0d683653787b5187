// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// What a failure says, to people: the table, the picture, the heading, the
// command.

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "sync/wait_options.h"
#include "testing/detached.h"
#include "testing/model/atomic.h"
#include "testing/model/engine.h"
#include "testing/model/event_spec.h"
#include "testing/model/explore.h"
#include "testing/model/notes.h"
#include "testing/model/thread.h"

namespace synctest::model {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

using Scenario = std::function<void()>;

TEST(ReportTest, AFailureIsATableAndAPicture) {
  const Exploration found = Explore({}, [] {
    int data = 0;
    Thread other("writes & <reads>", [&] { data = 1; });
    data = 2;
  });
  ASSERT_FALSE(found.ok());
  const std::string table = found.failure->ToString();
  EXPECT_NE(table.find("report_test.cc:"), std::string::npos) << table;
  const std::string picture = found.failure->ToSvg();
  EXPECT_NE(picture.find("writes &amp; &lt;reads&gt;"), std::string::npos);
  const std::string path = testing::TempDir() + "/schedule.svg";
  ASSERT_TRUE(found.failure->WriteSvg(path));
  std::ifstream file(path);
  std::stringstream written;
  written << file.rdbuf();
  EXPECT_EQ(written.str(), picture);
  EXPECT_FALSE(found.failure->WriteSvg("/no/such/directory/schedule.svg"));
}

TEST(ReportTest, TheHeadingSaysWhatEachThreadWaitsFor) {
  const Exploration found = Explore({}, [] {
    Atomic<int> word{0};
    Name(word, "word");
    Thread sleeper("sleeper", [&] {
      Sleep(&word, sizeof(word), 0, INT64_MAX, Place::current());
    });
  });
  ASSERT_FALSE(found.ok());
  const std::string table = found.failure->ToString();
  EXPECT_TRUE(table.starts_with(
      "nobody can go on: main waits for sleeper to end, sleeper sleeps on word "
      "since step 2\n"))
      << table;
}

TEST(ReportTest, TheHeadingSaysInWhichCallAThreadSleeps) {
  const Exploration found = Explore({}, [] {
    SpecifiedEvent event("ready");
    event.Clear();
    (void)event.Wait();
  });
  ASSERT_FALSE(found.ok());
  const std::string table = found.failure->ToString();
  EXPECT_TRUE(table.starts_with("nobody can go on: main sleeps on ")) << table;
  EXPECT_NE(table.find(" in ready.Wait() since step "), std::string::npos)
      << table;
}

// A coroutine that waits does not keep its thread.
TEST(ReportTest, TheHeadingSaysNoCallOfACoroutine) {
  const Exploration found = Explore({}, [] {
    SpecifiedEvent event("ready");
    [](SpecifiedEvent& e) -> Detached { co_await e; }(event);
    const Atomic<int> word{0};
    Name(word, "word");
    Sleep(&word, sizeof(word), 0, INT64_MAX, Place::current());
  });
  ASSERT_FALSE(found.ok());
  const std::string table = found.failure->ToString();
  EXPECT_TRUE(
      table.starts_with("nobody can go on: main sleeps on word since step "))
      << table;
}

TEST(ReportTest, AFailureEndsWithTheCommandThatReplaysIt) {
  ExploreOptions options = {.powers = {.faults = true}};
  const auto failure = [&options] {
    return *Explore(options, [] { Check(Pick(2) == 0, ""); }).failure;
  };
  const auto command = [](const Failure& of) {
    const std::string text = of.ToString();
    constexpr char kBefore[] = "To replay it: ";
    return text.substr(text.find(kBefore) + sizeof(kBefore) - 1);
  };
  const char* const target = std::getenv("TEST_TARGET");
  const std::string was = target == nullptr ? "" : target;
  setenv("TEST_TARGET", "//a:b_test", 1);
  EXPECT_EQ(command(failure()),
            "bazel test --test_output=all --test_env=SYNCTEST_REPLAY=f:1 "
            "//a:b_test\n");
  options.test = "Suite.Test";
  EXPECT_EQ(command(failure()),
            "bazel test --test_output=all --test_env=SYNCTEST_REPLAY=f:1 "
            "--test_filter=Suite.Test //a:b_test\n");
  unsetenv("TEST_TARGET");
  const std::string own = command(failure());
  EXPECT_TRUE(own.starts_with("SYNCTEST_REPLAY=f:1 ")) << own;
  EXPECT_TRUE(own.ends_with("report_test --gtest_filter=Suite.Test\n")) << own;
  if (target != nullptr) setenv("TEST_TARGET", was.c_str(), 1);
}

// The rows of a failure's table, without their numbers and places.
std::string RowsOf(const Scenario& scenario) {
  const Exploration found = Explore({}, scenario);
  EXPECT_FALSE(found.ok());
  if (found.ok()) return "";
  Failure failure = *found.failure;
  for (Step& step : failure.steps) {
    step.where = {};
    step.code = nullptr;
  }
  std::istringstream table(failure.ToString());
  std::string line;
  std::getline(table, line);  // What is wrong.
  std::getline(table, line);
  std::string rows;
  while (std::getline(table, line) && !line.empty()) {
    rows += line.substr(7) + "\n";
  }
  return rows;
}

TEST(ReportTest, WhatHasNoNameHasALetter) {
  EXPECT_EQ(RowsOf([] {
              Atomic<int> shared{0};
              Thread other("other", [&] {
                Atomic<int> local{0};
                local.store(1, kRelaxed);
                shared.store(10, kRelaxed);
              });
              other.join();
              Check(false, "");
            }),
            "main   starts other\n"
            "other  store other's A relaxed: 0 -> 1\n"
            "       store B relaxed: 0 -> 0xa\n"
            "       ends\n"
            "main   has joined other\n");
}

TEST(ReportTest, NamesAreWhatTheScenarioSays) {
  EXPECT_EQ(RowsOf([] {
              struct Pair {
                Atomic<int> first{0}, second{0};
              } both, half, same;
              Name(both, "pair", [](uint64_t value) {
                return value == 0 ? std::string("none") : "some";
              });
              Name(half, "half");
              Name(same, "pair");
              both.first.store(1, kRelaxed);
              both.second.store(2, kRelaxed);
              half.second.store(3, kRelaxed);
              same.first.store(4, kRelaxed);
              Name(same.first, "inner");
              same.first.store(5, kRelaxed);
              Check(false, "");
            }),
            "main  store pair relaxed: none -> some\n"
            "      store pair+4 relaxed: none -> some\n"
            "      store half relaxed: 0 -> 3\n"
            "      store pair2 relaxed: 0 -> 4\n"
            "      store inner relaxed: 4 -> 5\n");
}

TEST(ReportTest, ANameOutlivesItsObjectUntilThereIsAnother) {
  EXPECT_EQ(RowsOf([] {
              alignas(Atomic<int>) unsigned char place[sizeof(Atomic<int>)];
              auto* local = ::new (place) Atomic<int>(0);
              Name(*local, "local");
              local->store(1, kRelaxed);
              local = ::new (place) Atomic<int>(2);
              local->store(3, kRelaxed);
              auto* const heap = new Atomic<int>(4);
              Name(*heap, "heap");
              delete heap;
              heap->store(5, kRelaxed);
            }),
            "main  store local relaxed: 0 -> 1\n"
            "      store A relaxed: 2 -> 3\n"
            "      frees heap\n"
            "      uses heap\n");
}

TEST(ReportTest, OperationsOnAnEventBeginAndEnd) {
  EXPECT_EQ(RowsOf([] {
              SpecifiedEvent event("ready");
              event.Set();
              Check(event.IsSet() && event.epoch() == 1, "");
              Check(event.Wait(absl::Seconds(1)) != synclib::WaitResult::kReady,
                    "");
            }),
            "main  calls ready.Set()\n"
            "      load ready relaxed: epoch 0\n"
            "      modify ready acq_rel: epoch 0 -> set, epoch 1\n"
            "      ready.Set() returns\n"
            "      calls ready.IsSet()\n"
            "      load ready acquire: set, epoch 1\n"
            "      ready.IsSet() returns true\n"
            "      calls ready.epoch()\n"
            "      load ready acquire: set, epoch 1\n"
            "      ready.epoch() returns 1\n"
            "      calls ready.Wait(options)\n"
            "      load ready acquire: set, epoch 1\n"
            "      ready.Wait(options) returns kReady\n");
}

// They are nothing to choose, and no difference.
TEST(ReportTest, NotesAreNoSteps) {
  using Execution = std::pair<uint64_t, std::vector<uint8_t>>;
  const auto executions = [](bool notes) {
    std::vector<Execution> all;
    const auto record = [&](const Outcome& outcome) {
      all.emplace_back(outcome.fingerprint, outcome.choices);
    };
    const Exploration found = Explore({.after_each = record}, [=] {
      Atomic<int> shared{0};
      if (notes) Name(shared, "shared");
      const auto add = [&] {
        const Call call = {&shared, "Add()", Place::current()};
        if (notes) call.Begin();
        shared.fetch_add(1, kRelaxed);
        if (notes) call.End();
      };
      Thread other("other", add);
      add();
    });
    EXPECT_TRUE(found.complete) << found;
    return std::pair(found.steps, all);
  };
  EXPECT_EQ(executions(true), executions(false));
}

}  // namespace
}  // namespace synctest::model

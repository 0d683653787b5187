// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// "What asyncio.Event is to Python": the same sequences of operations, done to
// CPython's asyncio.Event by asyncio_event.py, to Event, and to its model, end
// the same waits in the same order.
//
// Where the two differ, and nothing is compared: set() of asyncio returns
// nothing, it has no epoch and no pulse (here: set() and clear() at once), a
// task never goes on within set() or cancel(), and cancelling a task which has
// been released, but has not gone on, cancels it nevertheless.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "testing/sequential/event_subject.h"
#include "testing/sequential/model_subject.h"
#include "testing/sequential/subject.h"
#include "testing/tally.h"

namespace synctest {
namespace {

// Relative to the root of the runfiles, where a test runs.
constexpr char kScript[] = "testing/sequential/asyncio_event.py";

std::string Token(const Op& op) {
  switch (op.kind) {
    case Kind::kSet:
      return "s";
    case Kind::kClear:
      return "c";
    case Kind::kPulse:
      return "p";
    case Kind::kStart:
      return "w" + std::to_string(op.slot);
    case Kind::kCancel:
      return "x" + std::to_string(op.slot);
    default:
      std::abort();
  }
}

// What the script writes of one operation.
std::string Transcript(const Log& log) {
  std::string flag, ended;
  for (const Sight& sight : log) {
    if (sight.what == Sight::kFlag) flag = sight.value != 0 ? "1" : "0";
    if (sight.what == Sight::kResumed || sight.what == Sight::kAtOnce) {
      const bool ready =
          sight.result == static_cast<int>(synclib::WaitResult::kReady);
      ended += (ended.empty() ? "" : ",") + std::to_string(sight.slot) +
               (ready ? "R" : "C");
    }
  }
  return flag + ":" + ended;
}

struct Sequence {
  std::vector<Op> ops;
  std::string model;  // Its transcript.
};

class AsyncioEventTest : public testing::Test {
 protected:
  AsyncioEventTest() {
    ops_ = {{Kind::kSet}, {Kind::kClear}, {Kind::kPulse}};
    for (uint8_t i = 0; i < kSlots; ++i) {
      ops_.push_back({Kind::kStart, i, Way::kAwaitToken});
      ops_.push_back({Kind::kCancel, i});
    }
  }

  void AddAll(const ModelSubject& before, const Sequence& so_far, int length) {
    if (length == 0) {
      sequences_.push_back(so_far);
      return;
    }
    for (const Op& op : ops_) {
      if (before.Allows(op)) {
        ModelSubject after = before;
        AddAll(after, Extend(after, so_far, op), length - 1);
      }
    }
  }

  void AddRandom(std::mt19937_64& random, int length) {
    ModelSubject model{Plan()};
    Sequence sequence;
    while (length > 0) {
      const Op& op = ops_[random() % ops_.size()];
      if (!model.Allows(op)) continue;
      sequence = Extend(model, sequence, op);
      --length;
    }
    sequences_.push_back(sequence);
  }

  static Sequence Extend(ModelSubject& model, Sequence sequence, const Op& op) {
    model.Do(op);
    sequence.ops.push_back(op);
    if (!sequence.model.empty()) sequence.model += " ";
    sequence.model += Transcript(model.TakeLog());
    return sequence;
  }

  static std::string OfEvent(const Sequence& sequence) {
    EventSubject event{Plan()};
    std::string transcript;
    for (const Op& op : sequence.ops) {
      event.Do(op);
      if (!transcript.empty()) transcript += " ";
      transcript += Transcript(event.TakeLog());
    }
    return transcript;
  }

  // What the script says, a line for each sequence.
  std::vector<std::string> OfAsyncio() {
    const char* directory = std::getenv("TEST_TMPDIR");
    const std::string prefix =
        std::string(directory != nullptr ? directory : "/tmp") + "/asyncio_" +
        std::to_string(std::random_device()());
    const std::string input = prefix + ".in", output = prefix + ".out";
    {
      std::ofstream file(input);
      for (const Sequence& sequence : sequences_) {
        file << Tokens(sequence) << "\n";
      }
    }
    const std::string command = std::string("python3 -B ") + kScript + " <'" +
                                input + "' >'" + output + "'";
    EXPECT_EQ(std::system(command.c_str()), 0)
        << "This test needs python3 on the path, and " << kScript
        << " under the directory it runs in: " << command;
    std::vector<std::string> lines;
    std::ifstream file(output);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    std::remove(input.c_str());
    std::remove(output.c_str());
    return lines;
  }

  static std::string Tokens(const Sequence& sequence) {
    std::string line;
    for (const Op& op : sequence.ops) {
      line += (line.empty() ? "" : " ") + Token(op);
    }
    return line;
  }

  std::vector<Op> ops_;
  std::vector<Sequence> sequences_;
};

TEST_F(AsyncioEventTest, SameWaitsEndInTheSameOrder) {
  const uint64_t seed = std::random_device()();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  AddAll(ModelSubject(Plan()), {}, 6);
  const size_t all = sequences_.size();
  const int random_sequences = 300;
  for (int i = 0; i < random_sequences; ++i) AddRandom(random, 100);
  const std::vector<std::string> python = OfAsyncio();
  ASSERT_EQ(python.size(), sequences_.size());
  uint64_t ended = 0;
  for (size_t i = 0; i < sequences_.size(); ++i) {
    const std::string of_event = OfEvent(sequences_[i]);
    ASSERT_EQ(python[i], sequences_[i].model)
        << "asyncio.Event and the model differ after " << Tokens(sequences_[i]);
    ASSERT_EQ(of_event, python[i])
        << "Event and asyncio.Event differ after " << Tokens(sequences_[i]);
    for (char c : of_event) ended += c == 'R' || c == 'C' ? 1 : 0;
  }
  Tally("sequences", static_cast<int64_t>(sequences_.size()));
  Tally("waits", static_cast<int64_t>(ended));
  EXPECT_GT(all, 3000u);
  EXPECT_GT(ended, all);
}

}  // namespace
}  // namespace synctest

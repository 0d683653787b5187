// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "testing/fuzz/event_fuzz.h"
#include "testing/fuzz/event_input.h"
#include "testing/model/explore.h"
#include "testing/tally.h"

namespace synctest::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

// The bytes, for printf(1).
std::string Escaped(const Bytes& input) {
  std::ostringstream out;
  out << std::hex << std::setfill('0');
  for (const uint8_t byte : input) {
    out << "\\x" << std::setw(2) << static_cast<int>(byte);
  }
  return out.str();
}

void ExpectRuns(const Bytes& bytes, const std::string& name) {
  const Input input = Decode(bytes);
  const model::Exploration exploration = RunInput(input);
  EXPECT_TRUE(exploration.ok()) << name << ": " << Escaped(bytes) << "\n"
                                << Describe(input) << exploration;
}

TEST(EventFuzzTest, NothingIsWrongWithTheCorpus) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("testing/fuzz/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes input(std::istreambuf_iterator<char>(file), {});
    ASSERT_FALSE(input.empty()) << entry.path();
    ExpectRuns(input, entry.path());
    ++files;
  }
  EXPECT_GE(files, 10) << "where is the corpus?";
  Tally("files", files);
}

// Of each thread up to four operations, and a schedule with up to two dozen
// surprises.
Bytes RandomInput(uint32_t seed) {
  std::mt19937 random(seed);
  const auto byte = [&] { return static_cast<uint8_t>(random() >> 24); };
  Bytes input = {byte()};
  for (int thread = 0; thread < 3; ++thread) {
    for (uint32_t n = random() % 5; n > 0; --n) {
      const uint8_t operation = byte();
      if (static_cast<Kind>(operation & 15) != Kind::kEnd) {
        input.push_back(operation);
      }
    }
    input.push_back(static_cast<uint8_t>(Kind::kEnd));
  }
  for (uint32_t n = random() % 25; n > 0; --n) input.push_back(byte());
  return input;
}

TEST(EventFuzzTest, NothingIsWrongWithInputsAtRandom) {
  constexpr uint32_t kInputs = 100'000;
  for (uint32_t seed = 1; seed <= kInputs; ++seed) {
    ExpectRuns(RandomInput(seed), "seed " + std::to_string(seed));
    if (HasFailure()) return;
  }
  Tally("inputs", kInputs);
}

}  // namespace
}  // namespace synctest::fuzz

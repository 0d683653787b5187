// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "testing/fuzz/event_input.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "testing/model/engine.h"

namespace synctest::fuzz {

Input Decode(std::span<const uint8_t> bytes) {
  Input input;
  const auto next = [&]() -> uint8_t {
    if (bytes.empty()) return 0;
    const uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    return byte;
  };
  const uint8_t powers = next();
  input.powers = {.stale_reads = (powers & 2) != 0,
                  .faults = (powers & 1) != 0,
                  .reuse_addresses = (powers & 4) != 0};
  int async = 0;
  for (auto& thread : input.threads) {
    for (int i = 0; i < kMostOperations; ++i) {
      const uint8_t byte = next();
      Operation& operation = thread[i];
      operation.kind = static_cast<Kind>(byte & 15);
      operation.event = byte >> 4 & 1;
      operation.limits = static_cast<Limits>(byte >> 5);
      if (operation.kind == Kind::kEnd) break;
      if ((operation.kind == Kind::kAsyncWait ||
           operation.kind == Kind::kAdd) &&
          ++async > kMostAsync) {
        operation.kind = Kind::kWaiters;
      }
    }
  }
  input.schedule = bytes;
  return input;
}

size_t Schedule::Choose(const model::Choice& choice) {
  if (at_ == bytes_.size()) return 0;
  if (ordinary_++ < bytes_[at_] >> 3) return 0;
  ordinary_ = 0;
  const size_t option = bytes_[at_++] & 7;
  return option == 0 ? 0 : 1 + (option - 1) % (choice.costs.size() - 1);
}

std::string Describe(const Input& input) {
  struct {
    const char* name;
    bool has_event;
    bool has_limits;
  } static constexpr kKinds[] = {
      {"", false, false},       {"Set", true, false},
      {"Clear", true, false},   {"Pulse", true, false},
      {"IsSet", true, false},   {"Epoch", true, false},
      {"WaitPast", true, true}, {"Wait", true, true},
      {"Next", true, true},     {"AsyncWait", true, true},
      {"Add", true, true},      {"Remove", false, false},
      {"Stop", false, false},   {"Lend", false, true},
      {"Repay", false, false},  {"Waiters", true, false},
  };
  static constexpr const char* kLimits[] = {
      "", "1s", "3s", "token", "1s+token", "time", "0s", "0s+token",
  };
  std::string text;
  int number = 0;
  for (const auto& thread : input.threads) {
    absl::StrAppend(&text, "thread ", ++number, ":");
    for (const Operation& operation : thread) {
      if (operation.kind == Kind::kEnd) break;
      const auto& kind = kKinds[static_cast<int>(operation.kind)];
      absl::StrAppend(&text, " ", kind.name);
      if (kind.has_event)
        absl::StrAppend(&text, operation.event == 0 ? " event" : " event2");
      if (kind.has_limits && operation.limits != Limits::kNone) {
        absl::StrAppend(&text, " ",
                        kLimits[static_cast<int>(operation.limits)]);
      }
      absl::StrAppend(&text, ";");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace synctest::fuzz

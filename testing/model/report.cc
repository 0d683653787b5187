// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A failure, for people: a table, and a picture.

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/debugging/symbolize.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "testing/model/engine.h"
#include "testing/model/explore.h"

namespace synctest::model {
namespace {

const char* Name(Action action) {
  switch (action) {
    case Action::kLoad:
      return "load";
    case Action::kStore:
      return "store";
    case Action::kReadModifyWrite:
      return "modify";
    case Action::kFailedExchange:
      return "no exchange";
    case Action::kFence:
      return "fence";
    case Action::kRead:
      return "reads";
    case Action::kWrite:
      return "writes";
    case Action::kDestroy:
      return "destroys";
    case Action::kFree:
      return "frees";
    case Action::kSleep:
      return "sleeps";
    case Action::kNoSleep:
      return "sleeps not";
    case Action::kAwake:
      return "is woken";
    case Action::kTimeout:
      return "its time has come";
    case Action::kSpurious:
      return "wakes for no reason";
    case Action::kSuspended:
      return "is suspended for ever";
    case Action::kWake:
      return "wakes";
    case Action::kYield:
      return "yields";
    case Action::kPick:
      return "picks";
    case Action::kStart:
      return "starts";
    case Action::kJoin:
      return "has joined";
    case Action::kEnd:
      return "ends";
    case Action::kNote:
      return "";
  }
  return "?";
}

const char* Name(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_consume:
      return "consume";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    case std::memory_order_acq_rel:
      return "acq_rel";
    case std::memory_order_seq_cst:
      return "seq_cst";
  }
  return "?";
}

// Each object that steps are about has a letter.
class Letters {
 public:
  std::string Of(const void* address) {
    const size_t number =
        numbers_.emplace(address, numbers_.size()).first->second;
    std::string letters(1, static_cast<char>('A' + number % 26));
    if (number >= 26) absl::StrAppend(&letters, number / 26);
    return letters;
  }

 private:
  std::map<const void*, size_t> numbers_;
};

std::string Value(uint64_t value) {
  return value < 10 ? absl::StrCat(value) : absl::StrFormat("%#x", value);
}

std::string Describe(const Step& step, const std::vector<std::string>& threads,
                     Letters& letters) {
  const char* const name = Name(step.action);
  switch (step.action) {
    case Action::kLoad: {
      std::string text =
          absl::StrFormat("%s %s %s: %s", name, letters.Of(step.address),
                          Name(step.order), Value(step.after));
      if (step.age == 1) text += ", of before the last store";
      if (step.age > 1) {
        absl::StrAppendFormat(&text, ", of before the last %d stores",
                              step.age);
      }
      return text;
    }
    case Action::kStore:
    case Action::kReadModifyWrite:
      return absl::StrFormat("%s %s %s: %s -> %s", name,
                             letters.Of(step.address), Name(step.order),
                             Value(step.before), Value(step.after));
    case Action::kFailedExchange:
      return absl::StrFormat("%s %s %s: %s", name, letters.Of(step.address),
                             Name(step.order), Value(step.before));
    case Action::kFence:
      return absl::StrCat(name, " ", Name(step.order));
    case Action::kSleep:
    case Action::kNoSleep:
    case Action::kAwake:
    case Action::kTimeout:
    case Action::kSpurious:
    case Action::kRead:
    case Action::kWrite:
    case Action::kDestroy:
    case Action::kFree:
      return absl::StrCat(name, " ", letters.Of(step.address));
    case Action::kPick:
      return absl::StrFormat("%s %d of 0..%d", name, step.after,
                             step.before - 1);
    case Action::kWake:
      return absl::StrCat(name, " ", letters.Of(step.address),
                          step.after == 0 ? ": nobody sleeps there" : "");
    case Action::kStart:
    case Action::kJoin:
      return absl::StrCat(name, " ", threads[step.after]);
    case Action::kNote:
      return step.note;
    default:
      return name;
  }
}

// A table has no more rows than this: of more, the middle is left out.
constexpr size_t kRows = 200;

// The line of an instruction, if binutils are there; or else its function.
std::string PlaceOf(const void* code) {
  Dl_info object;
  if (dladdr(code, &object) == 0) return "";
  const std::string command =
      absl::StrFormat("addr2line -e '%s' %#x 2>/dev/null", object.dli_fname,
                      static_cast<const char*>(code) -
                          static_cast<const char*>(object.dli_fbase));
  char line[1024] = "";
  if (FILE* const output = popen(command.c_str(), "r"); output != nullptr) {
    if (std::fgets(line, sizeof(line), output) == nullptr) line[0] = '\0';
    pclose(output);
  }
  absl::string_view place = line;
  // Without what comes after the line, and what Bazel calls its directory.
  place = absl::StripPrefix(place.substr(0, place.find_first_of(" \n")),
                            "/proc/self/cwd/");
  if (!place.empty() && !absl::StrContains(place, '?')) {
    return std::string(place);
  }
  char name[256];
  return absl::Symbolize(code, name, sizeof(name)) ? absl::StrCat("in ", name)
                                                   : "";
}

std::string PlaceOf(const Step& step) {
  if (step.code != nullptr) {
    // The instruction is one before that to which it returns.
    return PlaceOf(static_cast<const char*>(step.code) - 1);
  }
  if (step.where.line() == 0) return "";
  return absl::StrCat(absl::StripPrefix(step.where.file_name(), "./"), ":",
                      step.where.line());
}

}  // namespace

std::string Failure::ToString() const {
  Letters letters;
  size_t width = 0;
  for (const std::string& thread : threads) {
    width = std::max(width, thread.size());
  }
  std::string text = absl::StrCat(what, "\n\n");
  const size_t left_out = steps.size() > kRows ? steps.size() - kRows : 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    // A thread is named where it goes on.
    const bool goes_on = i == 0 || steps[i - 1].thread != step.thread;
    std::string row = absl::StrFormat(
        "%4d %c %-*s  %-42s %s", i + 1, step.is_paid ? '*' : ' ',
        static_cast<int>(width), goes_on ? threads[step.thread] : "",
        Describe(step, threads, letters), PlaceOf(step));
    absl::StripTrailingAsciiWhitespace(&row);
    if (i == kRows / 2 && left_out > 0) {
      absl::StrAppend(&text, "      ... ", left_out, " steps ...\n");
    }
    if (i < kRows / 2 || i >= kRows / 2 + left_out) {
      absl::StrAppend(&text, row, "\n");
    }
  }
  absl::StrAppend(&text,
                  "\n* what a budget is of: a preemption, a stale read or a "
                  "fault\nTo replay it: SYNCTEST_REPLAY=",
                  schedule, "\n");
  return text;
}

std::string Failure::ToSvg() const {
  constexpr int kLane = 330;
  constexpr int kRow = 20;
  constexpr int kTop = 60;
  const int lanes = static_cast<int>(threads.size());
  const int rows = static_cast<int>(steps.size());
  const int width = lanes * kLane + 40;
  const int height = kTop + rows * kRow + 30;
  const auto escaped = [](absl::string_view text) {
    return absl::StrReplaceAll(text,
                               {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
  };
  std::string svg = absl::StrFormat(
      "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' "
      "font-family='monospace' font-size='11'>\n"
      "<rect width='100%%' height='100%%' fill='white'/>\n"
      "<text x='10' y='20' font-size='13' fill='#b00'>%s</text>\n",
      width, height, escaped(what));
  for (int i = 0; i < lanes; ++i) {
    const int x = 40 + i * kLane;
    absl::StrAppendFormat(
        &svg,
        "<text x='%d' y='45' font-weight='bold'>%s</text>\n"
        "<line x1='%d' y1='50' x2='%d' y2='%d' stroke='#ddd'/>\n",
        x, escaped(threads[i]), x - 6, x - 6, height - 20);
  }
  Letters letters;
  for (int i = 0; i < rows; ++i) {
    const Step& step = steps[i];
    const int x = 40 + step.thread * kLane;
    const int y = kTop + i * kRow;
    // A line to the thread that goes on.
    if (i > 0 && steps[i - 1].thread != step.thread) {
      absl::StrAppendFormat(
          &svg,
          "<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#36c' "
          "stroke-dasharray='3'/>\n",
          34 + steps[i - 1].thread * kLane, y - kRow, x - 6, y);
    }
    absl::StrAppendFormat(&svg,
                          "<circle cx='%d' cy='%d' r='3' fill='%s'/>"
                          "<text x='%d' y='%d'><title>%s</title>%s</text>\n",
                          x - 6, y, i + 1 == rows ? "#b00" : "#36c", x + 4,
                          y + 4, escaped(PlaceOf(step)),
                          escaped(Describe(step, threads, letters)));
  }
  absl::StrAppend(&svg, "</svg>\n");
  return svg;
}

bool Failure::WriteSvg(const std::string& path) const {
  std::ofstream file(path);
  file << ToSvg();
  file.close();
  return !file.fail();
}

}  // namespace synctest::model

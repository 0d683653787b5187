// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// A failure, for people: a table, and a picture.

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
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
      return "does not modify";
    case Action::kFence:
      return "fence";
    case Action::kRead:
      return "reads";
    case Action::kWrite:
      return "writes";
    case Action::kDestroy:
      return "destroys";
    case Action::kUse:
      return "uses";
    case Action::kFree:
      return "frees";
    case Action::kSleep:
      return "sleeps on";
    case Action::kNoSleep:
      return "does not sleep on";
    case Action::kAwake:
      return "is woken on";
    case Action::kTimeout:
      return "reaches its limit on";
    case Action::kSpurious:
      return "wakes for no reason on";
    case Action::kSuspended:
      return "is suspended for ever";
    case Action::kWake:
      return "notifies";
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
    case Action::kCall:
      return "calls";
    case Action::kAwait:
      return "awaits";
    case Action::kReturn:
      return "returns";
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

// What the steps of a failure are about, as people call it.
class Objects {
 public:
  explicit Objects(const Failure& failure)
      : failure_(failure), named_(failure.steps.size()) {
    for (size_t i = 0; i < failure.steps.size(); ++i) {
      const void* const address = failure.steps[i].address;
      if (address == nullptr) continue;
      named_[i] = Find(address, i);
      if (named_[i] != nullptr) {
        locations_[named_[i]].insert(address);
      } else {
        letters_.emplace(address, letters_.size());
      }
    }
  }

  std::string NameOf(size_t step) const {
    const void* const address = failure_.steps[step].address;
    const NamedObject* const object = named_[step];
    if (object == nullptr) return Letter(address);
    std::string name = object->name;
    const auto earlier = std::count_if(
        failure_.objects.data(), object,
        [&](const NamedObject& other) { return other.name == object->name; });
    if (earlier > 0) absl::StrAppend(&name, earlier + 1);
    const std::ptrdiff_t offset =
        static_cast<const char*>(address) - object->address;
    if (offset > 0 && locations_.at(object).size() > 1) {
      absl::StrAppend(&name, "+", offset);
    }
    return name;
  }

  std::string Value(size_t step, uint64_t value) const {
    const NamedObject* const object = named_[step];
    if (object != nullptr && object->format != nullptr) {
      return object->format(value);
    }
    return value < 10 ? absl::StrCat(value) : absl::StrFormat("%#x", value);
  }

 private:
  // Null: it has no name.
  const NamedObject* Find(const void* address, size_t step) const {
    for (size_t i = failure_.objects.size(); i-- > 0;) {
      const NamedObject& object = failure_.objects[i];
      if (object.Has(address) && object.begin <= step && step < object.end) {
        return &object;
      }
    }
    return nullptr;
  }

  std::string Letter(const void* address) const {
    const size_t number = letters_.at(address);
    std::string letter(1, static_cast<char>('A' + number % 26));
    if (number >= 26) absl::StrAppend(&letter, number / 26);
    // The first thread's stack has what all of them share.
    const int thread = ThreadOfStack(address);
    const bool is_local =
        thread > 0 && thread < static_cast<int>(failure_.threads.size());
    return is_local ? absl::StrCat(failure_.threads[thread], "'s ", letter)
                    : letter;
  }

  const Failure& failure_;
  std::vector<const NamedObject*> named_;  // By step.
  std::map<const NamedObject*, std::set<const void*>> locations_;
  std::map<const void*, size_t> letters_;
};

// The step with the number.
std::string Describe(const Failure& failure, const Objects& objects,
                     size_t number) {
  const Step& step = failure.steps[number];
  const char* const name = Name(step.action);
  const auto object = [&] { return objects.NameOf(number); };
  const auto value = [&](uint64_t of) { return objects.Value(number, of); };
  switch (step.action) {
    case Action::kLoad: {
      std::string text = absl::StrFormat("%s %s %s: %s", name, object(),
                                         Name(step.order), value(step.after));
      if (step.age == 1) text += ", of before the last store";
      if (step.age > 1) {
        absl::StrAppendFormat(&text, ", of before the last %d stores",
                              step.age);
      }
      return text;
    }
    case Action::kStore:
    case Action::kReadModifyWrite:
      return absl::StrFormat("%s %s %s: %s -> %s", name, object(),
                             Name(step.order), value(step.before),
                             value(step.after));
    case Action::kFailedExchange:
      return absl::StrFormat("%s %s %s: %s", name, object(), Name(step.order),
                             value(step.before));
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
    case Action::kUse:
    case Action::kFree:
      return absl::StrCat(name, " ", object());
    case Action::kPick:
      return absl::StrFormat("%s %d of 0..%d", name, step.after,
                             step.before - 1);
    case Action::kWake:
      return absl::StrCat(name, " ", object(),
                          step.after == 0 ? ": nobody sleeps there" : "");
    case Action::kStart:
    case Action::kJoin:
      return absl::StrCat(name, " ", failure.threads[step.after]);
    case Action::kNote:
      return step.note;
    case Action::kCall:
    case Action::kAwait:
      return absl::StrCat(name, " ", object(), ".", step.note);
    case Action::kReturn:
      return absl::StrCat(
          object(), ".", step.note, " ", name,
          step.format == nullptr ? "" : " " + step.format(step.after));
    default:
      return name;
  }
}

std::vector<std::string> DescribeAll(const Failure& failure) {
  const Objects objects(failure);
  std::vector<std::string> texts;
  for (size_t i = 0; i < failure.steps.size(); ++i) {
    texts.push_back(Describe(failure, objects, i));
  }
  return texts;
}

// The call that the thread is in by the step, " in event.Wait()"; empty: none
// that is known.
std::string CallAt(const Failure& failure, const Objects& objects, int thread,
                   size_t step) {
  while (step-- > 0) {
    const Step& earlier = failure.steps[step];
    if (earlier.thread != thread || IsStep(earlier.action)) continue;
    if (earlier.action != Action::kCall) break;
    return absl::StrCat(" in ", objects.NameOf(step), ".", earlier.note);
  }
  return "";
}

// What is wrong; and if nobody can go on, what each waits for.
std::string Heading(const Failure& failure) {
  const Objects objects(failure);
  std::string heading = failure.what;
  absl::string_view separator = ": ";
  for (const auto& [thread, joins] : failure.blocked) {
    absl::StrAppend(&heading, separator, failure.threads[thread]);
    separator = ", ";
    if (joins >= 0) {
      absl::StrAppend(&heading, " waits for ", failure.threads[joins],
                      " to end");
      continue;
    }
    // To fall asleep was the last that it did.
    size_t step = failure.steps.size() - 1;
    while (failure.steps[step].thread != thread) --step;
    absl::StrAppend(&heading, " sleeps on ", objects.NameOf(step),
                    CallAt(failure, objects, thread, step), " since step ",
                    step + 1);
  }
  return heading;
}

// The command that replays it.
std::string Command(const Failure& failure) {
  const std::string replay = absl::StrCat("SYNCTEST_REPLAY=", failure.schedule);
  const auto filter = [&](absl::string_view flag) {
    return failure.test.empty() ? "" : absl::StrCat(" ", flag, failure.test);
  };
  const char* const target = std::getenv("TEST_TARGET");
  if (target == nullptr) {
    return absl::StrCat(replay, " ", program_invocation_name,
                        filter("--gtest_filter="));
  }
  return absl::StrCat("bazel test --test_output=all --test_env=", replay,
                      filter("--test_filter="), " ", target);
}

size_t Longest(const std::vector<std::string>& texts) {
  size_t size = 0;
  for (const std::string& text : texts) size = std::max(size, text.size());
  return size;
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
  const std::vector<std::string> texts = DescribeAll(*this);
  const auto thread_width = static_cast<int>(Longest(threads));
  const auto text_width = static_cast<int>(Longest(texts));
  std::string text = absl::StrCat(Heading(*this), "\n\n");
  const size_t left_out = steps.size() > kRows ? steps.size() - kRows : 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    // A thread is named where it goes on.
    const bool goes_on = i == 0 || steps[i - 1].thread != step.thread;
    std::string row = absl::StrFormat("%4d %c %-*s  %-*s  %s", i + 1,
                                      step.is_paid ? '*' : ' ', thread_width,
                                      goes_on ? threads[step.thread] : "",
                                      text_width, texts[i], PlaceOf(step));
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
                  "fault\nTo replay it: ",
                  Command(*this), "\n");
  return text;
}

std::string Failure::ToSvg() const {
  constexpr int kLane = 330;
  constexpr int kRow = 20;
  constexpr int kTop = 60;
  constexpr int kCharacter = 7;
  const int lanes = static_cast<int>(threads.size());
  const int rows = static_cast<int>(steps.size());
  const std::vector<std::string> texts = DescribeAll(*this);
  const int width =
      40 + std::max(lanes * kLane,
                    (lanes - 1) * kLane +
                        kCharacter * static_cast<int>(Longest(texts)));
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
      width, height, escaped(Heading(*this)));
  for (int i = 0; i < lanes; ++i) {
    const int x = 40 + i * kLane;
    absl::StrAppendFormat(
        &svg,
        "<text x='%d' y='45' font-weight='bold'>%s</text>\n"
        "<line x1='%d' y1='50' x2='%d' y2='%d' stroke='#ddd'/>\n",
        x, escaped(threads[i]), x - 6, x - 6, height - 20);
  }
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
                          y + 4, escaped(PlaceOf(step)), escaped(texts[i]));
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

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of lint.py: it finds each planted fault, and nothing in good files."""

import unittest

import lint

LICENSE = ("// Copyright 2026 The sync Authors.\n"
           "// SPDX-License-Identifier: Apache-2.0\n\n")


def source(code):
  return LICENSE + code + "\n"


def header(guard, code):
  return source(f"#ifndef {guard}\n#define {guard}\n\n{code}\n\n"
                f"#endif  // {guard}")


class LintTest(unittest.TestCase):

  def check(self, path, text):
    return [f"{line}: {message}" for line, message in lint.check(path, text)]

  def assert_finds(self, path, text, message):
    findings = self.check(path, text)
    self.assertEqual(len(findings), 1, (path, text, findings))
    self.assertIn(message, findings[0])

  def test_good_files_pass(self):
    for path, text in [
        ("sync/event.h",
         header("SYNC_EVENT_H_", '#include "sync/internal/wait_core.h"\n'
                '// Not a std::mutex; 1\'000 "waits".\n'
                'const char* kText = "std::mutex";\nstd::stop_source s;')),
        ("sync/coro/task.h",
         header("SYNC_CORO_TASK_H_", '#include "sync/event.h"')),
        ("sync/internal/platform_linux.cc",
         source("#ifdef __x86_64__\n#endif\nstd::atomic<int> a;")),
        ("sync/event_test.cc",
         source('#include "testing/probe.h"\n#include "sync/coro/task.h"\n'
                "std::thread t;\n#if 1\n#endif")),
        ("testing/probe.h", header("SYNC_TESTING_PROBE_H_", "std::mutex m;")),
        ("README.md", "no license\t\n"),
    ]:
      self.assertEqual(self.check(path, text), [], path)

  def test_no_static_waits_for_its_initialization(self):
    for code in [
        "  static const int n = Count();",
        "  static Table table;",
        "  static std::string name{Name()};",
    ]:
      for path in ["sync/event.cc", "sync/internal/platform.cc"]:
        self.assert_finds(path, source(code), "4: a static that a fork()")
    for path, code in [
        ("sync/event.cc", "  static constexpr int n = 1;"),
        ("sync/event.cc", "  static constinit int n = 1;"),
        ("sync/event.cc", "  static bool Take(int word = 1);"),
        ("sync/event.cc", "static int n = 1;"),
        ("sync/event_test.cc", "  static Table table;"),
        ("sync/internal/platform_portable.cc", "  static Table table;"),
    ]:
      self.assertEqual(self.check(path, source(code)), [], code)

  def test_the_machine_is_named_by_the_platform_layer_only(self):
    for code in [
        "std::atomic<int> a;",
        "std::atomic_ref a(b);",
        "std::mutex m;",
        "std::condition_variable c;",
        "std::thread t;",
        "std::jthread t;",
        "std::stop_token t;",
        "std::this_thread::yield();",
        "auto t = Clock::now();",
        "clock_gettime(0, &t);",
        "syscall(1);",
        "thread_local int n;",
        "volatile int n;",
        "atomic_thread_fence(o);",
        "pthread_self();",
        "absl::Mutex m;",
        "absl::Now();",
        "absl::SleepFor(d);",
        "#include <stop_token>",
        "#include <sys/mman.h>",
    ]:
      for path in ["sync/event.cc", "sync/internal/waiter.cc"]:
        self.assert_finds(path, source(code), "4: only the platform layer")
    for code in ["#if 1", "#ifdef A", "#ifndef SYNC_OTHER_H_", "# elif 1"]:
      self.assert_finds("sync/event.cc", source(code), "4: only the platform")

  def test_includes_go_down(self):
    for path, included in [
        ("sync/internal/platform.cc", "sync/internal/wait_core.h"),
        ("sync/internal/config.h", "sync/wait_options.h"),
        ("sync/wait_options.h", "sync/internal/wait_core.h"),
        ("sync/internal/wait_core.cc", "sync/event.h"),
        ("sync/event.cc", "sync/coro/task.h"),
        ("sync/event.cc", "testing/probe.h"),
        ("sync/event.cc", "sync/new/thing.h"),
        ("sync/new/thing.cc", "sync/event.h"),
    ]:
      code = f'#include "{included}"'
      text = source(code)
      if path.endswith(".h"):
        text = header(lint.include_guard(path), code)
      findings = self.check(path, text)
      self.assertEqual(len(findings), 1, (path, included))
      self.assertIn(included if "new" not in path else path, findings[0])

  def test_tests_neither_sleep_nor_skip(self):
    for code, message in [
        ("std::this_thread::sleep_for(d);", "4: a test that sleeps"),
        ("std::this_thread::sleep_until(t);", "4: a test that sleeps"),
        ("usleep(1);", "4: a test that sleeps"),
        ("nanosleep(&t, nullptr);", "4: a test that sleeps"),
        ("absl::SleepFor(d);", "4: a test that sleeps"),
        ("GTEST_SKIP();", "4: a test that can be passed over"),
        ("TEST(A, DISABLED_B) {}", "4: a test that can be passed over"),
    ]:
      self.assert_finds("sync/event_test.cc", source(code), message)
    build = source("cc_test(\n    flaky = True,\n)").replace("//", "#")
    self.assert_finds("sync/BUILD", build, "5: a test that can be passed over")

  def test_text(self):
    for code, message in [
        ("int a;\t// b", "4: a tab"),
        ("int a; ", "4: trailing white space"),
        ("// TO" + "DO: b", "4: TO" + "DO is left behind"),
        ("// " + "b" * 78, "4: 81 columns"),
    ]:
      self.assert_finds("sync/event.cc", source(code), message)
      self.assert_finds("examples/tour.cc", source(code), message)
    self.assert_finds("sync/event.cc", "int a;\n", "1: the license header")
    self.assert_finds("tools/a.py", "a = 1\n", "1: the license header")
    self.assert_finds(".ci/run", "#!/bin/bash\n", "1: the license header")
    self.assert_finds("sync/event.cc", LICENSE + "int a;", "4: no newline")

  def test_promises_are_refuted_by_name(self):
    texts = {
        "docs/semantics.md": "**S1, once.** It is.\n**L1, soon.** **L2, x.**",
        "sync/event_test.cc": "TEST(EventTest, S1_Once) {}",
        "sync/other.cc": "TEST(EventTest, L1_Soon) {}",
        "testing/a_test.cc": "TYPED_TEST(LongNameTest,\n    L2_X) {}",
    }
    self.assertEqual(list(lint.unrefuted(texts)), ["L1"])

  def test_headings_of_comments(self):
    comment = "// Lifetime: long.\n//   Two.\n//   Three.\n"
    self.assertEqual(self.check(
        "sync/event.h", header("SYNC_EVENT_H_", comment + "// Cost: 1.")), [])
    self.assert_finds("sync/event.h",
                      header("SYNC_EVENT_H_", comment + "//   Four."),
                      "10: more than three lines")
    self.assert_finds("sync/event.h",
                      header("SYNC_EVENT_H_", "// Lifetime: long.\n// Two."),
                      "8: what stands under a heading")
    self.assert_finds("sync/event.h",
                      header("SYNC_EVENT_H_", "// Misuse: no. Cost: 1."),
                      "7: a heading of a comment begins a line")

  def test_include_guards(self):
    for text in [
        source("int a;"),
        source("#pragma once"),
        header("SYNC_SYNC_EVENT_H_", "int a;"),
    ]:
      findings = self.check("sync/event.h", text)
      self.assertIn("1: want the include guard SYNC_EVENT_H_", findings)
    self.assert_finds(
        "sync/event.h",
        header("SYNC_EVENT_H_", "int a;").replace("#endif  //", "#endif //"),
        "9: want `#endif")


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of doc_blocks.py on what doc_test's own examples cannot show."""

import os
import tempfile
import textwrap
import unittest

import doc_blocks


class DocBlocksTest(unittest.TestCase):

  def setUp(self):
    scratch = tempfile.TemporaryDirectory()
    self.addCleanup(scratch.cleanup)
    os.chdir(scratch.name)

  def write(self, name, text):
    with open(name, "w", encoding="utf-8") as file:
      file.write(textwrap.dedent(text))
    return name

  def definitions(self, text):
    return text[:doc_blocks.end_of_definitions(text)]

  def check(self, text):
    workspace = {"BUILD": 'x(\n    name = "a",\n    # Why.\n    deps = [],\n)\n'}
    script = "step tour ./bazelw run //examples:tour -- --short\n"
    path = self.write("a.md", text)
    return list(doc_blocks.check([path], workspace, script))

  def test_statements_are_no_definitions(self):
    for text in [
        "synclib::Event event;\n",
        "auto f = [&](int n) { return n; };\n",
        "auto f = [&]() -> int { return 1; };\n",
        "std::jthread thread([&] { event.Wait(); });\n",
        "std::vector<int> v{1, 2};\n",
        "if (event.IsSet()) { f(); } else { g(); }\n",
        "for (int i = 0; i < 3; ++i) { f(); }\n",
        "synclib::Run([]() -> synclib::Task<void> { co_return; }());\n",
        'Print("int f() { return 1; }");\n',
        "{ f(); }\n",
        "// int f() { return 1; }\n",
    ]:
      self.assertEqual(self.definitions(text), "", text)

  def test_definitions_end_with_the_last_one(self):
    for definition in [
        "int f() { return 1; }",
        "synclib::Task<void> Wait(synclib::Event& e) noexcept { co_await e; }",
        "std::vector<int>* g(int (*h)(int)) {\n}",
        "auto h(int a,\n       int b) -> int {\n  return a + b;\n}",
        "int n = 0;\nvoid f() { ++n; }",
        "template <typename T>\nconcept C = sizeof(T) == 1;",
        "struct Waiter {\n  int n;\n};",
        "#define X }\nnamespace a::b {\nint c;\n}",
        "bool operator==(A a, A b) { return true; }",
        "TEST(Event, IsFirstClear) { EXPECT_FALSE(Event().IsSet()); }",
    ]:
      text = definition + "\n\nf();\nauto g = [] {};\n"
      self.assertEqual(self.definitions(text), definition, text)

  def test_a_failing_compile_names_the_document(self):
    path = self.write("a.md", "1\n\n```cpp\n#include <a>\n\nf();\n```\n")
    text = doc_blocks.write_tests([path], ["b.h"])
    self.assertIn('#include "b.h"\n', text)
    self.assertIn('#line 4 "a.md"\n#include <a>\n', text)
    self.assertIn("TEST(AMd, Line4) {\n", text)
    self.assertIn('#line 4 "a.md"\n\n\nf();\n', text)

  def test_examples_that_would_be_lost_are_errors(self):
    for name, text in [
        ("a.md", "```cpp\nf();\n"),
        ("a.md", "```text\nf();\n```\n"),
        ("a.md", "```cpp\nint main(int argc\n```\n"),
        ("a.h", "// Nothing here.\n"),
        ("a.h", "// Example:\n// f();\n"),
        ("a.h", "/// Example:\n///   f();\n"),
        ("a.h", "// Example, nearly:\n//   f();\n"),
    ]:
      path = self.write(name, text)
      with self.assertRaises(doc_blocks.Error, msg=text):
        doc_blocks.write_tests([path], [])

  def test_other_blocks_that_are_true_pass(self):
    self.assertEqual([], self.check("""\
        ```starlark
        # BUILD
        name = "a",
        deps = [],
        ```
        ```sh
        # Runs the tour.
        ./bazelw run //examples:tour
        ```
        ```text
        ->
        ```
        ```cpp
        f();
        ```
        """))

  def test_other_blocks_that_are_not_true_are_found(self):
    for text, message in [
        ('```starlark\nname = "b",\n```\n', "a.md:2: not in any of BUILD"),
        ("```python\nx(\ndeps = [],\n```\n", "a.md:2: not in any of BUILD"),
        ("```bash\n./bazelw run //examples:tou\n```\n",
         "a.md:2: not run by the script: ./bazelw run //examples:tou"),
        ("\n```\nx\n```\n", "a.md:3: blocks in 'no language'"),
        ("```c++\nx\n```\n", "a.md:2: blocks in 'c++'"),
    ]:
      findings = self.check(text)
      self.assertEqual(len(findings), 1, text)
      self.assertIn(message, findings[0])


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of check_rows.py: it finds each planted fault, and nothing else."""

import unittest

import check_rows

DOCUMENT = """
| other | table |
|---|---|
| `none` | same |

| there | here | what differs |
|---|---|---|
| `set()`, `clear()` | `Set()` | same |
| `wait()` | `Wait()` | waits longer |
"""

TESTS = """
// Row: set(), clear()
// Row: wait()
TYPED_TEST(Rows, SetEndsTheWait) {
"""


class CheckRowsTest(unittest.TestCase):

  def check(self, document=DOCUMENT, tests=TESTS):
    return list(check_rows.check("doc.md", document, {"test.cc": tests}))

  def assert_finds(self, message, **texts):
    self.assertEqual(self.check(**texts), [message])

  def test_what_is_as_it_should_be_passes(self):
    self.assertEqual(self.check(), [])

  def test_a_row_that_differs_needs_no_test(self):
    self.assertEqual(self.check(tests=TESTS.replace("// Row: wait()\n", "")),
                     [])

  def test_a_row_that_says_same_needs_one(self):
    self.assert_finds(
        "doc.md:8: 'set(), clear()' says \"same\", and has no test",
        tests=TESTS.replace("// Row: set(), clear()\n", ""))

  def test_a_test_of_a_row_that_is_not_there(self):
    self.assert_finds("test.cc:2: doc.md has no row 'pulse()'",
                      tests="\n// Row: pulse()" + TESTS)

  def test_a_row_that_no_test_follows(self):
    self.assert_finds(
        "test.cc:6: what follows the row 'wait()' is no test",
        tests=TESTS + "\n// Row: wait()\nint count;\n")
    self.assert_finds("test.cc:6: what follows the row 'wait()' is no test",
                      tests=TESTS + "\n// Row: wait()")

  def test_only_a_test_counts_as_one(self):
    self.assertEqual(
        len(self.check(tests=TESTS.replace("TYPED_TEST", "// TYPED_TEST"))), 3)

  def test_rows_of_which_nothing_is_said(self):
    self.assert_finds("doc.md:9: 'wait()' doesn't say what differs",
                      document=DOCUMENT.replace("waits longer", ""))
    self.assert_finds("doc.md:9: 'wait()' is either \"same\" or differs",
                      document=DOCUMENT.replace("waits longer", "same, almost"))

  def test_a_row_that_is_the_same_by_the_word_of_another(self):
    self.assert_finds("doc.md:9: 'wait()' says what it is like, not what differs",
                      document=DOCUMENT.replace("waits longer", "as `set()`"))
    self.assert_finds(
        "doc.md:9: 'wait()' says \"likewise\" below no row that differs",
        document=DOCUMENT.replace("waits longer", "likewise"))

  def test_likewise_below_a_row_that_differs(self):
    likewise = DOCUMENT + "| `pulse()` | | likewise |\n"
    self.assertEqual(self.check(document=likewise), [])
    self.assertEqual(
        self.check(document=likewise + "| `wake()` | | likewise; late |\n"), [])

  def test_likewise_at_the_head_of_a_table(self):
    self.assert_finds(
        "doc.md:13: 'pulse()' says \"likewise\" below no row that differs",
        document=DOCUMENT + """
| there | here | what differs |
|---|---|---|
| `pulse()` | | likewise |
""")

  def test_a_row_that_is_there_twice(self):
    self.assert_finds("doc.md:10: 'wait()' is there twice",
                      document=DOCUMENT + "| `wait()` | | is late |\n")

  def test_a_document_without_a_table(self):
    self.assert_finds(
        "doc.md:1: no table with the head there | here | what differs",
        document="same", tests="")


if __name__ == "__main__":
  unittest.main()

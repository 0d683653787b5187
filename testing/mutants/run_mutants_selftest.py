# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of run_mutants.py, with a shell script for the mutants."""

import os
import pathlib
import subprocess
import sys
import unittest

DIRECTORY = pathlib.Path(os.environ["TEST_TMPDIR"])

# Mutant 1 fails at once, 2 with budget 9 and a slow test, 3 crashes; 4 is
# equivalent.
PROGRAM = """#!/bin/sh
fail() {
  echo "  the machine, budget $SYNCTEST_BUDGET: 7 executions"
  echo "[  FAILED  ] Suite.Test (1 ms)"
  exit 1
}
case $SYNCTEST_MUTANT in
  1) fail ;;
  2)
    case $SYNCTEST_BUDGET$GTEST_FILTER in
      9Any*) fail ;;
    esac ;;
  3) exit 66 ;;
esac
"""

TABLE = """0 1 core one
0 2 other two
0 3 core three
0 4 other four
"""


def written(name, text):
  path = DIRECTORY / name
  path.write_text(text)
  path.chmod(0o700)
  return str(path)


def run(which, *options, equivalent="### four\n", program=PROGRAM):
  """Returns the lines that are printed, and whether it exits with 0."""
  done = subprocess.run(
      [sys.executable, "testing/mutants/run_mutants.py", *options, which,
       written("table.txt", TABLE), written("equivalent.md", equivalent),
       written("program", program)],
      capture_output=True, text=True, check=False)
  return (done.stdout + done.stderr).splitlines(), done.returncode == 0


class RunMutantsTest(unittest.TestCase):

  def test_every_mutant_is_found_or_proved(self):
    lines, good = run("all")
    self.assertTrue(good)
    self.assertEqual(lines[:4], [
        "   1 of 4  one: Suite.Test, the machine, budget 1, execution 7",
        "   2 of 4  two: Suite.Test, the machine, budget 9, execution 7",
        "   3 of 4  three: it ends with 66",
        "   4 of 4  four: nothing, as is proved",
    ])
    self.assertRegex(lines[4], "^4 mutants, 1 equivalent, 0 wrong, ")

  def test_one_that_nothing_finds_is_wrong(self):
    lines, good = run("all", equivalent="")
    self.assertFalse(good)
    self.assertEqual(lines[3], "   4 of 4  WRONG  four: nothing")

  def test_a_proof_of_what_fails_is_wrong(self):
    lines, good = run("all", equivalent="### four\n### three\n")
    self.assertFalse(good)
    self.assertIn(
        "   3 of 4  WRONG  three: it ends with 66, as is proved", lines)

  def test_a_proof_of_nothing_is_wrong(self):
    lines, good = run("all", equivalent="### four\n### five\n")
    self.assertFalse(good)
    self.assertRegex(lines[0], "^WRONG .* is about no mutant: five$")

  def test_the_core(self):
    lines, good = run("core", equivalent="")
    self.assertTrue(good)
    self.assertEqual([line.split(":")[0] for line in lines[:2]],
                     ["   1 of 2  one", "   2 of 2  three"])

  def test_only_some(self):
    lines, good = run("all", "--only=" + written("names.txt", "two\nfour"))
    self.assertTrue(good)
    self.assertEqual([line.split(":")[0] for line in lines[:2]],
                     ["   1 of 2  two", "   2 of 2  four"])
    self.assertRegex(lines[2], "^2 mutants, 1 equivalent, 0 wrong, ")

  def test_only_one_that_there_is_not(self):
    lines, good = run("all", "--only=" + written("names.txt", "two\nsix"))
    self.assertFalse(good)
    self.assertEqual(lines, ["no such mutants: six"])

  def test_only_none_that_is_proved(self):
    lines, good = run("all", "--only=" + written("names.txt", "two"))
    self.assertTrue(good)
    self.assertRegex(lines[1], "^1 mutants, 0 equivalent, 0 wrong, ")

  def test_a_library_that_fails_itself_shows_nothing(self):
    lines, good = run("all", program="#!/bin/sh\nexit 1\n")
    self.assertFalse(good)
    self.assertEqual(lines, ["the library itself fails"])


if __name__ == "__main__":
  unittest.main()

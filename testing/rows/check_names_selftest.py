# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of check_names.py: it finds what is left out, and nothing else."""

import types
import unittest

import check_names

DOCUMENT = """
| there | here | what differs |
|---|---|---|
| `door.Door(width, (1, 2))` | `Door` | same |
| `door.Door.open()`, `shut(slowly=True)`, `width` | `Open()` | same |
| `door.Gate`, `door.Closed`, `make()` | `Gate` | same |
"""


class Door:
  width = 1

  def open(self):
    pass

  def shut(self):
    pass

  def _creak(self):
    pass


class Gate(Door):

  def open(self):
    pass


class Closed(Exception):

  def why(self):
    pass


MODULE = types.SimpleNamespace(
    __all__=["Door", "Gate", "Closed", "make"],
    Door=Door, Gate=Gate, Closed=Closed, make=lambda: Door())


class CheckNamesTest(unittest.TestCase):

  def assert_finds(self, names, document):
    self.assertEqual(
        list(check_names.check("doc.md", document, [("door", MODULE)])),
        [f"doc.md: no row for {name}" for name in names])

  def test_what_names_all_passes(self):
    self.assert_finds([], DOCUMENT)

  def test_a_name_that_is_left_out(self):
    self.assert_finds(["door.make"], DOCUMENT.replace(", `make()`", ""))

  def test_a_class_without_its_methods(self):
    self.assert_finds(
        ["door.Door.width", "door.Door.open", "door.Door.shut"],
        DOCUMENT.replace("`door.Door.open()`, `shut(slowly=True)`, `width`",
                         "`door.open()`, `shut()`, `width`"))

  def test_an_argument_names_nothing(self):
    self.assert_finds(
        ["door.Closed"],
        DOCUMENT.replace("`door.Closed`, `make()`", "`door.make(f(), Closed)`"))

  def test_only_the_first_cell_counts(self):
    self.assert_finds(
        ["door.Gate"],
        DOCUMENT.replace("`door.Gate`, ", "").replace("`Gate`", "`door.Gate`"))

  def test_the_methods_of_what_a_function_makes(self):
    locks = types.SimpleNamespace(__all__=["Lock"],
                                  Lock=check_names.threading.Lock)
    self.assertIn("doc.md: no row for locks.Lock.acquire",
                  list(check_names.check("doc.md", DOCUMENT,
                                         [("locks", locks)])))


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of check_names.py: it finds what is left out, and what isn't there, and
nothing else."""

import types
import unittest

import check_names
import cpp_names

DOCUMENT = """
| there | here | what differs |
|---|---|---|
| `door.Door(width, (1, 2))` | `Door` | same |
| `door.Door.open()`, `shut(slowly=True)`, `width` | `Open()` | same |
| `door.Gate`, `door.Closed`, `make()` | `Gate` | same |
| `wall::Window<width>`, `wall::Window::open(1, 2)`, `shut()` | `Window` | same |
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

WALL = ["wall::Window", "wall::Window::open", "wall::Window::shut"]


class CheckNamesTest(unittest.TestCase):

  def check(self, document):
    names = [*check_names.names_of([("door", MODULE)]), *WALL]
    return list(check_names.check("doc.md", document, names, ["wall"]))

  def assert_finds(self, names, document):
    self.assertEqual(self.check(document),
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

  def test_a_name_of_cpp_that_is_left_out(self):
    self.assert_finds(["wall::Window::shut"],
                      DOCUMENT.replace(", `shut()` | `Window`", " | `Window`"))
    self.assert_finds(["wall::Window"],
                      DOCUMENT.replace("`wall::Window<width>`, ", ""))

  def test_a_name_that_is_not_there(self):
    self.assertEqual(
        self.check(DOCUMENT.replace(", `shut()` | `Window`",
                                    ", `shut()`, `lock()` | `Window`")),
        ["doc.md:7: there is no wall::Window::lock"])

  def test_names_of_which_there_are_others_may_be_there(self):
    self.assert_finds([], DOCUMENT + "| `door.Door.lock()` | | likewise |\n")

  def test_the_table_of_cpp_has_each_name_once(self):
    names = list(cpp_names.names())
    self.assertEqual(len(names), len(set(names)))
    self.assertIn("std::mutex::lock", names)
    self.assertIn("std::mutex", names)
    self.assertNotIn("std", names)

  def test_the_methods_of_what_a_function_makes(self):
    locks = types.SimpleNamespace(__all__=["Lock"],
                                  Lock=check_names.threading.Lock)
    self.assertIn("locks.Lock.acquire",
                  check_names.names_of([("locks", locks)]))


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of what benchmarks_run.py does with the time that there is."""

import contextlib
import io
import unittest
from unittest import mock

import benchmarks_run
from benchmarks_budget import Pace, WHOLE
from benchmarks_samples import LOOK

MODE = WHOLE._replace(seconds=100, for_rows=100)


class MeasuringTest(unittest.TestCase):
  """Rows of LOOK, each a run of some seconds, on a clock of its own."""

  def setUp(self):
    super().setUp()
    self.now = 0
    self.ran = []  # (name, repetitions) of each run.
    self.goes_wrong = {}  # {number of the run: what it raises}.

  def run_row(self, row, repetitions, _, limit):
    number = len(self.ran)
    self.ran.append((row.name, repetitions))
    took = self.each * repetitions
    if number in self.goes_wrong or took > limit:
      self.now += min(took, limit)
      raise self.goes_wrong.get(number, benchmarks_run.TooLong("too long"))
    self.now += took
    times = [number] * repetitions
    return {name: (times, {}) for name in LOOK["contenders"]}, [], {}

  def measure(self, work, each=0.01, mode=MODE, **targets):
    """Returns the figures of rows of such names, with targets or without.

    `work`: how long it takes before the first row, and after each one.
    """
    self.each = each
    rows = [benchmarks_run.Row("", LOOK | {"name": name, "targets": of_row},
                               None) for name, of_row in targets.items()]
    work = iter(work)
    with mock.patch.object(benchmarks_run, "run_row", self.run_row), \
         contextlib.redirect_stderr(io.StringIO()):
      return benchmarks_run.Measuring(
          rows, mode, 0, Pace(lambda: next(work)), lambda: self.now).figures()

  def runs_of(self, figures):
    """Returns the numbers of the runs that each row's times are of."""
    return [sorted({int(time) for time in row["contenders"]["Event"]["times"]})
            for row in figures]

  def test_a_row_is_slowed_as_work_before_or_after_it_is(self):
    # There is no time for more.
    figures = self.measure([2, 1, 1, 3, 1], 1, MODE._replace(
        seconds=0, for_rows=0, least=9), A=[], B=[], C=[], D=[])
    self.assertEqual([row["slowed"] for row in figures], [2, 1, 3, 3])
    self.assertEqual(len(self.ran), 4)

  def test_what_was_slow_is_measured_anew_the_slowest_first(self):
    figures = self.measure([1, 1, 1.5, 2, 1, 1, 1, 1], A=[], B=[], C=[], D=[])
    self.assertEqual([name for name, _ in self.ran[-3:]], ["C", "D", "B"])
    self.assertEqual([row["slowed"] for row in figures], [1, 1, 1, 1])
    self.assertEqual(self.runs_of(figures), [[0, 1], [10], [8], [9]])
    for row in figures:
      self.assertEqual(len(row["contenders"]["Event"]["times"]), MODE.most)

  def test_what_is_slower_anew_stays_as_it_was(self):
    figures = self.measure([1, 1, 1.5, 2], A=[], B=[])
    self.assertEqual([row["slowed"] for row in figures], [1, 1.5])
    self.assertEqual(self.runs_of(figures), [[0, 1], [2, 3]])

  def test_what_is_quieter_anew_but_has_few_repetitions_stays_as_it_was(self):
    # The rest is enough for three of B.
    figures = self.measure([1, 2, 1, 1], 4, A=[], B=[])
    self.assertEqual(self.ran[-3:], [("B", 3), ("B", 3), ("B", 3)])
    self.assertEqual(figures[1]["slowed"], 2)
    self.assertEqual(len(figures[1]["contenders"]["Event"]["times"]), 6)

  def test_what_goes_wrong_anew_is_told(self):
    self.goes_wrong = {2: benchmarks_run.Failed("it crashed")}
    (row,) = self.measure([1, 2, 1], A=[])
    self.assertEqual((row["note"], row["slowed"]), ("it crashed", 2))
    self.assertEqual(self.runs_of([row]), [[0, 1]])

  def test_what_takes_too_long_anew_stays_as_it_was(self):
    self.goes_wrong = {2: benchmarks_run.TooLong("too long")}
    (row,) = self.measure([1, 2, 1], A=[])
    self.assertNotIn("note", row)
    self.assertEqual(row["slowed"], 2)

  def measure_few(self, work):
    """Returns the repetitions of two rows, of which the second has targets."""
    targets = [{"value": None, "ratio": 1, "baseline": "AtomicFlag"}]
    figures = self.measure(work, 3, MODE._replace(limit=12), A=[], B=targets)
    self.assertEqual(self.ran, [("A", 3), ("B", 3), ("B", 4)])
    self.assertEqual(figures[1]["slowed"], 1)
    return [len(row["contenders"]["Event"]["times"]) for row in figures]

  def test_few_repetitions_for_targets_become_more_with_the_rest(self):
    self.assertEqual(self.measure_few([1, 1, 1, 1]), [3, 7])

  def test_repetitions_while_the_machine_is_slow_are_not_added(self):
    self.assertEqual(self.measure_few([1, 1, 1, 2]), [3, 3])

  def test_the_rest_ends_with_the_budget(self):
    rows = {f"Row{i}": [] for i in range(18)}
    self.measure(50 * [1, 2], 1, MODE._replace(most=5), **rows)
    self.assertGreater(len(self.ran), len(rows))
    self.assertGreater(self.now, 0.9 * MODE.seconds)
    self.assertLessEqual(self.now, MODE.seconds)


class RunTest(unittest.TestCase):

  def test_no_minute_has_sixty_seconds(self):
    self.assertEqual([benchmarks_run.clock(seconds)
                      for seconds in (0, 59.4, 59.6, 125)],
                     ["0:00", "0:59", "1:00", "2:05"])

  def test_a_program_that_takes_too_long_ends(self):
    with self.assertRaisesRegex(benchmarks_run.TooLong, "within 0 s"):
      benchmarks_run.run(["sleep", "60"], 0.1)


if __name__ == "__main__":
  unittest.main()

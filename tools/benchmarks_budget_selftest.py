# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks_budget.py."""

import unittest

import benchmarks_budget
from benchmarks_budget import QUICK, WHOLE


class BudgetTest(unittest.TestCase):

  def run_rows(self, costs, mode, built=0):
    """Returns (seconds that all takes, repetitions of each row).

    A row's costs: (of each run, of each repetition).
    """
    now = [built]
    budget = benchmarks_budget.Budget(mode, 0, len(costs), lambda: now[0])
    counts = []
    for each_run, each in costs:
      limit = budget.begin_row()
      start = now[0]
      count, last = 0, mode.first
      while last:
        took = each_run + last * each
        if now[0] + took - start > limit:
          now[0] = start + limit
          break
        now[0] += took
        count += last
        last = budget.more(count, last, took)
      counts.append(count)
      budget.end_row()
    return now[0], counts

  def test_many_cheap_rows_are_done_before_the_time_is_up(self):
    for mode, promised in ((WHOLE, 900), (QUICK, 120)):
      took, counts = self.run_rows([(0.05, 0.1)] * 150, mode)
      self.assertLess(took, promised)
      self.assertGreaterEqual(min(counts), mode.first)

  def test_few_rows_have_all_repetitions_and_end_early(self):
    took, counts = self.run_rows([(0.1, 0.1)] * 3, WHOLE)
    self.assertEqual(counts, [WHOLE.most] * 3)
    self.assertLess(took, 20)

  def test_dear_rows_take_from_the_others_but_not_all(self):
    costs = [(0.05, 0.1)] * 60 + [(2, 2)] * 5 + [(0.05, 0.1)] * 60
    for mode, promised in ((WHOLE, 900), (QUICK, 120)):
      took, counts = self.run_rows(costs, mode)
      self.assertLess(took, promised)
      self.assertGreaterEqual(min(counts), mode.first)

  def test_rows_that_hang_do_not_take_all_the_time(self):
    costs = [(1e9, 0)] * 3 + [(0.05, 0.05)] * 50
    took, counts = self.run_rows(costs, QUICK)
    self.assertLess(took, 120)
    self.assertEqual(counts[:3], [0, 0, 0])
    self.assertGreaterEqual(min(counts[3:]), 1)

  def test_a_long_build_leaves_time_for_rows(self):
    took, counts = self.run_rows([(0.05, 0.1)] * 100, WHOLE,
                                 built=700)
    self.assertGreater(min(counts), WHOLE.first)
    self.assertLess(took, 700 + WHOLE.seconds)

  def test_a_build_of_half_the_time_is_within_what_is_promised(self):
    for mode, promised in ((WHOLE, 900), (QUICK, 120)):
      took, _ = self.run_rows([(0.05, 0.1)] * 150, mode, built=mode.seconds / 2)
      self.assertLess(took, promised)
      # And a longer one takes so much longer, and no more.
      took, _ = self.run_rows([(0.05, 0.1)] * 150, mode, built=mode.seconds)
      self.assertLess(took, promised + mode.seconds / 2)

  def test_what_is_left_is_dealt_out_anew(self):
    now = [0.0]
    budget = benchmarks_budget.Budget(QUICK, 0, 1, lambda: now[0])
    budget.begin_row()
    now[0] = QUICK.seconds - 10
    budget.end_row()
    rest = budget.of_the_rest(4)
    self.assertEqual(rest.rest(), 10)
    rest.begin_row()
    # Two shares, of 2.5 seconds each.
    self.assertEqual(rest.more(0, 1, 1), 5)
    now[0] = QUICK.seconds
    rest.end_row()
    rest.begin_row()
    self.assertEqual(rest.more(0, 1, 1), 0)

  def test_the_rest_is_not_more_than_what_is_left(self):
    now = [0.0]
    budget = benchmarks_budget.Budget(QUICK, 0, 10, lambda: now[0])
    self.assertEqual(budget.rest(), QUICK.seconds)
    budget.begin_row()
    now[0] = 2
    budget.end_row()
    self.assertEqual(budget.rest(), 18)
    budget.begin_row()
    now[0] = 60
    budget.end_row()
    self.assertEqual(budget.rest(), QUICK.seconds - 60)


class PaceTest(unittest.TestCase):

  def test_it_is_the_longer_one_of_before_and_after_and_held_against_the_usual(
      self):
    work = iter([4, 2, 2, 1, 1])
    pace = benchmarks_budget.Pace(lambda: next(work))
    self.assertEqual([pace.since_last() for _ in range(2)], [4, 2])
    self.assertEqual(pace.slowed(3), 1.5)
    self.assertEqual(pace.usually(), 1)
    self.assertEqual([pace.since_last() for _ in range(2)], [2, 1])
    self.assertEqual(pace.slowed(3), 1.5)
    self.assertEqual(pace.usually(), 2)

  def test_the_work_takes_some_milliseconds(self):
    self.assertGreater(benchmarks_budget.fixed_work(), 0.0003)
    self.assertLess(benchmarks_budget.fixed_work(), 0.1)


if __name__ == "__main__":
  unittest.main()

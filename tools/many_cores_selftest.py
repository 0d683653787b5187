# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of many_cores.py."""

import unittest

import many_cores
from many_cores import ACROSS, FAR, GROUP, NEAR, OWN, Line, Machine, Simulation


def last_of(simulation, *processes):
  """Returns when the last one ends; they are generators of times."""
  ends = []

  def to_its_end(process):
    yield from process
    ends.append(simulation.now)

  for process in processes:
    simulation.start(to_its_end(process), 0)
  simulation.run()
  return max(ends)


class LineTest(unittest.TestCase):

  def setUp(self):
    self.simulation = Simulation(Machine(64), seed=0)
    self.line = Line(0)

  def changes(self, core, times=1):
    for _ in range(times):
      yield self.simulation.change(core, self.line)

  def looks(self, core, times=1):
    for _ in range(times):
      yield self.simulation.look(core, self.line)

  def test_a_core_that_has_it_alone_changes_it_where_it_is(self):
    self.assertEqual(last_of(self.simulation, self.changes(0, 3)), 3 * OWN)

  def test_it_comes_from_where_it_is(self):
    for core, way in ((1, NEAR), (GROUP, FAR), (32, ACROSS), (63, ACROSS)):
      self.setUp()
      self.assertEqual(last_of(self.simulation, self.looks(core)), way)
      self.setUp()
      self.assertEqual(last_of(self.simulation, self.changes(core)), way + OWN)

  def test_a_copy_is_as_good_until_the_line_is_changed(self):

    def steps():
      yield from self.looks(8, 2)
      yield from self.changes(0)
      yield from self.looks(8)

    self.assertEqual(last_of(self.simulation, steps()),
                     (FAR + OWN) + (FAR + OWN) + FAR)

  def test_it_goes_to_one_core_at_a_time(self):
    self.assertEqual(
        last_of(self.simulation, self.changes(8), self.changes(16)),
        2 * (FAR + OWN))

  def test_those_of_a_group_get_it_from_one_another(self):
    self.assertEqual(last_of(self.simulation, self.looks(8), self.looks(9)),
                     FAR + NEAR)

  def test_whoever_changes_it_fetches_it_from_all(self):
    self.line.cores.add(63)
    self.line.free_in[63 // GROUP] = 0
    self.assertEqual(last_of(self.simulation, self.changes(0)), ACROSS + OWN)


class WakeTest(unittest.TestCase):

  def test_all_are_woken_once_as_the_library_does(self):
    for count in range(100):
      first, groups = many_cores.groups_of(range(count))
      woken = first + [thread for group in groups.values() for thread in group]
      self.assertEqual(woken, list(range(count)))
    self.assertEqual([len(group) for group in groups.values()][:6],
                     [0, 1] + 3 * [many_cores.TOGETHER] + [0])

  def test_it_is_about_the_library_as_it_is(self):
    for path, line in (
        ("waiter.h", f"uint32_t kTogether = {many_cores.TOGETHER};"),
        ("platform.cc", f"constexpr int kPauses = {many_cores.PAUSES};"),
        ("platform.cc", f"constexpr int kYields = {many_cores.YIELDS};")):
      with open(f"sync/internal/{path}", encoding="utf-8") as file:
        self.assertIn(line, file.read())

  def test_nobody_runs_before_its_waker_has_begun(self):
    machine = Machine(64)
    for how in ("word", "tree", "groups"):
      times = many_cores.woken(machine, 0, how)
      self.assertGreaterEqual(times["first"], machine.run)
      self.assertGreaterEqual(times["last"], times["first"])


class ScenarioTest(unittest.TestCase):

  def test_the_same_seed_is_the_same_run(self):
    for _, _, simulate in many_cores.SCENARIOS:
      self.assertEqual(simulate(Machine(32), 3), simulate(Machine(32), 3))

  def test_in_one_group_there_is_nothing_to_part(self):
    machine = Machine(GROUP)
    for scenario in (many_cores.polled, many_cores.joined):
      self.assertEqual(scenario(machine, 1, False), scenario(machine, 1, True))

  def test_who_polls_sees_it_after_it_is_set(self):
    times = many_cores.polled(Machine(64), 0, False)
    self.assertEqual(times["returns"], OWN + ACROSS + OWN)
    self.assertGreater(times["last"], times["returns"])


if __name__ == "__main__":
  unittest.main()

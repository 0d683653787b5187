# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""How long rows of benchmarks.py may take, and how fast the machine is."""

import copy
import math
import statistics
import time
import typing

import benchmarks_page


class Mode(typing.NamedTuple):
  """How long things take. A row runs the repetitions that it has time for."""
  seconds: float  # Of build and rows; and for rows,
  for_rows: float  # however long the build takes.
  first: int  # Repetitions of a row, at least.
  most: int  # And at most: more would change nothing.
  enough: int  # So many don't become more with the time that is left.
  min_time: float  # Of a repetition, in seconds.
  manual_time: float  # Likewise, if it's only a part of what its body takes.
  limit: float  # Of a row, in seconds.
  least: float  # Which a row has also when the time is up.
  highest: float  # Rows of higher values are run only if they are asked for.


WHOLE = Mode(seconds=800, for_rows=400, first=3, most=21, enough=9,
             min_time=0.02, manual_time=0.001, limit=120, least=1,
             highest=math.inf)
QUICK = Mode(seconds=60, for_rows=60, first=1, most=9, enough=1,
             min_time=0.005, manual_time=0.0005, limit=20, least=10,
             highest=benchmarks_page.QUICK_HIGHEST)


class Budget:
  """Deals out the time until a deadline, to each row two equal shares.

  Most rows take less than one. What a row leaves over, or takes too much, goes
  to all those after it.
  """

  def __init__(self, mode, begun, rows, now=time.monotonic):
    self._mode = mode
    self._now = now
    self._start = now()
    self._end = max(begun + mode.seconds, self._start + mode.for_rows)
    self._rows = rows
    self._done = 0
    self._row_start = self._start
    self._share = 0

  def of_the_rest(self, rows):
    """Returns one that deals out to so many rows what is left."""
    budget = copy.copy(self)
    budget._start = self._now()
    budget._rows, budget._done = rows, 0
    return budget

  def begin_row(self):
    """Returns how long the row may take at most."""
    self._row_start = self._now()
    left = self._end - self._row_start
    limit = min(self._mode.limit, max(left / 2, self._mode.least))
    self._share = min(2 * max(left, 0) / (self._rows - self._done), limit)
    return limit

  def more(self, count, last, took):
    """Returns how many repetitions follow those that a row has.

    It has `count`; the last run was of `last` and took so many seconds, of
    which what a run costs beside its repetitions is a part.
    """
    left = self._row_start + self._share - self._now()
    wanted = min(self._mode.most - count, int(last * left / max(took, 1e-9)))
    return wanted if wanted >= last else 0

  def end_row(self):
    self._done += 1

  def rest(self):
    """Returns about how many seconds the other rows take."""
    now = self._now()
    each = (now - self._start) / max(self._done, 1)
    rest = each * (self._rows - self._done)
    left = max(self._end - now, 0)
    return min(rest, left) if self._done else left


def fixed_work():
  """Returns how many seconds it takes, the least of several tries."""
  def once():
    start = time.perf_counter()
    total = 0
    for i in range(40_000):
      total += i * i % 7
    return time.perf_counter() - start
  return min(once() for _ in range(5))


class Pace:
  """How fast the machine is: how long work takes that is always the same."""

  def __init__(self, work=fixed_work):
    self._work = work
    self._times = [work()]

  def since_last(self):
    """Times it anew; returns the longer one of this time and the last."""
    self._times.append(self._work())
    return max(self._times[-2:])

  def slowed(self, seconds):
    """Returns how many times as long that is as it has usually taken so far."""
    return seconds / statistics.median_low(self._times)

  def usually(self):
    """Returns how many times as long as at its best it has usually taken."""
    return 1 / self.slowed(min(self._times))

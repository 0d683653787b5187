#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Simulates an Event on more cores than there are here.

  many_cores.py           writes table and plot of docs/performance.md
  many_cores.py --check   tells whether they are what this would write

What is simulated is who has each cache line, and when: a line goes to one core
at a time, by a way of some length, and whoever changes it is the only one that
has it then. On top of that the steps of the library, as in wait_core.cc and
waiter.cc: each change and each look of theirs, in their order. The rest of what
a core does takes no time. Each figure is the median of some runs, which differ
in when the cores begin; the same each time.

The plot needs matplotlib.
"""

import dataclasses
import heapq
import random
import statistics
import sys

import benchmarks_page
from evidence_page import table

PAGE = "docs/performance.md"
PLOT = "docs/many_cores.svg"
BEGIN = "<!-- many cores: tools/many_cores.py writes what follows -->\n"
END = "<!-- many cores: end -->\n"
RUNS = 9

GROUP = 8  # Cores that share a cache.

# Where a line is fetched from, and nanoseconds until it is there: EPYC 7R13 in
# github.com/nviennot/core-to-core-latency.
NEAR, FAR, ACROSS = 23, 107, 197

# Of the machine of docs/benchmarks: a look at, or a change of, a line that the
# core has (an exchange is half of a row's floor there), x86's `pause`, and a
# system call that does little.
OWN, PAUSE, YIELD = 2, 25, 300

# Of the same: what each of many wakes takes of the caller, and half a round trip
# of two threads that both sleep, on two processors.
WAKE, RUN = 2_500, 19_000

# Rounds of SpinHint().
PAUSES, YIELDS = 12, 4

# Threads that sleep on one word, Waiter::kTogether.
TOGETHER = 32


@dataclasses.dataclass
class Machine:
  """Cores in two sockets, and what a thread costs to wake."""
  cores: int
  wake: float = WAKE  # Of the waker.
  run: float = RUN    # From the beginning of that until the thread runs.

  def way(self, group, other):
    """Returns how long a line is under way between the groups."""
    half = max(self.cores // GROUP // 2, 1)
    if group == other:
      return NEAR
    return FAR if group // half == other // half else ACROSS


class Line:
  """A cache line: which cores have it, and until when it is under way."""

  def __init__(self, core):
    self.free = 0
    self.take(core)

  def take(self, core):
    """The core is the only one that has it."""
    self.owner = core
    self.cores = {core}
    # The groups in which somebody has it, and when the next one there may.
    self.free_in = {core // GROUP: self.free}


class Simulation:
  """Processes are generators that yield when they go on; None: when woken."""

  def __init__(self, machine, seed):
    self.machine = machine
    self.random = random.Random(seed)
    self.now = 0
    self.queue = []
    self.number = 0

  def start(self, process, at):
    self.number += 1
    heapq.heappush(self.queue, (at, self.number, process))

  def run(self):
    while self.queue:
      self.now, _, process = heapq.heappop(self.queue)
      at = next(process, None)
      if at is not None:
        self.start(process, at)

  def look(self, core, line):
    """Returns when the core has read the line."""
    if core in line.cores:
      return self.now + OWN
    line.cores.add(core)
    group = core // GROUP
    if group in line.free_in:
      done = max(self.now, line.free_in[group]) + NEAR
    else:
      way = self.machine.way(line.owner // GROUP, group)
      done = line.free = max(self.now, line.free) + way
    line.free_in[group] = done
    return done

  def change(self, core, line):
    """Returns when the core alone has the line, and has changed it."""
    way = 0
    if len(line.cores) > 1 or core not in line.cores:
      way = max(self.machine.way(core // GROUP, group)
                for group in line.free_in)
    line.free = max(self.now, line.free) + way + OWN
    line.take(core)
    return line.free

  def wake(self, process):
    """Wakes a thread; returns when its waker goes on."""
    self.start(process, self.now + self.machine.run)
    return self.now + self.machine.wake


def shards_of(cores, sharded):
  """Returns the cores of each event: all of one, or those of each group."""
  size = GROUP if sharded else cores
  return [range(first, min(first + size, cores))
          for first in range(0, cores, size)]


# Each returns {what: nanoseconds}.


def polled(machine, seed, sharded):
  """All cores but one ask IsSet() again and again; that one calls Set()."""
  simulation = Simulation(machine, seed)
  returned = []
  seen = []

  def poll(core, word):
    yield simulation.random.random() * PAUSE
    while True:
      yield simulation.look(core, word)
      if word.is_set:
        break
      yield simulation.now + PAUSE
    seen.append(simulation.now - begin)

  def set_all():
    for word in words:
      yield simulation.look(0, word)
      yield simulation.change(0, word)
      word.is_set = True
    returned.append(simulation.now - begin)

  words = []
  for shard in shards_of(machine.cores, sharded):
    word = Line(shard[0])
    word.is_set = False
    word.cores.update(shard)  # Those who have looked before.
    word.free_in = {core // GROUP: 0 for core in shard}
    words.append(word)
    for core in shard[shard[0] == 0:]:
      simulation.start(poll(core, word), 0)
  begin = PAUSE  # By then all poll.
  simulation.start(set_all(), begin)
  simulation.run()
  return {"returns": returned[0], "last": max(seen)}


def joined(machine, seed, sharded):
  """A waiter on each core joins, all within a microsecond."""
  simulation = Simulation(machine, seed)
  ends = {}
  slept = set()
  processes = {}

  def join(core, word):
    spins = 0
    while True:
      yield simulation.look(core, word)
      if not word.locked:
        yield simulation.change(core, word)
        if not word.locked:
          break
      elif spins < PAUSES:
        yield simulation.now + PAUSE
      elif spins < PAUSES + YIELDS:
        yield simulation.now + YIELD
      else:
        yield simulation.change(core, word)
        word.parked = word.locked
        yield simulation.now + YIELD
        if word.locked and word.parked:
          slept.add(core)
          word.sleepers.append(processes[core])
          yield None
      spins += 1
    word.locked = True
    node = Line(core)
    word.nodes.append(node)
    # The links of the first and of the one before.
    for other in dict.fromkeys([word.nodes[0], word.nodes[-2:][0]]):
      yield simulation.change(core, other)
    yield simulation.change(core, word)
    word.locked = False
    sleepers = word.sleepers if word.parked else []
    if word.parked:
      word.parked = False
      word.sleepers = []
    for sleeper in sleepers:
      yield simulation.wake(sleeper)
    ends[core] = simulation.now

  for shard in shards_of(machine.cores, sharded):
    word = Line(shard[0])
    word.locked = word.parked = False
    word.sleepers = []
    word.nodes = []
    for core in shard:
      processes[core] = join(core, word)
      simulation.start(processes[core], simulation.random.random() * 1000)
  simulation.run()
  assert len(ends) == machine.cores
  return {"last": max(ends.values()), "slept": len(slept)}


def groups_of(threads):
  """Returns those whom the caller wakes, and {thread: those whom it wakes}.

  As Waiter::UnparkAll(), PassOn() and Arrange() have it: the caller wakes two,
  the second the third, that the first group, and each of that another group; if
  there are more, so do those of the last of these.
  """
  threads = list(threads)
  groups = {thread: [] for thread in threads}
  if len(threads) > 2:
    groups[threads[1]] = [threads[2]]
    wakers, rest = threads[2:3], threads[3:]
    while rest:
      waker, *wakers = wakers
      groups[waker], rest = rest[:TOGETHER], rest[TOGETHER:]
      wakers = wakers or groups[waker]
  return threads[:2], groups


def woken(machine, seed, how):
  """A thread sleeps on each core but one; that one calls Set()."""
  simulation = Simulation(machine, seed)
  begins = {}
  returned = []
  threads = range(1, machine.cores)
  nodes = {thread: Line(thread) for thread in threads}
  word = Line(1)
  shared = {}  # Of a thread: the word on which it sleeps with others.

  def divided(sleepers):
    """As groups_of(), each of the groups on a word."""
    first, groups = groups_of(sleepers)
    for waker in sleepers[2:]:
      of_group = Line(waker)
      shared.update((thread, of_group) for thread in groups[waker])
    return first, groups

  def arrange(core, mine):
    """Says of each whom it wakes."""
    for thread in mine:
      yield simulation.change(core, nodes[thread])

  def wake_all(core, group, groups):
    for thread in group:
      yield simulation.change(core, nodes[thread])
    if group and group[0] in shared:
      yield simulation.change(core, shared[group[0]])
    for thread in group:
      yield simulation.wake(run_one(thread, groups))

  def run_one(core, groups):
    if core in shared:
      yield simulation.look(core, shared[core])
    yield simulation.look(core, nodes[core])
    if core in sleepers[2:3]:
      yield from arrange(core, sleepers[2:])
    yield from wake_all(core, groups[core], groups)
    if core in members:
      yield from arrange(core, members[core])
      first, below = divided(members[core])
      yield from wake_all(core, first, below)
    begins[core] = simulation.now

  def run_of_word(core):
    yield simulation.look(core, word)
    begins[core] = simulation.now

  def set_event():
    if how == "word":
      yield simulation.change(0, word)
      for thread in threads:
        yield simulation.wake(run_of_word(thread))
    else:
      # One event; or one in each group, and the first waiter of each hands out
      # the rest. The last one on a list knows how many there are.
      events = [word] if how == "tree" else [Line(leader) for leader in members]
      for event in events:
        yield simulation.change(0, event)
        yield simulation.change(0, event)
      yield simulation.look(0, nodes[sleepers[-1]])
      first, groups = divided(sleepers)
      yield from wake_all(0, first, groups)
    returned.append(simulation.now)

  members = {}
  if how == "groups":
    for shard in shards_of(machine.cores, True):
      leader, *others = shard[shard[0] == 0:]
      members[leader] = others
  sleepers = list(members or threads)
  simulation.start(set_event(), 0)
  simulation.run()
  assert len(begins) == len(threads)
  return {"returns": returned[0], "first": min(begins.values()),
          "last": max(begins.values())}


# What is simulated, of which Event, and how. In this order in the table.
SCENARIOS = (
    ("polls", "Event",
     lambda machine, seed: polled(machine, seed, False)),
    ("polls", "an Event in each group",
     lambda machine, seed: polled(machine, seed, True)),
    ("joins", "Event",
     lambda machine, seed: joined(machine, seed, False)),
    ("joins", "an Event in each group",
     lambda machine, seed: joined(machine, seed, True)),
    ("sleeps", "one futex word",
     lambda machine, seed: woken(machine, seed, "word")),
    ("sleeps", "Event",
     lambda machine, seed: woken(machine, seed, "tree")),
    ("sleeps", "an Event in each group",
     lambda machine, seed: woken(machine, seed, "groups")),
)

# Panels: of what, which of its times, and a title.
PANELS = (
    ("joins", "last", "until the last of N has joined"),
    ("polls", "last", "until the last of N that poll sees Set()"),
    ("sleeps", "returns", "inside Set(), N sleep"),
    ("sleeps", "last", "until the last of N that sleep runs"),
)


def measured(simulate, machine):
  """Returns {what: (lower, median, upper)} of the runs."""
  runs = [simulate(machine, seed) for seed in range(RUNS)]
  return {what: statistics.quantiles([run[what] for run in runs], n=4,
                                     method="inclusive") for what in runs[0]}


def page():
  """Returns what the document says of it."""
  rows = []
  for cheaper in (1, 10):
    for what, which, simulate in SCENARIOS:
      if cheaper > 1 and what != "sleeps":
        continue
      row = [f"each {what}" + (f", a wake costs 1/{cheaper}"
                               if cheaper > 1 else ""), which]
      for cores in (64, 256):
        times = measured(simulate, Machine(cores, WAKE / cheaper,
                                           RUN / cheaper))
        row += [benchmarks_page.duration(times[time][1])
                if time in times else "-"
                for time in ("returns", "first", "last")]
      rows.append(row)
  head = ["simulated, on each core a thread", "with"] + [
      f"{cores}: {time}" for cores in (64, 256)
      for time in ("in `Set()`", "first", "last")]
  return (table(head, rows) +
          f"\n![Simulated: an Event on up to 256 cores]"
          f"({PLOT.removeprefix('docs/')})\n")


def plot():
  """Returns what benchmarks_plot draws."""
  found = {}
  for what, which, simulate in SCENARIOS:
    for cores in (8, 16, 32, 64, 128, 256):
      for time, values in measured(simulate, Machine(cores)).items():
        found.setdefault((what, time), {}).setdefault(which, []).append(
            [cores] + [round(value / 1e3, 3) for value in values])
  return {
      "title": "Simulated, not measured: an Event on many cores",
      "peers": ["an Event in each group", "one futex word"],
      "panels": [{
          "title": title, "x": "cores", "y": "microseconds, simulated",
          "series": [{"name": which,
                      "role": "ours" if which == "Event" else "peer",
                      "points": points}
                     for which, points in found[what, time].items()],
      } for what, time, title in PANELS]}


def main():
  with open(PAGE, encoding="utf-8") as file:
    before, begin, rest = file.read().partition(BEGIN)
  written, end, after = rest.partition(END)
  if not end:
    sys.exit(f"{PAGE} has no place for it: {BEGIN}{END}")
  drawing = plot()
  expected = f"\n{page()}\n"
  if sys.argv[1:] == ["--check"]:
    with open(PLOT, encoding="utf-8") as file:
      digest = benchmarks_page.plot_data(file.read())
    if (written, digest) != (expected, benchmarks_page.digest(drawing)):
      sys.exit(f"{PAGE} and {PLOT} are of another simulation; "
               "tools/many_cores.py writes them anew")
    return
  if sys.argv[1:]:
    sys.exit(__doc__)
  import benchmarks_plot  # pylint: disable=import-outside-toplevel
  with open(PLOT, "w", encoding="utf-8") as file:
    file.write(benchmarks_plot.svg(drawing))
  with open(PAGE, "w", encoding="utf-8") as file:
    file.write(before + begin + expected + end + after)


if __name__ == "__main__":
  main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Runs programs of benchmarks row after row, as benchmarks.py asks for it."""

import collections
import json
import math
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import typing

import benchmarks_page
import evidence
from benchmarks_budget import Budget, Pace
from benchmarks_build import say

# What Google Benchmark says of a repetition beside the benchmark's counters.
KNOWN = {
    "name", "family_index", "per_family_instance_index", "run_name", "run_type",
    "repetitions", "repetition_index", "threads", "iterations", "real_time",
    "cpu_time", "time_unit", "label", "error_occurred", "error_message",
    "skipped", "skip_message", "items_per_second", "bytes_per_second"
}
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}

# What a scenario consists of, and of what type that is.
SCENARIO = {
    "name": str, "title": str, "argument": (str, type(None)), "values": list,
    "measure": str, "per": (str, type(None)), "floor": str,
    "contenders": list, "roles": dict, "most": dict, "targets": list
}


class Failed(Exception):
  """Why a row, or a part of it, has no figures."""


class TooLong(Failed):
  """That it has taken all the time that it had."""


def run(command, limit):
  """Runs it, for so many seconds at most; returns what it prints.

  What it has started ends with it.
  """
  with tempfile.TemporaryFile("w+") as output, \
       tempfile.TemporaryFile("w+") as errors:
    try:
      process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=output, stderr=errors,
                                 start_new_session=True)
    except OSError as error:
      raise Failed(f"cannot be run: {error.strerror}") from error
    try:
      code = process.wait(limit)
    except subprocess.TimeoutExpired as error:
      raise TooLong(f"did not end within {limit:.0f} s") from error
    finally:
      if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code != 0:
      errors.seek(0)
      said = errors.read().strip().split("\n")[-1]
      raise Failed(f"ended with {code}" + (f": {said}" if said else ""))
    output.seek(0)
    return output.read()


def full_disk(directory):
  """Returns what to do if the disk is full, else nothing."""
  if shutil.disk_usage(directory).free >= 2**20:
    return ""
  return (f"; the disk of {directory} is full, so make room there, or set "
          "TMPDIR to where there is some")


def require(condition, what):
  if not condition:
    raise Failed(what)


def check_scenario(scenario, ours):
  for key, kind in SCENARIO.items():
    require(isinstance(scenario.get(key), kind), f"{key!r} is wrong")
  contenders = scenario["contenders"]
  require(scenario["floor"] in contenders, "the floor is no contender")
  roles = scenario["roles"]
  require(roles.keys() == set(contenders) - {ours},
          "roles are not those of all contenders but ours")
  for name, role in roles.items():
    require(role in benchmarks_page.ROLES, f"{name} has no role {role!r}")
  require(scenario["measure"] in ("cpu", "real", "manual"),
          f"there is no measure {scenario['measure']!r}")
  require((scenario["argument"] is None) == (not scenario["values"]),
          "values and argument don't go together")
  for target in scenario["targets"]:
    require(target["value"] in (scenario["values"] or [None]),
            f"a target is of {target['value']}, which is not run")
    require(target["baseline"] in contenders,
            f"a target is against {target['baseline']}, which is not run")
    require(target["ratio"] > 0, "a target is not above 0")


def scenarios_of(program):
  """Returns {"name", "ours", "scenarios"} of what it prints for --scenarios."""
  name = os.path.basename(program)
  try:
    printed = json.loads(run([program, "--scenarios"], 60))
    found = {"name": name, "ours": printed["ours"],
             "scenarios": printed["scenarios"]}
    for scenario in found["scenarios"]:
      try:
        check_scenario(scenario, found["ours"])
      except Failed as failed:
        raise Failed(f"of {scenario.get('name')}: {failed}") from failed
    return found
  except (ValueError, KeyError, TypeError, AttributeError) as error:
    raise Failed(f"{name} --scenarios: no scenarios as JSON ({error!r})"
                 ) from error
  except Failed as failed:
    raise Failed(f"{name} --scenarios: {failed}") from failed


def figures_in(path):
  """Returns the figures in a file."""
  try:
    figures = json.loads(evidence.read(path))
    for program in figures["programs"]:
      for scenario in program["scenarios"]:
        check_scenario(scenario, program["ours"])
    return figures
  except OSError as error:
    raise Failed(f"{path} cannot be read: {error.strerror}") from error
  except (ValueError, KeyError, TypeError, AttributeError) as error:
    raise Failed(f"{path} has no figures as JSON ({error!r})") from error
  except Failed as failed:
    raise Failed(f"{path} has figures of other scenarios: {failed}"
                 ) from failed


def of_benchmark(scenario, value):
  """Returns the pattern of the names of a row's benchmarks, by contender."""
  argument = "" if value is None else f"/{scenario['argument']}:{value}"
  return lambda contenders: (
      f"^BM_{scenario['name']}({contenders}){argument}(/.*)?$")


def repetitions_in(text, scenario, value):
  """Returns ({contender: (times, {counter: values})}, errors, context).

  The text is Google Benchmark's JSON.
  """
  try:
    output = json.loads(text)
    runs, context = output["benchmarks"], output["context"]
  except (ValueError, KeyError, TypeError) as error:
    raise Failed("its figures are no JSON of Google Benchmark" +
                 full_disk(tempfile.gettempdir())) from error
  key = "cpu_time" if scenario["measure"] == "cpu" else "real_time"
  pattern = of_benchmark(scenario, value)
  found, errors = {}, []
  for contender in scenario["contenders"]:
    name = re.compile(pattern(re.escape(contender)))
    times, counters = [], collections.defaultdict(list)
    for one in runs:
      if one.get("run_type") != "iteration" or not name.match(one["run_name"]):
        continue
      if one.get("error_occurred") or one.get("skipped"):
        errors.append(f"{contender}: " + (one.get("error_message") or
                                          one.get("skip_message", "an error")))
        continue
      times.append(one[key] * NANOSECONDS[one["time_unit"]])
      for counter, number in one.items():
        if counter not in KNOWN and isinstance(number, (int, float)):
          counters[counter].append(number)
    if times and min(times) > 0:
      found[contender] = times, counters
  return found, errors, context


class Row(typing.NamedTuple):
  """What is run: of a program, a scenario with one value."""
  path: str
  scenario: dict
  value: typing.Optional[int]

  @property
  def name(self):
    return benchmarks_page.row_name(self.scenario, self.value)

  @property
  def has_targets(self):
    return any(target["value"] == self.value
               for target in self.scenario["targets"])


def run_row(row, repetitions, min_time, limit):
  """Runs a row; returns what repetitions_in() does."""
  scenario = row.scenario
  with tempfile.TemporaryDirectory() as directory:
    out = os.path.join(directory, "out.json")
    run([row.path,
         "--benchmark_filter=" + of_benchmark(scenario, row.value)(
             "|".join(scenario["contenders"])),
         f"--benchmark_repetitions={repetitions}",
         f"--benchmark_min_time={min_time:g}",
         "--benchmark_enable_random_interleaving=true",
         "--benchmark_report_aggregates_only=false",
         f"--benchmark_out={out}", "--benchmark_out_format=json"], limit)
    try:
      text = evidence.read(out)
    except (OSError, ValueError):
      text = ""
    return repetitions_in(text, scenario, row.value)


def clock(seconds):
  minutes, rest = divmod(round(seconds), 60)
  return f"{minutes}:{rest:02}"


class Runs:
  """What runs of a row have found."""

  def __init__(self):
    self.found = {}  # {contender: (times, {counter: values})}
    self.errors = []
    self.count = 0  # Of repetitions.
    self.last = 0  # Of the last run, which took so many seconds:
    self.took = 0.0
    self.pace = 0.0  # The longest that Pace.since_last() has returned.

  def add(self, others):
    for contender, (times, counters) in others.found.items():
      all_times, all_counters = self.found.setdefault(
          contender, ([], collections.defaultdict(list)))
      all_times += times
      for counter, values in counters.items():
        all_counters[counter] += values
    self.add_errors(others.errors)
    self.count += others.count
    self.last, self.took = others.last, others.took
    self.pace = max(self.pace, others.pace)

  def add_errors(self, errors):
    self.errors += [error for error in errors if error not in self.errors]

  def note(self, row):
    """Returns what is wrong with them, or nothing."""
    if self.errors:
      return "; ".join(self.errors)
    most = row.scenario["most"]
    lacking = [name for name in row.scenario["contenders"]
               if name not in self.found
               and (row.value or 0) <= most.get(name, math.inf)]
    return f"nothing of {', '.join(lacking)}" if lacking else ""

  def figures(self, row, slowed):
    """Returns what the figures have of the row."""
    note = self.note(row)
    return {
        "value": row.value, "slowed": slowed,
        "contenders": {name: benchmarks_page.measured(*self.found[name])
                       for name in row.scenario["contenders"]
                       if name in self.found},
    } | ({"note": note} if note else {})


class Measuring:
  """Measures rows in the time that there is."""

  def __init__(self, rows, mode, begun, pace, now=time.monotonic):
    self.context = {}  # Of Google Benchmark.
    self._rows = rows
    self._mode = mode
    self._begun = begun
    self._pace = pace
    self._now = now
    self._budget = Budget(mode, begun, len(rows), now)
    self._runs = []  # Of each row.

  def figures(self):
    """Measures all; returns the figures of each row."""
    for number, row in enumerate(self._rows, 1):
      self._say(f"row {number} of {len(self._rows)}", row)
      runs = self._measure(row)
      self._runs.append(runs)
      note = runs.note(row)
      if note:
        say(f"{row.name}: {note}")
    self._measure_slow_anew()
    self._measure_more_of_few()
    return [runs.figures(row, self._slowed(runs))
            for row, runs in zip(self._rows, self._runs)]

  def _say(self, what, row):
    elapsed = clock(self._now() - self._begun)
    say(f"{what}, {elapsed} elapsed, about {clock(self._budget.rest())} left: "
        f"{row.name}")

  def _slowed(self, runs):
    return round(self._pace.slowed(runs.pace), 2)

  def _run(self, row, repetitions, limit):
    """Returns the Runs of so many repetitions, which take `limit` at most."""
    start = self._now()
    runs = Runs()
    min_time = (self._mode.manual_time if row.scenario["measure"] == "manual"
                else self._mode.min_time)
    try:
      runs.found, runs.errors, self.context = run_row(
          row, repetitions, min_time, limit)
    except TooLong:
      raise
    except Failed as failed:
      runs.errors = [str(failed)]
    runs.took = self._now() - start
    runs.count = runs.last = repetitions
    return runs

  def _measure(self, row):
    """Returns the Runs that it has time for."""
    end = self._now() + self._budget.begin_row()
    all_runs = Runs()
    repetitions = self._mode.first
    try:
      while repetitions:
        runs = self._run(row, repetitions, end - self._now())
        all_runs.add(runs)
        repetitions = runs.found and self._budget.more(
            all_runs.count, runs.last, runs.took)
    except TooLong as failed:
      # What has been run before counts.
      if not all_runs.found:
        all_runs.errors.append(str(failed))
    self._budget.end_row()
    all_runs.pace = self._pace.since_last()
    return all_runs

  def _run_again(self, wanted, what):
    """Runs rows for which there is time; yields (index, Runs) of each.

    `wanted`: (index, how many repetitions of it count as there already).
    """
    self._budget = self._budget.of_the_rest(len(wanted))
    for index, count in wanted:
      row, before = self._rows[index], self._runs[index]
      limit = self._budget.begin_row()
      repetitions = self._budget.more(count, before.last, before.took)
      if repetitions:
        self._say(what, row)
        try:
          runs = self._run(row, repetitions, limit)
          runs.pace = self._pace.since_last()
          yield index, runs
        except TooLong:
          self._pace.since_last()
      self._budget.end_row()

  def _measure_slow_anew(self):
    """Replaces those during which the machine was slow, the slowest first."""
    slow = sorted((index for index, runs in enumerate(self._runs)
                   if runs.found and benchmarks_page.is_slow(self._slowed(runs))),
                  key=lambda index: -self._runs[index].pace)
    for index, anew in self._run_again([(index, 0) for index in slow],
                                       "anew, since the machine was slow"):
      before = self._runs[index]
      if anew.errors:
        before.add_errors(anew.errors)
      elif (anew.pace < before.pace and
            anew.count >= min(before.count, self._mode.enough)):
        self._runs[index] = anew

  def _measure_more_of_few(self):
    """Adds to those that have targets and few repetitions."""
    few = [(index, runs.count)
           for index, (row, runs) in enumerate(zip(self._rows, self._runs))
           if runs.found and row.has_targets and runs.count < self._mode.enough]
    for index, more in self._run_again(few, "more of it"):
      runs = self._runs[index]
      if self._slowed(more) <= max(self._slowed(runs), benchmarks_page.SLOW):
        runs.add(more)
      else:
        runs.add_errors(more.errors)


def measure_all(programs, mode, only, begun):
  """Measures what programs have.

  Returns ([program of the figures], context of Google Benchmark, how many times
  as long as at its best the machine has usually taken).
  """
  found = [scenarios_of(program) for program in programs]
  highest = math.inf if only else mode.highest
  rows = [row for path, program in zip(programs, found)
          for scenario in program["scenarios"]
          for value in scenario["values"] or [None]
          for row in [Row(path, scenario, value)]
          if (value or 0) <= highest and re.search(only, row.name)]
  require(rows, f"there is no row that matches {only!r}" if only else
          "there are no scenarios")
  pace = Pace()
  measuring = Measuring(rows, mode, begun, pace)
  figures = measuring.figures()
  for program in found:
    for scenario in program["scenarios"]:
      scenario["rows"] = [of_row for row, of_row in zip(rows, figures)
                          if row.scenario is scenario]
    program["scenarios"] = [scenario for scenario in program["scenarios"]
                            if scenario["rows"]]
  return ([program for program in found if program["scenarios"]],
          measuring.context, round(pace.usually(), 2))

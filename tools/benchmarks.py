#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Measures what the library costs, and writes docs/benchmarks/.

  benchmarks.py [--quick] [--only=REGEX] [--out=DIRECTORY] [PROGRAM]...

builds the benchmarks, optimized, and runs row after row of what they print for
--scenarios, in less than a quarter of an hour. Then it writes all figures
(benchmarks.json), the page that shows them (README.md) and its plots, and the
block in the README of the repository. It installs matplotlib where that is
missing. Half of the time is for the rows: where installing and building take
more than the other half, as they may once on a new machine, all takes so much
longer. Nothing else should run on the machine. A row that fails has a note on
the page, and makes this end with 1.

  --quick           takes two minutes, of which half is for the rows: fewer and
                    shorter repetitions
  --only=REGEX      runs those rows whose names it is found in
  --out=DIRECTORY   writes there, and leaves README as it is
  PROGRAM           is run in place of what is in the tree

  benchmarks.py --from=FILE [--out=DIRECTORY]

runs nothing, and writes the same of the figures in FILE.

  benchmarks.py --check [PROGRAM]...

runs nothing. It fails unless page, plots and README are those of the figures,
and the figures are good to be published and about the scenarios that the
programs have.
"""

import argparse
import collections
import datetime
import errno
import glob
import json
import math
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing

import benchmarks_build
import benchmarks_page
import evidence
from benchmarks_build import say

DIRECTORY = "docs/benchmarks"
FIGURES = "benchmarks.json"
README = "README.md"

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


class Mode(typing.NamedTuple):
  """How long things take. A row runs the repetitions that it has time for."""
  seconds: float  # All of it, unless the build takes more than half.
  first: int  # Repetitions of a row, at least.
  most: int  # And at most: more would change nothing.
  min_time: float  # Of a repetition, in seconds.
  manual_time: float  # Likewise, if it's only a part of what its body takes.
  limit: float  # Of a row, in seconds.


WHOLE = Mode(seconds=800, first=3, most=21, min_time=0.02, manual_time=0.001,
             limit=120)
QUICK = Mode(seconds=100, first=1, most=9, min_time=0.005, manual_time=0.0005,
             limit=20)

# Of the time, what is left for rows however long the build takes.
FOR_ROWS = 0.5


class Budget:
  """Deals out the time until a deadline, to each row two equal shares.

  Most rows take less than one. What a row leaves over, or takes too much, goes
  to all those after it.
  """

  def __init__(self, mode, begun, rows, now=time.monotonic):
    self._mode = mode
    self._now = now
    self._start = now()
    self._end = max(begun + mode.seconds,
                    self._start + FOR_ROWS * mode.seconds)
    self._rows = rows
    self._done = 0
    self._row_start = self._start
    self._share = 0

  def begin_row(self):
    """Returns how long the row may take at most."""
    self._row_start = self._now()
    left = self._end - self._row_start
    limit = min(self._mode.limit, max(left / 2, 1))
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
      raise Failed(f"did not end within {limit:.0f} s") from error
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


def run_row(program, scenario, value, repetitions, min_time, limit):
  """Runs a row; returns what repetitions_in() does."""
  with tempfile.TemporaryDirectory() as directory:
    out = os.path.join(directory, "out.json")
    run([program,
         "--benchmark_filter=" +
         of_benchmark(scenario, value)("|".join(scenario["contenders"])),
         f"--benchmark_repetitions={repetitions}",
         f"--benchmark_min_time={min_time:g}",
         "--benchmark_enable_random_interleaving=true",
         "--benchmark_report_aggregates_only=false",
         f"--benchmark_out={out}", "--benchmark_out_format=json"], limit)
    try:
      text = evidence.read(out)
    except (OSError, ValueError):
      text = ""
    return repetitions_in(text, scenario, value)


def measure_row(program, scenario, value, mode, budget):
  """Returns (row of the figures, context of Google Benchmark or None)."""
  limit = time.monotonic() + budget.begin_row()
  min_time = (mode.manual_time if scenario["measure"] == "manual" else
              mode.min_time)
  pooled = {}
  errors = []
  context = None
  count, last = 0, mode.first
  try:
    while last:
      start = time.monotonic()
      found, wrong, context = run_row(program, scenario, value, last,
                                      min_time, limit - start)
      for contender, (times, counters) in found.items():
        all_times, all_counters = pooled.setdefault(
            contender, ([], collections.defaultdict(list)))
        all_times += times
        for counter, values in counters.items():
          all_counters[counter] += values
      errors += [error for error in wrong if error not in errors]
      count += last
      last = budget.more(count, last, time.monotonic() - start)
  except Failed as failed:
    # What has been run before counts, if this only took too long.
    if not pooled or not isinstance(failed.__cause__,
                                    subprocess.TimeoutExpired):
      errors.append(str(failed))
  finally:
    budget.end_row()
  lacking = [name for name in scenario["contenders"] if name not in pooled
             and (value or 0) <= scenario["most"].get(name, math.inf)]
  if lacking and not errors:
    errors.append(f"nothing of {', '.join(lacking)}")
  row = {"value": value, "contenders": {
      contender: benchmarks_page.measured(*pooled[contender])
      for contender in scenario["contenders"] if contender in pooled}}
  return row | ({"note": "; ".join(errors)} if errors else {}), context


def clock(seconds):
  return f"{seconds // 60:.0f}:{seconds % 60:02.0f}"


def measure_all(programs, mode, only, begun):
  """Returns ([program of the figures], context of Google Benchmark)."""
  found = [scenarios_of(program) for program in programs]
  rows = [(path, program, scenario, value)
          for path, program in zip(programs, found)
          for scenario in program["scenarios"]
          for value in scenario["values"] or [None]
          if re.search(only, benchmarks_page.row_name(scenario, value))]
  require(rows, f"there is no row that matches {only!r}" if only else
          "there are no scenarios")
  for program in found:
    for scenario in program["scenarios"]:
      scenario["rows"] = []
  budget = Budget(mode, begun, len(rows))
  context = {}
  for number, (path, program, scenario, value) in enumerate(rows, 1):
    name = benchmarks_page.row_name(scenario, value)
    say(f"row {number} of {len(rows)}, {clock(time.monotonic() - begun)} "
        f"elapsed, about {clock(budget.rest())} left: {name}")
    row, of_row = measure_row(path, scenario, value, mode, budget)
    scenario["rows"].append(row)
    context = of_row or context
    if "note" in row:
      say(f"{name}: {row['note']}")
  for program in found:
    program["scenarios"] = [scenario for scenario in program["scenarios"]
                            if scenario["rows"]]
  return [program for program in found if program["scenarios"]], context


def processors_time():
  """Returns (time in which the processors were idle, all time)."""
  first = evidence.read("/proc/stat").split("\n", maxsplit=1)[0]
  times = [int(word) for word in first.split()[1:9]]
  return times[3] + times[4], sum(times)


def busy(seconds):
  """Returns the part of the processors' time that others use now."""
  idle, total = processors_time()
  time.sleep(seconds)
  idle_after, total_after = processors_time()
  part = 1 - (idle_after - idle) / max(total_after - total, 1)
  return round(max(part, 0), 3)


def processor():
  found = re.search(r"^model name\s*: (.*)$", evidence.read("/proc/cpuinfo"),
                    re.M)
  return found[1] if found else "of unknown model"


def commit():
  try:
    return evidence.commit((DIRECTORY, README))
  except (OSError, subprocess.CalledProcessError):
    return "unknown"


def measure(options, mode, begun):
  """Builds and runs; returns the figures."""
  facts = {"benchmark_version": None, "absl_version": None, "compiler": None,
           "flags": None}
  programs = options.programs
  if not programs:
    programs, facts = benchmarks_build.build()
  others = busy(1)
  if others > 0.05:
    say(f"something else takes {others:.0%} of the processors' time; figures "
        "are better without it")
  found, context = measure_all(programs, mode, options.only, begun)
  return {
      "context": {
          "date": datetime.date.today().isoformat(),
          "commit": commit(),
          "machine": evidence.machine(),
          "processor": processor(),
          "kernel": ".".join(platform.release().split(".")[:2]),
          "compiler": facts["compiler"],
          "flags": facts["flags"],
          "benchmark_version": context.get("library_version", "").lstrip("v") or
                               facts["benchmark_version"],
          "absl_version": facts["absl_version"],
          "benchmark_build": context.get("library_build_type", "unknown"),
          "scaling": context.get("cpu_scaling_enabled", False),
          "busy": others,
          "quick": options.quick,
          "only": options.only,
      },
      "programs": found,
  }


def as_json(figures):
  """Returns it as text: a line for each list of times."""
  text = json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False)
  return re.sub(r"\[[\d.,e+\s-]+\]",
                lambda found: f"[{' '.join(found[0][1:-1].split())}]",
                text) + "\n"


def rendered(figures, directory, readme):
  """Returns {path: text} of what is written but for the plots.

  `readme`: the text of the repository's README; None leaves it out.
  """
  texts = {os.path.join(directory, FIGURES): as_json(figures),
           os.path.join(directory, "README.md"): benchmarks_page.page(figures)}
  if readme is not None:
    texts[README] = benchmarks_page.readme(readme, figures, directory)
  return texts


def drawn(figures, directory):
  """Returns {path: text} of the plots."""
  import benchmarks_plot  # pylint: disable=import-outside-toplevel
  return {os.path.join(directory, plot["file"]): benchmarks_plot.svg(plot)
          for plot in benchmarks_page.plots(figures)}


def write(texts):
  """Writes all of {path: text}; where that is not possible, none of it."""
  new = {path: path + ".new" for path in texts}
  try:
    for path, text in texts.items():
      os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
      pathlib.Path(new[path]).write_text(text, encoding="utf-8")
  except BaseException:
    for path in new.values():
      pathlib.Path(path).unlink(missing_ok=True)
    raise
  for path in texts:
    os.replace(new[path], path)


def publish(figures, out):
  directory = out or DIRECTORY
  texts = rendered(figures, directory, None if out else evidence.read(README))
  texts |= drawn(figures, directory)
  write(texts)
  for path in glob.glob(os.path.join(directory, "*.svg")):
    if path not in texts:
      os.remove(path)
  say(f"{directory}/README.md is written")


def saved(figures):
  """Keeps figures that could not be published; says how to do it later."""
  try:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", suffix=".json", prefix="benchmarks-",
        delete=False) as file:
      file.write(as_json(figures))
    return f"then `tools/benchmarks.py --from={file.name}` writes it"
  except OSError:
    return "and run this again"


def update(options, begun):
  if not options.out:
    # That it has a place for the block, before it takes long.
    benchmarks_page.split(evidence.read(README))
  if options.figures:
    figures = json.loads(evidence.read(options.figures))
  else:
    figures = measure(options, QUICK if options.quick else WHOLE, begun)
  try:
    publish(figures, options.out)
  except OSError as error:
    todo = "make room there" if error.errno == errno.ENOSPC else "mend that"
    sys.exit(f"benchmarks: cannot write the report: {error}. What was there "
             f"before is whole; {todo}, {saved(figures)}")
  failed = [row.name for row in benchmarks_page.rows(figures)
            if "note" in row.row]
  if failed:
    sys.exit(f"benchmarks: rows that lack figures, as the page says: "
             f"{', '.join(failed)}")


def unmeasured(figures):
  """Yields where medians and quartiles are not those of the repetitions."""
  for row in benchmarks_page.rows(figures):
    for name, one in row.row["contenders"].items():
      again = benchmarks_page.measured(one["times"], {})
      if any(one[key] != again[key] for key in ("q1", "median", "q3")):
        yield f"{row.name}: the median of {name} is not that of its repetitions"


def unpublishable(figures):
  """Yields why the figures are not to be published."""
  context = figures["context"]
  if context["quick"] or context["only"]:
    yield "the figures are not those of a whole run"
  if context["benchmark_build"] != "release":
    yield "Google Benchmark was a debug build"
  for row in benchmarks_page.rows(figures):
    if "note" in row.row:
      yield f"{row.name} lacks figures: {row.row['note']}"


def targets_of(programs):
  """Returns a line for each scenario and each of its targets."""
  return [line for program in programs for scenario in program["scenarios"]
          for line in [f"{program['name']} {scenario['name']}"] +
          [f"{program['name']} "
           f"{benchmarks_page.row_name(scenario, target['value'])} at most "
           f"{target['ratio']:g} of {target['baseline']}"
           for target in scenario["targets"]]]


def stale(figures, directory, readme):
  """Yields how page, plots and README are not those of the figures."""
  try:
    texts = rendered(figures, directory, readme)
  except benchmarks_page.NoPlace as error:
    yield str(error)
    texts = rendered(figures, directory, None)
  for path, text in texts.items():
    if not os.path.exists(path) or evidence.read(path) != text:
      yield f"{path} is not that of the figures"
  plots = {os.path.join(directory, plot["file"]): benchmarks_page.digest(plot)
           for plot in benchmarks_page.plots(figures)}
  there = {path: benchmarks_page.plot_data(evidence.read(path))
           for path in glob.glob(os.path.join(directory, "*.svg"))}
  for path in sorted(plots.keys() | there.keys()):
    if plots.get(path) != there.get(path):
      yield f"{path} is not that of the figures"


def check(programs):
  path = os.path.join(DIRECTORY, FIGURES)
  if not os.path.exists(path):
    sys.exit(f"{path} is missing: run tools/benchmarks.py")
  figures = json.loads(evidence.read(path))
  measured = [*unmeasured(figures), *unpublishable(figures)]
  if programs:
    measured += (
        line for line in evidence.differences(
            "scenario or target", targets_of(figures["programs"]),
            targets_of(map(scenarios_of, programs)))
        # A machine with one processor, or without a peer, has fewer targets.
        if not re.match("there is no .* at most ", line))
  written = [*stale(figures, DIRECTORY, evidence.read(README))]
  if measured or written:
    sys.exit("\n".join(measured + written) + "\nrun tools/benchmarks.py" +
             ("" if measured else f" --from={path}"))


def parsed(arguments):
  parser = argparse.ArgumentParser(
      description=__doc__, allow_abbrev=False, usage=argparse.SUPPRESS,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  hidden = {"help": argparse.SUPPRESS}
  parser.add_argument("--quick", action="store_true", **hidden)
  parser.add_argument("--only", default="", **hidden)
  parser.add_argument("--out", **hidden)
  parser.add_argument("--from", dest="figures", **hidden)
  parser.add_argument("--check", action="store_true", **hidden)
  parser.add_argument("programs", nargs="*", metavar="PROGRAM", **hidden)
  options = parser.parse_args(arguments)
  try:
    re.compile(options.only)
  except re.error as error:
    parser.error(f"--only={options.only} is no regular expression: {error}")
  for name in ("out", "figures"):
    if getattr(options, name):
      setattr(options, name, os.path.abspath(getattr(options, name)))
  options.programs = [os.path.abspath(path) for path in options.programs]
  return options


def interrupt(*_):
  raise KeyboardInterrupt


def main():
  begun = time.monotonic()
  options = parsed(sys.argv[1:])
  try:
    if options.check:
      check(options.programs)
      return
    signal.signal(signal.SIGTERM, interrupt)
    # First of all, since it may begin anew.
    benchmarks_build.need_plotter()
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    update(options, begun)
  except (Failed, benchmarks_page.NoPlace) as failed:
    sys.exit(f"benchmarks: {failed}; nothing is written")
  except KeyboardInterrupt:
    say("interrupted; nothing is written, and what was there before is whole")
    sys.exit(130)


if __name__ == "__main__":
  main()

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
longer. Time that is left is for rows during which the machine was slow, which
are measured anew, and for those with targets and few repetitions. Nothing else
should run on the machine. A row that fails has a note on the page, and makes
this end with 1.

  --quick           takes two minutes, of which half is for the rows: fewer and
                    shorter repetitions, and without --only no rows of more than
                    100,000, such as of a million coroutines
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
import datetime
import errno
import glob
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time

import benchmarks_budget
import benchmarks_build
import benchmarks_page
import benchmarks_run
import evidence
from benchmarks_build import say

DIRECTORY = "docs/benchmarks"
FIGURES = "benchmarks.json"
README = "README.md"


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


def measure(options, begun):
  """Builds and runs; returns the figures."""
  mode = benchmarks_budget.QUICK if options.quick else benchmarks_budget.WHOLE
  facts = {"benchmark_version": None, "absl_version": None, "compiler": None,
           "flags": None}
  programs = options.programs
  if not programs:
    programs, facts = benchmarks_build.build()
  others = busy(1)
  if others > 0.05:
    say(f"something else takes {others:.0%} of the processors' time; figures "
        "are better without it")
  found, context, usually_slowed = benchmarks_run.measure_all(
      programs, mode, options.only, begun)
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
          "usually_slowed": usually_slowed,
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
    figures = benchmarks_run.figures_in(options.figures)
  else:
    figures = measure(options, begun)
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


def lines_of(programs):
  """Returns a line for each scenario, and each of its roles and targets."""
  return [line for program in programs for scenario in program["scenarios"]
          for line in [f"{program['name']} {scenario['name']}"] +
          [f"{program['name']} {scenario['name']} with {name} as {role}"
           for name, role in scenario["roles"].items()] +
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
  figures = benchmarks_run.figures_in(path)
  measured = [*unmeasured(figures), *unpublishable(figures)]
  if programs:
    measured += (
        line for line in evidence.differences(
            "scenario, role or target", lines_of(figures["programs"]),
            lines_of(map(benchmarks_run.scenarios_of, programs)))
        # A machine with one processor, or without a peer, has fewer.
        if not re.match("there is no .* (at most|as peer)", line))
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
  if options.check and (options.quick or options.only or options.out or
                        options.figures):
    parser.error("--check takes nothing but programs")
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
  except (benchmarks_run.Failed, benchmarks_page.NoPlace) as failed:
    sys.exit(f"benchmarks: {failed}; nothing is written")
  except KeyboardInterrupt:
    say("interrupted; nothing is written, and what was there before is whole")
    sys.exit(130)


if __name__ == "__main__":
  main()

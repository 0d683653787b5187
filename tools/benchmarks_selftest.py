# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks.py, benchmarks_page.py and benchmarks_build.py."""

import contextlib
import copy
import errno
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import types
import unittest
from unittest import mock

import benchmarks
import benchmarks_build
import benchmarks_page as page

# A program with one benchmark a contender: what it prints is in a file beside
# it, by contender: times of the repetitions in turn, or what goes wrong.
FAKE = '''#!/usr/bin/env python3
import json, os, re, signal, sys
config = json.load(open(__file__ + ".json"))
flags = dict(flag.lstrip("-").split("=", 1) for flag in sys.argv[1:]
             if "=" in flag)
with open(__file__ + ".log", "a") as log:
  log.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1:] == ["--scenarios"]:
  print(config["prints"])
  sys.exit()
out = flags["benchmark_out"]
runs = []
for name, does in config["benchmarks"].items():
  if not re.search(flags["benchmark_filter"], name):
    continue
  if does == "crash":
    print("not a measurement: it lied", file=sys.stderr)
    sys.exit(3)
  if does == "hang":
    signal.pause()
  if does == "truncated":
    open(out, "w").write('{"context": {')
    sys.exit()
  run = {"name": name, "run_name": name, "run_type": "iteration",
         "iterations": 7, "threads": 1, "time_unit": "us"}
  if does == "error":
    runs.append(run | {"error_occurred": True, "error_message": "no luck"})
    continue
  for i in range(int(flags["benchmark_repetitions"])):
    time = does["times"][i % len(does["times"])]
    runs.append(run | {"real_time": time, "cpu_time": 2 * time}
                | does.get("counters", {}))
  runs.append(run | {"name": name + "_median", "run_type": "aggregate",
                     "real_time": 1e9, "cpu_time": 1e9})
json.dump({"context": {"library_build_type": "release",
                       "library_version": "v1.9.5", "host_name": "secret"},
           "benchmarks": runs}, open(out, "w"))
'''

LOOK = {
    "name": "Look", "title": "a look", "argument": None, "values": [],
    "measure": "cpu", "per": None, "floor": "AtomicFlag",
    "contenders": ["AtomicFlag", "Event", "MutexCondVar"], "most": {},
    "targets": [{"value": None, "ratio": 1.05, "baseline": "AtomicFlag"},
                {"value": None, "ratio": 0.25, "baseline": "MutexCondVar"}],
}
BROADCAST = {
    "name": "BroadcastCoroutines", "title": "set", "argument": "coroutines",
    "values": [1, 100], "measure": "manual", "per": "coroutines",
    "floor": "List", "contenders": ["List", "Event"], "most": {},
    "targets": [{"value": 100, "ratio": 1.25, "baseline": "List"}],
}
BENCHMARKS = {
    "BM_LookAtomicFlag": {"times": [1]},
    "BM_LookEvent": {"times": [1]},
    "BM_LookMutexCondVar": {"times": [5]},
    # Names that begin like others.
    "BM_LookEventually": {"times": [99]},
    "BM_BroadcastCoroutinesList/coroutines:1/manual_time": {"times": [2]},
    "BM_BroadcastCoroutinesEvent/coroutines:1/manual_time":
        {"times": [1, 2, 3], "counters": {"lost": 0.5}},
    "BM_BroadcastCoroutinesList/coroutines:100/manual_time": {"times": [200]},
    "BM_BroadcastCoroutinesEvent/coroutines:100/manual_time": {"times": [300]},
}

README = f"# sync\n\n{page.BEGIN}old\n{page.END}\n## More\n"


def measured(*times, **counters):
  return page.measured(times, {key: [one] for key, one in counters.items()})


def figures_of(*scenarios, ours="Event", **context):
  return {
      "context": {
          "date": "2026-11-26", "commit": "abc", "machine": "2 cores",
          "processor": "a processor", "kernel": "6.1", "compiler": "g++",
          "flags": "-O2", "benchmark_version": "1.7.1",
          "benchmark_build": "release", "scaling": False, "busy": 0.0,
          "quick": False, "only": "",
      } | context,
      "programs": [{"name": "event_benchmark", "ours": ours,
                    "scenarios": list(scenarios)}],
  }


def with_rows(scenario, *rows):
  """The rows: {contender: measured}, one for each value."""
  values = scenario["values"] or [None]
  return scenario | {"rows": [{"value": value, "contenders": row}
                              for value, row in zip(values, rows)]}


def only_row(scenario, ours="Event"):
  (row,) = page.rows(figures_of(scenario, ours=ours))
  return row


def look(event, flag=(10,), mutex=(50,)):
  return with_rows(LOOK, {"AtomicFlag": measured(*flag),
                          "Event": measured(*event),
                          "MutexCondVar": measured(*mutex)})


def look_with_bare_event():
  """A look of 20 ns; the floor's is of 10, and BareEvent's of 8."""
  row = look([20])["rows"][0]["contenders"] | {"BareEvent": measured(8)}
  return with_rows(LOOK | {"contenders": [*LOOK["contenders"], "BareEvent"]},
                   row)


class Scratch(unittest.TestCase):
  """A test that runs in a directory of its own, with fake programs in it."""

  def setUp(self):
    super().setUp()
    self.directory = pathlib.Path(
        tempfile.mkdtemp(dir=os.environ["TEST_TMPDIR"]))
    self.addCleanup(os.chdir, os.getcwd())
    os.chdir(self.directory)
    pathlib.Path("README.md").write_text(README, encoding="utf-8")
    os.makedirs("docs")

  def fake(self, scenarios=(LOOK, BROADCAST), prints=None, **changed):
    """Returns the path of a program; changed: what benchmarks do."""
    if prints is None:
      prints = json.dumps({"ours": "Event", "scenarios": scenarios})
    path = self.directory / "event_benchmark"
    path.write_text(FAKE, encoding="utf-8")
    path.chmod(0o755)
    does = BENCHMARKS | {f"BM_{name}": one for name, one in changed.items()}
    pathlib.Path(f"{path}.json").write_text(
        json.dumps({"prints": prints, "benchmarks": does}), encoding="utf-8")
    return str(path)

  def runs_of_fake(self):
    return pathlib.Path("event_benchmark.log").read_text(
        encoding="utf-8").splitlines()

  def tool(self, *arguments):
    """Runs it as main() does; returns what it ends with, or None."""
    draws = types.SimpleNamespace(
        svg=lambda plot: f"<svg>{page.digest(plot)}</svg>\n")
    with mock.patch.dict(sys.modules, {"benchmarks_plot": draws}), \
         mock.patch.object(benchmarks, "busy", lambda _: 0.0), \
         mock.patch.object(benchmarks, "commit", lambda: "abc"), \
         mock.patch.object(benchmarks, "__file__",
                           str(self.directory / "tools" / "benchmarks.py")), \
         mock.patch.object(benchmarks_build, "need_plotter", lambda: None), \
         mock.patch.object(sys, "argv", ["benchmarks.py", *arguments]), \
         contextlib.redirect_stderr(io.StringIO()) as said:
      self.said = said
      try:
        benchmarks.main()
        return None
      except SystemExit as end:
        return end.code

  def written(self):
    return {str(path): path.read_text(encoding="utf-8")
            for path in [pathlib.Path("README.md"),
                         *sorted(pathlib.Path("docs").rglob("*"))]
            if path.is_file()}


class BudgetTest(unittest.TestCase):

  def run_rows(self, costs, mode, built=0):
    """Returns (seconds that all takes, repetitions of each row).

    A row's costs: (of each run, of each repetition).
    """
    now = [built]
    budget = benchmarks.Budget(mode, 0, len(costs), lambda: now[0])
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
    for mode, promised in ((benchmarks.WHOLE, 900), (benchmarks.QUICK, 120)):
      took, counts = self.run_rows([(0.05, 0.1)] * 150, mode)
      self.assertLess(took, promised)
      self.assertGreaterEqual(min(counts), mode.first)

  def test_few_rows_have_all_repetitions_and_end_early(self):
    took, counts = self.run_rows([(0.1, 0.1)] * 3, benchmarks.WHOLE)
    self.assertEqual(counts, [benchmarks.WHOLE.most] * 3)
    self.assertLess(took, 20)

  def test_dear_rows_take_from_the_others_but_not_all(self):
    costs = [(0.05, 0.1)] * 60 + [(2, 2)] * 5 + [(0.05, 0.1)] * 60
    for mode, promised in ((benchmarks.WHOLE, 900), (benchmarks.QUICK, 120)):
      took, counts = self.run_rows(costs, mode)
      self.assertLess(took, promised)
      self.assertGreaterEqual(min(counts), mode.first)

  def test_rows_that_hang_do_not_take_all_the_time(self):
    costs = [(1e9, 0)] * 3 + [(0.05, 0.05)] * 50
    took, counts = self.run_rows(costs, benchmarks.QUICK)
    self.assertLess(took, 120)
    self.assertEqual(counts[:3], [0, 0, 0])
    self.assertGreaterEqual(min(counts[3:]), 1)

  def test_a_long_build_leaves_time_for_rows(self):
    took, counts = self.run_rows([(0.05, 0.1)] * 100, benchmarks.WHOLE,
                                 built=700)
    self.assertGreater(min(counts), benchmarks.WHOLE.first)
    self.assertLess(took, 700 + benchmarks.WHOLE.seconds)

  def test_the_rest_is_not_more_than_what_is_left(self):
    now = [0.0]
    budget = benchmarks.Budget(benchmarks.QUICK, 0, 10, lambda: now[0])
    self.assertEqual(budget.rest(), benchmarks.QUICK.seconds)
    budget.begin_row()
    now[0] = 2
    budget.end_row()
    self.assertEqual(budget.rest(), 18)
    budget.begin_row()
    now[0] = 60
    budget.end_row()
    self.assertEqual(budget.rest(), benchmarks.QUICK.seconds - 60)


class RunTest(Scratch):

  def test_a_run_writes_figures_page_plots_and_readme(self):
    self.assertIsNone(self.tool(self.fake()))
    written = self.written()
    self.assertEqual(sorted(written), [
        "README.md", "docs/benchmarks/README.md",
        "docs/benchmarks/benchmarks.json", "docs/benchmarks/coroutines.svg",
        "docs/benchmarks/losses.svg", "docs/benchmarks/pulses.svg"])
    self.assertIn("(docs/benchmarks/coroutines.svg)", written["README.md"])
    self.assertNotIn("old", written["README.md"])
    self.assertTrue(written["README.md"].endswith(f"{page.END}\n## More\n"))
    figures = json.loads(written["docs/benchmarks/benchmarks.json"])
    self.assertEqual(figures["context"]["benchmark_build"], "release")
    self.assertEqual(figures["context"]["benchmark_version"], "1.9.5")
    self.assertIsNone(figures["context"]["absl_version"])
    for text in written.values():
      self.assertNotIn("secret", text)
      self.assertNotIn(str(self.directory), text)
    self.assertIsNone(self.tool("--check", str(self.directory /
                                               "event_benchmark")))

  def test_each_row_is_run_by_itself_with_progress(self):
    self.assertIsNone(self.tool(self.fake()))
    for row in ("row 1 of 3, 0:00 elapsed, about ", " left: Look\n",
                " left: BroadcastCoroutines/coroutines:100\n"):
      self.assertIn(row, self.said.getvalue())
    runs = [run for run in self.runs_of_fake() if run != "--scenarios"]
    filters = {run.split(" ")[0] for run in runs}
    self.assertEqual(filters, {
        "--benchmark_filter=^BM_Look(AtomicFlag|Event|MutexCondVar)(/.*)?$",
        "--benchmark_filter="
        "^BM_BroadcastCoroutines(List|Event)/coroutines:1(/.*)?$",
        "--benchmark_filter="
        "^BM_BroadcastCoroutines(List|Event)/coroutines:100(/.*)?$"})
    self.assertIn("--benchmark_report_aggregates_only=false", runs[0])

  def test_times_are_nanoseconds_of_what_the_scenario_measures(self):
    self.assertIsNone(self.tool("--out=out", self.fake()))
    (program,) = json.loads(pathlib.Path(
        "out/benchmarks.json").read_text(encoding="utf-8"))["programs"]
    looks, broadcasts = program["scenarios"]
    (row,) = looks["rows"]
    self.assertEqual(row["contenders"]["Event"]["median"], 2000)  # Of the CPU.
    event = broadcasts["rows"][0]["contenders"]["Event"]
    self.assertEqual(event["median"], 2000)
    self.assertEqual(set(event["times"]), {1000, 2000, 3000})
    self.assertEqual(len(event["times"]), benchmarks.WHOLE.most)
    self.assertEqual(event["counters"], {"lost": 0.5})

  def test_out_leaves_the_published_report_as_it_is(self):
    before = self.written()
    self.assertIsNone(self.tool("--out=out", self.fake()))
    self.assertEqual(self.written(), before)
    self.assertIn("README.md", os.listdir("out"))

  def test_a_quick_run_says_so_and_is_not_to_be_published(self):
    self.assertIsNone(self.tool("--quick", self.fake()))
    written = self.written()
    self.assertIn("figures of a quick run",
                  written["docs/benchmarks/README.md"])
    self.assertIn("in a quick run", written["README.md"])
    self.assertIn("not those of a whole run", self.tool("--check"))

  def test_only_runs_the_rows_that_match(self):
    self.assertIsNone(self.tool("--only=coroutines:1$", self.fake()))
    text = self.written()["docs/benchmarks/README.md"]
    self.assertIn("coroutines: 1 |", text)
    self.assertNotIn("Look", text)
    self.assertIn("`coroutines:1$`", text)
    self.assertIn("no row that matches 'nothing'",
                  self.tool("--only=nothing", self.fake()))
    self.assertEqual(self.tool("--only=(", self.fake()), 2)
    self.assertIn("is no regular expression", self.said.getvalue())

  def test_a_plot_that_is_no_longer_drawn_is_removed(self):
    self.assertIsNone(self.tool(self.fake()))
    self.assertIsNone(self.tool("--only=Look", self.fake()))
    self.assertNotIn("docs/benchmarks/coroutines.svg", self.written())

  def test_figures_are_drawn_again_without_a_run(self):
    self.assertIsNone(self.tool(self.fake()))
    before = self.written()
    pathlib.Path("docs/benchmarks/README.md").unlink()
    runs = self.runs_of_fake()
    self.assertIsNone(self.tool("--from=docs/benchmarks/benchmarks.json"))
    self.assertEqual(self.written(), before)
    self.assertEqual(self.runs_of_fake(), runs)


class WrongTest(Scratch):

  def note_of(self, does, scenario=LOOK):
    """Runs with an Event that does that; returns the row's note."""
    end = self.tool(self.fake([scenario], LookEvent=does))
    self.assertIn("rows that lack figures, as the page says: Look", end)
    text = self.written()["docs/benchmarks/README.md"]
    self.assertIn("**1 rows lack figures", text)
    self.assertIn("lacks figures", self.tool("--check"))
    (row,) = page.rows(json.loads(
        self.written()["docs/benchmarks/benchmarks.json"]))
    self.assertIn(f"- Look: {row.row['note']}\n", text)
    return row.row["note"]

  def test_a_benchmark_that_crashes_is_told(self):
    self.assertEqual(self.note_of("crash"),
                     "ended with 3: not a measurement: it lied")

  def test_a_benchmark_that_fails_is_told_and_the_others_have_figures(self):
    self.assertEqual(self.note_of("error"), "Event: no luck")
    self.assertIn("| MutexCondVar | 5.00 |",
                  self.written()["docs/benchmarks/README.md"])

  def test_a_benchmark_that_hangs_ends(self):
    with mock.patch.object(benchmarks, "WHOLE",
                           benchmarks.WHOLE._replace(limit=1)):
      self.assertEqual(self.note_of("hang"), "did not end within 1 s")

  def test_output_that_breaks_off_is_told(self):
    self.assertEqual(self.note_of("truncated"),
                     "its figures are no JSON of Google Benchmark")
    with mock.patch.object(benchmarks.shutil, "disk_usage",
                           lambda _: types.SimpleNamespace(free=0)):
      self.assertIn("is full, so make room there, or set TMPDIR",
                    self.note_of("truncated"))

  def test_a_contender_that_has_not_run_is_told(self):
    scenario = LOOK | {"contenders": [*LOOK["contenders"], "Absl"]}
    self.assertEqual(self.note_of({"times": [1]}, scenario), "nothing of Absl")

  def test_a_contender_that_does_not_bear_a_value_is_not_missed(self):
    scenario = BROADCAST | {"contenders": ["List", "Event", "Python"],
                            "most": {"Python": 1}}
    self.tool(self.fake([scenario]))
    first, second = page.rows(json.loads(
        self.written()["docs/benchmarks/benchmarks.json"]))
    self.assertEqual(first.row["note"], "nothing of Python")
    self.assertNotIn("note", second.row)

  def test_scenarios_that_make_no_sense_end_it(self):
    before = self.written()
    for prints, message in [
        ("no JSON", "event_benchmark --scenarios: no scenarios as JSON"),
        ('{"scenarios": []}', "no scenarios as JSON (KeyError('ours'))"),
        ("[]", "no scenarios as JSON"),
    ] + [
        (json.dumps({"ours": "Event", "scenarios": [LOOK | change]}), message)
        for change, message in [
            ({"title": None}, "of Look: 'title' is wrong"),
            ({"floor": "Sky"}, "the floor is no contender"),
            ({"measure": "guess"}, "there is no measure 'guess'"),
            ({"values": [1]}, "values and argument don't go together"),
            ({"targets": [LOOK["targets"][0] | {"value": 3}]},
             "a target is of 3, which is not run"),
            ({"targets": [LOOK["targets"][0] | {"baseline": "Sky"}]},
             "a target is against Sky, which is not run"),
            ({"targets": [{}]}, "no scenarios as JSON (KeyError('value'))"),
        ]
    ]:
      end = self.tool(self.fake(prints=prints))
      self.assertIn(message, end)
      self.assertTrue(end.endswith("; nothing is written"), end)
    self.assertIn("cannot be run: No such file", self.tool("nowhere"))
    self.assertEqual(self.written(), before)

  def test_a_readme_without_a_place_is_told_before_anything_is_run(self):
    pathlib.Path("README.md").write_text("# sync\n", encoding="utf-8")
    self.assertIn("README.md has no place for the figures",
                  self.tool(self.fake()))
    self.assertFalse(os.path.exists("event_benchmark.log"))

  def test_a_full_disk_leaves_the_old_report_whole_and_keeps_the_figures(self):
    self.assertIsNone(self.tool(self.fake()))
    before = self.written()
    os.symlink("/dev/full", "docs/benchmarks/README.md.new")
    other = {"times": [7]}
    end = self.tool(self.fake(LookMutexCondVar=other))
    self.assertIn(os.strerror(errno.ENOSPC), end)
    self.assertIn("What was there before is whole; make room there, then "
                  "`tools/benchmarks.py --from=", end)
    self.assertEqual(self.written(), before)
    kept = end.partition("--from=")[2].partition("`")[0]
    self.assertIsNone(self.tool(f"--from={kept}"))
    self.assertIn("7.00",
                  self.written()["docs/benchmarks/README.md"])
    os.unlink(kept)

  def test_where_nothing_can_be_kept_it_says_to_run_it_again(self):
    os.makedirs("docs/benchmarks")
    os.symlink("/dev/full", "docs/benchmarks/benchmarks.json.new")
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with mock.patch.object(benchmarks.tempfile, "NamedTemporaryFile",
                           side_effect=full):
      end = self.tool(self.fake())
    self.assertTrue(end.endswith("make room there, and run this again"), end)

  def test_what_is_interrupted_leaves_the_old_report_whole(self):
    self.assertIsNone(self.tool(self.fake()))
    before = self.written()
    program = self.fake(
        **{"BroadcastCoroutinesEvent/coroutines:100/manual_time": "hang"})
    # In a process of its own, which has the signal for itself.
    code = ("import sys, benchmarks, benchmarks_build\n"
            "benchmarks_build.need_plotter = lambda: None\n"
            "benchmarks.busy = lambda seconds: 0.0\n"
            f"benchmarks.__file__ = {str(self.directory / 'tools' / 'b.py')!r}\n"
            f"sys.argv = ['benchmarks.py', {program!r}]\n"
            "benchmarks.main()\n")
    for sent in (signal.SIGINT, signal.SIGTERM):
      with subprocess.Popen(
          [sys.executable, "-B", "-c", code], stderr=subprocess.PIPE, text=True,
          env=os.environ | {"PYTHONPATH": os.path.dirname(
              os.path.abspath(benchmarks_build.__file__))}) as process:
        for line in process.stderr:
          if "row 3 of 3" in line:
            break
        process.send_signal(sent)
        rest = process.stderr.read()
      self.assertEqual(process.returncode, 130, rest)
      self.assertIn("interrupted; nothing is written", rest)
      self.assertEqual(self.written(), before)


class PageTest(unittest.TestCase):

  def test_a_ratio_is_that_of_medians_with_the_spread_of_all_pairs(self):
    found = page.ratio(measured(10, 20, 30), measured(10))
    self.assertEqual(found, (1.5, 2, 2.5))
    self.assertEqual(page.ratio(measured(10), measured(5)), (2, 2, 2))

  def test_one_repetition_has_no_spread(self):
    self.assertEqual(page.spread(page.ratio(measured(10), measured(5))), "2.00")

  def test_what_is_not_known_of_a_program_is_left_out(self):
    text = page.page(figures_of(look([1]), compiler=None, flags=None,
                                benchmark_version=None))
    self.assertIn("Built elsewhere. Google Benchmark, a release build.", text)
    self.assertIn("g++, `-O2`. Google Benchmark 1.7.1, a release build.",
                  page.page(figures_of(look([1]))))

  def test_how_abseil_is_measured_is_said_of_figures_that_are(self):
    for context, said in [
        ({}, "release build.\n"),
        ({"absl_version": None},
         "release build. Abseil, its detection of deadlocks off.\n"),
        ({"absl_version": "20220623.1"},
         "release build. Abseil 20220623.1, its detection of deadlocks off.\n"),
    ]:
      self.assertIn(said, page.page(figures_of(look([1]), **context)))

  def test_a_target_that_the_spread_straddles_says_so(self):
    for ratio, limit, verdict in [
        ((0.9, 1.0, 1.05), 1.05, "met"),
        ((0.9, 1.0, 1.06), 1.05, "met within"),
        ((1.0, 1.06, 1.2), 1.05, "not met within"),
        ((1.06, 1.07, 1.2), 1.05, "not met"),
    ]:
      self.assertEqual(page.verdict(page.Ratio(*ratio), limit), verdict)

  def test_a_scenario_has_a_table_and_its_verdicts(self):
    text = page.page(figures_of(look([9, 12, 14])))
    self.assertIn(
        "### Look: a look\n\n"
        "| cpu time | ratio |\n| --- | --: |\n"
        "| AtomicFlag | 10.0 ns |\n"
        "| **Event** | 1.20 (1.05–1.30) |\n"
        "| MutexCondVar | 5.00 |\n\n"
        "- Look: at most 1.05 of AtomicFlag: 1.20 (1.05–1.30), *not met*, but "
        "by some of the spread\n"
        "- Look: at most 0.25 of MutexCondVar: 0.240 (0.210–0.260), *met*, but "
        "not by all of the spread\n", text)
    self.assertIn("2 targets: 1 *met*, but not by all of the spread, 1 *not "
                  "met*, but by some of the spread. One of 1.05 asks for at least "
                  "level: ", text)

  def test_each_value_is_a_column_and_counters_have_a_table(self):
    text = page.page(figures_of(with_rows(
        BROADCAST,
        {"List": measured(2), "Event": measured(1, lost=0.25)},
        {"List": measured(2e6)})))
    self.assertIn(
        "| manual time | coroutines: 1 | coroutines: 100 |\n"
        "| --- | --: | --: |\n"
        "| List | 2.00 ns | 2.00 ms (20.0 µs each) |\n"
        "| **Event** | 0.500 | - |\n\n"
        "| `lost` | coroutines: 1 | coroutines: 100 |\n"
        "| --- | --: | --: |\n"
        "| **Event** | 0.25 | - |\n", text)

  def test_we_lose_to_others_beyond_the_spread_worst_first(self):
    figures = figures_of(look([60, 61, 62]), look([70, 71, 72], mutex=(35,)),
                         look([49, 51, 53], flag=(1,)))
    self.assertEqual(
        [(loss.other, round(loss.ratio.middle, 2))
         for loss in page.losses(figures)],
        [("AtomicFlag", 51), ("AtomicFlag", 7.1), ("AtomicFlag", 6.1),
         ("MutexCondVar", 2.03), ("MutexCondVar", 1.22)])
    self.assertIn("| Look | AtomicFlag | floor | 51.0 (50.0–52.0) |\n",
                  page.page(figures))
    self.assertIn("| Look | MutexCondVar | peer | 2.03 (2.01–2.04) |\n",
                  page.page(figures))
    self.assertIn("| Look | BareEvent | within reach | 2.50 |\n",
                  page.page(figures_of(look_with_bare_event())))
    self.assertIn("Nowhere", page.page(figures_of(look([10]))))

  def test_each_contender_has_a_role(self):
    row = only_row(look_with_bare_event())
    self.assertEqual(row.others(), ["AtomicFlag", "MutexCondVar", "BareEvent"])
    self.assertEqual(
        [row.role(name) for name in row.scenario["contenders"]],
        ["floor", "ours", "peer", "within reach"])

  def test_a_floor_that_is_used_is_a_peer(self):
    for floor in ("Std", "Absl", "MutexCondVar", "Asyncio"):
      lock = LOOK | {"floor": floor, "contenders": [floor, "Ours"],
                     "targets": []}
      row = only_row(with_rows(lock, {}), ours="Ours")
      self.assertEqual(row.role(floor), "peer")

  def test_a_target_has_what_is_within_reach_beside_it(self):
    text = page.page(figures_of(look_with_bare_event()))
    self.assertIn("| Look | AtomicFlag | 1.05 | 2.00 | *not met* | "
                  "BareEvent 0.800 |\n"
                  "| Look | MutexCondVar | 0.25 | 0.400 | *not met* | "
                  "BareEvent 0.160 |\n", text)
    self.assertIn("| *BareEvent* | 0.800 |\n", text)
    # Who is the target is not also what is within its reach.
    row = only_row(look_with_bare_event())
    self.assertEqual(page.within_reach(row, "BareEvent"), "")
    self.assertIn("| Look | AtomicFlag | 1.05 | 1.00 | *met* |  |\n",
                  page.page(figures_of(look([10]))))

  def test_growth_is_held_against_what_is_allowed(self):
    arm = with_rows(
        BROADCAST | {"name": "TimersArm", "argument": "timers",
                     "values": [1000, 10000, 1000000], "per": "timers",
                     "contenders": ["Multimap", "Event", "Asio", "Python",
                                    "Textbook"],
                     "floor": "Multimap", "targets": []},
        {"Multimap": measured(1e3), "Event": measured(1e3, 2e3, 3e3),
         "Asio": measured(1e3), "Python": measured(1e3),
         "Textbook": measured(1e3)},
        {"Python": measured(1e4)},
        {"Multimap": measured(2e6), "Event": measured(5e6),
         "Asio": measured(5e5), "Textbook": measured(17e6)})
    pool = with_rows(
        BROADCAST | {"name": "PoolBroadcast", "values": [1, 100, 10000]},
        {"List": measured(1), "Event": measured(1)},
        {"List": measured(1000), "Event": measured(1000)},
        {"List": measured(1e6), "Event": measured(5e4)})
    text = page.page(figures_of(arm, pool))
    self.assertIn(
        "| TimersArm | 1,000 to 1,000,000 | O(log n): 2 | 2.50 (2.08–3.75) | "
        "*not met* | Multimap (floor) 2.00, Asio 0.500, "
        "Textbook (within reach) 17.0 |\n"
        "| PoolBroadcast | 100 to 10,000 | O(1): 1 | 0.500 | *met* | "
        "List (floor) 10.0 |\n", text)

  def test_what_does_not_grow_has_no_growth(self):
    # Of all else, and of one value, or without figures of ours.
    broadcast = BROADCAST | {"name": "PoolBroadcast"}
    for scenario in (look([1]), with_rows(broadcast, {}, {}),
                     with_rows(broadcast | {"values": [100]},
                               {"Event": measured(1)}),
                     with_rows(broadcast | {"values": [100, 1000]},
                               {"List": measured(1)}, {"List": measured(1)})):
      self.assertEqual(page.growth(figures_of(scenario)), "")

  def test_what_a_reader_must_know_stands_on_the_page(self):
    for context, message in [
        ({"quick": True}, "figures of a quick run"),
        ({"only": "Look"}, "Only rows that match `Look`"),
        ({"benchmark_build": "debug"}, "Google Benchmark itself is a debug"),
        ({"busy": 0.5}, "50% of the processors' time"),
        ({"scaling": True}, "change their frequency"),
    ]:
      self.assertIn(message, page.page(figures_of(look([1]), **context)))
      self.assertNotIn(message, page.page(figures_of(look([1]))))

  def test_numbers_have_three_digits_and_times_a_unit(self):
    self.assertEqual([page.number(value) for value in
                      (0.03126, 1.0, 12.345, 1234.5)],
                     ["0.0313", "1.00", "12.3", "1,234"])
    self.assertEqual([page.duration(value) for value in
                      (0.3, 1234, 5e6, 2e9)],
                     ["0.300 ns", "1.23 µs", "5.00 ms", "2.00 s"])


class ReadmeTest(unittest.TestCase):

  def test_the_block_has_the_numbers_that_there_are(self):
    is_set = look([10]) | {"name": "IsSet"}
    shuffled = with_rows(
        BROADCAST | {"name": "BroadcastCoroutinesShuffled", "values": [1000000]},
        {"List": measured(100), "Event": measured(20)})
    text = page.readme(README, figures_of(is_set, shuffled), "docs/benchmarks")
    self.assertIn("| `IsSet()` | one load | 1.00 × |\n| `Set()` for 1,000,000 "
                  "coroutines in shuffled order | a plain list of handles | "
                  "0.200 × |\n", text)
    self.assertNotIn("ping-pong", text)
    self.assertEqual(page.readme(text, figures_of(is_set, shuffled),
                                 "docs/benchmarks"), text)

  def test_a_readme_without_markers_has_no_place(self):
    for text in ("# sync\n", page.BEGIN, page.END + page.BEGIN, README + README):
      with self.assertRaises(page.NoPlace):
        page.readme(text, figures_of(), "docs/benchmarks")


class PlotsTest(unittest.TestCase):

  def figures(self):
    threads = with_rows(
        BROADCAST | {"name": "BroadcastCaller", "argument": "threads",
                     "per": None},
        {"List": measured(2000), "Event": measured(1000)},
        {"List": measured(4000), "Event": measured(3000)})
    coroutines = with_rows(
        BROADCAST,
        {"List": measured(2000), "Event": measured(1000, 2000, 3000)},
        {"List": measured(200000)})
    ping = look([50]) | {"name": "PingPong"}
    pulse = with_rows(LOOK | {"name": "Pulses"},
                      {"Event": measured(5, lost=0),
                       "MutexCondVar": measured(2, lost=0.99)})
    return figures_of(threads, coroutines, ping, pulse)

  def test_each_plot_has_its_panels(self):
    plots = {plot["file"]: plot for plot in page.plots(self.figures())}
    self.assertEqual([*plots], ["coroutines.svg", "threads.svg",
                                "ping_pong.svg", "pulses.svg", "losses.svg"])
    (panel,) = plots["coroutines.svg"]["panels"]
    self.assertEqual(panel["series"], [
        {"name": "List", "role": "floor",
         "points": [[1, 2, 2, 2], [100, 2, 2, 2]]},
        {"name": "Event", "role": "ours", "points": [[1, 1.5, 2, 2.5]]}])
    (panel,) = plots["threads.svg"]["panels"]
    self.assertEqual(panel["series"][1]["points"], [[1, 1, 1, 1], [100, 3, 3, 3]])
    (panel,) = plots["pulses.svg"]["panels"]
    self.assertEqual([one["value"] for one in panel["bars"]], [0, 99])
    (panel,) = plots["losses.svg"]["panels"]
    self.assertEqual([(one["row"], one["name"], one["role"], one["value"])
                      for one in panel["bars"]],
                     [("PingPong", "AtomicFlag", "floor", 5),
                      ("Pulses", "MutexCondVar", "peer", 2.5)])

  def test_peers_are_in_the_order_in_which_they_appear(self):
    first = with_rows(BROADCAST | {"contenders": ["List", "Std", "BareEvent"]},
                      {"List": measured(1), "Std": measured(2),
                       "BareEvent": measured(3)}, {})
    for plot in page.plots(figures_of(first, look([60]))):
      self.assertEqual(plot["peers"], ["Std", "MutexCondVar"])

  def test_timers_have_a_plot_of_their_own(self):
    timers = with_rows(
        BROADCAST | {"name": "TimersArm", "argument": "timers",
                     "per": "timers", "contenders": ["Event", "Textbook"]},
        {"Event": measured(2000), "Textbook": measured(1000)},
        {"Event": measured(300000)})
    (plot,) = (plot for plot in page.plots(figures_of(timers))
               if plot["file"] == "timers.svg")
    (panel,) = plot["panels"]
    self.assertEqual((panel["x"], panel["y"]),
                     ("timers", "microseconds for each"))
    self.assertEqual(panel["series"], [
        {"name": "Event", "role": "ours",
         "points": [[1, 2, 2, 2], [100, 3, 3, 3]]},
        {"name": "Textbook", "role": "within reach", "points": [[1, 1, 1, 1]]}])

  def test_what_has_no_figures_has_no_plot(self):
    self.assertEqual(page.plots(figures_of(look([1]))), [])

  def test_the_digest_changes_with_the_data_and_stands_in_the_drawing(self):
    plots = page.plots(self.figures())
    changed = self.figures()
    changed["programs"][0]["scenarios"][1]["title"] = "other"
    self.assertNotEqual(page.digest(plots[0]),
                        page.digest(page.plots(changed)[0]))
    self.assertEqual(page.plot_data(f"<svg>{page.digest(plots[0])}</svg>"),
                     page.digest(plots[0]))
    self.assertIsNone(page.plot_data("<svg/>"))


class CheckTest(Scratch):

  def setUp(self):
    super().setUp()
    self.program = self.fake()
    self.assertIsNone(self.tool(self.program))
    self.figures = json.loads(
        self.written()["docs/benchmarks/benchmarks.json"])

  def end_with(self, change):
    """Changes the figures and draws them anew; returns what the check says."""
    figures = copy.deepcopy(self.figures)
    change(figures)
    path = self.directory / "changed.json"
    path.write_text(json.dumps(figures), encoding="utf-8")
    self.assertIsNone(self.tool(f"--from={path}"))
    return self.tool("--check", self.program)

  def test_each_file_is_that_of_the_figures(self):
    for name in ("README.md", "docs/benchmarks/README.md",
                 "docs/benchmarks/coroutines.svg"):
      path = pathlib.Path(name)
      before = path.read_text(encoding="utf-8")
      if name == "README.md":
        path.write_text(before.replace("2026", "1926"), encoding="utf-8")
      else:
        path.write_text("other", encoding="utf-8")
      self.assertEqual(
          self.tool("--check"),
          f"{name} is not that of the figures\n"
          "run tools/benchmarks.py --from=docs/benchmarks/benchmarks.json")
      path.write_text(before, encoding="utf-8")
    self.assertIsNone(self.tool("--check"))

  def test_a_plot_too_many_or_too_few_shows(self):
    os.rename("docs/benchmarks/coroutines.svg", "docs/benchmarks/other.svg")
    end = self.tool("--check")
    self.assertIn("coroutines.svg is not that of the figures", end)
    self.assertIn("other.svg is not that of the figures", end)

  def test_medians_are_those_of_the_repetitions(self):
    def change(figures):
      row = figures["programs"][0]["scenarios"][0]["rows"][0]
      row["contenders"]["Event"]["median"] = 1
    self.assertIn("Look: the median of Event is not that of its repetitions",
                  self.end_with(change))

  def test_a_debug_build_is_not_to_be_published(self):
    def change(figures):
      figures["context"]["benchmark_build"] = "debug"
    self.assertIn("Google Benchmark was a debug build", self.end_with(change))

  def test_scenarios_and_targets_are_those_of_the_programs(self):
    self.assertIsNone(self.tool("--check", self.program))
    other = LOOK | {"targets": [LOOK["targets"][0] | {"ratio": 1.2}]}
    end = self.tool("--check", self.fake([other]))
    for line in (
        "the page lacks scenario or target event_benchmark Look at most 1.2 of "
        "AtomicFlag",
        "there is no scenario or target event_benchmark BroadcastCoroutines"):
      self.assertIn(line + "\n", end)
    # Without what the target is against, there is none.
    self.assertNotIn("at most 0.25 of MutexCondVar", end)
    self.assertTrue(end.endswith("\nrun tools/benchmarks.py"))

  def test_without_figures_it_says_how_to_get_some(self):
    os.remove("docs/benchmarks/benchmarks.json")
    self.assertEqual(self.tool("--check"),
                     "docs/benchmarks/benchmarks.json is missing: run "
                     "tools/benchmarks.py")


class BuildTest(unittest.TestCase):

  def test_flags_are_those_that_count(self):
    actions = json.dumps({"actions": [{"arguments": [
        "/usr/bin/gcc", "-Wall", "-O2", "-DNDEBUG", "-std=c++0x", "-MD",
        "-frandom-seed=a", "-fPIC", "-iquote", ".", "-std=c++20",
        "-falign-loops=32", "-c", "a.cc", "-o", "a.o"]}]})
    self.assertEqual(
        benchmarks_build.compiled(actions),
        ("/usr/bin/gcc", "-O2 -DNDEBUG -std=c++20 -falign-loops=32"))

  def test_sources_come_from_debian_where_it_is_named(self):
    self.assertEqual(
        benchmarks_build.source_lists(
            "Debian http://a/debian/ bookworm main\n"
            "Some Company http://b/ nodistro main\n"),
        "deb-src http://a/debian/ bookworm main\n")
    self.assertEqual(
        benchmarks_build.source_lists("$(ORIGIN) http://a/ bookworm main\n"),
        "deb-src http://a/ bookworm main\n")

  def test_sources_that_are_in_the_cache_are_not_fetched_again(self):
    with tempfile.TemporaryDirectory(dir=os.environ["TEST_TMPDIR"]) as cache, \
         mock.patch.dict(os.environ, {"XDG_CACHE_HOME": cache}), \
         mock.patch.object(benchmarks_build, "output_of",
                           lambda *command: "benchmark 1.7.1-1"):
      place = os.path.join(cache, "sync", "google-benchmark-1.7.1")
      os.makedirs(place)
      self.assertEqual(benchmarks_build.sources(), (place, "1.7.1"))

  def test_what_cannot_be_installed_says_what_to_do(self):
    for here, message in [
        ({}, "python3 -m pip install matplotlib"),
        ({"apt-get"}, "run this as root, then try again: apt-get install -y "
                      "--no-install-recommends python3-matplotlib"),
    ]:
      with mock.patch.object(benchmarks_build.shutil, "which",
                             lambda name, here=here: name in here), \
           mock.patch.object(benchmarks_build.os, "geteuid", lambda: 1000), \
           self.assertRaises(SystemExit) as end:
        benchmarks_build.install_plotter()
      self.assertIn(message, str(end.exception))

  def test_a_command_that_fails_says_why(self):
    with self.assertRaises(SystemExit) as end:
      benchmarks_build.output_of("sh", "-c", "echo no luck >&2; exit 2")
    self.assertIn("no luck\nbenchmarks: `sh -c ", str(end.exception))


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks.py, whose pages and builds have tests of their own."""

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
import benchmarks_budget
import benchmarks_build
import benchmarks_page as page
import benchmarks_run
from benchmarks_samples import BROADCAST, LOOK, README, with_others

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
    self.work = lambda: 0.001  # In place of fixed_work().

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
         mock.patch.object(benchmarks_run, "Pace",
                           lambda: benchmarks_budget.Pace(self.work)), \
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

  def test_a_repetition_is_shorter_where_its_time_is_but_a_part(self):
    self.assertIsNone(self.tool(self.fake()))
    times = {run.split("(")[0].rpartition("_")[2]: flag
             for run in self.runs_of_fake() for flag in run.split(" ")
             if flag.startswith("--benchmark_min_time=")}
    self.assertEqual(times, {
        "Look": "--benchmark_min_time=0.02",
        "BroadcastCoroutines": "--benchmark_min_time=0.001"})

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
    self.assertEqual(len(event["times"]), benchmarks_budget.WHOLE.most)
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

  def test_a_quick_run_leaves_out_high_values_unless_it_is_told_which(self):
    high = BROADCAST | {"values": [1, 100, 1000000]}
    high["targets"] = [high["targets"][0] | {"value": 1000000}]
    of_a_million = {
        f"BroadcastCoroutines{name}/coroutines:1000000/manual_time":
            {"times": [1]} for name in ("List", "Event")}
    program = self.fake([high], **of_a_million)
    for flags, values in ((["--quick"], [1, 100]),
                          (["--quick", "--only=Broad"], [1, 100, 1000000]),
                          ([], [1, 100, 1000000])):
      self.assertIsNone(self.tool("--out=out", *flags, program))
      (found,) = json.loads(pathlib.Path("out/benchmarks.json").read_text(
          encoding="utf-8"))["programs"][0]["scenarios"]
      self.assertEqual([row["value"] for row in found["rows"]], values)

  def test_a_quick_run_has_each_row_also_when_its_time_is_up(self):
    late = benchmarks_budget.QUICK._replace(seconds=0, for_rows=0)
    with mock.patch.object(benchmarks_budget, "QUICK", late):
      self.assertIsNone(self.tool("--quick", self.fake()))
    for row in page.rows(json.loads(
        self.written()["docs/benchmarks/benchmarks.json"])):
      self.assertEqual(len(row.measured("Event")["times"]), 1)

  def test_rows_say_how_much_the_machine_was_slowed(self):
    times = iter([1, 1, 1, 2] + 9 * [3])  # Of the work, before and after rows.
    self.work = lambda: next(times)
    self.assertIsNone(self.tool(self.fake()))
    written = self.written()
    figures = json.loads(written["docs/benchmarks/benchmarks.json"])
    self.assertEqual([row.slowed for row in page.rows(figures)], [1, 1, 2])
    self.assertEqual(figures["context"]["usually_slowed"], 1)
    text = written["docs/benchmarks/README.md"]
    self.assertIn("and up to 2.00 times as long as usually", text)
    self.assertIn("| BroadcastCoroutines/coroutines:100 (slowed 2.00 ×) | List",
                  text)
    self.assertIn("anew, since the machine was slow, ", self.said.getvalue())
    # It may be published, as it is said.
    self.assertIsNone(self.tool("--check"))

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
    with mock.patch.object(benchmarks_budget, "WHOLE",
                           benchmarks_budget.WHOLE._replace(limit=1)):
      self.assertEqual(self.note_of("hang"), "did not end within 1 s")

  def test_output_that_breaks_off_is_told(self):
    self.assertEqual(self.note_of("truncated"),
                     "its figures are no JSON of Google Benchmark")
    with mock.patch.object(benchmarks_run.shutil, "disk_usage",
                           lambda _: types.SimpleNamespace(free=0)):
      self.assertIn("is full, so make room there, or set TMPDIR",
                    self.note_of("truncated"))

  def test_a_contender_that_has_not_run_is_told(self):
    scenario = with_others(LOOK, Absl="peer")
    self.assertEqual(self.note_of({"times": [1]}, scenario), "nothing of Absl")

  def test_a_contender_that_does_not_bear_a_value_is_not_missed(self):
    scenario = with_others(BROADCAST, Python="peer") | {"most": {"Python": 1}}
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
            ({"roles": None}, "'roles' is wrong"),
            ({"roles": {"AtomicFlag": "floor"}},
             "roles are not those of all contenders but ours"),
            ({"roles": LOOK["roles"] | {"Event": "peer"}},
             "roles are not those of all contenders but ours"),
            ({"roles": LOOK["roles"] | {"AtomicFlag": "sky"}},
             "AtomicFlag has no role 'sky'"),
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

  def test_scenarios_roles_and_targets_are_those_of_the_programs(self):
    self.assertIsNone(self.tool("--check", self.program))
    other = LOOK | {"targets": [LOOK["targets"][0] | {"ratio": 1.2}],
                    "roles": LOOK["roles"] | {"MutexCondVar": "within reach"}}
    end = self.tool("--check", self.fake([other]))
    for line in (
        "the page lacks scenario, role or target event_benchmark Look at most "
        "1.2 of AtomicFlag",
        "the page lacks scenario, role or target event_benchmark Look with "
        "MutexCondVar as within reach",
        "there is no scenario, role or target event_benchmark "
        "BroadcastCoroutines"):
      self.assertIn(line + "\n", end)
    # Without what the target is against, there is none.
    self.assertNotIn("at most 0.25 of MutexCondVar", end)
    self.assertTrue(end.endswith("\nrun tools/benchmarks.py"))

  def test_a_check_takes_no_options(self):
    self.assertEqual(self.tool("--check", "--quick"), 2)

  def test_figures_without_roles_are_told(self):
    path = pathlib.Path("docs/benchmarks/benchmarks.json")
    figures = json.loads(path.read_text(encoding="utf-8"))
    del figures["programs"][0]["scenarios"][0]["roles"]
    path.write_text(json.dumps(figures), encoding="utf-8")
    for arguments in (["--check"], [f"--from={path}", "--out=there"]):
      self.assertIn(f"{path} has figures of other scenarios: 'roles' is wrong",
                    self.tool(*arguments).replace(str(self.directory) + "/",
                                                  ""))

  def test_without_figures_it_says_how_to_get_some(self):
    os.remove("docs/benchmarks/benchmarks.json")
    self.assertEqual(self.tool("--check"),
                     "docs/benchmarks/benchmarks.json is missing: run "
                     "tools/benchmarks.py")


if __name__ == "__main__":
  unittest.main()

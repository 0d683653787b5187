#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Counts what the tests have done, and writes docs/EVIDENCE.md.

  evidence.py [--quick]

runs the tests that docs/proof.md speaks of, but for those that have passed on
the same code before, and collects their figures: from the properties that they
record with Tally() of testing/tally.h, and from what the tests in Python print.
The figures go to docs/evidence.json, the page that shows them to
docs/EVIDENCE.md, and its picture to docs/evidence.svg. The mutants take an
hour; with --quick, only those are run that have no figures yet.

  evidence.py --check TABLE

runs nothing. It fails unless the page is that of the figures, and the figures
are about the scenarios, litmus tests, bugs, mutants, tests and configurations
that there are. TABLE is that of testing/mutants/schemata.py.
"""

import collections
import datetime
import glob
import json
import os
import pathlib
import platform
import re
import runpy
import subprocess
import sys
import tempfile
import urllib.parse
from xml.etree import ElementTree

import evidence_page

FIGURES = "docs/evidence.json"
PAGE = "docs/EVIDENCE.md"
PICTURE = "docs/evidence.svg"

ALL_MUTANTS = "//testing/mutants:all_mutants_test"

# Of each part of the figures, what is tested for it.
TARGETS = {
    "scenarios": "//testing/explore/...",
    "speed": "//testing/model:explore_test",
    "litmus": "//testing/model:litmus_test",
    "mutants": ALL_MUTANTS,
    "fuzz": "//testing/fuzz:event_fuzz_corpus_test",
    "shame": "//testing/shame/...",
    "spin": "//testing/spin:spin_test",
    "sequences": "//testing/sequential:event_sequences_test",
    "companions": "//testing/sequential/companions/...",
    "asyncio": "//testing/sequential:asyncio_event_test",
    "python": "//testing/sequential:asyncio_event_test",
    "system": "//testing/system/...",
}

CORPUS = "testing/fuzz/corpus/*"

TEST = re.compile(r"^(?:TYPED_)?TEST(?:_F)?\(\s*(\w+),\s*(\w+)\)", re.M)


def properties(xml):
  """Returns {test: {property: value}} of a GoogleTest XML."""
  return {
      f"{case.get('classname')}.{case.get('name')}": {
          item.get("name"): item.get("value") for item in case.iter("property")
      } for case in ElementTree.fromstring(xml).iter("testcase")
  }


def all_counts(xml):
  """Returns {test: {property: count}}; a typed test is one, of its last type.
  """
  return {
      re.sub(r"/[^.]*", "", test): {
          key: int(value) for key, value in found.items()
      } for test, found in properties(xml).items()
  }


def counts(xml):
  """Returns those of the tests that count."""
  return {test: found for test, found in all_counts(xml).items() if found}


def scenarios(xml):
  """Returns {test: {machine: {what: count}}}."""
  tests = {}
  for test, found in counts(xml).items():
    machines = tests[test] = {}
    for key, value in found.items():
      machine, what = key.rsplit(" ", 1)
      machines.setdefault(machine, {})[what] = value
  return tests


def is_bug(test):
  """Whether a test of //testing/shame is about a bug, and not its helper's."""
  return not test.split(".")[0].endswith("Test")


def shame(xml):
  """Returns {test: {"budget": number, "executions": count}}."""
  return {test: found for test, found in counts(xml).items() if is_bug(test)}


def litmus(xml):
  """Returns {test: {"executions": count, "outcomes": [outcome]}}."""
  return {
      test: {
          "executions": int(found["executions"]),
          "outcomes": found["outcomes"].split()
      } for test, found in properties(xml).items()
  }


def speed(xml):
  """Returns the counts of the one test that has some."""
  (found,) = counts(xml).values()
  return found


def mutants(log):
  """Returns a list of {"name", "by", "machine", "execution"}.

  "by" is the test that fails, or what happens in its place, or null: nothing,
  as is proved. Only with a test there are a machine and an execution.
  """
  found = []
  lines = re.findall(r"^ *\d+ of \d+  (.*)$", log, re.M)
  for line in lines:
    by_test = re.fullmatch(
        r"(.*): (\S+), (.*, budget \d+), execution (\d+)", line)
    name, by = line.rsplit(": ", 1)
    if by_test:
      found.append({"name": by_test[1], "by": by_test[2],
                    "machine": by_test[3], "execution": int(by_test[4])})
    else:
      found.append({"name": name,
                    "by": None if by == "nothing, as is proved" else by})
  total = re.search(r"^(\d+) mutants, (\d+) equivalent, 0 wrong", log, re.M)
  if not total or int(total[1]) != len(found):
    raise ValueError("not the log of all mutants")
  return found


def spin(log):
  """Returns {"searches": [[configuration, states]], "mutants": [...]}.

  A mutant is [what is wrong, states].
  """
  number = lambda text: int(text.replace(",", ""))
  return {
      "searches": [[what, number(states)] for states, what in re.findall(
          r"^ *([\d,]+) states, +\d+ s: (.*)$", log, re.M)],
      "mutants": [[what, number(states)] for states, what in re.findall(
          r"^ *([\d,]+) states: mutant \d+ is refuted: (.*)$", log, re.M)],
  }


def python(log):
  """Returns the version of the Python that was compared with."""
  return re.search(r"^asyncio of Python (\S+)$", log, re.M)[1]


def steps(script):
  """Returns [[name, command]] of what .ci/run runs."""
  text = script.replace("\\\n", " ")
  return [[name, " ".join(command.split())] for name, command in re.findall(
      r'^(?:tests|step) "([^"]+)" (.*)$', text, re.M)]


# What reads the figures of each part: of XML, or of a log.
FROM_XML = {
    "scenarios": scenarios, "litmus": litmus, "speed": speed, "shame": shame,
    "fuzz": all_counts, "sequences": all_counts,
    "companions": all_counts, "asyncio": all_counts,
    "system": all_counts
}
FROM_LOG = {"mutants": mutants, "python": python, "spin": spin}


def results(events):
  """Returns {label: {"test.xml": path, "test.log": path}} of Bazel's events."""
  found = {}
  for event in events:
    identity = event.get("id", {}).get("testResult")
    if identity:
      found[identity["label"]] = {
          output["name"]: urllib.parse.unquote(
              urllib.parse.urlparse(output.get("uri", "")).path)
          for output in event["testResult"].get("testActionOutput", [])
      }
  return found


def collect(found):
  """Returns the figures, by part, of what results() has returned."""
  def read(label, name):
    return pathlib.Path(found[label][name]).read_text(encoding="utf-8",
                                                      errors="replace")
  figures = {}
  for part, pattern in TARGETS.items():
    package = pattern.removesuffix("...").removesuffix("/") + ":"
    for label in sorted(found):
      if label != pattern and not label.startswith(package):
        continue
      if part in FROM_LOG:
        figures[part] = FROM_LOG[part](read(label, "test.log"))
      else:
        figures.setdefault(part, {}).update(
            FROM_XML[part](read(label, "test.xml")))
  return figures


def output_of(*command):
  return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                        check=True).stdout


def commit(written):
  """Says at which commit this is, and whether more than `written` has changed.
  """
  others = [f":!{path}" for path in written]
  changes = output_of("git", "status", "--porcelain", "--", ".", *others)
  return (output_of("git", "rev-parse", "--short=12", "HEAD").strip() +
          (", with changes" if changes else ""))


def machine():
  """Says what this machine is, but not which."""
  system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
  memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
  return (f"{os.cpu_count()} cores, {platform.machine()}, {memory:.0f} GiB, "
          f"{system}")


def measure(parts):
  """Runs what is tested for the parts; returns their figures."""
  with tempfile.TemporaryDirectory() as directory:
    events = os.path.join(directory, "events.json")
    done = subprocess.run(
        ["./bazelw", "test", f"--build_event_json_file={events}"] +
        sorted({TARGETS[part] for part in parts}), check=False)
    if done.returncode != 0:
      sys.exit("evidence: tests fail, so there is none; nothing is written")
    with open(events, encoding="utf-8") as file:
      found = results(json.loads(line) for line in file if line.strip())
  return collect(found)


def names_in(table):
  """Returns the names of the mutants in the text of their table."""
  return [line.split(" ", 3)[3] for line in table.splitlines()]


def new_mutants(old):
  """Runs those that `old` lacks; returns the figures of all that there are."""
  subprocess.run(["./bazelw", "build", ALL_MUTANTS], check=True)
  programs = sorted(glob.glob("bazel-bin/testing/mutants/mutants[0-9]"))
  table = "bazel-bin/testing/mutants/table.txt"
  names = names_in(read(table))
  figures = {mutant["name"]: mutant for mutant in old}
  new = [name for name in names if name not in figures]
  if new:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as only:
      only.write("\n".join(new))
      only.flush()
      done = subprocess.run(
          [sys.executable, "testing/mutants/run_mutants.py",
           f"--only={only.name}", "all", table,
           "testing/mutants/equivalent.md", *programs],
          stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="")
    if done.returncode != 0:
      sys.exit("evidence: a new mutant is not as it should be; nothing is "
               "written")
    figures |= {mutant["name"]: mutant for mutant in mutants(done.stdout)}
  return [figures[name] for name in names]


def rendered(figures):
  return ((PAGE, evidence_page.page(figures, TARGETS)),
          (PICTURE, evidence_page.picture(figures)))


def read(path):
  return pathlib.Path(path).read_text(encoding="utf-8")


def update(quick):
  old = json.loads(read(FIGURES)) if os.path.exists(FIGURES) else {}
  if quick and "mutants" not in old:
    sys.exit(f"evidence: {FIGURES} has no mutants to keep; leave out --quick")
  when = {"date": datetime.date.today().isoformat(),
          "commit": commit((FIGURES, PAGE, PICTURE))}
  figures = measure(
      [part for part in TARGETS if not (quick and part == "mutants")])
  figures |= when | {
      "machine": machine(),
      "compiler": output_of(os.environ.get("CC", "gcc"),
                            "--version").split("\n")[0],
      "steps": steps(read(".ci/run")),
      "mutants_of": old["mutants_of"] if quick else when,
  }
  if quick:
    figures["mutants"] = new_mutants(old["mutants"])
  text = json.dumps(figures, indent=1, sort_keys=True) + "\n"
  for path, text in ((FIGURES, text), *rendered(json.loads(text))):
    pathlib.Path(path).write_text(text, encoding="utf-8")
  print(f"evidence: {PAGE} is written")


def tests_in(pattern):
  return [f"{suite}.{name}" for path in glob.glob(pattern, recursive=True)
          for suite, name in TEST.findall(read(path))]


def differences(what, in_figures, in_code):
  """Yields what one of the two lists has, and the other one lacks."""
  figures = collections.Counter(list(in_figures))
  code = collections.Counter(list(in_code))
  for name in sorted((code - figures).elements()):
    yield f"the page lacks {what} {name}"
  for name in sorted((figures - code).elements()):
    yield f"there is no {what} {name}"


def spin_differences(figures, program):
  """Yields how the figures differ from what run_spin.py does."""
  yield from differences(
      "search by Spin", [what for what, _ in figures["searches"]],
      [f"{configuration}{fair}"
       for configuration, formula in program["CONFIGURATIONS"]
       for fair in (["", ", fair"] if formula else [""])])
  if len(figures["mutants"]) != len(program["MUTANTS"]):
    yield f"Spin's model has {len(program['MUTANTS'])} mutants"


def fuzz_differences(figures, corpus):
  """Yields how the figures differ from the files of the corpus."""
  files = evidence_page.total(figures, "files")
  if files != len(corpus):
    yield f"the corpus of the fuzzer has {len(corpus)} files, and not {files}"


def stale(figures, table, equivalent):
  """Yields what the figures say of the mutants that isn't so."""
  yield from differences("mutant", [m["name"] for m in figures["mutants"]],
                         names_in(table))
  yield from differences(
      "equivalent mutant",
      [m["name"] for m in figures["mutants"] if m["by"] is None],
      re.findall(r"^### (.*)$", equivalent, re.M))


def check(table):
  figures = json.loads(read(FIGURES))
  lacking = TARGETS.keys() - figures.keys()
  if lacking:
    sys.exit(f"{FIGURES} lacks {', '.join(sorted(lacking))}: run "
             f"tools/evidence.py{'' if 'mutants' in lacking else ' --quick'}")
  quick = [
      *differences("scenario", figures["scenarios"],
                   tests_in("testing/explore/*_test.cc")),
      *differences("litmus test", figures["litmus"],
                   tests_in("testing/model/litmus_test.cc")),
      *differences("bug", figures["shame"],
                   filter(is_bug, tests_in("testing/shame/*_test.cc"))),
      *differences("test of inputs", figures["fuzz"],
                   tests_in("testing/fuzz/*_test.cc")),
      *fuzz_differences(figures["fuzz"], glob.glob(CORPUS)),
      *differences("test of sequences",
                   [*figures["sequences"], *figures["companions"],
                    *figures["asyncio"]],
                   tests_in("testing/sequential/**/*_test.cc")),
      *differences("system test", figures["system"],
                   tests_in("testing/system/*_test.cc")),
      *spin_differences(figures["spin"],
                        runpy.run_path("testing/spin/run_spin.py")),
      *differences("step of .ci/run", map(" | ".join, figures["steps"]),
                   map(" | ".join, steps(read(".ci/run")))),
  ]
  quick += [f"{path} is not that of {FIGURES}"
            for path, text in rendered(figures) if read(path) != text]
  slow = [*stale(figures, read(table), read("testing/mutants/equivalent.md"))]
  if quick or slow:
    sys.exit("\n".join(quick + slow) + f"\n{PAGE} is out of date: run "
             f"tools/evidence.py{'' if slow else ' --quick'}")


def main():
  arguments = sys.argv[1:]
  if len(arguments) == 2 and arguments[0] == "--check":
    check(arguments[1])
  elif arguments in ([], ["--quick"]):
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    update(bool(arguments))
  else:
    sys.exit(__doc__)


if __name__ == "__main__":
  main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The page and the picture of the figures that evidence.py has collected."""

import collections
import math
from xml.sax.saxutils import escape

MACHINES = ("plain", "faults", "stale reads", "reused addresses", "suspensions",
            "all powers")

# Measures of the picture.
WIDTH, HEIGHT, LEFT, TOP = 760, 260, 60, 30
COLORS = {"mutant": "#4477aa", "bug that shipped": "#cc6677"}


def table(head, rows):
  """A table; columns of numbers are flush right."""
  rows = list(rows)
  right = [all(isinstance(row[i], int) or row[i] == "-" for row in rows)
           for i in range(len(head))]
  lines = [head, ["--:" if flush else "---" for flush in right]]
  lines += [map(cell, row) for row in rows]
  return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(value):
  if isinstance(value, int):
    return f"{value:,}"
  return str(value).replace("|", "\\|")


def details(summary, text):
  return f"<details><summary>{summary}</summary>\n\n{text}\n</details>\n"


def total(tests, key):
  return sum(test.get(key, 0) for test in tests.values())


def listed(counts):
  return ", ".join(f"{count:,} {key}" for key, count in counts.items())


def explorations(figures):
  return [machine for machines in figures["scenarios"].values()
          for machine in machines.values()]


def rate(executions, microseconds):
  """Executions per second, to two digits."""
  exact = executions * 1e6 / max(microseconds, 1)
  digits = max(len(str(round(exact))) - 2, 0)
  return f"{round(exact, -digits):,.0f}"


def found_mutants(figures):
  return [mutant for mutant in figures["mutants"] if mutant["by"]]


def summary(figures, targets):
  runs = explorations(figures)
  within = [run for run in runs if "budget" in run]
  executions = sum(run["executions"] for run in runs)
  executions_within = sum(run["executions"] for run in within)
  microseconds = sum(run["microseconds"] for run in runs)
  every = all(run["complete"] for run in within)
  sequences = figures["sequences"]
  companions = figures["companions"]
  python = figures["asyncio"]
  mutants = figures["mutants"]
  found = found_mutants(figures)
  searches = figures["spin"]["searches"]
  rows = {
      "scenarios": [
          ("Scenarios of the library, every interleaving within a budget",
           f"{len(figures['scenarios'])} scenarios, "
           f"{executions_within:,} executions, "
           f"{'all' if every else 'not all'} that there are"),
          ("The same on a machine with all powers, by PCT and at random",
           f"{executions - executions_within:,} executions"),
          ("How fast they are explored",
           f"{rate(executions, microseconds)} executions a second on one core"),
      ],
      "speed": [
          ("The same, of two threads: a wait and a `Set()`",
           f"{rate(**figures['speed'])} executions a second on one core")],
      "litmus": [
          ("Litmus tests of the explorer's memory",
           f"{len(figures['litmus'])} tests, "
           f"{total(figures['litmus'], 'executions'):,} executions")],
      "mutants": [
          ("Mistakes planted in the library",
           f"{len(mutants)}: {len(found)} found, {len(mutants) - len(found)} "
           "proved to be none")],
      "spin": [
          ("A model of the wait list, checked whole by Spin",
           f"{len(searches)} searches, "
           f"{sum(states for _, states in searches):,} states; "
           f"{len(figures['spin']['mutants'])} mutants of it refuted")],
      "fuzz": [
          ("Operations and schedules that nobody wrote, on the model",
           f"{total(figures['fuzz'], 'files'):,} inputs that the fuzzer has "
           f"found, {total(figures['fuzz'], 'inputs'):,} at random")],
      "sequences": [
          ("Sequences of operations, against a model without atomics",
           f"{total(sequences, 'sequences'):,} sequences, "
           f"{total(sequences, 'operations'):,} operations")],
      "companions": [
          ("The same of the companions, short ones and at random",
           f"{total(companions, 'sequences'):,} sequences, "
           f"{total(companions, 'operations'):,} operations")],
      "asyncio": [
          ("The same of an Event, against `asyncio.Event` of CPython "
           + figures["python"],
           f"{total(python, 'sequences'):,} sequences, "
           f"{total(python, 'waits'):,} waits ended")],
      "system": [
          ("What threads do on the machine itself",
           f"{len(figures['system'])} tests, "
           f"{total(figures['system'], 'waits'):,} waits, "
           f"{total(figures['system'], 'broadcasts'):,} broadcasts")],
      "shame": [
          ("Bugs that other libraries shipped",
           f"{len(figures['shame'])} found again")],
  }
  return table(
      ["what", "how much", "command"],
      [(what, much, f"`./bazelw test {targets[part]}`")
       for part in targets for what, much in rows.get(part, [])] +
      [("Configurations", f"{len(figures['steps'])} steps", "`.ci/run`")])


def scenarios(figures):
  def one(run):
    if "budget" not in run:
      return run["executions"]
    return (f"{run['budget']}: {run['executions']:,}"
            + ("" if run["complete"] else ", not all"))
  sums = [sum(machines.get(name, {}).get("executions", 0)
              for machines in figures["scenarios"].values())
          for name in MACHINES]
  rows = [[f"`{test}`"] + [one(machines[name]) if name in machines else "-"
                           for name in MACHINES]
          for test, machines in sorted(figures["scenarios"].items())]
  return (
      "For each machine, the budget and the number of executions within it. "
      "Where nothing else stands, all of them were tried. A dash: the scenario "
      "is not run on that machine, or all of that is among what is tried with "
      "stale reads. With all powers together there is no budget: "
      "that many were tried, by PCT and at random.\n\n"
      + table(["machine", "executions"], zip(MACHINES, sums)) + "\n"
      + details("All scenarios",
                table(["scenario", *MACHINES], rows)))


def litmus(figures):
  rows = [(f"`{test}`", found["executions"], " ".join(found["outcomes"]))
          for test, found in sorted(figures["litmus"].items())]
  return ("Each expects exactly these outcomes, a digit for each load.\n\n"
          + details("All litmus tests",
                    table(["test", "executions", "outcomes"], rows)))


def mutants(figures):
  found = found_mutants(figures)
  by_hand = [m for m in figures["mutants"] if not m["name"].startswith("sync/")]
  by_test = collections.Counter(m["by"] for m in found)
  of = figures["mutants_of"]
  late = (f" These figures are of {of['date']}, commit `{of['commit']}`, but "
          "for mutants that have come since."
          if of["commit"] != figures["commit"] else "")
  rows = [(f"`{m['name']}`", f"`{m['by']}`" if m["by"] else "nothing",
           m.get("machine", "-"), m.get("execution", "-"))
          for m in figures["mutants"]]
  return (
      f"{len(by_hand)} are mistakes in the algorithms, "
      f"{len(figures['mutants']) - len(by_hand)} memory orders that are one "
      "step weaker. Scenarios are run with a budget of 1, of 2, and of "
      "their own, until one fails; the execution is the number of the one that "
      "failed, on its machine and with that budget. Those that break no "
      "promise are in "
      "[equivalent.md](../testing/mutants/equivalent.md), with the proof."
      f"{late}\n\n"
      + details("By which scenario, how many",
                table(["found by", "mutants"],
                      [(f"`{test}`", count)
                       for test, count in by_test.most_common()]))
      + details("All mutants",
                table(["mutant", "found by", "machine", "execution"], rows)))


def shame(figures):
  rows = [(f"`{test}`", found["budget"], found["executions"])
          for test, found in sorted(figures["shame"].items())]
  return ("The code as it was shipped is explored with a budget of 0, 1 and so "
          "on, until an execution fails; the mended code passes with that "
          "budget or a greater one.\n\n"
          + table(["bug", "budget", "executions until it is found"], rows))


def spin(figures):
  return (table(["configuration", "states"], figures["spin"]["searches"]) + "\n"
          + details("How the mutants of the model are refuted",
                    table(["mutant", "what is wrong", "states until then"],
                          [(number, *mutant) for number, mutant in
                           enumerate(figures["spin"]["mutants"], 1)])))


def counted(tests):
  return table(["test", "counts"], [(f"`{test}`", listed(found) or "-")
                                    for test, found in sorted(tests.items())])


def page(figures, targets):
  """Returns the page. `targets` are those of evidence.py."""
  sections = [
      ("Scenarios", scenarios(figures)),
      ("Litmus tests", litmus(figures)),
      ("Mistakes that were planted", mutants(figures)),
      ("Inputs of the fuzzer", counted(figures["fuzz"])),
      ("Bugs that others shipped", shame(figures)),
      ("Spin", spin(figures)),
      ("Sequences of operations",
       counted(figures["sequences"] | figures["companions"] |
               figures["asyncio"])),
      ("On the machine itself",
       "A dash: the test counts nothing.\n\n" + counted(figures["system"])),
      ("Configurations",
       "What is no command is a function of the script.\n\n"
       + table(["step of `.ci/run`", "command"],
               [(name, f"`{command}`") for name, command in figures["steps"]])),
  ]
  return (
      "# Evidence\n\n"
      "What the tests did, counted by the tests. "
      "[How it is shown to be right](proof.md) says what they are. "
      "`tools/evidence.py` writes this page, and `//tools:evidence_test` fails "
      "when it is not about the tests that there are.\n\n"
      + summary(figures, targets) +
      f"\nMeasured on {figures['date']}, commit `{figures['commit']}`, with "
      f"{figures['compiler']}, on {figures['machine']}.\n\n"
      "![Executions until each bug is found](evidence.svg)\n\n"
      "What all this leaves open: [where it ends](proof.md#where-it-ends). Of "
      "the figures themselves: Bazel doesn't run a test again that has passed "
      "on the same code, so it may have been before that date. Speeds are of "
      "one run, beside other tests. When a bug is found depends on the order "
      "in which executions are tried.\n"
      + "".join(f"\n## {title}\n\n{text}" for title, text in sections))


def picture(figures):
  """Returns an SVG: a bar for each bug, on a logarithmic scale."""
  bugs = [(mutant["execution"], "mutant", mutant["name"])
          for mutant in found_mutants(figures) if "execution" in mutant]
  bugs += [(found["executions"], "bug that shipped", test)
           for test, found in figures["shame"].items()]
  bugs.sort()
  decades = max(math.ceil(math.log10(bugs[-1][0])), 1)
  bottom = HEIGHT - 20
  step = (WIDTH - LEFT - 10) / len(bugs)

  def y(executions):
    return bottom - (bottom - TOP) * math.log10(executions) / decades

  lines = [
      f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
      'font-family="sans-serif" font-size="12">',
      f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
      f'<text x="{LEFT}" y="18">Executions until each bug is found</text>',
  ]
  for i, (kind, color) in enumerate(COLORS.items()):
    if kind in {bug[1] for bug in bugs}:
      x = LEFT + 260 + 120 * i
      lines.append(f'<rect x="{x}" y="9" width="10" height="10" '
                   f'fill="{color}"/><text x="{x + 15}" y="18">{kind}</text>')
  for decade in range(decades + 1):
    at = y(10**decade)
    lines.append(
        f'<path d="M{LEFT} {at:.1f}H{WIDTH - 10}" stroke="#dddddd"/>'
        f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">'
        f"{10**decade:,}</text>")
  for i, (executions, kind, name) in enumerate(bugs):
    # Two pixels stand for the first execution.
    top = y(executions) - 2
    lines.append(
        f'<rect x="{LEFT + i * step:.1f}" y="{top:.1f}" '
        f'width="{step * 0.8:.1f}" height="{bottom - top:.1f}" '
        f'fill="{COLORS[kind]}"><title>{escape(name)}: {executions:,}</title>'
        "</rect>")
  return "\n".join(lines + ["</svg>"]) + "\n"

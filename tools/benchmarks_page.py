# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The page, README's block and what is plotted of benchmarks.py's figures.

The figures are {"context": {...}, "programs": [program]}, where a program is

  {"name", "ours", "scenarios": [scenario]},

a scenario is what `PROGRAM --scenarios` prints of it, and "rows": [row], and
a row is {"value", "slowed", "contenders": {name: measured}}, with a "note" if
something went wrong. Its "slowed", which older figures don't have, says how
many times as long as usually in the whole run work that is always the same took
before the row or after it, whichever was longer. And measured is

  {"times": [nanoseconds of a repetition], "q1", "median", "q3",
   "counters": {name: median}}.
"""

import hashlib
import itertools
import json
import math
import re
import statistics
import typing

from evidence_page import table

BEGIN = "<!-- benchmarks: tools/benchmarks.py writes what follows -->\n"
END = "<!-- benchmarks: end -->\n"

# A row is slow if such work took more times as long as it usually did.
SLOW = 1.25

# The rows of a quick run, unless it is told which.
QUICK_HIGHEST = 100_000

# What a contender may be beside ours; `page()` says what that means.
ROLES = ("floor", "baseline", "peer", "within reach")

# Of the five numbers that matter: what it is, what it is measured against, in
# words, the scenario, its value, and the contender; None is the floor.
NUMBERS = (
    ("`IsSet()`", "one load", "IsSet", None, None),
    ("`Set()` and `Clear()`, nobody waits", "a mutex and a condition variable",
     "SetAndClear", None, "MutexCondVar"),
    ("ping-pong between two cores, by threads that spin",
     "a mutex and a condition variable, by threads that sleep", "PingPong", 2,
     "MutexCondVar"),
    ("inside `Set()`, 256 threads sleep", "one futex word, one call",
     "BroadcastCaller", 256, None),
    ("`Set()` for 1,000,000 coroutines in shuffled order",
     "a plain list of handles", "BroadcastShuffled", 1000000, None),
)

# Of which scenarios the page says how the cost of each grows: from which value
# on, and by what at most. A broadcast to fewer than a hundred is mostly what
# a broadcast costs itself.
GROWTH = {
    "TimersArm": (1000, "O(log n)"),
    "TimersCancel": (1000, "O(log n)"),
    "TimersExpire": (1000, "O(log n)"),
    "PoolBroadcast": (100, "O(1)"),
}

# How many losses are drawn: the greatest.
DRAWN_LOSSES = 40

VERDICTS = {
    "met": "*met*",
    "met within": "*met*, but not by all of the spread",
    "not met": "*not met*",
    "not met within": "*not met*, but by some of the spread",
}


class Ratio(typing.NamedTuple):
  """Of two times: that of the medians, and the quartiles of its spread."""
  low: float
  middle: float
  high: float


class Row(typing.NamedTuple):
  """One row of the figures, with what it belongs to."""
  program: dict
  scenario: dict
  row: dict

  @property
  def name(self):
    return row_name(self.scenario, self.row["value"])

  @property
  def slowed(self):
    return self.row.get("slowed", 1)

  @property
  def mark(self):
    """What follows its name, or its place in a table, if it is slow."""
    return f" (slowed {number(self.slowed)} ×)" if is_slow(self.slowed) else ""

  @property
  def marked_name(self):
    return self.name + self.mark

  @property
  def ours(self):
    return self.program["ours"]

  def measured(self, contender):
    return self.row["contenders"].get(contender)

  def ratio(self, contender, base):
    """Returns the Ratio of their times, or None where one has no times."""
    times, others = self.measured(contender), self.measured(base)
    return ratio(times, others) if times and others else None

  def others(self):
    return [name for name in self.scenario["contenders"] if name != self.ours]

  def role(self, contender):
    return role_of(self.program, self.scenario, contender)


def role_of(program, scenario, contender):
  if contender == program["ours"]:
    return "ours"
  return scenario["roles"][contender]


class Loss(typing.NamedTuple):
  row: Row
  other: str
  ratio: Ratio


def row_name(scenario, value):
  if value is None:
    return scenario["name"]
  return f"{scenario['name']}/{scenario['argument']}:{value}"


def is_slow(slowed):
  return slowed > SLOW


def quartiles(values):
  """Returns the first one, the median and the third one."""
  if len(values) == 1:
    return tuple(values) * 3
  return tuple(statistics.quantiles(values, method="inclusive"))


def measured(times, counters):
  """Returns what the figures say of a contender; counters: {name: [value]}."""
  times = [float(f"{time:.5g}") for time in times]
  q1, median, q3 = (float(f"{value:.5g}") for value in quartiles(times))
  return {
      "times": times, "q1": q1, "median": median, "q3": q3,
      "counters": {name: float(f"{statistics.median(values):.5g}")
                   for name, values in sorted(counters.items())},
  }


def ratio(times, others):
  """The ratio of two that are measured.

  Its quartiles are those of each repetition of the one against each of the
  other, which run in random order and are no pairs.
  """
  middle = times["median"] / others["median"]
  low, _, high = quartiles(
      [a / b for a in times["times"] for b in others["times"]])
  return Ratio(min(low, middle), middle, max(high, middle))


def rows(figures):
  for program in figures["programs"]:
    for scenario in program["scenarios"]:
      for row in scenario["rows"]:
        yield Row(program, scenario, row)


def losses(figures):
  """Returns where one is faster than ours beyond the spread, worst first."""
  found = [Loss(row, other, row.ratio(row.ours, other))
           for row in rows(figures) for other in row.others()]
  return sorted((loss for loss in found if loss.ratio and loss.ratio.low > 1),
                key=lambda loss: -loss.ratio.middle)


def targets(row):
  """Yields (target, its Ratio) for each target of a row that has figures."""
  for target in row.scenario["targets"]:
    if target["value"] == row.row["value"]:
      found = row.ratio(row.ours, target["baseline"])
      if found:
        yield target, found


def verdict(found, limit):
  """Returns which of VERDICTS holds."""
  if found.high <= limit:
    return "met"
  if found.low > limit:
    return "not met"
  return "met within" if found.middle <= limit else "not met within"


def number(value):
  """Three digits that count."""
  return f"{value:,.0f}" if value >= 99.95 else f"{value:#.3g}"


def duration(nanoseconds):
  for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
    if nanoseconds >= size:
      return f"{number(nanoseconds / size)} {unit}"
  return f"{number(nanoseconds)} ns"


def spread(found):
  """The ratio and its quartiles, which of a single repetition are none."""
  if found.low == found.high:
    return number(found.middle)
  return f"{number(found.middle)} ({number(found.low)}–{number(found.high)})"


def floor_time(scenario, value, floor):
  if not floor:
    return "-"
  each = (f" ({duration(floor['median'] / value)} each)"
          if scenario["per"] and value and value > 1 else "")
  return duration(floor["median"]) + each


def head_of(rows_):
  return [(f"{row.scenario['argument']}: {row.row['value']:,}"
           if row.row["value"] is not None else "ratio") + row.mark
          for row in rows_]


def right(head, lines):
  """A table whose columns are flush right but for the first one."""
  return "".join(f"| {' | '.join(line)} |\n" for line in [
      head, ["---"] + ["--:"] * (len(head) - 1), *lines])


def named(name, role):
  return name if role in ("ours", "peer") else f"{name} ({role})"


def name_of(program, scenario, contender):
  """The name, in the letters that `page()` says."""
  mark = {"ours": "**", "within reach": "*"}.get(
      role_of(program, scenario, contender), "")
  return f"{mark}{contender}{mark}"


def ratios(program, scenario):
  """The table of a scenario: a line for each contender, the floor's first."""
  floor = scenario["floor"]
  found = [Row(program, scenario, row) for row in scenario["rows"]]

  def cell(row, contender):
    if contender == floor:
      return floor_time(scenario, row.row["value"], row.measured(floor))
    against = row.ratio(contender, floor)
    return spread(against) if against else "-"

  order = [floor] + [name for name in scenario["contenders"] if name != floor]
  return right(
      [f"{scenario['measure']} time"] + head_of(found),
      [[name_of(program, scenario, name)] + [cell(row, name) for row in found]
       for name in order])


def counters(program, scenario):
  """The tables of what else has been counted, one for each counter."""
  head = head_of([Row(program, scenario, row) for row in scenario["rows"]])
  names = sorted({name for row in scenario["rows"]
                  for one in row["contenders"].values()
                  for name in one["counters"]})
  text = ""
  for name in names:
    lines = []
    for contender in scenario["contenders"]:
      values = [row["contenders"].get(contender, {}).get("counters", {})
                .get(name) for row in scenario["rows"]]
      if any(value is not None for value in values):
        lines.append([name_of(program, scenario, contender)] + [
            "-" if value is None else f"{value:,.4g}" for value in values])
    text += "\n" + right([f"`{name}`"] + head, lines)
  return text


def verdicts(row):
  for target, found in targets(row):
    yield (f"- {row.marked_name}: at most {target['ratio']:g} of "
           f"{target['baseline']}: {spread(found)}, "
           f"{VERDICTS[verdict(found, target['ratio'])]}\n")


def section(program, scenario):
  found = [Row(program, scenario, row) for row in scenario["rows"]]
  judged = "".join(line for row in found for line in verdicts(row))
  notes = "".join(f"- {row.name}: {row.row['note']}\n"
                  for row in found if "note" in row.row)
  return (f"\n### {scenario['name']}: {scenario['title']}\n\n"
          + ratios(program, scenario) + counters(program, scenario)
          + (f"\n{judged}" if judged else "")
          + (f"\n{notes}" if notes else ""))


def repetitions(figures):
  counts = [len(one["times"]) for row in rows(figures)
            for one in row.row["contenders"].values()]
  if not counts:
    return "No repetitions."
  least, most = min(counts), max(counts)
  return (f"{least} repetitions of each" if least == most else
          f"{least} to {most} repetitions of each, as many as there was time "
          "for") + ", in random order within a row."


def drift(figures):
  """Says how much the machine's speed has varied, if that is known."""
  known = [row.slowed for row in rows(figures) if "slowed" in row.row]
  if not known:
    return ""
  usually = number(figures["context"]["usually_slowed"])
  slow = sum(map(is_slow, known))
  return ("The machine's speed varied, as that of one with others on it does: "
          "before and after the rows, work that is always the same usually took "
          f"{usually} times as long as at its best, and up to "
          f"{number(max(known))} times as long as usually. " + (
              f"Where that was more than {SLOW:g}, a row is marked as *slowed*, "
              f"and worth less: {slow} of {len(known)}."
              if slow else f"Nowhere was that more than {SLOW:g} times.")
          + "\n\n")


def warnings(figures):
  """Yields what a reader must know before he believes a figure."""
  context = figures["context"]
  if context["quick"]:
    least = "" if context["only"] else (
        f", and no rows of more than {QUICK_HIGHEST:,}")
    yield ("These are figures of a quick run: few and short repetitions"
           f"{least}, good for a first look only.")
  if context["only"]:
    yield f"Only rows that match `{context['only']}` have been run."
  if context["benchmark_build"] != "release":
    yield ("Google Benchmark itself is a debug build. Ratios hold, since its "
           "loops are inline and compiled here; take care with times.")
  if context["busy"] > 0.05:
    yield (f"Something else ran: {context['busy']:.0%} of the processors' time "
           "was gone before the first row.")
  if context["scaling"]:
    yield "The processors change their frequency."
  failed = sum("note" in row.row for row in rows(figures))
  if failed:
    yield f"{failed} rows lack figures; where, says a note."


def within_reach(row, base):
  """Those of the row that are, each with its ratio to the base."""
  found = [(name, row.ratio(name, base)) for name in row.others()
           if row.role(name) == "within reach" and name != base]
  ours = row.ratio(row.ours, base)
  return ", ".join(f"{name} {spread(of_time)}" for name, of_time in found
                   if of_time and (not ours or of_time.middle < ours.middle))


def summary(figures):
  """How many targets are met and not, and a line for each of them."""
  judged = [(row, target, found, verdict(found, target["ratio"]))
            for row in rows(figures) for target, found in targets(row)]
  if not judged:
    return "None of the rows has a target.\n"
  verdicts_ = [key for *_, key in judged]
  counts = ", ".join(f"{verdicts_.count(key)} {text}"
                     for key, text in VERDICTS.items() if key in verdicts_)
  return (f"{len(judged)} targets: {counts}. One of 1.05 asks for at least "
          "level: two medians of the same code differ by some percent from run "
          "to run, so a verdict at 1 would be chance.\n\n"
          + table(["row", "against", "target", "ratio", "", "repetitions",
                   "within reach"],
                  [(row.marked_name, target["baseline"], f"{target['ratio']:g}",
                    spread(found), VERDICTS[key],
                    f"{len(row.measured(row.ours)['times'])}",
                    within_reach(row, target["baseline"]))
                   for row, target, found, key in judged]))


def allowed(bound, first, last):
  """Returns by what factor the cost of each may grow between two rows."""
  if bound != "O(log n)":
    return 1
  return math.log(last.row["value"], first.row["value"])


def grown(first, last, contender):
  """Returns the Ratio of the cost of each in two rows, or None."""
  before, after = first.measured(contender), last.measured(contender)
  if not before or not after:
    return None
  by = first.row["value"] / last.row["value"]
  return Ratio(*(by * one for one in ratio(after, before)))


def growth(figures):
  """The table of the GROWTH that there is, or nothing.

  A line is about two rows: those between which ours grows most, compared with
  what it may, so that no step within the range hides behind its ends.
  """
  lines = []
  for program in figures["programs"]:
    for scenario in program["scenarios"]:
      least, bound = GROWTH.get(scenario["name"], (math.inf, None))
      found = [Row(program, scenario, row) for row in scenario["rows"]
               if (row["value"] or 0) >= least]
      steps = [(ours, allowed(bound, first, last), first, last)
               for first, last in itertools.combinations(found, 2)
               if (ours := grown(first, last, program["ours"]))]
      if not steps:
        continue
      ours, limit, first, last = max(
          steps, key=lambda step: step[0].middle / step[1])
      others = [(name, grown(first, last, name)) for name in first.others()]
      lines.append((
          scenario["name"],
          f"{first.row['value']:,}{first.mark} to "
          f"{last.row['value']:,}{last.mark}",
          f"{bound}: {limit:.3g}", spread(ours), VERDICTS[verdict(ours, limit)],
          ", ".join(f"{named(name, first.role(name))} {number(of_cost.middle)}"
                    for name, of_cost in others if of_cost)))
  if not lines:
    return ""
  return ("\n## Growth\n\nBy what factor the cost of each grows with their "
          "number, and by what it may: as the logarithm of the number does, or "
          "not at all. Of all pairs of numbers, that between which ours grows "
          "most, compared with what it may.\n\n"
          + table(["scenario", "number", "at most", "ours", "", "others"],
                  lines))


def where_we_lose(figures):
  found = losses(figures)
  if not found:
    return "Nowhere: in no row is another faster than ours beyond the spread.\n"
  return ("Each row in which another is faster than ours beyond the spread, and "
          "how many times as long ours takes.\n\n"
          + table(["row", "against", "", "ratio"],
                  [(loss.row.marked_name, loss.other, loss.row.role(loss.other),
                    spread(loss.ratio)) for loss in found]))


def measured_on(context):
  compiler = (f"{context['compiler']}, `{context['flags']}`"
              if context["compiler"] else "Built elsewhere")
  version = f" {context['benchmark_version']}".replace(" None", "")
  absl = f" {context['absl_version']}".replace(" None", "")
  return (f"Measured on {context['date']}, commit `{context['commit']}`, on "
          f"{context['machine']} ({context['processor']}), "
          f"Linux {context['kernel']}. {compiler}. Google Benchmark{version}, a "
          f"{context['benchmark_build']} build. Abseil{absl}, its detection of "
          "deadlocks off.")


def page(figures):
  """Returns docs/benchmarks/README.md."""
  context = figures["context"]
  text = (
      "# Benchmarks\n\n"
      "What the library costs. `tools/benchmarks.py` measures on your "
      "machine and writes this page, its plots and "
      "[all figures](benchmarks.json).\n\n"
      "Ours stands beside four kinds of subjects. A *floor* is the job done "
      "plainly, without what makes it safe. A *baseline*, where there is no "
      "floor, is a plain way to do much the same, which may be beaten. A "
      "*peer* is what people use. One *within reach* does no more than one part "
      "of the job asks for, and shows how near to a target that part can come: "
      "[row by row](../performance.md#what-is-within-reach).\n\n"
      + "".join(f"**{warning}**\n\n" for warning in warnings(figures))
      + f"{measured_on(context)}\n\n{drift(figures)}{repetitions(figures)}\n"
      "The first line of a table is the floor, or a baseline or a peer where "
      "there is none, and its time, a median. Each other one has its time as a "
      "ratio to that: "
      "that of the medians, and in parentheses the quartiles of what it is "
      "when each repetition of the one is held against each of the other. Ours "
      "is bold, who is within reach italic.\n")
  for plot in plots(figures):
    text += f"\n![{plot['title']}]({plot['file']})\n"
  text += f"\n## Targets\n\n{summary(figures)}"
  text += growth(figures)
  text += f"\n## Where we lose\n\n{where_we_lose(figures)}"
  for program in figures["programs"]:
    if program["scenarios"]:
      text += f"\n## {program['name']}\n"
      text += "".join(section(program, scenario)
                      for scenario in program["scenarios"])
  return text


def missed(row, base):
  """Says which target against the base the row doesn't meet, if any."""
  found = [(target, verdict(of_time, target["ratio"]))
           for target, of_time in targets(row) if target["baseline"] == base]
  return "".join(f"; the target, {target['ratio']:.3g} ×, is {VERDICTS[key]}"
                 for target, key in found if key.startswith("not met"))


def numbers(figures):
  """Returns [(what, against what, ratio)] of the NUMBERS that there are."""
  found = []
  for what, against, scenario, value, base in NUMBERS:
    for row in rows(figures):
      if (row.scenario["name"], row.row["value"]) == (scenario, value):
        other = base or row.scenario["floor"]
        of_time = row.ratio(row.ours, other)
        if of_time:
          found.append((what, against,
                        f"{number(of_time.middle)} ×{row.mark}"
                        f"{missed(row, other)}"))
  return found


def block(figures, directory):
  """Returns what stands between README's markers."""
  found = numbers(figures)
  drawn = plots(figures)
  text = ""
  if drawn:
    first = drawn[0]
    text += f"![{first['title']}]({directory}/{first['file']})\n\n"
  if found:
    text += table(["", "takes of the time of", ""], found) + "\n"
  context = figures["context"]
  quick = "in a quick run, " if context["quick"] else ""
  return text + (
      f"Medians, measured {quick}on {context['date']} on "
      f"{context['machine']}; [all rows]({directory}/README.md), with all that "
      "is not met and where others win.\n")


class NoPlace(Exception):
  """Why the block has no place in README."""


def split(text):
  """Returns what stands before and after the block in README's text."""
  parts = re.split(f"({re.escape(BEGIN)}|{re.escape(END)})", text)
  if parts[1::2] != [BEGIN, END]:
    raise NoPlace(f"README.md has no place for the figures: want the line "
                  f"{BEGIN.strip()} once, and {END.strip()} below it")
  return parts[0], parts[4]


def readme(text, figures, directory):
  """Returns README's text with the block of the figures."""
  before, after = split(text)
  return f"{before}{BEGIN}\n{block(figures, directory)}\n{END}{after}"


def line_panel(program, scenario, each):
  """Returns a panel: the time against the argument, a line a contender.

  `each`: what the time is of, one of the argument or all of them.
  """
  found = [Row(program, scenario, row) for row in scenario["rows"]]
  series = []
  for contender in scenario["contenders"]:
    points = []
    for row in found:
      one = row.measured(contender)
      if one:
        value = row.row["value"]
        by = 1000.0 * (value if each else 1)
        points.append([value] + [float(f"{one[key] / by:.4g}")
                                 for key in ("q1", "median", "q3")])
    if points:
      series.append({"name": contender, "role": found[0].role(contender),
                     "points": points})
  return {"title": scenario["title"], "x": scenario["argument"],
          "y": "microseconds for each" if each else "microseconds",
          "series": series}


def bar(row, contender, value, low, high):
  return {"name": contender, "role": row.role(contender),
          "value": float(f"{value:.4g}"), "low": float(f"{low:.4g}"),
          "high": float(f"{high:.4g}")}


def time_panel(row):
  """Returns a panel: a bar a contender, its time."""
  title = row.scenario["title"]
  if row.row["value"] is not None:
    title += f", {row.scenario['argument']}: {row.row['value']:,}"
  bars = []
  for contender in row.scenario["contenders"]:
    one = row.measured(contender)
    if one:
      bars.append(bar(row, contender, one["median"] / 1000, one["q1"] / 1000,
                      one["q3"] / 1000))
  return {"title": title, "x": "microseconds", "scale": "log", "bars": bars}


def lost_panel(row):
  """Returns a panel: a bar a contender, the share that it loses."""
  bars = []
  for contender in row.scenario["contenders"]:
    lost = (row.measured(contender) or {"counters": {}})["counters"].get("lost")
    if lost is not None:
      bars.append(bar(row, contender, 100 * lost, 100 * lost, 100 * lost))
  return time_panel(row) | {"x": "lost, in percent", "scale": "percent",
                            "bars": bars}


def marks(panel):
  """Returns its lines or bars."""
  return panel.get("series") or panel.get("bars") or []


def plots(figures):
  """Returns [plot], what is to be drawn of the figures.

  A plot is {"file", "title", "panels", "peers"}: its panels have lines or
  bars, and the peers are those of all plots, by whose order each has the same
  colour in each plot.
  """
  found = [*rows(figures)]

  def lines(each, wanted):
    return [line_panel(program, scenario, each)
            for program in figures["programs"]
            for scenario in program["scenarios"]
            if len(scenario["rows"]) > 1 and wanted(scenario)]

  lost = losses(figures)
  made = [
      ("coroutines.svg", "Cost for each coroutine",
       lines(True, lambda scenario: scenario["per"] == "coroutines")),
      ("timers.svg", "Cost for each timer",
       lines(True, lambda scenario: scenario["per"] == "timers")),
      ("threads.svg", "Broadcast to threads that sleep",
       lines(False, lambda scenario: scenario["argument"] == "threads" and
             scenario["name"].startswith("Broadcast"))),
      ("ping_pong.svg", "A round trip between two threads",
       [time_panel(row) for row in found
        if "PingPong" in row.scenario["name"]]),
      ("pulses.svg", "Pulses that a waiter doesn't see",
       [lost_panel(row) for row in found
        if any("lost" in one["counters"]
               for one in row.row["contenders"].values())]),
      ("losses.svg",
       f"The largest {min(DRAWN_LOSSES, len(lost))} of {len(lost)} losses: how "
       "many times as long ours takes",
       [{"title": "", "x": "times as long as the other", "scale": "ratio",
         "bars": [bar(loss.row, loss.other, loss.ratio.middle, loss.ratio.low,
                      loss.ratio.high) | {"row": loss.row.name}
                  for loss in lost[:DRAWN_LOSSES]]}] if lost else []),
  ]
  note = " (a quick run)" if figures["context"]["quick"] else ""
  result = []
  for file, title, panels in made:
    panels = [panel for panel in panels if marks(panel)]
    if panels:
      result.append({"file": file, "title": title + note, "panels": panels})
  # In order of appearance, so that few of one plot share a colour.
  peers = dict.fromkeys(mark["name"] for plot in result
                        for panel in plot["panels"] for mark in marks(panel)
                        if mark["role"] == "peer")
  return [plot | {"peers": [*peers]} for plot in result]


def digest(plot):
  """Returns what a drawing says of the data that it is drawn from."""
  text = json.dumps(plot, sort_keys=True)
  return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def plot_data(svg):
  """Returns the digest that a drawing says, or None."""
  found = re.search(r"sha256:[0-9a-f]{64}", svg)
  return found[0] if found else None

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks_plot.py; they need matplotlib."""

import sys
import unittest
from xml.etree import ElementTree

try:
  import benchmarks_plot
except ImportError:
  sys.exit("the plots need matplotlib: apt-get install python3-matplotlib "
           "(`./bazelw test` does it)")

import benchmarks_page

LINES = {
    "file": "lines.svg", "title": "Cost for <each>", "peers": ["Absl", "Std"],
    "panels": [{
        "title": f"panel {number}", "x": "coroutines",
        "y": "microseconds for each",
        "series": [
            {"name": "List", "role": "floor",
             "points": [[1, 1, 2, 3], [1000000, 20, 30, 40]]},
            {"name": "BareEvent", "role": "within reach",
             "points": [[1, 1, 2, 3], [1000000, 10, 20, 30]]},
            {"name": "Event", "role": "ours", "points": [[1, 1, 1, 1]]},
            {"name": "Std", "role": "peer", "points": [[100, 4, 5, 6]]}],
    } for number in range(3)],
}


def bar(name, role, value, **more):
  return {"name": name, "role": role, "value": value, "low": value * 0.9,
          "high": value * 1.1} | more


def bars(scale, *found):
  return {"file": "bars.svg", "title": "Bars", "peers": ["Absl", "Std"],
          "panels": [{"title": "panel", "x": "axis", "scale": scale,
                      "bars": list(found)}]}


PLOTS = [
    LINES,
    bars("log", bar("List", "floor", 5), bar("Event", "ours", 0.2),
         bar("Std", "peer", 50)),
    bars("percent", bar("Event", "ours", 0), bar("Std", "peer", 99)),
    bars("ratio", bar("Std", "peer", 1.2, row="Lock"),
         bar("Absl", "peer", 17, row="Turns"),
         bar("List", "floor", 2, row="Join")),
]


def texts(svg):
  return ["".join(element.itertext()).strip()
          for element in ElementTree.fromstring(svg).iter()
          if element.tag.endswith("}text")]


class PlotTest(unittest.TestCase):

  def test_the_same_plot_is_the_same_text(self):
    for plot in PLOTS:
      self.assertEqual(benchmarks_plot.svg(plot), benchmarks_plot.svg(plot))

  def test_a_drawing_says_what_data_it_is_of_and_no_date(self):
    for plot in PLOTS:
      svg = benchmarks_plot.svg(plot)
      self.assertEqual(benchmarks_page.plot_data(svg),
                       benchmarks_page.digest(plot))
      self.assertNotIn("dc:date", svg)

  def test_all_that_is_drawn_is_named(self):
    named = texts(benchmarks_plot.svg(LINES))
    for text in ("Cost for <each>", "panel 0", "panel 2", "coroutines", "1M",
                 "microseconds for each", "Event", "Std", "List (floor)",
                 "BareEvent (within reach)"):
      self.assertIn(text, named)
    named = texts(benchmarks_plot.svg(PLOTS[1]))
    for text in ("List (floor)", "Event", "Std", "0.200", "50.0"):
      self.assertIn(text, named)
    named = texts(benchmarks_plot.svg(PLOTS[3]))
    self.assertIn("Turns, against Absl", named)
    self.assertIn("Join, against List (floor)", named)

  def test_a_long_title_is_broken_into_lines(self):
    title = "a round trip of two threads, each asleep when its turn comes"
    plot = {**PLOTS[1], "panels": 2 * [PLOTS[1]["panels"][0] |
                                       {"title": title}]}
    lines = [text for text in texts(benchmarks_plot.svg(plot)) if text in title]
    self.assertEqual(" ".join(lines), f"{title} {title}")
    self.assertLess(max(map(len, lines)), 50)

  def test_a_contender_has_the_same_colour_in_each_plot(self):
    colors = {one: benchmarks_plot.style(LINES, *one)
              for one in (("Event", "ours"), ("List", "floor"),
                          ("BareEvent", "within reach"), ("Absl", "peer"),
                          ("Std", "peer"))}
    self.assertEqual(len(set(colors.values())), 5)
    for plot in PLOTS:
      svg = benchmarks_plot.svg(plot)
      for panel in plot["panels"]:
        for one in panel.get("series") or panel["bars"]:
          self.assertIn(colors[one["name"], one["role"]][0], svg)

  def test_no_two_contenders_look_the_same_however_many_there_are(self):
    many = {"peers": [f"Peer{i:02}" for i in range(60)]}
    styles = {benchmarks_plot.style(many, name, "peer")
              for name in many["peers"]}
    self.assertEqual(len(styles), 60)

  def test_a_dark_background_has_light_text(self):
    svg = benchmarks_plot.svg(LINES)
    self.assertIn("@media (prefers-color-scheme: dark)", svg)
    for light in (benchmarks_plot.ink, benchmarks_plot.paper,
                  benchmarks_plot.grid):
      # In a style sheet, and in what it is to change.
      self.assertGreater(svg.count(f": {light}"), 2, light)


if __name__ == "__main__":
  unittest.main()

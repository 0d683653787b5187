# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Draws what benchmarks_page.plots() returns as SVG, with matplotlib.

The same plot is the same text each time. The colours are the same on a light
background and on a dark one, but for those of INK, PAPER and GRID, which follow
what the reader prefers. No two contenders of a plot differ by colour alone.
"""

import io
import textwrap

import matplotlib

import benchmarks_page

matplotlib.use("svg")

import matplotlib.pyplot as plt  # pylint: disable=wrong-import-position
from matplotlib import ticker  # pylint: disable=wrong-import-position

# Light: dark.
INK = {"#1f2328": "#e6edf3"}
PAPER = {"#fefefe": "#0d1117"}
GRID = {"#d8dee4": "#30363d"}
(ink,), (paper,), (grid,) = INK, PAPER, GRID

# Of who is no peer: colour, marker and line.
STYLES = {
    "ours": ("#d55e00", "o", "-"),
    "within reach": ("#7d8590", "x", ":"),
    "floor": ("#7d8590", "_", "--"),
    "baseline": ("#7d8590", "_", "--"),
}

# Of peers in their order: colours of Okabe and Ito that are seen on both
# backgrounds, and more of the same lightness.
PEERS = ("#0a7fc2", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#8a6fd1",
         "#9a9a2e", "#c2566e")
MARKERS = "sD^vP*Xp"

plt.rcParams.update({
    "axes.axisbelow": True, "axes.edgecolor": grid, "axes.facecolor": "none",
    "axes.grid": True, "axes.labelcolor": ink, "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlelocation": "left",
    "axes.titlesize": 11, "figure.facecolor": paper,
    "font.family": "sans-serif", "font.size": 10,
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial"],
    "grid.color": grid, "grid.linewidth": 0.7, "legend.frameon": False,
    "lines.linewidth": 1.6, "lines.markersize": 5, "savefig.facecolor": paper,
    "svg.fonttype": "none", "svg.hashsalt": "sync", "text.color": ink,
    "xtick.color": ink, "ytick.color": ink, "xtick.minor.size": 0,
    "ytick.minor.size": 0,
})


def style(plot, name, role):
  """Returns (colour, marker, line) of a contender."""
  if role in STYLES:
    return STYLES[role]
  again, place = divmod(plot["peers"].index(name), len(PEERS))
  return PEERS[place], MARKERS[(place + again) % len(MARKERS)], "-"


def plain(value, _=None):
  """What stands beside an axis, where 1,000,000 is too long."""
  if value >= 1e6:
    return f"{value / 1e6:g}M"
  return f"{value / 1e3:g}k" if value >= 1e4 else f"{value:,g}"


def panels_of(plot, across, width, heights):
  """Returns a figure and an axis for each panel, so many of them in a row.

  `heights`: that of each panel, in inches; a row has that of its highest one.
  """
  rows = [max(heights[i:i + across]) for i in range(0, len(heights), across)]
  figure, axes = plt.subplots(
      len(rows), across, squeeze=False, layout="constrained",
      gridspec_kw={"height_ratios": rows},
      figsize=(width * across, sum(rows) + 0.4))
  for axis in axes.flat[len(heights):]:
    axis.set_visible(False)
  for axis, panel in zip(axes.flat, plot["panels"]):
    axis.set_title(panel["title"])
    axis.spines[:].set_color(grid)
  figure.suptitle(plot["title"], x=0.01, ha="left", weight="bold")
  return figure, axes.flat[:len(heights)]


def wrap_titles(figure):
  """Breaks each panel's title into lines as wide as the panel is drawn."""
  figure.draw_without_rendering()
  letter = 0.6 * plt.rcParams["axes.titlesize"]  # Of DejaVu Sans, in points.
  for axis in figure.axes:
    width = axis.get_window_extent().width * 72 / figure.dpi
    axis.set_title(textwrap.fill(axis.get_title("left"), int(width / letter)))


def draw_lines(plot):
  panels = plot["panels"]
  across = 2 if len(panels) in (1, 2, 4) else 3
  figure, axes = panels_of(plot, across, 3.7 if across == 3 else 5,
                           [3.3] * len(panels))
  drawn = {}
  points = [point for panel in panels for one in panel["series"]
            for point in one["points"]]
  lowest = min(point[1] for point in points)
  highest = max(point[3] for point in points)
  for axis, panel in zip(axes, panels):
    axis.set(xscale="log", yscale="log", xlabel=panel["x"], ylabel=panel["y"],
             ylim=(lowest / 1.5, highest * 1.5))
    # Ours last, above the others.
    for one in sorted(panel["series"], key=lambda one: one["role"] == "ours"):
      color, marker, line = style(plot, one["name"], one["role"])
      x, low, middle, high = zip(*one["points"])
      axis.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)
      (drawn[one["role"], one["name"]],) = axis.plot(
          x, middle, color=color, marker=marker, linestyle=line,
          linewidth=2.6 if one["role"] == "ours" else 1.4)
    axis.set_xticks(sorted({point[0] for one in panel["series"]
                            for point in one["points"]}))
    axis.xaxis.set_minor_locator(ticker.NullLocator())
    axis.yaxis.set_minor_locator(ticker.NullLocator())
    axis.xaxis.set_major_formatter(plain)
    axis.yaxis.set_major_formatter(plain)
  roles = ("ours", "peer", "within reach", "baseline", "floor")
  order = sorted(drawn, key=lambda key: (roles.index(key[0]), key[1]))
  columns = 3 if across == 2 else 5
  band = 0.3 * -(-len(order) // columns) / figure.get_figheight()
  figure.get_layout_engine().set(rect=(0, band, 1, 1 - band))
  figure.legend([drawn[key] for key in order],
                [benchmarks_page.named(name, role) for role, name in order],
                loc="lower center", ncol=columns)
  return figure


def draw_bars(plot):
  panels = plot["panels"]
  across = min(len(panels), 2)
  figure, axes = panels_of(plot, across, 5 if across == 2 else 9,
                           [0.3 * len(panel["bars"]) + 1 for panel in panels])
  bars = [one for panel in panels for one in panel["bars"]]
  lowest = min(one["low"] for one in bars)
  highest = max(one["high"] for one in bars)
  for axis, panel in zip(axes, panels):
    if panel["scale"] == "percent":
      axis.set_xlim(0, 115)
    elif panel["scale"] == "ratio":
      axis.set(xscale="log", xlim=(1, max(highest**1.2, 2.2)))
      axis.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    else:
      # A bar has no end on this side: all begin below the shortest one.
      axis.set(xscale="log", xlim=(lowest / 4, highest * 6))
    draw_panel(plot, axis, panel)
  return figure


def draw_panel(plot, axis, panel):
  bars = panel["bars"]
  places = range(len(bars))
  values = [one["value"] for one in bars]
  colors = [style(plot, one["name"], one["role"])[0] for one in bars]
  axis.barh(places, values, height=0.66, color=colors,
            xerr=[[one["value"] - one["low"] for one in bars],
                  [one["high"] - one["value"] for one in bars]],
            error_kw={"ecolor": ink, "elinewidth": 1})
  for place, one in zip(places, bars):
    axis.annotate(benchmarks_page.number(one["value"]), (one["high"], place),
                  xytext=(5, 0), textcoords="offset points", va="center")
  axis.set_yticks(places, [
      (f"{one['row']}, against " if "row" in one else "")
      + benchmarks_page.named(one["name"], one["role"]) for one in bars])
  axis.set_xlabel(panel["x"])
  axis.set_ylim(len(bars) - 0.5, -0.5)
  axis.grid(False, axis="y")
  axis.tick_params(axis="y", length=0)
  axis.xaxis.set_minor_locator(ticker.NullLocator())
  if panel["scale"] != "percent":
    axis.xaxis.set_major_formatter(plain)


def dark():
  """Returns the style sheet of a reader that prefers a dark background."""
  rules = [f'[style*="{what}: {light}"] {{ {what}: {dark_} !important }}'
           for colors in (INK, PAPER, GRID) for light, dark_ in colors.items()
           for what in ("fill", "stroke")]
  return ("<style>@media (prefers-color-scheme: dark) {\n"
          + "\n".join(rules) + "\n}</style>\n")


def svg(plot):
  """Returns the drawing."""
  lines = "series" in plot["panels"][0]
  figure = (draw_lines if lines else draw_bars)(plot)
  wrap_titles(figure)
  text = io.StringIO()
  figure.savefig(text, format="svg", metadata={
      "Creator": None, "Date": None, "Title": plot["title"],
      "Description": benchmarks_page.digest(plot)})
  plt.close(figure)
  before, metadata, after = text.getvalue().partition(" <metadata>")
  return before + dark() + metadata + after

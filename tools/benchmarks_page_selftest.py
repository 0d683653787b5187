# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks_page.py."""

import unittest

import benchmarks_page as page
from benchmarks_samples import (
    BROADCAST, LOOK, README, figures_of, look, look_with_bare_event, measured,
    only_row, slowed, with_others, with_rows)


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
    self.assertIn("Built elsewhere. Google Benchmark, a release build. Abseil, "
                  "its detection of deadlocks off.\n", text)
    self.assertIn("g++, `-O2`. Google Benchmark 1.7.1, a release build. Abseil "
                  "20220623.1, its detection of deadlocks off.\n",
                  page.page(figures_of(look([1]), absl_version="20220623.1")))

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

  def test_a_role_is_what_the_program_says_whatever_the_name(self):
    for role in page.ROLES:
      for name in ("Std", "BareEvent", "PlainWait", "Sky"):
        scenario = LOOK | {"floor": name, "contenders": [name, "Ours"],
                           "roles": {name: role}, "targets": []}
        row = only_row(with_rows(scenario, {}), ours="Ours")
        self.assertEqual(row.role(name), role)
        self.assertEqual(row.role("Ours"), "ours")

  def test_only_who_is_within_reach_is_italic(self):
    scenario = with_others(LOOK, Fair="peer", Mine="within reach")
    text = page.page(figures_of(with_rows(scenario, {
        name: measured(1, count=2) for name in scenario["contenders"]})))
    for line in ("| Fair | 1.00 |\n", "| *Mine* | 1.00 |\n",
                 "| Fair | 2 |\n", "| *Mine* | 2 |\n", "| **Event** | 2 |\n"):
      self.assertIn(line, text)

  def test_a_target_has_what_is_within_reach_beside_it(self):
    text = page.page(figures_of(look_with_bare_event()))
    self.assertIn("| Look | AtomicFlag | 1.05 | 2.00 | *not met* | 1 | "
                  "BareEvent 0.800 |\n"
                  "| Look | MutexCondVar | 0.25 | 0.400 | *not met* | 1 | "
                  "BareEvent 0.160 |\n", text)
    self.assertIn("| *BareEvent* | 0.800 |\n", text)
    # Who is the target is not also what is within its reach.
    row = only_row(look_with_bare_event())
    self.assertEqual(page.within_reach(row, "BareEvent"), "")
    # Nor who is behind.
    row = only_row(look_with_bare_event(ours=7))
    self.assertEqual(page.within_reach(row, "AtomicFlag"), "")
    self.assertIn("| Look | AtomicFlag | 1.05 | 1.00 | *met* | 3 |  |\n",
                  page.page(figures_of(look([10, 10, 10]))))

  def test_growth_is_held_against_what_is_allowed(self):
    arm = with_rows(
        BROADCAST | {"name": "TimersArm", "argument": "timers",
                     "values": [1000, 10000, 1000000], "per": "timers",
                     "contenders": ["Multimap", "Event", "Asio", "Python",
                                    "Textbook"],
                     "roles": {"Multimap": "baseline", "Asio": "peer",
                               "Python": "peer", "Textbook": "within reach"},
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
        "*not met* | Multimap (baseline) 2.00, Asio 0.500, "
        "Textbook (within reach) 17.0 |\n"
        "| PoolBroadcast | 100 to 10,000 | O(1): 1 | 0.500 | *met* | "
        "List (floor) 10.0 |\n", text)

  def test_growth_is_that_of_the_worst_step(self):
    # By the ends, it falls.
    pool = with_rows(
        BROADCAST | {"name": "PoolBroadcast", "values": [100, 10000, 1000000]},
        {"Event": measured(25e3), "List": measured(1e3)},
        {"Event": measured(4e5), "List": measured(2e5)},
        {"Event": measured(5e7), "List": measured(1e7)})
    self.assertIn(
        "| PoolBroadcast | 10,000 to 1,000,000 | O(1): 1 | 1.25 | *not met* | "
        "List (floor) 0.500 |\n", page.growth(figures_of(pool)))
    # Of a logarithm, the allowed growth depends on the step.
    arm = with_rows(
        BROADCAST | {"name": "TimersArm", "argument": "timers",
                     "values": [1000, 10000, 1000000]},
        {"Event": measured(1e3)}, {"Event": measured(1.5e4)},
        {"Event": measured(1.6e6)})
    self.assertIn(
        "| TimersArm | 1,000 to 10,000 | O(log n): 1.33 | 1.50 | *not met* |  "
        "|\n", page.growth(figures_of(arm)))

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

  def test_a_quick_run_says_what_it_leaves_out(self):
    text = page.page(figures_of(look([1]), quick=True))
    self.assertIn("no rows of more than 100,000", text)
    text = page.page(figures_of(look([1]), quick=True, only="Look"))
    self.assertNotIn("no rows of more", text)

  def test_a_row_during_which_the_machine_was_slow_is_marked(self):
    text = page.page(figures_of(slowed(look([60]), 1.831),
                                slowed(look([70]), 1.25), look([80])))
    self.assertIn("always the same usually took 1.50 times as long as at its "
                  "best, and up to 1.83 times as long as usually. Where that was "
                  "more than 1.25, a row is marked as *slowed*, and worth less: "
                  "1 of 2.\n", text)
    for line in (
        "| Look (slowed 1.83 ×) | AtomicFlag | 1.05 | 6.00 | *not met* |",
        "| Look | AtomicFlag | 1.05 | 7.00 | *not met* |",
        "| Look | AtomicFlag | 1.05 | 8.00 | *not met* |",
        "| Look (slowed 1.83 ×) | AtomicFlag | floor | 6.00 |\n",
        "| cpu time | ratio (slowed 1.83 ×) |\n",
        "- Look (slowed 1.83 ×): at most 1.05 of AtomicFlag: 6.00"):
      self.assertIn(line, text)
    self.assertEqual(text.count("(slowed"), 7)

  def test_growth_from_or_to_a_slow_row_is_marked(self):
    pool = with_rows(
        BROADCAST | {"name": "PoolBroadcast", "values": [100, 10000]},
        {"Event": measured(1000)}, {"Event": measured(5e6)})
    self.assertIn("| PoolBroadcast | 100 to 10,000 (slowed 1.50 ×) | ",
                  page.growth(figures_of(slowed(pool, 1, 1.5))))
    self.assertIn("| PoolBroadcast | 100 (slowed 1.50 ×) to 10,000 | ",
                  page.growth(figures_of(slowed(pool, 1.5, 1))))

  def test_a_machine_that_was_quiet_says_so_and_older_figures_nothing(self):
    text = page.page(figures_of(slowed(look([60]), 1.2)))
    self.assertIn("up to 1.20 times as long as usually. Nowhere was that more "
                  "than 1.25 times.\n", text)
    self.assertNotIn("(slowed", text)
    text = page.page(figures_of(look([60])))
    self.assertNotIn("slowed", text)
    self.assertNotIn("speed varied", text)

  def test_numbers_have_three_digits_and_times_a_unit(self):
    self.assertEqual([page.number(value) for value in
                      (0.03126, 1.0, 12.345, 99.94, 99.96, 1234.5)],
                     ["0.0313", "1.00", "12.3", "99.9", "100", "1,234"])
    self.assertEqual([page.duration(value) for value in
                      (0.3, 1234, 5e6, 2e9)],
                     ["0.300 ns", "1.23 µs", "5.00 ms", "2.00 s"])


class ReadmeTest(unittest.TestCase):

  def test_the_block_has_the_numbers_that_there_are(self):
    is_set = look([10]) | {"name": "IsSet"}
    shuffled = with_rows(
        BROADCAST | {"name": "BroadcastShuffled", "values": [1000000]},
        {"List": measured(100), "Event": measured(20)})
    text = page.readme(README, figures_of(is_set, shuffled), "docs/benchmarks")
    self.assertIn("| `IsSet()` | one load | 1.00 × |\n| `Set()` for 1,000,000 "
                  "coroutines in shuffled order | a plain list of handles | "
                  "0.200 × |\n", text)
    self.assertNotIn("ping-pong", text)
    self.assertEqual(page.readme(text, figures_of(is_set, shuffled),
                                 "docs/benchmarks"), text)

  def test_the_block_says_which_target_is_missed(self):
    for times, said in [
        ([10], "1.00 ×"),
        ([9, 10, 11], "1.00 ×"),
        ([10, 11, 12], "1.10 ×; the target, 1.05 ×, is *not met*, but by some "
                       "of the spread"),
        ([20], "2.00 ×; the target, 1.05 ×, is *not met*"),
    ]:
      text = page.block(figures_of(look(times) | {"name": "IsSet"}), "docs")
      self.assertIn(f"| `IsSet()` | one load | {said} |\n", text)

  def test_the_block_says_which_number_is_of_a_slow_row(self):
    text = page.block(figures_of(slowed(look([10]), 1.5) | {"name": "IsSet"}),
                      "docs")
    self.assertIn("| `IsSet()` | one load | 1.00 × (slowed 1.50 ×) |\n", text)

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
    first = with_rows(with_others(BROADCAST, Std="peer",
                                  BareEvent="within reach"),
                      {"List": measured(1), "Std": measured(2),
                       "BareEvent": measured(3)}, {})
    for plot in page.plots(figures_of(first, look([60]))):
      self.assertEqual(plot["peers"], ["Std", "MutexCondVar"])

  def test_timers_have_a_plot_of_their_own(self):
    timers = with_rows(
        BROADCAST | {"name": "TimersArm", "argument": "timers",
                     "per": "timers", "contenders": ["Event", "Textbook"],
                     "roles": {"Textbook": "within reach"}},
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


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of evidence.py and evidence_page.py."""

import copy
import os
import pathlib
import unittest

import evidence
import evidence_page

XML = """<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2">
  <testsuite name="S" tests="2">
    <testcase name="A" classname="S">
      <properties>
        <property name="stale reads budget" value="3"/>
        <property name="stale reads executions" value="1200"/>
        <property name="stale reads microseconds" value="2000"/>
        <property name="stale reads complete" value="1"/>
      </properties>
    </testcase>
    <testcase name="B" classname="S"/>
  </testsuite>
</testsuites>
"""

MUTANTS = """
   1 of 4  a wake: is forgotten: S.A, stale reads, budget 2, execution 17
   2 of 4  a wait hangs: it hangs
   3 of 4  sync/a.h: f(std::x); (acquire -> relaxed): it ends with -6
   4 of 4  nothing to see: nothing, as is proved
4 mutants, 1 equivalent, 0 wrong, 612 s
"""

SPIN = """
   2,467,140 states,   19 s: 2 waiters, 1 Set
   5,410,190 states,   46 s: 2 waiters, 1 Set, fair
         707 states: mutant 1 is refuted: assertion violated (at depth 146)
"""

PYTHON = """
asyncio of Python 3.11.2
"""

SCRIPT = """
tests() {
  local name=$1
}
tests "all" ./bazelw test //...
step "tour" ./bazelw run //examples:tour -- \\
  --delay=100ms
"""

FIGURES = {
    "date": "2026-11-25",
    "commit": "abc",
    "machine": "2 cores",
    "compiler": "g++",
    "python": evidence.python(PYTHON),
    "steps": evidence.steps(SCRIPT),
    "scenarios": evidence.scenarios(XML),
    "litmus": {"L.SB": {"executions": 10, "outcomes": ["00", "01"]}},
    "speed": {"executions": 1234567, "microseconds": 1000000},
    "mutants": evidence.mutants(MUTANTS),
    "mutants_of": {"date": "2026-11-24", "commit": "def"},
    "fuzz": {"F.A": {"files": 3}, "F.B": {"inputs": 20000}},
    "shame": {"Bug.OfOthers": {"budget": 2, "executions": 3000}},
    "spin": evidence.spin(SPIN),
    "sequences": {"Q.A": {"sequences": 5, "operations": 25}},
    "companions": {"C.A": {"sequences": 6, "operations": 36}},
    "asyncio": {"P.A": {"sequences": 7, "waits": 9}},
    "system": {"T.A": {"waits": 4000}, "T.B": {"forks": 3}, "T.C": {}},
}


class ReadTest(unittest.TestCase):

  def test_properties_become_counts(self):
    self.assertEqual(list(evidence.counts(XML)), ["S.A"])
    self.assertEqual(evidence.all_counts(XML)["S.B"], {})
    self.assertEqual(
        evidence.scenarios(XML)["S.A"]["stale reads"],
        {"budget": 3, "executions": 1200, "microseconds": 2000, "complete": 1})

  def test_a_typed_test_is_one(self):
    typed = XML.replace('name="A" classname="S"', 'name="B" classname="S/Int"')
    self.assertEqual(list(evidence.all_counts(typed)), ["S.B"])

  def test_a_test_of_the_helper_is_no_bug(self):
    xml = XML.replace('"stale reads ', '"')
    self.assertEqual(list(evidence.shame(xml)), ["S.A"])
    self.assertEqual(
        evidence.shame(xml.replace('classname="S"', 'classname="STest"')), {})

  def test_the_log_of_the_mutants(self):
    self.assertEqual(evidence.mutants(MUTANTS), [
        {"name": "a wake: is forgotten", "by": "S.A",
         "machine": "stale reads, budget 2", "execution": 17},
        {"name": "a wait hangs", "by": "it hangs"},
        {"name": "sync/a.h: f(std::x); (acquire -> relaxed)",
         "by": "it ends with -6"},
        {"name": "nothing to see", "by": None},
    ])
    for wrong in [MUTANTS.replace("0 wrong", "1 wrong"),
                  MUTANTS.replace("   2 of 4", "")]:
      with self.assertRaises(ValueError):
        evidence.mutants(wrong)

  def test_the_log_of_spin(self):
    self.assertEqual(evidence.spin(SPIN), {
        "searches": [["2 waiters, 1 Set", 2467140],
                     ["2 waiters, 1 Set, fair", 5410190]],
        "mutants": [["assertion violated (at depth 146)", 707]],
    })

  def test_the_log_of_python(self):
    self.assertEqual(evidence.python(PYTHON), "3.11.2")

  def test_the_steps_of_a_script(self):
    self.assertEqual(evidence.steps(SCRIPT), [
        ["all", "./bazelw test //..."],
        ["tour", "./bazelw run //examples:tour -- --delay=100ms"],
    ])

  def test_files_of_the_tests_are_found_by_bazels_events(self):
    directory = pathlib.Path(os.environ["TEST_TMPDIR"])
    xml = directory / "the test.xml"
    xml.write_text(XML.replace('"stale reads ', '"'))
    log = directory / "test.log"
    log.write_text(SPIN)
    found = evidence.results([
        {"id": {"started": {}}},
        {"id": {"testResult": {"label": "//testing/shame:a_test"}},
         "testResult": {"testActionOutput": [
             {"name": "test.xml", "uri": xml.as_uri()}]}},
        {"id": {"testResult": {"label": "//testing/spin:spin_test"}},
         "testResult": {"testActionOutput": [
             {"name": "test.log", "uri": log.as_uri()}]}},
    ])
    self.assertEqual(evidence.collect(found), {
        "shame": {"S.A": {"budget": 3, "executions": 1200,
                          "microseconds": 2000, "complete": 1}},
        "spin": FIGURES["spin"],
    })


class PageTest(unittest.TestCase):

  def test_the_summary_has_a_row_for_each_part(self):
    page = evidence_page.page(FIGURES, evidence.TARGETS)
    for part, target in evidence.TARGETS.items():
      self.assertIn(f"| `./bazelw test {target}` |", page, part)
    self.assertIn("| 1 scenarios, 1,200 executions, all that there are |", page)
    self.assertIn("| 4: 3 found, 1 proved to be none |", page)
    self.assertIn("| 1,200,000 executions a second", page)
    self.assertIn("| 3 inputs that the fuzzer has found, 20,000 at random |",
                  page)
    self.assertIn("| 3 tests, 4,000 waits, ", page)

  def test_a_test_that_does_not_count_is_listed(self):
    page = evidence_page.page(FIGURES, evidence.TARGETS)
    self.assertIn("| `T.B` | 3 forks |\n| `T.C` | - |\n", page)

  def test_figures_that_were_kept_say_of_when_they_are(self):
    kept = ("These figures are of 2026-11-24, commit `def`, but for mutants that "
            "have come since.")
    page = evidence_page.page(FIGURES, evidence.TARGETS)
    self.assertIn(kept, page)
    now = FIGURES | {"mutants_of": {"date": "2026-11-25", "commit": "abc"}}
    self.assertNotIn("These figures", evidence_page.page(now, evidence.TARGETS))

  def test_an_exploration_that_is_not_complete_shows(self):
    figures = copy.deepcopy(FIGURES)
    figures["scenarios"]["S.A"]["stale reads"]["complete"] = 0
    page = evidence_page.page(figures, evidence.TARGETS)
    self.assertIn("not all that there are", page)
    self.assertIn("3: 1,200, not all", page)

  def test_executions_without_a_budget_are_counted_apart(self):
    figures = copy.deepcopy(FIGURES)
    figures["scenarios"]["S.A"]["all powers"] = {"executions": 4000,
                                                 "microseconds": 5000}
    page = evidence_page.page(figures, evidence.TARGETS)
    self.assertIn("| 1 scenarios, 1,200 executions, all that there are |", page)
    self.assertIn("| 4,000 executions |", page)
    self.assertIn("| all powers | 4,000 |", page)
    self.assertIn("| 3: 1,200 | - | - | 4,000 |", page)

  def test_the_picture_has_a_bar_for_each_bug(self):
    picture = evidence_page.picture(FIGURES)
    self.assertEqual(picture.count("<title>"), 2)
    self.assertIn("a wake: is forgotten: 17<", picture)
    self.assertIn("Bug.OfOthers: 3,000<", picture)


class CheckTest(unittest.TestCase):

  def test_differences_go_both_ways(self):
    self.assertEqual(
        [*evidence.differences("scenario", {"A": {}, "B": {}},
                               ["B", "C", "B"])],
        ["the page lacks scenario B", "the page lacks scenario C",
         "there is no scenario A"])

  def test_searches_by_spin_are_those_of_the_program(self):
    figures = {"searches": [["2 waiters", 5], ["2 waiters, fair", 9]],
               "mutants": [["S1", 3]]}
    program = {"CONFIGURATIONS": [("2 waiters", True)], "MUTANTS": range(1, 2)}
    self.assertEqual([*evidence.spin_differences(figures, program)], [])
    program = {"CONFIGURATIONS": [("2 waiters", False), ("3 waiters", False)],
               "MUTANTS": range(1, 3)}
    self.assertEqual(
        [*evidence.spin_differences(figures, program)],
        ["the page lacks search by Spin 3 waiters",
         "there is no search by Spin 2 waiters, fair",
         "Spin's model has 2 mutants"])

  def test_inputs_are_those_of_the_corpus(self):
    self.assertEqual(
        [*evidence.fuzz_differences(FIGURES["fuzz"], ["a", "b", "c"])], [])
    self.assertEqual(
        [*evidence.fuzz_differences(FIGURES["fuzz"], ["a"])],
        ["the corpus of the fuzzer has 1 files, and not 3"])

  def test_tests_of_all_kinds_are_found(self):
    path = pathlib.Path(os.environ["TEST_TMPDIR"]) / "a_test.cc"
    path.write_text("TEST(A, B) {}\nTEST_F(A, C) {}\nTYPED_TEST(D, E) {}\n"
                    "TYPED_TEST_SUITE(D, Types);\n// TEST(A, D) {}\n")
    self.assertEqual(evidence.tests_in(str(path)), ["A.B", "A.C", "D.E"])

  def test_mutants_are_those_of_the_table(self):
    table = "".join(f"0 {i} core {mutant['name']}\n"
                    for i, mutant in enumerate(FIGURES["mutants"]))
    proofs = "### nothing to see\n\nWhy.\n"
    self.assertEqual([*evidence.stale(FIGURES, table, proofs)], [])
    self.assertEqual(
        [*evidence.stale(FIGURES, table.replace("a wait hangs", "new"), "")],
        ["the page lacks mutant new", "there is no mutant a wait hangs",
         "there is no equivalent mutant nothing to see"])


if __name__ == "__main__":
  unittest.main()

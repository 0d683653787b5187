#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Runs the tests on every mutant; each must make one of them fail.

  run_mutants.py [--times=N] [--only=NAMES] {core | all} TABLE EQUIVALENT
      PROGRAM...

TABLE and the programs are those of schemata.py. EQUIVALENT is a Markdown file
with a heading for each mutant that no test can tell from the library, under
which it says why. Such a mutant must pass; if it fails, or is unknown, the list
is wrong. A mutant may hang: it has failed if it takes fifty minutes or, with
--times, N times as long as the library itself, and half a minute. NAMES is a
file with the names of those to run, one in a line.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import time

# What takes minutes with a budget of more than 1.
SLOW = ("AnyScenario.*:CalloutScenario.*:ClockScenario.*:ExecutorScenario.*"
        ":GivingUpScenario.*")
# Budgets, and the tests that are run with each, one after the other until one
# fails: most mutants show at once.
TRIES = (("1", "*"), ("2", f"-{SLOW}"), ("9", f"-{SLOW}"), ("9", SLOW))
# Of a library that is to pass.
ALL = (("9", "*"),)
# Of some tests only. To what has no budget it is another try.
BUDGETS = ("1", "2", "9")
# All scenarios take seven minutes, and some times as long beside other work.
SECONDS = 3000


def run(program, number, seconds, tries):
  """What tells the mutant from the library; None: nothing does."""
  for budget, tests in tries:
    environment = dict(os.environ, SYNCTEST_MUTANT=number,
                       SYNCTEST_BUDGET=budget, GTEST_FILTER=tests)
    try:
      done = subprocess.run([program, "--gtest_fail_fast"], env=environment,
                            capture_output=True, text=True, check=False,
                            timeout=seconds)
    except subprocess.TimeoutExpired:
      return "it hangs"
    if done.returncode != 0:
      failed = re.search(r"^\[  FAILED  \] (\S+)", done.stdout, re.M)
      if not failed:
        return f"it ends with {done.returncode}"
      # Of a scenario the machine, and the execution on it that failed.
      explored = re.findall(r"^  (.*, budget \d+): (\d+) executions",
                            done.stdout, re.M)
      if not explored:
        return failed[1]
      return f"{failed[1]}, {explored[-1][0]}, execution {explored[-1][1]}"
  return None


def equivalents(path):
  with open(path, encoding="utf-8") as file:
    return set(re.findall(r"^### (.*)$", file.read(), re.M))


def names(path):
  with open(path, encoding="utf-8") as file:
    return set(file.read().splitlines())


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("--times", type=int)
  parser.add_argument("--only")
  parser.add_argument("which", choices=["core", "all"])
  parser.add_argument("table")
  parser.add_argument("equivalent")
  parser.add_argument("programs", nargs="+")
  arguments = parser.parse_args()
  which, programs = arguments.which, arguments.programs
  equivalent = arguments.equivalent
  excused = equivalents(equivalent)
  mutants = []
  with open(arguments.table, encoding="utf-8") as file:
    for line in file:
      program, number, kind, name = line.rstrip("\n").split(" ", 3)
      if which in ("all", kind):
        mutants.append((programs[int(program)], number, name))
  # With small budgets: the scenarios' own tests have the others.
  begin = time.monotonic()
  tests = os.environ.get("GTEST_FILTER", "*")
  tries = TRIES if tests == "*" else [(budget, tests) for budget in BUDGETS]
  if run(programs[0], "0", SECONDS, tries[:1]) is not None:
    sys.exit("the library itself fails")
  seconds = SECONDS
  if arguments.times is not None:
    seconds = max(30, arguments.times * (time.monotonic() - begin))
  tries_of = lambda mutant: ALL if mutant[2] in excused else tries
  wrong = 0
  unlisted = excused - {name for _, _, name in mutants}
  if which != "all":
    excused = unlisted = set()
  if arguments.only is not None:
    wanted = names(arguments.only)
    unknown = wanted - {name for _, _, name in mutants}
    if unknown:
      sys.exit(f"no such mutants: {', '.join(sorted(unknown))}")
    mutants = [mutant for mutant in mutants if mutant[2] in wanted]
    excused &= wanted
  for name in sorted(unlisted):
    print(f"WRONG  {equivalent} is about no mutant: {name}")
    wrong += 1
  with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    verdicts = pool.map(
        lambda mutant: run(*mutant[:2], seconds, tries_of(mutant)), mutants)
    for i, (mutant, found) in enumerate(zip(mutants, verdicts), 1):
      name = mutant[2]
      is_excused = name in excused
      good = is_excused != bool(found)
      wrong += not good
      print(f"{i:4} of {len(mutants)}  {'' if good else 'WRONG  '}{name}: "
            f"{found or 'nothing'}{', as is proved' if is_excused else ''}",
            flush=True)
  print(f"{len(mutants)} mutants, {len(excused)} equivalent, {wrong} wrong, "
        f"{time.monotonic() - begin:.0f} s")
  sys.exit(1 if wrong else 0)


if __name__ == "__main__":
  main()

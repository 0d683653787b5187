#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Checks event.pml with Spin, and that it is about the code that ships.

  run_spin.py {commit | nightly} MODEL SOURCE...

First the labels of the table of orders, at the top of a source, those at the
steps in the sources, and those at the steps of the model must be the same. Then
each configuration is explored whole, and each mutant must be refuted by one of
them. That takes three minutes or so, and two gigabytes. At night there are
larger configurations, and no mutants: a quarter of an hour, and ten gigabytes.

Needs spin and a C compiler ($CC, or cc).
"""

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

MUTANTS = range(1, 16)
# The labels of steps that nobody takes who waits for an Event.
OF_OTHERS = {"T1"}
FORMULA = "released_waits_return"


@dataclasses.dataclass
class Configuration:
  """What there is of each kind; see event.pml."""
  waiters: int = 2
  limited: int = 1
  stopped: int = 1
  again: int = 0
  past: int = 0
  sets: int = 1
  pulses: int = 1
  clears: int = 1
  destroy: int = 0
  spurious: int = 0

  def flags(self):
    return [f"-D{name.upper()}={value}"
            for name, value in dataclasses.asdict(self).items()]

  def __str__(self):
    text = (f"{self.waiters} waiters ({self.limited} limited, {self.stopped} "
            f"stopped")
    text += f", {self.again} twice" if self.again else ""
    text += f", {self.past} past an epoch" if self.past else ""
    text += f"), {self.sets} Set, {self.pulses} Pulse, {self.clears} Clear"
    text += ", spurious wakes" if self.spurious else ""
    return text + (", destroyed on return" if self.destroy else "")


# Pairs of a configuration and whether the formula is checked too.
CONFIGURATIONS = [
    (Configuration(), True),
    (Configuration(sets=2, pulses=0, spurious=1), False),
    (Configuration(sets=0, pulses=2, clears=0, limited=2), False),
    (Configuration(again=1, past=1, sets=0, pulses=2, clears=0), False),
    (Configuration(stopped=0, again=2, limited=2), False),
    (Configuration(waiters=3, limited=0, stopped=0, pulses=0, clears=0,
                   destroy=1), False),
]

LARGER = [
    (Configuration(limited=2), True),
    (Configuration(sets=2), False),
    (Configuration(again=1, past=1), True),
    (Configuration(again=1, past=1, sets=0, pulses=2, clears=0), True),
    (Configuration(again=1, past=1, sets=0, pulses=3, clears=0), False),
    (Configuration(waiters=3, stopped=0, again=1, past=1, sets=0, pulses=2,
                   clears=0), False),
    (Configuration(waiters=3, stopped=0, clears=0), False),
    (Configuration(waiters=3, limited=0), False),
    (Configuration(waiters=3, clears=0), False),
    (Configuration(waiters=3, stopped=0, sets=2), False),
]


def labels(text):
  return set(re.findall(r"\[([A-Z]\d)\]", text))


def check_labels(model, sources):
  """Returns what is wrong, in words; nothing if the labels are the same."""
  table, steps = set(), set()
  for path in sources:
    with open(path, encoding="utf-8") as file:
      top, code = file.read().split("\nnamespace synclib {\n", 1)
    table |= labels(top)
    steps |= labels(code)
  with open(model, encoding="utf-8") as file:
    in_model = labels(file.read()) | OF_OTHERS
  places = {"in the table": table, "at a step of the code": steps,
            "in the model": in_model}
  return [f"{label} is not {place}"
          for label in sorted(table | steps | in_model)
          for place, present in places.items() if label not in present]


def need(program, package):
  if shutil.which(program) is None:
    sys.exit(f"{program} is missing: apt-get install {package}")


def compiler():
  return shlex.split(os.environ.get("CC", "cc"))


def run(command, directory):
  done = subprocess.run(command, cwd=directory, capture_output=True, text=True,
                        check=False)
  return done.returncode, done.stdout + done.stderr


def explore(model, configuration, formula=False, mutant=0):
  """Returns (states, error or None)."""
  with tempfile.TemporaryDirectory() as directory:
    flags = configuration.flags() + [f"-DMUTANT={mutant}"]
    status, output = run(["spin", "-a"] + flags + [model], directory)
    if status != 0 or "Error" in output:
      sys.exit(f"spin refuses the model:\n{output}")
    how = ["-DNFAIR=3"] if formula else ["-DSAFETY", "-DNOCLAIM"]
    # A mutant is found sooner than optimized code is compiled.
    how.append("-O0" if mutant else "-O2")
    status, output = run(
        compiler() + ["-w", "-DCOLLAPSE"] + how + ["-o", "pan", "pan.c"],
        directory)
    if status != 0:
      sys.exit(f"the verifier does not compile:\n{output}")
    search = ["-a", "-f", "-N", FORMULA] if formula else []
    _, output = run(["./pan", "-m10000000", "-w24"] + search, directory)
    states = re.search(r"(\d+) states, stored", output)
    errors = re.search(r"errors: (\d+)", output)
    if not states or not errors or "max search depth too small" in output:
      sys.exit(f"the verifier has not finished:\n{output}")
    if errors[1] == "0":
      return int(states[1]), None
    _, steps = run(["spin", "-t", "-p", "-g"] + flags + [model], directory)
    what = re.search(r"pan:\d+: (.*)", output)
    return int(states[1]), (what[1] if what else output, steps)


def check(model, configurations):
  """Explores them, and returns how many were refuted."""
  failures = 0
  for configuration, formula in configurations:
    for with_formula in [False, True] if formula else [False]:
      begun = time.monotonic()
      states, error = explore(model, configuration, with_formula)
      print(f"{states:>12,} states, {time.monotonic() - begun:4.0f} s: "
            f"{configuration}" + (", fair" if with_formula else ""), flush=True)
      if error is not None:
        failures += 1
        print(f"REFUTED: {error[0]}\n{error[1]}")
  return failures


def check_mutants(model):
  """Returns how many were not refuted."""
  failures = 0
  # A small one with the formula first, which shows that it can fail; then the
  # smallest.
  searches = [(Configuration(stopped=0), True)]
  searches += [(configuration, False)
               for configuration, _ in reversed(CONFIGURATIONS)]
  searches += [search for search in CONFIGURATIONS if search[1]]
  for mutant in MUTANTS:
    for configuration, formula in searches:
      states, error = explore(model, configuration, formula, mutant)
      if error is not None:
        print(f"{states:>12,} states: mutant {mutant} is refuted: {error[0]}",
              flush=True)
        break
    else:
      failures += 1
      print(f"SURVIVED: mutant {mutant}")
  return failures


def main():
  if len(sys.argv) < 4 or sys.argv[1] not in ("commit", "nightly"):
    sys.exit(__doc__)
  which, model, *sources = sys.argv[1:]
  drift = check_labels(model, sources)
  if drift:
    sys.exit("the model has drifted from the code:\n" + "\n".join(drift))
  need("spin", "spin")
  need(compiler()[0], "gcc")
  model = os.path.abspath(model)
  if which == "nightly":
    failures = check(model, LARGER)
  else:
    failures = check(model, CONFIGURATIONS) + check_mutants(model)
  sys.exit(1 if failures else 0)


if __name__ == "__main__":
  main()

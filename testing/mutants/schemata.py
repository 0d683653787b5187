#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Writes programs that are, together, every mutant of the library.

  schemata.py --table=FILE --mutants=FILE... --out=FILE... [--threads] SOURCE...

The sources, with the headers of this repository that they include, become one
C++ file for each --out, in which the environment variable SYNCTEST_MUTANT says
which mutant the program is; without it, it is the library. Mutants that change
the same place are in different files. Untch, Offutt, Harrold: "Mutation analysis
using mutant schemata", 1993.

--mutants are Python files that list

  MUTANTS = [(name, file, (old, new), ...), ...]
  CORE = {name: layer, ...}

of which not all need have the latter. Each `old` must be found once in the
file. In `new`, MUTANT is an expression that is true in the mutant, and OLD the
old text. To these come, for each memory order in the files of the library, those
in which it is weaker by one step. With --threads there are only those of the
core whose layer is "threads", and the platform is that of //testing/faults in
place of the model's.

The table has a line for each mutant: the number of its file, its own number,
whether it is one of the core, and its name.
"""

import argparse
import re
import runpy
import sys

INCLUDE = re.compile(
    r'^#include (?:"((?:sync|testing)/[^"]*)"|SYNC_PLATFORM_TYPES)$', re.M)
ORDER = re.compile(r"std::memory_order_(acquire|release|acq_rel|seq_cst)\b")
WEAKER = {
    "acquire": ["relaxed"],
    "release": ["relaxed"],
    "acq_rel": ["acquire", "release"],
    "seq_cst": ["acq_rel"],
}
# Compiled apart, and the same in every mutant.
APART = {
    "testing/explore/explore_all.h",
    "testing/faults/platform_types.h",
    "testing/model/atomic.h",
    "testing/model/engine.h",
    "testing/model/explore.h",
    "testing/model/notes.h",
    "testing/model/stop_token.h",
    "testing/model/thread.h",
}


def read_all(sources, platform_types):
  """The texts by path, each after those that it includes first."""
  texts = {}
  def add(path):
    if path in texts:
      return
    with open(path, encoding="utf-8") as file:
      text = file.read()
    texts[path] = None  # Begun.
    for match in INCLUDE.finditer(text):
      included = match[1] or platform_types
      if included not in APART:
        add(included)
    del texts[path]
    texts[path] = text
  for path in sources:
    add(path)
  return texts


def semantic(mutants, texts):
  """Yields (name, path, [(begin, end, new)])."""
  for name, path, *edits in mutants:
    spans = []
    for old, new in edits:
      if texts[path].count(old) != 1:
        sys.exit(f"{path}: {texts[path].count(old)} times, and not once: {old!r}"
                 f", of the mutant {name!r}")
      begin = texts[path].index(old)
      spans.append((begin, begin + len(old), new.replace("OLD", old)))
    yield name, path, spans


def orders(texts):
  for path, text in texts.items():
    if not path.startswith("sync/"):
      continue
    for match in ORDER.finditer(text):
      begin = text.rindex("\n", 0, match.start()) + 1
      line = text[begin:text.index("\n", begin)].strip()
      for weaker in WEAKER[match[1]]:
        yield (f"{path}: {line} ({match[1]} -> {weaker})", path,
               [(match.start(), match.end(),
                 f"(MUTANT ? std::memory_order_{weaker} : {match[0]})")])


class Program:
  """One file of mutants that don't get into each other's way."""

  def __init__(self):
    self.edits = {}

  def take(self, number, path, spans):
    mine = self.edits.setdefault(path, [])
    if any(begin < other_end and other_begin < end
           for begin, end, _ in spans for other_begin, other_end, _ in mine):
      return False
    condition = f"(synctest_mutant == {number})"
    mine += [(begin, end, new.replace("MUTANT", condition))
             for begin, end, new in spans]
    return True

  def write(self, path, texts, is_apart):
    with open(path, "w", encoding="utf-8") as file:
      file.write('#include "testing/mutants/mutant.h"\n')
      for source, text in texts.items():
        for begin, end, new in sorted(self.edits.get(source, []), reverse=True):
          text = text[:begin] + new + text[end:]
        file.write(INCLUDE.sub(
            lambda match: match[0] if is_apart(match[1]) else "", text))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("--table", required=True)
  parser.add_argument("--mutants", action="append", required=True)
  parser.add_argument("--out", action="append", required=True)
  parser.add_argument("--threads", action="store_true")
  parser.add_argument("sources", nargs="+")
  arguments = parser.parse_args()
  threads = arguments.threads
  platform_types = (f"testing/{'faults' if threads else 'model'}/"
                    "platform_types.h")
  texts = read_all([path for path in arguments.sources if path.endswith(".cc")],
                   platform_types)
  programs = [Program() for _ in arguments.out]
  table = []
  listed, core = [], {}
  for path in arguments.mutants:
    file = runpy.run_path(path)
    listed += file["MUTANTS"]
    core |= file.get("CORE", {})
  unknown = set(core) - {name for name, *_ in listed}
  if unknown:
    sys.exit(f"no mutants: {sorted(unknown)}")
  # The sources of the others may not be there.
  mutants = list(semantic(
      [mutant for mutant in listed
       if not threads or core.get(mutant[0]) == "threads"], texts))
  if not threads:
    mutants += orders(texts)
  for number, (name, path, spans) in enumerate(mutants, 1):
    for which, program in enumerate(programs):
      if program.take(number, path, spans):
        kind = "core" if name in core else "other"
        table.append(f"{which} {number} {kind} {name}\n")
        break
    else:
      sys.exit(f"{name}: one more --out is needed")
  for program, out in zip(programs, arguments.out):
    program.write(
        out, texts, lambda path: (path or platform_types) in APART)
  with open(arguments.table, "w", encoding="utf-8") as file:
    file.writelines(table)


if __name__ == "__main__":
  main()

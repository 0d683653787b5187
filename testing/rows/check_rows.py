#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Ties the tables of a document to the tests of what they say.

  check_rows.py MARKDOWN TEST...

prints `file:line: message` for each row of a table "there, here, what differs"
that says "same" and has no test, and for each test of a row that isn't there.
Nor may a row be the same by the word of another: one that says "as" something
else is refused, and so is one that says "likewise" below no row that differs. A
row is called by its first cell, without the backticks. The rows that a test is
for stand on the lines above it:

  // Row: asyncio.Event.set()
  // Row: asyncio.Event.wait()
  TEST(AsyncioRows, SetAwakensAllWhoWait) {
"""

import pathlib
import re
import sys

HEAD = ["there", "here", "what differs"]
ROW = re.compile(r"// Row: (.*)")
TEST = re.compile(r"(TYPED_)?TEST(_F|_P)?\(")


def cells_of(line):
  return [cell.strip() for cell in line.strip("|").split("|")]


def rows_of(text):
  """Yields (line, name, what differs) for each row of the tables."""
  inside = False
  for number, line in enumerate(text.split("\n"), 1):
    if not line.startswith("|"):
      inside = False
    elif cells_of(line) == HEAD:
      inside = True
    elif inside and not line.startswith("|---"):
      cells = cells_of(line)
      yield number, cells[0].replace("`", ""), cells[-1]


def named_by(text):
  """Yields (line, name, whether it stands above a test) for each row that is
  named."""
  lines = text.split("\n")
  for number, line in enumerate(lines):
    match = ROW.match(line)
    if match:
      below = next(
          (other for other in lines[number:] if not ROW.match(other)), "")
      yield number + 1, match[1], TEST.match(below) is not None


def check(document, text, tests):
  """Yields a message for each thing that is wrong with the document `text`, or
  with `tests`, the texts by path."""
  rows = {}
  said = {}  # By line.
  for line, name, differs in rows_of(text):
    where = f"{document}:{line}:"
    if name in rows:
      yield f"{where} {name!r} is there twice"
    if not differs:
      yield f"{where} {name!r} doesn't say what differs"
    elif differs.lower().startswith("same") and differs != "same":
      yield f"{where} {name!r} is either \"same\" or differs"
    elif differs.lower().startswith("as "):
      yield f"{where} {name!r} says what it is like, not what differs"
    elif (differs.lower().startswith("likewise") and
          said.get(line - 1, "same") == "same"):
      yield f"{where} {name!r} says \"likewise\" below no row that differs"
    said[line] = differs
    rows[name] = line, differs
  if not rows:
    yield f"{document}:1: no table with the head {' | '.join(HEAD)}"

  tested = set()
  for path, source in tests.items():
    for line, name, is_above_a_test in named_by(source):
      if name not in rows:
        yield f"{path}:{line}: {document} has no row {name!r}"
      if not is_above_a_test:
        yield f"{path}:{line}: what follows the row {name!r} is no test"
      else:
        tested.add(name)
  for name, (line, differs) in rows.items():
    if differs == "same" and name not in tested:
      yield f"{document}:{line}: {name!r} says \"same\", and has no test"


def main():
  document, *tests = sys.argv[1:]
  read = lambda path: pathlib.Path(path).read_text(encoding="utf-8")
  findings = list(check(document, read(document), {t: read(t) for t in tests}))
  for finding in findings:
    print(finding, file=sys.stderr)
  return 1 if findings else 0


if __name__ == "__main__":
  sys.exit(main())

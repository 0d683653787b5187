#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Finds what the tables of a document leave out of Python's modules.

  check_names.py MARKDOWN

prints a line for each public name of asyncio's locks and queues, of threading
and of queue, and for each public method of their classes, that the first cell
of no row has. Such a cell is a list of names; those without a module or class
take that of the name before them:

  | `queue.Queue.get()`, `get_nowait()` | ...

A class need not repeat what it inherits from one of the others. The modules are
those of the Python that runs this.
"""

import asyncio.locks
import asyncio.queues
import inspect
import pathlib
import queue
import re
import sys
import threading

import check_rows

MODULES = [("asyncio", asyncio.locks), ("asyncio", asyncio.queues),
           ("threading", threading), ("queue", queue)]

ARGUMENTS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
NAME = re.compile(r"([a-z]\w*\.(?:\w+\.)*)?(\w+)")


def named_by(cell):
  """Yields the names in the first cell of a row, in full."""
  inside = ""
  for part in ARGUMENTS.sub("", cell).split(","):
    match = NAME.match(part.strip())
    if match:
      inside = match[1] or inside
      yield inside + match[2]


def methods_of(thing):
  """Yields the public names of a class, or of what a function that stands for a
  class makes, but for those that it inherits from a public class."""
  if inspect.isclass(thing):
    cls = thing
  elif thing in (threading.Lock, threading.RLock):
    cls = type(thing())
  else:
    return
  if issubclass(cls, (BaseException, tuple)):  # What is thrown, and records.
    return
  inherited = {
      name for base in cls.__mro__[1:] if not base.__name__.startswith("_")
      for name in vars(base)
  }
  for name in vars(cls):
    if not name.startswith("_") and name not in inherited:
      yield name


def names_of(prefix, module):
  for name in module.__all__:
    yield f"{prefix}.{name}"
    for method in methods_of(getattr(module, name)):
      yield f"{prefix}.{name}.{method}"


def check(document, text, modules):
  """Yields a message for each name of the `modules`, each with the name that it
  goes by, that the document `text` leaves out."""
  named = {
      name for _, cell, _ in check_rows.rows_of(text) for name in named_by(cell)
  }
  for prefix, module in modules:
    for name in names_of(prefix, module):
      if name not in named:
        yield f"{document}: no row for {name}"


def main():
  document, = sys.argv[1:]
  text = pathlib.Path(document).read_text(encoding="utf-8")
  findings = list(check(document, text, MODULES))
  for finding in findings:
    print(finding, file=sys.stderr)
  return 1 if findings else 0


if __name__ == "__main__":
  sys.exit(main())

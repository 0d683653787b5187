#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Finds what the tables of a document leave out of other libraries.

  check_names.py MARKDOWN

prints a line for each public name of asyncio's locks and queues, of threading
and of queue, and for each public method of their classes, that the first cell
of no row has; likewise for each name of C++ and Abseil in cpp_names.py; and for
each name in such a cell that would be one of these, and is not there. Such a
cell is a list of names; those without a module or class take that of the name
before them:

  | `queue.Queue.get()`, `get_nowait()` | ...
  | `std::latch::wait()`, `try_wait()` | ...

A class of Python need not repeat what it inherits from one of the others. The
modules are those of the Python that runs this.
"""

import asyncio.locks
import asyncio.queues
import inspect
import itertools
import pathlib
import queue
import re
import sys
import threading

import check_rows
import cpp_names

MODULES = [("asyncio", asyncio.locks), ("asyncio", asyncio.queues),
           ("threading", threading), ("queue", queue)]

ARGUMENTS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
NAME = re.compile(r"([a-z]\w*(?:\.|::)(?:\w+(?:\.|::))*)?(\w+)")


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


def names_of(modules):
  """Yields the names in the modules, each of which has the name it goes by."""
  for prefix, module in modules:
    for name in module.__all__:
      yield f"{prefix}.{name}"
      for method in methods_of(getattr(module, name)):
        yield f"{prefix}.{name}.{method}"


def check(document, text, names, all_of=()):
  """Yields a message for each of the `names` that the document `text` leaves
  out; and for each that it has, and that is not one of them, of the namespaces
  `all_of`, whose names they have all."""
  names = list(names)
  named = [(line, name) for line, cell, _ in check_rows.rows_of(text)
           for name in named_by(cell)]
  missing = set(names).difference(name for _, name in named)
  for name in names:
    if name in missing:
      yield f"{document}: no row for {name}"
  for line, name in named:
    if name not in names and name.split("::")[0] in all_of:
      yield f"{document}:{line}: there is no {name}"


def main():
  document, = sys.argv[1:]
  text = pathlib.Path(document).read_text(encoding="utf-8")
  names = itertools.chain(names_of(MODULES), cpp_names.names())
  findings = list(check(document, text, names, cpp_names.NAMESPACES))
  for finding in findings:
    print(finding, file=sys.stderr)
  return 1 if findings else 0


if __name__ == "__main__":
  sys.exit(main())

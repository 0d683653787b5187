#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Does to asyncio.Event what asyncio_event_test.cc does to synclib::Event.

  asyncio_event.py < SEQUENCES > TRANSCRIPT

A line is a sequence of operations on a new event:

  s   set()
  c   clear()
  p   set() and clear(), with nothing in between: what Pulse() is
  wN  task N begins to wait()
  xN  cancels task N

and for each there is a line that says of each operation whether the event is
set after it, and which waits have ended, in order: R ready, C cancelled.

An operation here lasts until no task can go on. asyncio never resumes a task
within set() or cancel(), and the order of the tasks is all that is compared.
"""

import asyncio
import sys


async def wait(event, number, ended):
  try:
    await event.wait()
    ended.append(f"{number}R")
  except asyncio.CancelledError:
    ended.append(f"{number}C")


async def idle():
  # A released or cancelled task goes on in the next round of the loop; the
  # callbacks of its end come one later.
  for _ in range(4):
    await asyncio.sleep(0)


async def run(operations):
  event = asyncio.Event()
  tasks = {}
  ended = []
  seen = []
  for operation in operations:
    if operation == "s":
      event.set()
    elif operation == "c":
      event.clear()
    elif operation == "p":
      event.set()
      event.clear()
    elif operation[0] == "w":
      number = operation[1:]
      tasks[number] = asyncio.ensure_future(wait(event, number, ended))
    elif operation[0] == "x":
      tasks[operation[1:]].cancel()
    else:
      raise ValueError(operation)
    await idle()
    seen.append(f"{int(event.is_set())}:{','.join(ended)}")
    ended.clear()
  for task in tasks.values():
    task.cancel()
  await asyncio.gather(*tasks.values(), return_exceptions=True)
  return " ".join(seen)


async def main():
  print(f"asyncio of Python {sys.version.split()[0]}", file=sys.stderr)
  for line in sys.stdin:
    print(await run(line.split()))


if __name__ == "__main__":
  asyncio.run(main())

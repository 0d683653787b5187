# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What the benchmarks measure of CPython.

  peer.py PROGRAM

reads lines, each of them a number of rounds and the value of the scenario's
argument, and answers each with the seconds that so many rounds have taken.
"""

import asyncio
import os
import random
import sys
import threading
import time


async def round_trip(rounds, _, limit=None):
  """Two coroutines take turns."""
  ping, pong = asyncio.Event(), asyncio.Event()

  async def wait(event):
    if limit is None:
      await event.wait()
    else:
      await asyncio.wait_for(event.wait(), limit)
    event.clear()

  async def answer():
    for _ in range(rounds):
      await wait(ping)
      pong.set()

  answering = asyncio.create_task(answer())
  begin = time.perf_counter()
  for _ in range(rounds):
    ping.set()
    await wait(pong)
  await answering
  return time.perf_counter() - begin


async def limited_round_trip(rounds, value):
  return await round_trip(rounds, value, limit=3600)


async def queue(rounds, _):
  """Values go from one coroutine to another, through a queue of four."""
  values = asyncio.Queue(4)

  async def produce():
    for value in range(rounds):
      await values.put(value)

  producing = asyncio.create_task(produce())
  begin = time.perf_counter()
  for _ in range(rounds):
    await values.get()
  await producing
  return time.perf_counter() - begin


async def broadcast(rounds, listeners):
  """An event is set and cleared at once, for so many that wait, and join again.

  Before it counts, it does so once: what is run for the first time is slow.
  """
  event, done = asyncio.Event(), asyncio.Event()
  left = 0

  async def listen():
    nonlocal left
    while True:
      left -= 1
      if left == 0:
        done.set()
      await event.wait()

  async def all_wait():
    await done.wait()
    done.clear()

  left = listeners
  listening = [asyncio.create_task(listen()) for _ in range(listeners)]
  await all_wait()
  seconds = 0
  for counted in [False] + rounds * [True]:
    left = listeners
    begin = time.perf_counter()
    event.set()
    event.clear()
    await all_wait()
    if counted:
      seconds += time.perf_counter() - begin
  for task in listening:
    task.cancel()
  await asyncio.gather(*listening, return_exceptions=True)
  return seconds


async def gather(rounds, children):
  """Children wait for the last one to begin."""

  async def child(last, all_there):
    if last:
      all_there.set()
    else:
      await all_there.wait()

  begin = time.perf_counter()
  for _ in range(rounds):
    all_there = asyncio.Event()
    await asyncio.gather(
        *[child(i == children - 1, all_there) for i in range(children)])
  return time.perf_counter() - begin


async def timers(phase, count):
  loop = asyncio.get_running_loop()
  soonest = count * 1e-6 if phase == "expire" else 3600
  delays = [random.uniform(soonest, 2 * soonest) for _ in range(count)]
  order = list(range(count))
  random.shuffle(order)
  fired = 0

  def fire():
    nonlocal fired
    fired += 1

  begin = time.perf_counter()
  handles = [loop.call_later(delay, fire) for delay in delays]
  if phase == "arm":
    seconds = time.perf_counter() - begin
  if phase == "expire":
    time.sleep(2 * soonest)
    begin = time.perf_counter()
    while fired < count:
      await asyncio.sleep(0)
  else:
    begin = time.perf_counter()
    for i in order:
      handles[i].cancel()
    await asyncio.sleep(0)  # Drops what is cancelled, if it is much.
  return seconds if phase == "arm" else time.perf_counter() - begin


async def timers_arm(_, count):
  return await timers("arm", count)


async def timers_cancel(_, count):
  return await timers("cancel", count)


async def timers_expire(_, count):
  return await timers("expire", count)


def pool_round_trip(rounds, _):
  """From a thread to a coroutine in the loop of another, and back."""
  back = threading.Event()
  started = threading.Event()
  loop = there = None

  async def answer():
    nonlocal loop, there
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    started.set()
    for _ in range(rounds):
      await there.wait()
      there.clear()
      back.set()

  thread = threading.Thread(target=lambda: asyncio.run(answer()))
  thread.start()
  started.wait()
  begin = time.perf_counter()
  for _ in range(rounds):
    loop.call_soon_threadsafe(there.set)
    back.wait()
    back.clear()
  seconds = time.perf_counter() - begin
  thread.join()
  return seconds


def ping_pong(rounds, processors):
  """Two threads take turns, on one processor or each on its own."""
  ping, pong = threading.Event(), threading.Event()
  usable = sorted(os.sched_getaffinity(0))

  def stay_on(number):
    os.sched_setaffinity(threading.get_native_id(), {usable[number]})

  def answer():
    stay_on(processors - 1)
    for _ in range(rounds):
      ping.wait()
      ping.clear()
      pong.set()

  thread = threading.Thread(target=answer)
  thread.start()
  stay_on(0)
  begin = time.perf_counter()
  for _ in range(rounds):
    ping.set()
    pong.wait()
    pong.clear()
  seconds = time.perf_counter() - begin
  thread.join()
  os.sched_setaffinity(threading.get_native_id(), set(usable))
  return seconds


PROGRAMS = {
    program.__name__: program
    for program in (round_trip, limited_round_trip, queue, broadcast, gather,
                    timers_arm, timers_cancel, timers_expire, pool_round_trip,
                    ping_pong)
}


def main():
  program = PROGRAMS[sys.argv[1]]
  for line in sys.stdin:
    rounds, value = map(int, line.split())
    seconds = program(rounds, value)
    if asyncio.iscoroutine(seconds):
      seconds = asyncio.run(seconds)
    print(repr(seconds), flush=True)


if __name__ == "__main__":
  main()

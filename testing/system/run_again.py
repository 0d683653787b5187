#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Runs a test again and again, each time in a new process.

  run_again.py TEST [--minutes=10]

fails when a run does, with all that it printed. Says every half minute how far
it is.
"""

import argparse
import subprocess
import sys
import time

REPORT_SECONDS = 30


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("test")
  parser.add_argument("--minutes", type=float, default=10)
  options = parser.parse_args()
  begin = reported = time.monotonic()
  runs = 0
  while time.monotonic() < begin + options.minutes * 60 or runs == 0:
    run = subprocess.run([options.test], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    if run.returncode != 0:
      sys.stdout.buffer.write(run.stdout)
      print(f"run {runs + 1} failed ({run.returncode})")
      return 1
    runs += 1
    now = time.monotonic()
    if now >= reported + REPORT_SECONDS:
      reported = now
      print(f"{runs} runs passed in {now - begin:.0f} s", flush=True)
  print(f"{runs} runs passed")
  return 0


if __name__ == "__main__":
  sys.exit(main())

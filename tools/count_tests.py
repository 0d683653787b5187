#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Counts the tests of a `bazel test --build_event_json_file=FILE`.

  count_tests.py FILE EXIT_CODE

prints "PASSED FAILED": how many test targets passed, and how many did not,
whatever kept them from it. A Bazel that failed has at least one failure. The
names of those that did not pass go to the standard error.
"""

import json
import sys


def count(events, exit_code):
  """Returns (number of targets that passed, names of those that did not)."""
  expected = set()
  status = {}
  for event in events:
    identity = event.get("id", {})
    if "targetConfigured" in identity:
      if event.get("configured", {}).get("testSize"):
        expected.add(identity["targetConfigured"]["label"])
    elif "testSummary" in identity:
      label = identity["testSummary"]["label"]
      status[label] = event.get("testSummary", {}).get("overallStatus")
  passed = {label for label in status if status[label] == "PASSED"}
  failed = sorted((expected | set(status)) - passed)
  if exit_code and not failed:
    failed = ["the build"]
  if not passed and not failed:
    failed = ["no test at all"]
  return len(passed), failed


def main():
  with open(sys.argv[1], encoding="utf-8") as file:
    events = [json.loads(line) for line in file if line.strip()]
  passed, failed = count(events, int(sys.argv[2]))
  for name in failed:
    print(f"FAILED: {name}", file=sys.stderr)
  print(passed, len(failed))


if __name__ == "__main__":
  main()

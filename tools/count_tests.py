#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Counts the tests of a `bazel test --build_event_json_file=FILE`.

  count_tests.py FILE EXIT_CODE

prints "PASSED FAILED": how many test targets passed, and how many did not,
whatever kept them from it. A Bazel that failed has at least one failure. The
names of those that did not pass go to the standard error, each with the end of
its log.
"""

import json
import sys
import urllib.parse

LOG_LINES = 25


def end_of_log(uri):
  """Returns the last lines of the file at `uri`, indented."""
  try:
    path = urllib.parse.unquote(urllib.parse.urlparse(uri).path)
    with open(path, encoding="utf-8", errors="replace") as file:
      return ["  " + line.rstrip() for line in file][-LOG_LINES:]
  except OSError as error:
    return [f"  no log: {error}"]


def count(events, exit_code):
  """Returns (number of targets that passed, {name: log} of the others)."""
  expected = set()
  status = {}
  logs = {}
  for event in events:
    identity = event.get("id", {})
    if "targetConfigured" in identity:
      if event.get("configured", {}).get("testSize"):
        expected.add(identity["targetConfigured"]["label"])
    elif "testSummary" in identity:
      label = identity["testSummary"]["label"]
      summary = event.get("testSummary", {})
      status[label] = summary.get("overallStatus")
      logs[label] = [log.get("uri", "") for log in summary.get("failed", [])]
  passed = {label for label in status if status[label] == "PASSED"}
  failed = {
      label: [line for uri in logs.get(label, []) for line in end_of_log(uri)]
      for label in sorted((expected | set(status)) - passed)
  }
  if exit_code and not failed:
    failed = {"the build": []}
  if not passed and not failed:
    failed = {"no test at all": []}
  return len(passed), failed


def main():
  with open(sys.argv[1], encoding="utf-8") as file:
    events = [json.loads(line) for line in file if line.strip()]
  passed, failed = count(events, int(sys.argv[2]))
  for name, log in failed.items():
    print(f"FAILED: {name}", *log, sep="\n", file=sys.stderr)
  print(passed, len(failed))


if __name__ == "__main__":
  main()

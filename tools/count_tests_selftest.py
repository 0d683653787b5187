# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of count_tests.py."""

import os
import pathlib
import unittest

import count_tests


def configured(label, **kind):
  return {"id": {"targetConfigured": {"label": label}}, "configured": kind}


def summary(label, status, *logs):
  return {
      "id": {"testSummary": {"label": label}},
      "testSummary": {
          "overallStatus": status,
          "failed": [{"uri": log} for log in logs]
      }
  }


class CountTestsTest(unittest.TestCase):

  def test_every_configured_test_counts_once(self):
    events = [
        {"id": {"started": {}}},
        configured("//:a", testSize="SMALL"),
        configured("//:b", testSize="SMALL"),
        configured("//:never_built", testSize="SMALL"),
        configured("//:library"),
        {"id": {"targetConfigured": {"label": "//:broken"}}, "aborted": {}},
        summary("//:a", "PASSED"),
        summary("//:b", "FLAKY"),
    ]
    self.assertEqual(
        count_tests.count(events, 3),
        (1, {"//:b": [], "//:never_built": []}))

  def test_a_failure_shows_the_end_of_its_log(self):
    log = pathlib.Path(os.environ["TEST_TMPDIR"], "the log")
    log.write_text("\n".join(f"line {n}" for n in range(100)))
    _, failed = count_tests.count(
        [summary("//:a", "FAILED", log.as_uri(), "file:///no/such/log")], 3)
    self.assertEqual(failed["//:a"][0], "  line 75")
    self.assertEqual(failed["//:a"][24], "  line 99")
    self.assertRegex(failed["//:a"][25], "no log: .*/no/such/log")

  def test_a_bazel_that_fails_otherwise_is_a_failure(self):
    self.assertEqual(count_tests.count([], 1), (0, {"the build": []}))
    self.assertEqual(
        count_tests.count([summary("//:a", "PASSED")], 1), (1, {"the build": []}))

  def test_nothing_at_all_is_a_failure(self):
    self.assertEqual(count_tests.count([], 0), (0, {"no test at all": []}))

  def test_all_passed(self):
    self.assertEqual(
        count_tests.count([summary("//:a", "PASSED")], 0), (1, {}))


if __name__ == "__main__":
  unittest.main()

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of benchmarks_build.py."""

import json
import os
import tempfile
import unittest
from unittest import mock

import benchmarks_build


class BuildTest(unittest.TestCase):

  def test_flags_are_those_that_count(self):
    actions = json.dumps({"actions": [{"arguments": [
        "/usr/bin/gcc", "-Wall", "-O2", "-DNDEBUG", "-std=c++0x", "-MD",
        "-frandom-seed=a", "-fPIC", "-iquote", ".", "-std=c++20",
        "-falign-loops=32", "-c", "a.cc", "-o", "a.o"]}]})
    self.assertEqual(
        benchmarks_build.compiled(actions),
        ("/usr/bin/gcc", "-O2 -DNDEBUG -std=c++20 -falign-loops=32"))

  def test_sources_come_from_debian_where_it_is_named(self):
    self.assertEqual(
        benchmarks_build.source_lists(
            "Debian http://a/debian/ bookworm main\n"
            "Some Company http://b/ nodistro main\n"),
        "deb-src http://a/debian/ bookworm main\n")
    self.assertEqual(
        benchmarks_build.source_lists("$(ORIGIN) http://a/ bookworm main\n"),
        "deb-src http://a/ bookworm main\n")

  def test_sources_that_are_in_the_cache_are_not_fetched_again(self):
    with tempfile.TemporaryDirectory(dir=os.environ["TEST_TMPDIR"]) as cache, \
         mock.patch.dict(os.environ, {"XDG_CACHE_HOME": cache}), \
         mock.patch.object(benchmarks_build, "output_of",
                           lambda *command: "benchmark 1.7.1-1"):
      place = os.path.join(cache, "sync", "google-benchmark-1.7.1")
      os.makedirs(place)
      self.assertEqual(benchmarks_build.sources(), (place, "1.7.1"))

  def test_what_cannot_be_installed_says_what_to_do(self):
    for here, message in [
        ({}, "python3 -m pip install matplotlib"),
        ({"apt-get"}, "run this as root, then try again: apt-get install -y "
                      "--no-install-recommends python3-matplotlib"),
    ]:
      with mock.patch.object(benchmarks_build.shutil, "which",
                             lambda name, here=here: name in here), \
           mock.patch.object(benchmarks_build.os, "geteuid", lambda: 1000), \
           self.assertRaises(SystemExit) as end:
        benchmarks_build.install_plotter()
      self.assertIn(message, str(end.exception))

  def test_a_command_that_fails_says_why(self):
    with self.assertRaises(SystemExit) as end:
      benchmarks_build.output_of("sh", "-c", "echo no luck >&2; exit 2")
    self.assertIn("no luck\nbenchmarks: `sh -c ", str(end.exception))


if __name__ == "__main__":
  unittest.main()

#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Runs a test with all of its threads on one core.

  run_on_one_core.py TEST
"""

import os
import sys


def main():
  os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
  os.execv(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
  main()

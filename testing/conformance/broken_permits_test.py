#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The suite finds that who gives up takes a permit with him.

  broken_permits_test.py PROGRAM
"""

import re
import subprocess
import sys


def main():
  done = subprocess.run([sys.argv[1]], capture_output=True, text=True,
                        check=False)
  failed = set(re.findall(r"^\[  FAILED  \] \S*\.(\w+),", done.stdout, re.M))
  if "S1_WhoHasGivenUpTakesNothing" not in failed:
    sys.exit(f"{done.stdout}\nthe suite has not found that a permit is lost")
  if "L2_WhoWaitsIsReleased" in failed:
    sys.exit(f"{done.stdout}\nthe suite has found what isn't there")


if __name__ == "__main__":
  main()

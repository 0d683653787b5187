#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Checks that mistakes do not compile.

  compile_fail.py SNIPPETS [HEADER]...

SNIPPETS is a C++ file that must compile as it is. With the macro MISTAKES, each
part of it that looks like

  // want: PATTERN
  namespace name {
  ...
  }

must have an error, which the regular expression matches. With `want of clang`,
that holds only if the compiler is Clang, which analyses thread safety, too.

The compiler is $CXX, or c++, and runs in the current directory. What it cannot
find there, or in directories of its own, it is told where to find: one HEADER
that ends with absl/time/time.h says so for all of Abseil.
"""

import os
import re
import shlex
import subprocess
import sys

# With the warnings that users have the headers compiled with.
FLAGS = ["-std=c++20", "-fsyntax-only", "-fdiagnostics-color=never", "-Wall",
         "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-Wnon-virtual-dtor", "-Werror", "-I."]
EXTERNAL = "/absl/time/time.h"

CASE = re.compile(
    r"^// want(?P<of_clang> of clang)?: (?P<pattern>.+)\n"
    r"namespace (?P<name>\w+) \{\n(?:.*\n)*?\}", re.M)
ERROR = re.compile(r"^(\S+?):(\d+):\d+: error: .*", re.M)
# What names the place in the snippets that an error in a header is due to.
DUE_TO = re.compile(
    r"^(\S+?):(\d+):\d+:\s+(?:required from here|note: in instantiation)", re.M)


def include_flags(headers):
  return sorted({
      "-isystem" + header[:-len(EXTERNAL)]
      for header in headers if header.endswith(EXTERNAL)
  })


def run(command):
  """Returns whether it succeeds, and what it prints."""
  try:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
  except OSError as error:
    sys.exit(f"cannot run the compiler: {error}; set CXX to a C++ compiler")
  return done.returncode == 0, done.stdout + done.stderr


def errors_by_line(path, output):
  """Yields (line of the snippets, message) for each error in the output."""
  errors = list(ERROR.finditer(output))
  for i, error in enumerate(errors):
    if error[1] == path:
      yield int(error[2]), error[0]
      continue
    # gcc says before the error what it is due to, clang behind it.
    begin = errors[i - 1].end() if i else 0
    end = errors[i + 1].start() if i + 1 < len(errors) else len(output)
    for cause in DUE_TO.finditer(output, begin, end):
      if cause[1] == path:
        yield int(cause[2]), error[0]


def failures(path, text, cases, output):
  """Yields (name, what is wrong) for each mistake that is not found."""
  errors = list(errors_by_line(path, output))
  for case in cases:
    begin = text.count("\n", 0, case.start()) + 1
    end = text.count("\n", 0, case.end()) + 1
    messages = [message for line, message in errors if begin <= line <= end]
    if not messages:
      yield case["name"], "it compiles"
    elif not any(re.search(case["pattern"], message) for message in messages):
      yield case["name"], "\n  ".join(
          [f"no error matches {case['pattern']}:"] + messages)


def main():
  path, *headers = sys.argv[1:]
  compiler = shlex.split(os.environ.get("CXX", "c++"))
  command = compiler + FLAGS + include_flags(headers) + [path]
  with open(path, encoding="utf-8") as file:
    text = file.read()

  is_clang = "clang" in run(compiler + ["--version"])[1]
  if is_clang:
    command += ["-ferror-limit=0", "-Wthread-safety"]
  compiles, output = run(command)
  if not compiles:
    sys.exit(f"{path} does not compile as it is:\n{output}")
  _, output = run(command + ["-DMISTAKES"])
  cases = [case for case in CASE.finditer(text)
           if is_clang or not case["of_clang"]]
  missed = list(failures(path, text, cases, output))
  for name, what in missed:
    print(f"{name}: {what}")
  found = len(cases) - len(missed)
  print(f"{len(cases)} mistakes, {found} found by {compiler[0]}")
  sys.exit(1 if missed or not cases else 0)


if __name__ == "__main__":
  main()

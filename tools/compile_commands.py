#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Writes compile_commands.json, for clang-tidy and editors.

  compile_commands.py [--config=clang] [TARGET_PATTERN]

The targets should have been built before, so that generated files are there.
clang's tools want the commands of --config=clang.
"""

import json
import pathlib
import re
import subprocess
import sys


def main():
  flags = [arg for arg in sys.argv[1:] if arg.startswith("-")]
  patterns = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
  root = pathlib.Path(__file__).resolve().parent.parent

  def bazel(*args):
    return subprocess.run([root / "bazelw", *args], cwd=root, check=True,
                          stdout=subprocess.PIPE, text=True).stdout

  query = f'mnemonic("CppCompile", {" + ".join(patterns) or "//..."})'
  actions = json.loads(bazel("aquery", *flags, "--output=jsonproto",
                             "--ui_event_filters=-info", "--noshow_progress",
                             query))
  directory = bazel("info", *flags, "--ui_event_filters=-info",
                    "--noshow_progress", "execution_root").strip()
  commands = {}
  for action in actions.get("actions", []):
    # Bazel's constant dates are redefinitions, which clang-tidy reports.
    arguments = [argument for argument in action["arguments"]
                 if not re.match("-D__(DATE|TIME|TIMESTAMP)__=", argument)]
    source = arguments[arguments.index("-c") + 1]
    if not source.startswith("external/"):
      commands[source] = {
          "directory": directory,
          "file": source,
          "arguments": arguments
      }
  output = root / "compile_commands.json"
  output.write_text(json.dumps(list(commands.values()), indent=1) + "\n",
                    encoding="utf-8")
  print(f"{output.name}: {len(commands)} commands")


if __name__ == "__main__":
  main()

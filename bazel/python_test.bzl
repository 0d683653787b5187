# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""A test in Python, without a rule set for Python."""

load("@rules_cc//cc:cc_test.bzl", "cc_test")

def python_test(name, script, args = [], data = [], size = "small", **kwargs):
    """A test that passes when `python3 <script> <args>` exits with 0.

    It runs at the root of the workspace's runfiles. A missing python3 fails it.

    Args:
      name: name of the test.
      script: label of the Python file.
      args: arguments; $(rootpath ...) of anything in `data` is expanded.
      data: files the script reads or imports.
      size: of the test.
      **kwargs: passed to cc_test.
    """
    cc_test(
        name = name,
        size = size,
        args = ["$(rootpath %s)" % script] + args,
        data = data + [script],
        deps = ["//tools:run_python"],
        **kwargs
    )

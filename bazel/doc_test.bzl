# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""A test that compiles and runs the examples in documents and in header comments."""

load("@rules_cc//cc:cc_test.bzl", "cc_test")

def doc_test(name, srcs, deps, includes = [], size = "small", copts = [], **kwargs):
    """Compiles and runs each C++ example in `srcs`, one test for each.

    //tools:doc_blocks.py says what counts as an example and how it is run.

    Args:
      name: name of the test.
      srcs: Markdown files and headers.
      deps: what the examples use; GoogleTest is added.
      includes: headers that every example may assume, such as "sync/event.h". A
        header among `srcs` is included anyway.
      size: of the test.
      copts: likewise, besides its own.
      **kwargs: passed to cc_test.
    """
    native.genrule(
        name = name + "_cc",
        srcs = srcs,
        outs = [name + ".cc"],
        cmd = "python3 -B $(location //tools:doc_blocks.py) tests --out=$@ %s $(SRCS)" % " ".join(
            ["--include=" + header for header in includes],
        ),
        testonly = True,
        tools = [
            "//tools:cpp_text.py",
            "//tools:doc_blocks.py",
        ],
        visibility = ["//visibility:private"],
    )
    cc_test(
        name = name,
        size = size,
        srcs = [name + ".cc"],
        # An example may name what it does not go on to use. Its assertions
        # hold in every mode.
        copts = copts + [
            "-UNDEBUG",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-Wno-unused-but-set-variable",
            "-Wno-unused-variable",
        ],
        deps = deps + [
            "@googletest//:gtest",
            "@googletest//:gtest_main",
        ],
        **kwargs
    )

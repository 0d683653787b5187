# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What is built for the model, in place of the machine."""

load("@rules_cc//cc:cc_binary.bzl", "cc_binary")
load("@rules_cc//cc:cc_library.bzl", "cc_library")
load("@rules_cc//cc:cc_test.bzl", "cc_test")
load("//bazel:doc_test.bzl", "doc_test")

# The instrumentation of ThreadSanitizer reports plain accesses; what it reports
# them to is //testing/model:machine.
# Line tables say where.
_COPTS = ["-O2", "-g1", "-fsanitize=thread"]

# Under another sanitizer, or with other flags, nothing would be different.
_TAGS = ["no-tsan", "once"]

def model_library(name, copts = [], tags = [], **kwargs):
    """A cc_library whose threads are those of the model."""
    cc_library(
        name = name,
        testonly = True,
        copts = _COPTS + copts,
        tags = _TAGS + tags,
        **kwargs
    )

def model_test(name, copts = [], tags = [], deps = [], **kwargs):
    """A cc_test that explores scenarios."""
    cc_test(
        name = name,
        copts = _COPTS + copts,
        tags = _TAGS + tags,
        deps = deps + [
            "//testing/model:explore",
            "//testing/model:sync",
        ],
        **kwargs
    )

def model_fuzzer(name, copts = [], tags = [], deps = [], **kwargs):
    """A program of libFuzzer, by clang, that explores what its inputs say."""
    cc_binary(
        name = name,
        testonly = True,
        copts = _COPTS + copts,
        # Without its coverage: what counts that would be taken for plain
        # accesses of the threads, which race. The program counts for itself.
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"] + tags,
        deps = deps + [
            "//testing/model:explore",
            "//testing/model:sync",
        ],
        **kwargs
    )

def model_binary(name, abi, copts = [], tags = [], **kwargs):
    """A program that brings a library of its own, in the inline namespace `abi`."""
    cc_binary(
        name = name,
        testonly = True,
        copts = _COPTS + [
            "-DSYNC_ABI=" + abi,
            # Generated, so all that is unused in it is well.
            "-w",
        ] + copts,
        tags = _TAGS + tags,
        **kwargs
    )

def model_doc_test(name, deps = [], **kwargs):
    """A doc_test of examples that explore scenarios."""
    doc_test(
        name = name,
        copts = _COPTS,
        tags = _TAGS,
        deps = deps + [
            "//testing/model:explore",
            "//testing/model:sync",
        ],
        **kwargs
    )

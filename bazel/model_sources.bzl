# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What //testing/model, and others, build for another machine."""

def model_sources(exclude = []):
    """Defines `headers` and `sources`, of all that is in the package.

    Args:
      exclude: patterns of what isn't among `sources`, besides the tests.
    """
    visibility = [
        "//testing/costs:__pkg__",
        "//testing/model:__pkg__",
        "//testing/mutants:__pkg__",
    ]
    native.filegroup(
        name = "headers",
        srcs = native.glob(["*.h"]),
        visibility = visibility,
    )
    native.filegroup(
        name = "sources",
        srcs = native.glob(["*.cc"], exclude = ["*_test.cc"] + exclude),
        visibility = visibility,
    )

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The headers that what depends on a library includes, as files."""

load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")

def _headers_impl(ctx):
    files = depset(transitive = [
        dep[CcInfo].compilation_context.headers
        for dep in ctx.attr.deps
    ])
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

headers = rule(
    implementation = _headers_impl,
    attrs = {"deps": attr.label_list(providers = [CcInfo])},
    doc = "The headers of `deps`, and of all that they depend on.",
)

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The dependencies of sync, for builds without bzlmod.

A workspace that depends on sync calls this once:

    load("@sync//bazel:deps.bzl", "sync_deps")

    sync_deps()
"""

load("@bazel_tools//tools/build_defs/repo:utils.bzl", "maybe")
load(
    "//bazel:debian.bzl",
    "debian_abseil",
    "debian_benchmark",
    "debian_coverage_stub",
    "debian_googletest",
    "debian_platforms",
    "debian_rules_cc",
)
load("//bazel:peers.bzl", "benchmark_peers")

def sync_deps():
    """Declares the repositories that sync needs, made from Debian's packages.

    A repository that the workspace has declared before is left as it is.
    """

    # Debian's bazel-bootstrap is the one Bazel that carries no version.
    if native.bazel_version:
        fail("sync_deps() serves Debian's Bazel, which builds from Debian's packages. " +
             "Bazel %s: use bzlmod (MODULE.bazel), or " % native.bazel_version +
             "declare @abseil-cpp, @platforms and @rules_cc in your WORKSPACE instead of this call.")

    # Bazel 4 itself asks for the first four; declared here, they need no network.
    maybe(native.local_repository, name = "rules_java", path = "/usr/share/bazel/rules/java")
    maybe(native.local_repository, name = "rules_proto", path = "/usr/share/bazel/rules/proto")
    maybe(debian_platforms, name = "platforms")
    maybe(debian_coverage_stub, name = "remote_coverage_tools")
    maybe(debian_rules_cc, name = "rules_cc")

    maybe(benchmark_peers, name = "benchmark_peers")
    maybe(debian_abseil, name = "abseil-cpp")
    maybe(debian_benchmark, name = "google_benchmark")
    maybe(debian_googletest, name = "googletest")

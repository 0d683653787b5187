# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""For MODULE.bazel, which Debian's Bazel doesn't read."""

load("//bazel:peers.bzl", "benchmark_peers")

def _peers_impl(_):
    benchmark_peers(name = "benchmark_peers")

peers = module_extension(implementation = _peers_impl)

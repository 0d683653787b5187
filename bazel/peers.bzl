# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Libraries that the benchmarks measure as well, where they are installed.

Nothing is downloaded, and nothing needs them: a target whose library is missing is empty.
One that is there defines SYNC_BENCHMARK_HAS_<NAME>. Their headers are found where Debian
puts them.
"""

_LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]

# name -> a header of its, and how to link it
_PEERS = {
    "asio": ("/usr/include/asio.hpp", []),
    "boost_fiber": ("/usr/include/boost/fiber/all.hpp", ["boost_fiber", "boost_context"]),
    "glib": ("/usr/include/glib-2.0/glib.h", ["glib-2.0"]),
    "tbb": ("/usr/include/oneapi/tbb/version.h", ["tbb"]),
}

def _directory_of(rctx, libraries):
    for directory in _LIBRARIES:
        if all([rctx.path("%s/lib%s.so" % (directory, library)).exists for library in libraries]):
            return directory
    return None

def _benchmark_peers_impl(rctx):
    build = [
        "load(\"@rules_cc//cc:cc_library.bzl\", \"cc_library\")",
        "package(default_visibility = [\"//visibility:public\"])",
    ]
    for name, (header, libraries) in _PEERS.items():
        directory = _directory_of(rctx, libraries)
        attributes = ""
        if rctx.path(header).exists and directory != None:
            attributes = ", defines = [%r], linkopts = %r" % (
                "SYNC_BENCHMARK_HAS_" + name.upper(),
                ["-l" + library for library in libraries] + ["-pthread"],
            )
            if name == "glib":  # Its headers are in directories of their own.
                rctx.symlink("/usr/include/glib-2.0", "glib/common")
                rctx.symlink(directory + "/glib-2.0/include", "glib/machine")
                attributes += (", hdrs = glob([\"glib/**/*.h\"])" +
                               ", includes = [\"glib/common\", \"glib/machine\"]")
        build.append("cc_library(name = %r%s)" % (name, attributes))
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", "\n".join(build) + "\n")

benchmark_peers = repository_rule(implementation = _benchmark_peers_impl, local = True)

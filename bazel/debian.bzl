# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Repositories made from installed Debian packages, under the labels of the upstream modules.

Nothing is downloaded. /usr/include is a built-in include directory, so the headers
of Abseil and Google Benchmark need no declaration.
"""

def _need(rctx, path, package):
    if not rctx.path(path).exists:
        fail("%s is missing: apt-get install %s (./bazelw does it)" % (path, package))

# Debian's own rules_cc needs Bazel 5; Bazel 4 has the rules built in.
_CC_RULES = ["cc_binary", "cc_import", "cc_library", "cc_test"]
_CC_DEFS = _CC_RULES + [
    "cc_proto_library",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

def _rules_cc_impl(rctx):
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", "")
    rctx.file("cc/BUILD", "")
    rctx.file("cc/defs.bzl", "".join(["%s = native.%s\n" % (rule, rule) for rule in _CC_DEFS]))
    for rule in _CC_RULES:
        rctx.file("cc/%s.bzl" % rule, "%s = native.%s\n" % (rule, rule))

    # A file cannot give a builtin its own name.
    rctx.file("cc/common/BUILD", "")
    rctx.file("cc/common/builtin.bzl", "BuiltinCcInfo = CcInfo\n")
    rctx.file("cc/common/cc_info.bzl", """
load(":builtin.bzl", "BuiltinCcInfo")
CcInfo = BuiltinCcInfo
""")

debian_rules_cc = repository_rule(implementation = _rules_cc_impl, local = True)

def _coverage_stub_impl(rctx):
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", """
package(default_visibility = ["//visibility:public"])
filegroup(name = "coverage_report_generator")
filegroup(name = "lcov_merger")
""")

debian_coverage_stub = repository_rule(implementation = _coverage_stub_impl, local = True)

def _platforms_impl(rctx):
    _need(rctx, "/usr/share/bazel/platforms/BUILD", "bazel-platforms")
    rctx.file("WORKSPACE", "")
    for package in ["", "cpu/", "os/"]:
        rctx.symlink("/usr/share/bazel/platforms/%sBUILD" % package, package + "BUILD")

debian_platforms = repository_rule(implementation = _platforms_impl, local = True)

# Bazel package -> {target: pkg-config module without "absl_"}. A target that the
# installed Abseil does not have is left out.
_ABSEIL = {
    "algorithm": {"algorithm": "algorithm", "container": "algorithm_container"},
    "base": {n: n for n in ["base", "config", "core_headers", "dynamic_annotations", "endian", "log_severity", "no_destructor", "nullability", "prefetch"]},
    "cleanup": {"cleanup": "cleanup"},
    "container": {n: n for n in ["btree", "fixed_array", "flat_hash_map", "flat_hash_set", "inlined_vector", "node_hash_map", "node_hash_set"]},
    "debugging": {n: n for n in ["failure_signal_handler", "leak_check", "stacktrace", "symbolize"]},
    "flags": {"flag": "flags", "parse": "flags_parse", "reflection": "flags_reflection", "usage": "flags_usage"},
    "functional": {n: n for n in ["any_invocable", "bind_front", "function_ref", "overload"]},
    "hash": {"hash": "hash"},
    "log": {n: n for n in ["check", "log"]},
    "memory": {"memory": "memory"},
    "meta": {"type_traits": "type_traits"},
    "numeric": {n: n for n in ["bits", "int128"]},
    "random": {"bit_gen_ref": "random_bit_gen_ref", "distributions": "random_distributions", "random": "random_random"},
    "status": {n: n for n in ["status", "statusor"]},
    "strings": {n: n for n in ["cord", "str_format", "strings"]},
    "synchronization": {"synchronization": "synchronization"},
    "time": {"time": "time"},
    "types": {n: n for n in ["any", "compare", "optional", "span", "variant"]},
    "utility": {"utility": "utility"},
}

def _field(text, key):
    for line in text.split("\n"):
        if line.startswith(key + ":"):
            return line[len(key) + 1:].strip()
    return ""

def _abseil_modules(rctx):
    """Returns {module: text of its pkg-config file} and the directory of the libraries."""
    for libdir in ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]:
        pkgconfig = rctx.path(libdir + "/pkgconfig")
        if pkgconfig.get_child("absl_base.pc").exists:
            return libdir, {
                file.basename[len("absl_"):-len(".pc")]: rctx.read(file)
                for file in pkgconfig.readdir()
                if file.basename.startswith("absl_") and file.basename.endswith(".pc")
            }
    fail("absl_base.pc is missing: apt-get install libabsl-dev (./bazelw does it)")

def _abseil_impl(rctx):
    libdir, modules = _abseil_modules(rctx)
    build = [
        "load(\"@rules_cc//cc:cc_library.bzl\", \"cc_library\")",
        "package(default_visibility = [\"//absl:__subpackages__\"])",
    ]
    for module, text in modules.items():
        requires = [word.strip().split(" ")[0] for word in _field(text, "Requires").split(",")]
        words = _field(text, "Libs").split(" ")
        archives = ["lib%s.a" % word[2:] for word in words if word.startswith("-labsl_")]
        for archive in archives:
            rctx.symlink(libdir + "/" + archive, "lib/" + archive)
        build.append("cc_library(name = %r, srcs = %r, linkopts = %r, deps = %r)" % (
            module,
            ["lib/" + archive for archive in archives],
            ["-pthread"] if archives else [],
            [":" + name[len("absl_"):] for name in requires if name.startswith("absl_")],
        ))
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", "\n".join(build) + "\n")
    rctx.file("absl/BUILD", "")
    for package, targets in _ABSEIL.items():
        rctx.file("absl/%s/BUILD" % package, "\n".join(
            ["package(default_visibility = [\"//visibility:public\"])"] +
            [
                "alias(name = %r, actual = %r)" % (target, "//:" + module)
                for target, module in targets.items()
                if module in modules
            ],
        ) + "\n")

debian_abseil = repository_rule(implementation = _abseil_impl, local = True)

def _googletest_impl(rctx):
    _need(rctx, "/usr/src/googletest/googlemock", "googletest")
    rctx.symlink("/usr/src/googletest/googletest", "googletest")
    rctx.symlink("/usr/src/googletest/googlemock", "googlemock")
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", """
load("@rules_cc//cc:cc_library.bzl", "cc_library")
package(default_visibility = ["//visibility:public"])
cc_library(
    name = "gtest",
    srcs = ["googletest/src/gtest-all.cc", "googlemock/src/gmock-all.cc"],
    hdrs = glob(["googletest/include/**/*.h", "googlemock/include/**/*.h"]),
    copts = ["-w"],
    includes = ["googlemock", "googlemock/include", "googletest", "googletest/include"],
    linkopts = ["-pthread"],
    textual_hdrs = glob(["googletest/src/*", "googlemock/src/*"]),
)
cc_library(
    name = "gtest_main",
    srcs = ["googlemock/src/gmock_main.cc"],
    deps = [":gtest"],
)
""")

debian_googletest = repository_rule(implementation = _googletest_impl, local = True)

# A directory with the sources of Google Benchmark; `--repo_env` sets it.
_BENCHMARK_SOURCES = "GOOGLE_BENCHMARK_SOURCES"

# The library that Debian has built is a debug build.
_INSTALLED_BENCHMARK = """
cc_library(
    name = "benchmark",
    linkopts = ["-lbenchmark", "-pthread"],
)
cc_library(
    name = "benchmark_main",
    linkopts = ["-lbenchmark_main"],
    deps = [":benchmark"],
)
"""

# Debian's own build has both definitions, too.
_BUILT_BENCHMARK = """
cc_library(
    name = "benchmark",
    srcs = glob(["src/*.cc", "src/*.h"], exclude = ["src/benchmark_main.cc"]),
    hdrs = glob(["include/benchmark/*.h"]),
    copts = ["-w"],
    defines = ["BENCHMARK_STATIC_DEFINE"],
    includes = ["include"],
    linkopts = ["-pthread"],
    local_defines = ["HAVE_STD_REGEX", "HAVE_STEADY_CLOCK"],
)
cc_library(
    name = "benchmark_main",
    srcs = ["src/benchmark_main.cc"],
    deps = [":benchmark"],
)
"""

def _benchmark_impl(rctx):
    sources = rctx.os.environ.get(_BENCHMARK_SOURCES)
    if sources:
        rctx.symlink(sources + "/include", "include")
        rctx.symlink(sources + "/src", "src")
    else:
        _need(rctx, "/usr/include/benchmark/benchmark.h", "libbenchmark-dev")
    rctx.file("WORKSPACE", "")
    rctx.file("BUILD", """
load("@rules_cc//cc:cc_library.bzl", "cc_library")
package(default_visibility = ["//visibility:public"])
""" + (_BUILT_BENCHMARK if sources else _INSTALLED_BENCHMARK))

debian_benchmark = repository_rule(
    implementation = _benchmark_impl,
    environ = [_BENCHMARK_SOURCES],
    local = True,
)

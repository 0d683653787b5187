// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// CPython as a contender: benchmarks/peers/peer.py.

#ifndef SYNC_BENCHMARKS_PYTHON_H_
#define SYNC_BENCHMARKS_PYTHON_H_

#include <cstdint>
#include <functional>
#include <string>

#include "benchmark/benchmark.h"

namespace syncbench {

// Whether there is a python3 to run.
bool HasPython();

// What runs a program of peer.py, so many rounds at a time. Python itself says
// how long they took.
std::function<void(benchmark::State&)> PythonBody(const std::string& program,
                                                  int64_t rounds);

// The same in a scenario that has an argument.
std::function<void(benchmark::State&)> PythonBodyOf(const std::string& program,
                                                    int64_t rounds);

}  // namespace syncbench

#endif  // SYNC_BENCHMARKS_PYTHON_H_

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The main function of every python_test: becomes `python3 -B <arguments>`.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  std::string python = "python3";
  std::string no_bytecode = "-B";
  std::vector<char*> args = {python.data(), no_bytecode.data()};
  args.insert(args.end(), argv + 1, argv + argc);
  args.push_back(nullptr);
  execvp(args[0], args.data());
  std::fprintf(stderr, "cannot run python3 (%s): install Python 3\n",
               std::strerror(errno));
  return 1;
}

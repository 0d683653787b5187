// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/python.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "benchmark/benchmark.h"
#include "benchmarks/runner.h"

namespace syncbench {
namespace {

// The text of peer.py.
const char kPeer[] =
#include "benchmarks/peer_py.inc"
    ;

// A pipe whose ends programs that are started don't inherit by chance.
struct Pipe {
  Pipe() { Require(pipe2(ends, O_CLOEXEC) == 0, "there is no pipe"); }
  int ends[2];  // To read, and to write.
};

// A running program of peer.py, which answers lines.
class Python {
 public:
  explicit Python(std::string program) {
    Pipe asked, answered;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, asked.ends[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, answered.ends[1], STDOUT_FILENO);
    std::string name = "python3", flag = "-c", text = kPeer;
    char* const arguments[] = {name.data(), flag.data(), text.data(),
                               program.data(), nullptr};
    Require(posix_spawnp(&child_, name.c_str(), &files, nullptr, arguments,
                         environ) == 0,
            "python3 does not run");
    posix_spawn_file_actions_destroy(&files);
    close(asked.ends[0]);
    close(answered.ends[1]);
    questions_ = fdopen(asked.ends[1], "w");
    answers_ = fdopen(answered.ends[0], "r");
  }
  ~Python() {
    std::fclose(questions_);  // Which ends the program.
    std::fclose(answers_);
    waitpid(child_, nullptr, 0);
  }
  Python(const Python&) = delete;
  Python& operator=(const Python&) = delete;

  double SecondsOf(int64_t rounds, int64_t value) {
    std::fprintf(questions_, "%lld %lld\n", static_cast<long long>(rounds),
                 static_cast<long long>(value));
    std::fflush(questions_);
    double seconds = 0;
    Require(std::fscanf(answers_, "%lf", &seconds) == 1,
            "peer.py did not answer");
    return seconds;
  }

 private:
  pid_t child_;
  std::FILE* questions_;
  std::FILE* answers_;
};

void Run(benchmark::State& state, const std::string& program, int64_t rounds,
         int64_t value) {
  Python python(program);
  python.SecondsOf(1, value);  // So that everything is loaded.
  while (state.KeepRunningBatch(rounds)) {
    state.SetIterationTime(python.SecondsOf(rounds, value));
  }
}

}  // namespace

bool HasPython() { return std::system("python3 -c '' 2> /dev/null") == 0; }

std::function<void(benchmark::State&)> PythonBody(const std::string& program,
                                                  int64_t rounds) {
  return [=](benchmark::State& state) { Run(state, program, rounds, 0); };
}

std::function<void(benchmark::State&)> PythonBodyOf(const std::string& program,
                                                    int64_t rounds) {
  return [=](benchmark::State& state) {
    Run(state, program, rounds, state.range(0));
  };
}

}  // namespace syncbench

// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

#include "benchmarks/runner.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <latch>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"
#include "benchmarks/ratio_table.h"

namespace syncbench {
namespace {

// Of each repetition. Since version 1.8 of the library, which is told by a
// member of a run, a time has a unit.
template <class Run = benchmark::BenchmarkReporter::Run>
constexpr const char* MinTime() {
  if constexpr (requires(Run run) { run.skipped; }) {
    return "--benchmark_min_time=0.02s";
  } else {
    return "--benchmark_min_time=0.02";
  }
}

// Many short repetitions rather than few long ones: the median then drops those
// during which something else ran.
const char* const kDefaults[] = {
    MinTime(),
    "--benchmark_repetitions=11",
    "--benchmark_enable_random_interleaving=true",
    "--benchmark_report_aggregates_only=true",
};

constexpr char kDebugBuild[] =
    "WARNING: this is a debug build (NDEBUG is not defined), which checks for\n"
    "misuse: its figures are meaningless. Use `bazel run -c opt`.\n";
constexpr char kDebugLibrary[] =
    "WARNING: the Google Benchmark library itself is a debug build. Its loops\n"
    "are inline and compiled here, so the ratios hold; take care with times.\n";

constexpr bool IsDebugBuild() {
#ifdef NDEBUG
  return false;
#else
  return true;
#endif
}

std::string Join(const std::string& name, const std::string& argument) {
  return argument.empty() ? name : name + "/" + argument;
}

// One row of the table: a scenario, with one value of its argument.
struct Row {
  std::string argument() const {
    return value == nullptr ? ""
                            : scenario->argument + ":" + std::to_string(*value);
  }
  std::string name() const { return Join(scenario->name, argument()); }

  const Scenario* scenario;
  const int64_t* value;  // Null: it has no argument.
};

// Of the benchmark's name, what Google Benchmark adds to it.
const char* SuffixOf(Measure measure) {
  switch (measure) {
    case Measure::kCpu:
      return "";
    case Measure::kReal:
      return "/real_time";
    case Measure::kManual:
      return "/manual_time";
  }
  return "";
}

// Which benchmarks --benchmark_filter names, as Google Benchmark reads it.
class Filter {
 public:
  explicit Filter(const std::string& spec)
      : names_others_(!spec.empty() && spec.front() == '-'),
        names_(names_others_                   ? spec.substr(1)
               : spec.empty() || spec == "all" ? "."
                                               : spec,
               std::regex::extended) {}

  bool Names(const Row& row, const Contender& contender) const {
    const Scenario& scenario = *row.scenario;
    const std::string name =
        Join("BM_" + scenario.name + contender.name, row.argument()) +
        SuffixOf(scenario.measure);
    return std::regex_search(name, names_) != names_others_;
  }

 private:
  bool names_others_;
  std::regex names_;
};

// Rows that run together.
struct Group {
  std::string name;
  std::vector<Row> rows;
};

// Why a run has no figures; empty: it has some. Google Benchmark has renamed
// this.
template <class Run>
std::string WhyNot(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred ? run.error_message : "";
  } else {
    return run.skipped ? run.skip_message : "";
  }
}

class Reporter : public benchmark::BenchmarkReporter {
 public:
  explicit Reporter(std::string ours) : table_(std::move(ours)) {
    // Only of interest if nothing at all matches the filter.
    SetErrorStream(&errors_);
  }

  void Begin(std::string group) { group_ = std::move(group); }
  void Expect(Row row, const std::string& benchmark,
              RatioTable::Subject subject) {
    cells_.push_back(
        {row.name(), Join(benchmark, row.argument()), std::move(subject)});
  }

  bool ReportContext(const Context& context) override {
    if (!context_seen_) {
      context_seen_ = true;
      std::ostringstream text;
      PrintBasicContext(&text, context);
      if (IsDebugBuild()) warnings_ += kDebugBuild;
      // The library tells in no other way.
      if (text.str().find("built as DEBUG") != std::string::npos) {
        warnings_ += kDebugLibrary;
      }
      std::cerr << text.str() << warnings_;
    }
    std::cerr << group_ << std::endl;
    return true;
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      const std::string name =
          Join(run.run_name.function_name, run.run_name.args);
      if (const std::string why = WhyNot(run); !why.empty()) {
        left_out_.insert(name + ": " + why);
        continue;
      }
      // A single repetition has no median.
      const bool is_single =
          run.run_type == Run::RT_Iteration && run.repetitions <= 1;
      if (!is_single && run.aggregate_name != "median") continue;
      const bool is_cpu = run.run_name.time_type.empty();
      const double time =
          is_cpu ? run.GetAdjustedCPUTime() : run.GetAdjustedRealTime();
      medians_[name] =
          time * 1e9 / benchmark::GetTimeUnitMultiplier(run.time_unit);
      repetitions_ = run.repetitions;
    }
  }

  void Print(const std::vector<Absent>& absent) {
    for (const Cell& cell : cells_) {
      const auto median = medians_.find(cell.benchmark);
      if (median == medians_.end()) continue;
      table_.Add(cell.row, cell.subject, median->second);
    }
    if (medians_.empty()) return;  // They have only been listed.
    GetOutputStream() << warnings_
                      << "Time relative to the floor of each row, which is "
                         "measured in the same run;\nmedians of "
                      << repetitions_ << " repetitions.\n\n"
                      << table_.Ratios() << "\n"
                      << table_.Behind();
    for (const std::string& benchmark : left_out_) {
      GetOutputStream() << benchmark << "\n";
    }
    for (const Absent& peer : absent) {
      GetOutputStream() << peer.peer << " is absent: Debian's package "
                        << peer.package << " is not installed.\n";
    }
    GetOutputStream().flush();
  }

  // What is wrong with the filter; each group repeats it.
  std::string error() const {
    const std::string errors = errors_.str();
    return errors.substr(0, errors.find('\n'));
  }

 private:
  struct Cell {
    std::string row;
    std::string benchmark;
    RatioTable::Subject subject;
  };

  RatioTable table_;
  std::vector<Cell> cells_;
  std::map<std::string, double> medians_;  // In nanoseconds, by benchmark.
  std::set<std::string> left_out_;         // Benchmarks, and why.
  std::string group_;
  std::string warnings_;
  std::ostringstream errors_;
  int64_t repetitions_ = 0;
  bool context_seen_ = false;
};

// Those that run in a row: whom the filter names, and if it names any, also the
// floor, without which there is no ratio, and `ours`.
std::vector<const Contender*> ContendersOf(const Row& row, const Filter& filter,
                                           const std::string& ours) {
  const std::vector<Contender>& all = row.scenario->contenders;
  std::vector<const Contender*> contenders;
  bool is_any_named = false;
  for (const Contender& contender : all) {
    if (row.value != nullptr && *row.value > contender.most) continue;
    const bool is_named = filter.Names(row, contender);
    is_any_named |= is_named;
    if (is_named || &contender == &all.front() || contender.name == ours) {
      contenders.push_back(&contender);
    }
  }
  if (!is_any_named) contenders.clear();
  return contenders;
}

// Returns how many benchmarks of the group have run.
size_t RunGroup(const Group& group, const Filter& filter,
                const std::string& ours, Reporter& reporter) {
  for (const Row& row : group.rows) {
    const Scenario& scenario = *row.scenario;
    for (const Contender* contender : ContendersOf(row, filter, ours)) {
      const std::string name = "BM_" + scenario.name + contender->name;
      reporter.Expect(
          row, name,
          {contender->name, contender == &scenario.contenders.front()});
      auto* benchmark =
          benchmark::RegisterBenchmark(name.c_str(), contender->body);
      if (row.value != nullptr) {
        benchmark->ArgName(scenario.argument)->Arg(*row.value);
      }
      if (scenario.measure == Measure::kReal) benchmark->UseRealTime();
      if (scenario.measure == Measure::kManual) benchmark->UseManualTime();
    }
  }
  reporter.Begin(group.name);
  const size_t count = benchmark::RunSpecifiedBenchmarks(&reporter, "all");
  benchmark::ClearRegisteredBenchmarks();
  return count;
}

std::vector<Group> GroupsOf(const std::vector<Scenario>& scenarios,
                            bool all_in_one) {
  std::vector<Row> rows;
  for (const Scenario& scenario : scenarios) {
    if (scenario.values.empty()) rows.push_back({&scenario, nullptr});
    for (const int64_t& value : scenario.values) {
      rows.push_back({&scenario, &value});
    }
  }
  if (all_in_one) return {{"everything, in random order", rows}};
  std::vector<Group> groups;
  for (const Row& row : rows) {
    groups.push_back({"[" + std::to_string(groups.size() + 1) + "/" +
                          std::to_string(rows.size()) + "] " + row.name(),
                      {row}});
  }
  return groups;
}

bool HasFlag(int argc, char** argv, std::string_view flag) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]).substr(0, flag.size()) == flag) return true;
  }
  return false;
}

}  // namespace

int RunScenarios(int argc, char** argv, const std::string& ours,
                 const std::vector<Scenario>& scenarios,
                 const std::vector<Absent>& absent) {
  if (HasFlag(argc, argv, "--scenarios")) {
    std::cout << Describe(ours, scenarios, absent);
    return 0;
  }
  const bool all_in_one = HasFlag(argc, argv, "--benchmark_out=");

  // Ours first: of two values for a flag, the later one counts.
  std::vector<std::string> defaults(std::begin(kDefaults), std::end(kDefaults));
  std::vector<char*> args = {argv[0]};
  for (std::string& flag : defaults) args.push_back(flag.data());
  args.insert(args.end(), argv + 1, argv + argc);
  int count = static_cast<int>(args.size());
  args.push_back(nullptr);
  benchmark::Initialize(&count, args.data());
  if (benchmark::ReportUnrecognizedArguments(count, args.data())) return 1;

  // By default it looks for deadlocks at each lock, which nobody else does.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Reporter reporter(ours);
  // Nothing is registered, so this does no more than look at the filter.
  benchmark::RunSpecifiedBenchmarks(&reporter);
  if (reporter.error().find("Could not compile") != std::string::npos) {
    std::cerr << reporter.error() << std::endl;
    return 1;
  }
  const Filter filter(benchmark::GetBenchmarkFilter());
  size_t run = 0;
  {
    // With one thread only, glibc's mutexes do without atomics.
    std::latch over(1);
    const std::jthread second([&] { over.wait(); });
    for (const Group& group : GroupsOf(scenarios, all_in_one)) {
      run += RunGroup(group, filter, ours, reporter);
    }
    over.count_down();
  }
  benchmark::Shutdown();
  if (run == 0) {
    std::cerr << reporter.error() << std::endl;
    return 1;
  }
  reporter.Print(absent);
  return 0;
}

}  // namespace syncbench

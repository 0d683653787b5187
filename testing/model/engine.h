// Copyright 2026 The sync Authors.
// SPDX-License-Identifier: Apache-2.0

// The machine of the model: threads that are fibers on one OS thread, a memory
// that remembers older values, sleepers, and a clock. Whatever may happen in
// more than one way is a choice, which a Chooser makes.
//
// One execution at a time, of one machine, on one OS thread.

#ifndef SYNC_TESTING_MODEL_ENGINE_H_
#define SYNC_TESTING_MODEL_ENGINE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <source_location>
#include <span>
#include <string>
#include <vector>

namespace synctest::model {

using Place = std::source_location;

// Threads at one time, those that have ended included.
inline constexpr int kMaxFibers = 8;

// What the machine can do besides running a thread on.
struct Powers {
  bool stale_reads = false;      // A load may read an older value.
  bool faults = false;           // Sleepers wake for no reason, clocks jump,
                                 // weak compare-exchanges fail.
  bool suspensions = false;      // One thread may stop for ever, at any step.
  bool reuse_addresses = false;  // New memory is what was freed last.
  bool second_looks = false;     // Who would sleep looks once more before.
};

// Where there is more than one way to go on. `costs[i]` is 0 for what a
// well-meaning machine does, and 1 for a preemption, a stale read or a fault.
struct Choice {
  static constexpr size_t kMost = 24;  // Options.

  enum class About : uint8_t { kThread, kValue, kFault, kSleeper };

  About about;
  std::span<const uint8_t> costs;
  std::span<const uint8_t> threads;  // If it is about one: which, by option.
  size_t ordinary;                   // The options from here on are faults.
  int current;                       // The thread that runs.
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  virtual size_t Choose(const Choice& choice) = 0;
};

enum class Action : uint8_t {
  kLoad,
  kStore,
  kReadModifyWrite,
  kFailedExchange,  // A compare-exchange that doesn't exchange.
  kFence,
  // Not atomic. But for kFree, steps only if they make the execution fail.
  kRead,
  kWrite,
  kDestroy,  // An atomic object.
  kUse,      // Of what is gone, by an atomic access or a wait.
  kFree,
  kSleep,
  kNoSleep,  // The word was not what it was expected to be.
  kAwake,
  kTimeout,
  kSpurious,
  kSuspended,
  kWake,
  kYield,
  kPick,
  kStart,
  kJoin,
  kEnd,
  kNote,
  // Of a function that is explored. No steps of the machine: see notes.h.
  kCall,
  kAwait,  // By a coroutine: its thread may go on.
  kReturn,
};

inline bool IsStep(Action action) {
  return action != Action::kCall && action != Action::kAwait &&
         action != Action::kReturn;
}

// What a value means, for people.
using Format = std::string (*)(uint64_t value);

// One step of an execution, for people.
struct Step {
  int thread;
  Action action;
  std::memory_order order{};
  int age = 0;  // Of a load: how many stores are newer.
  const void* address = nullptr;
  uint64_t before = 0;
  uint64_t after = 0;
  Place where = {};
  const void* code = nullptr;  // Where, if no place is known: an instruction.
  const char* note = nullptr;  // Of a call and its return: the function.
  Format format = nullptr;     // Of a return: of `after`; null: no result.
  bool is_paid = false;        // It comes of a choice that costs.
};

// An object that a scenario has named, in some of the steps.
struct NamedObject {
  const char* address;
  size_t size;
  std::string name;
  Format format;  // Of values in it; null: they are numbers.
  size_t begin;   // The first of the steps,
  size_t end;     // and the one after the last.

  bool Has(const void* location) const {
    return location >= address && location < address + size;
  }
};

// A thread that can't go on.
struct BlockedThread {
  int thread;
  int joins;  // The thread that it waits for to end; -1: it sleeps.
};

struct Outcome {
  bool failed = false;
  std::string failure;
  std::vector<BlockedThread> blocked;  // If nobody can go on.
  std::vector<Step> steps;
  std::vector<std::string> threads;
  std::vector<NamedObject> objects;
  std::vector<uint8_t> choices;
  uint64_t fingerprint = 0;  // Of who did what, in which order.
  bool reuses = false;       // Whether freed memory was there to be reused.
};

// Runs `scenario` as the first thread, until all threads have ended or
// something is wrong.
const Outcome& Execute(const std::function<void()>& scenario, Chooser& chooser,
                       const Powers& powers, int64_t max_steps);

// Has `reset` called before each execution, for the library's statics. At most
// one function.
void BeforeEach(void (*reset)() noexcept) noexcept;

// While one of these exists, this thread's code is taken for the machine's: it
// allocates natively, and may be abandoned, so it keeps no memory of its own.
class MachineCode {
 public:
  MachineCode() noexcept;
  ~MachineCode();
  MachineCode(const MachineCode&) = delete;
  MachineCode& operator=(const MachineCode&) = delete;

 private:
  const bool was_;
};

const Powers& CurrentPowers() noexcept;

// The number of the execution; they are never the same.
uint32_t CurrentExecution() noexcept;

// The thread on whose stack the location is, or was; -1: none.
int ThreadOfStack(const void* location) noexcept;

// Ends the execution: it has failed.
[[noreturn]] void Fail(const std::string& what);

// What follows is for the threads of an execution.

// A signal handler is the thread that it interrupts.
int CurrentThread() noexcept;

int StartThread(const char* name, std::function<void()> body, Place where);
// The same for a handler of a signal that comes to this thread, the host, by
// the time that it joins the handler at the latest. From the handler's first
// step to its end the host can't go on. Nothing orders what both do but what
// orders threads, as C++ has it.
int StartHandler(const char* name, std::function<void()> body, Place where);
// Says that it ends wherever another thread is suspended.
void NeverWaits(int thread) noexcept;
// The execution may end before it.
void Detach(int thread) noexcept;
void JoinThread(int thread, Place where);

// Calls observer(arg) when this thread is about to sleep; null: nobody.
void ObserveSleep(void (*observer)(void*, const void* address),
                  void* arg) noexcept;

// Lets the others run: this thread can only wait for them.
void Yield(Place where);

// One of 0 to `count` - 1, `count` being Choice::kMost at most: each is tried.
size_t Pick(size_t count, Place where = Place::current());

// Sleeps while the newest value at `address` is `expected`, in `size` bytes.
void Sleep(const void* address, size_t size, uint64_t expected,
           int64_t deadline, Place where);
void Wake(const void* address, int count, Place where);

// The clock, in nanoseconds; an execution begins at kStartOfTime.
inline constexpr int64_t kStartOfTime = 3'600'000'000'000;
int64_t Now(Place where);
// What the last Now() said: no step.
int64_t LastNow() noexcept;

// The wall clock, which advances as the other one does, and may be set: by
// MoveWallClock(), and on a machine with faults by two seconds whenever it is
// read, forward or back.
inline constexpr int64_t kStartOfWallTime = 1'700'000'000'000'000'000;
int64_t WallNow(Place where);
// What it is: no reading, and no step.
int64_t WallTime() noexcept;
// Sets it forward by `nanos`, or back.
void MoveWallClock(int64_t nanos, Place where = Place::current());
// How often it was read in this execution; and the latest time that it showed
// since it had been read `first` times, INT64_MIN if it was not.
size_t WallReadings() noexcept;
int64_t LatestWallReading(size_t first) noexcept;

// Atomic operations on the `size` bytes at `address`.
enum class Operator : uint8_t { kExchange, kAdd, kSubtract, kAnd, kOr, kXor };
void Construct(void* address, size_t size) noexcept;
void Destroy(void* address) noexcept;
uint64_t Load(const void* address, size_t size, std::memory_order order,
              Place where);
void Store(void* address, size_t size, uint64_t value, std::memory_order order,
           Place where);
uint64_t ReadModifyWrite(void* address, size_t size, Operator op,
                         uint64_t operand, std::memory_order order,
                         Place where);
bool CompareExchange(void* address, size_t size, uint64_t& expected,
                     uint64_t desired, bool weak, std::memory_order success,
                     std::memory_order failure, Place where);
void Fence(std::memory_order order, Place where);

// Plain accesses, which the compiler reports: kRead or kWrite, by the
// instruction at `code`.
void PlainAccess(const void* address, size_t size, Action action,
                 const void* code) noexcept;

// Fails if the object is gone: for what the compiler does not report.
void ExpectAlive(const void* address, size_t size) noexcept;

// Memory: what `operator new` and `delete` do meanwhile.
void* Allocate(size_t size);
void Free(void* block, const void* code) noexcept;

// While one of these exists, and `holds`, the execution fails if this thread
// allocates.
class NoAllocation {
 public:
  explicit NoAllocation(bool holds = true) noexcept;
  ~NoAllocation();
  NoAllocation(const NoAllocation&) = delete;
  NoAllocation& operator=(const NoAllocation&) = delete;

 private:
  const bool was_;
};

// A place for what the library keeps for a thread: a handler's is its host's.
void* ThreadStorage() noexcept;
inline constexpr size_t kThreadStorage = 128;

}  // namespace synctest::model

#endif  // SYNC_TESTING_MODEL_ENGINE_H_

#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The rules of this repository that a machine can check.

  lint.py [PATH]...

checks the files at and under the paths (everything, without any), as seen from
the root of the repository, and prints `file:line: message` for each finding.
"""

import os
import re
import sys

import cpp_text

# Who stands on whom, from the lowest layer up; a file belongs to the first
# layer that matches it, and includes files of its own layer or a lower one.
LAYERS = [
    ("the machine", r"sync/internal/(platform\w*|config|ring)\.(h|cc)"),
    ("the vocabulary", r"sync/(internal/deadline\.\w+|wait_options\.h|executor\.h)"),
    ("waiting", r"sync/internal/(?!primitive\.h).*"),
    ("primitives", r"sync/(internal/primitive\.h|[^/]*)"),
    ("coroutines", r"sync/coro/.*"),
]

# The only files that may name the machine.
PLATFORM = re.compile(r"sync/internal/(platform\w*\.(h|cc)|config\.h)")

MACHINE = re.compile(
    r"std::(atomic|mutex|condition_variable|thread|jthread|stop_token)\w*"
    r"|\bthis_thread\b|::now\s*\(|\bclock_gettime\b|\bsyscall\b"
    r"|\bthread_local\b|\bvolatile\b|\b(atomic_thread_fence|pthread_\w+)\b"
    r"|\babsl::(Mutex|Now|SleepFor)\b"
    r"|^\s*#\s*include\s*<(mutex|shared_mutex|condition_variable|thread"
    r"|stop_token|semaphore|latch|barrier|pthread\.h|unistd\.h|sys/.*)>")

# A variable that is initialized when its function is first called. The child of
# a fork() at that moment would wait for ever for a thread that it doesn't have.
GUARDED = re.compile(r"^\s+static\s+(?!constexpr\b|constinit\b)[^(]*[;={]")
# No fork() leaves its mutexes usable.
FORK_UNSAFE = "sync/internal/platform_portable.cc"

CONDITIONAL = re.compile(r"^\s*#\s*(if|ifdef|ifndef|elif)\b")

SLEEP = re.compile(
    r"\b(sleep_for|sleep_until|usleep|nanosleep|absl::SleepFor)\b")
EVADED = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_|\bflaky\s*=")
LEFT_BEHIND = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")

# What docs/semantics.md promises by number, and the tests that would refute it.
PROMISE = re.compile(r"\*\*([SL]\d), ")
REFUTED = re.compile(r"TEST(?:_F|_P)?\(\w+,\s*([SL]\d)_")

# What a class comment says under headings of its own, three lines each at most.
HEADINGS = ("Thread safety|Ordering|Lifetime|Wake order|Resumption|Time-outs"
            "|Misuse|Cost")
HEADING = re.compile(rf"// ({HEADINGS}): ")
MISPLACED = re.compile(rf"//.*\S ({HEADINGS}): ")

BUILD_NAMES = {
    ".bazelrc", "BUILD", "MODULE.bazel", "WORKSPACE", "WORKSPACE.bzlmod"
}


def kind_of(path, text):
  """Returns "C++", "#" for what has such comments and our license, or None."""
  if path.endswith((".h", ".cc")):
    return "C++"
  if (path.endswith((".bzl", ".py", ".sh")) or
      os.path.basename(path) in BUILD_NAMES or text.startswith("#!")):
    return "#"
  return None


def layer_of(path):
  for number, (_, pattern) in enumerate(LAYERS):
    if re.fullmatch(pattern, path):
      return number
  return None


def is_test(path):
  return path.endswith(("_test.cc", "_test.h"))


def check_text(path, text, kind):
  comment = "//" if kind == "C++" else "#"
  header = (f"{comment} Copyright 2026 The sync Authors.\n"
            f"{comment} SPDX-License-Identifier: Apache-2.0\n")
  if header not in text[:200]:
    yield 1, "the license header is missing"
  for number, line in enumerate(text.split("\n"), 1):
    if "\t" in line:
      yield number, "a tab"
    if line != line.rstrip():
      yield number, "trailing white space"
    match = LEFT_BEHIND.search(line)
    if match:
      yield number, f"{match[0]} is left behind"
    if (kind == "C++" and len(line) > 80 and
        not re.match(r"\s*#\s*(include|ifndef|define)\b", line) and
        not re.search(r"https?://\S+$", line)):
      yield number, f"{len(line)} columns; 80 are the limit"
  if text and not text.endswith("\n"):
    yield text.count("\n") + 1, "no newline at the end"


def include_guard(path):
  name = re.sub(r"\W", "_", path.removeprefix("sync/")).upper()
  return f"SYNC_{name}_"


def check_include_guard(path, text):
  guard = include_guard(path)
  code = cpp_text.blank(text)
  lead = re.search(r"\A\s*#ifndef (\w+)\n#define (\w+)\n", code)
  if not lead or lead[1] != guard or lead[2] != guard:
    yield 1, f"want the include guard {guard}"
  elif not text.endswith(f"\n#endif  // {guard}\n"):
    yield text.count("\n"), f"want `#endif  // {guard}` at the end"


def check_machine(path, text):
  guard = include_guard(path)
  code = cpp_text.blank(text, literals=True)
  for number, line in enumerate(code.split("\n"), 1):
    match = MACHINE.search(line)
    if match:
      yield number, f"only the platform layer names {match[0].strip()}"
    if CONDITIONAL.match(line) and guard not in line:
      yield number, "only the platform layer has conditional text"


def check_statics(text):
  for number, line in enumerate(cpp_text.blank(text).split("\n"), 1):
    if GUARDED.match(line):
      yield number, "a static that a fork() may leave half initialized"


def check_includes(path, text):
  mine = layer_of(path)
  for number, line in enumerate(cpp_text.blank(text).split("\n"), 1):
    match = re.match(r'\s*#\s*include\s*"(.*)"', line)
    if not match:
      continue
    included = match[1]
    other = layer_of(included)
    if included.split("/")[0] in ("testing", "benchmarks", "examples"):
      yield number, f"the library includes {included}"
    elif mine is None:
      yield number, f"{path} is in no layer of tools/lint.py"
    elif included.startswith("sync/") and other is None:
      yield number, f"{included} is in no layer of tools/lint.py"
    elif other is not None and other > mine:
      yield number, (f"{included} ({LAYERS[other][0]}) is above "
                     f"{LAYERS[mine][0]}")


def check_headings(text):
  length = 0
  for number, line in enumerate(text.split("\n"), 1):
    if MISPLACED.match(line):
      yield number, "a heading of a comment begins a line"
    if HEADING.match(line):
      length = 1
    elif length and line.startswith("//   "):
      length += 1
      if length == 4:
        yield number, "more than three lines under a heading"
    elif length and line.startswith("// "):
      yield number, "what stands under a heading is indented by three"
      length = 0
    else:
      length = 0


def check_tests(path, text, kind):
  code = cpp_text.blank(text) if kind == "C++" else text
  for number, line in enumerate(code.split("\n"), 1):
    match = SLEEP.search(line)
    if match and is_test(path):
      yield number, f"a test that sleeps: {match[0]}"
    match = EVADED.search(line)
    if match:
      yield number, f"a test that can be passed over: {match[0]}"


def check(path, text):
  """Yields (line, message) for each finding in the file `path`."""
  kind = kind_of(path, text)
  if kind is None:
    return
  yield from check_text(path, text, kind)
  if kind == "C++" or os.path.basename(path) == "BUILD":
    yield from check_tests(path, text, kind)
  if path.endswith(".h"):
    yield from check_include_guard(path, text)
    yield from check_headings(text)
  if kind == "C++" and path.startswith("sync/") and not is_test(path):
    yield from check_includes(path, text)
    if path != FORK_UNSAFE:
      yield from check_statics(text)
    if not PLATFORM.fullmatch(path):
      yield from check_machine(path, text)


def unrefuted(texts):
  """Yields the promises in `texts`, by path, that no test's name begins with."""
  promised = set(PROMISE.findall(texts.get("docs/semantics.md", "")))
  for path, text in texts.items():
    if is_test(path):
      promised -= set(REFUTED.findall(text))
  yield from sorted(promised)


def files_under(paths):
  for path in paths:
    if os.path.isfile(path):
      yield path
    for directory, directories, names in os.walk(path):
      directories[:] = sorted(
          name for name in directories
          if not name.startswith("bazel-") and
          name not in (".git", "__pycache__", "node_modules"))
      for name in sorted(names):
        yield os.path.normpath(os.path.join(directory, name))


def main():
  count = findings = 0
  texts = {}
  for path in files_under(sys.argv[1:] or ["."]):
    try:
      with open(path, encoding="utf-8") as file:
        text = file.read()
    except UnicodeDecodeError:
      continue  # Not a text.
    count += kind_of(path, text) is not None
    texts[path] = text
    for line, message in check(path, text):
      print(f"{path}:{line}: {message}")
      findings += 1
  for promise in unrefuted(texts):
    print(f"docs/semantics.md: no test's name begins with {promise}_")
    findings += 1
  print(f"{count} files checked, {findings} findings", file=sys.stderr)
  return 1 if findings or not count else 0


if __name__ == "__main__":
  sys.exit(main())

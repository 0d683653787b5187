#!/usr/bin/env python3
# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Keeps the examples in documents and in header comments true.

  doc_blocks.py tests --out=FILE [--include=HEADER]... SOURCE...

writes a GoogleTest program in which each example of the sources is one test,
named after its file and line; compilers and failures name that place too. An
example is a ```cpp block of a Markdown file or, in a header, the lines that
are indented by three spaces or more under a comment line "// Example:" (or
"// Example (what it shows):"). It is run like this:

  - With an `int main(`, it is a program, in a namespace of its own. Its main
    is the test, and must return 0.
  - Otherwise everything up to the end of its last top-level function, class or
    template stands in a namespace of its own; the rest is the test's body.

Its #include lines go to the top of the file.

  doc_blocks.py check --workspace=FILE... --script=FILE MARKDOWN...

checks the other blocks: the lines of a ```starlark or ```python block stand
one after the other in one of the workspace files, and each command of a ```sh
or ```bash block stands in the script (comments, blank lines and indentation
do not count). ```text blocks are free; no other language may occur.
"""

import argparse
import dataclasses
import pathlib
import re
import sys
import textwrap

import cpp_text


class Error(Exception):
  """Something wrong in a document; the message starts with its place."""


@dataclasses.dataclass
class Block:
  path: str
  line: int  # of the first line of `text`
  language: str
  text: str

  def test_name(self):
    words = re.split(r"[\W_]+", self.path)
    suite = "".join(word[:1].upper() + word[1:] for word in words)
    return f"{suite}, Line{self.line}"

  def namespace(self):
    return re.sub(r"[\W_]+", "_", f"doc_{self.path}_{self.line}")


def markdown_blocks(path, text):
  blocks = []
  fence = None
  for number, line in enumerate(text.split("\n"), 1):
    match = re.match(r"\s*(```+|~~~+)(.*)", line)
    if fence is None:
      if match:
        fence, language = match[1], match[2].strip()
        start, lines = number, []
    elif match and match[1].startswith(fence) and not match[2].strip():
      code = textwrap.dedent("\n".join(lines)) + "\n"
      blocks.append(Block(path, start + 1, language, code))
      fence = None
    else:
      lines.append(line)
  if fence is not None:
    raise Error(f"{path}:{start}: the block is never closed")
  return blocks


def header_blocks(path, text):
  blocks = []
  lines = text.split("\n")
  for number, line in enumerate(lines, 1):
    match = re.match(r"\s*//+\s*Example\b(.*)", line)
    if not match:
      continue
    if not re.fullmatch(r"\s*// Example( \(.*\))?:", line):
      raise Error(f'{path}:{number}: want "// Example:" or "// Example (…):"')
    code = []
    for following in lines[number:]:
      match = re.match(r"\s*//(   .*|\s*)$", following)
      if not match:
        break
      code.append(match[1])
    text = textwrap.dedent("\n".join(code)).rstrip() + "\n"
    if not text.strip():
      raise Error(f"{path}:{number}: no code, indented by 3, follows")
    blocks.append(Block(path, number + 1, "cpp", text))
  if not blocks:
    raise Error(f'{path}:1: no "// Example:" in this header')
  return blocks


def blocks_of(path):
  text = pathlib.Path(path).read_text(encoding="utf-8")
  if path.endswith(".md"):
    return markdown_blocks(path, text)
  return header_blocks(path, text)


_STATEMENT = re.compile(
    r"(if|else|for|while|do|switch|try|catch|return|co_\w+)\b|[\[{(]")
_DEFINITION = re.compile(
    r"(template|namespace|class|struct|enum|union|TEST(_F|_P)?)\b")
# A function's head, its parentheses collapsed to "@": "Task<void> Wait@".
_FUNCTION = re.compile(
    r"[\w>&*]\s+[&*]*[\w:~]+\s*@\s*((const|noexcept|@)\s*|->[^=]*)*$")


def _is_definition(head):
  if _STATEMENT.match(head):
    return False
  if _DEFINITION.match(head):
    return True
  head = re.sub(r"\boperator\s*[^\s\w(]+", "operator", head)
  while "(" in head:
    collapsed = re.sub(r"\([^()]*\)", "@", head)
    if collapsed == head:
      return False
    head = collapsed
  return "=" not in head and _FUNCTION.search(head) is not None


def end_of_definitions(text):
  """Returns where the last top-level definition of `text` ends, or 0."""
  code = cpp_text.blank(text, literals=True)
  code = re.sub(r"(?m)^\s*#.*$", lambda m: " " * len(m[0]), code)
  end = start = depth = 0
  body = None  # where the item's body starts
  for i, c in enumerate(code):
    if c in "({[":
      if c == "{" and depth == 0 and body is None:
        body = i
      depth += 1
    elif c in ")}]":
      depth -= 1
    closes_body = c == "}" and depth == 0 and not re.match(
        r"\s*[;,.()]", code[i + 1:])
    if closes_body or (c == ";" and depth == 0):
      head = code[start:body if body is not None else i].strip()
      if _is_definition(head) and (body is not None or
                                   head.startswith("template")):
        end = i + 1
      start, body = i + 1, None
  return end


def _program(block, text):
  """Renames main and lets it return 0. Returns the text, and whether main
  takes arguments."""
  code = cpp_text.blank(text, literals=True)
  main = re.search(r"\bint\s+main\s*\(([^)]*)\)\s*\{", code)
  if main is None:
    raise Error(f"{block.path}:{block.line}: want `int main(…) {{`")
  depth, end = 1, main.end()
  while depth and end < len(code):
    depth += {"{": 1, "}": -1}.get(code[end], 0)
    end += 1
  if depth:
    raise Error(f"{block.path}:{block.line}: main is never closed")
  head = main[0].replace("main", "DocMain", 1)
  text = (text[:main.start()] + head + text[main.end():end - 1] +
          " return 0; }" + text[end:])
  return text, bool(main[1].strip())


def _test(block):
  """Returns the #include lines of `block` and the text of its test."""
  place = lambda line: f'#line {line} "{block.path}"\n'
  includes = []
  lines = block.text.split("\n")
  for i, line in enumerate(lines):
    if re.match(r"\s*#\s*include\b", line):
      includes.append(place(block.line + i) + line.strip() + "\n")
      lines[i] = ""
  text = "\n".join(lines)

  if re.search(r"\bint\s+main\s*\(", cpp_text.blank(text, literals=True)):
    definitions, has_arguments = _program(block, text)
    if has_arguments:
      body = ('  char name[] = "example";\n'
              "  char* argv[] = {name, nullptr};\n"
              f"  EXPECT_EQ({block.namespace()}::DocMain(1, argv), 0);\n")
    else:
      body = f"  EXPECT_EQ({block.namespace()}::DocMain(), 0);\n"
  else:
    end = end_of_definitions(text)
    definitions = text[:end]
    body = (f"  using namespace {block.namespace()};\n" +
            place(block.line + text.count("\n", 0, end)) + text[end:])

  return includes, (f"namespace {block.namespace()} {{\n" +
                    place(block.line) + definitions +
                    f"\n}}  // namespace {block.namespace()}\n\n"
                    f"TEST({block.test_name()}) {{\n{body}}}\n")


def write_tests(sources, headers):
  """Returns the text of the test program."""
  top = [f'#include "{header}"\n' for header in headers]
  top += [f'#include "{path}"\n' for path in sources if path.endswith(".h")]
  top += ['#include "gtest/gtest.h"\n']
  tests = []
  for path in sources:
    for block in blocks_of(path):
      if block.language == "cpp":
        includes, test = _test(block)
        top += includes
        tests.append(test)
  if not tests:
    raise Error(f"{sources[0]}:1: no C++ example in any of {sources}")
  return ("// Written by tools/doc_blocks.py.\n" + "".join(top) + "\n" +
          "\n".join(tests))


def _lines(text):
  stripped = (line.strip() for line in text.split("\n"))
  return [line for line in stripped if line and not line.startswith("#")]


def _contains(lines, part):
  return any(lines[i:i + len(part)] == part
             for i in range(len(lines) - len(part) + 1))


def check(documents, workspace, script):
  """Yields a message for each block that is not as it should be."""
  workspace = {name: _lines(text) for name, text in workspace.items()}
  for path in documents:
    for block in blocks_of(path):
      where = f"{path}:{block.line}:"
      if block.language in ("starlark", "python"):
        if not any(_contains(lines, _lines(block.text))
                   for lines in workspace.values()):
          yield f"{where} not in any of {', '.join(sorted(workspace))}"
      elif block.language in ("sh", "bash"):
        for command in _lines(block.text):
          command = command.removeprefix("$ ").split("  #")[0].strip()
          if not re.search(rf"(?<!\S){re.escape(command)}(?!\S)", script):
            yield f"{where} not run by the script: {command}"
      elif block.language not in ("cpp", "text"):
        yield f"{where} blocks in {block.language or 'no language'!r} are " \
              "checked by nothing"


def main():
  parser = argparse.ArgumentParser()
  modes = parser.add_subparsers(dest="mode", required=True)
  mode = modes.add_parser("tests")
  mode.add_argument("--out", required=True)
  mode.add_argument("--include", action="append", default=[])
  mode.add_argument("sources", nargs="+")
  mode = modes.add_parser("check")
  mode.add_argument("--workspace", action="append", required=True)
  mode.add_argument("--script", required=True)
  mode.add_argument("documents", nargs="+")
  args = parser.parse_args()

  read = lambda name: pathlib.Path(name).read_text(encoding="utf-8")
  try:
    if args.mode == "tests":
      text = write_tests(args.sources, args.include)
      pathlib.Path(args.out).write_text(text, encoding="utf-8")
      return 0
    workspace = {name: read(name) for name in args.workspace}
    findings = list(check(args.documents, workspace, read(args.script)))
  except Error as error:
    findings = [str(error)]
  for finding in findings:
    print(finding, file=sys.stderr)
  return 1 if findings else 0


if __name__ == "__main__":
  sys.exit(main())

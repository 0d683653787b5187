# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Checks what docs/performance.md says of the machine code of fast paths.

  machine_code.py LIBRARY DOCUMENT

LIBRARY is fast_paths.cc, compiled. Of each function the fast path is found: of
all ways through it with at least as many locked instructions as the document's
table says, the one with the fewest calls, then with the fewest of those
instructions, then the shortest. It must do what the table says, with no more
conditional jumps. Of the machines only x86-64 is known.

Needs objdump.
"""

import heapq
import re
import shutil
import subprocess
import sys

MARK = "<!-- machine code -->\n"

# What calls nothing on any way, not only on the fast one; and what calls
# nothing but BackOff().
NEVER_CALL = {"event_IsSet", "event_Clear", "latch_TryWait", "one_shot_IsSet"}
CALL_TO_BACK_OFF = {"mutex_try_lock", "shared_mutex_try_lock",
                    "shared_mutex_try_lock_shared", "semaphore_TryAcquire",
                    "auto_reset_event_TryWait"}
# What has a locked instruction on each way: it publishes what came before.
ALWAYS_CHANGE = {"event_Set", "event_Pulse", "event_Clear", "mutex_unlock",
                 "shared_mutex_unlock", "shared_mutex_unlock_shared",
                 "auto_reset_event_Set", "latch_CountDown"}
# How the functions begin that the document must have.
OBJECTS = ("event_", "mutex_", "shared_mutex_", "condition_", "semaphore_",
           "auto_reset_event_", "latch_", "one_shot_")

FUNCTION = re.compile(r"([0-9a-f]+) <([^>.]+)(\.cold)?[^>]*>:")
INSTRUCTION = re.compile(r"\s+([0-9a-f]+):\s+(.*?)\s*(?:#.*)?$")
TARGET = re.compile(r"([0-9a-f]+) <([^>+@]+)")

OUT = -1  # Where a function is left.

# A memory operand that is neither of the stack nor the library's own.
MEMORY = re.compile(r"\((?!%rsp|%rbp|%rip)%")


def disassembled(library):
  """Returns (machine, {function: {address: instruction}}), its entry first."""
  objdump = shutil.which("objdump")
  if objdump is None:
    sys.exit("objdump is missing: apt-get install binutils (`./bazelw test` "
             "does it)")
  text = subprocess.run([objdump, "-d", "--no-show-raw-insn", library],
                        check=True, stdout=subprocess.PIPE, text=True).stdout
  machine = re.search(r"file format (\S+)", text)[1]
  functions = {}
  for line in text.split("\n"):
    if match := FUNCTION.match(line):
      code = functions.setdefault(match[2], {})
      # What is seldom needed may be elsewhere, maybe in front.
      if not match[3]:
        functions[match[2]] = code = {int(match[1], 16): ""} | code
    elif match := INSTRUCTION.match(line):
      code[int(match[1], 16)] = match[2]
  return machine, functions


def kind_of(instruction):
  """Returns (calls, locked, loads, jumps), of each 0 or 1."""
  name = instruction.split(" ")[0]
  calls = name.startswith("call")
  locked = name == "lock" or (name.startswith("xchg") and
                              "(" in instruction)
  stores = name.startswith("mov") and instruction.endswith(")")
  loads = (bool(MEMORY.search(instruction)) and not locked and not stores and
           not re.search(r"\b(lea|nop|prefetch)", instruction))
  jumps = name.startswith("j") and not name.startswith("jmp")
  return tuple(map(int, (calls, locked, loads, jumps)))


def steps(code, address, following):
  """Yields (next address, whether the way there is a call); OUT: it returns."""
  name = code[address].split(" ")[0]
  if name.startswith(("ud2", "hlt", "notrack")):
    return
  if "ret" in name:
    yield OUT, False
    return
  target = TARGET.search(code[address])
  if name.startswith("j") and target:
    target = int(target[1], 16)
    yield (target, False) if target in code else (OUT, True)
  if not name.startswith("jmp") and following in code:
    yield following, False


def fast_path(code, least):
  """Returns (calls, locked, loads, jumps) of that with `least` locked ones."""
  addresses = sorted(code)
  following = dict(zip(addresses, addresses[1:]))
  # By calls, locked instructions and length.
  queue = [((0, 0, 0), next(iter(code)), (0, 0, 0, 0))]
  seen = set()
  while queue:
    (_, _, length), address, done = heapq.heappop(queue)
    enough = done[1] >= least
    if (address, enough) in seen:
      continue
    seen.add((address, enough))
    if address == OUT:
      if enough:
        return done
      continue
    calls, *others = map(sum, zip(done, kind_of(code[address])))
    for successor, is_call in steps(code, address, following.get(address)):
      total = (calls + is_call, *others)
      heapq.heappush(queue, (total[:2] + (length + 1,), successor, total))
  raise ValueError(f"no way through it has {least} locked instructions")


def rows_of(document):
  """Returns {function: (loads, locked, calls, jumps)}."""
  with open(document, encoding="utf-8") as file:
    table = file.read().split(MARK)[1].strip().split("\n\n")[0]
  rows = {}
  for line in table.split("\n")[2:]:
    name, *numbers = (cell.strip() for cell in line.strip("|").split("|"))
    name = re.sub(r"\W+", "_", name.strip("`")).strip("_")
    rows[name] = tuple(int(number or 0) for number in numbers)
  return rows


def main():
  library, document = sys.argv[1:]
  rows = rows_of(document)
  machine, functions = disassembled(library)
  faults = []
  if machine != "elf64-x86-64":
    print(f"{machine} is not known here: of its code it is only checked that "
          "IsSet() refers to nothing else, and not which instructions it has, "
          "nor any other function")
    for instruction in functions["event_IsSet"].values():
      target = TARGET.search(instruction)
      if target and target[2] != "event_IsSet":
        faults.append(f"event_IsSet refers to {target[2]}: {instruction}")
    sys.exit("\n".join(faults) or 0)
  for name, (loads, locked, calls, jumps) in rows.items():
    code = functions[name]
    found = fast_path(code, locked)
    print(f"{name}: {found[2]} loads, {found[1]} locked, {found[0]} calls, "
          f"{found[3]} jumps")
    if found[:3] != (calls, locked, loads) or found[3] > jumps:
      faults.append(f"{name}: the document says {loads}, {locked}, {calls} and "
                    f"at most {jumps}")
    if name in ALWAYS_CHANGE and fast_path(code, 0)[:2] != found[:2]:
      faults.append(f"{name} has a way without a locked instruction")
    if name in NEVER_CALL | CALL_TO_BACK_OFF:
      faults += [f"{name} leaves: {code[address]}" for address in code
                 if (name in NEVER_CALL or "BackOff" not in code[address]) and
                 (kind_of(code[address])[0] or
                  any(is_call for _, is_call in steps(code, address, None)))]
  undocumented = {name for name in functions
                  if name.startswith(OBJECTS)} - rows.keys()
  faults += [f"{name} is not in the document" for name in sorted(undocumented)]
  sys.exit("\n".join(faults) or 0)


if __name__ == "__main__":
  main()

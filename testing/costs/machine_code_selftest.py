# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""Tests of machine_code.py."""

import unittest

from machine_code import fast_path, kind_of, steps


def code(text):
  """Returns {address: instruction} of lines; the addresses are 0x10 on."""
  return {0x10 + i: line.strip()
          for i, line in enumerate(text.strip().split("\n"))}


# Looks, and leaves by a call (locked) or without one.
LOCK = code("""mov    (%rdi),%rax
               test   $0x10,%al
               jne    17 <lock+0x7>
               mov    %rax,%rdx
               lock cmpxchg %rdx,(%rdi)
               jne    11 <lock+0x1>
               ret
               push   %rbp
               call   80 <slow>
               leave
               ret""")


class MachineCodeTest(unittest.TestCase):

  def test_kinds_of_instructions(self):
    for instruction, kind in (
        ("call   80 <f>", (1, 0, 0, 0)),
        ("lock and %rax,(%rdi)", (0, 1, 0, 0)),
        ("xchg   %rax,(%rdi)", (0, 1, 0, 0)),
        ("xchg   %ax,%ax", (0, 0, 0, 0)),
        ("mov    0x8(%rdi),%rax", (0, 0, 1, 0)),
        ("testb  $0x10,(%rdi)", (0, 0, 1, 0)),
        ("mov    %rax,(%rdi)", (0, 0, 0, 0)),
        ("mov    0x8(%rsp),%rax", (0, 0, 0, 0)),
        ("lea    0x20(%rax),%rcx", (0, 0, 0, 0)),
        ("data16 cs nopw 0x0(%rax,%rax,1)", (0, 0, 0, 0)),
        ("je     12 <f+0x2>", (0, 0, 0, 1)),
        ("jmp    12 <f+0x2>", (0, 0, 0, 0))):
      self.assertEqual(kind_of(instruction), kind, instruction)

  def test_the_way_with_fewest_calls_is_found(self):
    self.assertEqual(fast_path(LOCK, 0), (0, 1, 1, 2))
    self.assertEqual(fast_path(LOCK, 1), (0, 1, 1, 2))
    with self.assertRaises(ValueError):
      fast_path(code("ret"), 1)

  def test_a_way_without_a_locked_instruction_is_found(self):
    early = code("""mov    (%rdi),%rax
                    test   $0x10,%al
                    jne    14 <set+0x4>
                    lock orq $0x10,(%rdi)
                    ret""")
    self.assertEqual(fast_path(early, 0), (0, 0, 1, 1))
    self.assertEqual(fast_path(early, 1), (0, 1, 1, 1))

  def test_a_jump_out_of_the_function_is_a_call(self):
    self.assertEqual(fast_path(code("jmp    80 <slow>"), 0), (1, 0, 0, 0))
    self.assertEqual(list(steps(code("jmp    80 <slow>"), 0x10, None)),
                     [(-1, True)])

  def test_what_ends_the_program_is_no_way(self):
    self.assertEqual(fast_path(code("""je     12 <f+0x2>
                                       ud2
                                       call   80 <slow>
                                       ret"""), 0), (1, 0, 0, 1))


if __name__ == "__main__":
  unittest.main()

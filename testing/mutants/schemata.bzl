# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""The sources of programs that are mutants of the library."""

_MUTANTS = [
    "semantic.py",
    "semantic_companions.py",
]

def mutant_sources(name, programs, table, srcs, options = "", **kwargs):
    """Defines the source of each program, and the table of all mutants.

    Args:
      name: of the rule.
      programs: whose sources, <program>.cc, are written; as many as it takes.
      table: the name of the table.
      srcs: the sources of library and tests, headers included.
      options: further ones of schemata.py.
      **kwargs: passed to genrule.
    """
    native.genrule(
        name = name,
        testonly = True,
        srcs = srcs + _MUTANTS,
        outs = [table] + [program + ".cc" for program in programs],
        cmd = " ".join(
            [
                "python3 -B $(location schemata.py)",
                options,
                "--table=$(location %s)" % table,
            ] +
            ["--mutants=$(location %s)" % mutants for mutants in _MUTANTS] +
            ["--out=$(location %s.cc)" % program for program in programs] +
            ["$(locations %s)" % source for source in srcs],
        ),
        tags = [
            "no-tsan",
            "once",
        ],
        tools = ["schemata.py"],
        **kwargs
    )

# Copyright 2026 The sync Authors.
# SPDX-License-Identifier: Apache-2.0

"""What the tools need to know of C++ as text."""

import re

_COMMENT = r"//[^\n]*|/\*.*?\*/"
_LITERAL = (r'R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"'
            r'|"(?:\\.|[^"\\\n])*"'
            r"|(?<!\w)'(?:\\.|[^'\\\n])*'")
_TOKEN = re.compile(f"(?P<comment>{_COMMENT})|{_LITERAL}", re.DOTALL)


def blank(text, literals=False):
  """Returns `text` with each comment overwritten by spaces, and with
  `literals` each string and character too. Positions and lines stay."""

  def replace(match):
    if match["comment"] is None and not literals:
      return match[0]
    return re.sub(r"[^\n]", " ", match[0])

  return _TOKEN.sub(replace, text)

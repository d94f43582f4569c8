"""Places as the protocol counts them: lines, and code units of an encoding within a line.

Lines end with CR LF, LF or CR and with nothing else. An offset counts characters of the text from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(r"\r\n|\n|\r")


class Positions:
    """Converts between offsets into one text and positions in it."""

    def __init__(self, text: str, encoding: Encoding = "utf-16") -> None:
        self.text = text
        self.encoding = encoding
        ends = list(_LINE_END.finditer(text))
        self._starts = [0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]

    def position_of(self, offset: int) -> tuple[int, int]:
        """The line and the code units before an offset; one inside a line's end is at that end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        before = self.text[self._starts[line] : min(offset, self._ends[line])]
        return line, self._measure(before)

    def offset_of(self, line: int, units: int) -> int:
        """The offset of a position; beyond a line's end it is that end, inside a character the one behind it."""
        if line >= len(self._starts):
            return len(self.text)
        start, end = self._starts[line], self._ends[line]
        if self.encoding == "utf-32" or self.text[start:end].isascii():
            return min(start + units, end)
        for offset in range(start, end):
            if units <= 0:
                return offset
            units -= self._measure(self.text[offset])
        return end

    def _measure(self, text: str) -> int:
        if self.encoding == "utf-32" or text.isascii():
            return len(text)
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(character > "\uffff" for character in text)

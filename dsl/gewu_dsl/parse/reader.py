"""A text that is read again and again while it is being written: what has not changed is not read anew."""

from __future__ import annotations

import re
from itertools import pairwise

from gewu_dsl.parse import LARGEST, ParseResult, Passage, assemble, parse, read_passage
from gewu_dsl.words import KEYWORDS

_HEADS = [
    each for head in ("_DEPARTMENT", "_PLACE", "_ITEM") for each in KEYWORDS[head].en + KEYWORDS[head].zh
]
_HEAD = re.compile(rf"^[^\S\n]*(?:{'|'.join(_HEADS)})(?=\s)", re.MULTILINE)


_Place = tuple[int, int, str]
"""Offset, line and words of a passage."""


class Reader:
    """Reads the texts of one file in turn; `read` gives what `parse` gives.

    A declaration that stands where it stood, in the words in which it stood, is the very same node as before. For this
    each is read on its own, from the line that seems to begin it. Whether it does is known when all are without a
    mistake: then every statement was whole where the next declaration begins, and there a parser that reads on takes
    the same word for the same keyword. Else the text is read in one piece.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._text = ""
        self._result: ParseResult | None = None
        self._passages: dict[_Place, Passage] = {}

    def read(self, text: str) -> ParseResult:
        if self._result is None or text != self._text:
            passages = self._read_apart(text)
            self._result = assemble(text, passages) if passages else parse(text, self.file)
            self._text = text
        return self._result

    def _read_apart(self, text: str) -> list[Passage]:
        """The passages of a text without mistakes; empty for any other."""
        if len(text) > LARGEST:
            return []
        starts = [0, *[match.start() for match in _HEAD.finditer(text)][1:], len(text)]
        passages: dict[_Place, Passage] = {}
        line = 1
        for begin, end in pairwise(starts):
            key = (begin, line, text[begin:end])
            passage = self._passages.get(key) or read_passage(text, self.file, begin, end, line)
            if passage.diagnostics or passage.has_suspects:
                return []
            passages[key] = passage
            line += text.count("\n", begin, end)
        self._passages = passages
        return list(passages.values())

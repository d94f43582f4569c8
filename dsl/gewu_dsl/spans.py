"""Places in a text."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Where something is written. Lines and columns count characters from 1, the end column is exclusive;
    `start` and `end` are offsets into the text, from 0, the end exclusive."""

    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    start: int = 0
    end: int = 0


NOWHERE = Span()

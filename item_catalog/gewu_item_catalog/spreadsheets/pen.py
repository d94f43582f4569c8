"""Trees in the order in which they are printed: every statement and comment gets a place behind the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from gewu_dsl import tree
from gewu_dsl.spans import Span
from gewu_item_catalog.spreadsheets.tables import clean

N = TypeVar("N", bound=tree.Node)


class Pen:
    """Hands out places. What is put first is printed first; comments stay where they are put."""

    def __init__(self) -> None:
        self._place = 0
        self.comments: list[tree.Comment] = []

    def put(self, node: N) -> N:
        """The node at the next place."""
        return replace(node, span=self._next())

    def comment(self, text: str, *, begins: bool = False, ends: bool = False) -> None:
        """A line of its own before what is put next; an empty one above it where it `begins` a block of comments that
        stands apart, one below where it `ends` it."""
        self.comments.append(tree.Comment(clean(text), True, begins, ends, span=self._next()))

    def comment_behind(self, text: str) -> None:
        """Behind the statement that was put last."""
        self.comments.append(tree.Comment(clean(text), False, span=self._next()))

    def _next(self) -> Span:
        self._place += 1
        return Span(1, self._place, 1, self._place + 1, self._place, self._place + 1)

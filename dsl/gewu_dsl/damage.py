"""Which declarations a compilation's errors lie in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from gewu_dsl import tree
from gewu_dsl.diagnostics import Diagnostic

Place = tuple[int, int]

HARMLESS = frozenset({"G102", "G109"})
"""Mistakes of the parser that leave the statement whole."""


class Damage:
    """Errors by the declaration they stand in: it reaches from its first word to the next declaration."""

    def __init__(self, files: Mapping[str, tree.File], diagnostics: Iterable[Diagnostic]) -> None:
        begin: dict[str, list[Place]] = {}
        self._hit: set[tuple[str, Place]] = set()
        self._torn: set[tuple[str, Place]] = set()
        for each in diagnostics:
            if each.severity != "error" or each.file not in files:
                continue
            if each.file not in begin:
                begin[each.file] = [declaration.span[:2] for declaration in files[each.file].declarations]
            starts = begin[each.file]
            index = bisect_right(starts, (each.line, each.column)) - 1
            if index >= 0:
                self._hit.add((each.file, starts[index]))
                if each.code not in HARMLESS:
                    self._torn.add((each.file, starts[index]))

    def spares(self, file: str, node: tree.Declaration | None) -> bool:
        """Whether a declaration of this compilation has no error; False for one of another pack (None)."""
        return node is not None and not (self._hit and (file, node.span[:2]) in self._hit)

    def tears(self, file: str, node: tree.Declaration) -> bool:
        """Whether an error has left something out of the declaration."""
        return bool(self._torn) and (file, node.span[:2]) in self._torn

"""The texts of a pack read as far as names go; works on texts with mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gewu_dsl import tree
from gewu_dsl.damage import Damage
from gewu_dsl.editing.occurrences import Occurrence, collect_occurrences
from gewu_dsl.names import Known
from gewu_dsl.parse import ParseResult
from gewu_dsl.parse.reader import Reader
from gewu_dsl.resolve import Memory, resolve
from gewu_dsl.resolve.scopes import ItemScope, Unit


@dataclass(frozen=True, slots=True)
class Analysis:
    """`occurrences` are sorted by file and place; no two of them overlap."""

    sources: Mapping[str, str]
    known: Known
    parsed: Mapping[str, ParseResult]
    unit: Unit
    occurrences: tuple[Occurrence, ...]

    def occurrence_at(self, file: str, offset: int) -> Occurrence | None:
        """The name that stands at, or ends at, a place."""
        here = [each for each in self.occurrences if each.file == file and each.start <= offset <= each.end]
        return min(here, key=lambda each: offset == each.end, default=None)

    def occurrences_like(self, occurrence: Occurrence) -> list[Occurrence]:
        """Every place where the same thing is named, declarations among them."""
        return [each for each in self.occurrences if each.symbol == occurrence.symbol]

    def declaration_at(self, file: str, offset: int) -> tree.Declaration | None:
        """The department, place or item in whose lines a place lies."""
        before = [each for each in self.parsed[file].tree.declarations if each.span.start <= offset]
        return before[-1] if before else None

    def item_at(self, file: str, offset: int) -> ItemScope | None:
        """The item in whose lines a place lies."""
        declaration = self.declaration_at(file, offset)
        return next((each for each in self.unit.items if each.node is declaration), None)


class Analyst:
    """Analyses the texts of one pack time and again while they are edited; what did not change is not read again."""

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}
        self._memory = Memory()

    def analyse(self, sources: Mapping[str, str], known: Known = Known()) -> Analysis:
        """Read the texts, by file name; `known` is what other packs declare."""
        self._readers = {file: self._readers.get(file) or Reader(file) for file in sources}
        parsed = {file: self._readers[file].read(text) for file, text in sources.items()}
        trees = {file: each.tree for file, each in parsed.items()}
        lost = frozenset(name for each in parsed.values() for name in each.lost)
        said = [diagnostic for each in parsed.values() for diagnostic in each.diagnostics]
        unit = resolve(trees, known, lost, Damage(trees, said), self._memory)
        return Analysis(sources, known, parsed, unit, collect_occurrences(trees, unit))


def analyse(sources: Mapping[str, str], known: Known = Known()) -> Analysis:
    """Read the texts once, by file name."""
    return Analyst().analyse(sources, known)

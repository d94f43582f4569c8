"""Why a choice came out as it did, told afterwards from the index of the branch that decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gewu_dsl.decision import Reason
from gewu_dsl.model import Answer, Branch, Derived, Expression, Fact, History, Item, PlaceAttribute
from gewu_dsl.render import expression_words
from gewu_dsl.rules.source import clauses_of, condition_of
from gewu_dsl.truth import Truth

OTHERWISE = "otherwise"

Source = Literal["sheet", "context", "derived", "facts"]
"""Where a value was when a choice was made: among the answers, the context, the lets or the finding's own facts."""


@dataclass(frozen=True, slots=True)
class Line:
    """A reason before its values: `reads` says what to show a value as, where it is, and under which name."""

    clause: str
    line: int | None
    branch: int
    because: str
    reads: tuple[tuple[str, Source, str], ...]

    def fill(self, values: Mapping[Source, Mapping[str, Any]]) -> Reason:
        """The reason as it was for one report."""
        saw = {}
        for label, source, name in self.reads:
            value = values[source].get(name)
            saw[label] = _plain(value) if type(value) is float or type(value) is tuple else value
        return Reason(self.clause, self.line, self.branch, self.because, saw)


class Tracer:
    """The reasons for every outcome of an item's findings, worded once and filled with values at each report."""

    def __init__(self, item: Item, lines: Mapping[str, int]) -> None:
        self._item = item
        self._source = lines
        self._truth = Truth(item)
        self._lines: dict[tuple[int, int, int], Line] = {}

    def lines(self, outcome: tuple[int, ...]) -> tuple[Line, ...]:
        """One for the finding and each clause that had a branch; `outcome` is one tuple of `choices`."""
        lines: list[Line] = []
        for position, branch in enumerate((0, *outcome[1:])):
            if branch >= 0:
                key = (outcome[0], position, branch)
                if key not in self._lines:
                    self._lines[key] = self._worded(*key)
                lines.append(self._lines[key])
        return tuple(lines)

    def _worded(self, index: int, position: int, branch: int) -> Line:
        """The words for a finding's condition (position 0) or a branch of one of its clauses."""
        finding = self._item.findings[index]
        path = f"finding.{finding.name}"
        if position == 0:
            return self._line("finding", path, (Branch(None, condition_of(finding)),), 0)
        clause, branches = clauses_of(finding)[position - 1]
        place = clause if clause in ("severity", "route") else f"limit.{clause}"
        return self._line(clause, f"{path}.{place}.{branch}", branches, branch)

    def _line(self, clause: str, path: str, branches: tuple[Branch[Any], ...], index: int) -> Line:
        when = branches[index].when
        because = OTHERWISE if when is None else expression_words(when, self._item, "en")
        conditions = [branch.when for branch in branches[: index + 1] if branch.when is not None]
        reads = dict.fromkeys(leaf for condition in conditions for leaf in self._truth.leaves(condition))
        return Line(clause, self._source.get(path), index + 1, because, tuple(map(_found, reads)))


def _found(read: Expression) -> tuple[str, Source, str]:
    match read:
        case Answer(name):
            return name, "sheet", name
        case Derived(name):
            return name, "derived", name
        case PlaceAttribute(name):
            return f"place.{name}", "context", f"place.{name}"
        case History(name, days):
            return f"{name}({days} days)", "context", f"{name}.{days}"
        case Fact(name):
            return name, "facts" if name in ("severity", "finding") else "context", name
    raise TypeError(read)


def _plain(value: Any) -> Any:
    """A value as JSON and people write it: lists, and whole numbers without a fraction."""
    if isinstance(value, tuple):
        return list(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value

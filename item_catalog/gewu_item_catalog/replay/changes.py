"""Two versions of an item told apart by what they decide about the reports there have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gewu_dsl.model import Finding, Item, Route
from gewu_dsl.rules.source import clauses_of
from gewu_item_catalog.replay.columns import Array, Columns
from gewu_item_catalog.replay.outcomes import FoundColumn, Outcomes, decide_columns, drop_hidden

Report = tuple[Mapping[str, Any], Mapping[str, Any]]
"""The answers and the context of one report, as JSON has them."""

DECIDED = "decided"
ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """In `reports` reports `clause` came out as `before` and would come out as `after`.

    `clause` is `outcome` (`decided`, `refused` or the reason of an exclusion) or `finding` (its name, or – where it
    is not found), else `severity`, `route`, a step, `with`, `under`, `on site`, `stages` or `close` of `finding`,
    which both versions find. `example` is the place of the first of these reports.
    """

    finding: str | None
    clause: str
    before: str
    after: str
    reports: int
    example: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two versions decide about the same reports: how many there are, how many are decided alike in everything."""

    reports: int
    alike: int
    changes: tuple[Change, ...]


def compare(before: Item, after: Item, reports: Iterable[Report]) -> Comparison:
    """Decide every report by both versions; changes come in the order of the later version's findings."""
    kept = list(reports)
    old, new = _Decided(before, kept), _Decided(after, kept)
    differs = np.zeros(len(kept), np.bool_)
    changes: list[Change] = []
    for finding, clause, one, other, where in _pairs(old, new):
        was, would_be = _codes(one, other)
        found = where & (was != would_be)
        differs |= found
        changes += _counted(finding, clause, one, other, found)
    return Comparison(len(kept), len(kept) - int(differs.sum()), tuple(changes))


@dataclass(frozen=True, slots=True)
class _Values:
    """One text for each report: `codes` index `texts`."""

    codes: Array
    texts: Sequence[str]


class _Decided:
    """One version's decisions about all reports, in words."""

    def __init__(self, item: Item, reports: Sequence[Report]) -> None:
        columns = Columns(item, reports)
        drop_hidden(item, columns)
        self.size = len(columns)
        self.item = item
        self.outcomes: Outcomes = decide_columns(item, columns)
        self._found = {each.name: each for each in self.outcomes.findings}

    def outcome(self) -> _Values:
        texts = [DECIDED, "refused", *(exclude.reason for exclude in self.item.excludes)]
        refused = self.outcomes.refused
        return _Values(
            np.where(refused, 1, np.where(self.outcomes.excluded < 0, 0, self.outcomes.excluded + 2)), texts
        )

    def holds(self, name: str) -> Array:
        found = self._found.get(name)
        return np.zeros(self.size, np.bool_) if found is None else self.outcomes.decided & found.holds

    def values(self, name: str, clause: str) -> _Values:
        """What the clause comes to, in reports in which the finding holds."""
        finding, found = self.item.finding(name), self._found[name]
        fixed = _FIXED.get(clause)
        if fixed is not None:
            return _Values(np.zeros(self.size, np.int8), [fixed(finding)])
        return _branch_values(finding, found, clause, self.size)


def _branch_values(finding: Finding, found: FoundColumn, clause: str, size: int) -> _Values:
    branches = dict(clauses_of(finding)).get(clause, ())
    texts = [*(_worded(branch.value) for branch in branches), ABSENT]
    chosen = found.branches.get(clause)
    codes = np.full(size, len(branches)) if chosen is None else np.where(chosen < 0, len(branches), chosen)
    return _Values(codes, texts)


def _pairs(old: _Decided, new: _Decided) -> Iterator[tuple[str | None, str, _Values, _Values, Array]]:
    """Everything there is to compare, and the reports in which it is."""
    every = np.ones(old.size, np.bool_)
    yield None, "outcome", old.outcome(), new.outcome(), every
    both = old.outcomes.decided & new.outcomes.decided
    names = dict.fromkeys(each.name for version in (new, old) for each in version.item.findings)
    for name in names:
        was, is_ = old.holds(name), new.holds(name)
        yield name, "finding", _found(name, was), _found(name, is_), both
        if all(name in {each.name for each in version.item.findings} for version in (old, new)):
            clauses = dict.fromkeys(
                clause for version in (new, old) for clause, _ in clauses_of(version.item.finding(name))
            )
            for clause in (*clauses, *_FIXED):
                yield name, clause, old.values(name, clause), new.values(name, clause), was & is_


def _found(name: str, holds: Array) -> _Values:
    return _Values(holds.astype(np.int8), [ABSENT, name])


def _codes(one: _Values, other: _Values) -> tuple[Array, Array]:
    """Both sides' codes in one list of texts, so that equal texts have equal codes."""
    places = {text: place for place, text in enumerate(dict.fromkeys([*one.texts, *other.texts]))}
    tables = [np.array([places[text] for text in each.texts]) for each in (one, other)]
    return tables[0][one.codes], tables[1][other.codes]


def _counted(
    finding: str | None, clause: str, one: _Values, other: _Values, where: Array
) -> Iterator[Change]:
    at = np.flatnonzero(where)
    if not len(at):
        return
    pairs = one.codes[at].astype(np.int64) * len(other.texts) + other.codes[at]
    for pair, first, count in zip(*np.unique(pairs, return_index=True, return_counts=True), strict=True):
        before, after = divmod(int(pair), len(other.texts))
        yield Change(finding, clause, one.texts[before], other.texts[after], int(count), int(at[first]))


def _worded(value: Any) -> str:
    return " else ".join(value.handlers) if isinstance(value, Route) else str(value)


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values)) or ABSENT


_FIXED: Mapping[str, Callable[[Finding], str]] = {
    "with": lambda finding: _listed(finding.assisting),
    "under": lambda finding: finding.supervising or ABSENT,
    "on site": lambda finding: str(finding.on_site or ABSENT),
    "stages": lambda finding: _listed(f"{stage.name} {stage.limit}" for stage in finding.stages),
    "close": lambda finding: _listed(
        [finding.closing.text, *finding.closing.evidence] if finding.closing else []
    ),
}
"""What a finding has without branches."""

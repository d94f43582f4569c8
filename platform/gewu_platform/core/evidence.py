"""What a closing asks for, and how much of it is there: one file serves one need, one person signs once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gewu_dsl.model import Evidence
from gewu_platform.core.events import Given
from gewu_platform.core.states import State


@dataclass(frozen=True, slots=True)
class Lack:
    """Evidence still missing: `have` of what `need` asks for."""

    need: Evidence
    have: int


def lacking(state: State) -> tuple[Lack, ...]:
    """What the closing asks for and is not there yet."""
    return tuple(Lack(need, have) for need, have in count_evidence(state) if have < need.count)


def count_evidence(state: State) -> list[tuple[Evidence, int]]:
    """For each thing the closing asks for, how many are there.

    Pieces that share a file or a signer are one; each counts for one need, given out so that as many needs as possible
    are met; what is left over counts for the first that takes it.
    """
    needs = state.needs
    units = _units([given for given in state.evidence if given.sha256])
    fits = [[index for index, need in enumerate(needs) if _serves(unit, need)] for unit in units]
    serving = _assign(fits, [need.count for need in needs])
    have = [serving.count(index) for index in range(len(needs))]
    for unit, index in enumerate(serving):
        if index is None and fits[unit]:
            have[fits[unit][0]] += 1
    return [(need, state.notes if need.kind == "note" else have[index]) for index, need in enumerate(needs)]


def _serves(unit: Sequence[Given], need: Evidence) -> bool:
    return any(given.kind == need.kind and need.by in (None, given.by) for given in unit)


def _units(pieces: Sequence[Given]) -> list[list[Given]]:
    """The pieces, together where they share a file or, for signatures, a signer."""
    units: list[tuple[set[object], list[Given]]] = []
    for given in pieces:
        marks: set[object] = {("file", given.sha256)}
        if given.kind == "signature" and given.signer:
            marks.add(("signer", "".join(given.signer.split()).casefold()))
        same = [unit for unit in units if unit[0] & marks]
        units = [unit for unit in units if not unit[0] & marks]
        units.append((
            marks.union(*(unit[0] for unit in same)),
            [piece for unit in same for piece in unit[1]] + [given],
        ))  # fmt: skip
    return [unit for _, unit in units]


def _assign(fits: Sequence[Sequence[int]], room: Sequence[int]) -> list[int | None]:
    """For each unit the need it serves, or None: as many as possible serve one (augmenting paths)."""
    serving: list[int | None] = [None] * len(fits)

    def place(unit: int, tried: set[int]) -> bool:
        for need in fits[unit]:
            if need in tried:
                continue
            tried.add(need)
            there = [other for other, served in enumerate(serving) if served == need]
            if len(there) < room[need] or any(place(other, tried) for other in there):
                serving[unit] = need
                return True
        return False

    for unit in range(len(fits)):
        place(unit, set())
    return serving

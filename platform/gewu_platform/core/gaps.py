"""Where routes find less than they name: grids without the office that a finding goes to, and what takes it instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gewu_platform.core.routing import COMMUNITY, Offices, route

NamedFor = Literal["handle", "assist", "supervise"]
"""What an office is named for: to take the case, to help (`with`), to be kept informed (`under`)."""

GridId = int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One way in which a finding may be routed: its alternatives in order, its co-handlers, its supervising body."""

    handlers: tuple[str, ...]
    assisting: tuple[str, ...] = ()
    supervising: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """An item, every way its findings may be routed, and the grids in which it can be reported."""

    item: str
    routes: frozenset[Wanted]
    grids: frozenset[GridId]


@dataclass(frozen=True, slots=True)
class Gap:
    """`office` does not stand in `grids` or above them; a case goes to `instead` (None: a dispatcher has to find somebody).

    Co-handlers and supervising bodies have no `instead`: nobody takes their part. `items` name it there, by name.
    """

    office: str
    duty: NamedFor
    instead: str | None
    items: tuple[str, ...]
    grids: frozenset[GridId]


def find_gaps(
    reaches: Iterable[Reach], paths: Mapping[GridId, Sequence[int]], offices: Offices
) -> tuple[Gap, ...]:
    """Every gap, those that nobody fills first, then by how many grids have it.

    `paths` lists for each grid the areas from itself up to the root. Grids below the same offices are looked at once, so
    that the work grows with offices and not with grids.
    """
    alike = _group(paths, offices)
    listed = tuple(reaches)
    found: dict[tuple[str, NamedFor, str | None], tuple[set[str], set[GridId]]] = {}
    missed = {
        wanted: _missed(wanted, alike, offices) for wanted in {w for each in listed for w in each.routes}
    }
    for reach in listed:
        for wanted in reach.routes:
            for key, grids in missed[wanted].items():
                if not grids.isdisjoint(reach.grids):
                    items, where = found.setdefault(key, (set(), set()))
                    items.add(reach.item)
                    where |= grids & reach.grids
    gaps = (Gap(*key, tuple(sorted(items)), frozenset(grids)) for key, (items, grids) in found.items())
    return tuple(sorted(gaps, key=_seriousness))


def deserted(paths: Mapping[GridId, Sequence[int]], offices: Offices) -> frozenset[GridId]:
    """The grids above which no office stands at all: no case there can be dispatched, not even by hand."""
    stand = {area for _, area in offices}
    return frozenset(grid for grid, path in paths.items() if stand.isdisjoint(path))


def largest_areas(grids: frozenset[GridId], paths: Mapping[GridId, Sequence[int]]) -> tuple[int, ...]:
    """The fewest areas that hold all of `grids` and no other grid, the largest first."""
    every: dict[int, int] = {}
    held: dict[int, int] = {}
    for grid, path in paths.items():
        for area in path:
            every[area] = every.get(area, 0) + 1
            if grid in grids:
                held[area] = held.get(area, 0) + 1
    whole = {area for area, count in held.items() if every[area] == count}
    chosen = dict.fromkeys(
        next(area for area in reversed(paths[grid]) if area in whole) for grid in sorted(grids)
    )
    return tuple(sorted(chosen, key=lambda area: -held[area]))


def _group(
    paths: Mapping[GridId, Sequence[int]], offices: Offices
) -> dict[tuple[int, ...], frozenset[GridId]]:
    """Grids by those of the areas above them at which any office stands."""
    stand = {area for _, area in offices}
    groups: dict[tuple[int, ...], list[GridId]] = {}
    for grid, path in paths.items():
        groups.setdefault(tuple(area for area in path if area in stand), []).append(grid)
    return {path: frozenset(grids) for path, grids in groups.items()}


def _missed(
    wanted: Wanted, alike: Mapping[tuple[int, ...], frozenset[GridId]], offices: Offices
) -> dict[tuple[str, NamedFor, str | None], frozenset[GridId]]:
    """What one route names in vain, and in which grids."""
    found: dict[tuple[str, NamedFor, str | None], set[GridId]] = {}
    for path, grids in alike.items():
        routed = route(wanted.handlers, wanted.assisting, wanted.supervising, path, offices)
        for name in routed.missing:
            for key in _duties(name, wanted, routed.handler):
                found.setdefault(key, set()).update(grids)
    return {key: frozenset(grids) for key, grids in found.items()}


def _duties(name: str, wanted: Wanted, handler: str | None) -> list[tuple[str, NamedFor, str | None]]:
    """For what a missing office was named, each with what takes its part."""
    duties: list[tuple[str, NamedFor, str | None]] = []
    tried = (*wanted.handlers, COMMUNITY)
    if name in (tried[: tried.index(handler)] if handler else tried):
        duties.append((name, "handle", handler))
    if name in wanted.assisting:
        duties.append((name, "assist", None))
    if name == wanted.supervising:
        duties.append((name, "supervise", None))
    return duties


def _seriousness(gap: Gap) -> tuple[bool, bool, int, str, str]:
    return gap.duty != "handle", gap.instead is not None, -len(gap.grids), gap.office, gap.instead or ""

"""Which real offices a finding goes to: of each kind the one that stands nearest up the tree of areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NOT_OFFICES: frozenset[str] = frozenset({"owner", "reporter"})
"""Built-in handlers that are people without an office: whoever follows them in the route takes the case."""

COMMUNITY = "community"
"""The territory's own office: the last resort of every route."""

Offices = Mapping[tuple[str, int], int]
"""Office ids by full name (`parks.station`, `community`) and the area it stands at."""


@dataclass(frozen=True, slots=True)
class Routed:
    """`office` is the id of the one found for `handler`, the alternative of the route that decided."""

    office: int
    handler: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Who does what about one finding; `office` and `handler` are None where nobody can take it.

    `assisting` are the co-handlers' offices, each once and never the main one; `supervising` is the body that is kept
    informed. `missing` are the names that were tried and have no office at the grid or above it.
    """

    office: int | None
    handler: str | None
    assisting: tuple[int, ...] = ()
    supervising: int | None = None
    missing: tuple[str, ...] = ()


def office_name(department: str, code: str) -> str:
    """`parks.station`; a built-in office has only its code."""
    return f"{department}.{code}" if department else code


def alternatives(handler: str | None, fallbacks: Iterable[str]) -> tuple[str, ...]:
    """The handlers that a decided route names, in the order in which they are tried; none where it names nobody."""
    return tuple(name for name in (handler, *fallbacks) if name)


def index_offices(rows: Iterable[tuple[int, str, str, int]]) -> dict[tuple[str, int], int]:
    """Rows of (id, department, code, area) as `route` reads them."""
    return {(office_name(department, code), area): office for office, department, code, area in rows}


def route(
    wanted: Sequence[str], assisting: Sequence[str], supervising: str | None, path: Sequence[int], offices: Offices,
    avoid: frozenset[int] = frozenset(),
) -> Routing:  # fmt: skip
    """The offices for a finding at the grid whose `path` lists area ids from the grid up to the root.

    `wanted` are tried in order (`owner else station`), the territory last. An office in `avoid` (it sent the case
    back) does not become the main one, and is not missing either.
    """
    main = resolve(wanted, path, offices, avoid)
    helpers = {name: _nearest(name, path, offices) for name in assisting if name not in NOT_OFFICES}
    above = _nearest(supervising, path, offices) if supervising and supervising not in NOT_OFFICES else None
    tried = _tried(wanted, main) + [name for name, office in helpers.items() if office is None]
    if supervising and above is None:
        tried.append(supervising)
    return Routing(
        office=main.office if main else None,
        handler=main.handler if main else None,
        assisting=tuple(dict.fromkeys(
            office for office in helpers.values() if office is not None and (main is None or office != main.office)
        )),
        supervising=above,
        missing=tuple(dict.fromkeys(
            name for name in tried if name not in NOT_OFFICES and _nearest(name, path, offices) is None
        )),
    )  # fmt: skip


def resolve(
    handlers: Sequence[str], path: Sequence[int], offices: Offices, avoid: frozenset[int] = frozenset()
) -> Routed | None:
    """The office of the first of `handlers` that has one at the grid or above it, else the territory's.

    None where not even a community office stands anywhere above.
    """
    for handler in (*handlers, COMMUNITY):
        if handler in NOT_OFFICES:
            continue
        office = _nearest(handler, path, offices, avoid)
        if office is not None:
            return Routed(office, handler)
    return None


def _nearest(
    name: str, path: Sequence[int], offices: Offices, avoid: frozenset[int] = frozenset()
) -> int | None:
    """The office of that name at the first area of `path` that has one to be used."""
    found = (offices.get((name, area)) for area in path)
    return next((office for office in found if office is not None and office not in avoid), None)


def _tried(wanted: Sequence[str], main: Routed | None) -> list[str]:
    """The names of the route up to the one that took it."""
    names = [*dict.fromkeys((*wanted, COMMUNITY))]
    return names[: names.index(main.handler)] if main else names

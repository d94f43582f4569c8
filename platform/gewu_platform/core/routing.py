"""Which real office handles a finding: the one of the named kind that stands nearest up the tree of areas."""

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


def office_name(department: str, code: str) -> str:
    """`parks.station`; a built-in office has only its code."""
    return f"{department}.{code}" if department else code


def index_offices(rows: Iterable[tuple[int, str, str, int]]) -> dict[tuple[str, int], int]:
    """Rows of (id, department, code, area) as `resolve` reads them."""
    return {(office_name(department, code), area): office for office, department, code, area in rows}


def resolve(
    handlers: Sequence[str], path: Sequence[int], offices: Offices, avoid: frozenset[int] = frozenset()
) -> Routed | None:
    """The office of the first of `handlers` that has one at the grid or above it, else the territory's.

    `path` lists area ids from the grid up to the root. An office in `avoid` (it sent the case back) is passed over.
    None where not even a community office stands anywhere above.
    """
    for handler in (*handlers, COMMUNITY):
        if handler in NOT_OFFICES:
            continue
        for area in path:
            office = offices.get((handler, area))
            if office is not None and office not in avoid:
                return Routed(office, handler)
    return None

"""Rows of users, as callers and as what lists show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gewu_platform.records.hot.reports import path_ids
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import reaches
from gewu_platform.service.problems import Problem

_UNBOUNDED = frozenset({"author", "approver", "auditor"})
"""Roles that no area bounds: whoever makes or changes one answers for a whole tree of areas."""


@dataclass(frozen=True, slots=True)
class UserView:
    """A user as lists show them; areas and grids by code, offices by `department.code@area`."""

    id: int
    name: str
    full_name: str
    role: str
    department: str
    active: bool
    areas: tuple[str, ...]
    offices: tuple[str, ...]
    grids: tuple[str, ...]


def caller_from(user: Any) -> Caller:
    """The caller that an active user's row stands for, inside a transaction."""
    return Caller(
        id=user.id,
        name=user.name,
        full_name=user.full_name,
        role=user.role,
        department=user.department,
        areas=frozenset(user.areas.id) | _areas_of_offices(user),
        offices=frozenset(user.offices.id),
        grids=frozenset(user.roster.grid.id),
        language=user.language,
        session_key=user.session_key,
    )


def _areas_of_offices(user: Any) -> frozenset[int]:
    """A handler reads the register wherever their offices stand."""
    return frozenset(user.offices.area.id) if user.role == "handler" else frozenset()


def user_view(user: Any) -> UserView:
    """The row as lists show it, inside a transaction."""
    return UserView(
        id=user.id,
        name=user.name,
        full_name=user.full_name,
        role=user.role,
        department=user.department,
        active=user.active,
        areas=tuple(sorted(area.code for area in user.areas)),
        offices=tuple(sorted(f"{o.department}.{o.code}@{o.area.code}".lstrip(".") for o in user.offices)),
        grids=tuple(sorted(row.grid.code for row in user.roster)),
    )


def require_over(engine: Engine, caller: Caller, user: Any) -> None:
    """Problem `not-allowed` unless all that the user answers for is the caller's. Inside a transaction."""
    if caller.role == "system":
        return
    ties = [*user.areas, *(office.area for office in user.offices), *(row.grid for row in user.roster)]
    paths = [path_ids(area.path) for area in ties]
    roots = engine.store.db.Area.select(lambda a: a.parent is None) if user.role in _UNBOUNDED else []
    if all(reaches(caller, path) for path in paths) and all(root.id in caller.areas for root in roots):
        return
    raise Problem(
        "not-allowed", f"{user.full_name}不归您管理", f"{user.full_name} answers for more than your areas"
    )

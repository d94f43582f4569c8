"""Rows of users, as callers and as what lists show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gewu_platform.service.caller import Caller


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

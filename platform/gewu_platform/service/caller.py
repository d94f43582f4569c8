"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal[
    "worker",
    "acceptor",
    "dispatcher",
    "handler",
    "supervisor",
    "author",
    "approver",
    "roster",
    "auditor",
    "system",
]
ROLES: tuple[Role, ...] = (
    "worker", "acceptor", "dispatcher", "handler", "supervisor", "author", "approver", "roster", "auditor",
)  # fmt: skip
"""The roles a user can have."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user as permissions see them; `id` None is the system itself.

    `areas` are the areas they answer for (each with all below it), `offices` the ones they work in, `grids` the ones they
    are rostered for; `department` is `""` for those who belong to none. `session_key` belongs into their session and
    ends with it.
    """

    id: int | None
    name: str
    full_name: str
    role: Role
    department: str = ""
    areas: frozenset[int] = field(default_factory=frozenset)
    offices: frozenset[int] = field(default_factory=frozenset)
    grids: frozenset[int] = field(default_factory=frozenset)
    language: str = "zh"
    session_key: str = field(default="", repr=False, compare=False)


SYSTEM = Caller(None, "system", "系统", "system")
"""What the clock and the command line act as."""

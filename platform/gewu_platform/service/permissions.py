"""Who may do what: one table of roles and use cases, and how far each role's arm reaches.

Commands on a case have a table of their own, `core.duties`, with the separation of duties; here stands who may give commands
at all. The system, `caller.SYSTEM`, may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gewu_platform.service.caller import ROLES, Caller, Role
from gewu_platform.service.problems import Problem

_CENTRE: tuple[Role, ...] = ("acceptor", "dispatcher", "supervisor")
_EVERYBODY: frozenset[Role] = frozenset(ROLES)


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


ALLOWED: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        # reports and visits
        "report.submit": _roles("worker"),
        "report.preview": _roles("worker"),
        "submissions.read": _roles("worker", *_CENTRE, "auditor"),
        "visits.read": _roles("worker", *_CENTRE, "auditor"),
        "visits.plan": _roles("supervisor", "roster"),
        # cases
        "cases.list": _roles("worker", "handler", *_CENTRE, "auditor"),
        "cases.read": _roles("worker", "handler", *_CENTRE, "auditor"),
        "cases.command": _roles("worker", "handler", *_CENTRE),
        "board.read": _roles(*_CENTRE, "auditor"),
        "notices.read": _EVERYBODY,
        # files
        "files.store": _roles("worker", "handler", "acceptor"),
        "files.read": _roles("worker", "handler", *_CENTRE, "auditor"),
        # places
        "places.read": _roles("worker", "handler", *_CENTRE, "roster", "auditor"),
        "places.survey": _roles("roster", "supervisor", "auditor"),
        "places.reveal": _roles("worker", "handler", *_CENTRE),
        "places.change": _roles("worker", "roster"),
        # people and areas
        "users.read": _roles("roster", "auditor"),
        "users.change": _roles("roster"),
        # Whoever held another's token would be that other, and keep every duty apart from nobody: only the machine gives one.
        "tokens.issue": _roles(),
        "areas.read": _EVERYBODY,
        "areas.change": _roles("roster"),
        "offices.change": _roles("roster"),
        "rosters.change": _roles("roster"),
        "calendars.read": _roles("roster", "supervisor", "auditor"),
        "calendars.change": _roles("roster"),
        # items
        "items.read": _EVERYBODY,
        "catalogue.read": _roles("author", "approver", "supervisor", "auditor"),
        "catalogue.publish": _roles("approver"),
        "packs.read": _roles("author", "approver", "roster", "supervisor", "auditor"),
        # other systems that are told
        "webhooks.read": _roles("roster", "auditor"),
        "webhooks.change": _roles("roster"),
        # the journal
        "journal.read": _roles("auditor"),
        "journal.verify": _roles("auditor"),
    }
)
"""Every use case that is asked for by name, and the roles that may. A use case that is not here is an error."""

_OWN_DEPARTMENT: frozenset[Role] = _roles("author", "approver")
_EVERYWHERE: frozenset[Role] = _roles("auditor")


def may(caller: Caller, use_case: str) -> bool:
    """Whether the caller's role may do `use_case` somewhere. KeyError for one that is not in the table."""
    return caller.role in ALLOWED[use_case] or caller.role == "system"


def reaches(caller: Caller, path: Iterable[int]) -> bool:
    """Whether an area is the caller's; `path` holds the ids from the root down to it.

    A worker reaches the grids they are rostered for, an auditor everything, anybody else what lies in their areas.
    """
    if caller.role == "system" or caller.role in _EVERYWHERE:
        return True
    return not (caller.grids if caller.role == "worker" else caller.areas).isdisjoint(path)


def sees_case(
    caller: Caller,
    *,
    office: int | None,
    path: Iterable[int],
    reporter: int | None,
    helping: Iterable[int] = (),
) -> bool:
    """Whether a case is the caller's to see: a handler's by its office, a worker's also by having reported it, or added to it.

    `helping` are the offices that assist or supervise it: theirs to read, whatever they may do to it.
    """
    if caller.role == "handler":
        return not caller.offices.isdisjoint((*helping, *(() if office is None else (office,))))
    return (caller.role == "worker" and reporter == caller.id) or reaches(caller, path)


def require(
    caller: Caller, use_case: str, *, path: Iterable[int] | None = None, department: str | None = None
) -> None:
    """Problem `not-allowed` unless the caller may do `use_case`: in the area of `path`, for `department`, where given."""
    if not may(caller, use_case):
        raise Problem(
            "not-allowed",
            f"您的角色不能进行此操作（{use_case}）",
            f"Your role, {caller.role}, may not do this ({use_case})",
        )
    if path is not None and not reaches(caller, path):
        raise Problem("not-allowed", "不在您负责的区域或网格内", "This lies outside your areas and grids")
    if department is not None and caller.role in _OWN_DEPARTMENT and department != caller.department:
        raise Problem("not-allowed", "只能操作本部门的事项", "This belongs to another department")

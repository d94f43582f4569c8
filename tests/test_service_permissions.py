"""The table of permissions is whole, and every use case asks it before it does anything."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from gewu_platform.service import permissions
from gewu_platform.service.caller import ROLES, SYSTEM, Caller, Role
from gewu_platform.service.catalogue import item_replay, publishing
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.permissions import ALLOWED, may, reaches, require, sees_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments
from gewu_platform.service.town import organisation, people, places

UUID = "0b0e9c3e-6f0a-4c56-9f0c-3d5a5d1f1a11"

NOBODY = Caller(1, "x", "x", "worker")

CALLS: dict[str, tuple[str, Callable[[Engine, Caller], object]]] = {
    "add_user": ("users.change", lambda e, c: people.add_user(
        e, c, name="made1", full_name="x", role="auditor", password="correct horse")),
    "list_users": ("users.read", people.list_users),
    "disable_user": ("users.change", lambda e, c: people.disable_user(e, c, "worker3")),
    "enable_user": ("users.change", lambda e, c: people.enable_user(e, c, "worker3")),
    "assign_user": ("users.change", lambda e, c: people.assign_user(e, c, "worker3")),
    "set_password": ("users.change", lambda e, c: people.set_password(e, c, "worker3", "another horse")),
    "issue_token": ("tokens.issue", lambda e, c: people.issue_token(e, c, "worker3")),
    "revoke_tokens": ("users.change", lambda e, c: people.revoke_tokens(e, c, "worker3")),
    "add_area": ("areas.change", lambda e, c: organisation.add_area(
        e, c, code="g9", name="x", tier="grid", parent=area_id(e, "willow"))),
    "change_area": ("areas.change", lambda e, c: organisation.change_area(e, c, area_id(e, "g1"), name="y")),
    "list_areas": ("areas.read", organisation.list_areas),
    "grids_around": ("areas.read", lambda e, c: organisation.grids_around(e, c, area_id(e, "g1"))),
    "list_offices": ("areas.read", organisation.list_offices),
    "add_office": ("offices.change", lambda e, c: organisation.add_office(
        e, c, department="sanitation", code="station", title="x", area=area_id(e, "south"))),
    "change_office": ("offices.change", lambda e, c: organisation.change_office(e, c, 1, title="y")),
    "roster_worker": ("rosters.change", lambda e, c: organisation.roster_worker(e, c, "worker3", area_id(e, "g1"))),
    "unroster_worker": ("rosters.change", lambda e, c: organisation.unroster_worker(e, c, "worker3", area_id(e, "g4"))),
    "add_places": ("places.change", lambda e, c: places.add_place(
        e, c, places.NewPlace("shop", "x", area_id(e, "g1"), attributes={"grade": "plain", "space": 1}))),
    "change_place": ("places.change", lambda e, c: places.change_place(e, c, place_id(e), name="y")),
    "read_place": ("places.read", lambda e, c: places.read_place(e, c, place_id(e))),
    "reveal_place": ("places.reveal", lambda e, c: places.reveal_place(e, c, place_id(e))),
    "list_places": ("places.read", places.list_places),
    "publish_catalogue": ("catalogue.publish", publishing.publish_catalogue),
    "catalogue_status": ("catalogue.read", publishing.catalogue_status),
    "replay_item": ("catalogue.read", lambda e, c: item_replay.replay_item(e, c, "sanitation.waste")),
    "list_items": ("items.read", publishing.list_items),
    "read_journal": ("journal.read", auditing.read_journal),
    "verify_journal": ("journal.verify", auditing.verify_journal),
    "verify_projections": ("journal.verify", auditing.verify_projections),
    "store_file": ("files.store", lambda e, c: attachments.store_file(e, c, UUID, "a.pdf", io.BytesIO(b"%PDF-1"))),
}  # fmt: skip
"""Each use case of these modules, and the permission it must ask for. The callers below reach every area they name."""

READS_BY_TIE = {"read_file", "store_evidence"}
"""Use cases that also ask how the caller is tied to a case: tested with the files."""


def area_id(engine: Engine, code: str) -> int:
    return organisation.area_by_code(engine, code).id


def place_id(engine: Engine) -> int:
    return places.place_by_code(engine, SYSTEM, "shop-1").id


def test_every_role_of_the_table_is_a_role() -> None:
    assert frozenset[Role]().union(*ALLOWED.values()) <= set(ROLES)


def test_every_role_may_do_something_of_its_own() -> None:
    for role in ROLES:
        assert any(role in roles and roles != set(ROLES) for roles in ALLOWED.values()), role


@pytest.mark.parametrize("use_case", sorted(ALLOWED))
@pytest.mark.parametrize("role", [*ROLES, "system"])
def test_require_lets_through_exactly_the_roles_of_the_table(role: Role, use_case: str) -> None:
    caller = Caller(1, "x", "x", role)
    allowed = role in ALLOWED[use_case] or role == "system"
    assert may(caller, use_case) is allowed
    if allowed:
        require(caller, use_case)
    else:
        with pytest.raises(Problem) as caught:
            require(caller, use_case)
        assert caught.value.status == 403


def test_a_use_case_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        require(NOBODY, "world.rule")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_each_use_case_is_open_to_exactly_the_roles_of_its_permission(engine: Engine, name: str) -> None:
    use_case, call = CALLS[name]
    grids = frozenset(organisation.path_ids(f"/{area_id(engine, 'g1')}/"))
    for role in ROLES:
        caller = Caller(
            people.caller_named(engine, "worker1").id, "somebody", "x", role, "sanitation",
            areas=frozenset([area_id(engine, "county")]), grids=grids,
        )  # fmt: skip
        if role in ALLOWED[use_case]:
            call(engine, caller)
        else:
            with pytest.raises(Problem) as caught:
                call(engine, caller)
            assert caught.value.code == "not-allowed", (role, name)


def test_every_use_case_of_these_modules_is_walked() -> None:
    walked = {"add_place", "place_by_code", "places_of_kinds", "grids_of", *CALLS, *READS_BY_TIE}
    takes_a_caller = {
        name
        for module in (people, organisation, places, publishing, item_replay, auditing, attachments)
        for name, function in vars(module).items()
        if callable(function)
        and getattr(function, "__module__", "") == module.__name__
        and not name.startswith("_")
        and "caller" in getattr(function, "__annotations__", {})
    }
    about_oneself = {"set_language", "sign_out_everywhere"}
    assert takes_a_caller - {"reachable_grids"} == walked | about_oneself


def test_a_refused_call_leaves_no_trace(engine: Engine, caller: Callable[[str], Caller]) -> None:
    before = auditing.verify_journal(engine, SYSTEM).entries
    auditor = caller("auditor1")
    for use_case, call in CALLS.values():
        if "auditor" not in ALLOWED[use_case]:
            with pytest.raises(Problem):
                call(engine, auditor)
    assert auditing.verify_journal(engine, SYSTEM).entries == before


def test_a_worker_reaches_rostered_grids_and_others_their_areas_subtree() -> None:
    path = (1, 2, 4, 7)
    worker = Caller(1, "x", "x", "worker", grids=frozenset([7]), areas=frozenset([8]))
    assert reaches(worker, path)
    assert not reaches(worker, (1, 2, 4, 8))
    for role in ("acceptor", "dispatcher", "supervisor", "roster", "handler"):
        assert reaches(Caller(1, "x", "x", role, areas=frozenset([2])), path)
        assert not reaches(Caller(1, "x", "x", role, areas=frozenset([3]), grids=frozenset([7])), path)
    assert reaches(Caller(1, "x", "x", "auditor"), path)
    assert reaches(SYSTEM, ())


def test_a_handler_sees_the_cases_of_their_offices_only() -> None:
    handler = Caller(1, "x", "x", "handler", areas=frozenset([2]), offices=frozenset([5]))
    assert sees_case(handler, office=5, path=(9,), reporter=2)
    assert not sees_case(handler, office=6, path=(2,), reporter=1)
    assert not sees_case(handler, office=None, path=(2,), reporter=1)


def test_a_handler_sees_what_their_office_assists_or_supervises() -> None:
    handler = Caller(1, "x", "x", "handler", areas=frozenset({2}), offices=frozenset([5]))
    assert sees_case(handler, office=6, path=(2,), reporter=1, helping=[4, 5])
    assert sees_case(handler, office=None, path=(2,), reporter=1, helping=[5])
    assert not sees_case(handler, office=6, path=(2,), reporter=1, helping=[4])
    # Others see by area: an office they happen to work in gives them nothing.
    assert not sees_case(
        Caller(1, "x", "x", "acceptor", offices=frozenset([5])), office=5, path=(), reporter=2, helping=[5]
    )


def test_a_worker_sees_what_they_reported_wherever_it_lies() -> None:
    worker = Caller(1, "x", "x", "worker", grids=frozenset([7]))
    assert sees_case(worker, office=5, path=(1, 9), reporter=1)
    assert sees_case(worker, office=5, path=(1, 7), reporter=2)
    assert not sees_case(worker, office=5, path=(1, 9), reporter=2)
    assert not sees_case(Caller(1, "x", "x", "acceptor"), office=5, path=(1, 9), reporter=1)


def test_an_author_has_only_the_own_departments_items() -> None:
    approver = Caller(1, "x", "x", "approver", department="sanitation")
    require(approver, "catalogue.publish", department="sanitation")
    with pytest.raises(Problem, match="not-allowed"):
        require(approver, "catalogue.publish", department="parks")


def test_the_centre_and_the_roster_keep_to_their_own_work() -> None:
    """Who manages people touches neither items nor cases; who reads the journal changes nothing."""
    of_roster = {name for name, roles in permissions.ALLOWED.items() if "roster" in roles}
    assert not {
        name for name in of_roster if name.startswith(("cases.", "report.", "catalogue.", "journal."))
    }
    of_auditor = {name for name, roles in permissions.ALLOWED.items() if "auditor" in roles}
    assert not {
        name for name in of_auditor if name.endswith((".change", ".publish", ".command", ".submit", ".store"))
    }

"""Users prove who they are, and everything that changes about them stands in the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_town import PASSWORD, USERS, Clock

from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import people
from gewu_platform.service.town.people import FAILURES, LOCKED_FOR

Callers = Callable[[str], Caller]


def sign_in(engine: Engine, name: str = "worker1", password: str = PASSWORD) -> Caller:
    return people.sign_in(engine, name, password, "10.0.0.1")


def refused(engine: Engine, name: str = "worker1", password: str = PASSWORD) -> str:
    """The words of the refusal."""
    with pytest.raises(Problem) as caught:
        sign_in(engine, name, password)
    assert caught.value.code == "not-signed-in"
    return caught.value.zh


def kinds_of(engine: Engine, caller: Caller) -> list[str]:
    with engine.store.transaction():
        return [entry.kind for entry in journal.entries(engine.store, f"user:{caller.id}")]


def journal_length(engine: Engine) -> int:
    with engine.store.transaction():
        return int(engine.store.execute("SELECT seq FROM journal_head").fetchone()[0])


def add(engine: Engine, caller: Caller = SYSTEM, **changes: object) -> people.UserView:
    values: dict[str, object] = {"name": "new1", "full_name": "新来", "role": "worker", "password": PASSWORD}
    return people.add_user(engine, caller, **{**values, **changes})  # type: ignore[arg-type]


# Signing in


def test_the_right_password_signs_in_with_what_the_user_answers_for(
    engine: Engine, area: Callable[[str], int], office: Callable[[str], int]
) -> None:
    worker = sign_in(engine)
    assert (worker.name, worker.full_name, worker.role, worker.language) == (
        "worker1",
        "张网格",
        "worker",
        "zh",
    )
    assert worker.grids == {area("g1"), area("g2")}
    assert worker.areas == frozenset()
    assert sign_in(engine, "supervisor1").areas == {area("county")}
    handler = sign_in(engine, "handler1")
    assert handler.offices == {office("sanitation.station@north")}
    assert handler.areas == {area("north")}


def test_an_unknown_name_a_wrong_password_and_a_disabled_user_are_refused_in_the_same_words(
    engine: Engine,
) -> None:
    people.disable_user(engine, SYSTEM, "worker2")
    words = {refused(engine, "nobody"), refused(engine, "a\0b"), refused(engine, "worker2")}
    words |= {refused(engine, password=password) for password in ("wrong", "\ud800", "\0")}
    assert len(words) == 1


def test_an_unknown_name_costs_a_password_check_too(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, stored: str, password: str) -> bool:
        checked.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    refused(engine, "nobody")
    refused(engine, password="wrong")
    assert len(checked) == 2


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(engine: Engine, clock: Clock) -> None:
    for _ in range(FAILURES):
        refused(engine, password="wrong")
    refused(engine)
    clock.advance(seconds=LOCKED_FOR.total_seconds() - 1)
    refused(engine)
    clock.advance(seconds=1)
    assert sign_in(engine).name == "worker1"


def test_a_success_starts_the_count_of_failures_again(engine: Engine) -> None:
    for _ in range(3):
        for _ in range(FAILURES - 1):
            refused(engine, password="wrong")
        sign_in(engine)


def test_failures_after_a_lock_count_from_the_start(engine: Engine, clock: Clock) -> None:
    for _ in range(FAILURES):
        refused(engine, password="wrong")
    clock.advance(minutes=16)
    refused(engine, password="wrong")
    assert sign_in(engine).name == "worker1"


@pytest.mark.parametrize("name", ["", " ", "\0", "a\0b", "\ud800", "worker1 ", "x" * 1000])
def test_what_is_no_name_is_refused_like_an_unknown_one(engine: Engine, name: str) -> None:
    assert refused(engine, name) == refused(engine, "nobody")
    with pytest.raises(Problem, match="not-found"):
        people.disable_user(engine, SYSTEM, name)


def test_one_users_failures_lock_nobody_else(engine: Engine) -> None:
    for _ in range(FAILURES + 1):
        refused(engine, password="wrong")
    assert sign_in(engine, "worker2").name == "worker2"


def test_a_password_kept_at_a_lower_cost_is_kept_anew_when_it_is_used(engine: Engine) -> None:
    dearer = replace(engine, passwords=PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    sign_in(dearer)
    with engine.store.transaction():
        assert "t=2" in engine.store.db.User.get(name="worker1").password_hash
    assert sign_in(dearer).name == "worker1"


def test_signing_in_and_failing_to_stand_in_the_journal(engine: Engine) -> None:
    worker = sign_in(engine)
    for _ in range(FAILURES):
        refused(engine, password="wrong")
    wanted = ["user-added", "signed-in", *["sign-in-failed"] * (FAILURES - 1), "account-locked"]
    assert kinds_of(engine, worker) == wanted


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(max_size=200).filter(lambda text: text != PASSWORD))
def test_no_other_password_signs_in(engine: Engine, password: str) -> None:
    refused(engine, "worker3", password)


# Sessions and tokens


def test_a_session_names_its_caller_until_the_password_changes(engine: Engine) -> None:
    worker = sign_in(engine)
    assert people.caller_of(engine, worker.id or 0, worker.session_key) == worker
    people.set_password(engine, worker, "worker1", "another horse", old=PASSWORD)
    with pytest.raises(Problem, match="not-signed-in"):
        people.caller_of(engine, worker.id or 0, worker.session_key)
    refused(engine)
    assert sign_in(engine, password="another horse").name == "worker1"


def test_signing_out_everywhere_ends_every_session(engine: Engine) -> None:
    here, there = sign_in(engine), sign_in(engine)
    people.sign_out_everywhere(engine, here)
    for session in (here, there):
        with pytest.raises(Problem, match="not-signed-in"):
            people.caller_of(engine, session.id or 0, session.session_key)


def test_a_session_key_is_nobody_elses(engine: Engine) -> None:
    one, other = sign_in(engine), sign_in(engine, "worker2")
    with pytest.raises(Problem, match="not-signed-in"):
        people.caller_of(engine, one.id or 0, other.session_key)
    with pytest.raises(Problem, match="not-signed-in"):
        people.caller_of(engine, 999_999, one.session_key)


def test_disabling_a_user_ends_sessions_and_tokens(engine: Engine) -> None:
    worker = sign_in(engine)
    token = people.issue_token(engine, worker, "worker1")
    people.disable_user(engine, SYSTEM, "worker1")
    for ask in (
        lambda: people.caller_of(engine, worker.id or 0, worker.session_key),
        lambda: people.caller_of_token(engine, token),
    ):
        with pytest.raises(Problem, match="not-signed-in"):
            ask()
    people.enable_user(engine, SYSTEM, "worker1")
    assert sign_in(engine).name == "worker1"


def test_a_token_names_its_user_and_is_not_kept_in_the_clear(engine: Engine, caller: Callers) -> None:
    token = people.issue_token(engine, caller("worker1"), "worker1")
    assert people.caller_of_token(engine, token).name == "worker1"
    with engine.store.transaction():
        kept = engine.store.execute("SELECT secret_hash FROM tokens").fetchall()
        written = engine.store.execute("SELECT body FROM journal").fetchall()
    assert token not in str(kept) + str(written)


def test_a_revoked_or_unknown_token_is_refused(engine: Engine, caller: Callers) -> None:
    worker = caller("worker1")
    token = people.issue_token(engine, worker, "worker1")
    assert people.revoke_tokens(engine, worker, "worker1") == 1
    for secret in (token, "gewu_unknown", "", "\ud800"):
        with pytest.raises(Problem, match="not-signed-in"):
            people.caller_of_token(engine, secret)


@pytest.mark.parametrize("name", ["worker1", "roster1", "auditor1"])
def test_nobody_gets_a_token_for_somebody_else(engine: Engine, caller: Callers, name: str) -> None:
    with pytest.raises(Problem, match="not-allowed"):
        people.issue_token(engine, caller(name), "supervisor1")


@pytest.mark.parametrize("name", ["acceptor1", "worker1", "handler1", "auditor1", "approver1", "roster1"])
def test_a_roster_takes_over_nobody_who_answers_for_more_than_its_areas(engine: Engine, name: str) -> None:
    add(engine, name="roster2", role="roster", areas=["south"])
    roster = sign_in(engine, "roster2")
    for attack in (
        lambda: people.set_password(engine, roster, name, "another horse"),
        lambda: people.disable_user(engine, roster, name),
        lambda: people.enable_user(engine, roster, name),
        lambda: people.assign_user(engine, roster, name, areas=["south"]),
        lambda: people.revoke_tokens(engine, roster, name),
    ):
        with pytest.raises(Problem, match="not-allowed"):
            attack()
    people.set_password(engine, roster, "worker3", "another horse")
    assert sign_in(engine, "worker3", "another horse").name == "worker3"


@pytest.mark.parametrize("role", ["auditor", "approver"])
def test_a_roster_of_a_part_makes_nobody_whom_no_area_bounds(
    engine: Engine, caller: Callers, role: str
) -> None:
    add(engine, name="roster2", role="roster", areas=["south"])
    with pytest.raises(Problem, match="not-allowed"):
        add(engine, sign_in(engine, "roster2"), role=role, department="sanitation")
    assert add(engine, caller("roster1"), role=role, department="sanitation").role == role


# Users


def test_a_new_user_can_sign_in_and_is_listed(engine: Engine, caller: Callers) -> None:
    made = add(engine, caller("roster1"), grids=["g1", "g4"], phone="13800138000")
    assert (made.grids, made.active) == (("g1", "g4"), True)
    assert sign_in(engine, "new1").full_name == "新来"
    assert [user.name for user in people.list_users(engine, caller("roster1"))] == sorted(
        ["new1", *(user[0] for user in USERS)]
    )


def test_passwords_are_kept_only_as_argon2id_hashes(engine: Engine) -> None:
    add(engine)
    with engine.store.transaction():
        hashes = [row[0] for row in engine.store.execute("SELECT password_hash FROM users").fetchall()]
        written = str(engine.store.execute("SELECT body FROM journal").fetchall())
    assert all(each.startswith("$argon2id$") for each in hashes)
    assert len(set(hashes)) == len(hashes)
    assert PASSWORD not in written
    assert "argon2" not in written


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": "a b"}, "name"),
        ({"name": ""}, "name"),
        ({"full_name": "  "}, "full_name"),
        ({"role": "king"}, "role"),
        ({"role": "system"}, "role"),
        ({"role": "author"}, "department"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": "my NEW1 secret"}, "password"),
        ({"role": "handler", "grids": ["g1"]}, "grids"),
    ],
)
def test_a_faulty_user_is_refused_with_the_place_of_the_fault(
    engine: Engine, changes: dict[str, object], where: str
) -> None:
    before = journal_length(engine)
    with pytest.raises(Problem) as caught:
        add(engine, **changes)
    assert caught.value.code == "invalid-body"
    assert where in [fault.where for fault in caught.value.errors]
    assert journal_length(engine) == before


def test_a_taken_name_is_refused(engine: Engine) -> None:
    with pytest.raises(Problem, match="clash"):
        add(engine, name="worker1")


def test_a_user_gets_no_area_that_does_not_exist(engine: Engine) -> None:
    for changes in ({"areas": ["nowhere"]}, {"grids": ["north"]}, {"offices": ["sanitation.station@south"]}):
        with pytest.raises(Problem, match="not-found"):
            add(engine, **changes)


def test_a_roster_gives_nothing_outside_its_own_areas(engine: Engine) -> None:
    add(engine, name="roster2", role="roster", areas=["south"])
    roster = sign_in(engine, "roster2")
    assert add(engine, roster, grids=["g4"]).grids == ("g4",)
    for changes in ({"grids": ["g1"]}, {"areas": ["county"]}, {"offices": ["sanitation.station@north"]}):
        with pytest.raises(Problem, match="not-allowed"):
            add(engine, roster, name="new2", **changes)


def test_assigning_replaces_areas_and_offices_and_is_journaled(engine: Engine, caller: Callers) -> None:
    roster = caller("roster1")
    view = people.assign_user(engine, roster, "supervisor2", areas=["south"])
    assert view.areas == ("south",)
    assert people.assign_user(engine, roster, "handler1", offices=[]).offices == ()
    assert kinds_of(engine, caller("supervisor2"))[-1] == "user-assigned"


def test_nobody_disables_themselves(engine: Engine, caller: Callers) -> None:
    with pytest.raises(Problem, match="not-possible-now"):
        people.disable_user(engine, caller("roster1"), "roster1")


def test_ones_own_new_password_needs_the_old_one(engine: Engine, caller: Callers) -> None:
    worker = caller("worker1")
    for old in (None, "wrong"):
        with pytest.raises(Problem, match="invalid-body"):
            people.set_password(engine, worker, "worker1", "another horse", old=old)
    with pytest.raises(Problem, match="not-allowed"):
        people.set_password(engine, worker, "worker2", "another horse", old=PASSWORD)
    people.set_password(engine, caller("roster1"), "worker2", "another horse")
    assert sign_in(engine, "worker2", "another horse").name == "worker2"


def test_the_chosen_language_stays(engine: Engine, caller: Callers) -> None:
    assert people.set_language(engine, caller("worker1"), "en").language == "en"
    assert caller("worker1").language == "en"
    with pytest.raises(Problem, match="invalid-body"):
        people.set_language(engine, caller("worker1"), "fr")

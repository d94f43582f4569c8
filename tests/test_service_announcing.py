"""Who hears of what happens to a case: one table, all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, get_args

import pytest
from loop_help import dispatched, row_of, settle

from gewu_platform.core.duties import rows
from gewu_platform.core.events import Event
from gewu_platform.core.tasks import Task, TaskKind
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.announcing import ASKED, HEARD, announce
from gewu_platform.service.telling.notice_words import DIGEST, WORDS
from gewu_platform.service.telling.notices import drain_outbox

Telling = Callable[..., dict[str, list[str]]]

CAST = {
    "worker1": "reporter, rostered in g1", "worker2": "rostered in g1", "worker3": "whose report was added",
    "acceptor1": "of the county", "dispatcher1": "of the county", "handler2": "of the office it lies with",
    "handler3": "of the office that assists", "handler1": "of the office that supervises", "supervisor1": "of the county",
    "supervisor2": "of the town",
}  # fmt: skip

ASSIST = Task(1, "assist", None, None, 4)  # its office is filled in
CHECK = Task(2, "pre_check", None, "worker", 4)
EXTEND = Task(3, "extend", None, "dispatcher", 8, "量大")
PARK = Task(4, "park", None, "dispatcher", 8, "等材料", date(2026, 4, 1))
APPEAL = Task(5, "appeal", None, "supervisor", 8, "不可抗力")
URGE = Task(6, "urge", None, None, 11, "尽快")
ORDER = Task(7, "urge", None, "acceptor", 11, "尽快")

HANDLE, FINAL = {"state": "dispatched", "step": "handle"}, {"step": None, "due_at": None}


def at(state: str, step: str | None) -> dict[str, Any]:
    return {"state": state, "step": step}


TOLD: tuple[tuple[str, dict[str, Any], Event, dict[str, str]], ...] = (
    # what happened, what is said of the case then, the event → who reads which kind of message
    ("settled", at("settled", "close"), Event("settled", 1), {"acceptor1": "waiting"}),
    ("not settled in time", at("reported", "accept"), Event("unsettled", None),
     {"acceptor1": "waiting", "worker1": "unsettled", "worker3": "unsettled"}),
    ("accepted", at("accepted", "file"), Event("accepted", 4), {"acceptor1": "waiting"}),
    ("refused", at("refused", None), Event("refused", 4, reason="不清"), {"worker1": "refused", "worker3": "refused"}),
    ("filed", at("filed", "dispatch"), Event("filed", 4), {"dispatcher1": "waiting"}),
    ("a check is asked for", at("accepted", "file"), Event("check-asked", 4, opens=(CHECK,)),
     {"worker1": "check", "worker2": "check"}),
    ("a check is answered", at("accepted", "file"), Event("check-answered", 1, ends=2, result="no", note="没有"),
     {"acceptor1": "check-answered"}),
    ("dispatched", HANDLE, Event("dispatched", 6, office=7, opens=(ASSIST,)),
     {"handler2": "waiting", "handler3": "assist", "handler1": "copied"}),
    ("returned", at("returned", "dispatch"), Event("returned", 8, reason="不归我管"),
     {"dispatcher1": "returned", "handler3": "withdrawn"}),
    ("being handled", at("handling", "handle"), Event("handling", 8), {}),
    ("confirmed", at("handled", "verify"), Event("confirmed", 8), {"worker1": "waiting", "worker2": "waiting"}),
    ("assistance is done", HANDLE, Event("assisted", 9, ends=1, note="好了"), {"handler2": "assisted"}),
    ("verified", at("verified", "close"), Event("verified", 1), {"acceptor1": "waiting"}),
    ("sent back to be redone", HANDLE, Event("reworked", 1, reason="不净"), {"handler2": "rework"}),
    ("closed", at("closed", None), Event("closed", 4), {"worker1": "closed", "worker3": "closed", "handler1": "closed"}),
    ("closed with information", at("closed", None), Event("informed", 4, reason="已知"),
     {"worker1": "informed", "worker3": "informed"}),
    ("void", at("void", None), Event("voided", 4, reason="重复"),
     {"worker1": "voided", "worker3": "voided", "handler2": "voided", "handler3": "withdrawn"}),
    ("merged away", at("merged", None), Event("merged", 4, case=1, reason="同一处"),
     {"worker1": "merged", "worker3": "merged", "handler2": "merged", "handler3": "withdrawn"}),
    ("another joined", HANDLE, Event("joined", 4, case=1), {"handler2": "joined"}),
    ("more time is asked for", HANDLE, Event("extension-asked", 8, opens=(EXTEND,)), {"dispatcher1": "extension-asked"}),
    ("more time is granted", HANDLE, Event("extended", 6, ends=3, result="granted"), {"handler2": "extended"}),
    ("more time is given unasked", HANDLE, Event("extended", 6), {"handler2": "extended"}),
    ("no more time", HANDLE, Event("extension-denied", 6, ends=3, result="denied"), {"handler2": "extension-denied"}),
    ("parking is asked for", HANDLE, Event("parking-asked", 8, opens=(PARK,)), {"dispatcher1": "parking-asked"}),
    ("parked", at("parked", "handle"), Event("parked", 6, ends=4, until=date(2026, 4, 1)),
     {"handler2": "parked", "handler3": "parked"}),
    ("not parked", HANDLE, Event("parking-denied", 6, ends=4, reason="不急"), {"handler2": "parking-denied"}),
    ("goes on", HANDLE, Event("resumed", None), {"handler2": "resumed", "handler3": "resumed"}),
    ("appealed", at("closed", None), Event("appealed", 8, opens=(APPEAL,)), {"supervisor2": "appealed"}),
    ("the appeal is granted", at("closed", None), Event("appeal-granted", 11, ends=5), {"handler2": "appeal-granted"}),
    ("the appeal is denied", at("closed", None), Event("appeal-denied", 11, ends=5), {"handler2": "appeal-denied"}),
    ("an office is urged", HANDLE, Event("urged", 11, opens=(URGE,)), {"handler2": "urged"}),
    ("a role is urged", at("reported", "accept"), Event("urged", 11, opens=(ORDER,)), {"acceptor1": "urged"}),
    ("the order is received", HANDLE, Event("acknowledged", 8, ends=6), {"supervisor1": "acknowledged"}),
    ("made known to the town", HANDLE, Event("escalated", 8, tier="town", reason="难"), {"supervisor2": "escalate"}),
    ("made known to the county", HANDLE, Event("escalated", 8, tier="county"), {"supervisor1": "escalate"}),
    ("made known to the city, which there is none of: to the highest there is", HANDLE, Event("escalated", 8, tier="city"), {"supervisor1": "escalate"}),
    ("another severity", HANDLE, Event("regraded", 6, severity="minor", reason="误判"), {"handler2": "regraded"}),
    ("opened again", at("filed", "dispatch"), Event("reopened", 4, reason="复发"),
     {"dispatcher1": "reopened", "worker1": "reopened", "worker3": "reopened"}),
    ("the calendar changed", HANDLE, Event("adjusted", None), {"handler2": "adjusted"}),
    ("somebody else reported it", HANDLE, Event("added", 3, submission="x"), {"handler2": "added"}),
)  # fmt: skip


def inboxes(engine: Engine) -> dict[str, list[str]]:
    with engine.store.transaction():
        found = engine.store.execute(
            'SELECT u.name, n.kind FROM notices n JOIN users u ON u.id = n."user" ORDER BY n.id'
        ).fetchall()
    told: dict[str, list[str]] = {}
    for name, kind in found:
        told.setdefault(name, []).append(kind)
    return told


@pytest.fixture
def told(engine: Engine, office: Callable[[str], int]) -> Telling:
    """`told(said of the case, events)`: who reads which kinds, of a case that lies with the bureau."""
    settle(engine)
    case = dispatched(engine)
    with engine.store.transaction():
        ids = dict(engine.store.execute("SELECT name, id FROM users").fetchall())
    people = {
        1: ids["worker1"],
        4: ids["acceptor1"],
        6: ids["dispatcher1"],
        8: ids["handler2"],
        11: ids["supervisor1"],
    }
    offices = {1: office("community@willow"), 6: office("sanitation.bureau@county")}

    def real(task: Task) -> Task:
        return Task(
            task.number, task.kind, offices.get(task.number), task.role, people[task.asked_by or 0], task.note, task.until
        )  # fmt: skip

    def tell(said: dict[str, Any], *events: Event) -> dict[str, list[str]]:
        row = {**row_of(engine, case), "supervising": office("sanitation.station@north"), **said}
        opened = {task.number for event in events for task in event.opens}
        before = [
            real(task) for task in (ASSIST, CHECK, EXTEND, PARK, APPEAL, URGE) if task.number not in opened
        ]
        happened = [
            Event(**{
                **{name: getattr(event, name) for name in Event.__slots__},
                "opens": tuple(real(task) for task in event.opens),
            })
            for event in events
        ]  # fmt: skip

        def work() -> None:
            for table in ("notices", "held_notices", "outbox"):
                engine.store.execute(f"DELETE FROM {table}")
            announce(engine, row, happened, before, engine.now(), [ids["worker1"], ids["worker3"]])

        engine.store.retrying(work)
        drain_outbox(engine)
        return inboxes(engine)

    return tell


def test_exactly_those_hear_of_it_who_have_to(told: Telling) -> None:
    heard = {what: told(said, event) for what, said, event, _ in TOLD}
    assert heard == {what: {name: [kind] for name, kind in hears.items()} for what, _, _, hears in TOLD}


def test_every_event_there_is_stands_in_the_table_and_is_tried() -> None:
    by_people = {duty.event for _, duty in rows()}
    by_the_system = {"reported", "joined", "adjusted", "added", "resumed", "unsettled"}
    swept = {"reminded", "overdue"}
    assert set(HEARD) == (by_people | by_the_system) - swept
    assert {event.kind for _, _, event, _ in TOLD} == set(HEARD) - {"reported"}


def test_every_kind_of_task_is_told_to_whom_it_asks() -> None:
    assert set(ASKED) == set(get_args(TaskKind))


def test_every_message_has_words_and_all_words_are_said() -> None:
    said = {told.kind for each in HEARD.values() for told in each} | set(ASKED.values())
    assert set(WORDS) == said | {"remind", "overdue", "escalate", DIGEST}


def test_what_automatic_steps_pass_through_waits_for_nobody(told: Telling) -> None:
    events = (Event("accepted", 4), Event("filed", None), Event("dispatched", None, office=7))
    assert told(HANDLE, *events) == {"handler2": ["waiting"], "handler1": ["copied"]}


def test_a_report_that_waits_is_told_to_whoever_takes_it_first(told: Telling) -> None:
    assert told({"state": "reported", "step": "accept"}) == {"acceptor1": ["waiting"]}


def test_nobody_is_told_of_what_they_settle_on_the_spot(told: Telling) -> None:
    assert told({"state": "on_site", "step": "settle"}) == {}

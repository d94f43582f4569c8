"""A report is taken in whole or not at all, once however often it is sent, and goes to the right office in time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import Databases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_help import (
    LIGHT,
    MISSING,
    MIXED,
    NOTHING,
    body,
    count,
    give,
    kinds_of,
    person,
    report,
    row_of,
    send,
    settle,
)
from river_help import opened_river
from sample_town import Clock, middle_of

from gewu_dsl.model import Compare, Constant, Exclude, Fact, History
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.api.documents import receipt_document
from gewu_platform.records import journal
from gewu_platform.records.store import Store
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.desk.cases import read_case
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import reporting
from gewu_platform.service.reports.report_bodies import read_body
from gewu_platform.service.reports.report_sites import find_site, read_context
from gewu_platform.service.timing.clockwork import calendar_in_use


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _send(engine: Engine, sent: dict[str, Any], by: str = "worker1", uuid: str | None = None) -> Any:
    return send(engine, person(engine, by), uuid or str(uuid4()), sent)


def _refused(engine: Engine, sent: object, by: str = "worker1") -> Problem:
    with pytest.raises(Problem) as raised:
        send(engine, person(engine, by), str(uuid4()), sent)
    assert count(engine, "submissions") == count(engine, "cases") == 0
    return raised.value


def test_every_finding_becomes_a_case_with_its_own_office_and_deadlines(engine: Engine) -> None:
    receipt, created = _send(engine, body({**MIXED, "lid": "no"}))
    assert created
    told = receipt_document(receipt, engine.zone)
    assert [(case["finding"], case["severity"], case["office"], case["state"]) for case in told["cases"]] == [
        ("mixed", "major", "sanitation.bureau", "reported"),
        ("lid", "minor", "community", "reported"),
    ]
    assert told["cases"][0]["due"] == {
        "accept": "2026-03-02T09:30:00+08:00", "handle": "2026-03-02T15:30:00+08:00", "verify": "2026-03-03T15:30:00+08:00",
    }  # fmt: skip


def test_a_case_has_a_readable_number_of_its_own(engine: Engine) -> None:
    first, second = report(engine, {**MIXED, "lid": "no"}), report(engine)
    numbers = [case.number for receipt in (first, second) for case in receipt.cases]
    assert len(set(numbers)) == 3
    assert all(number.startswith("20260302-") for number in numbers)
    assert [number.rsplit("-", 1)[1] for number in numbers] == ["1", "2", "1"]


def test_steps_the_item_calls_automatic_are_taken_by_the_system(engine: Engine) -> None:
    receipt, _ = _send(engine, body({"finding": ["pile"], "shot": ["a.jpg"]}, "shop-1", "sanitation.litter"))
    (case,) = receipt.cases
    assert (case.state, case.office_title) == ("dispatched", "北镇环卫站")
    assert kinds_of(engine, case.id) == ["reported", "accepted", "filed", "dispatched"]
    view = read_case(engine, person(engine, "supervisor1"), case.id)
    assert [entry.actor for entry in view.timeline][1:] == [None, None, None]
    assert [clock.step for clock in view.clocks] == ["handle"]


def test_a_report_without_a_finding_makes_no_case(engine: Engine) -> None:
    receipt, created = _send(engine, body(NOTHING))
    assert created
    assert receipt.cases == ()
    assert count(engine, "submissions") == 1


def test_an_excluded_report_is_kept_with_the_reason_and_makes_no_case(engine: Engine) -> None:
    receipt, _ = _send(engine, body({**MIXED, "weight": 0.5}))
    assert (receipt.excluded, receipt.cases) == ("少量混投，当场提醒", ())


def test_the_same_form_sent_twice_is_one(engine: Engine) -> None:
    uuid, sent = str(uuid4()), body()
    first, created = _send(engine, sent, uuid=uuid)
    again, created_again = _send(engine, json.loads(json.dumps(sent, sort_keys=True)), uuid=uuid)
    assert (created, created_again) == (True, False)
    assert again == first
    assert count(engine, "cases") == 1


def test_another_form_under_the_same_id_clashes(engine: Engine) -> None:
    uuid = str(uuid4())
    _send(engine, body(), uuid=uuid)
    with pytest.raises(Problem) as raised:
        _send(engine, body(LIGHT), uuid=uuid)
    assert (raised.value.code, raised.value.status) == ("clash", 409)
    assert count(engine, "cases") == 1


def test_two_threads_with_the_same_form_make_one_submission(engine: Engine) -> None:
    caller, sent = person(engine, "worker1"), body()
    for _ in range(5):
        uuid = str(uuid4())

        def try_once(uuid: str = uuid) -> bool:
            return send(engine, caller, uuid, sent)[1]

        with ThreadPoolExecutor(4) as pool:
            made = [future.result() for future in [pool.submit(try_once) for _ in range(4)]]
        assert sorted(made) == [False, False, False, True]
    assert count(engine, "submissions") == count(engine, "cases") == 5


def test_every_refused_answer_is_told_at_its_question(engine: Engine) -> None:
    problem = _refused(engine, body({"bins": "mixed", "weight": -3, "lid": "perhaps", "colour": "red"}))
    assert (problem.code, problem.status) == ("invalid-answers", 422)
    assert {(fault.where, fault.code) for fault in problem.errors} == {
        ("weight", "minimum"), ("shot", "required"), ("lid", "choice"), ("colour", "unknown"),
    }  # fmt: skip
    assert all(fault.zh and fault.en for fault in problem.errors)


def test_a_must_refuses_with_its_authors_words(engine: Engine) -> None:
    problem = _refused(engine, body({**MIXED, "weight": 0}))
    assert [(fault.where, fault.code, fault.zh) for fault in problem.errors] == [
        ("weight", "must", "混投重量须大于 0")
    ]


def test_answers_to_hidden_questions_are_dropped(engine: Engine) -> None:
    receipt, _ = _send(engine, body({**NOTHING, "weight": 70, "shot": ["x.jpg"]}))
    with engine.store.transaction():
        kept = json.loads(engine.store.db.Submission[receipt.id].answers)
    assert kept == NOTHING


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ([], None), ({}, "item"), ({"item": 3, "answers": {}}, "item"), ({"item": "sanitation.waste", "answers": []}, "answers"),
        (body(place=None), "place"), (body(extra=1), "extra"), (body(location={"lon": 500, "lat": 1}), "location"),
        (body(location={"lon": True, "lat": 1}), "location"), (body(files={"a.jpg": "zz"}), "files"),
        (body(reported_at="yesterday"), "reported_at"), (body(reported_at="2026-03-02T09:06:00+08:00"), "reported_at"),
        (body(reported_at="2026-02-22T09:00:00+08:00"), "reported_at"),
        (body({"shot": 1}, None, "sanitation.litter"), "location"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_says_where(engine: Engine, sent: object, where: str | None) -> None:
    problem = _refused(engine, sent)
    assert problem.code == "invalid-body"
    assert where is None or where in [fault.where for fault in problem.errors]


@pytest.mark.parametrize("changes", [
    {"location": {"lon": 10**400, "lat": 1}}, {"reported_at": 20260302}, {"answers": {**MIXED, "weight": 10**400}},
])  # fmt: skip
def test_numbers_beyond_measure_are_refused_like_any_other(engine: Engine, changes: dict[str, Any]) -> None:
    assert _refused(engine, {**body(), **changes}).status == 422


def test_an_id_that_is_no_uuid_is_refused(engine: Engine) -> None:
    with pytest.raises(Problem) as raised:
        _send(engine, body(), uuid="1234")
    assert raised.value.code == "invalid-body"


def test_a_worker_cannot_report_in_a_grid_they_are_not_rostered_for(engine: Engine) -> None:
    assert _refused(engine, body(place="shop-4")).code == "not-allowed"
    assert _refused(engine, body(place="shop-1"), by="worker3").code == "not-allowed"


@pytest.mark.parametrize("name", ["handler1", "acceptor1", "supervisor1", "auditor1", "author1"])
def test_only_workers_report(engine: Engine, name: str) -> None:
    assert _refused(engine, body(), by=name).code == "not-allowed"


def test_an_unknown_place_or_item_is_not_found(engine: Engine) -> None:
    assert _refused(engine, body(place="shop-99")).code == "not-found"
    assert _refused(engine, body(item="sanitation.nothing")).code == "not-found"


def test_a_point_decides_the_grid_of_an_event(engine: Engine, area: Callable[[str], int]) -> None:
    lon, lat = middle_of("g2")
    sent = body(
        {"finding": ["pile"], "shot": ["a.jpg"]}, None, "sanitation.litter", location={"lon": lon, "lat": lat}
    )
    receipt, _ = _send(engine, sent)
    assert row_of(engine, receipt.cases[0].id)["grid"] == area("g2")


def test_a_point_outside_the_workers_grids_is_not_allowed(engine: Engine) -> None:
    lon, lat = middle_of("g4")
    sent = body(
        {"finding": ["pile"], "shot": ["a.jpg"]}, None, "sanitation.litter", location={"lon": lon, "lat": lat}
    )
    assert _refused(engine, sent).code == "not-allowed"


def test_where_the_named_office_is_missing_the_next_of_the_route_takes_it(engine: Engine) -> None:
    assert report(engine, MISSING).cases[0].office == "sanitation.station"
    assert report(engine, MISSING, "shop-4", "worker3").cases[0].office == "community"


def test_everything_of_a_report_is_written_together(engine: Engine) -> None:
    receipt = report(engine, {**MIXED, "lid": "no"})
    case = receipt.cases[0].id
    assert count(engine, "deadlines") == 2
    assert count(engine, "timers") == 4
    assert count(engine, "outbox") == 2
    assert kinds_of(engine, case) == ["reported"]
    with engine.store.transaction():
        assert journal.verify(engine.store) is None


def test_a_failure_in_the_middle_leaves_nothing_behind(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    before = count(engine, "journal")
    monkeypatch.setattr(reporting.reports, "keep_receipt", fail)
    with pytest.raises(RuntimeError):
        report(engine)
    for table in ("submissions", "cases", "deadlines", "timers", "outbox"):
        assert count(engine, table) == 0
    assert count(engine, "journal") == before


def test_a_private_answer_is_kept_and_never_shown(engine: Engine) -> None:
    sent = body({**MIXED, "owner_phone": "13800138000"})
    receipt, _ = _send(engine, sent)
    view = read_case(engine, person(engine, "supervisor1"), receipt.cases[0].id)
    assert [answer.value for answer in view.answers if answer.private] == ["***"]
    assert "13800138000" not in repr(view)
    with engine.store.transaction():
        assert "13800138000" in engine.store.db.Submission[receipt.id].answers


def test_a_report_decides_on_the_version_the_phone_filled_in_for_a_week_after_it_was_retired(
    engine: Engine, clock: Clock
) -> None:
    old = report(engine).version
    with engine.store.transaction(write=True):
        row = engine.store.db.ItemVersion.get(item="sanitation.waste", version=old)
        newer = {
            name: getattr(row, name)
            for name in ("item", "department", "lines", "source", "file", "published_at")
        }
        changed = json.loads(row.artifact)
        row.retired_at = clock.at
        engine.store.db.flush()
        engine.store.db.ItemVersion(**newer, artifact=json.dumps(changed), version="newer")
    clock.advance(days=6)
    assert _send(engine, body(version=old))[0].version == old
    assert _send(engine, body())[0].version == "newer"
    clock.advance(days=2)
    for version, code in ((old, "gone"), ("never published", "not-found")):
        with pytest.raises(Problem) as raised:
            _send(engine, body(version=version))
        assert raised.value.code == code


def test_a_preview_tells_what_a_report_would_do_and_does_nothing(engine: Engine) -> None:
    told = reporting.preview_report(engine, person(engine, "worker1"), "sanitation.waste", None, body())
    assert [(case.finding, case.office_title) for case in told.cases] == [("mixed", "县环卫中心")]
    assert told.cases[0].due["handle"] == datetime(2026, 3, 2, 7, 30)
    assert count(engine, "submissions") == count(engine, "cases") == 0
    sent = report(engine)
    assert sent.cases[0].due == told.cases[0].due


def test_what_may_be_settled_on_the_spot_is_foreseen_as_it_then_comes(
    databases: Databases, dialect: str, tmp_path: Path, clock: Clock
) -> None:
    for river in opened_river(databases, dialect, clock, tmp_path / "files"):
        lon, lat = middle_of("g1")
        sheet = {
            "answers": {"finding": ["waste"], "size": 10, "shot": ["a.jpg"]},
            "location": {"lon": lon, "lat": lat},
        }
        worker = person(river, "worker4")
        (told,) = reporting.preview_report(river, worker, "river.bank", None, sheet).cases
        receipt, _ = send(river, worker, str(uuid4()), {"item": "river.bank", **sheet})
        (line,) = receipt.cases
        assert (told.state, told.office) == (line.state, line.office) == ("on_site", "river.station")
        assert dict(told.due) == dict(line.due)
        assert line.due["settle"] == river.now() + timedelta(minutes=30)
        assert line.due["accept"] > line.due["settle"], "everything else counts from there at the latest"


def test_a_preview_of_a_bad_sheet_tells_what_is_wrong(engine: Engine) -> None:
    told = reporting.preview_report(
        engine, person(engine, "worker1"), "sanitation.waste", None, body({"bins": "mixed"})
    )
    assert {fault.question for fault in told.refused} == {"weight", "shot", "lid"}
    assert told.cases == ()


def test_history_at_the_place_is_counted_where_an_item_reads_it(engine: Engine, clock: Clock) -> None:
    report(engine)
    clock.advance(days=1)
    report(engine)
    caller = person(engine, "worker1")
    with engine.store.transaction():
        item = published_item(engine, "sanitation.waste").item
        reads = (
            Fact("open_cases"),
            History("cases_in", 1),
            History("cases_in", 30),
            History("visits_in", 30),
        )
        asking = replace(item, excludes=tuple(Exclude(Compare(">", read, Constant(9)), "") for read in reads))
        site = find_site(engine, caller, asking, read_body(engine, body(), engine.now()))
        context = read_context(engine, caller, asking, site, engine.now(), calendar_in_use(engine, None))
    assert {name: context[name] for name in ("open_cases", "cases_in.1", "cases_in.30", "visits_in.30")} == {
        "open_cases": 2, "cases_in.1": 1, "cases_in.30": 2, "visits_in.30": 0,
    }  # fmt: skip
    assert context["place.grade"] == "plain"
    assert context["reported.on_workday"] == "yes"


def test_a_receipt_is_for_its_sender_and_their_centre_only(engine: Engine) -> None:
    sent = report(engine)
    assert reporting.receipt(engine, person(engine, "worker1"), sent.id) == sent
    assert reporting.receipt(engine, person(engine, "supervisor1"), sent.id) == sent
    for name in ("worker3", "acceptor2"):
        with pytest.raises(Problem) as raised:
            reporting.receipt(engine, person(engine, name), sent.id)
        assert raised.value.code == "not-found"


def test_a_worker_sees_what_they_sent_and_why_it_came_back(engine: Engine) -> None:
    sent = report(engine)
    give(engine, "acceptor1", sent.cases[0].id, "refuse", reason="照片不清")
    (mine,) = reporting.submissions_of(engine, person(engine, "worker1"))
    assert [case.state for case in mine.cases] == ["refused"]
    assert mine.came_back == ("照片不清",)
    assert reporting.submissions_of(engine, person(engine, "worker2")) == ()


_SENDER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from uuid import uuid4
    sys.path.insert(0, sys.argv[2])
    from conftest import CHEAP, PACKS
    from loop_help import body, person, send
    from sample_town import Clock
    from zoneinfo import ZoneInfo
    from gewu_item_catalog.catalogue import load_catalogue
    from gewu_platform.records.store import Store
    from gewu_platform.service.engine import Engine

    engine = Engine(Store(sys.argv[1]), load_catalogue([PACKS]), Path("."), Clock(), ZoneInfo("Asia/Shanghai"), "zh", CHEAP)
    worker = person(engine, "worker1")
    while True:
        uuid = str(uuid4())
        print("sending", uuid, flush=True)
        send(engine, worker, uuid, body())
        print("kept", uuid, flush=True)
    """
)


def test_every_acknowledged_report_is_there_once_after_a_kill(engine: Engine, tmp_path: Path) -> None:
    url, tests = engine.store.url, str(Path(__file__).parent)
    sent: list[list[str]] = []
    for round_number in range(2):
        running = subprocess.Popen(
            [sys.executable, "-c", _SENDER, url, tests], stdout=subprocess.PIPE, text=True, cwd=tmp_path
        )
        assert running.stdout is not None
        for line in running.stdout:
            sent.append(line.split())
            if len(sent) >= 25 * (round_number + 1):
                break
        os.kill(running.pid, signal.SIGKILL)
        sent += [line.split() for line in running.stdout if line.endswith("\n")]
        running.stdout.close()
        running.wait()
    kept = {words[1] for words in sent if words[0] == "kept"}
    tried = {words[1] for words in sent if words[0] == "sending"}
    after = Store(url)
    with after.transaction():
        stored = {row[0]: row[1] for row in after.execute(
            "SELECT s.id, count(c.id) FROM submissions s LEFT JOIN cases c ON c.submission = s.id GROUP BY s.id"
        ).fetchall()}  # fmt: skip
        broken = journal.verify(after)
    after.close()
    assert len(kept) >= 10
    assert kept <= set(stored) <= tried
    assert set(stored.values()) == {1}
    assert broken is None


def test_a_late_report_is_decided_on_its_own_time_and_its_clocks_start_when_it_arrives(
    engine: Engine,
) -> None:
    saturday = engine.now() - timedelta(days=2)
    receipt, _ = _send(engine, body(reported_at=saturday.isoformat() + "+00:00"))
    with engine.store.transaction():
        context = json.loads(engine.store.db.Submission[receipt.id].context)
    assert (context["reported.weekday"], receipt.reported_at) == (6, saturday)
    assert row_of(engine, receipt.cases[0].id)["started_at"] == engine.now()


def test_a_report_of_an_items_last_day_is_taken_in_though_it_arrives_later(
    engine: Engine, clock: Clock
) -> None:
    with engine.store.transaction(write=True):
        row = engine.store.db.ItemVersion.get(item="sanitation.waste", retired_at=None)
        row.artifact = json.dumps({**json.loads(row.artifact), "until": "2026-03-02"})
    engine.cache.clear()
    # 23:59 in Shanghai is the last minute of the last day.
    made = "2026-03-02T23:59:00+08:00"
    clock.advance(days=1)
    assert _send(engine, body(reported_at=made))[1]
    for late in ("2026-03-03T00:00:00+08:00", None):
        with pytest.raises(Problem) as raised:
            _send(engine, body(reported_at=late))
        assert raised.value.code == "not-possible-now"


def test_what_is_private_stands_in_no_journal_trace_or_message(engine: Engine) -> None:
    receipt, _ = _send(engine, body({**MIXED, "owner_phone": "13912345678"}))
    give(engine, "acceptor1", receipt.cases[0].id, "accept")
    with engine.store.transaction():
        kept = [
            row[0]
            for column, table in (
                ("body", "journal"),
                ("decision", "cases"),
                ("body", "outbox"),
                ("receipt", "submissions"),
            )
            for row in engine.store.execute(f"SELECT {column} FROM {table}").fetchall()
        ]
    assert kept
    assert [
        text for text in kept if "13912345678" in text or "13800138000" in text or "$argon2" in text
    ] == []


def test_private_attributes_stay_hidden_when_their_pack_cannot_be_read(
    engine: Engine, tmp_path: Path
) -> None:
    bare = replace(engine, catalogue=load_catalogue([tmp_path]), cache={})
    told = reporting.form_context(bare, person(bare, "worker1"), "sanitation.waste", "shop-1")
    assert "place.phone" not in told
    assert "13800138000" not in repr(read_case(bare, person(bare, "supervisor1"), report(bare).cases[0].id))


def test_an_officeless_caller_is_not_a_worker_by_another_name(engine: Engine) -> None:
    stranger = Caller(999, "x", "x", "worker")
    with pytest.raises(Problem) as raised:
        send(engine, stranger, str(uuid4()), body())
    assert raised.value.code == "not-allowed"


TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "\x00", "\ud800", "mixed", "shop-1", "g1", "sanitation.waste"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ANSWERS = st.dictionaries(
    st.sampled_from(["bins", "weight", "shot", "lid", "owner_phone", "other"]) | TEXTS, VALUES
)
BODIES = st.fixed_dictionaries(
    {"item": st.just("sanitation.waste") | VALUES, "answers": ANSWERS | VALUES},
    optional={
        "place": st.just("shop-1") | VALUES, "version": VALUES, "grid": VALUES, "reported_at": VALUES,
        "location": VALUES | st.fixed_dictionaries({"lon": VALUES, "lat": VALUES}), "files": VALUES, "extra": VALUES,
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(BODIES | VALUES)
def test_whatever_is_sent_is_taken_in_or_refused_with_a_problem(engine: Engine, sent: object) -> None:
    before = count(engine, "submissions")
    try:
        send(engine, person(engine, "worker1"), str(uuid4()), sent)
    except Problem:
        assert count(engine, "submissions") == before
    else:
        assert count(engine, "submissions") == before + 1


def test_a_place_the_item_is_not_for_is_refused_and_said(
    engine: Engine, caller: Callable[[str], Caller], tmp_path: Path
) -> None:
    """`for shop when …`: shop-1 is an ordinary one."""
    folder = tmp_path / "sanitation"
    folder.mkdir()
    text = (Path(__file__).parent / "packs/sanitation/department.gewu").read_text(encoding="utf-8")
    narrowed = text.replace("  for    shop\n", "  for    shop when place.grade = watched\n")
    assert narrowed != text
    (folder / "department.gewu").write_text(narrowed, encoding="utf-8")
    other = replace(engine, catalogue=load_catalogue([tmp_path]), cache={})
    publishing.publish_catalogue(other, SYSTEM)
    grades = {}
    for code in ("shop-1", "shop-2"):
        with other.store.transaction():
            grades[code] = json.loads(other.store.db.Place.get(code=code).attributes)["grade"]
    assert grades == {"shop-1": "plain", "shop-2": "watched"}
    sent = {"item": "sanitation.waste", "answers": NOTHING}
    with pytest.raises(Problem) as refused:
        reporting.submit_report(other, caller("worker1"), str(uuid4()), {**sent, "place": "shop-1"})
    assert refused.value.code == "invalid-body"
    assert refused.value.errors[0].where == "place"
    _, new = reporting.submit_report(other, caller("worker1"), str(uuid4()), {**sent, "place": "shop-2"})
    assert new

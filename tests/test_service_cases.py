"""Who sees which cases, and that every filter finds exactly what it says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

import pytest
from loop_help import LIGHT, dispatched, give, handled, person, report, settle
from sample_town import USERS, Clock

from gewu_platform.service import attachments, cases, handling, reporting
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _ids(engine: Engine, name: str, **filters: object) -> set[int]:
    return {row.id for row in cases.list_cases(engine, person(engine, name), **filters)}  # type: ignore[arg-type]


def test_everybody_sees_their_own_cases_only(engine: Engine) -> None:
    north = dispatched(engine)
    other = report(engine, place="shop-3", by="worker2").cases[0].id
    south = report(engine, place="shop-4", by="worker3").cases[0].id
    assert _ids(engine, "acceptor1") == _ids(engine, "auditor1") == {north, other, south}
    assert _ids(engine, "supervisor2") == {north, other}
    assert _ids(engine, "acceptor2") == {south}
    assert _ids(engine, "handler2") == {north}
    assert _ids(engine, "handler1") == set()
    assert _ids(engine, "worker1") == {north}
    assert _ids(engine, "worker2") == {north, other}


@pytest.mark.parametrize("query", [
    {"department": "a\x00b"}, {"state": "\ud800"}, {"town": "9" * 5000}, {"after": "-1"}, {"office": "2147483648"},
    {"closed_since": "0001-01-01T00:00+14:00"}, {"overdue": "yes"},
])  # fmt: skip
def test_a_filter_that_no_database_could_read_is_refused(engine: Engine, query: dict[str, str]) -> None:
    with pytest.raises(Problem) as raised:
        cases.read_query(engine, query)
    assert raised.value.code == "invalid-body"


def test_whoever_may_not_list_a_case_reads_no_part_of_it(engine: Engine) -> None:
    form = report(engine)
    case = form.cases[0].id
    reads: list[Callable[[Caller], object]] = [
        lambda who: cases.read_case(engine, who, case),
        lambda who: cases.case_events(engine, who, case),
        lambda who: cases.explain_case(engine, who, case),
        lambda who: cases.journal_of(engine, who, case),
        lambda who: attachments.read_file(engine, who, "e" * 64),
        lambda who: attachments.store_evidence(engine, who, case, "a.jpg", BytesIO()),
        lambda who: handling.run_command(engine, who, case, "accept"),
        lambda who: reporting.receipt(engine, who, form.id),
    ]
    strangers = 0
    for name, *_ in USERS:
        who = person(engine, name)
        with suppress(Problem):
            if case in _ids(engine, name):
                continue
        strangers += 1
        for read in reads:
            with pytest.raises(Problem) as raised:
                read(who)
            assert raised.value.code in ("not-found", "not-allowed"), name
    assert strangers == 9


def test_what_runs_out_first_comes_first_and_a_page_goes_on_by_id(engine: Engine, clock: Clock) -> None:
    slow, fast = dispatched(engine, LIGHT), dispatched(engine)
    waiting = report(engine).cases[0].id
    caller = person(engine, "acceptor1")
    assert [row.id for row in cases.list_cases(engine, caller)] == [waiting, fast, slow]
    first = cases.list_cases(engine, caller, after=0, limit=2)
    assert [row.id for row in first] == [slow, fast]
    assert [row.id for row in cases.list_cases(engine, caller, after=first[-1].id, limit=2)] == [waiting]


def test_a_light_goes_from_green_to_yellow_to_red(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    seen = []
    for hours in (0, 5.5, 1):
        clock.advance(hours=hours)
        (row,) = cases.list_cases(engine, person(engine, "handler2"))
        seen.append(
            (
                row.id,
                row.light,
                _ids(engine, "handler2", at_risk=True),
                _ids(engine, "handler2", overdue=True),
            )
        )
    assert seen == [
        (case, "green", set(), set()),
        (case, "yellow", {case}, set()),
        (case, "red", set(), {case}),
    ]


def test_a_case_elsewhere_is_not_found(engine: Engine) -> None:
    case = dispatched(engine)
    for name in ("handler1", "worker3", "acceptor2"):
        for read in (cases.read_case, cases.case_events, cases.explain_case, cases.journal_of):
            with pytest.raises(Problem) as raised:
                read(engine, person(engine, name), case)
            assert raised.value.code == "not-found"
    with pytest.raises(Problem):
        cases.read_case(engine, person(engine, "acceptor1"), 9999)
    with pytest.raises(Problem):
        cases.read_case(engine, person(engine, "acceptor1"), 10**30)


def test_a_query_of_a_page_becomes_the_arguments_of_a_list(engine: Engine) -> None:
    query = {
        "town": "3",
        "overdue": "1",
        "state": "",
        "page": "2",
        "closed_since": "2026-03-01T00:00:00+08:00",
    }
    found = cases.read_query(engine, query)
    assert found["town"] == 3
    assert found["overdue"] is True
    assert found["closed_since"].isoformat() == "2026-02-28T16:00:00"
    assert set(found) == {"town", "overdue", "closed_since"}


@pytest.mark.parametrize(
    "query",
    [
        {"town": "north"},
        {"town": "99999999999999999999"},
        {"after": "-1"},
        {"overdue": "maybe"},
        {"handled_until": "soon"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(engine: Engine, query: dict[str, str]) -> None:
    with pytest.raises(Problem) as raised:
        cases.read_query(engine, query)
    assert raised.value.code == "invalid-body"


def test_the_timeline_tells_everything_in_both_languages(engine: Engine) -> None:
    case = handled(engine)
    give(engine, "worker1", case, "rework", reason="还有垃圾")
    told = cases.case_events(engine, person(engine, "acceptor1"), case)
    assert [entry.words.zh for entry in told] == [
        "上报", "受理", "立案", "派往县环卫中心", "处置中", "确认处置完成", "核查未通过，返工",
    ]  # fmt: skip
    assert told[-1].reason == "还有垃圾"
    assert all(entry.words.en and entry.actor_name.zh for entry in told)

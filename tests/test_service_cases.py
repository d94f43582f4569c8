"""Who sees which cases, and that every filter finds exactly what it says."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from io import BytesIO

import pytest
from loop_help import LIGHT, MIXED, body, dispatched, give, handled, person, report, row_of, send, settle
from sample_town import USERS, Clock

from gewu_platform.core.words import Words
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk import cases
from gewu_platform.service.desk.case_views import CaseRef, CaseView, CommandView
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting


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


def _read(engine: Engine, name: str, case: int) -> CaseView:
    return cases.read_case(engine, person(engine, name), case)


def test_what_somebody_was_asked_stands_on_the_page_until_it_is_answered(
    engine: Engine, clock: Clock
) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "extend", reason="等材料")
    (task,) = _read(engine, "dispatcher1", case).tasks
    assert (task.kind, task.words.zh, task.role, task.office_title) == (
        "extend",
        "延期申请",
        "dispatcher",
        None,
    )
    assert (task.asked_by_name.zh, task.note, task.mine, task.ended_at) == ("吴处置", "等材料", True, None)
    assert not _read(engine, "handler2", case).tasks[0].mine
    options = _options(engine, "dispatcher1", case, "grant")
    assert [(value, words.zh) for value, words in options["task"]] == [("1", "延期申请（吴处置）：等材料")]
    clock.advance(minutes=5)
    (done,) = give(engine, "dispatcher1", case, "deny", reason="时间够").tasks
    assert (done.result_words, done.answer) == (Words("已驳回", "denied"), "时间够")
    assert (done.ended_by_name, done.ended_at, done.mine) == (Words("孙派遣", "孙派遣"), clock(), False)


def test_a_check_has_a_light_and_stops_the_case(engine: Engine, clock: Clock) -> None:
    case = handled(engine)
    give(engine, "acceptor1", case, "check")
    for minutes, light in ((0, "green"), (25, "yellow"), (10, "red")):
        clock.advance(minutes=minutes)
        view = _read(engine, "worker1", case)
        assert (view.tasks[0].light, view.tasks[0].mine) == (light, True)
        assert (view.row.light, view.row.paused, view.row.due_at) == ("none", True, None)
        assert view.row.waiting_for == Words(
            "等待核查反馈", "waiting for the answer to a check of the handling"
        )
    verify = next(each for each in view.clocks if each.step == "verify")
    assert (verify.light, verify.paused_at is not None) == ("none", True)
    assert [(value, words.zh) for value, words in _options(engine, "worker1", case, "answer")["result"]] == [
        ("yes", "已整改"), ("no", "未整改"),
    ]  # fmt: skip
    assert "result" in _command(engine, "worker1", case, "answer").required
    assert give(engine, "worker1", case, "answer", result="yes").row.waiting_for is None


def test_a_parked_case_says_until_when_and_has_no_light(engine: Engine) -> None:
    case = dispatched(engine)
    view = give(engine, "supervisor1", case, "park", reason="等施工", until="2026-03-09")
    assert view.row.waiting_for == Words("挂账至 2026-03-09", "parked until 2026-03-09")
    assert (view.row.light, view.row.parked_until, view.row.paused) == ("none", date(2026, 3, 9), True)
    (row,) = cases.list_cases(engine, person(engine, "handler2"))
    assert row == view.row


def test_holders_lie_end_to_end_and_add_up(engine: Engine, clock: Clock) -> None:
    case = report(engine).cases[0].id
    opened = clock()
    for by, command, arguments in (
        ("acceptor1", "accept", {}), ("acceptor1", "file", {}), ("dispatcher1", "dispatch", {}),
        ("supervisor1", "park", {"reason": "等施工", "until": "2026-03-09"}), ("handler2", "resume", {}),
        ("handler2", "handle", {}), ("handler2", "confirm", {}), ("acceptor1", "check", {}),
        ("worker1", "answer", {"result": "yes"}), ("worker1", "verify", {}),
    ):  # fmt: skip
        clock.advance(minutes=20)
        give(engine, by, case, command, **arguments)
    clock.advance(minutes=20)
    holders = _read(engine, "acceptor1", case).holders
    assert [each.words.zh for each in holders] == [
        "受理员：受理", "受理员：立案", "派遣员：派遣", "处置人员：处置", "挂账", "处置人员：处置", "受理员：核查",
        "网格员：核实核查反馈", "受理员：核查", "受理员：结案",
    ]  # fmt: skip
    assert holders[0].since == opened
    assert all(one.until == other.since for one, other in itertools.pairwise(holders))
    assert sum(each.seconds + each.paused_seconds for each in holders) == (clock() - opened).total_seconds()
    assert [each.paused_seconds for each in holders if each.words.zh == "挂账"] == [1200]
    assert [each.office_title for each in holders][3:6] == ["县环卫中心", None, "县环卫中心"]
    assert holders[0].counted_seconds == 1200


def test_who_held_it_too_long_is_marked(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(days=2)
    (holder,) = _read(engine, "acceptor1", case).holders[-1:]
    assert holder.overdue
    assert holder.counted_seconds == 2 * 8 * 3600


def test_the_course_is_the_departments(engine: Engine) -> None:
    case = dispatched(engine)
    course = _read(engine, "acceptor1", case).course
    assert [step.words.zh for step in course if step.current] == ["处置"]
    assert [step.words.zh for step in course if step.done] == ["上报", "受理", "立案", "派遣"]


def test_acceptors_are_shown_what_a_case_may_be_merged_into(engine: Engine) -> None:
    first, second = dispatched(engine), report(engine).cases[0].id
    view = _read(engine, "acceptor1", second)
    assert [each.id for each in view.similar] == [first]
    assert [value for value, _ in _options(engine, "acceptor1", second, "merge")["into"]] == [str(first)]
    assert _read(engine, "supervisor1", second).similar == ()
    merged = give(engine, "acceptor1", second, "merge", into=first, reason="同一处")
    assert merged.merged_into == CaseRef(first, view_number(engine, first))
    assert [each.id for each in _read(engine, "acceptor1", first).joined] == [second]


def view_number(engine: Engine, case: int) -> str:
    return _read(engine, "acceptor1", case).row.number


def test_a_report_added_to_a_case_stands_on_its_page(engine: Engine) -> None:
    case = dispatched(engine)
    sent = body(MIXED, add_to={"mixed": case})
    send(engine, person(engine, "worker2"), "22222222-2222-4222-8222-222222222222", sent)
    (added,) = _read(engine, "acceptor1", case).added
    assert (added.reporter_name, [file.name for file in added.files]) == ("李网格", ["a.jpg"])


def test_a_dispatcher_is_told_which_office_sent_the_case_back(engine: Engine) -> None:
    case = dispatched(engine)
    before = row_of(engine, case)["office"]
    give(engine, "handler2", case, "return", reason="不归我管")
    offices = cases.read_case(engine, person(engine, "dispatcher1"), case).offices
    assert {office.id for office in offices if office.returned} == {before}
    assert not any(office.routed for office in offices if office.returned)


def test_commands_say_what_they_take_and_from_what(engine: Engine, office: Callable[[str], int]) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    dispatch = _command(engine, "dispatcher1", case, "dispatch")
    assert "office" not in dispatch.required, "the routed one is taken"
    assert dispatch.options["office"][0][0] == str(office("sanitation.bureau@county"))
    give(engine, "dispatcher1", case, "dispatch")
    regrade = _options(engine, "acceptor1", case, "regrade")
    assert [value for value, _ in regrade["severity"]] == ["minor", "critical"]
    tiers = _options(engine, "handler2", case, "escalate")["tier"]
    assert [value for value, _ in tiers] == ["town", "county", "city"]


def _command(engine: Engine, name: str, case: int, command: str) -> CommandView:
    (found,) = (each for each in _read(engine, name, case).commands if each.command == command)
    assert found.possible, found.refusal
    return found


def _options(
    engine: Engine, name: str, case: int, command: str
) -> Mapping[str, tuple[tuple[str, Words], ...]]:
    return _command(engine, name, case, command).options

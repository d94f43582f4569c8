from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from test_core_deadlines import SEEDED, at, cases, span

from gewu_dsl.model import Duration
from gewu_platform.core.courses import Pause
from gewu_platform.core.derivation_words import describe
from gewu_platform.core.derivations import derive
from gewu_platform.core.limits import parse_limit


def test_the_json_of_a_make_up_saturday() -> None:
    derivation = derive(at("2026-02-13T16:00"), parse_limit("1 workday"), SEEDED)
    data = json.loads(json.dumps(derivation.to_json()))
    assert data["due"] == "2026-02-14T16:00:00"
    assert data["provisional"] is False
    assert data["counted"] == [
        ["2026-02-13T16:00:00", "2026-02-13T18:00:00", 120],
        ["2026-02-14T08:00:00", "2026-02-14T12:00:00", 240],
        ["2026-02-14T14:00:00", "2026-02-14T16:00:00", 120],
    ]
    assert data["skipped"] == [
        ["2026-02-13", "outside hours"],
        ["2026-02-14", "outside hours"],
        ["2026-02-14", "lunch"],
    ]
    assert data["makeup_days"] == [["2026-02-14", "春节调休"]]
    assert data["calendar"] == {
        "code": "cn",
        "version": 1,
        "confirmed_until": SEEDED.confirmed_until.isoformat(),
    }


def test_each_day_off_is_listed_with_its_reason() -> None:
    derivation = derive(at("2026-02-14T16:00"), parse_limit("1 workday"), SEEDED)
    whole = [
        [day, reason]
        for day, reason in derivation.to_json()["skipped"]
        if reason not in {"outside hours", "lunch"}
    ]  # type: ignore[attr-defined]
    assert whole == [
        ["2026-02-15", "weekend"],
        ["2026-02-16", "holiday: 农历除夕"],
        ["2026-02-17", "holiday: 春节"],
        ["2026-02-18", "holiday: 春节"],
        ["2026-02-19", "holiday: 春节"],
        ["2026-02-20", "holiday: 春节调休"],
        ["2026-02-21", "weekend"],
        ["2026-02-22", "weekend"],
        ["2026-02-23", "holiday: 春节调休"],
    ]


def test_a_pause_is_listed_only_where_the_clock_would_have_run() -> None:
    pauses = [span("2026-03-03T17:00..2026-03-04T09:00")]
    derivation = derive(at("2026-03-03T16:00"), parse_limit("2 work hours"), SEEDED, pauses)
    timeline = [(piece.kind, piece.reason, piece.minutes) for piece in derivation.spans]
    assert timeline == [
        ("counted", "workday", 60),
        ("paused", "pause", 60),
        ("skipped", "outside hours", 840),
        ("paused", "pause", 60),
        ("counted", "workday", 60),
    ]


def test_a_continuous_clock_counts_in_one_piece_between_pauses() -> None:
    pauses = [span("2026-03-06T20:00..2026-03-07T06:00")]
    derivation = derive(at("2026-03-06T16:00"), parse_limit("3 days"), SEEDED, pauses)
    assert [(piece.kind, piece.minutes) for piece in derivation.spans] == [
        ("counted", 240),
        ("paused", 600),
        ("counted", 4080),
    ]


def test_a_fixed_time_counts_workdays_around_the_clock() -> None:
    derivation = derive(at("2026-03-06T16:00"), parse_limit("by 18:00 next workday"), SEEDED)
    assert derivation.to_json()["skipped"] == [["2026-03-07", "weekend"], ["2026-03-08", "weekend"]]
    assert [piece.minutes for piece in derivation.counted] == [480, 1080]


@settings(max_examples=150)
@given(cases())
def test_counted_and_paused_and_skipped_time_are_the_whole_time(
    case: tuple[datetime, Duration, list[Pause]],
) -> None:
    start, limit, pauses = case
    derivation = derive(start, limit, SEEDED, pauses)
    edges = [(piece.start, piece.end) for piece in derivation.spans]
    assert edges[0][0] == start
    assert edges[-1][1] == derivation.due
    assert all(begin < end for begin, end in edges)
    assert all(before[1] == after[0] for before, after in pairwise(edges))


@settings(max_examples=150)
@given(cases())
def test_what_is_counted_adds_up_to_the_limit(case: tuple[datetime, Duration, list[Pause]]) -> None:
    start, limit, pauses = case
    if limit.unit == "by":
        return
    minutes = {"minutes": 1, "hours": 60, "work_hours": 60, "workdays": 480, "days": 1440}[limit.unit]
    counted = sum(
        (piece.end - piece.start for piece in derive(start, limit, SEEDED, pauses).counted), timedelta()
    )
    assert counted == timedelta(minutes=limit.amount * minutes)


def test_the_words_are_chinese_or_english_and_re_add() -> None:
    derivation = derive(at("2026-02-14T17:00"), parse_limit("2 work hours"), SEEDED)
    assert describe(derivation.to_json(), "zh") == [
        "自 2026-02-14（周六）17:00 起，时限 2 工作时",
        "计入 2026-02-14（周六）17:00 – 18:00：调休上班（春节调休），60 分钟，累计 60 分钟",
        "不计 2026-02-14（周六）18:00 – 2026-02-15（周日）00:00：非工作时间",
        "不计 2026-02-15（周日）：周末",
        "不计 2026-02-16（周一）：节假日（农历除夕）",
        "不计 2026-02-17（周二） 至 2026-02-19（周四）：节假日（春节）",
        "不计 2026-02-20（周五）：节假日（春节调休）",
        "不计 2026-02-21（周六） 至 2026-02-22（周日）：周末",
        "不计 2026-02-23（周一）：节假日（春节调休）",
        "不计 2026-02-24（周二）00:00 – 08:00：非工作时间",
        "计入 2026-02-24（周二）08:00 – 09:00：工作日，60 分钟，累计 120 分钟",
        "到期 2026-02-24（周二）09:00",
        "日历 cn 第 1 版，放假安排已确认至 2026-12-31",
    ]
    english = describe(derivation.to_json(), "en")
    assert english[0] == "From 2026-02-14 (Sat) 17:00, limit 2 work hours"
    assert english[5] == "Skipped 2026-02-17 (Tue) to 2026-02-19 (Thu): holiday (春节)"
    assert english[-3] == "Counted 2026-02-24 (Tue) 08:00 – 09:00: workday, 60 minutes, 120 so far"


@pytest.mark.parametrize(("language", "word"), [("zh", "暂定"), ("en", "provisional")])
def test_a_provisional_deadline_says_so_in_words(language: str, word: str) -> None:
    derivation = derive(at("2026-12-31T17:00:30"), parse_limit("1 workday"), SEEDED)
    lines = describe(derivation.to_json(), "zh" if language == "zh" else "en")
    assert word in lines[-1]
    assert "59.5" in lines[1]


def test_pauses_name_their_cause_and_an_extension_is_a_leg_of_its_own() -> None:
    pauses = [span("2026-03-03T16:30..2026-03-03T17:00"), span("2026-03-04T09:00..2026-03-04T09:30")]
    legs = [parse_limit("1 work hour")] * 2
    derivation = derive(at("2026-03-03T16:00"), legs, SEEDED, pauses, causes=["check", "parked"])
    told = json.loads(json.dumps(derivation.to_json()))
    assert describe(told, "zh") == [
        "自 2026-03-03（周二）16:00 起，时限 1 工作时",
        "计入 2026-03-03（周二）16:00 – 16:30：工作日，30 分钟，累计 30 分钟",
        "不计 2026-03-03（周二）16:30 – 17:00：暂停计时（等待核查反馈）",
        "计入 2026-03-03（周二）17:00 – 17:30：工作日，30 分钟，累计 60 分钟",
        "第 1 次延期：自 2026-03-03（周二）17:30 起，再计 1 工作时",
        "计入 2026-03-03（周二）17:30 – 18:00：工作日，30 分钟，累计 30 分钟",
        "不计 2026-03-03（周二）18:00 – 2026-03-04（周三）08:00：非工作时间",
        "计入 2026-03-04（周三）08:00 – 08:30：工作日，30 分钟，累计 60 分钟",
        "到期 2026-03-04（周三）08:30",
        "日历 cn 第 1 版，放假安排已确认至 2026-12-31",
    ]
    assert describe(told, "en")[4] == "Extension 1: from 2026-03-03 (Tue) 17:30, once more 1 work hour"
    assert ["2026-03-03", "pause: check"] in told["skipped"]


def test_the_spans_of_each_leg_fill_it_without_a_gap() -> None:
    legs = [parse_limit("1 workday"), parse_limit("by 18:00 next workday"), parse_limit("2 days")]
    derivation = derive(at("2026-02-13T16:00"), legs, SEEDED)
    for number, (_, begins, ends) in enumerate(derivation.legs):
        spans = [piece for piece in derivation.spans if piece.leg == number]
        assert (spans[0].start, spans[-1].end) == (begins, ends)
    assert [ends for _, _, ends in derivation.legs][-1] == derivation.due == at("2026-02-26T18:00")

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from test_core_calendar_files import named_days

from gewu_platform.core.calendar_files import Listing, with_listed
from gewu_platform.core.calendars import Calendar, CalendarError, SpecialDay
from gewu_platform.service.timing.calendar_ics import read_calendar_file, read_ics, write_ics
from gewu_platform.service.timing.calendar_seed import seed_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 4, 8)

PUBLISHED = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Apple Inc.//iCloud Calendar//CN
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260215
DTEND;VALUE=DATE:20260224
SUMMARY;LANGUAGE=zh_CN:春节（休）
X-APPLE-SPECIAL-DAY:WORK-HOLIDAY
UID:1
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260214
SUMMARY:春节（班）
X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY
UID:2
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260303
SUMMARY:元宵节
UID:3
END:VEVENT
BEGIN:VEVENT
DTSTART:20260403T160000Z
DTEND:20260406T160000Z
SUMMARY:清明节 假期 第1天/共3天
UID:4
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260509
DURATION:P1D
SUMMARY:劳动节 补班 第1天/共1天
UID:5
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20260601
SUMMARY:取消的假期（休）
STATUS:CANCELLED
UID:6
END:VEVENT
END:VCALENDAR
"""


def event(*lines: str) -> bytes:
    inside = "\n".join(("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}\nEND:VCALENDAR\n".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_an_arrangement_is_read_as_it_is_published(encoding: str, ends: str) -> None:
    read = read_ics(PUBLISHED.replace("\n", ends).encode(encoding), SHANGHAI)
    assert [(day.day.isoformat(), day.kind, day.name) for day in read.days] == [
        ("2026-02-14", "workday", "春节"),
        *((f"2026-02-{day}", "holiday", "春节") for day in range(15, 24)),
        *((f"2026-04-0{day}", "holiday", "清明节 假期 第1天/共3天") for day in (4, 5, 6)),
        ("2026-05-09", "workday", "劳动节 补班 第1天/共1天"),
    ]
    assert [note.zh for note in read.notes] == ["第 17 行：“元宵节”没有标“休”或“班”，未导入"]


@settings(deadline=None)
@given(named_days)
def test_a_calendar_survives_ics(days: dict[date, SpecialDay]) -> None:
    calendar = Calendar("cn", 3, date(2026, 12, 31), days)
    read = read_ics(write_ics(calendar, NOW), SHANGHAI)
    names = {day: SpecialDay(special.kind, " ".join(special.name.split())) for day, special in days.items()}
    assert with_listed(calendar, read, read.years).days == dict(sorted(names.items()))


def test_the_seeded_calendar_survives_ics_and_is_one_event_a_stretch() -> None:
    calendar = seed_calendar()
    text = write_ics(calendar, NOW)
    read = read_ics(text, SHANGHAI)
    assert with_listed(calendar, read, read.years, calendar.confirmed_until) == calendar
    events = icalendar.Calendar.from_ical(text.decode()).walk("VEVENT")
    assert len(events) < len(calendar.days)
    assert len({str(each["UID"]) for each in events}) == len(events)
    golden = next(each for each in events if each.start == date(2026, 10, 1))
    assert "（休）" in str(golden["SUMMARY"])


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("国庆节（休）", "holiday"), ("国庆节(班)", "workday"), ("国庆节 休", "holiday"), ("国庆节【班】", "workday"),
        ("春节调休（班）", "workday"), ("春节调休（休）", "holiday"), ("春节补班", "workday"), ("春节上班日", "workday"),
        ("放假", "holiday"), ("National Day holiday", "holiday"), ("Make-up day", "workday"),
    ],
)  # fmt: skip
def test_the_mark_in_the_summary_says_what_a_day_is(summary: str, kind: str) -> None:
    read = read_ics(event("DTSTART;VALUE=DATE:20261001", f"SUMMARY:{summary}"), SHANGHAI)
    assert [day.kind for day in read.days] == [kind]


def test_apples_own_mark_goes_before_the_summary() -> None:
    lines = ("DTSTART;VALUE=DATE:20261001", "SUMMARY:国庆节", "X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY")
    assert [day.kind for day in read_ics(event(*lines), SHANGHAI).days] == ["workday"]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("SUMMARY:国庆节（休）",), "no dates"),
        (("DTSTART;VALUE=DATE:20261001", "RRULE:FREQ=YEARLY", "SUMMARY:国庆节（休）"), "recurring"),
        (("DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20270101", "SUMMARY:国庆节（休）"), "longer than"),
        (("DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20260901", "SUMMARY:国庆节（休）"), "ends before"),
        (("DTSTART;VALUE=DATE:12071001", "SUMMARY:国庆节（休）"), "year"),
        (("DTSTART;VALUE=DATE:2026100", "SUMMARY:国庆节（休）"), "no dates"),
    ],
)
def test_an_event_that_cannot_be_read_is_named_by_its_line(lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read_ics(event(*lines), SHANGHAI)
    assert refused.value.problems[0].en.startswith("line 4: “国庆节（休）”")
    assert words in refused.value.problems[0].en


def test_only_festivals_that_nobody_has_off_are_no_arrangement() -> None:
    with pytest.raises(CalendarError, match="no holiday"):
        read_ics(event("DTSTART;VALUE=DATE:20261001", "SUMMARY:国庆节"), SHANGHAI)


@pytest.mark.parametrize(
    "data", [b"BEGIN:VCALENDAR\n", b"BEGIN:VCALENDAR\nrubbish", b"BEGIN:VCALENDAR\x00\xff"]
)
def test_broken_files_are_refused(data: bytes) -> None:
    with pytest.raises(CalendarError):
        read_calendar_file(data, SHANGHAI)


def test_the_kind_of_a_file_is_told_by_what_it_holds() -> None:
    calendar = seed_calendar()
    assert read_calendar_file(json.dumps(calendar.to_json()).encode("utf-8-sig"), SHANGHAI) == calendar
    assert isinstance(read_calendar_file(write_ics(calendar, NOW), SHANGHAI), Listing)
    assert isinstance(read_calendar_file("2027-01-01,放假,元旦".encode(), SHANGHAI), Listing)
    for broken in (b"{", b"[" * 100_000, b'{"code": 1}'):
        with pytest.raises(CalendarError):
            read_calendar_file(broken, SHANGHAI)

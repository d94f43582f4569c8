from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_platform.core.calendar_files import Listing, read_csv, with_listed, write_csv
from gewu_platform.core.calendars import Calendar, CalendarError, SpecialDay
from gewu_platform.service.timing.calendar_seed import seed_calendar

names = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=8).map(str.strip)
named_days = st.dictionaries(
    st.dates(date(1990, 1, 1), date(2100, 12, 31)),
    st.builds(SpecialDay, st.sampled_from(["holiday", "workday"]), names),
    min_size=1,
    max_size=12,
)


def listed(text: str, encoding: str = "utf-8") -> list[tuple[str, str, str]]:
    return [(day.day.isoformat(), day.kind, day.name) for day in read_csv(text.encode(encoding)).days]


def refused(text: str) -> list[str]:
    with pytest.raises(CalendarError) as error:
        read_csv(text.encode())
    assert all(problem.zh and problem.en for problem in error.value.problems)
    return [problem.en for problem in error.value.problems]


@settings(deadline=None)
@given(named_days, st.booleans())
def test_a_calendar_survives_csv_in_either_language(days: dict[date, SpecialDay], chinese: bool) -> None:
    calendar = Calendar("cn", 3, date(2026, 12, 31), days)
    text = write_csv(calendar, chinese=chinese)
    for encoding in ("utf-8", "utf-8-sig"):
        read = read_csv(text.encode(encoding))
        assert with_listed(calendar, read, read.years).days == calendar.days


def test_the_seeded_calendar_survives_csv_in_gb18030() -> None:
    calendar = seed_calendar()
    read = read_csv(write_csv(calendar).encode("gb18030"))
    assert with_listed(calendar, read, read.years, calendar.confirmed_until) == calendar


def test_a_table_as_people_type_it() -> None:
    text = "类型,星期,日期,名称\n放假,四,2027/1/1,元旦\n\n上班,六,2027年2月6日,春节调休\n休,,2027.10.1至2027.10.3,国庆节\n"
    assert listed(text) == [
        ("2027-01-01", "holiday", "元旦"),
        ("2027-02-06", "workday", "春节调休"),
        ("2027-10-01", "holiday", "国庆节"),
        ("2027-10-02", "holiday", "国庆节"),
        ("2027-10-03", "holiday", "国庆节"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-01,holiday,New Year",
        "date,kind,name\n2027-01-01,holiday,New Year\n",
        "DATE\tKIND\tNAME\r\n２０２７-01-01\tHoliday\tNew Year\r\n",
        '"date","type","name"\n"20270101","off","New Year"',
        "date,kind,name\n2027-01-01,holiday,New Year\n2027-01-01,休,again\n",
    ],
)
def test_headers_quotes_widths_and_separators_are_as_spreadsheets_write_them(text: str) -> None:
    assert listed(text) == [("2027-01-01", "holiday", "New Year")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("日期,类型,名称\n2027-13-01,放假,x\n2027-01-01,放假,y", 2, "no date"),
        ("日期,类型\n2027-01-01,半天", 2, "holiday or workday"),
        ("日期,类型\n2027-01-01,放假\n\n2027-01-01,上班", 4, "otherwise in line 2"),
        ("日期,类型\n1207-01-01,放假", 2, "no date"),
        ("日期,类型\n2027-01-01..2027-06-01,放假", 2, "no date"),
        ("日期,类型\n2027-01-05..2027-01-01,放假", 2, "no date"),
        ("名称,说明\n元旦,放假", 1, "columns"),
        ("日期,类型\n,", 2, "no date"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(text: str, line: int, words: str) -> None:
    if text.endswith("\n,"):
        text = text.replace("\n,", "\n-,")
    problems = refused(text)
    assert problems[0].startswith(f"line {line}: ")
    assert words in problems[0]


def test_every_wrong_row_is_named_at_once() -> None:
    assert len(refused("date,kind\nx,y\n2027-01-01,z\nw,holiday")) == 4


@pytest.mark.parametrize("text", ["", "\n\n", "日期,类型,名称\n"])
def test_a_file_without_days_is_refused(text: str) -> None:
    assert refused(text) == ["the file names no holiday and no workday"]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CalendarError, match="GB18030"):
        read_csv(b"\xff\xff\xff\x81")


def test_a_year_is_replaced_and_the_others_stay() -> None:
    calendar = seed_calendar(range(2026, 2028))
    read = read_csv("2027-02-05,放假,春节\n2026-05-02,上班,不该来".encode())
    laid = with_listed(calendar, read, [2027])
    assert [day for day in laid.days if day.year == 2027] == [date(2027, 2, 5)]
    assert {day: special for day, special in laid.days.items() if day.year == 2026} == {
        day: special for day, special in calendar.days.items() if day.year == 2026
    }
    assert (laid.windows, laid.code, laid.version) == (calendar.windows, "cn", 1)


@pytest.mark.parametrize(
    ("until", "years", "given", "expected"),
    [
        ("2026-12-31", [2027], None, "2027-12-31"),
        ("2026-12-31", [2027, 2028], None, "2028-12-31"),
        ("2026-12-31", [2028], None, "2026-12-31"),
        ("2026-12-31", [2026], None, "2026-12-31"),
        ("2026-06-30", [2027], None, "2026-06-30"),
        ("2026-12-31", [2027], "2027-06-30", "2027-06-30"),
    ],
)
def test_a_published_year_that_goes_on_from_the_certain_ones_is_certain(
    until: str, years: list[int], given: str | None, expected: str
) -> None:
    calendar = Calendar("cn", 1, date.fromisoformat(until))
    read = Listing(tuple(read_csv(b"2027-01-01,holiday,x").days))
    laid = with_listed(calendar, read, years, date.fromisoformat(given) if given else None)
    assert laid.confirmed_until == date.fromisoformat(expected)


def test_a_range_is_every_day_of_it() -> None:
    days = read_csv(b"2027-02-05~2027-02-11,holiday,x").days
    assert [each.day for each in days] == [date(2027, 2, 5) + timedelta(days=n) for n in range(7)]
    assert {each.line for each in days} == {1}
